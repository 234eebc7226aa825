//! Bank statements beside the book: what both know, what only one of them knows, and that the
//! two sides reconcile (银行存款余额调节表).
//!
//! ```text
//! bank's closing + book-only in − book-only out = book's balance + bank-only in − bank-only out
//! ```
//! A statement is independent of what is closed: it is the bank's word. Its entry heads a batch
//! with its lines and matches, and is judged with the last part. The book keeps lines that are
//! not matched, on both sides, and of matched ones only that they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::open_items::{OpenItem, OpenItems};
use super::{Book, Violation};
use crate::ledger::account::AccountCode;
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line};
use crate::ledger::event::Fields;
use crate::ledger::json::Tree;
use crate::ledger::money::Money;
use crate::ledger::period::parse_date;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// What the statements of an account leave open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankBook {
    /// The last statement.
    pub last: Option<LastStatement>,
    /// Entries that no bank line is matched to, by number.
    pub book_open: OpenItems,
    /// Bank lines that no entry is matched to, by serial.
    pub bank_open: BTreeMap<String, OpenItem>,
    /// What is accounted on another day than it took place, by day, ascending; all of it together
    /// is nothing. The bank knows only the days on which it took place.
    #[serde(with = "serial::from_day")]
    pub shifted: Vec<(NaiveDate, Money)>,
}

/// Where the last statement of an account ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastStatement {
    /// Its entry.
    pub seq: u64,
    /// First day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(with = "serial::day")]
    pub to: NaiveDate,
    /// The bank's balance then.
    pub closing: Money,
    /// Lines that were said to come, and have come.
    pub announced: u64,
    /// Lines that came.
    pub came: u64,
    /// Opening and all lines so far.
    pub running: Money,
    /// The four totals of the reconciliation, as recorded.
    pub boxes: Boxes,
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

    fn bank_mut(&mut self, account: AccountCode) -> &mut BankBook {
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

    /// A batch that a statement heads holds nothing but its lines and matches, so that its last
    /// part judges it.
    pub(super) fn check_statement_batch(&self, entry: &Entry) -> Result<(), Violation> {
        let Some(act) = entry.act.filter(|act| act.no > 1) else { return Ok(()) };
        let first = (entry.seq + 1).saturating_sub(act.no);
        let heads = |bank: &BankBook| bank.last.as_ref().is_some_and(|last| last.seq == first);
        let Some((account, _)) = self.banks.iter().find(|(_, bank)| heads(bank)) else {
            return Ok(());
        };
        let (kind, fields) = (entry.event.kind().name, entry.event.fields());
        let is_part = matches!(kind, "statement.lines" | "statement.match");
        if is_part && fields.account("account") == Some(*account) {
            return Ok(());
        }
        Err(Violation::StatementBatch { account: *account })
    }

    /// A statement begins: where the last one ended, with its lines to come.
    pub(super) fn record_statement(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        if entry.act.is_some_and(|act| act.no > 1) {
            return Err(Violation::StatementBatch { account });
        }
        let (from, to) = (day(fields, "from", entry), day(fields, "to", entry));
        if to < from {
            return Err(Violation::TermReversed { from, to });
        }
        if to >= entry.time.day() {
            return Err(Violation::DateAhead { date: to, today: entry.time.day() });
        }
        let money = |key| fields.money(key).unwrap_or_default();
        let (opening, announced) = (money("opening"), fields.integer("count").unwrap_or_default());
        if let Some(last) = self.bank_book(account).and_then(|bank| bank.last.as_ref()) {
            if Some(from) != last.to.checked_add_days(Days::new(1)) {
                return Err(Violation::StatementGap { account, last: last.to, from });
            }
            if opening != last.closing {
                let closing = last.closing;
                return Err(Violation::StatementOpening { account, closing, opening });
            }
        }
        let boxes = Boxes {
            book_in: money("book_in"),
            book_out: money("book_out"),
            bank_in: money("bank_in"),
            bank_out: money("bank_out"),
        };
        let last = LastStatement {
            seq: entry.seq,
            from,
            to,
            closing: money("closing"),
            announced,
            came: 0,
            running: opening,
            boxes,
        };
        // The first statement opens with the book's balance: it stands for what came before.
        let stands_for_past = self.stands_for_past(account, from, opening);
        let judged = self.with_bank(account, |bank| {
            if stands_for_past {
                bank.book_open.remove_before(from);
            }
            bank.last = Some(last);
            Ok(())
        })?;
        self.judge_statement(entry, account, judged)
    }

    /// Lines of the statement that the batch began with.
    pub(super) fn record_statement_lines(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let judged = self.with_bank(account, |bank| {
            let heads = has_statement(bank, entry);
            let last = bank.last.as_mut().filter(|_| heads);
            let last = last.ok_or(Violation::NoStatement { account })?;
            for row in fields.list("rows") {
                let cell = |at| row.cell(at).unwrap_or_default();
                let (serial, amount): (_, Money) =
                    (cell(0).to_owned(), cell(3).parse().unwrap_or_default());
                let amount = if cell(2) == "out" { -amount } else { amount };
                let day = parse_date(cell(1)).unwrap_or(last.from);
                if day < last.from || day > last.to {
                    return Err(Violation::StatementDay { serial, day });
                }
                last.came += 1;
                last.running = last.running.checked_add(amount).unwrap_or(last.running);
                if bank.bank_open.insert(serial.clone(), OpenItem { day, amount }).is_some() {
                    return Err(Violation::SerialTwice { serial });
                }
            }
            Ok(())
        })?;
        self.judge_statement(entry, account, judged)
    }

    /// Lines of both sides that are the same money.
    pub(super) fn record_match(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let judged = self.with_bank(account, |bank| {
            let mut groups: BTreeMap<u64, [Money; 2]> = BTreeMap::new();
            for row in fields.list("bank") {
                let serial = row.cell(1).unwrap_or_default().to_owned();
                let item = bank.bank_open.remove(&serial);
                let item = item.ok_or(Violation::SerialUnknown { serial })?;
                let sum = &mut groups.entry(group(row)).or_default()[0];
                *sum = *sum + item.amount;
            }
            for row in fields.list("book") {
                let seq = row.cells().get(1).and_then(Tree::as_integer).unwrap_or_default();
                let item = bank.book_open.remove(seq);
                let item = item.ok_or(Violation::ItemNotOpen { seq })?;
                let sum = &mut groups.entry(group(row)).or_default()[1];
                *sum = *sum + item.amount;
            }
            match groups.into_iter().find(|(_, [bank, book])| bank != book) {
                Some((group, [bank, book])) => Err(Violation::MatchUnequal { group, bank, book }),
                None => Ok(()),
            }
        })?;
        self.judge_statement(entry, account, judged)
    }

    fn statement_account(&self, fields: Fields<'_>) -> Result<AccountCode, Violation> {
        let account = fields.account("account").ok_or(Violation::NoRules)?;
        if self.is_reconciled(account) { Ok(account) } else { Err(Violation::NotABank { account }) }
    }

    /// Changes a copy of what is open, so that a refusal leaves the book as it was.
    fn with_bank(
        &self,
        account: AccountCode,
        change: impl FnOnce(&mut BankBook) -> Result<(), Violation>,
    ) -> Result<BankBook, Violation> {
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        change(&mut bank)?;
        Ok(bank)
    }

    /// With the last part of the batch everything came and both sides reconcile.
    fn judge_statement(
        &mut self,
        entry: &Entry,
        account: AccountCode,
        bank: BankBook,
    ) -> Result<(), Violation> {
        let is_last = entry.act.is_none_or(|act| act.no == act.of);
        if let Some(last) = bank.last.as_ref().filter(|_| is_last && has_statement(&bank, entry)) {
            let (announced, came) = (last.announced, last.came);
            if announced != came {
                return Err(Violation::StatementLines { announced, came });
            }
            if last.running != last.closing {
                let (closing, running) = (last.closing, last.running);
                return Err(Violation::StatementSum { closing, running });
            }
            let found = boxes(&bank, last.to);
            if found != last.boxes {
                return Err(Violation::BoxesDiffer { account, found, said: last.boxes });
            }
            let book = self.balance_on(account, last.to);
            let adjusted_bank = last.closing + found.book_in - found.book_out;
            let adjusted_book = book + found.bank_in - found.bank_out;
            if adjusted_bank != adjusted_book {
                let (bank, book) = (adjusted_bank, adjusted_book);
                return Err(Violation::NotReconciled { account, bank, book });
            }
        }
        Arc::make_mut(&mut self.banks).insert(account, Arc::new(bank));
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

/// True where this entry's batch began with the last statement of its account.
fn has_statement(bank: &BankBook, entry: &Entry) -> bool {
    let first = entry.seq + 1 - entry.act.map_or(1, |act| act.no);
    bank.last.as_ref().is_some_and(|last| last.seq >= first)
}

/// The four totals of what is open at the end of a day.
pub fn boxes(bank: &BankBook, to: NaiveDate) -> Boxes {
    let sum = |items: &mut dyn Iterator<Item = OpenItem>| {
        let (mut received, mut paid) = (Money::ZERO, Money::ZERO);
        for item in items.filter(|item| item.day <= to) {
            if item.amount.is_negative() {
                paid = paid - item.amount;
            } else {
                received = received + item.amount;
            }
        }
        (received, paid)
    };
    let (book_in, book_out) = sum(&mut bank.book_open.iter().map(|(_, item)| item));
    let (bank_in, bank_out) = sum(&mut bank.bank_open.values().copied());
    Boxes { book_in, book_out, bank_in, bank_out }
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

fn group(row: &Tree<'_>) -> u64 {
    row.cells().first().and_then(Tree::as_integer).unwrap_or_default()
}

fn day(fields: Fields<'_>, key: &str, entry: &Entry) -> NaiveDate {
    fields.date(key).unwrap_or(entry.date)
}
