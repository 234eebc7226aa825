//! Money of the owners came in: from a contract with its months, or without one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::form::{Group, Sheet};
use super::places::{arrives, earns};
use super::{Made, Reader, Rule, organisation};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Contract, MonthDue};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::role;

/// Months ahead that may be paid for beforehand.
const AHEAD: i32 = 12;
/// Months back that are offered where nothing says what is due.
const BACK: i32 = -12;

/// Months of a contract that a receipt may be for, with what is due where it is known.
pub type MonthsOffered = BTreeMap<Month, Option<MonthDue>>;

/// Months that still lack something, and those ahead; where no due is known, those around today.
pub fn months_offered(contract: &Contract, today: NaiveDate) -> MonthsOffered {
    let now = Month::of(today);
    if !contract.has_due() {
        let first = contract.counted_from.max(now.plus(BACK));
        let period = Period::new(first, now.max(first));
        return period.into_iter().flat_map(Period::months).map(|month| (month, None)).collect();
    }
    let lacks = |(_, due): &(Month, MonthDue)| due.received < due.due;
    let all = contract.months(now.plus(AHEAD)).into_iter();
    all.filter(lacks).map(|(month, due)| (month, Some(due))).collect()
}

/// Accounts that the parts of a contract earn on, in their order.
pub fn contract_accounts(contract: &Contract) -> Vec<AccountCode> {
    let mut accounts: Vec<AccountCode> = Vec::new();
    for part in &contract.parts {
        if !accounts.contains(&part.account) {
            accounts.push(part.account);
        }
    }
    accounts
}

pub(super) const SHEET: Sheet = Sheet {
    word: "income",
    group: Group::Day,
    fields: &["contract", "account", "amount", "day", "to", "month", "payer", "memo"],
    read,
};

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let book = reader.book;
    let no = reader.typed.value("contract");
    let contract = match no {
        "" => None,
        no => {
            let found = book.contracts().contracts.get(no).map(AsRef::as_ref);
            Some(reader.wants(found, Rule::Contract, "contract")?)
        }
    };
    let offered = match contract.map(contract_accounts) {
        Some(accounts) if !accounts.is_empty() => accounts,
        _ => earns(book),
    };
    let account = match offered.as_slice() {
        [only] => Some(*only),
        _ => reader.account("account", &offered),
    };
    let amount = reader.amount("amount");
    let day = reader.day();
    let to = reader.account("to", &arrives(book));
    let period = period(reader);
    let payer = reader.text("payer");
    let party = payer.map(|name| payer_of(name, contract));
    let party = party.or_else(|| contract.and_then(|contract| contract.party.clone()));
    // Read for its faults, also where others stop here.
    reader.text("memo");
    let (account, amount, day, to) = (account?, amount?, day?, to?);
    let mut credit = Line::new(account, Side::Credit, amount);
    credit.contract = contract.map(|contract| contract.no.clone());
    credit.period = period?;
    if role(book, account) == Role::PassThrough {
        credit.item.clone_from(&credit.contract);
    }
    let event = Event::new("income", party.map(|party| ("party", party.to_value())));
    Some(reader.record(event, vec![Line::new(to, Side::Debit, amount), credit], day))
}

/// The months that were chosen, as one period; the inner none where none was.
#[expect(clippy::option_option, reason = "the outer one is a fault, the inner one no month")]
fn period(reader: &mut Reader<'_>) -> Option<Option<Period>> {
    let mut months = Vec::new();
    for text in reader.typed.values("month") {
        months.push(reader.wants(text.parse::<Month>().ok(), Rule::Choice, "month")?);
    }
    months.sort_unstable();
    months.dedup();
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Some(None) };
    let whole = Period::new(*first, *last);
    let whole = whole.filter(|whole| whole.months().count() == months.len());
    reader.wants(whole, Rule::MonthsApart, "month").map(Some)
}

/// Whoever the contract names keeps the code that stands there.
fn payer_of(name: &str, contract: Option<&Contract>) -> Party {
    match contract.and_then(|contract| contract.party.as_ref()) {
        Some(party @ Party::Organisation { org, .. }) if org == name => party.clone(),
        _ => organisation(name),
    }
}
