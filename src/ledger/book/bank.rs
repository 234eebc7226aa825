//! Bank statements beside the book: what both know, what only one of them knows, and that the
//! two sides reconcile (银行存款余额调节表).
//!
//! ```text
//! bank's closing + book-only in − book-only out = book's balance + bank-only in − bank-only out
//! ```
//! The book keeps lines that are not matched, on both sides, and of matched ones only that they
//! are: what their days leave open in between is summed up for each statement. Read next:
//! [`super::statement`], the acts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::open_items::{OpenItem, OpenItems};
use super::{Book, Violation};
use crate::ledger::account::AccountCode;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line};
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// What the statements of an account leave open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankBook {
    /// Its statements, day by day without a gap.
    pub statements: Arc<Vec<Statement>>,
    /// The first of them stands for what came before it.
    pub stands_for_past: bool,
    /// Entries that no bank line is matched to, by number.
    pub book_open: OpenItems,
    /// Bank lines that no entry is matched to, by serial.
    pub bank_open: BTreeMap<String, OpenItem>,
    /// What is matched and will be open again at the end of days after the last statement.
    pub early: Vec<Early>,
    /// Groups that were taken apart, by the number of their match.
    pub undone: Arc<BTreeSet<(u64, u64)>>,
    /// What is accounted on another day than it took place, by day, ascending; all of it together
    /// is nothing. The bank knows only the days on which it took place.
    #[serde(with = "serial::from_day")]
    pub shifted: Vec<(NaiveDate, Money)>,
}

/// A statement, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Its entry.
    pub seq: u64,
    /// The entry whose figures stand: its own, or that of its last replacement.
    pub version: u64,
    /// First day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(with = "serial::day")]
    pub to: NaiveDate,
    /// The bank's balance before the first.
    pub opening: Money,
    /// The bank's balance after the last.
    pub closing: Money,
    /// Lines that were said to come, and have come.
    pub announced: u64,
    /// Lines that came.
    pub came: u64,
    /// Opening and all lines so far.
    pub running: Money,
    /// The four totals of the reconciliation, as recorded.
    pub boxes: Boxes,
    /// What is matched, but to something after its last day: part of the four totals.
    pub straddling: Boxes,
}

/// A matched line whose other side comes later: open at the end of each day from its own to
/// before that of the last line of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Early {
    /// True for a bank's line, false for an entry.
    pub of_bank: bool,
    /// Its day.
    #[serde(with = "serial::day")]
    pub day: NaiveDate,
    /// The day on which the other side has all of it.
    #[serde(with = "serial::day")]
    pub until: NaiveDate,
    /// In positive, out negative.
    pub amount: Money,
}

/// The four totals of a reconciliation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boxes {
    /// Received by the book, not yet by the bank (企业已收、银行未收).
    pub book_in: Money,
    /// Paid by the book, not yet by the bank (企业已付、银行未付).
    pub book_out: Money,
    /// Received by the bank, not yet by the book (银行已收、企业未收).
    pub bank_in: Money,
    /// Paid by the bank, not yet by the book (银行已付、企业未付).
    pub bank_out: Money,
}

/// Statements by account.
pub type BankBooks = BTreeMap<AccountCode, Arc<BankBook>>;

impl Book {
    /// What the bank of an account says beside the book.
    pub fn bank_book(&self, account: AccountCode) -> Option<&BankBook> {
        self.banks.get(&account).map(AsRef::as_ref)
    }

    /// The entry that replaced a statement, by the statement's number.
    pub fn statement_in_place_of(&self, seq: u64) -> Option<u64> {
        let mut statements = self.banks.values().flat_map(|bank| bank.statements.iter());
        let found = statements.find(|statement| statement.seq == seq)?;
        Some(found.version).filter(|version| *version != seq)
    }

    pub(super) fn bank_mut(&mut self, account: AccountCode) -> &mut BankBook {
        let banks = Arc::make_mut(&mut self.banks);
        Arc::make_mut(banks.entry(account).or_default())
    }

    /// Lines on accounts that a bank or a platform keeps wait to be matched.
    pub(super) fn note_bank_items(&mut self, rules: &Rules, entry: &Entry) {
        let (seq, day) = (entry.seq, entry.occurred_on());
        for (account, amount) in moved(rules, &entry.lines) {
            let bank = self.bank_mut(account);
            bank.shift(amount, entry.date, day);
            if amount.is_zero() {
                bank.book_open.remove(seq);
            } else {
                bank.book_open.insert(seq, OpenItem { day, amount });
            }
        }
    }

    /// A correction of what waits to be matched waits in its place; what is matched stays so.
    pub(super) fn note_corrected_items(
        &mut self,
        rules: &Rules,
        root: &Entry,
        stood: &[Line],
        right: &[Line],
        date: NaiveDate,
    ) {
        let day = root.occurred_on();
        let mut sums = moved(rules, right);
        for (account, amount) in sums.clone() {
            self.bank_mut(account).shift(amount, date, day);
        }
        for (account, amount) in moved(rules, stood) {
            self.bank_mut(account).shift(amount, day, date);
            let is_open = |bank: &BankBook| bank.book_open.get(root.seq).is_some();
            let matched = !amount.is_zero() && !self.bank_book(account).is_some_and(is_open);
            if matched {
                sums.remove(&account);
            } else {
                sums.entry(account).or_default();
            }
        }
        for (account, amount) in sums {
            let items = &mut self.bank_mut(account).book_open;
            if amount.is_zero() {
                items.remove(root.seq);
            } else {
                items.insert(root.seq, OpenItem { day, amount });
            }
        }
    }

    /// I7: what a bank line is matched to stands as the bank has it.
    pub(super) fn check_matched(
        &self,
        rules: &Rules,
        seq: u64,
        stood: &[Line],
        right: &[Line],
        same_day: bool,
    ) -> Result<(), Violation> {
        let (before, after) = (moved(rules, stood), moved(rules, right));
        for (account, amount) in before.iter().filter(|(_, amount)| !amount.is_zero()) {
            let Some(bank) = self.bank_book(*account) else { continue };
            if bank.book_open.get(seq).is_some() {
                continue;
            }
            let now = after.get(account).copied().unwrap_or_default();
            if now != *amount || !same_day {
                let (account, matched) = (*account, *amount);
                return Err(Violation::MatchedLine { account, matched, now });
            }
        }
        Ok(())
    }

    /// The book's balance of an account that holds money at the end of a day, by the days on
    /// which it moved.
    pub fn balance_on(&self, account: AccountCode, day: NaiveDate) -> Money {
        let book = self.fund(account.fund());
        let later: Money = book
            .months
            .values()
            .flat_map(|month| &month.days)
            .filter(|((of, on), _)| *of == account && *on > day)
            .map(|(_, moved)| *moved)
            .sum();
        let shifted = self.bank_book(account).map_or(Money::ZERO, |bank| {
            bank.shifted.iter().filter(|(on, _)| *on <= day).map(|(_, sum)| *sum).sum()
        });
        self.balances.balance(account) - later + shifted
    }
}

impl BankBook {
    /// The last statement.
    pub fn last(&self) -> Option<&Statement> {
        self.statements.last()
    }

    /// What is matched to something after a day: that of a statement, or later.
    pub(super) fn straddling(&self, to: NaiveDate) -> Boxes {
        if let Some(statement) = self.statements.iter().rev().find(|s| s.to == to) {
            return statement.straddling;
        }
        let mut totals = Boxes::default();
        for early in self.early.iter().filter(|early| early.is_open_on(to)) {
            totals.count(early.of_bank, early.amount);
        }
        totals
    }

    /// A line is matched whose group ends on a later day.
    pub(super) fn note_early(&mut self, early: Early) {
        if early.until <= early.day {
            return;
        }
        for statement in Arc::make_mut(&mut self.statements) {
            if early.is_open_on(statement.to) {
                statement.straddling.count(early.of_bank, early.amount);
            }
        }
        if self.last().is_none_or(|last| last.to < early.until) {
            self.early.push(early);
        }
    }

    /// Its group is taken apart again.
    pub(super) fn forget_early(&mut self, early: Early) {
        for statement in Arc::make_mut(&mut self.statements) {
            if early.is_open_on(statement.to) {
                statement.straddling.uncount(early.of_bank, early.amount);
            }
        }
        if let Some(at) = self.early.iter().position(|noted| *noted == early) {
            self.early.remove(at);
        }
    }

    /// An amount counts on another day than that of its date.
    fn shift(&mut self, amount: Money, from: NaiveDate, to: NaiveDate) {
        if from == to {
            return;
        }
        for (day, amount) in [(from, -amount), (to, amount)] {
            match self.shifted.binary_search_by_key(&day, |(day, _)| *day) {
                Ok(at) => self.shifted[at].1 = self.shifted[at].1 + amount,
                Err(at) => self.shifted.insert(at, (day, amount)),
            }
        }
        self.shifted.retain(|(_, sum)| !sum.is_zero());
    }
}

impl Early {
    /// True at the end of a day on which only one side has it.
    fn is_open_on(&self, day: NaiveDate) -> bool {
        self.day <= day && day < self.until
    }
}

impl Boxes {
    /// Counts an open line.
    fn count(&mut self, of_bank: bool, amount: Money) {
        let (paid, size) =
            (amount.is_negative(), if amount.is_negative() { -amount } else { amount });
        self.add(of_bank, paid, size);
    }

    /// Takes back what was counted.
    fn uncount(&mut self, of_bank: bool, amount: Money) {
        let (paid, size) =
            (amount.is_negative(), if amount.is_negative() { amount } else { -amount });
        self.add(of_bank, paid, size);
    }

    fn add(&mut self, of_bank: bool, paid: bool, size: Money) {
        let total = match (of_bank, paid) {
            (false, false) => &mut self.book_in,
            (false, true) => &mut self.book_out,
            (true, false) => &mut self.bank_in,
            (true, true) => &mut self.bank_out,
        };
        *total = *total + size;
    }
}

/// The four totals of what is open at the end of a day: that of a statement, or later.
pub fn boxes(bank: &BankBook, to: NaiveDate) -> Boxes {
    let mut totals = bank.straddling(to);
    let of_book = bank.book_open.iter().map(|(_, item)| (false, item));
    let of_bank = bank.bank_open.values().map(|item| (true, *item));
    for (of_bank, item) in of_book.chain(of_bank).filter(|(_, item)| item.day <= to) {
        totals.count(of_bank, item.amount);
    }
    totals
}

/// What lines move on each account that a bank or a platform keeps.
fn moved(rules: &Rules, lines: &[Line]) -> BTreeMap<AccountCode, Money> {
    let mut sums = BTreeMap::new();
    for line in lines {
        let role = rules.chart.nearest(line.account).map(|found| found.role);
        if matches!(role, Some(Role::Bank | Role::Clearing)) {
            let sum: &mut Money = sums.entry(line.account).or_default();
            *sum = *sum + line.signed();
        }
    }
    sums
}
