//! Contracts: their register (合同台账), and due against received by month (合同应收实收对照表).

use chrono::NaiveDate;

use super::{Cell, Paper, Rank, Row, of_money};
use crate::ledger::book::{Book, Contract, MonthDue};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};

/// Every contract of the book.
pub(super) fn register(book: &Book) -> Paper {
    let rows = book.contracts().contracts.values().map(|contract| {
        let term = contract.running_term();
        let day = |day: Option<NaiveDate>| day.map_or(Cell::Empty, Cell::Day);
        Row::line(vec![
            Cell::Contract(contract.no.clone()),
            Cell::Text(contract.site.clone()),
            party(contract),
            Cell::Format(contract.paper.word()),
            Cell::Authority(contract.authority.clone()),
            day(term.from),
            day(term.to),
            Cell::Rates(contract.parts.clone()),
            Cell::Money(contract.received()),
        ])
    });
    Paper {
        columns: &["no", "site", "party", "paper", "authority", "from", "to", "rent", "received"],
        rows: rows.collect(),
        total: None,
    }
}

pub(super) fn party(contract: &Contract) -> Cell {
    contract.party.clone().map_or(Cell::Word("not_said"), Cell::Party)
}

/// Due, received and gap of a contract's months.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dues {
    pub due: Money,
    pub received: Money,
    pub gap: Money,
}

impl Dues {
    /// Of a month, as of a day: what isn't owing yet is not due.
    fn of(month: &MonthDue, on: NaiveDate) -> Self {
        let due = if month.owing_from <= on { month.due } else { Money::ZERO };
        Self { due, received: month.received, gap: month.gap(on) }
    }

    fn add(&mut self, other: Self) {
        self.due = self.due + other.due;
        self.received = self.received + other.received;
        self.gap = self.gap + other.gap;
    }

    /// Received beyond what was owing: due − (received − ahead) = gap.
    fn ahead(self) -> Money {
        self.received - self.due + self.gap
    }

    fn cells(self) -> Vec<Cell> {
        of_money(&[self.due, self.received, self.ahead(), self.gap])
    }
}

/// The months of a contract within a period, and their sum; as of the last day of the period
/// that the book speaks of, and not after today.
pub(super) fn dues_of(
    book: &Book,
    contract: &Contract,
    period: Period,
    today: NaiveDate,
) -> (Vec<(Month, Dues)>, Dues) {
    let on = book.last_day().unwrap_or(today).min(today).min(period.last_day());
    let months = contract.months(period.to.min(Month::of(on).max(period.from)));
    let within = months.iter().filter(|(month, _)| (period.from..=period.to).contains(month));
    let rows: Vec<(Month, Dues)> = within.map(|(month, due)| (*month, Dues::of(due, on))).collect();
    let mut sum = Dues::default();
    for (_, dues) in &rows {
        sum.add(*dues);
    }
    (rows, sum)
}

/// Due, received and gap by contract and month; a contract whose due isn't known has receipts
/// only.
pub(super) fn dues(book: &Book, period: Period, today: NaiveDate) -> Paper {
    let mut rows = Vec::new();
    let mut total = [Money::ZERO; 4];
    for contract in book.contracts().contracts.values() {
        let (months, sum) = dues_of(book, contract, period, today);
        let figures = |dues: Dues| {
            if contract.has_due() {
                dues.cells()
            } else {
                let unknown = || Cell::Word("due_unknown");
                vec![unknown(), Cell::Money(dues.received), Cell::Empty, unknown()]
            }
        };
        let lead = |month: Cell| {
            let site = Cell::Text(contract.site.clone());
            vec![Cell::Contract(contract.no.clone()), site, month]
        };
        let row = |rank, month, dues| Row::of(rank, [lead(month), figures(dues)].concat());
        rows.push(row(Rank::Heading, Cell::Empty, sum));
        let lines = months.into_iter();
        rows.extend(lines.map(|(month, dues)| row(Rank::Line, Cell::Month(month), dues)));
        let of_known = contract.has_due().then_some([sum.due, sum.received, sum.ahead(), sum.gap]);
        // Received without a known due is neither due nor ahead.
        let of_all = of_known.unwrap_or([Money::ZERO, sum.received, Money::ZERO, Money::ZERO]);
        total.iter_mut().zip(of_all).for_each(|(sum, of)| *sum = *sum + of);
    }
    let mut sums = vec![Cell::Empty, Cell::Empty, Cell::Empty];
    sums.extend(of_money(&total));
    Paper {
        columns: &["no", "site", "month", "due", "received", "ahead", "gap"],
        total: (!rows.is_empty()).then_some(sums),
        rows,
    }
}
