//! The demonstration: a county of invented estates, each told as a story that shows one thing,
//! and on request more estates with made-up receipts.
//!
//! A story (`story`) is a list of acts; an act is a deed (`deed`, `words`), a statement or
//! closing that the book itself gives the figures of (`bank`), or a register to import. `play`
//! posts them through the same door as everybody, day by day, with a clock that moves along. It
//! is the same every time: the clock is handed in and random bytes come from seeds.

use chrono::NaiveDate;
use thiserror::Error;

use super::bookkeeper::OpenError;
use super::books::{Books, PostError};
use super::clock::{EntropyError, FixedClock};
use super::importer::ImportError;
use crate::exchange::register::RegisterError;
use crate::ledger::account::AccountError;
use crate::ledger::id::{EstateCode, IdError};
use crate::ledger::json::FormatError;
use crate::ledger::time::Timestamp;

mod bank;
mod cast;
mod county;
pub mod deed;
mod lines;
mod made_up;
mod play;
mod story;
mod words;
pub mod year;

pub use made_up::MadeUp;

/// The log of demonstrations; no real log has a name under `.invalid` (RFC 2606).
pub const LOG: &str = "demo.invalid/estates";
/// Whoever runs the demonstration, and opens its books.
const OPERATOR: &str = "o_demo";
/// The clock stands at six in the evening, after the day's last entry.
const AT_SIX_MS: i64 = 6 * 3_600_000;

/// The day of the county's first entry.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2018, 10, 31).unwrap_or_default()
}

/// The day its stories end, where the clock stands unless told otherwise.
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 30).unwrap_or_default()
}

/// Where the clock of a demonstration stands on its last day.
pub fn evening_of(day: NaiveDate) -> Timestamp {
    Timestamp::from_millis(Timestamp::noon_of(day).millis() + AT_SIX_MS)
}

/// Why a demonstration could not be made.
#[derive(Debug, Error)]
pub enum DemonstrationError {
    /// An act of a story could not be recorded.
    #[error("{estate}, {day}: {error}")]
    Act {
        /// The estate.
        estate: &'static str,
        /// The day of the act.
        day: String,
        /// Why.
        error: Box<Self>,
    },
    /// A value of a story that can't be read.
    #[error("\"{0}\" can't be read")]
    Value(String),
    /// A line of a story that can't be read.
    #[error(transparent)]
    Line(#[from] lines::Misread),
    /// A deed names one that nobody told of.
    #[error("nothing is called {0}")]
    Nameless(String),
    /// A book could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The register could not be read.
    #[error(transparent)]
    Read(#[from] RegisterError),
    /// The register could not be posted.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// An entry was refused.
    #[error(transparent)]
    Post(#[from] PostError),
    /// A deed is no entry.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A code of its own that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// An account of its own that can't be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// What happens later is left out; the clock stands there at the end.
    pub as_of: NaiveDate,
    /// Estates of the county; all of them where nothing is said.
    pub only: Option<&'a [EstateCode]>,
    /// How much is made up beside the county.
    pub made_up: MadeUp,
}

impl Default for Wanted<'_> {
    fn default() -> Self {
        Self { as_of: last_day(), only: None, made_up: MadeUp::default() }
    }
}

/// Makes a demonstration in empty books whose clock is `clock`. `step` is told how many made-up
/// entries stand.
pub async fn make(
    books: &Books,
    clock: &FixedClock,
    wanted: &Wanted<'_>,
    step: &dyn Fn(u64),
) -> Result<(), DemonstrationError> {
    let mut stories = county::stories()?;
    if let Some(only) = wanted.only {
        stories.retain(|story| only.iter().any(|code| code.as_str() == story.code));
    }
    play::play(books, clock, &stories, wanted.as_of).await?;
    clock.set(evening_of(wanted.as_of));
    made_up::make(books, wanted.made_up, wanted.as_of, step).await
}
