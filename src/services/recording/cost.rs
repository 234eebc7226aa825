//! Something was paid for: with a paper it is a cost, without one a claim on whoever paid.

use super::form::{Group, Sheet};
use super::places::{costs, of_role, pays};
use super::{Made, Reader, Rule, organisation};
use crate::ledger::account::Fund;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;

/// What a paper can be; the first says that there is none yet.
pub const PAPERS: [&str; 6] =
    ["none", "invoice", "tax_receipt", "receipt", "payroll", "settlement"];

pub(super) const SHEET: Sheet = Sheet {
    word: "cost",
    group: Group::Day,
    fields: &[
        "account",
        "amount",
        "day",
        "from",
        "payee",
        "paper",
        "paper_no",
        "paper_amount",
        "issuer",
        "memo",
    ],
    asks: &[],
    read,
};

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let book = reader.book;
    let account = reader.account("account", &costs(book));
    let amount = reader.amount("amount");
    let day = reader.day();
    let from = reader.account("from", &pays(book));
    let payee = reader.needed("payee", Rule::Payee);
    let kind = PAPERS.into_iter().find(|word| *word == reader.typed.value("paper"));
    let kind = reader.wants(kind, Rule::Choice, "paper");
    let paper = match kind {
        Some("none") | None => None,
        Some(kind) => Some(paper(reader, kind, amount, payee)),
    };
    reader.text("memo");
    let (account, amount, day, from, payee) = (account?, amount?, day?, from?, payee?);
    let mut keys = vec![("payee", organisation(payee).to_value())];
    let (name, account) = match paper {
        Some(paper) => {
            keys.push(("evidence", Value::List(vec![paper?])));
            ("cost", account)
        }
        None => ("unproven.out", *of_role(book, Fund::R, Role::Unproven).first()?),
    };
    let lines =
        vec![Line::new(account, Side::Debit, amount), Line::new(from, Side::Credit, amount)];
    Some(reader.record(Event::new(name, keys), lines, day))
}

/// A paper that reaches what was paid.
pub(super) fn paper(
    reader: &mut Reader<'_>,
    kind: &str,
    paid: Option<Money>,
    payee: Option<&str>,
) -> Option<Value> {
    let no = reader.needed("paper_no", Rule::PaperNo);
    let shown = match reader.typed.value("paper_amount") {
        "" => paid,
        _ => reader.amount("paper_amount"),
    };
    let issuer = reader.text("issuer").or(payee);
    let reaches = shown.filter(|shown| paid.is_none_or(|paid| *shown >= paid));
    if shown.is_some() {
        reader.wants(reaches, Rule::PaperShort, "paper_amount")?;
    }
    Some(Value::map([
        ("amount", Value::text(reaches?)),
        ("issuer", Value::text(issuer?)),
        ("kind", Value::text(kind)),
        ("no", Value::text(no?)),
    ]))
}
