//! The income statement and the trial balance as tables.
//!
//! Each section of the income statement has what belongs to the period under its headings, then,
//! apart, corrections of what was booked before the period (更正以前期间) and what took place
//! before it and was booked in it (归属以前期间). Corrections of closed years touch no income and
//! no cost: they have a row of their own below the balance (以前年度更正).

use std::collections::BTreeMap;

use super::{Cell, Paper, Rank, Row, some_money, standing};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::money::Money;
use crate::ledger::period::Period;
use crate::ledger::statements::{
    StatementRow, by_heading, income_statement, role, sides, trial_balance, trial_total,
};
use crate::ledger::vouchers::{Cause, OfPart, Vouchers};

/// 公共收益收支表, 维修资金收支表.
pub fn income(book: &Book, vouchers: &Vouchers, fund: Fund, period: Period) -> Paper {
    let statement = income_statement(book, fund, period);
    let apart = [Cause::Correction, Cause::Late].map(|cause| vouchers.moved(cause, fund, period));
    let mut rows = Vec::new();
    let mut add = |name, of: &[StatementRow], total| {
        rows.push(result(Rank::Section, name, total));
        section(book, of, &apart, &mut rows);
    };
    add("income", &statement.income, statement.income_total());
    if fund == Fund::R {
        add("cost", &statement.cost, statement.cost_total());
        rows.push(result(Rank::Result, "net", statement.net()));
        let mut add = |name, of: &[StatementRow], total| {
            rows.push(result(Rank::Section, name, total));
            section(book, of, &apart, &mut rows);
        };
        add("uses", &statement.uses, statement.uses_total());
        rows.push(result(Rank::Result, "balance", statement.balance()));
    } else {
        add("paid", &statement.uses, statement.uses_total());
        rows.push(result(Rank::Result, "surplus", statement.balance()));
    }
    let (years, confirmed) = adjusted(book, vouchers, fund, period);
    let further = [("earlier_years", years), ("confirmed", confirmed)];
    rows.extend(
        further
            .into_iter()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(name, amount)| result(Rank::Result, name, amount)),
    );
    Paper { columns: &["item", "part", "amount"], rows, total: None }
}

/// What went into the owners' balance past income and cost: corrections of earlier years, and
/// confirmed openings; credit positive.
pub(super) fn adjusted(
    book: &Book,
    vouchers: &Vouchers,
    fund: Fund,
    period: Period,
) -> (Money, Money) {
    let all = standing::owners(book, fund, period).iter().map(|of| of.adjusted).sum::<Money>();
    let confirmed = vouchers.moved(Cause::Confirmed, fund, period);
    let of_owners =
        confirmed.iter().filter(|((account, _), _)| standing::is_net(role(book, *account)));
    let confirmed = -of_owners.map(|(_, amount)| *amount).sum::<Money>();
    (all - confirmed, confirmed)
}

fn result(rank: Rank, name: &'static str, amount: Money) -> Row {
    Row::of(rank, vec![Cell::Section(name), Cell::Empty, Cell::Money(amount)])
}

/// The rows of a section: those of the period under their headings, then the blocks apart.
fn section(
    book: &Book,
    rows: &[StatementRow],
    apart: &[BTreeMap<OfPart, Money>; 2],
    out: &mut Vec<Row>,
) {
    let blocks = apart.each_ref().map(|sums| {
        let of_section = |row: &StatementRow| {
            let moved = sums.get(&(row.account, row.part.clone()))?;
            let grows = grows_by_debit(book, row);
            Some(StatementRow { amount: if grows { *moved } else { -*moved }, ..row.clone() })
        };
        rows.iter().filter_map(of_section).collect::<Vec<_>>()
    });
    let mut own: Vec<StatementRow> = rows.to_vec();
    for row in blocks.iter().flatten() {
        let same = |of: &&mut StatementRow| (of.account, &of.part) == (row.account, &row.part);
        if let Some(of) = own.iter_mut().find(same) {
            of.amount = of.amount - row.amount;
        }
    }
    let plain = blocks.iter().all(Vec::is_empty);
    own.retain(|row| plain || !row.amount.is_zero());
    headed(&own, out);
    for (name, block) in ["earlier", "late"].into_iter().zip(&blocks) {
        if !block.is_empty() {
            let sum = block.iter().map(|row| row.amount).sum();
            let cells = vec![Cell::Word(name), Cell::Empty, Cell::Money(sum)];
            out.push(Row::of(Rank::Heading, cells));
            out.extend(block.iter().map(line));
        }
    }
}

fn grows_by_debit(book: &Book, row: &StatementRow) -> bool {
    let known = book.rules().and_then(|rules| rules.chart.nearest(row.account));
    known.is_some_and(|known| known.account_type.grows_by_debit())
}

/// Rows under their first-level accounts; a heading that is its only line is a line.
fn headed(rows: &[StatementRow], out: &mut Vec<Row>) {
    let headings = by_heading(rows);
    for (heading, amount) in &headings {
        let under: Vec<&StatementRow> =
            rows.iter().filter(|row| row.account.first_level() == *heading).collect();
        // The section's own title stands for its only heading.
        let alone = headings.len() == 1
            || matches!(under[..], [only] if only.account == *heading && only.part.is_none());
        if !alone {
            let cells = vec![Cell::Account(*heading), Cell::Empty, Cell::Money(*amount)];
            out.push(Row::of(Rank::Heading, cells));
        }
        out.extend(under.into_iter().map(line));
    }
}

fn line(row: &StatementRow) -> Row {
    let part = row.part.clone().map_or(Cell::Empty, Cell::Text);
    Row::line(vec![Cell::Account(row.account), part, Cell::Money(row.amount)])
}

/// 科目余额表: debit and credit of opening, turnover, closing.
pub(super) fn trial(book: &Book, fund: Fund, period: Period) -> Paper {
    let rows = trial_balance(book, fund, period);
    let total = trial_total(&rows);
    let six = |columns: [(Money, Money); 3]| {
        columns.into_iter().flat_map(|(debit, credit)| [debit, credit]).map(some_money)
    };
    let lines = rows.iter().map(|row| {
        let turnover = (row.turnover.debit, row.turnover.credit);
        let columns = [sides(row.opening), turnover, sides(row.closing)];
        Row::line([Cell::Account(row.account)].into_iter().chain(six(columns)).collect())
    });
    let sums = six([total.opening, total.turnover, total.closing]);
    Paper {
        columns: &[
            "account",
            "opening_debit",
            "opening_credit",
            "debit",
            "credit",
            "closing_debit",
            "closing_credit",
        ],
        total: Some([Cell::Empty].into_iter().chain(sums).collect()),
        rows: lines.collect(),
    }
}
