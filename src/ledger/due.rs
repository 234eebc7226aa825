//! What is due: the priced parts of a contract, by calendar month, exact to the fen.
//!
//! The monthly rate is amount × pieces ÷ months of its period, kept as a fraction. A month that
//! the term, an escalation or rent-free time cuts counts by days in force ÷ days of the month.
//! The sum from the first day to the end of month *n* is rounded half up to the fen; a month's
//! due is the difference of two such sums, so twelve months add up to the year.
//! `docs/accounting.md`, "What is due".

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::account::AccountCode;
use super::chart::words;
use super::event::Fields;
use super::money::Money;
use super::period::{Month, parse_date};
use super::serial;

words! {
    /// How a part is priced.
    Mode {
        /// A fixed rate; only this has a due.
        Fixed = "fixed",
        /// By meter.
        Metered = "metered",
        /// By use.
        PerUse = "per_use",
        /// A share of revenue.
        Share = "share",
        /// Not said.
        Unknown = "unknown",
    }
}

words! {
    /// The period that a rate is for.
    Per {
        /// A day.
        Day = "day",
        /// A month.
        Month = "month",
        /// Three months.
        Quarter = "quarter",
        /// Six months.
        HalfYear = "half_year",
        /// Twelve months.
        Year = "year",
    }
}

impl Per {
    /// Months in the period; one for a day, whose rate is multiplied by days instead.
    pub const fn months(self) -> i32 {
        match self {
            Self::Day | Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

words! {
    /// When a month's due is owing.
    Billing {
        /// On the first day of the rate's period.
        Advance = "advance",
        /// On the last day of the rate's period.
        Arrears = "arrears",
        /// On the last day of its own month.
        Spread = "spread",
    }
}

/// A priced part of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Where its receipts are booked.
    pub account: AccountCode,
    /// How it is priced.
    pub mode: Mode,
    /// The rate for one piece and period.
    pub amount: Money,
    /// The rate's period.
    pub per: Per,
    /// How many pieces the rate is multiplied by.
    pub pieces: u64,
    /// First day, when it differs from the contract's.
    #[serde(with = "serial::day_opt")]
    pub from: Option<NaiveDate>,
    /// Last day, when it differs from the contract's.
    #[serde(with = "serial::day_opt")]
    pub to: Option<NaiveDate>,
    /// From a day on, so many hundredths of a percent of the first rate, ascending.
    #[serde(with = "serial::from_day")]
    pub steps: Vec<(NaiveDate, u64)>,
    /// Rent-free time, both days included.
    #[serde(with = "serial::spans")]
    pub free: Vec<(NaiveDate, NaiveDate)>,
    /// What it is for.
    pub what: Option<String>,
}

/// 100 % in hundredths of a percent.
const WHOLE: u64 = 10_000;
/// Denominator of every monthly sum: months of a year × hundredths of a percent ×
/// lcm(28, 29, 30, 31).
const DENOMINATOR: i128 = 12 * WHOLE as i128 * 377_580;
/// The highest escalation: a thousand percent.
const STEP_MAX: u64 = 100_000;
/// The most months a schedule is followed; 2000 to 2199 are 2,400.
const MONTHS_MAX: i32 = 2_400;

impl Part {
    /// Reads an item of `schedule`; nothing when it says a price that can't be.
    pub fn from_fields(fields: Fields<'_>) -> Option<Self> {
        let day = |cell: Option<&str>| parse_date(cell?).ok();
        let rows = |key| fields.list(key).iter();
        let mode = Mode::from_word(fields.text("mode")?)?;
        let per = fields.text("per").and_then(Per::from_word);
        let part = Self {
            account: fields.account("account")?,
            mode,
            amount: fields.money("amount").unwrap_or_default(),
            per: per.unwrap_or(Per::Month),
            pieces: fields.integer("pieces").unwrap_or(1),
            from: fields.date("from"),
            to: fields.date("to"),
            steps: rows("steps")
                .map(|row| Some((day(row.cell(0))?, row.cells().get(1)?.as_integer()?)))
                .collect::<Option<_>>()?,
            free: rows("free")
                .map(|row| Some((day(row.cell(0))?, day(row.cell(1))?)))
                .collect::<Option<_>>()?,
            what: fields.text("what").map(str::to_owned),
        };
        ((mode != Mode::Fixed || per.is_some()) && part.can_be()).then_some(part)
    }

    /// True where the price can be: its due stays within the range of the sums.
    pub(in crate::ledger) fn can_be(&self) -> bool {
        let dearest = i64::try_from(self.pieces)
            .ok()
            .and_then(|n| (1..=1_000_000).contains(&n).then(|| Money::LINE_MAX.fen() / n));
        let priced = self.mode != Mode::Fixed
            || (self.amount.is_positive() && dearest.is_some_and(|most| self.amount.fen() <= most));
        let steps = self.steps.is_sorted_by(|a, b| a.0 < b.0)
            && self.steps.iter().all(|(_, bp)| (1..=STEP_MAX).contains(bp));
        let reversed = matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
            || self.free.iter().any(|(from, to)| to < from);
        priced && steps && !reversed
    }

    /// The exact due of one month, as fen over [`DENOMINATOR`].
    fn exact(&self, month: Month, term: Term) -> i128 {
        let (first, last) = (month.first_day(), month.last_day());
        let from = later(self.from, term.from).map_or(first, |from| from.max(first));
        let to = earlier(self.to, term.to).map_or(last, |to| to.min(last));
        if self.mode != Mode::Fixed || to < from {
            return 0;
        }
        // Days of the month in force, by rate.
        let weighted: i128 = (from.day()..=to.day())
            .filter_map(|day| first.with_day(day))
            .filter(|day| !self.free.iter().any(|(from, to)| from <= day && day <= to))
            .map(|day| i128::from(self.step_on(day)))
            .sum();
        let rate = i128::from(self.amount.fen()) * i128::from(self.pieces);
        let unit = DENOMINATOR / i128::from(WHOLE);
        match self.per {
            Per::Day => rate * weighted * unit,
            per => rate * weighted * (unit / i128::from(per.months()) / i128::from(month.days())),
        }
    }

    fn step_on(&self, day: NaiveDate) -> u64 {
        let step = self.steps.iter().rev().find(|(from, _)| *from <= day);
        step.map_or(WHOLE, |(_, bp)| *bp)
    }

    /// The monthly rate at the start, as fen over twelve: exact for every period but a day.
    pub fn monthly_twelfths(&self) -> Option<i128> {
        let rate = i128::from(self.amount.fen()) * i128::from(self.pieces);
        let fixed = self.mode == Mode::Fixed && self.per != Per::Day;
        fixed.then(|| rate * i128::from(12 / self.per.months()))
    }
}

/// The days a contract runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// First day, where known.
    #[serde(with = "serial::day_opt")]
    pub from: Option<NaiveDate>,
    /// Last day, where known.
    #[serde(with = "serial::day_opt")]
    pub to: Option<NaiveDate>,
}

/// A month's due and the day from which it is owing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The amount.
    pub amount: Money,
    /// Owing from this day.
    pub owing_from: NaiveDate,
}

/// The dues of some parts from `first` to `last`, month by month.
///
/// The running sum begins where the term begins, or at `first` where it has no beginning, so
/// that a month's due doesn't depend on which months are asked for.
pub fn dues(
    parts: &[Part],
    term: Term,
    billing: Billing,
    first: Month,
    last: Month,
) -> BTreeMap<Month, Due> {
    let mut dues = BTreeMap::new();
    for part in parts {
        let start = later(part.from, term.from).map_or(first, Month::of);
        // A term that began long ago is followed from its beginning, within reason.
        let months = start.until(last).min(MONTHS_MAX);
        let mut sum = 0_i128;
        let mut before = 0_i64;
        for month in (0..=months).map(|n| start.plus(n)) {
            sum += part.exact(month, term);
            let rounded = round_half_up(sum);
            let amount = Money::from_fen(rounded - before);
            before = rounded;
            if month < first || amount.is_zero() {
                continue;
            }
            // Arrears don't run past the end of the term; a month's own days are owing by its end.
            let end = earlier(part.to, term.to).unwrap_or(NaiveDate::MAX);
            let owing_from = match billing {
                Billing::Arrears => owing_day(part, billing, start, month).min(end),
                _ => owing_day(part, billing, start, month),
            };
            let due = dues.entry(month).or_insert(Due { amount: Money::ZERO, owing_from });
            due.amount = due.amount + amount;
            due.owing_from = due.owing_from.max(owing_from);
        }
    }
    dues
}

/// Half up to the fen.
fn round_half_up(exact: i128) -> i64 {
    let fen = (exact + DENOMINATOR / 2).div_euclid(DENOMINATOR);
    i64::try_from(fen).unwrap_or(i64::MAX)
}

fn owing_day(part: &Part, billing: Billing, start: Month, month: Month) -> NaiveDate {
    let len = part.per.months();
    let begin = start.plus(start.until(month).div_euclid(len) * len);
    match billing {
        Billing::Spread => month.last_day(),
        Billing::Advance => begin.first_day(),
        Billing::Arrears => begin.plus(len - 1).last_day(),
    }
}

fn later(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    a.max(b)
}

fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn part(amount: &str, per: Per, pieces: u64) -> Part {
        Part {
            account: "R.4501.01".parse().unwrap(),
            mode: Mode::Fixed,
            amount: amount.parse().unwrap(),
            per,
            pieces,
            from: None,
            to: None,
            steps: Vec::new(),
            free: Vec::new(),
            what: None,
        }
    }

    #[test]
    fn eighteen_frames_with_a_rise_add_up_to_the_fen() {
        let mut frames = part("2200.00", Per::Year, 18);
        frames.steps = vec![(day("2020-04-01"), 10_800)];
        let term = Term { from: Some(day("2019-01-15")), to: Some(day("2021-03-31")) };
        let dues = dues(&[frames], term, Billing::Spread, month("2019-01"), month("2021-12"));
        let of = |text: &str| dues.get(&month(text)).map(|due| due.amount.to_string());
        assert_eq!(of("2019-01").as_deref(), Some("1809.68"));
        assert_eq!(of("2019-02").as_deref(), Some("3300.00"));
        assert_eq!(of("2020-04").as_deref(), Some("3564.00"));
        assert_eq!(of("2021-04"), None);
        let total: Money = dues.values().map(|due| due.amount).sum();
        assert_eq!(total.to_string(), "90777.68");
    }

    #[test]
    fn twelve_months_add_up_to_the_year() {
        for amount in ["5500.00", "13000.00", "0.01", "100.00", "999999.97"] {
            let term = Term { from: Some(day("2018-01-01")), to: None };
            let dues = dues(
                &[part(amount, Per::Year, 1)],
                term,
                Billing::Spread,
                month("2018-01"),
                month("2018-12"),
            );
            let total: Money = dues.values().map(|due| due.amount).sum();
            assert_eq!(total.to_string(), amount);
        }
    }

    #[test]
    fn a_cut_month_counts_by_days() {
        let term = Term { from: Some(day("2019-02-15")), to: None };
        let dues = |part: Part| {
            dues(&[part], term, Billing::Spread, month("2019-02"), month("2019-02"))
                .get(&month("2019-02"))
                .map(|due| due.amount.to_string())
        };
        assert_eq!(dues(part("300.00", Per::Month, 1)).as_deref(), Some("150.00"));
        assert_eq!(dues(part("10.00", Per::Day, 1)).as_deref(), Some("140.00"));
        let mut free = part("300.00", Per::Month, 1);
        free.free = vec![(day("2019-02-15"), day("2019-02-21"))];
        assert_eq!(dues(free).as_deref(), Some("75.00"));
    }

    #[test]
    fn a_year_in_advance_is_owing_on_its_first_day() {
        let term = Term { from: Some(day("2019-03-01")), to: None };
        let dues = dues(
            &[part("1200.00", Per::Year, 1)],
            term,
            Billing::Advance,
            month("2019-03"),
            month("2020-03"),
        );
        assert_eq!(dues[&month("2020-02")].owing_from, day("2019-03-01"));
        assert_eq!(dues[&month("2020-03")].owing_from, day("2020-03-01"));
    }
}
