//! Public notices by period: which are due when, which were put up on time, late or not at all.
//!
//! The calendar follows the parameters `publication_period` (`month`, `quarter`, `half_year` or
//! `year`) and `publication_due_months`: a notice is due by the end of that many months after its
//! period. Local rules; where a pack says nothing, a quarter and one month.

use chrono::NaiveDate;

use super::book::Book;
use super::period::{Month, Period};

/// How a period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Put up by the day it was due.
    OnTime,
    /// Put up after it.
    Late,
    /// Not put up, and it was due.
    Missing,
    /// Not put up, and not due yet.
    Waiting,
    /// Put up though no calendar asked for it.
    Extra,
}

impl Standing {
    /// The word that pages have a text for.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Waiting => "waiting",
            Self::Extra => "extra",
        }
    }
}

/// A period with its notices.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The period.
    pub period: Period,
    /// By when a notice is due.
    pub due: NaiveDate,
    /// The entries that record notices, oldest first.
    pub entries: Vec<u64>,
    /// How it stands.
    pub standing: Standing,
}

/// The entries that record notices of a period, oldest first.
pub fn of_period(book: &Book, period: Period) -> Vec<u64> {
    let all = book.said().publications.iter();
    let same = all.filter(|(text, _)| text.parse() == Ok(period));
    let mut entries: Vec<u64> = same.flat_map(|(_, entries)| entries).copied().collect();
    entries.sort_unstable();
    entries
}

/// The calendar up to a day, the newest period first. `put_up` says on which day an entry's
/// notice was put up.
pub fn calendar(
    book: &Book,
    today: NaiveDate,
    put_up: &dyn Fn(u64) -> Option<NaiveDate>,
) -> Vec<Publication> {
    let asked = periods(book, today);
    let grace = book.rules().and_then(|rules| rules.number("publication_due_months", today));
    let grace = grace.and_then(|grace| i32::try_from(grace).ok()).unwrap_or(1).clamp(0, 12);
    let further = book.said().publications.keys().filter_map(|text| text.parse::<Period>().ok());
    let mut all: Vec<Period> = asked.iter().copied().chain(further).collect();
    all.sort_unstable();
    all.dedup();
    let publication = |period: Period| {
        let due = period.to.plus(grace).last_day();
        let entries = of_period(book, period);
        let first = entries.iter().filter_map(|seq| put_up(*seq)).min();
        let standing = match first {
            Some(_) if !asked.contains(&period) => Standing::Extra,
            Some(day) if day <= due => Standing::OnTime,
            Some(_) => Standing::Late,
            None if due < today => Standing::Missing,
            None => Standing::Waiting,
        };
        Publication { period, due, entries, standing }
    };
    all.into_iter().rev().map(publication).collect()
}

/// The periods that a calendar asks for and that have ended, from the first of the book on.
fn periods(book: &Book, today: NaiveDate) -> Vec<Period> {
    let every = book.rules().and_then(|rules| rules.param("publication_period", today));
    let months = match every.map(|param| param.value.as_str()) {
        Some("month") => 1,
        Some("half_year") => 6,
        Some("year") => 12,
        _ => 3,
    };
    let since = Month::of(book.profile().since);
    let into = i32::try_from(since.month()).unwrap_or(1) - 1;
    let mut from = since.plus(-(into % months));
    let mut periods = Vec::new();
    while let Some(period) = Period::new(from, from.plus(months - 1)) {
        if period.last_day() >= today {
            break;
        }
        periods.push(period);
        from = from.plus(months);
    }
    periods
}
