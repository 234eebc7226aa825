//! Daybooks: every line in the order of posting (序时账), and the lines of one account with its
//! running balance (明细账). What a correction takes back is a red figure on the side of what it
//! corrects, as in the trial balance, so both come to the same turnover.

use std::collections::BTreeSet;

use super::{Cell, Paper, Rank, Row, Sources, of_money, some_money};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, Turnover};
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::trial_balance;
use crate::ledger::vouchers::{Posting, Vouchers};

/// What it was: its memo, else its kind.
fn summary(entry: &Entry) -> Cell {
    entry.memo.clone().map_or(Cell::Kind(entry.event.kind()), Cell::Text)
}

pub(super) fn voucher(vouchers: &Vouchers, fund: Fund, entry: &Entry) -> Cell {
    let number = vouchers.number(fund, entry);
    number.map_or(Cell::Entry(entry.seq), |number| Cell::Voucher(fund, number, entry.seq))
}

/// Corrected since, or a correction: with the entry it leads to.
pub(super) fn mark(vouchers: &Vouchers, entry: &Entry) -> Cell {
    if let Some(corrected) = vouchers.corrected(entry.seq) {
        return Cell::Marked("corrects", corrected.root);
    }
    vouchers.corrected_by(entry.seq).map_or(Cell::Empty, |by| Cell::Marked("corrected", by))
}

fn is_year_end(entry: &Entry) -> bool {
    entry.event.kind().name == "close"
}

/// Debit and credit.
type Pair = (Money, Money);

fn add(sum: &mut Pair, posting: &Posting<'_>) {
    *sum = (sum.0 + posting.debit, sum.1 + posting.credit);
}

/// 序时账: every line of a fund in a period, in the order of the vouchers.
pub(super) fn journal(from: Sources<'_>, fund: Fund) -> Paper {
    let (mut opening, mut moved, mut closed) = (Pair::default(), Pair::default(), Pair::default());
    let mut rows = Vec::new();
    for PostedEntry { entry, .. } in from.entries {
        let sum = match () {
            () if from.vouchers.is_opening(entry.seq) => &mut opening,
            () if is_year_end(entry) => &mut closed,
            () => &mut moved,
        };
        let postings = from.vouchers.postings(entry);
        let of_fund = postings.iter().filter(|posting| posting.line.account.fund() == fund);
        for (nth, posting) in of_fund.enumerate() {
            add(sum, posting);
            let first = nth == 0;
            let once = |cell: Cell| if first { cell } else { Cell::Empty };
            rows.push(Row::line(vec![
                voucher(from.vouchers, fund, entry),
                Cell::Day(entry.date),
                summary(entry),
                Cell::Account(posting.line.account),
                detail(posting),
                some_money(posting.debit),
                some_money(posting.credit),
                once(mark(from.vouchers, entry)),
            ]));
        }
    }
    let named = [("of_opening", opening), ("of_period", moved), ("of_closing", closed)];
    let result = |(name, (debit, credit)): (&'static str, Pair)| {
        let mut cells = vec![Cell::Word(name)];
        cells.extend(vec![Cell::Empty; 4]);
        cells.extend(of_money(&[debit, credit]));
        cells.push(Cell::Empty);
        Row::of(Rank::Result, cells)
    };
    if !rows.is_empty() {
        rows.extend(named.into_iter().filter(|(_, sum)| *sum != Pair::default()).map(result));
    }
    let total = (opening.0 + moved.0 + closed.0, opening.1 + moved.1 + closed.1);
    let mut cells = vec![Cell::Empty; 5];
    cells.extend(of_money(&[total.0, total.1]));
    cells.push(Cell::Empty);
    Paper {
        columns: &["voucher", "day", "summary", "account", "item", "debit", "credit", "mark"],
        total: (!rows.is_empty()).then_some(cells),
        rows,
    }
}

/// Whose, which contract, which part: what a sub-account would say.
fn detail(posting: &Posting<'_>) -> Cell {
    let line = posting.line;
    let named = [&line.item, &line.contract, &line.part, &line.holder];
    let named: Vec<&str> = named.into_iter().filter_map(|text| text.as_deref()).collect();
    if named.is_empty() { Cell::Empty } else { Cell::Text(named.join(" ")) }
}

/// A ledger of one account under way.
struct Running<'a> {
    book: &'a Book,
    account: AccountCode,
    balance: Money,
    month: Option<(Month, Pair)>,
    rows: Vec<Row>,
}

impl Running<'_> {
    /// A row of the balance alone, or of what a month or a year came to.
    fn sum(&mut self, rank: Rank, name: &'static str, moved: Option<Pair>) {
        let mut cells = vec![Cell::Empty, Cell::Empty, Cell::Word(name), Cell::Empty];
        match moved {
            Some((debit, credit)) => cells.extend(of_money(&[debit, credit])),
            None => cells.extend([Cell::Empty, Cell::Empty]),
        }
        cells.extend(self.stands());
        self.rows.push(Row::of(rank, cells));
    }

    /// On which side the balance is, and how much.
    fn stands(&self) -> [Cell; 2] {
        let way = match self.balance {
            balance if balance.is_zero() => "even",
            balance if balance.is_negative() => "credit_side",
            _ => "debit_side",
        };
        [Cell::Word(way), Cell::Money(self.balance.abs())]
    }

    /// Ends the month under way: its sum, and that of the year so far.
    fn end_month(&mut self) {
        let Some((month, moved)) = self.month.take() else { return };
        self.sum(Rank::Result, "month_sum", Some(moved));
        let january = month.plus(1 - i32::try_from(month.month()).unwrap_or(1));
        let mut year = Turnover::default();
        for (_, sums) in self.book.fund(self.account.fund()).months.range(january..=month) {
            let of_account = sums.accounts.range((self.account, None)..);
            let of_account = of_account.take_while(|((account, _), _)| *account == self.account);
            of_account.for_each(|(_, turnover)| year.add(*turnover));
        }
        self.sum(Rank::Result, "year_sum", Some((year.debit, year.credit)));
    }
}

/// 明细账 of an account: opening, movements with the running balance, sums by month and year.
pub(super) fn ledger(from: Sources<'_>, account: Option<AccountCode>, period: Period) -> Paper {
    let rows = account.map(|account| ledger_rows(&from, account, period)).unwrap_or_default();
    Paper {
        columns: &["day", "voucher", "summary", "opposite", "debit", "credit", "way", "balance"],
        rows,
        total: None,
    }
}

fn ledger_rows(from: &Sources<'_>, account: AccountCode, period: Period) -> Vec<Row> {
    let trial = trial_balance(from.book, account.fund(), period);
    let opening = trial.iter().find(|row| row.account == account).map(|row| row.opening);
    let balance = opening.unwrap_or_default();
    let mut run = Running { book: from.book, account, balance, month: None, rows: Vec::new() };
    run.sum(Rank::Heading, "opening", None);
    // A year's closing stands behind the sums of its last month, as in the trial balance.
    let (closings, entries): (Vec<_>, Vec<_>) =
        from.entries.iter().map(|posted| &posted.entry).partition(|entry| is_year_end(entry));
    for entry in entries.into_iter().filter(|entry| !from.vouchers.is_opening(entry.seq)) {
        let postings = from.vouchers.postings(entry);
        let of_account: Vec<_> = postings.iter().filter(|p| p.line.account == account).collect();
        if of_account.is_empty() {
            continue;
        }
        let month = Month::of(entry.date);
        if run.month.is_some_and(|(under_way, _)| under_way != month) {
            run.end_month();
        }
        for posting in of_account {
            let (_, mut sum) = run.month.unwrap_or((month, Pair::default()));
            add(&mut sum, posting);
            run.month = Some((month, sum));
            line(&mut run, from, entry, &postings, posting);
        }
    }
    run.end_month();
    for entry in closings {
        let postings = from.vouchers.postings(entry);
        for posting in postings.iter().filter(|posting| posting.line.account == account) {
            line(&mut run, from, entry, &postings, posting);
        }
    }
    run.rows
}

fn line(
    run: &mut Running<'_>,
    from: &Sources<'_>,
    entry: &Entry,
    postings: &[Posting<'_>],
    posting: &Posting<'_>,
) {
    run.balance = run.balance + posting.debit - posting.credit;
    let fund = run.account.fund();
    let others = postings.iter().map(|posting| posting.line.account);
    let opposite: BTreeSet<AccountCode> =
        others.filter(|of| of.fund() == fund && *of != run.account).collect();
    let mut cells = vec![
        Cell::Day(entry.date),
        voucher(from.vouchers, fund, entry),
        summary(entry),
        Cell::Accounts(opposite.into_iter().collect()),
        some_money(posting.debit),
        some_money(posting.credit),
    ];
    cells.extend(run.stands());
    run.rows.push(Row::line(cells));
}
