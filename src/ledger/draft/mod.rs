//! A draft: an entry without what the server sets when it posts.
//!
//! Somebody's JSON becomes drafts in `read.rs` (`docs/spec/draft.md`).

use chrono::NaiveDate;

use super::entry::{Act, Actor, Doc, Entry, Line, RowOrigin, Sign};
use super::event::Event;
use super::id::{EntryHash, EstateCode, Ref};
use super::time::Timestamp;

mod read;

pub use read::{Batch, DRAFT_KEYS};

/// What somebody wants to record.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Accounting date; without lines the server sets the posting day.
    pub date: Option<NaiveDate>,
    /// Papers, by content.
    pub docs: Vec<Doc>,
    /// The estate.
    pub estate: EstateCode,
    /// What happened.
    pub event: Event,
    /// The postings.
    pub lines: Vec<Line>,
    /// One line for people.
    pub memo: Option<String>,
    /// The day it took place, when that isn't `date`.
    pub occurred: Option<NaiveDate>,
    /// The row of a file it was read from.
    pub origin: Option<RowOrigin>,
    /// Its own key: posting it again answers with the first posting.
    pub r#ref: Ref,
    /// Private values it binds.
    pub sealed: Vec<SealedValue>,
    /// Who prepared, reviewed, co-signed.
    pub signs: Vec<Sign>,
}

/// A private value: its digest goes into the bytes, the disclosure is kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// SHA-256 of the disclosure's ASCII.
    pub digest: EntryHash,
    /// The id it is about.
    pub subject: String,
    /// base64url of JSON `[salt, name, value]`.
    pub disclosure: String,
}

/// Where in the chain a draft is posted, when, and by whom.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Place in a batch of more than one.
    pub act: Option<Act>,
    /// Who posts.
    pub by: &'a Actor,
    /// Origin of the log.
    pub log: &'a str,
    /// Hash of the estate's last entry.
    pub prev: EntryHash,
    /// The next number.
    pub seq: u64,
    /// When.
    pub time: Timestamp,
}

impl Draft {
    /// A draft with an event alone.
    pub const fn new(estate: EstateCode, event: Event, r#ref: Ref) -> Self {
        Self {
            date: None,
            docs: Vec::new(),
            estate,
            event,
            lines: Vec::new(),
            memo: None,
            occurred: None,
            origin: None,
            r#ref,
            sealed: Vec::new(),
            signs: Vec::new(),
        }
    }

    /// The same draft with lines on a day.
    pub fn with_lines(mut self, date: NaiveDate, lines: Vec<Line>) -> Self {
        self.date = Some(date);
        self.lines = lines;
        self
    }

    /// The entry it becomes at a place.
    pub fn at(&self, place: &Place<'_>) -> Entry {
        let mut sealed: Vec<_> = self.sealed.iter().map(|value| value.digest).collect();
        sealed.sort_unstable();
        let today = place.time.day();
        Entry {
            act: place.act,
            by: place.by.clone(),
            date: if self.lines.is_empty() { today } else { self.date.unwrap_or(today) },
            docs: self.docs.clone(),
            estate: self.estate,
            event: self.event.clone(),
            lines: self.lines.clone(),
            log: place.log.to_owned(),
            memo: self.memo.clone(),
            occurred: self.occurred,
            origin: self.origin.clone(),
            prev: place.prev,
            r#ref: self.r#ref.clone(),
            sealed,
            seq: place.seq,
            signs: self.signs.clone(),
            time: place.time,
        }
    }

    /// True when it would give the entry that stands, but for `prev`, `seq` and `time`.
    pub fn stands_as(&self, by: &Actor, stands: &Entry) -> bool {
        let place = Place {
            act: stands.act,
            by,
            log: &stands.log,
            prev: stands.prev,
            seq: stands.seq,
            time: stands.time,
        };
        self.at(&place) == *stands
    }
}
