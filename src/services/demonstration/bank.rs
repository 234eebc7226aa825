//! What a story's bank says: a statement made of the book's own open entries, as a bank that
//! agrees would have written it. And closings, whose lines the book computes.

use chrono::NaiveDate;

use super::DemonstrationError;
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, OpenItem};
use crate::ledger::chain::content_hash;
use crate::ledger::entry::Line;
use crate::ledger::event::Event;
use crate::ledger::json::{ROWS_MAX, Value};
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// A line of the bank and the entry it is.
struct BankLine {
    serial: String,
    /// As the bank has it.
    item: OpenItem,
    /// As the book has it.
    booked: OpenItem,
    seq: u64,
}

/// The statement of an account to a day with its lines and matches: everything open up to then
/// but the entries that are `on_the_way`.
pub fn statement(
    book: &Book,
    account: AccountCode,
    to: NaiveDate,
    on_the_way: &[u64],
) -> Result<Vec<Event>, DemonstrationError> {
    let bank = book.bank_book(account).cloned().unwrap_or_default();
    let since = book.profile().since;
    let (from, opening) = match bank.last() {
        Some(last) => (last.to.succ_opt().unwrap_or(last.to), last.closing),
        None => (since, book.balance_on(account, since.pred_opt().unwrap_or(since))),
    };
    let known = bank.book_open.iter().filter(|(_, item)| item.day <= to);
    let (left, came): (Vec<_>, Vec<_>) = known.partition(|(seq, _)| on_the_way.contains(seq));
    let serial =
        |seq: u64| format!("{}-{}-{seq:04}", &book.estate().as_str()[7..], to.format("%y%m"));
    let lines: Vec<BankLine> = came
        .into_iter()
        .map(|(seq, item)| BankLine {
            serial: serial(seq),
            item: OpenItem { day: item.day.max(from), ..item },
            booked: item,
            seq,
        })
        .collect();
    let sum = |received: bool| -> Money {
        let of_way = left.iter().filter(|(_, item)| item.amount.is_negative() != received);
        of_way.map(|(_, item)| item.amount.abs()).sum()
    };
    let moved: Money = lines.iter().map(|line| line.item.amount).sum();
    let zero = Value::text(Money::ZERO);
    let head = Event::new(
        "statement",
        [
            ("account", Value::text(account)),
            ("bank_in", zero.clone()),
            ("bank_out", zero),
            ("book_in", Value::text(sum(true))),
            ("book_out", Value::text(sum(false))),
            ("closing", Value::text(opening + moved)),
            ("count", Value::Integer(u64::try_from(lines.len()).unwrap_or_default())),
            ("file", Value::text(file(account, to, &lines))),
            ("from", Value::text(from)),
            ("opening", Value::text(opening)),
            ("to", Value::text(to)),
        ],
    )?;
    let mut events = vec![head];
    for part in lines.chunks(ROWS_MAX) {
        events.push(rows(account, part)?);
    }
    for part in lines.chunks(ROWS_MAX) {
        events.push(matches(account, part)?);
    }
    Ok(events)
}

fn rows(account: AccountCode, lines: &[BankLine]) -> Result<Event, DemonstrationError> {
    let rows = lines.iter().map(|line| {
        Value::List([Value::text(&line.serial)].into_iter().chain(line.item.cells()).collect())
    });
    let keys = [("account", Value::text(account)), ("rows", Value::List(rows.collect()))];
    Ok(Event::new("statement.lines", keys)?)
}

fn matches(account: AccountCode, lines: &[BankLine]) -> Result<Event, DemonstrationError> {
    let groups = || (0_u64..).zip(lines);
    let row = |group, name, item: OpenItem| {
        let named = [Value::Integer(group), name];
        Value::List(named.into_iter().chain(item.cells()).collect())
    };
    let bank =
        groups().map(|(group, line)| row(group, Value::text(&line.serial), line.item)).collect();
    let book =
        groups().map(|(group, line)| row(group, Value::Integer(line.seq), line.booked)).collect();
    let keys = [
        ("account", Value::text(account)),
        ("bank", Value::List(bank)),
        ("book", Value::List(book)),
    ];
    Ok(Event::new("statement.match", keys)?)
}

/// The digest of the file that the bank would have sent.
fn file(account: AccountCode, to: NaiveDate, lines: &[BankLine]) -> crate::ledger::id::EntryHash {
    let rows = lines
        .iter()
        .map(|line| format!("{},{},{}\n", line.serial, line.item.day, line.item.amount));
    content_hash(format!("{account} {to}\n{}", rows.collect::<String>()).as_bytes())
}

/// The closing of a month, or of the year with its lines.
pub fn closing(
    book: &Book,
    fund: Fund,
    to: NaiveDate,
) -> Result<(Event, Vec<Line>), DemonstrationError> {
    let is_year = Month::of(to).month() == 12;
    let keys = [
        ("fund", Value::text(fund)),
        ("period_kind", Value::text(if is_year { "year" } else { "month" })),
        ("to", Value::text(to)),
    ];
    let rules = book.rules().filter(|_| is_year);
    let lines = rules.map(|rules| book.closing_lines(rules, fund, to)).unwrap_or_default();
    Ok((Event::new("close", keys)?, lines))
}

/// A handover of what stands on some accounts.
pub fn handover(
    book: &Book,
    accounts: &[&str],
    from: &Value,
    to: Value,
    day: NaiveDate,
) -> Result<Event, DemonstrationError> {
    let mut balances = Vec::new();
    for code in accounts {
        let account: AccountCode = code.parse()?;
        let balance = book.balances().balance(account).abs();
        balances.push(Value::List(vec![Value::text(account), Value::text(balance)]));
    }
    let keys = [
        ("balances", Value::List(balances)),
        ("from", from.clone()),
        ("on", Value::text(day)),
        ("to", to),
    ];
    Ok(Event::new("handover", keys)?)
}
