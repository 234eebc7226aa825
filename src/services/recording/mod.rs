//! What a clerk says becomes a draft: which money, from whom, for which month, never an account
//! code. A form hands over what was typed; here it is read, checked field by field, and written
//! as event and lines. What the books say of it is for [`super::drafts`] to ask.

mod accept;
mod ask;
mod claims;
mod close;
mod contract;
mod correct;
mod cost;
mod deposits;
mod fault;
mod form;
mod grounds;
mod held;
mod income;
mod moves;
mod places;
mod profile;
mod reader;
mod receipts;
mod said;
mod settle;
mod spend;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ledger::book::Book;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Line, PostedEntry};
use crate::ledger::event::{Event, Party};
use crate::ledger::id::{EntryHash, Ref};
use crate::ledger::json::FormatError;
use reader::Reader;

pub use accept::awaiting;
pub use ask::{Ask, Choice, Named, Wants};
pub use close::{Period as Closing, closings};
pub use correct::{Asked as AskedLine, What, asked_lines};
pub use cost::PAPERS;
pub use fault::{RecordFault, Rule};
pub use form::{Form, Group};
pub use income::{
    CONTRACTS_MAX, MonthsOffered, ROWS as INCOME_ROWS, contract_accounts, months_offered,
    passes_through,
};
pub use places::{arrives, costs, earns, pays, settled_from, uses};
pub use spend::{left, usable};

/// What was typed, by field; several values where several can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(pub BTreeMap<String, Vec<String>>);

impl Typed {
    /// Of a form's own fields; others and empty ones are left out.
    pub fn of<'a>(form: Form, values: impl Fn(&'static str) -> Vec<&'a str>) -> Self {
        let mut typed = BTreeMap::new();
        for field in form.fields() {
            let given = values(field).into_iter().map(str::trim).filter(|text| !text.is_empty());
            let given: Vec<String> = given.map(str::to_owned).collect();
            if !given.is_empty() {
                typed.insert((*field).to_owned(), given);
            }
        }
        Self(typed)
    }

    /// The value of a field; empty where there is none.
    pub fn value(&self, field: &str) -> &str {
        self.values(field).first().map_or("", String::as_str)
    }

    /// Every value of a field.
    pub fn values(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }
}

/// What was read: the event, its lines, its day, a word on it.
#[derive(Clone, Debug)]
pub struct Record {
    event: Event,
    lines: Vec<Line>,
    /// The day the money moved.
    day: NaiveDate,
    memo: Option<String>,
    /// The day on which what a correction corrects took place.
    moved: Option<NaiveDate>,
}

/// What is typed is read upon.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The book as it is.
    pub book: &'a Book,
    /// The day on which it is read.
    pub today: NaiveDate,
    /// The entry whose number was typed (`seq`), where there is one.
    pub named: Option<&'a PostedEntry>,
    /// The digest of the notice of the period that was typed (`notice`), where there is one.
    pub notice: Option<EntryHash>,
}

/// What a form makes: one entry, or a batch posted all or nothing; the inner error is what the
/// format alone knows of.
type Made = Result<Vec<Record>, FormatError>;

/// Reads what was typed, upon a book and a day; or says which fields are to mend.
pub fn read(
    form: Form,
    typed: &Typed,
    ground: Ground<'_>,
) -> Result<Vec<Record>, Vec<RecordFault>> {
    let mut reader = Reader::new(typed, ground, form.asks());
    let made = (form.sheet().read)(&mut reader);
    match made {
        Some(Ok(records)) if reader.faults.is_empty() => Ok(records),
        // Every text was measured before, so that only what the format alone knows is left.
        Some(Err(_)) if reader.faults.is_empty() => Err(vec![Rule::Text.at("memo")]),
        _ => {
            reader.faults.dedup();
            Err(reader.faults)
        }
    }
}

impl Record {
    /// The draft, under its key. Money that moved in a period closed since is dated today and
    /// says when it moved (I8).
    pub fn draft(self, book: &Book, today: NaiveDate, key: Ref) -> Draft {
        let mut funds = self.lines.iter().map(|line| line.account.fund());
        let is_open = funds.all(|fund| self.day > book.fund(fund).closed_to);
        let day = if is_open { self.day } else { today };
        let mut draft = Draft::new(book.estate(), self.event, key).with_lines(day, self.lines);
        let moved = self.moved.or((!is_open).then_some(self.day));
        draft.occurred = moved.filter(|moved| *moved < day);
        draft.memo = self.memo;
        draft
    }
}

/// An organisation by its name.
fn organisation(name: &str) -> Party {
    Party::Organisation { code: None, org: name.to_owned() }
}
