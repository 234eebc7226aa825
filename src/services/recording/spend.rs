//! Money of the owners is used as they decided. Whether the decision is in force, enough of its
//! limit is left and somebody co-signed, the book says.

use chrono::NaiveDate;

use super::form::{Group, Sheet};
use super::places::{pays, uses};
use super::{Made, Reader, Rule, organisation};
use crate::ledger::book::{Book, Decision};
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;

pub(super) const SHEET: Sheet = Sheet {
    word: "spend",
    group: Group::Decided,
    fields: &["decision", "account", "amount", "day", "from", "payee", "memo"],
    asks: &[],
    read,
};

/// Decisions that a form offers on a day: in force then, with something left.
pub fn usable(book: &Book, on: NaiveDate) -> impl Iterator<Item = (&str, &Decision)> {
    let is = move |decision: &Decision| {
        decision.from <= on
            && decision.to.is_none_or(|to| on <= to)
            && decision.limit.is_none_or(|limit| limit > decision.used)
    };
    let all = book.decisions().iter().map(|(no, decision)| (no.as_str(), decision));
    all.filter(move |(_, decision)| is(decision))
}

/// What a decision leaves of its limit.
pub fn left(decision: &Decision) -> Option<Money> {
    decision.limit.map(|limit| limit - decision.used)
}

/// The decision that was chosen, where it is one of the book.
pub(super) fn decision<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let (book, no) = (reader.book, reader.typed.value("decision"));
    let found = book.decisions().get_key_value(no).map(|(no, _)| no.as_str());
    reader.wants(found, Rule::Choice, "decision")
}

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let book = reader.book;
    let no = decision(reader);
    let account = reader.account("account", &uses(book));
    let amount = reader.amount("amount");
    let day = reader.day();
    let from = reader.account("from", &pays(book));
    let payee = reader.needed("payee", Rule::Payee);
    reader.text("memo");
    let (no, account, amount, day, from) = (no?, account?, amount?, day?, from?);
    let keys = [("decision", Value::text(no)), ("payee", organisation(payee?).to_value())];
    let lines =
        vec![Line::new(account, Side::Debit, amount), Line::new(from, Side::Credit, amount)];
    Some(reader.record(Event::new("spend", keys), lines, day))
}
