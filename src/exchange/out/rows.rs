//! What a table has of each line, and what its lines add up to: the same for CSV and XLSX, and
//! the same rows as the page of lines, since one filter finds them.

use chrono::NaiveDate;

use super::Scope;
use super::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::{Line, PostedEntry, Side};
use crate::ledger::listing::Row;
use crate::ledger::money::Money;
use crate::ledger::statements::{RowsTotal, lines_total, rows_total};
use crate::ledger::vouchers::Vouchers;

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text.
    Text(String),
    /// A number that counts or names.
    Number(u64),
    /// A day.
    Day(NaiveDate),
    /// An amount.
    Money(Money),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

/// Key of a column's heading and its width in characters.
pub const COLUMNS: [(&str, u16); 18] = [
    ("file.seq", 8),
    ("file.date", 11),
    ("file.occurred", 11),
    ("file.kind", 12),
    ("file.fund", 10),
    ("file.account", 12),
    ("file.account_name", 22),
    ("file.debit", 15),
    ("file.credit", 15),
    ("file.contract", 14),
    ("file.period", 12),
    ("file.part", 10),
    ("file.item", 16),
    ("file.memo", 32),
    ("file.by", 14),
    ("file.corrected", 12),
    ("file.hash", 66),
    ("file.voucher", 16),
];

/// Where fund, debit and credit stand among the columns; totals stand beneath them.
pub const FUND_AT: usize = 4;
/// The debit's column.
pub const DEBIT_AT: usize = 7;
/// The credit's column.
pub const CREDIT_AT: usize = 8;

/// The headings.
pub fn headings(words: Words) -> Vec<String> {
    COLUMNS.iter().map(|(key, _)| words.t(key).into_owned()).collect()
}

/// The cells of one line of a row.
pub fn cells(
    words: Words,
    book: &Book,
    posted: &PostedEntry,
    vouchers: &Vouchers,
    row: &Row,
    line: &Line,
) -> [Cell; 18] {
    let entry = &posted.entry;
    let (debit, credit) = match line.side {
        Side::Debit => (Cell::Money(line.amount), Cell::Empty),
        Side::Credit => (Cell::Empty, Cell::Money(line.amount)),
    };
    let of_event = || entry.event.fields().text("contract").map(str::to_owned);
    let contract = line.contract.clone().or_else(of_event);
    let said = |text: Option<&str>| text.map_or(Cell::Empty, Cell::text);
    [
        Cell::Number(entry.seq),
        Cell::Day(entry.date),
        entry.occurred.map_or(Cell::Empty, Cell::Day),
        Cell::text(words.kind(entry.event.kind())),
        Cell::Text(words.fund(row.fund)),
        Cell::Text(line.account.to_string()),
        Cell::Text(words.account(book, line.account)),
        debit,
        credit,
        said(contract.as_deref()),
        line.period.map_or(Cell::Empty, |period| Cell::Text(period.to_string())),
        said(line.part.as_deref()),
        said(line.item.as_deref().or(line.holder.as_deref())),
        said(entry.memo.as_deref()),
        Cell::text(words.t(&format!("actor.{}", entry.by.role))),
        row.corrected_by.map_or(Cell::Empty, Cell::Number),
        Cell::Text(posted.hash.to_string()),
        vouchers.number(row.fund, entry).map_or(Cell::Empty, |no| Cell::Text(no.to_string())),
    ]
}

/// What the lines of a file add up to.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// How many lines.
    pub lines: u64,
    /// How many rows the page of lines has of them: an entry is one in each fund.
    pub rows: u64,
    /// In, out, moved and opening, as that page adds them up.
    pub sums: RowsTotal,
    r: (Money, Money),
    f: (Money, Money),
}

impl Totals {
    /// Counts a row.
    pub fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.lines += row.lines.len() as u64;
        self.sums.add(rows_total(std::slice::from_ref(row)));
        let (debit, credit) = lines_total(&row.lines);
        let of_fund = if row.fund == Fund::R { &mut self.r } else { &mut self.f };
        *of_fund = (of_fund.0 + debit, of_fund.1 + credit);
    }

    /// Σ debit and Σ credit of a fund.
    pub const fn of(&self, fund: Fund) -> (Money, Money) {
        match fund {
            Fund::R => self.r,
            Fund::F => self.f,
        }
    }
}

/// What a file says of itself: key of the label, value.
pub fn facts(scope: &Scope, book: &Book, totals: &Totals) -> Vec<(&'static str, Cell)> {
    let (words, head) = (scope.words, book.head());
    let profile = book.profile();
    vec![
        ("file.estate", Cell::Text(format!("{} {}", profile.code, profile.name))),
        ("file.filter", Cell::Text(words.filter(&scope.filter))),
        ("file.lines", Cell::Number(totals.lines)),
        ("file.rows", Cell::Number(totals.rows)),
        ("file.sum_in", Cell::Money(totals.sums.inflow)),
        ("file.sum_out", Cell::Money(totals.sums.outflow)),
        ("file.sum_moved", Cell::Money(totals.sums.moved)),
        ("file.sum_opening", Cell::Money(totals.sums.opening)),
        ("file.entries", Cell::Number(head.entries)),
        ("file.head", Cell::Text(head.hash.to_string())),
        ("file.posted", Cell::Text(head.time.local())),
        ("file.as_of", Cell::Day(scope.as_of)),
        ("file.program", Cell::Text(format!("mingzhang {}", env!("CARGO_PKG_VERSION")))),
        ("file.note", Cell::Text(words.t("file.looking").into_owned())),
    ]
}
