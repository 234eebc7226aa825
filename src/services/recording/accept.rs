//! Papers came for money that had left without: so far it was a claim, now it is a cost.

use super::cost::{PAPERS, paper};
use super::form::{Group, Sheet};
use super::places::{costs, of_role};
use super::{Made, Reader, Rule};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::json::Value;
use crate::ledger::money::Money;

pub(super) const SHEET: Sheet = Sheet {
    word: "accept",
    group: Group::Mend,
    fields: &["seq", "account", "amount", "paper", "paper_no", "paper_amount", "issuer", "memo"],
    asks: &[],
    read,
};

/// Payments that still await evidence: number, and how much of them.
pub fn awaiting(book: &Book) -> impl Iterator<Item = (u64, Money)> {
    let open = book.claims().iter().filter(|(_, claim)| claim.open.is_positive());
    open.map(|(seq, claim)| (*seq, claim.open))
}

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let (book, named) = (reader.book, reader.named);
    let found = reader.typed.value("seq").parse().ok();
    let found = found.and_then(|seq: u64| awaiting(book).find(|(known, _)| *known == seq));
    let found = found.zip(named);
    let claim = reader.wants(found, Rule::Choice, "seq");
    let account = reader.account("account", &costs(book));
    let amount = reader.amount("amount");
    let within = |amount: &Money| claim.is_none_or(|((_, open), _)| *amount <= open);
    let amount = amount
        .and_then(|amount| reader.wants(Some(amount).filter(within), Rule::MoreThanOpen, "amount"));
    let kind = PAPERS.into_iter().find(|word| *word == reader.typed.value("paper"));
    let kind = reader.wants(kind.filter(|word| *word != "none"), Rule::Choice, "paper");
    let payee = named.and_then(|named| named.entry.event.fields().object("payee"));
    let payee = payee.and_then(Party::from_fields);
    let issuer = payee.as_ref().and_then(|payee| match payee {
        Party::Organisation { org, .. } => Some(org.as_str()),
        Party::Person(_) => None,
    });
    let paper = kind.map(|kind| paper(reader, kind, amount, issuer));
    let (((seq, _), named), account, amount, paper) = (claim?, account?, amount?, paper??);
    let keys = vec![
        ("evidence", Value::List(vec![paper])),
        ("of", Value::text(named.hash.to_string())),
        ("payee", payee?.to_value()),
        ("seq", Value::Integer(seq)),
    ];
    let from = *of_role(book, Fund::R, Role::Unproven).first()?;
    let lines =
        vec![Line::new(account, Side::Debit, amount), Line::new(from, Side::Credit, amount)];
    let today = reader.today;
    Some(reader.record(Event::new("unproven.accept", keys), lines, today))
}
