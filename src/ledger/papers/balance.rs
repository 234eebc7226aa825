//! 余额表: what the fund has is what it owes to others and what belongs to the owners.

use super::{Cell, Paper, Rank, Row, of_money, standing};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::money::Money;
use crate::ledger::period::Period;
use crate::ledger::statements::{role, trial_balance};

/// What something stood at, before a period and at its end.
type Stood = (Money, Money);

/// The balance of a fund at the beginning and the end of a period; a year's closing moves nothing
/// between its rows.
pub(super) fn balance(book: &Book, fund: Fund, period: Period) -> Paper {
    let trial = trial_balance(book, fund, period);
    let of = |sign: &dyn Fn(Money) -> Money, roles: &dyn Fn(Role) -> bool| {
        let rows = trial.iter().filter(|row| roles(role(book, row.account)));
        let rows = rows.map(|row| (row.account, (sign(row.opening), sign(row.closing))));
        rows.filter(|(_, stood)| *stood != Stood::default()).collect::<Vec<_>>()
    };
    let assets = of(&|amount| amount, &Role::is_own_money);
    let others = of(&|amount| -amount, &Role::is_others_money);
    let unproven = of(&|amount| -amount, &|role| role == Role::OpeningUnproven);
    let owners = standing::owners(book, fund, period);
    let own = owners.into_iter().map(|of| {
        let whose = of.part.map_or(Cell::Word("all_owners"), Cell::Text);
        (whose, (of.opening, of.closing))
    });
    let accounts = |rows: Vec<(AccountCode, Stood)>| {
        rows.into_iter().map(|(account, stood)| (Cell::Account(account), stood)).collect::<Vec<_>>()
    };
    let own: Vec<(Cell, Stood)> = own.collect();
    let mut rows = Vec::new();
    section(&mut rows, "assets", accounts(assets));
    let owed = [("others", accounts(others)), ("unproven_opening", accounts(unproven))];
    let mut owing = Stood::default();
    for (name, of) in owed.into_iter().chain([("owners", own)]) {
        let sum = section(&mut rows, name, of);
        owing = (owing.0 + sum.0, owing.1 + sum.1);
    }
    rows.push(Row::of(Rank::Result, cells(Cell::Section("owed_and_own"), owing)));
    Paper { columns: &["item", "opening", "closing"], rows, total: None }
}

fn section(out: &mut Vec<Row>, name: &'static str, rows: Vec<(Cell, Stood)>) -> Stood {
    let sum =
        rows.iter().fold(Stood::default(), |sum, (_, stood)| (sum.0 + stood.0, sum.1 + stood.1));
    out.push(Row::of(Rank::Section, cells(Cell::Section(name), sum)));
    out.extend(rows.into_iter().map(|(item, stood)| Row::line(cells(item, stood))));
    sum
}

fn cells(item: Cell, (opening, closing): Stood) -> Vec<Cell> {
    let mut cells = vec![item];
    cells.extend(of_money(&[opening, closing]));
    cells
}
