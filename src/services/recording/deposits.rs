//! Deposits of tenants: they came in, went back, paid for damage, paid what was owing.

use super::ask::{AMOUNT, Ask, CONTRACT, Choice, MEMO, REASON, Wants, accounts, items};
use super::cost::paper;
use super::form::{Sheet, sheet};
use super::places::{arrives, earns, of_role, pays};
use super::{Ground, Made, Reader, Rule};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::period::Period;

const ITEM: Ask = Ask::new("item", Wants::One(held)).called("which_deposit");

fn held(ground: &Ground<'_>) -> Vec<Choice> {
    items(ground.book, Fund::R, Role::Deposit)
}

const IN_ASKS: &[Ask] = &[
    CONTRACT,
    Ask::new("item", Wants::Text).called("deposit_item").hinted(),
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("to", Wants::One(|g| accounts(arrives(g.book)))).called("arrived_at"),
    Ask::new("payer", Wants::Text).hinted(),
    MEMO,
];
pub(super) const IN: Sheet = sheet!("deposit_in", Others, IN_ASKS, came_in);

fn came_in(reader: &mut Reader<'_>) -> Option<Made> {
    let contract = reader.chosen_if_any("contract");
    let item = reader.name_if_any("item").or(contract);
    let item = reader.wants(item, Rule::Needed, "item");
    let amount = reader.amount("amount");
    let day = reader.day();
    let to = reader.chosen_account("to");
    let party = reader.party("payer", item.unwrap_or_default());
    reader.text("memo");
    let account = *of_role(reader.book, Fund::R, Role::Deposit).first()?;
    let mut credit = Line::new(account, Side::Credit, amount?);
    credit.contract = contract.map(str::to_owned);
    credit.item = Some(item?.to_owned());
    let lines = vec![Line::new(to?, Side::Debit, amount?), credit];
    Some(reader.record(Event::new("deposit.in", [("party", party.to_value())]), lines, day?))
}

/// What is held under an item: its account, its name.
pub(super) fn item<'a>(reader: &mut Reader<'a>) -> Option<(AccountCode, &'a str)> {
    let (account, item) = reader.chosen("item")?.split_once('|')?;
    Some((account.parse().ok()?, item))
}

/// The line that takes from what is held.
pub(super) fn taken(account: AccountCode, item: &str, amount: Money) -> Line {
    let mut debit = Line::new(account, Side::Debit, amount);
    debit.item = Some(item.to_owned());
    debit
}

const OUT_ASKS: &[Ask] = &[
    ITEM,
    AMOUNT,
    Ask::new("day", Wants::Today).called("paid_on"),
    Ask::new("from", Wants::One(|g| accounts(pays(g.book)))).called("paid_from"),
    Ask::new("payee", Wants::Text).hinted(),
    MEMO,
];
pub(super) const OUT: Sheet = sheet!("deposit_out", Others, OUT_ASKS, went_back);

fn went_back(reader: &mut Reader<'_>) -> Option<Made> {
    paid_out(reader, "deposit.out")
}

/// What was held is paid out.
pub(super) fn paid_out(reader: &mut Reader<'_>, kind: &str) -> Option<Made> {
    let item = item(reader);
    let amount = reader.amount("amount");
    let day = reader.day();
    let from = reader.chosen_account("from");
    reader.text("memo");
    let (account, item) = item?;
    let payee = reader.party("payee", item);
    let lines = vec![taken(account, item, amount?), Line::new(from?, Side::Credit, amount?)];
    Some(reader.record(Event::new(kind, [("payee", payee.to_value())]), lines, day?))
}

const FORFEIT_ASKS: &[Ask] = &[
    ITEM,
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    Ask::new("account", Wants::One(|g| accounts(earns(g.book)))).called("earned_by"),
    REASON,
    Ask::new("paper_no", Wants::Text).called("shown_no").hinted(),
    Ask::new("issuer", Wants::Text).called("shown_by"),
    MEMO,
];
pub(super) const FORFEIT: Sheet = sheet!("deposit_forfeit", Others, FORFEIT_ASKS, forfeited);

fn forfeited(reader: &mut Reader<'_>) -> Option<Made> {
    let item = item(reader);
    let amount = reader.amount("amount");
    let day = reader.day();
    let account = reader.chosen_account("account");
    let reason = reader.needed("reason", Rule::Needed);
    let shown = shown(reader, amount);
    reader.text("memo");
    let ((deposit, item), shown) = (item?, shown?);
    let keys = [("reason", Value::text(reason?)), ("evidence", shown)];
    let earned = Line::new(account?, Side::Credit, amount?);
    let lines = vec![taken(deposit, item, amount?), earned];
    Some(reader.record(Event::new("deposit.forfeit", keys), lines, day?))
}

/// The paper that shows something: a settlement between the two, over the whole amount.
pub(super) fn shown(reader: &mut Reader<'_>, amount: Option<Money>) -> Option<Value> {
    let issuer = reader.needed("issuer", Rule::Needed);
    let paper = paper(reader, "settlement", amount, issuer);
    Some(Value::List(vec![paper?]))
}

const OFFSET_ASKS: &[Ask] = &[
    ITEM,
    CONTRACT,
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    Ask::new("account", Wants::One(|g| accounts(earns(g.book)))).called("earned_by"),
    Ask::new("first", Wants::Month).called("from_month").hinted(),
    Ask::new("last", Wants::Month).called("to_month"),
    REASON,
    MEMO,
];
pub(super) const OFFSET: Sheet = sheet!("deposit_offset", Others, OFFSET_ASKS, set_off);

fn set_off(reader: &mut Reader<'_>) -> Option<Made> {
    let item = item(reader);
    let contract = reader.chosen("contract");
    let amount = reader.amount("amount");
    let day = reader.day();
    let account = reader.chosen_account("account");
    let period = reader.months("first", "last");
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let (deposit, item) = item?;
    let credit = under(account?, amount?, Some(contract?), period);
    let keys = [("contract", Value::text(contract?)), ("reason", Value::text(reason?))];
    let lines = vec![taken(deposit, item, amount?), credit];
    Some(reader.record(Event::new("deposit.offset", keys), lines, day?))
}

/// A receipt under a contract, for months.
pub(super) fn under(
    account: AccountCode,
    amount: Money,
    contract: Option<&str>,
    period: Option<Period>,
) -> Line {
    let mut credit = Line::new(account, Side::Credit, amount);
    credit.contract = contract.map(str::to_owned);
    credit.period = period;
    credit
}
