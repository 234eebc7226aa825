//! Money as whole fen. Never a float: text in, integer inside, text out.
//!
//! The wire form is the grammar of an entry (`docs/spec/entry.md`, section 2): `12000.00`,
//! always two decimals, no sign. Balances may be negative and print with a leading `-`.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use thiserror::Error;

/// An amount of yuan, kept as whole fen; negative for balances on the other side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not `^(0|[1-9][0-9]{0,14})\.[0-9]{2}$`.
    #[error("an amount is digits, a point and two decimals, like 12000.00")]
    Grammar,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The most one line may move: 999,999,999,999.99 yuan.
    pub const LINE_MAX: Self = Self(99_999_999_999_999);

    /// From whole fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// Whole fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// True for no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// True above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The amount without its sign.
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// The sum, or nothing where it leaves the range of a 64-bit integer.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads the wire form only: `0.00`, `12000.00`; not `+1.00`, `-0.00`, `01.00`, `1.0`.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let bytes = text.as_bytes();
        let (whole, rest) = match bytes.len() {
            4..=18 => bytes.split_at(bytes.len() - 3),
            _ => return Err(MoneyError::Grammar),
        };
        let leading_zero = whole.len() > 1 && whole[0] == b'0';
        if leading_zero || rest[0] != b'.' {
            return Err(MoneyError::Grammar);
        }
        whole
            .iter()
            .chain(&rest[1..])
            .try_fold(0_i64, |fen, digit| match digit {
                b'0'..=b'9' => Ok(fen * 10 + i64::from(digit - b'0')),
                _ => Err(MoneyError::Grammar),
            })
            .map(Self)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fen = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

// Sums stop at the ends of 64 bits instead of panicking on input: the fold refuses a balance
// long before (`checked_add`), so what gets here is a sum of evidence or dues that no money meets.
impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_wire_form_and_nothing_else() {
        assert_eq!("12000.00".parse(), Ok(Money(1_200_000)));
        assert_eq!("0.05".parse(), Ok(Money(5)));
        assert_eq!("999999999999999.99".parse(), Ok(Money(99_999_999_999_999_999)));
        for wrong in [
            "",
            "0",
            "1.0",
            "1.000",
            "01.00",
            "-0.00",
            "+1.00",
            ".50",
            "1e3.00",
            "１.00",
            "1,000.00",
            "1000000000000000.00",
            " 1.00",
            "1.00 ",
            "00.00",
        ] {
            assert_eq!(wrong.parse::<Money>(), Err(MoneyError::Grammar), "{wrong}");
        }
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["0.00", "0.05", "1.00", "12000.00", "999999999999999.99"] {
            assert_eq!(text.parse::<Money>().map(|m| m.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Money(-5).to_string(), "-0.05");
    }
}
