//! What is to come back: payments without papers, payments by mistake; and claims given up.

use super::accept::awaiting;
use super::ask::{
    AMOUNT, Ask, Choice, MEMO, REASON, Wants, accounts, claims, decisions, own, roles,
};
use super::deposits::shown;
use super::form::{Sheet, sheet};
use super::places::{costs, of_role, pays};
use super::{Ground, Made, Reader, Rule, organisation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, PostedEntry, Side};
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;

const SEQ: Ask = Ask::new("seq", Wants::One(claims)).called("which_claim");

const RETURN_ASKS: &[Ask] = &[
    SEQ,
    AMOUNT,
    Ask::new("day", Wants::Today).called("arrived_on"),
    Ask::new("to", Wants::One(|g| accounts(pays(g.book)))).called("arrived_at"),
    Ask::new("payer", Wants::Text).hinted(),
    MEMO,
];
pub(super) const RETURN: Sheet = sheet!("unproven_return", Claims, RETURN_ASKS, returned);

/// The payment that is named, with what is open of it.
fn named<'a>(reader: &mut Reader<'a>) -> Option<(&'a PostedEntry, Money)> {
    let seq = reader.chosen("seq").and_then(|seq| seq.parse::<u64>().ok());
    let open = awaiting(reader.book).find(|(known, _)| Some(*known) == seq);
    let named = reader.named.zip(open).map(|(named, (_, open))| (named, open));
    reader.wants(named, Rule::Choice, "seq")
}

fn returned(reader: &mut Reader<'_>) -> Option<Made> {
    let claim = named(reader);
    let amount = within(reader, claim.map(|(_, open)| open));
    let day = reader.day();
    let to = reader.chosen_account("to");
    let party = reader.party("payer", reader.typed.value("seq"));
    reader.text("memo");
    let (named, _) = claim?;
    let keys = [
        ("of", Value::text(named.hash)),
        ("party", party.to_value()),
        ("seq", Value::Integer(named.entry.seq)),
    ];
    let from = *of_role(reader.book, Fund::R, Role::Unproven).first()?;
    let lines = vec![Line::new(to?, Side::Debit, amount?), Line::new(from, Side::Credit, amount?)];
    Some(reader.record(Event::new("unproven.return", keys), lines, day?))
}

/// An amount up to what is open.
fn within(reader: &mut Reader<'_>, open: Option<Money>) -> Option<Money> {
    let amount = reader.amount("amount")?;
    let fits = open.is_none_or(|open| amount <= open);
    reader.wants(Some(amount).filter(|_| fits), Rule::MoreThanOpen, "amount")
}

const CLAIM_ASKS: &[Ask] = &[
    Ask::new("payer", Wants::Text).called("claimed_from").hinted(),
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    Ask::new("account", Wants::One(claimed)).called("claimed_for").hinted(),
    REASON,
    Ask::new("paper_no", Wants::Text).called("shown_no").hinted(),
    Ask::new("issuer", Wants::Text).called("shown_by"),
    MEMO,
];
pub(super) const CLAIM: Sheet = sheet!("claim", Claims, CLAIM_ASKS, claim);

/// What can be claimed back: cost, and what was cost of a closed year.
fn claimed(ground: &Ground<'_>) -> Vec<Choice> {
    let kept = roles(ground.book, &[Role::NetAll, Role::NetPart]);
    accounts(costs(ground.book)).into_iter().chain(kept).collect()
}

fn claim(reader: &mut Reader<'_>) -> Option<Made> {
    let from = reader.needed("payer", Rule::Needed);
    let amount = reader.amount("amount");
    let day = reader.day();
    let account = reader.chosen_account("account");
    let reason = reader.needed("reason", Rule::Needed);
    let shown = shown(reader, amount);
    reader.text("memo");
    let keys = [
        ("evidence", shown?),
        ("party", organisation(from?).to_value()),
        ("reason", Value::text(reason?)),
    ];
    let recoverable = *of_role(reader.book, Fund::R, Role::Recoverable).first()?;
    let lines = vec![
        Line::new(recoverable, Side::Debit, amount?),
        Line::new(account?, Side::Credit, amount?),
    ];
    Some(reader.record(Event::new("claim", keys), lines, day?))
}

const WRITE_OFF_ASKS: &[Ask] = &[
    Ask::new("decision", Wants::One(decisions)).called("by_which_decision"),
    Ask::new("account", Wants::One(|g| roles(g.book, OPEN))).called("given_up"),
    Ask::new("seq", Wants::One(claims)).called("which_claim").hinted(),
    Ask::new("against", Wants::One(|_| own(&["the_owners", "the_opening"]))).hinted(),
    AMOUNT,
    Ask::new("day", Wants::Today).called("on_day"),
    REASON,
    MEMO,
];
pub(super) const WRITE_OFF: Sheet = sheet!("write_off", Claims, WRITE_OFF_ASKS, write_off);
const OPEN: &[Role] = &[Role::Unproven, Role::PredecessorDue, Role::Recoverable];

fn write_off(reader: &mut Reader<'_>) -> Option<Made> {
    let decision = reader.chosen("decision");
    let account = reader.chosen_account("account");
    let unproven = of_role(reader.book, Fund::R, Role::Unproven);
    let is_unproven = account.is_some_and(|code: AccountCode| unproven.contains(&code));
    let claim = if is_unproven { named(reader).map(Some) } else { Some(None) };
    let open = claim.flatten().map(|(_, open)| open);
    let against = reader.chosen("against");
    let amount = within(reader, open);
    let day = reader.day();
    let reason = reader.needed("reason", Rule::Needed);
    reader.text("memo");
    let role = if against? == "the_opening" { Role::OpeningUnproven } else { Role::WriteOff };
    let against = *of_role(reader.book, Fund::R, role).first()?;
    let mut keys = vec![("decision", Value::text(decision?)), ("reason", Value::text(reason?))];
    if let Some((named, _)) = claim? {
        keys.push(("of", Value::text(named.hash)));
        keys.push(("seq", Value::Integer(named.entry.seq)));
    }
    let lines =
        vec![Line::new(against, Side::Debit, amount?), Line::new(account?, Side::Credit, amount?)];
    Some(reader.record(Event::new("write_off", keys), lines, day?))
}
