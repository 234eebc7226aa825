//! Lists of lines: one filter drives the page, the downloads and the API, so they can't differ.

use super::account::Fund;
use super::book::{Book, Live};
use super::entry::{Entry, Line};
use super::event::Party;
use super::money::Money;
use super::period::Month;
use super::statements::{is_money, role};

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Came in.
    In,
    /// Went out.
    Out,
}

/// What a list shows; every field that is there narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// One fund.
    pub fund: Option<Fund>,
    /// From this month of `date`.
    pub from: Option<Month>,
    /// To this month of `date`.
    pub to: Option<Month>,
    /// One kind.
    pub kind: Option<String>,
    /// In or out.
    pub direction: Option<Direction>,
    /// At least this much.
    pub min: Option<Money>,
    /// At most this much.
    pub max: Option<Money>,
    /// These words in memo, contract, site, payer or account name.
    pub text: Option<String>,
    /// Only lines of this contract.
    pub contract: Option<String>,
}

/// An entry with money as a list shows it: with the lines that stand now.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The entry.
    pub entry: Entry,
    /// The fund shown.
    pub fund: Fund,
    /// The lines of that fund that stand.
    pub lines: Vec<Line>,
    /// What the fund's money gained (negative: lost).
    pub change: Money,
    /// Σ of one side, for entries that leave the money where it is.
    pub volume: Money,
    /// The entry that corrected it, when one did.
    pub corrected_by: Option<u64>,
}

impl Row {
    /// The amount a list prints: what came or went, else what was moved.
    pub fn amount(&self) -> Money {
        if self.change.is_zero() { self.volume } else { self.change.abs() }
    }

    /// In, out, or neither.
    pub fn direction(&self) -> Option<Direction> {
        match self.change {
            change if change.is_positive() => Some(Direction::In),
            change if change.is_negative() => Some(Direction::Out),
            _ => None,
        }
    }
}

/// What the rows of a list add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowsTotal {
    /// Came in.
    pub inflow: Money,
    /// Went out.
    pub outflow: Money,
    /// Moved without leaving the fund's money or coming to it.
    pub moved: Money,
    /// Opening balances: where the book begins, not income.
    pub opening: Money,
}

impl RowsTotal {
    /// In less out.
    pub fn net(&self) -> Money {
        self.inflow - self.outflow
    }

    /// Adds the sums of further rows.
    pub fn add(&mut self, other: Self) {
        self.inflow = self.inflow + other.inflow;
        self.outflow = self.outflow + other.outflow;
        self.moved = self.moved + other.moved;
        self.opening = self.opening + other.opening;
    }
}

/// The sums of a list's rows, by where the money went.
pub fn rows_total(rows: &[Row]) -> RowsTotal {
    let is_opening = |row: &&Row| row.entry.event.kind().name == "opening";
    let sum = |direction| {
        let moved = rows.iter().filter(|row| !is_opening(row) && row.direction() == direction);
        moved.map(Row::amount).sum()
    };
    RowsTotal {
        opening: rows.iter().filter(is_opening).map(|row| row.change).sum(),
        inflow: sum(Some(Direction::In)),
        outflow: sum(Some(Direction::Out)),
        moved: sum(None),
    }
}

impl Filter {
    /// The rows of an entry that the filter lets through: one a fund it touches. A correction
    /// has no row of its own; its figures stand on the row of what it corrects.
    pub fn rows(&self, book: &Book, entry: &Entry) -> Vec<Row> {
        if entry.lines.is_empty() || entry.event.kind().name == "correct" {
            return Vec::new();
        }
        let in_months = self.from.is_none_or(|from| from <= Month::of(entry.date))
            && self.to.is_none_or(|to| Month::of(entry.date) <= to);
        let of_kind = self.kind.as_deref().is_none_or(|kind| kind == entry.event.kind().name);
        if !in_months || !of_kind {
            return Vec::new();
        }
        let funds = Fund::ALL.into_iter().filter(|fund| self.fund.is_none_or(|only| only == *fund));
        funds
            .filter_map(|fund| row(book, entry, fund))
            .filter(|row| self.shows(book, row))
            .collect()
    }

    /// True when no later entry can match: entries are posted in order of time, and `date` is
    /// never after the posting day.
    pub fn is_past(&self, entry: &Entry) -> bool {
        self.from.is_some_and(|from| Month::of(entry.time.day()) < from)
    }

    fn shows(&self, book: &Book, row: &Row) -> bool {
        self.direction.is_none_or(|direction| row.direction() == Some(direction))
            && self.min.is_none_or(|min| min <= row.amount())
            && self.max.is_none_or(|max| row.amount() <= max)
            && self.contract.as_deref().is_none_or(|no| cites(row, no))
            && self.text.as_deref().is_none_or(|text| mentions(book, row, text))
    }
}

fn row(book: &Book, entry: &Entry, fund: Fund) -> Option<Row> {
    let live = book.corrections().get(&entry.seq);
    let stands: Vec<Line> = match live {
        Some(live) => (0..live.lines.len()).filter_map(|at| Live::effective(live, at)).collect(),
        None => entry.lines.clone(),
    };
    if !entry.lines.iter().any(|line| line.account.fund() == fund) {
        return None;
    }
    let lines: Vec<Line> = stands.into_iter().filter(|l| l.account.fund() == fund).collect();
    let money = lines.iter().filter(|line| is_money(role(book, line.account)));
    let debits = lines.iter().filter(|line| line.signed().is_positive());
    Some(Row {
        fund,
        change: money.map(Line::signed).sum(),
        volume: debits.map(|line| line.amount).sum(),
        corrected_by: live.filter(|l| l.is_corrected(entry.seq)).map(|l| l.version),
        lines,
        entry: entry.clone(),
    })
}

fn cites(row: &Row, no: &str) -> bool {
    let of_event = row.entry.event.fields().text("contract") == Some(no);
    of_event || row.lines.iter().any(|line| line.contract.as_deref() == Some(no))
}

fn mentions(book: &Book, row: &Row, text: &str) -> bool {
    let text = text.to_lowercase();
    let has = |words: &str| words.to_lowercase().contains(&text);
    let fields = row.entry.event.fields();
    let party = ["party", "payee"].into_iter().find_map(|key| fields.object(key));
    let organisation = match party.and_then(Party::from_fields) {
        Some(Party::Organisation { org, .. }) => Some(org),
        _ => None,
    };
    let contracts = row.lines.iter().filter_map(|line| line.contract.as_deref());
    let sites = contracts.clone().filter_map(|no| book.contracts().contracts.get(no));
    row.entry.memo.as_deref().is_some_and(has)
        || organisation.is_some_and(|org| has(&org))
        || contracts.clone().any(has)
        || sites.map(|contract| contract.site.as_str()).any(has)
        || row.lines.iter().any(|l| book.account_name(l.account).is_some_and(|name| has(&name)))
        || has(row.entry.event.kind().zh)
}
