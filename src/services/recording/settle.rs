//! A platform or the company handed over what it had collected: the gross goes off what it
//! holds, its fee stands beside what arrived.

use super::form::{Group, Sheet};
use super::places::{of_role, pays, settled_from};
use super::{Made, Reader, Rule};
use crate::ledger::account::Fund;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;

pub(super) const SHEET: Sheet = Sheet {
    word: "settle",
    group: Group::Day,
    fields: &["from", "channel", "amount", "fee", "to", "day", "memo"],
    asks: &[],
    read,
};

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let book = reader.book;
    let from = reader.account("from", &settled_from(book));
    let channel = reader.needed("channel", Rule::Channel);
    let amount = reader.amount("amount");
    let fee = reader.amount_if_any("fee");
    let to = reader.account("to", &pays(book));
    let day = reader.day();
    reader.text("memo");
    let (from, channel, amount, fee, to, day) = (from?, channel?, amount?, fee?, to?, day?);
    reader.wants(Some(fee).filter(|fee| *fee < amount), Rule::Fee, "fee")?;
    let mut lines = vec![Line::new(to, Side::Debit, amount - fee)];
    if fee.is_positive() {
        let account = *of_role(book, Fund::R, Role::FeeCost).first()?;
        lines.push(Line::new(account, Side::Debit, fee));
    }
    lines.push(Line::new(from, Side::Credit, amount));
    let event = Event::new("settle", [("channel", Value::text(channel))]);
    Some(reader.record(event, lines, day))
}
