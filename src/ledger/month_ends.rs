//! What stood on each account at the end of each month in which it moved, for programs that
//! keep books by day: they can compare month by month. Everything comes from a [`Book`]'s sums;
//! only the days of openings, which no month counts, come from the caller.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::account::{AccountCode, Fund};
use super::book::Book;
use super::money::Money;
use super::period::Month;

/// What openings put on an account, by day; debit less credit.
pub type Openings = BTreeMap<(NaiveDate, AccountCode), Money>;

/// Accounts that moved in a month, with debit less credit at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthEnd {
    /// The month.
    pub month: Month,
    /// The accounts in the order of their codes.
    pub balances: Vec<(AccountCode, Money)>,
}

/// The ends of a fund's months, in order.
///
/// The first month goes on from what the book's balances leave when every month, closing and
/// opening is taken away; that is nothing, unless the caller's openings aren't the book's.
pub fn month_ends(book: &Book, fund: Fund, openings: &Openings) -> Vec<MonthEnd> {
    let moves = moves(book, fund, openings);
    let mut balances = book.fund(fund).accounts.clone();
    for (account, moved) in moves.values().flatten() {
        let balance = balances.entry(*account).or_default();
        *balance = *balance - *moved;
    }
    let mut ends = Vec::with_capacity(moves.len());
    for (month, accounts) in moves {
        let after = accounts.into_iter().map(|(account, moved)| {
            let balance = balances.entry(account).or_default();
            *balance = *balance + moved;
            (account, *balance)
        });
        ends.push(MonthEnd { month, balances: after.collect() });
    }
    ends
}

/// Debit less credit by month and account, with openings and the closing of years.
fn moves(
    book: &Book,
    fund: Fund,
    openings: &Openings,
) -> BTreeMap<Month, BTreeMap<AccountCode, Money>> {
    let sums = book.fund(fund);
    let mut moves: BTreeMap<Month, BTreeMap<AccountCode, Money>> = BTreeMap::new();
    let mut add = |month: Month, account: AccountCode, moved: Money| {
        let sum = moves.entry(month).or_default().entry(account).or_default();
        *sum = *sum + moved;
    };
    for (month, of_month) in &sums.months {
        for ((account, _), turnover) in &of_month.accounts {
            add(*month, *account, turnover.net());
        }
    }
    for ((month, account, _), moved) in &sums.closings {
        add(*month, *account, *moved);
    }
    for ((day, account), moved) in openings.iter().filter(|((_, a), _)| a.fund() == fund) {
        add(Month::of(*day), *account, *moved);
    }
    moves
}
