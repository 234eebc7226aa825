//! Papers and statements as tables: who has what, what moved, what is allowed and used. Made
//! from a [`Book`] and, where it needs them, the walk over the entries ([`Vouchers`]) and the
//! entries themselves. One table is the page, the CSV and the XLSX: they print it and compute
//! nothing.

mod ageing;
mod agreements;
mod balance;
mod contracts;
mod daybook;
mod income;
mod notice;
mod standing;

pub use agreements::{Agreement, PutUp, Verdict, agreements, as_paper};
pub use income::income;
pub use notice::notice;

use chrono::NaiveDate;

use super::account::{AccountCode, Fund};
use super::book::{Authority, Book};
use super::due::Part;
use super::entry::PostedEntry;
use super::event::Party;
use super::kinds::Kind;
use super::money::Money;
use super::period::{Month, Period};
use super::vouchers::{Voucher, Vouchers};

/// A table of figures.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Names of its columns.
    pub columns: &'static [&'static str],
    /// Its rows.
    pub rows: Vec<Row>,
    /// The last row: sums of the columns that can be summed.
    pub total: Option<Vec<Cell>>,
}

/// A row, a cell a column.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it is among the rows.
    pub rank: Rank,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// What a row is among the rows of its paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// A line: what sums are made of.
    Line,
    /// The sum of the lines below it, to the next heading.
    Heading,
    /// The sum of the headings and lines below it, to the next section.
    Section,
    /// What sections come to, or a sum on the way.
    Result,
}

/// A cell.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text of the book's.
    Text(String),
    /// A word that has a text in each language, of the family of columns.
    Word(&'static str),
    /// The title of a section.
    Section(&'static str),
    /// A word of the format.
    Format(&'static str),
    /// An account.
    Account(AccountCode),
    /// Several accounts.
    Accounts(Vec<AccountCode>),
    /// An amount.
    Money(Money),
    /// A number that counts.
    Number(u64),
    /// A day.
    Day(NaiveDate),
    /// A month.
    Month(Month),
    /// An attribution period.
    Period(Period),
    /// An entry, by number.
    Entry(u64),
    /// A word, and the entry it leads to.
    Marked(&'static str, u64),
    /// A voucher: its fund, number and entry.
    Voucher(Fund, Voucher, u64),
    /// What kind of entry it is.
    Kind(&'static Kind),
    /// A payer or payee.
    Party(Party),
    /// A contract, by number.
    Contract(String),
    /// Why a contract may be.
    Authority(Authority),
    /// Priced parts of a contract.
    Rates(Vec<Part>),
    /// A decision, by number.
    Decision(String),
    /// A clause on fees, by number.
    Clause(String),
    /// Hundredths of a percent.
    Rate(u64),
}

impl Row {
    /// A line.
    pub const fn line(cells: Vec<Cell>) -> Self {
        Self { rank: Rank::Line, cells }
    }

    const fn of(rank: Rank, cells: Vec<Cell>) -> Self {
        Self { rank, cells }
    }
}

impl Paper {
    /// Σ of each column of figures over the lines, whatever the paper itself adds up: with it
    /// anyone can tell whether a copy is whole.
    pub fn control(&self) -> Vec<Option<Money>> {
        let column = |at: usize| {
            let lines = self.rows.iter().filter(|row| row.rank == Rank::Line);
            let amounts = lines.filter_map(|row| match row.cells.get(at) {
                Some(Cell::Money(amount)) => Some(*amount),
                _ => None,
            });
            amounts.fold(None, |sum, amount| Some(sum.unwrap_or(Money::ZERO) + amount))
        };
        (0..self.columns.len()).map(column).collect()
    }
}

/// What a paper is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The fund.
    pub fund: Fund,
    /// The months.
    pub period: Period,
    /// The account, for the ledger of one.
    pub account: Option<AccountCode>,
    /// The day on which it is asked; ages are counted to it.
    pub today: NaiveDate,
}

/// What a paper is made from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The book.
    pub book: &'a Book,
    /// The walk over the entries of that book.
    pub vouchers: &'a Vouchers,
    /// The entries with lines of the fund in the period, by month and number, where
    /// [`Need::Entries`] says so.
    pub entries: &'a [PostedEntry],
}

/// What a paper needs beside the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Book,
    /// The walk.
    Vouchers,
    /// The walk and the entries of the period.
    Entries,
}

/// Of what days a paper speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Of the period.
    Period,
    /// As the book stands now.
    Now,
}

/// A paper of the list.
#[derive(Clone, Copy)]
pub struct Known {
    /// Its name in an address.
    pub name: &'static str,
    /// What it needs.
    pub need: Need,
    /// Of what it speaks.
    pub span: Span,
    /// Makes it.
    pub make: fn(Sources<'_>, &Asked) -> Paper,
}

const fn known(
    name: &'static str,
    need: Need,
    span: Span,
    make: fn(Sources<'_>, &Asked) -> Paper,
) -> Known {
    Known { name, need, span, make }
}

/// Statements and papers, in the order of the list.
pub const PAPERS: &[Known] = &[
    known("income", Need::Vouchers, Span::Period, |from, asked| {
        income::income(from.book, from.vouchers, asked.fund, asked.period)
    }),
    known("balance", Need::Book, Span::Period, |from, asked| {
        balance::balance(from.book, asked.fund, asked.period)
    }),
    known("changes", Need::Book, Span::Period, |from, asked| {
        standing::changes(from.book, asked.fund, asked.period)
    }),
    known("trial", Need::Book, Span::Period, |from, asked| {
        income::trial(from.book, asked.fund, asked.period)
    }),
    known("journal", Need::Entries, Span::Period, |from, asked| daybook::journal(from, asked.fund)),
    known("ledger", Need::Entries, Span::Period, |from, asked| {
        daybook::ledger(from, asked.account, asked.period)
    }),
    known("contracts", Need::Book, Span::Now, |from, _| contracts::register(from.book)),
    known("dues", Need::Book, Span::Period, |from, asked| {
        contracts::dues(from.book, asked.period, asked.today)
    }),
    known("ageing", Need::Vouchers, Span::Now, |from, asked| {
        ageing::ageing(from.book, from.vouchers, asked.fund, asked.today)
    }),
    known("custody", Need::Book, Span::Now, |from, asked| standing::custody(from.book, asked.fund)),
    known("claims", Need::Book, Span::Now, |from, _| standing::claims(from.book)),
    known("limits", Need::Book, Span::Now, |from, _| standing::limits(from.book)),
    known("fees", Need::Book, Span::Now, |from, _| standing::fees(from.book)),
    known("bank", Need::Book, Span::Now, |from, asked| {
        standing::bank(from.book, asked.fund, asked.today)
    }),
];

/// The paper of the list with a name.
pub fn known_paper(name: &str) -> Option<&'static Known> {
    PAPERS.iter().find(|known| known.name == name)
}

/// Columns that hold no figures.
const TEXTS: &[&str] = &[
    "whose",
    "account",
    "item",
    "entry",
    "day",
    "no",
    "matter",
    "voucher",
    "summary",
    "opposite",
    "way",
    "mark",
    "site",
    "party",
    "paper",
    "authority",
    "from",
    "to",
    "rent",
    "month",
    "since",
    "part",
    "what",
    "basis",
    "attributed",
    "contract",
    "counterparty",
    "verdict",
];

/// True for columns of figures.
pub fn is_figure(column: &str) -> bool {
    !TEXTS.contains(&column)
}

fn of_money(amounts: &[Money]) -> Vec<Cell> {
    amounts.iter().map(|amount| Cell::Money(*amount)).collect()
}

/// An amount, or nothing for none.
fn some_money(amount: Money) -> Cell {
    if amount.is_zero() { Cell::Empty } else { Cell::Money(amount) }
}
