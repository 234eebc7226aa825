//! Money between accounts, what a bank does by itself, and what owners collect.

use super::ask::{AMOUNT, Ask, Choice, MEMO, REASON, Wants, accounts, own, roles};
use super::form::{Sheet, sheet};
use super::places::{of_role, pays};
use super::{Ground, Made, Reader, Rule};
use crate::ledger::account::Fund;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;

const OWN_MONEY: &[Role] = &[Role::Bank, Role::Clearing];

fn places(ground: &Ground<'_>) -> Vec<Choice> {
    roles(ground.book, OWN_MONEY)
}

fn banks(ground: &Ground<'_>) -> Vec<Choice> {
    accounts(pays(ground.book))
}

const TRANSFER_ASKS: &[Ask] = &[
    Ask::new("from", Wants::One(places)).called("moved_from"),
    Ask::new("to", Wants::One(places)).called("moved_to"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    MEMO,
];
pub(super) const TRANSFER: Sheet = sheet!("transfer", Moves, TRANSFER_ASKS, transfer);

fn transfer(reader: &mut Reader<'_>) -> Option<Made> {
    let from = reader.chosen_account("from");
    let to = reader.chosen_account("to");
    let amount = reader.amount("amount");
    let day = reader.day();
    reader.text("memo");
    let to = reader.wants(to.filter(|to| Some(*to) != from), Rule::Unchanged, "to");
    let lines = vec![Line::new(to?, Side::Debit, amount?), Line::new(from?, Side::Credit, amount?)];
    Some(reader.record(Event::new("transfer", []), lines, day?))
}

const INTEREST_ASKS: &[Ask] = &[
    Ask::new("to", Wants::One(banks)).called("arrived_at"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("first", Wants::Day).called("interest_from").hinted(),
    Ask::new("last", Wants::Day).called("interest_to"),
    MEMO,
];
pub(super) const INTEREST: Sheet = sheet!("interest", Moves, INTEREST_ASKS, interest);

fn interest(reader: &mut Reader<'_>) -> Option<Made> {
    let to = reader.chosen_account("to");
    let amount = reader.amount("amount");
    let day = reader.day();
    let first = reader.date_if_any("first");
    let last = reader.date_if_any("last");
    reader.text("memo");
    let mut keys = Vec::new();
    keys.extend(first.map(|day| ("from", Value::text(day))));
    keys.extend(last.map(|day| ("to", Value::text(day))));
    let account = *of_role(reader.book, Fund::R, Role::InterestIncome).first()?;
    let lines =
        vec![Line::new(to?, Side::Debit, amount?), Line::new(account, Side::Credit, amount?)];
    Some(reader.record(Event::new("interest", keys), lines, day?))
}

const BANK_FACT_ASKS: &[Ask] = &[
    Ask::new("account", Wants::One(banks)).called("at_bank"),
    Ask::new("way", Wants::One(|_| own(&["bank_gave", "bank_took"]))).called("bank_way"),
    AMOUNT,
    Ask::new("day", Wants::Today).called("bank_day"),
    Ask::new("serial", Wants::Text).hinted(),
    Ask::new("other", Wants::One(|g| roles(g.book, &[Role::Recoverable, Role::Unidentified])))
        .called("bank_other")
        .hinted(),
    Ask::new("item", Wants::Text).called("held_item"),
    REASON,
    MEMO,
];
pub(super) const BANK_FACT: Sheet = sheet!("bank_fact", Moves, BANK_FACT_ASKS, bank_fact);

fn bank_fact(reader: &mut Reader<'_>) -> Option<Made> {
    let account = reader.chosen_account("account");
    let way = reader.chosen("way");
    let amount = reader.amount("amount");
    let day = reader.day();
    let serial = reader.name("serial");
    let other = reader.chosen_account("other");
    let item = reader.name_if_any("item").or(serial);
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let (account, other, amount, day) = (account?, other?, amount?, day?);
    let gave = way? == "bank_gave";
    let side = |gave| if gave { Side::Debit } else { Side::Credit };
    let mut against = Line::new(other, side(!gave), amount);
    if of_role(reader.book, Fund::R, Role::Unidentified).contains(&other) {
        against.item = item.map(str::to_owned);
    }
    let mut lines = vec![Line::new(account, side(gave), amount), against];
    lines.sort_by_key(|line| line.side == Side::Credit);
    let keys = [
        ("day", Value::text(day)),
        ("reason", Value::text(reason?)),
        ("serial", Value::text(serial?)),
    ];
    Some(reader.record(Event::new("bank_fact", keys), lines, day))
}

const PAY_ASKS: &[Ask] = &[
    AMOUNT,
    Ask::new("day", Wants::Today).called("paid_on"),
    Ask::new("from", Wants::One(banks)).called("paid_from"),
    Ask::new("payee", Wants::Text).called("collected_by").hinted(),
    MEMO,
];
pub(super) const PAY: Sheet = sheet!("distribute_pay", Moves, PAY_ASKS, pay);

fn pay(reader: &mut Reader<'_>) -> Option<Made> {
    let amount = reader.amount("amount");
    let day = reader.day();
    let from = reader.chosen_account("from");
    let about = format!("{} {}", reader.typed.value("day"), reader.typed.value("memo"));
    let payee = reader.party("payee", &about);
    reader.text("memo");
    let owed = *of_role(reader.book, Fund::R, Role::DistributionPayable).first()?;
    let lines =
        vec![Line::new(owed, Side::Debit, amount?), Line::new(from?, Side::Credit, amount?)];
    let keys = [("payee", payee.to_value())];
    Some(reader.record(Event::new("distribute.pay", keys), lines, day?))
}

const RETURN_ASKS: &[Ask] = &[
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("to", Wants::One(banks)).called("arrived_at"),
    REASON,
    MEMO,
];
pub(super) const RETURN: Sheet = sheet!("distribute_return", Moves, RETURN_ASKS, came_back);

fn came_back(reader: &mut Reader<'_>) -> Option<Made> {
    let amount = reader.amount("amount");
    let day = reader.day();
    let to = reader.chosen_account("to");
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let owed = *of_role(reader.book, Fund::R, Role::DistributionPayable).first()?;
    let lines = vec![Line::new(to?, Side::Debit, amount?), Line::new(owed, Side::Credit, amount?)];
    let keys = [("reason", Value::text(reason?))];
    Some(reader.record(Event::new("distribute.return", keys), lines, day?))
}
