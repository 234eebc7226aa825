//! Contracts: made, changed, ended. What is due is asked as people say it: so much a month, a
//! quarter, a year, for so many pieces, from some day on so many percent of that.

use super::ask::{Ask, Choice, MEMO, REASON, Wants, accounts, contracts, decisions, own, words};
use super::form::{Sheet, sheet};
use super::places::{earns, of_role};
use super::{Ground, Made, Reader, Rule, organisation};
use crate::ledger::account::Fund;
use crate::ledger::chart::Role;
use crate::ledger::event::Event;
use crate::ledger::json::Value;

const PERIODS: &[&str] = &["month", "quarter", "half_year", "year", "day"];
const MODES: &[&str] = &["fixed", "metered", "per_use", "share", "unknown"];
const PAPERS: &[&str] = &["signed", "sealing", "renewing", "framework", "none", "unknown"];
const BILLING: &[&str] = &["advance", "arrears", "spread"];
const AUTHORITIES: &[&str] = &["by_decision", "by_clause", "by_nothing"];

const PRICED: Wants = Wants::One(priced);
const MODE: Wants = Wants::One(|_| words(MODES));
const PER: Wants = Wants::One(|_| words(PERIODS));

/// What a part of a contract can be for: what earns, and what is collected for others.
fn priced(ground: &Ground<'_>) -> Vec<Choice> {
    let passed = of_role(ground.book, Fund::R, Role::PassThrough);
    accounts(earns(ground.book).into_iter().chain(passed))
}

/// The fields of a priced part.
struct Part {
    account: &'static str,
    mode: &'static str,
    amount: &'static str,
    per: &'static str,
    pieces: &'static str,
    step_from: &'static str,
    step: &'static str,
}

const PARTS: [Part; 3] = [
    Part {
        account: "account",
        mode: "mode",
        amount: "amount",
        per: "per",
        pieces: "pieces",
        step_from: "step_from",
        step: "step",
    },
    Part {
        account: "account_2",
        mode: "mode_2",
        amount: "amount_2",
        per: "per_2",
        pieces: "pieces_2",
        step_from: "step_from_2",
        step: "step_2",
    },
    Part {
        account: "account_3",
        mode: "mode_3",
        amount: "amount_3",
        per: "per_3",
        pieces: "pieces_3",
        step_from: "step_from_3",
        step: "step_3",
    },
];

/// What a contract says, whether it is made or changed.
macro_rules! terms {
    ($first:expr $(, $last:expr)?) => {
        &[
            $first,
            Ask::new("site", Wants::Text).hinted(),
            Ask::new("payer", Wants::Text).called("tenant").hinted(),
            Ask::new("paper", Wants::One(|_| words(PAPERS))).called("contract_paper"),
            Ask::new("signed", Wants::Day).hinted(),
            Ask::new("from", Wants::Day).called("term_from").hinted(),
            Ask::new("until", Wants::Day).called("term_to").hinted(),
            Ask::new("authority", Wants::One(|_| own(AUTHORITIES))).hinted(),
            Ask::new("decision", Wants::One(decisions)).called("authority_decision"),
            Ask::new("said", Wants::Text).called("authority_said").hinted(),
            Ask::new("part", Wants::Heading).hinted(),
            Ask::new("account", PRICED).called("let_for"),
            Ask::new("mode", MODE).called("priced_how"),
            Ask::new("amount", Wants::Amount).called("rate").hinted(),
            Ask::new("per", PER).called("per"),
            Ask::new("pieces", Wants::Number).called("pieces").hinted(),
            Ask::new("step_from", Wants::Day).called("step_from").hinted(),
            Ask::new("step", Wants::Number).called("step").hinted(),
            Ask::new("part_2", Wants::Heading).hinted(),
            Ask::new("account_2", PRICED).called("let_for"),
            Ask::new("mode_2", MODE).called("priced_how"),
            Ask::new("amount_2", Wants::Amount).called("rate"),
            Ask::new("per_2", PER).called("per"),
            Ask::new("pieces_2", Wants::Number).called("pieces"),
            Ask::new("step_from_2", Wants::Day).called("step_from"),
            Ask::new("step_2", Wants::Number).called("step"),
            Ask::new("part_3", Wants::Heading).hinted(),
            Ask::new("account_3", PRICED).called("let_for"),
            Ask::new("mode_3", MODE).called("priced_how"),
            Ask::new("amount_3", Wants::Amount).called("rate"),
            Ask::new("per_3", PER).called("per"),
            Ask::new("pieces_3", Wants::Number).called("pieces"),
            Ask::new("step_from_3", Wants::Day).called("step_from"),
            Ask::new("step_3", Wants::Number).called("step"),
            Ask::new("rest", Wants::Heading),
            Ask::new("billing", Wants::One(|_| words(BILLING))).hinted(),
            Ask::new("counted_from", Wants::Month).hinted(),
            $($last,)?
            MEMO,
        ]
    };
}

const CONTRACT_ASKS: &[Ask] = terms!(Ask::new("no", Wants::Text).called("contract_no").hinted());
pub(super) const CONTRACT: Sheet = sheet!("contract", Contracts, CONTRACT_ASKS, made);
const AMEND_ASKS: &[Ask] =
    terms!(Ask::new("no", Wants::One(contracts)).called("which_contract"), REASON);
pub(super) const AMEND: Sheet = sheet!("contract_amend", Contracts, AMEND_ASKS, amended);

type Keys = Vec<(&'static str, Value)>;

fn made(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.name("no");
    reader.needed("site", Rule::Needed);
    for field in ["paper", "authority", "account"] {
        reader.chosen(field);
    }
    let mut keys = terms(reader)?;
    keys.push(("no", Value::text(no?)));
    Some(reader.says(Event::new("contract", keys)))
}

fn amended(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.chosen("no");
    let reason = reader.needed("reason", Rule::Needed);
    let mut keys = terms(reader)?;
    reader.wants(keys.first().map(|_| ()), Rule::Unchanged, "no")?;
    keys.extend([("no", Value::text(no?)), ("reason", Value::text(reason?))]);
    Some(reader.says(Event::new("contract.amend", keys)))
}

/// What was said of a contract; what wasn't, is left out.
fn terms(reader: &mut Reader<'_>) -> Option<Keys> {
    let mut keys = Keys::new();
    keys.extend(reader.text("site").map(|site| ("site", Value::text(site))));
    let tenant = reader.text("payer");
    keys.extend(tenant.map(|name| ("party", organisation(name).to_value())));
    for (field, key) in [("paper", "paper"), ("billing", "billing")] {
        keys.extend(reader.chosen_if_any(field).map(|word| (key, Value::text(word))));
    }
    for (field, key) in [("signed", "signed"), ("from", "from"), ("until", "to")] {
        keys.extend(reader.date_if_any(field).map(|day| (key, Value::text(day))));
    }
    let counted = reader.months("counted_from", "counted_from");
    keys.extend(counted.map(|month| ("counted_from", Value::text(month.from))));
    reader.text("memo");
    if let Some(authority) = reader.chosen_if_any("authority") {
        keys.push(("authority", authority_of(reader, authority)?));
    }
    let mut parts = Vec::new();
    for fields in &PARTS {
        if reader.has(fields.account) {
            parts.push(part(reader, fields));
        }
    }
    let parts = parts.into_iter().collect::<Option<Vec<Value>>>()?;
    if !parts.is_empty() {
        keys.push(("schedule", Value::List(parts)));
    }
    Some(keys)
}

fn authority_of(reader: &mut Reader<'_>, authority: &str) -> Option<Value> {
    let (key, value) = match authority {
        "by_decision" => ("decision", reader.chosen("decision")),
        "by_clause" => ("clause", reader.needed("said", Rule::Needed)),
        _ => ("none", reader.needed("said", Rule::Needed)),
    };
    Some(Value::map([(key, Value::text(value?))]))
}

/// A priced part; one with a fixed price has an amount and its period.
fn part(reader: &mut Reader<'_>, fields: &Part) -> Option<Value> {
    let account = reader.chosen(fields.account);
    let mode = if reader.has(fields.mode) { reader.chosen(fields.mode) } else { Some("fixed") };
    let fixed = mode == Some("fixed");
    let amount = (fixed || reader.has(fields.amount)).then(|| reader.amount(fields.amount));
    let per = (fixed || reader.has(fields.per)).then(|| reader.chosen(fields.per));
    let pieces = reader.count(fields.pieces);
    let step = if reader.has(fields.step_from) || reader.has(fields.step) {
        let day = reader.date(fields.step_from);
        let share = reader.percent(fields.step);
        Some(day.zip(share))
    } else {
        None
    };
    let mut keys = vec![("account", Value::text(account?)), ("mode", Value::text(mode?))];
    if let Some(amount) = amount {
        keys.push(("amount", Value::text(amount?)));
    }
    if let Some(per) = per {
        keys.push(("per", Value::text(per?)));
    }
    let pieces = pieces?;
    if pieces > 1 {
        keys.push(("pieces", Value::Integer(pieces)));
    }
    if let Some(step) = step {
        let (day, share) = step?;
        let row = Value::List(vec![Value::text(day), Value::Integer(share)]);
        keys.push(("steps", Value::List(vec![row])));
    }
    Some(Value::map(keys))
}

const END_ASKS: &[Ask] =
    &[CONTRACT_ENDED, Ask::new("on", Wants::Day).called("last_day").hinted(), REASON];
const CONTRACT_ENDED: Ask = Ask::new("no", Wants::One(contracts)).called("which_contract");
pub(super) const END: Sheet = sheet!("contract_end", Contracts, END_ASKS, ended);

fn ended(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.chosen("no");
    let on = reader.date("on");
    let reason = reader.needed("reason", Rule::Needed);
    let keys =
        [("no", Value::text(no?)), ("on", Value::text(on?)), ("reason", Value::text(reason?))];
    Some(reader.says(Event::new("contract.end", keys)))
}
