//! Money of the owners came in: from a contract with its months, from several at once, or
//! without one; with a deposit in the same receipt, less what somebody kept back.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::form::{Group, Sheet};
use super::places::{arrives, earns, of_role};
use super::{Made, Reader, Record, Rule, organisation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, Contract, MonthDue};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::role;

/// Months ahead that may be paid for beforehand.
const AHEAD: i32 = 12;
/// Months back that are offered where nothing says what is due.
const BACK: i32 = -12;
/// Contracts that one receipt may be for.
pub const CONTRACTS_MAX: usize = 5;

/// The fields of each contract: what it earned by, how much, how much of that is another's,
/// which months.
pub const ROWS: [[&str; 4]; CONTRACTS_MAX] = [
    ["account", "amount", "passed", "month"],
    ["account_2", "amount_2", "passed_2", "month_2"],
    ["account_3", "amount_3", "passed_3", "month_3"],
    ["account_4", "amount_4", "passed_4", "month_4"],
    ["account_5", "amount_5", "passed_5", "month_5"],
];

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

/// Accounts that the parts of a contract earn on, in their order; where it only collects for
/// others, the accounts of that.
pub fn contract_accounts(book: &Book, contract: &Contract) -> Vec<AccountCode> {
    let mut accounts: Vec<AccountCode> = Vec::new();
    for part in &contract.parts {
        if !accounts.contains(&part.account) {
            accounts.push(part.account);
        }
    }
    let own = |code: &AccountCode| role(book, *code) != Role::PassThrough;
    if accounts.iter().any(own) {
        accounts.retain(own);
    }
    accounts
}

/// Where the part of a contract's rent goes that is another's, such as a management fee inside
/// of it; none where everything is the owners'.
pub fn passes_through(book: &Book, contract: &Contract) -> Option<AccountCode> {
    let accounts = contract.parts.iter().map(|part| part.account);
    let mut passed = accounts.filter(|code| role(book, *code) == Role::PassThrough);
    let earns = contract_accounts(book, contract);
    passed.next().filter(|code| !earns.contains(code))
}

pub(super) const SHEET: Sheet = Sheet {
    word: "income",
    group: Group::Day,
    fields: &[
        "contract",
        "account",
        "amount",
        "passed",
        "month",
        "account_2",
        "amount_2",
        "passed_2",
        "month_2",
        "account_3",
        "amount_3",
        "passed_3",
        "month_3",
        "account_4",
        "amount_4",
        "passed_4",
        "month_4",
        "account_5",
        "amount_5",
        "passed_5",
        "month_5",
        "deposit",
        "total",
        "fee",
        "clause",
        "clause_fee",
        "day",
        "to",
        "payer",
        "memo",
    ],
    asks: &[],
    read,
};

/// What one contract, or none, brought.
struct Row {
    lines: Vec<Line>,
    amount: Money,
}

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let contracts = contracts(reader)?;
    let several = contracts.len() > 1;
    let of_rows = if contracts.is_empty() {
        vec![None]
    } else {
        contracts.iter().map(|c| Some(*c)).collect()
    };
    let rows: Vec<Option<Row>> = of_rows
        .iter()
        .zip(&ROWS)
        .map(|(contract, fields)| row(reader, *contract, fields))
        .collect();
    let deposit = reader.amount_if_any("deposit");
    let day = reader.day();
    let to = reader.account("to", &arrives(reader.book));
    let first = contracts.first().copied();
    let payer = reader.text("payer");
    let party = payer.map(|name| payer_of(name, first));
    let party = party.or_else(|| first.and_then(|contract| contract.party.clone()));
    // Read for its faults, also where others stop here.
    reader.text("memo");
    let rows = rows.into_iter().collect::<Option<Vec<Row>>>();
    let (rows, deposit) = (rows?, deposit?);
    let earned: Money = rows.iter().map(|row| row.amount).sum();
    if several || deposit.is_positive() || reader.has("total") {
        let total = reader.amount("total")?;
        let sum = earned + deposit;
        reader.wants(Some(total).filter(|total| *total == sum), Rule::Sums(total, sum), "total")?;
    }
    let kept = kept_back(reader, earned)?;
    let (day, to) = (day?, to?);
    let withheld: Money = kept.lines.iter().map(|line| line.amount).sum();
    let mut lines = vec![Line::new(to, Side::Debit, earned - withheld)];
    lines.extend(kept.lines);
    lines.extend(rows.into_iter().flat_map(|row| row.lines));
    let mut keys: Vec<_> = party.iter().map(|party| ("party", party.to_value())).collect();
    keys.extend(kept.clause.map(|no| ("clause", Value::text(no))));
    let made = reader.record(Event::new("income", keys), lines, day);
    if deposit.is_zero() {
        return Some(made);
    }
    let party = reader.wants(party, Rule::Payer, "payer")?;
    let with = deposit_record(reader, first, &party, (deposit, to, day));
    Some(made.and_then(|mut made| {
        made.extend(with?);
        Ok(made)
    }))
}

/// The contracts that were chosen, at most [`CONTRACTS_MAX`].
fn contracts<'a>(reader: &mut Reader<'a>) -> Option<Vec<&'a Contract>> {
    let book = reader.book;
    let mut contracts: Vec<&Contract> = Vec::new();
    for no in reader.typed.values("contract") {
        let found = book.contracts().contracts.get(no).map(AsRef::as_ref);
        let found = found.filter(|_| contracts.len() < CONTRACTS_MAX);
        let found = reader.wants(found, Rule::Contract, "contract")?;
        if !contracts.iter().any(|known| known.no == found.no) {
            contracts.push(found);
        }
    }
    Some(contracts)
}

fn row(
    reader: &mut Reader<'_>,
    contract: Option<&Contract>,
    [account, amount, passed, month]: &[&'static str; 4],
) -> Option<Row> {
    let book = reader.book;
    let offered = match contract.map(|contract| contract_accounts(book, contract)) {
        Some(accounts) if !accounts.is_empty() => accounts,
        _ => earns(book),
    };
    let account = match offered.as_slice() {
        [only] => Some(*only),
        _ => reader.account(account, &offered),
    };
    let amount_is = reader.amount(amount);
    let passed_is = reader.amount_if_any(passed);
    let period = period(reader, month);
    let (account, amount_is, passed_is) = (account?, amount_is?, passed_is?);
    let others = contract.and_then(|contract| passes_through(book, contract));
    let fits = passed_is.is_zero() || (others.is_some() && passed_is <= amount_is);
    reader.wants(fits.then_some(()), Rule::Fee, passed)?;
    let period = period?;
    let line = |account, amount| {
        let mut credit = Line::new(account, Side::Credit, amount);
        credit.contract = contract.map(|contract| contract.no.clone());
        credit.period = period;
        if role(book, account) == Role::PassThrough {
            credit.item.clone_from(&credit.contract);
        }
        credit
    };
    let mut lines = vec![line(account, amount_is - passed_is)];
    lines.extend(others.map(|others| line(others, passed_is)));
    lines.retain(|line| line.amount.is_positive());
    Some(Row { lines, amount: amount_is })
}

/// What a platform or the company kept back of a receipt.
struct Kept<'a> {
    lines: Vec<Line>,
    clause: Option<&'a str>,
}

fn kept_back<'a>(reader: &mut Reader<'a>, earned: Money) -> Option<Kept<'a>> {
    let book = reader.book;
    let fee = reader.amount_if_any("fee");
    let clause_fee = reader.amount_if_any("clause_fee");
    let (fee, clause_fee) = (fee?, clause_fee?);
    let mut lines = Vec::new();
    let mut clause = None;
    reader.wants(Some(fee).filter(|fee| *fee < earned), Rule::Fee, "fee")?;
    if fee.is_positive() {
        let account = *of_role(book, Fund::R, Role::FeeCost).first()?;
        lines.push(Line::new(account, Side::Debit, fee));
    }
    if clause_fee.is_positive() {
        let rest = earned - fee;
        reader.wants(Some(clause_fee).filter(|fee| *fee < rest), Rule::Fee, "clause_fee")?;
        let no = reader.typed.value("clause");
        let found = book.clauses().get(no);
        let found = reader.wants(found, Rule::Choice, "clause")?;
        let accounts = of_role(book, Fund::R, Role::ClauseCost);
        let fits = if found.mode == "statutory" { accounts.last() } else { accounts.first() };
        lines.push(Line::new(*fits?, Side::Debit, clause_fee));
        clause = Some(no);
    }
    Some(Kept { lines, clause })
}

/// The deposit that came in with it.
fn deposit_record(
    reader: &mut Reader<'_>,
    contract: Option<&Contract>,
    party: &Party,
    (amount, to, day): (Money, AccountCode, NaiveDate),
) -> Result<Vec<Record>, crate::ledger::json::FormatError> {
    let account = of_role(reader.book, Fund::R, Role::Deposit);
    let Some(account) = account.first() else { return Ok(Vec::new()) };
    let mut credit = Line::new(*account, Side::Credit, amount);
    credit.contract = contract.map(|contract| contract.no.clone());
    credit.item = match (&credit.contract, party) {
        (Some(no), _) => Some(no.clone()),
        (None, Party::Organisation { org, .. }) => Some(org.chars().take(40).collect()),
        (None, Party::Person(id)) => Some(id.clone()),
    };
    let keys = [("party", party.to_value())];
    let lines = vec![Line::new(to, Side::Debit, amount), credit];
    reader.record(Event::new("deposit.in", keys), lines, day)
}

/// The months that were chosen, as one period; the inner none where none was.
#[expect(clippy::option_option, reason = "the outer one is a fault, the inner one no month")]
pub(super) fn period(reader: &mut Reader<'_>, field: &'static str) -> Option<Option<Period>> {
    let mut months = Vec::new();
    for text in reader.typed.values(field) {
        months.push(reader.wants(text.parse::<Month>().ok(), Rule::Choice, field)?);
    }
    months.sort_unstable();
    months.dedup();
    let (Some(first), Some(last)) = (months.first(), months.last()) else { return Some(None) };
    let whole = Period::new(*first, *last);
    let whole = whole.filter(|whole| whole.months().count() == months.len());
    reader.wants(whole, Rule::MonthsApart, field).map(Some)
}

/// Whoever the contract names keeps the code that stands there.
fn payer_of(name: &str, contract: Option<&Contract>) -> Party {
    match contract.and_then(|contract| contract.party.as_ref()) {
        Some(party @ Party::Organisation { org, .. }) if org == name => party.clone(),
        _ => organisation(name),
    }
}
