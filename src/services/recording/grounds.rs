//! Why something may be: decisions, clauses on fees; and the common parts that can earn.

use super::ask::{Ask, Choice, MEMO, Named, REASON, Wants, accounts, clauses, of, words};
use super::form::{Sheet, sheet};
use super::places::earns;
use super::{Ground, Made, Reader, Rule};
use crate::ledger::chain::content_hash;
use crate::ledger::event::Event;
use crate::ledger::json::Value;

const DECISION_ASKS: &[Ask] = &[
    Ask::new("no", Wants::Text).called("decision_no").hinted(),
    Ask::new("body", Wants::One(|_| words(&["assembly", "committee", "community", "court"]))),
    Ask::new("matter", Wants::Text).hinted(),
    Ask::new("from", Wants::Day).called("in_force_from").hinted(),
    Ask::new("until", Wants::Day).called("in_force_to").hinted(),
    Ask::new("limit", Wants::Amount).hinted(),
    MEMO,
];
pub(super) const DECISION: Sheet = sheet!("decision", Grounds, DECISION_ASKS, decision);

fn decision(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.name("no");
    let body = reader.chosen("body");
    let matter = reader.needed("matter", Rule::Needed);
    let from = reader.date("from");
    let until = reader.date_if_any("until");
    let limit = if reader.has("limit") { reader.amount("limit") } else { None };
    reader.text("memo");
    let mut keys = vec![
        ("body", Value::text(body?)),
        ("from", Value::text(from?)),
        ("matter", Value::text(matter?)),
        ("no", Value::text(no?)),
    ];
    keys.extend(until.map(|day| ("to", Value::text(day))));
    keys.extend(limit.map(|limit| ("limit", Value::text(limit))));
    Some(reader.says(Event::new("decision", keys)))
}

const CLAUSE_ASKS: &[Ask] = &[
    Ask::new("no", Wants::Text).called("clause_no").hinted(),
    Ask::new("cite", Wants::Text).hinted(),
    Ask::new("mode", Wants::One(|_| words(&["itemised", "agreed", "statutory"])))
        .called("fee_mode")
        .hinted(),
    Ask::new("rate", Wants::Number).called("fee_rate").hinted(),
    Ask::new("base", Wants::Several(headings)).called("fee_base").hinted(),
    Ask::new("from", Wants::Day).called("in_force_from").hinted(),
    Ask::new("until", Wants::Day).called("in_force_to").hinted(),
    MEMO,
];
pub(super) const CLAUSE: Sheet = sheet!("clause", Grounds, CLAUSE_ASKS, clause);

/// Headings of what the common parts earn by.
fn headings(ground: &Ground<'_>) -> Vec<Choice> {
    let mut headings: Vec<_> =
        earns(ground.book).into_iter().map(|code| code.first_level()).collect();
    headings.sort_unstable();
    headings.dedup();
    accounts(headings)
}

fn clause(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.name("no");
    let cite = reader.needed("cite", Rule::Needed);
    let mode = reader.chosen("mode");
    let rated = mode != Some("itemised");
    let rate = if rated { reader.percent("rate") } else { None };
    let base = reader.several("base");
    if rated {
        reader.wants(base.first(), Rule::Choice, "base");
    }
    let from = reader.date("from");
    let until = reader.date_if_any("until");
    reader.text("memo");
    let mut keys = vec![
        ("cite", Value::text(cite?)),
        ("from", Value::text(from?)),
        ("mode", Value::text(mode?)),
        ("no", Value::text(no?)),
    ];
    keys.extend(rate.map(|rate| ("rate_bp", Value::Integer(rate))));
    keys.extend(until.map(|day| ("to", Value::text(day))));
    if !base.is_empty() {
        let base = base.into_iter().map(|code| Value::List(vec![Value::text(code)]));
        keys.push(("base", Value::List(base.collect())));
    }
    Some(reader.says(Event::new("clause", keys)))
}

const CLAUSE_END_ASKS: &[Ask] = &[
    Ask::new("no", Wants::One(clauses)).called("which_clause"),
    Ask::new("on", Wants::Day).called("last_day").hinted(),
    REASON,
];
pub(super) const CLAUSE_END: Sheet = sheet!("clause_end", Grounds, CLAUSE_END_ASKS, clause_end);

fn clause_end(reader: &mut Reader<'_>) -> Option<Made> {
    let no = reader.chosen("no");
    let on = reader.date("on");
    let reason = reader.needed("reason", Rule::Needed);
    let keys =
        [("no", Value::text(no?)), ("on", Value::text(on?)), ("reason", Value::text(reason?))];
    Some(reader.says(Event::new("clause.end", keys)))
}

const ASSET_ASKS: &[Ask] = &[
    Ask::new("asset", Wants::One(assets)).called("which_asset").hinted(),
    Ask::new("name", Wants::Text).called("asset_name").hinted(),
    Ask::new("place", Wants::Text).called("asset_place").hinted(),
    Ask::new("count", Wants::Number).called("asset_count").hinted(),
    Ask::new("from", Wants::Day).called("asset_from").hinted(),
    Ask::new("ownership", Wants::One(|_| words(&["common", "part", "unclear"]))),
    Ask::new("account", Wants::One(|g| accounts(earns(g.book)))).called("earned_by"),
    Ask::new("basis", Wants::Text).hinted(),
    MEMO,
];
pub(super) const ASSET: Sheet = sheet!("asset", Contracts, ASSET_ASKS, asset);

fn assets(ground: &Ground<'_>) -> Vec<Choice> {
    let assets = ground.book.contracts().assets.iter();
    assets.map(|(id, a)| of(id, Named::Said(format!("{} · {}", a.name, a.place)))).collect()
}

fn asset(reader: &mut Reader<'_>) -> Option<Made> {
    let known = reader.chosen_if_any("asset");
    let name = reader.needed("name", Rule::Needed);
    let place = reader.needed("place", Rule::Needed);
    let count = reader.count("count");
    let from = reader.date("from");
    let ownership = reader.chosen("ownership");
    let account = reader.chosen_if_any("account");
    let basis = reader.text("basis");
    reader.text("memo");
    let (name, place) = (name?, place?);
    // The same thing at the same place is the same asset.
    let id = known.map_or_else(
        || format!("as_{}", &content_hash(format!("{name}\n{place}").as_bytes()).to_string()[..12]),
        str::to_owned,
    );
    let mut keys = vec![
        ("count", Value::Integer(count?)),
        ("from", Value::text(from?)),
        ("id", Value::text(id)),
        ("name", Value::text(name)),
        ("ownership", Value::text(ownership?)),
        ("place", Value::text(place)),
    ];
    keys.extend(account.map(|code| ("account", Value::text(code))));
    keys.extend(basis.map(|basis| ("basis", Value::text(basis))));
    Some(reader.says(Event::new("asset", keys)))
}
