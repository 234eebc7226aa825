//! 往来及账龄: what others owe and what is owed to others, by how long it has been open.

use chrono::NaiveDate;

use super::{Cell, Paper, Rank, Row, of_money};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::money::Money;
use crate::ledger::statements::role;
use crate::ledger::vouchers::{Pieces, Vouchers, is_claim};

/// The last day of each bucket but the last, in days open.
const DAYS: [i64; 4] = [30, 90, 180, 365];

/// Σ by bucket.
type Buckets = [Money; DAYS.len() + 1];

/// What is open on a day: claims, then what belongs to others; the oldest is settled first.
///
/// Claims that await evidence are settled by name, so their days are the claims' own.
pub(super) fn ageing(book: &Book, vouchers: &Vouchers, fund: Fund, today: NaiveDate) -> Paper {
    let mut rows = Vec::new();
    let claims = |of: Role| is_claim(of) && of != Role::Unproven;
    let mut lines = open(book, vouchers, fund, &claims);
    if fund == Fund::R {
        lines.extend(book.claims().iter().filter(|(_, claim)| !claim.open.is_zero()).map(
            |(seq, claim)| {
                let pieces = Pieces::from([(claim.date, claim.open)]);
                (vec![Cell::Word("unproven"), Cell::Entry(*seq)], pieces)
            },
        ));
    }
    section(&mut rows, "owed_to_us", lines, today);
    section(&mut rows, "owed_by_us", open(book, vouchers, fund, &Role::is_others_money), today);
    Paper {
        columns: &[
            "account", "item", "since", "days", "d30", "d90", "d180", "d365", "older", "sum",
        ],
        rows,
        total: None,
    }
}

fn open(
    book: &Book,
    vouchers: &Vouchers,
    fund: Fund,
    roles: &dyn Fn(Role) -> bool,
) -> Vec<(Vec<Cell>, Pieces)> {
    let open = vouchers.open(fund).filter(|(account, _, _)| roles(role(book, *account)));
    let lines = open.map(|(account, item, pieces)| {
        let item = item.map_or(Cell::Empty, |item| Cell::Text(item.to_owned()));
        (vec![Cell::Account(account), item], pieces.clone())
    });
    lines.collect()
}

fn section(
    out: &mut Vec<Row>,
    name: &'static str,
    lines: Vec<(Vec<Cell>, Pieces)>,
    today: NaiveDate,
) {
    let mut sums = Buckets::default();
    let mut rows = Vec::new();
    for (mut cells, pieces) in lines {
        let buckets = buckets(&pieces, today);
        sums.iter_mut().zip(buckets).for_each(|(sum, of)| *sum = *sum + of);
        let since = pieces.keys().next().copied();
        let days = since.map(|since| u64::try_from((today - since).num_days()).unwrap_or(0));
        cells.push(since.map_or(Cell::Empty, Cell::Day));
        cells.push(days.map_or(Cell::Empty, Cell::Number));
        cells.extend(figures(buckets));
        rows.push(Row::line(cells));
    }
    let mut cells = vec![Cell::Section(name), Cell::Empty, Cell::Empty, Cell::Empty];
    cells.extend(figures(sums));
    out.push(Row::of(Rank::Section, cells));
    out.extend(rows);
}

fn figures(buckets: Buckets) -> Vec<Cell> {
    let sum = buckets.iter().copied().sum();
    of_money(&[&buckets[..], &[sum]].concat())
}

fn buckets(pieces: &Pieces, today: NaiveDate) -> Buckets {
    let mut buckets = Buckets::default();
    for (since, amount) in pieces {
        let days = (today - *since).num_days();
        let at = DAYS.iter().position(|last| days <= *last).unwrap_or(DAYS.len());
        buckets[at] = buckets[at] + *amount;
    }
    buckets
}
