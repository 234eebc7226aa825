//! Floor area in hundredths of a square metre; never a float.

use std::fmt;
use std::str::FromStr;

use super::money::{Money, MoneyError};

/// A floor area, kept as whole hundredths of m²; the wire form is `68450.00`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area(i64);

impl Area {
    /// Hundredths of a square metre.
    pub const fn hundredths(self) -> i64 {
        self.0
    }
}

impl FromStr for Area {
    type Err = MoneyError;

    /// Areas share the grammar of money: digits, a point, two decimals.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        text.parse::<Money>().map(|area| Self(area.fen()))
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Money::from_fen(self.0).fmt(f)
    }
}
