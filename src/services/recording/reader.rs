//! Reads fields and gathers what is wrong with them.

use chrono::NaiveDate;

use super::ask::{Ask, Wants};
use super::{Ground, Made, Record, RecordFault, Rule, Typed, organisation};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chain::content_hash;
use crate::ledger::entry::{Line, PostedEntry};
use crate::ledger::event::{Event, Party};
use crate::ledger::json::FormatError;
use crate::ledger::money::Money;
use crate::ledger::period::Period;
use crate::ledger::typed;
use crate::services::books::door::is_personal_text;

/// Longest memo or name, in characters.
const TEXT_MAX: usize = 120;
/// Longest number or name that other entries cite, in characters.
const NAME_MAX: usize = 40;

/// Reads fields and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    pub typed: &'a Typed,
    pub book: &'a Book,
    pub today: NaiveDate,
    pub named: Option<&'a PostedEntry>,
    pub ground: Ground<'a>,
    pub asks: &'static [Ask],
    pub faults: Vec<RecordFault>,
}

impl<'a> Reader<'a> {
    /// Over what was typed.
    pub fn new(typed: &'a Typed, ground: Ground<'a>, asks: &'static [Ask]) -> Self {
        let Ground { book, today, named, .. } = ground;
        Self { typed, book, today, named, ground, asks, faults: Vec::new() }
    }

    /// Notes a fault where a value is missing.
    pub fn wants<T>(&mut self, value: Option<T>, rule: Rule, field: &'static str) -> Option<T> {
        if value.is_none() {
            self.faults.push(rule.at(field));
        }
        value
    }

    /// True where something was typed.
    pub fn has(&self, field: &str) -> bool {
        !self.typed.value(field).is_empty()
    }

    /// An amount above zero.
    pub fn amount(&mut self, field: &'static str) -> Option<Money> {
        let read = typed::amount(self.typed.value(field));
        self.wants(read.filter(|amount| amount.is_positive()), Rule::Amount, field)
    }

    /// An amount, where one is typed.
    pub fn amount_if_any(&mut self, field: &'static str) -> Option<Money> {
        let text = self.typed.value(field);
        let read = if text.is_empty() { Some(Money::ZERO) } else { typed::amount(text) };
        self.wants(read, Rule::Amount, field)
    }

    /// The day on which money moved: not after today.
    pub fn day(&mut self) -> Option<NaiveDate> {
        let day = self.date("day")?;
        self.wants(Some(day).filter(|day| *day <= self.today), Rule::DayAhead, "day")
    }

    /// Any day.
    pub fn date(&mut self, field: &'static str) -> Option<NaiveDate> {
        let read = typed::day(self.typed.value(field));
        self.wants(read, Rule::Day, field)
    }

    /// Any day, where one is typed.
    pub fn date_if_any(&mut self, field: &'static str) -> Option<NaiveDate> {
        if self.has(field) { self.date(field) } else { None }
    }

    /// A whole number above nothing; one where none is typed.
    pub fn count(&mut self, field: &'static str) -> Option<u64> {
        let text = self.typed.value(field);
        let read = if text.is_empty() { Some(1) } else { text.parse().ok() };
        self.wants(read.filter(|count| (1..=1_000_000).contains(count)), Rule::Number, field)
    }

    /// A share in percent, as hundredths of one.
    pub fn percent(&mut self, field: &'static str) -> Option<u64> {
        let text = self.typed.value(field).trim_end_matches(['%', '％']).trim();
        let read = typed::amount(text).and_then(|share| u64::try_from(share.fen()).ok());
        self.wants(read.filter(|share| (1..=100_000).contains(share)), Rule::Percent, field)
    }

    /// Months from one to another, where the first is typed; the first alone is one month.
    pub fn months(&mut self, from: &'static str, to: &'static str) -> Option<Period> {
        if !self.has(from) {
            if self.has(to) {
                self.faults.push(Rule::Month.at(from));
            }
            return None;
        }
        let first = typed::month(self.typed.value(from));
        let first = self.wants(first, Rule::Month, from)?;
        let last = if self.has(to) { typed::month(self.typed.value(to)) } else { Some(first) };
        let whole = last.and_then(|last| Period::new(first, last));
        self.wants(whole, Rule::Month, to)
    }

    /// One of the accounts that a field offers.
    pub fn account(&mut self, field: &'static str, offered: &[AccountCode]) -> Option<AccountCode> {
        let text = self.typed.value(field);
        let found = offered.iter().find(|code| code.as_str() == text).copied();
        self.wants(found, Rule::Choice, field)
    }

    /// One of what a field of the form offers.
    pub fn chosen(&mut self, field: &'static str) -> Option<&'a str> {
        let text = self.typed.value(field);
        self.wants(Some(text).filter(|text| self.offers(field, text)), Rule::Choice, field)
    }

    /// The same, where something is chosen.
    pub fn chosen_if_any(&mut self, field: &'static str) -> Option<&'a str> {
        if self.has(field) { self.chosen(field) } else { None }
    }

    /// The account that is chosen.
    pub fn chosen_account(&mut self, field: &'static str) -> Option<AccountCode> {
        self.chosen(field)?.parse().ok()
    }

    /// Any of what a field offers.
    pub fn several(&mut self, field: &'static str) -> Vec<&'a str> {
        let values: Vec<&str> = self.typed.values(field).iter().map(String::as_str).collect();
        if !values.iter().all(|value| self.offers(field, value)) {
            self.faults.push(Rule::Choice.at(field));
        }
        values
    }

    fn offers(&self, field: &str, value: &str) -> bool {
        let ask = self.asks.iter().find(|ask| ask.field == field);
        let Some(ask) = ask.filter(|ask| matches!(ask.wants, Wants::One(_) | Wants::Several(_)))
        else {
            return false;
        };
        ask.choices(&self.ground).iter().any(|choice| choice.value == value)
    }

    /// A line of text, where one is typed: no number of a person in it, not too long.
    pub fn text(&mut self, field: &'static str) -> Option<&'a str> {
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
    pub fn needed(&mut self, field: &'static str, rule: Rule) -> Option<&'a str> {
        let text = self.text(field);
        self.wants(text, rule, field)
    }

    /// A number or name that other entries cite.
    pub fn name(&mut self, field: &'static str) -> Option<&'a str> {
        let text = self.needed(field, Rule::Needed)?;
        self.wants(Some(text).filter(|text| text.chars().count() <= NAME_MAX), Rule::Name, field)
    }

    /// The same, where one is typed.
    pub fn name_if_any(&mut self, field: &'static str) -> Option<&'a str> {
        if self.has(field) { self.name(field) } else { None }
    }

    /// Who pays or is paid: an organisation by its name; nobody named is a person, whose name
    /// stands nowhere. `about` tells one person from another.
    pub fn party(&mut self, field: &'static str, about: &str) -> Party {
        if let Some(name) = self.text(field) {
            return organisation(name);
        }
        let sum = content_hash(format!("{} {about}", self.book.estate()).as_bytes());
        Party::Person(format!("pt_{}", &sum.to_string()[..12]))
    }

    /// One entry, with the memo that was typed.
    pub fn record(
        &mut self,
        event: Result<Event, FormatError>,
        lines: Vec<Line>,
        day: NaiveDate,
    ) -> Made {
        let memo = self.text("memo").map(str::to_owned);
        Ok(vec![Record { event: event?, lines, day, memo, moved: None }])
    }

    /// One entry that moves no money.
    pub fn says(&mut self, event: Result<Event, FormatError>) -> Made {
        self.record(event, Vec::new(), self.today)
    }
}
