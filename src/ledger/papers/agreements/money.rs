//! 账实相符: what the book says of each account that a bank or a platform keeps, and what they say.
//!
//! A statement that was taken reconciles, or the fold had refused it: what only one side knows is
//! named. Such lines are on their way for a while; one that was there before the statement began
//! and still has no other side isn't, and then the account differs by it.

use chrono::NaiveDate;

use super::{Agreement, Verdict, alone, both};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{BankBook, Book, OpenItem, Statement, boxes};
use crate::ledger::money::Money;
use crate::ledger::papers::{Asked, Cell, Rank, Row};
use crate::ledger::period::Period;
use crate::ledger::statements::trial_balance;

pub(super) fn agreement(book: &Book, asked: &Asked) -> Agreement {
    let trial = trial_balance(book, asked.fund, asked.period);
    let (mut rows, mut verdicts) = (Vec::new(), Vec::new());
    for row in trial.iter().filter(|row| book.is_reconciled(row.account)) {
        let bank = book.bank_book(row.account);
        let stated = bank.and_then(|bank| Some((bank, of_period(bank, asked.period)?)));
        let verdict = match stated {
            Some((bank, statement)) => {
                account(book, row.account, (bank, statement), asked.period, &mut rows)
            }
            None => unstated(row.account, row.closing, &mut rows),
        };
        verdicts.push(verdict);
    }
    if verdicts.is_empty() {
        verdicts.push(Verdict::Unsaid("no_account"));
    }
    Agreement { name: "agree_money", verdict: Verdict::over(verdicts), rows }
}

/// The statement that speaks of a period's end: one over its last day, else the last before it.
fn of_period(bank: &BankBook, period: Period) -> Option<&Statement> {
    let end = period.last_day();
    let mut before = bank.statements.iter().rev().filter(|statement| statement.from <= end);
    before.next()
}

/// An account of which nobody has stated anything.
fn unstated(account: AccountCode, closing: Money, rows: &mut Vec<Row>) -> Verdict {
    let verdict = Verdict::Unsaid("no_statement");
    let mut cells = vec![Cell::Account(account), Cell::Empty, Cell::Empty, Cell::Money(closing)];
    cells.extend([Cell::Empty, Cell::Empty, Cell::Word(verdict.word())]);
    rows.push(Row::of(Rank::Heading, cells));
    verdict
}

/// An account on its statement's last day: both balances, what only one side knows, both told of
/// it, and what is no longer on its way.
fn account(
    book: &Book,
    account: AccountCode,
    (bank, statement): (&BankBook, &Statement),
    period: Period,
    rows: &mut Vec<Row>,
) -> Verdict {
    let (open, ours) = (boxes(bank, statement.to), book.balance_on(account, statement.to));
    let day = Cell::Day(statement.to);
    let (mut head, _) = both(
        Rank::Heading,
        [Cell::Account(account), Cell::Word("balances"), day.clone()],
        ours,
        statement.closing,
    );
    let mut lines = Vec::new();
    for (name, of_book, amount) in [
        ("book_in", false, open.book_in),
        ("book_out", false, -open.book_out),
        ("bank_in", true, open.bank_in),
        ("bank_out", true, -open.bank_out),
    ] {
        let cell = Cell::Money(amount);
        let (ours, theirs) = if of_book { (cell, Cell::Empty) } else { (Cell::Empty, cell) };
        if !amount.is_zero() {
            lines.push(alone([Cell::Empty, Cell::Word(name), Cell::Empty], ours, theirs));
        }
    }
    let adjusted =
        [ours + open.bank_in - open.bank_out, statement.closing + open.book_in - open.book_out];
    let lead = [Cell::Empty, Cell::Word("adjusted_both"), day];
    let (result, of_sums) = both(Rank::Result, lead, adjusted[0], adjusted[1]);
    let lost = [
        lost("bank_lost", bank.bank_open.values().copied(), statement.from),
        lost("book_lost", bank.book_open.iter().map(|(_, item)| item), statement.from),
    ];
    let mut verdict = of_sums;
    for (row, sum) in lost.into_iter().flatten() {
        verdict = Verdict::over([verdict, Verdict::Differs(sum)]);
        lines.push(row);
    }
    if statement.to < period.last_day() && !is_closed(book, account, statement) {
        verdict = Verdict::over([verdict, Verdict::Unsaid("stated_earlier")]);
    }
    if let Some(last) = head.cells.last_mut() {
        *last = Cell::Word(verdict.word());
    }
    rows.push(head);
    rows.extend(lines);
    rows.push(result);
    verdict
}

/// True of an account that was emptied for good: its statement ends with nothing, and nothing
/// moved in the book since.
fn is_closed(book: &Book, account: AccountCode, statement: &Statement) -> bool {
    let days = book.fund(account.fund()).months.values().flat_map(|month| month.days.keys());
    let mut since = days.filter(|(of, day)| *of == account && *day > statement.to);
    statement.closing.is_zero() && since.next().is_none()
}

/// Lines of a side that were there before a statement began and have no other side.
fn lost(
    name: &'static str,
    open: impl Iterator<Item = OpenItem>,
    from: NaiveDate,
) -> Option<(Row, Money)> {
    let old: Vec<OpenItem> = open.filter(|item| item.day < from).collect();
    let since = old.iter().map(|item| item.day).min()?;
    let sum: Money = old.iter().map(|item| item.amount.abs()).sum();
    let count = u64::try_from(old.len()).unwrap_or_default();
    let cells = vec![
        Cell::Word(name),
        Cell::Number(count),
        Cell::Day(since),
        Cell::Empty,
        Cell::Empty,
        Cell::Money(sum),
        Cell::Word("differs"),
    ];
    Some((Row::line(cells), sum))
}
