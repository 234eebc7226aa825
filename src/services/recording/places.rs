//! Which accounts a form offers: found by role and by what the book opened, never by code.

use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::statements::role;

/// Where money of the owners can arrive: their bank accounts, a platform, the company that
/// collects for them.
pub fn arrives(book: &Book) -> Vec<AccountCode> {
    let mut places = of_role(book, Fund::R, Role::Bank);
    places.extend(settled_from(book));
    places
}

/// Where money stands that isn't handed over yet.
pub fn settled_from(book: &Book) -> Vec<AccountCode> {
    let mut places = of_role(book, Fund::R, Role::Clearing);
    places.extend(of_role(book, Fund::R, Role::OperatorHeld));
    places
}

/// Accounts that pay.
pub fn pays(book: &Book) -> Vec<AccountCode> {
    of_role(book, Fund::R, Role::Bank)
}

/// What the common parts earn by.
pub fn earns(book: &Book) -> Vec<AccountCode> {
    of_role(book, Fund::R, Role::Income)
}

/// What a cost can be for.
pub fn costs(book: &Book) -> Vec<AccountCode> {
    let mut accounts = of_role(book, Fund::R, Role::Cost);
    accounts.extend(of_role(book, Fund::R, Role::FeeCost));
    accounts.sort_unstable();
    accounts
}

/// What a decision can let money be used for.
pub fn uses(book: &Book) -> Vec<AccountCode> {
    of_role(book, Fund::R, Role::Use)
}

/// Accounts of a fund with a role that take postings: those the book opened, and leaves of its
/// chart that nothing was opened below.
pub(super) fn of_role(book: &Book, fund: Fund, wanted: Role) -> Vec<AccountCode> {
    let banks = &book.profile().banks;
    let opened = banks.iter().filter(|(code, bank)| code.fund() == fund && bank.open);
    let mut accounts: Vec<AccountCode> =
        opened.map(|(code, _)| *code).filter(|code| role(book, *code) == wanted).collect();
    let Some(rules) = book.rules() else { return accounts };
    let leaves = rules.chart.accounts().filter(|(code, account)| {
        code.fund() == fund
            && account.role == wanted
            && wanted != Role::Bank
            && rules.chart.is_leaf(*code)
            && !banks.keys().any(|bank| bank.is_below(*code))
    });
    accounts.extend(leaves.map(|(code, _)| code));
    accounts
}
