//! A fund as its card shows it: what belongs to the owners, in one sentence, and how it moved.

use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::period::Month;
use crate::ledger::statements::{Flow, Position, bonds, flows, position};
use crate::web::show;
use crate::web::text::Lang;

/// A fund as its card shows it.
pub struct FundCard {
    pub own: String,
    pub sentence: String,
    pub notes: Vec<String>,
    pub month: Strip,
    pub place: String,
}

/// Opening + in − out = closing.
pub struct Strip {
    pub label: String,
    pub opening: String,
    pub inflow: String,
    pub outflow: String,
    pub closing: String,
}

/// A fund's card; none while nothing was recorded in it.
pub fn fund_card(book: &Book, fund: Fund, lang: Lang) -> Option<FundCard> {
    let last = book.fund(fund).last_day?;
    let position = position(book, fund);
    let (accounts, others) = (grouped(position.in_accounts()), grouped(position.others));
    let own = grouped(position.own());
    let sentence = if position.others.is_zero() {
        lang.with("home.all_ours", &[("accounts", &accounts)])
    } else {
        lang.with("home.sentence", &[("accounts", &accounts), ("others", &others), ("own", &own)])
    };
    let flow = *flows(book, fund, Month::of(last), 1).first()?;
    Some(FundCard {
        own,
        sentence,
        notes: notes(book, fund, &position, lang),
        month: strip(&flow, lang),
        place: places(&position, lang),
    })
}

/// What the headline doesn't contain, and what in it isn't in a bank yet.
fn notes(book: &Book, fund: Fund, position: &Position, lang: Lang) -> Vec<String> {
    let notes = [
        ("home.clearing", position.clearing),
        ("home.operator_held", position.operator_held),
        ("home.unproven", position.unproven),
        ("home.predecessor_due", position.predecessor_due),
        ("home.bonds", bonds(book, fund)),
    ];
    let some = notes.into_iter().filter(|(_, amount)| !amount.is_zero());
    some.map(|(key, amount)| lang.with(key, &[("amount", &grouped(amount))])).collect()
}

/// Where the closing amount of the strip lies.
fn places(position: &Position, lang: Lang) -> String {
    let places = [
        ("home.at_bank", position.bank),
        ("home.at_platform", position.clearing),
        ("home.at_operator", position.operator_held),
    ];
    let some =
        places.into_iter().filter(|(key, amount)| *key == "home.at_bank" || !amount.is_zero());
    let texts: Vec<String> =
        some.map(|(key, amount)| lang.with(key, &[("amount", &grouped(amount))])).collect();
    texts.join(" + ")
}

/// A flow as a strip of printed figures.
pub fn strip(flow: &Flow, lang: Lang) -> Strip {
    Strip {
        label: show::month(flow.month, lang),
        opening: grouped(flow.opening),
        inflow: grouped(flow.inflow),
        outflow: grouped(flow.outflow),
        closing: grouped(flow.closing),
    }
}
