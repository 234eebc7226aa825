//! What a contract will owe as a draft has it: months with the same due stand together.

use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::services::drafts::Kept;
use crate::services::recording::Form;
use crate::web::frame::Day;
use crate::web::show;
use crate::web::text::Lang;

/// Months looked ahead where a contract names no end, and at most.
const AHEAD: i32 = 24;
const MOST: i32 = 120;

/// Months that owe the same: which, how much a month, how much together.
pub struct Owes {
    /// Which months.
    pub months: String,
    /// The due of each.
    pub each: String,
    /// The due of all of them.
    pub sum: String,
}

/// What the contract that a draft makes or changes owes in the book after it.
pub fn owes(kept: &Kept, after: &Book, today: Day, lang: Lang) -> Vec<Owes> {
    if !matches!(kept.form, Form::Contract | Form::ContractAmend | Form::ContractEnd) {
        return Vec::new();
    }
    let found = after.contracts().contracts.get(kept.typed.value("no"));
    let Some(contract) = found.filter(|contract| contract.has_due()) else { return Vec::new() };
    let from = contract.counted_from;
    let last = contract.running_term().to.map_or(Month::of(today).plus(AHEAD), Month::of);
    let months = contract.months(last.min(from.plus(MOST)));
    let mut runs: Vec<(Period, Money)> = Vec::new();
    for (month, due) in months.into_iter().filter(|(_, due)| due.due.is_positive()) {
        match runs.last_mut() {
            Some((run, each)) if *each == due.due && run.to.next() == month => run.to = month,
            _ => runs.push((Period::month(month), due.due)),
        }
    }
    let row = |(run, each): (Period, Money)| Owes {
        months: show::period(run, lang),
        each: grouped(each),
        sum: grouped(run.months().map(|_| each).sum()),
    };
    runs.into_iter().map(row).collect()
}
