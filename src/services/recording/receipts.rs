//! Receipts that were said to be for something else, and receipts that went back.

use super::ask::{AMOUNT, Ask, CONTRACT, Choice, MEMO, Named, REASON, Wants, accounts, of, roles};
use super::form::{Sheet, sheet};
use super::places::earns;
use super::{Ground, Made, Reader, Rule};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::format::grouped;
use crate::ledger::json::Value;
use crate::ledger::statements::role;

const ATTRIBUTE_ASKS: &[Ask] = &[
    Ask::new("seq", Wants::Hidden),
    Ask::new("line", Wants::One(receipts)),
    CONTRACT,
    Ask::new("from", Wants::Month).called("from_month").hinted(),
    Ask::new("to", Wants::Month).called("to_month"),
    REASON,
];
pub(super) const ATTRIBUTE: Sheet = sheet!("attribute", Mend, ATTRIBUTE_ASKS, attribute);

/// The receipts of the entry that was named, by the place of their lines.
fn receipts(ground: &Ground<'_>) -> Vec<Choice> {
    let Some(named) = ground.named.filter(|n| n.entry.event.kind().name == "income") else {
        return Vec::new();
    };
    let counts = ground.book.correctable(named).map(|(_, counts)| counts).unwrap_or_default();
    let earns =
        |line: &Line| matches!(role(ground.book, line.account), Role::Income | Role::PassThrough);
    let lines = counts.into_iter().enumerate().filter(|(_, line)| earns(line));
    lines
        .map(|(at, line)| {
            let name = ground.book.account_name(line.account).unwrap_or_default();
            let contract = line.contract.map(|no| format!(" · {no}")).unwrap_or_default();
            let period = line.period.map(|period| format!(" · {period}")).unwrap_or_default();
            of(at, Named::Said(format!("{name} {}{contract}{period}", grouped(line.amount))))
        })
        .collect()
}

fn attribute(reader: &mut Reader<'_>) -> Option<Made> {
    let named = reader.named;
    let named = reader.wants(named, Rule::NoEntry, "seq");
    let line = reader.chosen("line").and_then(|at| at.parse::<u64>().ok());
    let contract = reader.chosen_if_any("contract");
    let period = reader.months("from", "to");
    let reason = reader.needed("reason", Rule::Needed);
    reader.wants(contract.map(|_| ()).or(period.map(|_| ())), Rule::Unchanged, "contract")?;
    let mut keys = vec![
        ("line", Value::Integer(line?)),
        ("of", Value::text(named?.hash)),
        ("reason", Value::text(reason?)),
        ("seq", Value::Integer(named?.entry.seq)),
    ];
    keys.extend(contract.map(|no| ("contract", Value::text(no))));
    keys.extend(period.map(|period| ("period", Value::text(period))));
    Some(reader.says(Event::new("attribute", keys)))
}

const REFUND_ASKS: &[Ask] = &[
    CONTRACT,
    Ask::new("account", Wants::One(|g| accounts(earns(g.book)))).called("earned_by"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("paid_on"),
    Ask::new("from", Wants::One(|g| roles(g.book, &[Role::Bank, Role::Clearing])))
        .called("paid_from"),
    Ask::new("payee", Wants::Text).hinted(),
    REASON,
    MEMO,
];
pub(super) const REFUND: Sheet = sheet!("income_refund", Mend, REFUND_ASKS, refund);

fn refund(reader: &mut Reader<'_>) -> Option<Made> {
    let contract = reader.chosen_if_any("contract");
    let account = reader.chosen_account("account");
    let amount = reader.amount("amount");
    let day = reader.day();
    let from = reader.chosen_account("from");
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let payee = reader.party("payee", reader.typed.value("reason"));
    let (account, amount, day, from) = (account?, amount?, day?, from?);
    let mut keys = vec![("payee", payee.to_value()), ("reason", Value::text(reason?))];
    keys.extend(contract.map(|no| ("contract", Value::text(no))));
    let mut debit = Line::new(account, Side::Debit, amount);
    debit.contract = contract.map(str::to_owned);
    let lines = vec![debit, Line::new(from, Side::Credit, amount)];
    Some(reader.record(Event::new("income_refund", keys), lines, day))
}
