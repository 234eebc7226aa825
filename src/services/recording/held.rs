//! Money in the accounts that isn't the owners': collected for others, received by mistake, or
//! received from nobody knows whom.

use super::ask::{AMOUNT, Ask, CONTRACT, Choice, MEMO, REASON, Wants, accounts, items, roles};
use super::deposits::{item, paid_out, taken, under};
use super::form::{Sheet, sheet};
use super::places::{earns, of_role, pays};
use super::{Ground, Made, Reader, Rule, organisation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::statements::role;

const HELD: &[Role] = &[Role::PassThrough, Role::Unidentified];
const PURPOSE: Ask = Ask::new("purpose", Wants::Text).hinted();

fn all_held(ground: &Ground<'_>) -> Vec<Choice> {
    HELD.iter().flat_map(|role| items(ground.book, Fund::R, *role)).collect()
}

const IN_ASKS: &[Ask] = &[
    Ask::new("account", Wants::One(|g| roles(g.book, HELD))).called("held_as").hinted(),
    Ask::new("item", Wants::Text).called("held_item").hinted(),
    PURPOSE,
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("to", Wants::One(|g| roles(g.book, &[Role::Bank, Role::Clearing])))
        .called("arrived_at"),
    Ask::new("payer", Wants::Text).hinted(),
    MEMO,
];
pub(super) const IN: Sheet = sheet!("held_in", Others, IN_ASKS, came_in);

fn came_in(reader: &mut Reader<'_>) -> Option<Made> {
    let account = reader.chosen_account("account");
    let item = reader.name("item");
    let purpose = reader.needed("purpose", Rule::Needed);
    let amount = reader.amount("amount");
    let day = reader.day();
    let to = reader.chosen_account("to");
    let payer = reader.text("payer");
    reader.text("memo");
    let mut credit = Line::new(account?, Side::Credit, amount?);
    credit.item = Some(item?.to_owned());
    let mut keys = vec![("purpose", Value::text(purpose?))];
    keys.extend(payer.map(|name| ("party", organisation(name).to_value())));
    let lines = vec![Line::new(to?, Side::Debit, amount?), credit];
    Some(reader.record(Event::new("held.in", keys), lines, day?))
}

const OUT_ASKS: &[Ask] = &[
    Ask::new("item", Wants::One(all_held)).called("which_held"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("paid_on"),
    Ask::new("from", Wants::One(|g| accounts(pays(g.book)))).called("paid_from"),
    Ask::new("payee", Wants::Text).hinted(),
    MEMO,
];
pub(super) const OUT: Sheet = sheet!("held_out", Others, OUT_ASKS, went_out);

fn went_out(reader: &mut Reader<'_>) -> Option<Made> {
    paid_out(reader, "held.out")
}

const IDENTIFY_ASKS: &[Ask] = &[
    Ask::new("item", Wants::One(|g| items(g.book, Fund::R, Role::Unidentified)))
        .called("which_receipt"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("found_on"),
    Ask::new("account", Wants::One(what_it_was)).called("was_what"),
    CONTRACT,
    Ask::new("first", Wants::Month).called("from_month").hinted(),
    Ask::new("last", Wants::Month).called("to_month"),
    Ask::new("payer", Wants::Text).hinted(),
    REASON,
    MEMO,
];
pub(super) const IDENTIFY: Sheet = sheet!("held_identify", Others, IDENTIFY_ASKS, identified);

/// What money from nobody knows whom can turn out to be.
fn what_it_was(ground: &Ground<'_>) -> Vec<Choice> {
    let others = roles(ground.book, &[Role::PassThrough, Role::Deposit]);
    accounts(earns(ground.book)).into_iter().chain(others).collect()
}

fn identified(reader: &mut Reader<'_>) -> Option<Made> {
    let item = item(reader);
    let amount = reader.amount("amount");
    let day = reader.day();
    let account = reader.chosen_account("account");
    let contract = reader.chosen_if_any("contract");
    let period = reader.months("first", "last");
    let payer = reader.text("payer");
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let ((from, item), account, amount) = (item?, account?, amount?);
    let mut credit = under(account, amount, contract, period);
    if matches!(role(reader.book, account), Role::PassThrough | Role::Deposit) {
        credit.item = Some(contract.unwrap_or(item).to_owned());
    }
    let mut keys = vec![("reason", Value::text(reason?))];
    keys.extend(contract.map(|no| ("contract", Value::text(no))));
    keys.extend(payer.map(|name| ("party", organisation(name).to_value())));
    let lines = vec![taken(from, item, amount), credit];
    Some(reader.record(Event::new("held.identify", keys), lines, day?))
}

fn banks(book: &Book, fund: Fund) -> Vec<Choice> {
    accounts(of_role(book, fund, Role::Bank))
}

fn of_fund(book: &Book, wanted: &[Role]) -> Vec<Choice> {
    accounts(wanted.iter().flat_map(|role| of_role(book, Fund::F, *role)))
}

const TO_FUND_ASKS: &[Ask] = &[
    Ask::new("item", Wants::One(|g| items(g.book, Fund::R, Role::PassThrough)))
        .called("which_held"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("paid_on"),
    Ask::new("from", Wants::One(|g| banks(g.book, Fund::R))).called("paid_from"),
    Ask::new("to", Wants::One(|g| banks(g.book, Fund::F))).called("fund_bank"),
    Ask::new("account", Wants::One(|g| of_fund(g.book, &[Role::Contribution, Role::Scrap])))
        .called("was_what"),
    PURPOSE,
    MEMO,
];
pub(super) const TO_FUND: Sheet = sheet!("held_to_fund", Others, TO_FUND_ASKS, to_fund);

fn to_fund(reader: &mut Reader<'_>) -> Option<Made> {
    let item = item(reader);
    let crossed = crossed(reader);
    let (held, item) = item?;
    let (amount, from, to, account) = crossed?;
    let lines = vec![
        taken(held, item, amount),
        Line::new(from, Side::Credit, amount),
        Line::new(to, Side::Debit, amount),
        Line::new(account, Side::Credit, amount),
    ];
    passed_on(reader, "held.to_fund", lines)
}

type Crossed = (crate::ledger::money::Money, AccountCode, AccountCode, AccountCode);

/// Amount, where it left, where it arrived, what it is there.
fn crossed(reader: &mut Reader<'_>) -> Option<Crossed> {
    let amount = reader.amount("amount");
    let from = reader.chosen_account("from");
    let to = reader.chosen_account("to");
    let account = reader.chosen_account("account");
    Some((amount?, from?, to?, account?))
}

fn passed_on(reader: &mut Reader<'_>, kind: &str, lines: Vec<Line>) -> Option<Made> {
    let day = reader.day();
    let purpose = reader.needed("purpose", Rule::Needed);
    let keys = [("purpose", Value::text(purpose?))];
    Some(reader.record(Event::new(kind, keys), lines, day?))
}

const TO_REVENUE_ASKS: &[Ask] = &[
    Ask::new("item", Wants::One(|g| items(g.book, Fund::F, Role::PassThrough)))
        .called("which_held"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("from", Wants::One(|g| banks(g.book, Fund::F))).called("fund_bank"),
    Ask::new("to", Wants::One(|g| banks(g.book, Fund::R))).called("arrived_at"),
    Ask::new("account", Wants::One(to_revenue_as)).called("was_what"),
    PURPOSE,
    MEMO,
];
pub(super) const TO_REVENUE: Sheet = sheet!("held_to_revenue", Others, TO_REVENUE_ASKS, to_revenue);

fn to_revenue_as(ground: &Ground<'_>) -> Vec<Choice> {
    let passed = roles(ground.book, &[Role::PassThrough]);
    accounts(earns(ground.book)).into_iter().chain(passed).collect()
}

fn to_revenue(reader: &mut Reader<'_>) -> Option<Made> {
    let item = item(reader);
    let crossed = crossed(reader);
    let (held, item) = item?;
    let (amount, from, to, account) = crossed?;
    let mut came = Line::new(account, Side::Credit, amount);
    if role(reader.book, account) == Role::PassThrough {
        came.item = Some(item.to_owned());
    }
    let lines = vec![
        Line::new(to, Side::Debit, amount),
        came,
        taken(held, item, amount),
        Line::new(from, Side::Credit, amount),
    ];
    passed_on(reader, "held.to_revenue", lines)
}
