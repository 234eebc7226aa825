//! What a clerk says becomes a draft: which money, from whom, for which month, never an account
//! code. A form hands over what was typed; here it is read, checked field by field, and written
//! as event and lines. What the books say of it is for [`super::drafts`] to ask.

mod accept;
mod cost;
mod fault;
mod form;
mod income;
mod places;
mod settle;
mod spend;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::books::door::is_personal_text;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Line, PostedEntry};
use crate::ledger::event::{Event, Party};
use crate::ledger::id::Ref;
use crate::ledger::json::FormatError;
use crate::ledger::money::Money;
use crate::ledger::typed;

pub use accept::awaiting;
pub use cost::PAPERS;
pub use fault::{RecordFault, Rule};
pub use form::{Form, Group};
pub use income::{MonthsOffered, contract_accounts, months_offered};
pub use places::{arrives, costs, earns, pays, settled_from, uses};
pub use spend::{left, usable};

/// Longest memo or name, in characters.
const TEXT_MAX: usize = 120;

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
    let Ground { book, today, named } = ground;
    let mut reader = Reader { typed, book, today, named, faults: Vec::new() };
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
        let is_open = self.day > book.fund(Fund::R).closed_to;
        let mut draft = Draft::new(book.estate(), self.event, key)
            .with_lines(if is_open { self.day } else { today }, self.lines);
        draft.occurred = (!is_open && self.day < today).then_some(self.day);
        draft.memo = self.memo;
        draft
    }
}

/// Reads fields and gathers what is wrong with them.
struct Reader<'a> {
    typed: &'a Typed,
    book: &'a Book,
    today: NaiveDate,
    named: Option<&'a PostedEntry>,
    faults: Vec<RecordFault>,
}

impl<'a> Reader<'a> {
    /// Notes a fault where a value is missing.
    fn wants<T>(&mut self, value: Option<T>, rule: Rule, field: &'static str) -> Option<T> {
        if value.is_none() {
            self.faults.push(rule.at(field));
        }
        value
    }

    /// An amount above zero.
    fn amount(&mut self, field: &'static str) -> Option<Money> {
        let read = typed::amount(self.typed.value(field));
        self.wants(read.filter(|amount| amount.is_positive()), Rule::Amount, field)
    }

    /// An amount, where one is typed.
    fn amount_if_any(&mut self, field: &'static str) -> Option<Money> {
        let text = self.typed.value(field);
        let read = if text.is_empty() { Some(Money::ZERO) } else { typed::amount(text) };
        self.wants(read, Rule::Amount, field)
    }

    /// The day on which money moved: not after today.
    fn day(&mut self) -> Option<NaiveDate> {
        let read = typed::day(self.typed.value("day"));
        let day = self.wants(read, Rule::Day, "day")?;
        self.wants(Some(day).filter(|day| *day <= self.today), Rule::DayAhead, "day")
    }

    /// One of the accounts that a field offers.
    fn account(
        &mut self,
        field: &'static str,
        offered: &[crate::ledger::account::AccountCode],
    ) -> Option<crate::ledger::account::AccountCode> {
        let text = self.typed.value(field);
        let found = offered.iter().find(|code| code.as_str() == text).copied();
        self.wants(found, Rule::Choice, field)
    }

    /// A line of text, where one is typed: no number of a person in it, not too long.
    fn text(&mut self, field: &'static str) -> Option<&'a str> {
        let text = self.typed.value(field);
        if text.is_empty() {
            return None;
        }
        if is_personal_text(text) {
            self.faults.push(Rule::PersonalNumber.at(field));
        } else if text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
            self.faults.push(Rule::Text.at(field));
        }
        Some(text)
    }

    /// The same, where something must be typed.
    fn needed(&mut self, field: &'static str, rule: Rule) -> Option<&'a str> {
        let text = self.text(field);
        self.wants(text, rule, field)
    }

    /// One entry, with the memo that was typed.
    fn record(
        &mut self,
        event: Result<Event, FormatError>,
        lines: Vec<Line>,
        day: NaiveDate,
    ) -> Made {
        let memo = self.text("memo").map(str::to_owned);
        Ok(vec![Record { event: event?, lines, day, memo }])
    }
}

/// An organisation by its name.
fn organisation(name: &str) -> Party {
    Party::Organisation { code: None, org: name.to_owned() }
}
