//! Calendar months and attribution periods (归属期): `2026-01`, `2026-Q1`, `2026`,
//! `2026-01..2026-03`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use thiserror::Error;

/// Why a text is no date, month or period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Not `YYYY-MM-DD`, or no day of the calendar.
    #[error("a day is YYYY-MM-DD and in the calendar")]
    Date,
    /// Not `YYYY-MM` in the years 2000 to 2199.
    #[error("a month is YYYY-MM, from 2000 on")]
    Month,
    /// None of the four forms, or it ends before it begins.
    #[error("a period is 2026-01, 2026-Q1, 2026 or 2026-01..2026-03")]
    Period,
}

/// Years an entry may speak of; outside them a number is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;

/// Reads `YYYY-MM-DD` in the years 1980 to 2199 (old contracts were signed before 2000).
pub fn parse_date(text: &str) -> Result<NaiveDate, PeriodError> {
    parse_day(text, 1980..=2199)
}

/// Reads `YYYY-MM-DD` in some years.
pub(super) fn parse_day(
    text: &str,
    years: std::ops::RangeInclusive<u32>,
) -> Result<NaiveDate, PeriodError> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return Err(PeriodError::Date);
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range].iter().try_fold(0_u32, |n, b| match b {
            b'0'..=b'9' => Ok(n * 10 + u32::from(b - b'0')),
            _ => Err(PeriodError::Date),
        })
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    if !years.contains(&year) {
        return Err(PeriodError::Date);
    }
    NaiveDate::from_ymd_opt(year.cast_signed(), month, day).ok_or(PeriodError::Date)
}

/// A calendar month, counted from year 0 so that months subtract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month of a year; nothing outside 1…12.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        let month = i32::try_from(month).ok().filter(|m| (1..=12).contains(m))?;
        Some(Self(year * 12 + month - 1))
    }

    /// The month a day lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self(date.year() * 12 + date.month0().cast_signed())
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1…12.
    pub const fn month(self) -> u32 {
        self.0.rem_euclid(12).cast_unsigned() + 1
    }

    /// 1…4.
    pub const fn quarter(self) -> u32 {
        (self.month() - 1) / 3 + 1
    }

    /// `n` months later (earlier when negative).
    pub const fn plus(self, n: i32) -> Self {
        Self(self.0 + n)
    }

    /// The next month.
    pub const fn next(self) -> Self {
        self.plus(1)
    }

    /// Months from `self` to `later`.
    pub const fn until(self, later: Self) -> i32 {
        later.0 - self.0
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month(), 1)
            .expect("a month is made from a day or from 1..=12, so its first day exists")
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        self.next().first_day() - Days::new(1)
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        self.last_day().day()
    }
}

impl FromStr for Month {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (year, month) = text.split_once('-').ok_or(PeriodError::Month)?;
        let digits =
            |part: &str, len| part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(PeriodError::Month);
        }
        let year: i32 = year.parse().map_err(|_| PeriodError::Month)?;
        if !YEARS.contains(&year) {
            return Err(PeriodError::Month);
        }
        month.parse().ok().and_then(|month| Self::new(year, month)).ok_or(PeriodError::Month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year(), self.month()))
    }
}

/// A run of whole months that a receipt belongs to. Two spellings of the same months are equal.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// The first month.
    pub from: Month,
    /// The last month, never before the first.
    pub to: Month,
    /// Read as `from..to` although a shorter spelling exists: it prints as it was read, since
    /// an entry's bytes are made again from its parts.
    spelled_out: bool,
}

impl Period {
    /// One month.
    pub const fn month(month: Month) -> Self {
        Self { from: month, to: month, spelled_out: false }
    }

    /// From one month to another, both included; nothing when it would end before it begins.
    pub fn new(from: Month, to: Month) -> Option<Self> {
        (from <= to).then_some(Self { from, to, spelled_out: false })
    }

    /// The months, in order.
    pub fn months(self) -> impl DoubleEndedIterator<Item = Month> {
        (0..=self.from.until(self.to)).map(move |n| self.from.plus(n))
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        self.from.first_day()
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        self.to.last_day()
    }
}

impl PartialEq for Period {
    fn eq(&self, other: &Self) -> bool {
        (self.from, self.to) == (other.from, other.to)
    }
}

impl Eq for Period {}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.from, self.to).cmp(&(other.from, other.to))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        let text = match (from.month(), from.until(to)) {
            _ if self.spelled_out => format!("{from}..{to}"),
            (_, 0) => from.to_string(),
            (1, 11) => format!("{:04}", from.year()),
            (1 | 4 | 7 | 10, 2) => format!("{:04}-Q{}", from.year(), from.quarter()),
            _ => format!("{from}..{to}"),
        };
        f.pad(&text)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = |_| PeriodError::Period;
        let january = |year: &str| format!("{year}-01").parse::<Month>().map_err(wrong);
        let (from, to, spelled_out) = if let Some((from, to)) = text.split_once("..") {
            (from.parse().map_err(wrong)?, to.parse().map_err(wrong)?, true)
        } else if let Some((year, quarter)) = text.split_once("-Q") {
            let nth = ["1", "2", "3", "4"].into_iter().zip([0, 3, 6, 9]);
            let after = nth.into_iter().find(|(n, _)| *n == quarter).ok_or(PeriodError::Period)?.1;
            let from = january(year)?.plus(after);
            (from, from.plus(2), false)
        } else if text.len() == 4 {
            let from = january(text)?;
            (from, from.plus(11), false)
        } else {
            let month = text.parse().map_err(wrong)?;
            (month, month, false)
        };
        if from > to { Err(PeriodError::Period) } else { Ok(Self { from, to, spelled_out }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_prints_as_it_was_read() {
        for text in [
            "2026-01",
            "2026-Q1",
            "2026",
            "2026-02..2026-04",
            "2025-12..2026-02",
            "2026-01..2026-03",
            "2026-01..2026-12",
        ] {
            assert_eq!(text.parse::<Period>().map(|p| p.to_string()), Ok(text.to_owned()));
        }
        for wrong in [
            "2026-03..2026-01",
            "2026-Q5",
            "2026-Q0",
            "2026-Q01",
            "2026-13",
            "26-01",
            "2026-1",
            "1999-01",
            "",
            "2026..2027",
            "2026-01-01..2026-02",
        ] {
            assert!(wrong.parse::<Period>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn months_know_their_days() {
        let february: Month = "2024-02".parse().unwrap();
        assert_eq!(february.days(), 29);
        assert_eq!(february.plus(-2).to_string(), "2023-12");
        assert_eq!(parse_date("2023-11-31"), Err(PeriodError::Date));
        assert_eq!(parse_date("2023-1-31"), Err(PeriodError::Date));
    }
}
