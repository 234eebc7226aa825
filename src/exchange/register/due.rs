//! What is due a month, exact, and what a term's rent adds up to.
//!
//! A monthly due is kept as its twelvefold, which is a whole sum of decimals for every period, so
//! a control total adds exact rates and divides once. The term's rent is the ledger's own
//! schedule: there is one rule for what is due.

use std::iter::Sum;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::reading::Reading;
use crate::exchange::grammar::number;
use crate::exchange::grammar::rate::{Per, Rate, What};
use crate::ledger::due::{self, Billing, Mode, Part};
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// The most pieces of a schedule's part.
const PIECES_MAX: u64 = 1_000_000;

/// An amount a month, as twelve times itself in yuan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthlyDue {
    twelvefold: Decimal,
}

impl MonthlyDue {
    /// Of a rate that goes by the calendar; a day's counts for the days of `month`.
    pub fn of(rate: &Rate, month: Option<Month>) -> Option<Self> {
        let per = rate.per?;
        let times = match per {
            Per::Day => month?.days() * 12,
            per => 12 / per.months()?,
        };
        let once = rate.amount.checked_mul(rate.pieces)?;
        Some(Self { twelvefold: once.checked_mul(Decimal::from(times))? })
    }

    /// The due of twelve months, exact.
    pub const fn year(self) -> Decimal {
        self.twelvefold
    }

    /// The due of so many months, rounded half up to the fen; nothing beyond what one line may
    /// move.
    pub fn months(self, months: u32) -> Option<Money> {
        let fen = self.twelvefold.checked_mul(Decimal::from(months))?;
        let fen = fen.checked_mul(Decimal::ONE_HUNDRED)?;
        // Half up of x/12 is the whole part of (2x + 12) / 24, in integers.
        let unit = 10_i128.checked_pow(fen.scale())?;
        let twice = fen.mantissa().checked_mul(2)?.checked_add(unit.checked_mul(12)?)?;
        let rounded = twice.div_euclid(unit.checked_mul(24)?);
        let money = i64::try_from(rounded).map(Money::from_fen).ok()?;
        (money <= Money::LINE_MAX).then_some(money)
    }

    /// The due of one month, rounded once.
    pub fn rounded(self) -> Money {
        self.months(1).unwrap_or(Money::LINE_MAX)
    }

    /// The sum, or what is known of it where it leaves the range of decimals.
    fn plus(self, other: Self) -> Self {
        let sum = self.twelvefold.checked_add(other.twelvefold);
        Self { twelvefold: sum.unwrap_or(Decimal::MAX) }
    }
}

impl Sum for MonthlyDue {
    fn sum<I: Iterator<Item = Self>>(dues: I) -> Self {
        dues.fold(Self::default(), Self::plus)
    }
}

/// A rate as a schedule takes it: whole fen and whole pieces; a broken count (square metres) is
/// multiplied in. Nothing where that leaves fractions of a fen, or for what has no due.
pub fn fixed_part(rate: &Rate) -> Option<(Money, u64, due::Per)> {
    let per = match rate.per? {
        Per::Day => due::Per::Day,
        Per::Month => due::Per::Month,
        Per::Quarter => due::Per::Quarter,
        Per::HalfYear => due::Per::HalfYear,
        Per::Year => due::Per::Year,
        Per::Once | Per::Kwh | Per::Hours(_) => return None,
    };
    let pieces = rate.pieces.normalize();
    let whole = (pieces.scale() == 0).then(|| u64::try_from(pieces.mantissa()).ok()).flatten();
    // The whole of it stays within one line's limit, as a schedule demands.
    let all = number::money(rate.amount.checked_mul(rate.pieces)?);
    match (number::money(rate.amount), whole, all) {
        (Ok(amount), Some(1..=PIECES_MAX), Ok(all)) if all.is_positive() => {
            Some((amount, whole?, per))
        }
        (_, _, Ok(all)) if all.is_positive() => Some((all, 1, per)),
        _ => None,
    }
}

/// The whole term's rent by the ledger's schedule; nothing without both days or a fixed rent.
pub fn term_sum(read: &Reading) -> Option<Money> {
    let (from, to) = (read.term_from?, read.term_to?);
    let rent = read.rates.iter().find(|rate| rate.what == What::Rent)?;
    let (amount, pieces, per) = fixed_part(rent)?;
    let part = Part {
        account: read.account?,
        mode: Mode::Fixed,
        amount,
        per,
        pieces,
        from: None,
        to: None,
        steps: read.steps.clone(),
        free: Vec::new(),
        what: None,
    };
    let (first, last) = (Month::of(from), Month::of(to));
    let term = due::Term { from: Some(from), to: Some(to) };
    let dues = due::dues(&[part], term, Billing::Spread, first, last);
    dues.values().try_fold(Money::ZERO, |sum, due| sum.checked_add(due.amount))
}

/// True where a term is over before a month begins.
pub fn over_before(to: Option<NaiveDate>, month: Option<Month>) -> bool {
    matches!((to, month), (Some(to), Some(month)) if to < month.first_day())
}
