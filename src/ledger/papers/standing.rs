//! Papers of what stands: how the owners' balance changed, whose money lies in their accounts,
//! what awaits evidence, what is allowed and used, what a bank and the book each know.

use super::{Cell, Paper, Row, of_money};
use chrono::NaiveDate;

use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, boxes};
use crate::ledger::chart::Role;
use crate::ledger::money::Money;
use crate::ledger::period::Period;
use crate::ledger::statements::role;

/// Rows under a first cell, with their sums as the last row.
pub(super) fn summed(
    columns: &'static [&'static str],
    rows: Vec<(Vec<Cell>, Vec<Money>)>,
) -> Paper {
    let figures = rows.first().map_or(0, |(_, amounts)| amounts.len());
    let mut sums = vec![Money::ZERO; figures];
    for (_, amounts) in &rows {
        sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum = *sum + *amount);
    }
    let lead = columns.len() - figures;
    let total = (rows.len() > 1).then(|| {
        let mut total = vec![Cell::Empty; lead];
        total.extend(of_money(&sums));
        total
    });
    let rows = rows.into_iter().map(|(mut cells, amounts)| {
        cells.extend(of_money(&amounts));
        Row::line(cells)
    });
    Paper { columns, rows: rows.collect(), total }
}

/// What all owners, or those of a part, have and how it changed over a period.
#[derive(Clone, Debug)]
pub(super) struct Owners {
    /// The part; none for all owners.
    pub part: Option<String>,
    /// At the beginning.
    pub opening: Money,
    /// Income.
    pub income: Money,
    /// Reasonable cost.
    pub cost: Money,
    /// Used.
    pub used: Money,
    /// Confirmed openings and corrections of earlier years.
    pub adjusted: Money,
    /// At the end.
    pub closing: Money,
}

/// What the owners of each part have: all owners first.
pub(super) fn owners(book: &Book, fund: Fund, period: Period) -> Vec<Owners> {
    let sums = book.fund(fund);
    let mut parts: Vec<Option<String>> = vec![None];
    parts.extend(sums.parts.keys().cloned().map(Some));
    let owners = parts.into_iter().map(|part| {
        let of = |roles: &dyn Fn(Role) -> bool| -> Money {
            let months = sums.months.range(period.from..=period.to);
            let all = months.flat_map(|(_, month)| &month.accounts);
            let of_part = all.filter(|((code, of), _)| *of == part && roles(role(book, *code)));
            -of_part.map(|(_, turnover)| turnover.net()).sum::<Money>()
        };
        let income = of(&is_income);
        let cost = -of(&Role::is_cost);
        let used = -of(&is_use);
        let adjusted = of(&is_net);
        let closing = net_at(book, fund, part.as_deref(), period);
        let opening = closing - income + cost + used - adjusted;
        Owners { part, opening, income, cost, used, adjusted, closing }
    });
    owners.collect()
}

/// What the owners have and how it changed (结余变动表): all owners, and those of each part.
pub(super) fn changes(book: &Book, fund: Fund, period: Period) -> Paper {
    let rows = owners(book, fund, period).into_iter().map(|of| {
        let figures = vec![of.opening, of.income, -of.cost, -of.used, of.adjusted, of.closing];
        (vec![of.part.map_or(Cell::Word("all_owners"), Cell::Text)], figures)
    });
    summed(
        &["whose", "opening", "earned", "spent_on_cost", "used", "adjusted", "closing"],
        rows.collect(),
    )
}

pub(super) const fn is_income(role: Role) -> bool {
    matches!(
        role,
        Role::Income
            | Role::InterestIncome
            | Role::BondIncome
            | Role::Contribution
            | Role::ToppedUp
            | Role::Scrap
    )
}

pub(super) const fn is_use(role: Role) -> bool {
    matches!(
        role,
        Role::Use | Role::UseTopUp | Role::WriteOff | Role::Works | Role::Refund | Role::Charge
    )
}

pub(super) const fn is_net(role: Role) -> bool {
    matches!(role, Role::NetAll | Role::NetPart | Role::UnitCapital | Role::Undistributed)
}

/// What owners have at the end of a period, open income, cost and use included; credit positive.
fn net_at(book: &Book, fund: Fund, part: Option<&str>, period: Period) -> Money {
    let sums = book.fund(fund);
    let flows = |role: Role| is_income(role) || role.is_cost() || is_use(role) || is_net(role);
    let now = if let Some(part) = part {
        sums.parts.get(part).copied().unwrap_or_default()
    } else {
        let open = sums.accounts.iter().filter(|(code, _)| flows(role(book, **code)));
        let all: Money = open.map(|(_, balance)| -*balance).sum();
        all - sums.parts.values().copied().sum::<Money>()
    };
    let later = sums.months.range(period.to.plus(1)..).flat_map(|(_, month)| &month.accounts);
    let later = later.filter(|((code, of), _)| of.as_deref() == part && flows(role(book, *code)));
    now + later.map(|(_, turnover)| turnover.net()).sum::<Money>()
}

/// Whose money lies in the owners' accounts (押金及代收台账): deposits, money held for others.
pub(super) fn custody(book: &Book, fund: Fund) -> Paper {
    let sums = book.fund(fund);
    let others = |code: &AccountCode| role(book, *code).is_others_money();
    let mut rows = Vec::new();
    for (account, balance) in sums.accounts.iter().filter(|(code, _)| others(code)) {
        let items = sums.items.iter().filter(|((of, _), _)| of == account);
        let mut left = *balance;
        for ((_, item), held) in items.filter(|(_, held)| !held.is_zero()) {
            left = left - *held;
            rows.push((vec![Cell::Account(*account), Cell::Text(item.clone())], vec![-*held]));
        }
        if !left.is_zero() {
            rows.push((vec![Cell::Account(*account), Cell::Empty], vec![-left]));
        }
    }
    summed(&["account", "item", "held"], rows)
}

/// Payments that await evidence (待举证支出清单).
pub(super) fn claims(book: &Book) -> Paper {
    let rows = book.claims().iter().map(|(seq, claim)| {
        let settled = claim.amount - claim.open;
        (vec![Cell::Entry(*seq), Cell::Day(claim.date)], vec![claim.amount, settled, claim.open])
    });
    summed(&["entry", "day", "paid", "settled", "open"], rows.collect())
}

/// Decisions with their limits (决定与限额对照).
pub(super) fn limits(book: &Book) -> Paper {
    let rows = book.decisions().iter().map(|(no, decision)| {
        let limit = decision.limit.map_or(Cell::Empty, Cell::Money);
        let left = decision.limit.map_or(Cell::Empty, |limit| Cell::Money(limit - decision.used));
        Row::line(vec![
            Cell::Text(no.clone()),
            Cell::Text(decision.matter.clone()),
            Cell::Entry(decision.seq),
            limit,
            Cell::Money(decision.used),
            left,
        ])
    });
    let columns = &["no", "matter", "entry", "limit", "used", "left"];
    Paper { columns, rows: rows.collect(), total: None }
}

/// Management fees by clause (管理费计算表): base, rate, the most that may be charged, charged.
pub(super) fn fees(book: &Book) -> Paper {
    let mut rows = Vec::new();
    for (no, clause) in book.clauses() {
        let mut parts: Vec<Option<String>> = vec![None];
        parts.extend(clause.charged.keys().filter(|part| part.is_some()).cloned());
        for part in parts {
            let charged = clause.charged.get(&part).copied().unwrap_or_default();
            let base = book.clause_base(clause, part.as_deref());
            let most = clause.ceiling(base);
            rows.push(Row::line(vec![
                Cell::Text(no.clone()),
                part.map_or(Cell::Word("all_owners"), Cell::Text),
                Cell::Money(base),
                clause.rate_bp.map_or(Cell::Empty, Cell::Rate),
                most.map_or(Cell::Empty, Cell::Money),
                Cell::Money(charged),
                most.map_or(Cell::Empty, |most| Cell::Money(most - charged)),
            ]));
        }
    }
    let columns = &["no", "whose", "base", "rate", "most", "charged", "left"];
    Paper { columns, rows, total: None }
}

/// The last reconciliation of each account up to a day (银行存款余额调节表), recomputed: what is
/// open now of the days up to the statement's last.
pub(super) fn bank(book: &Book, fund: Fund, until: NaiveDate) -> Paper {
    let accounts = book.fund(fund).accounts.keys().filter_map(|account| {
        let bank = book.bank_book(*account)?;
        let last = bank.statements.iter().rev().find(|statement| statement.to <= until);
        Some((*account, bank, last?))
    });
    let rows = accounts.map(|(account, bank, last)| {
        let open = boxes(bank, last.to);
        let on_book = book.balance_on(account, last.to);
        let adjusted = last.closing + open.book_in - open.book_out;
        let mut cells = vec![Cell::Account(account), Cell::Day(last.to)];
        cells.extend(of_money(&[
            last.closing,
            open.book_in,
            -open.book_out,
            adjusted,
            on_book,
            open.bank_in,
            -open.bank_out,
            on_book + open.bank_in - open.bank_out,
        ]));
        Row::line(cells)
    });
    let columns = &[
        "account",
        "day",
        "bank_says",
        "book_in",
        "book_out",
        "bank_adjusted",
        "book_says",
        "bank_in",
        "bank_out",
        "book_adjusted",
    ];
    Paper { columns, rows: rows.collect(), total: None }
}
