//! The acts on statements: one comes, its lines and matches, another takes its place, a match is
//! taken apart.
//!
//! A statement is independent of what is closed: it is the bank's word. Its entry heads a batch
//! with its lines and matches, and is judged with the last part.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::bank::{BankBook, Boxes, Early, Statement, boxes};
use super::open_items::OpenItem;
use super::{Book, Violation};
use crate::ledger::account::AccountCode;
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::event::Fields;
use crate::ledger::json::Tree;
use crate::ledger::money::Money;

/// Kinds that stand in the batch of a statement, behind it.
const PARTS: [&str; 3] = ["statement.lines", "statement.match", "statement.unmatch"];

impl Book {
    /// A batch that a statement heads holds nothing but its lines and matches, so that its last
    /// part judges it.
    pub(super) fn check_statement_batch(&self, entry: &Entry) -> Result<(), Violation> {
        if entry.act.is_none_or(|act| act.no == 1) {
            return Ok(());
        }
        let head = self.banks.iter().find(|(_, bank)| headed(bank, entry).is_some());
        let Some((account, _)) = head else { return Ok(()) };
        let (kind, fields) = (entry.event.kind().name, entry.event.fields());
        if PARTS.contains(&kind) && fields.account("account") == Some(*account) {
            return Ok(());
        }
        Err(Violation::StatementBatch { account: *account })
    }

    /// A statement begins: where the last one ended, with its lines to come.
    pub(super) fn record_statement(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let mut statement = Self::statement_of(entry, account)?;
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        if let Some(last) = bank.last() {
            let from = statement.from;
            if Some(from) != last.to.checked_add_days(Days::new(1)) {
                return Err(Violation::StatementGap { account, last: last.to, from });
            }
            let (closing, opening) = (last.closing, statement.opening);
            if opening != closing {
                return Err(Violation::StatementOpening { account, closing, opening });
            }
        } else {
            self.let_stand_for_past(account, &mut bank, (statement.from, statement.opening));
        }
        statement.straddling = bank.straddling(statement.to);
        bank.early.retain(|early| early.until > statement.to);
        Arc::make_mut(&mut bank.statements).push(statement);
        self.judge_statement(entry, account, bank)
    }

    /// A statement with wrong lines is replaced: the same account and days, between the same
    /// neighbours. Its lines and matches stay but for those that the batch drops.
    pub(super) fn replace_statement(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let seq = Self::named(entry, named)?.entry.seq;
        let new = Self::statement_of(entry, account)?;
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        let at = bank.statements.iter().position(|statement| statement.seq == seq);
        let at = at.ok_or(Violation::NotThatEntry { seq })?;
        let old = bank.statements[at].clone();
        if (new.from, new.to) != (old.from, old.to) {
            let (from, to) = (old.from, old.to);
            return Err(Violation::StatementPeriod { account, from, to });
        }
        let before = at.checked_sub(1).map(|before| bank.statements[before].closing);
        let opening = before.or_else(|| bank.stands_for_past.then_some(old.opening));
        if let Some(closing) = opening.filter(|closing| *closing != new.opening) {
            let opening = new.opening;
            return Err(Violation::StatementOpening { account, closing, opening });
        }
        let next = bank.statements.get(at + 1).map(|next| next.opening);
        if let Some(opening) = next.filter(|opening| *opening != new.closing) {
            let closing = new.closing;
            return Err(Violation::StatementClosing { account, closing, opening });
        }
        if opening.is_none() {
            self.let_stand_for_past(account, &mut bank, (new.from, new.opening));
        }
        Arc::make_mut(&mut bank.statements)[at] = Statement {
            seq,
            came: old.came,
            running: new.opening + (old.running - old.opening),
            straddling: old.straddling,
            ..new
        };
        self.judge_statement(entry, account, bank)
    }

    /// The first statement opens with the book's balance: it stands for what came before.
    pub(super) fn let_stand_for_past(
        &self,
        account: AccountCode,
        bank: &mut BankBook,
        (from, opening): (NaiveDate, Money),
    ) {
        let eve = from.pred_opt();
        if eve.is_some_and(|eve| self.balance_on(account, eve) == opening) {
            bank.stands_for_past = true;
            bank.book_open.remove_before(from);
        }
    }

    /// What a statement says of itself.
    fn statement_of(entry: &Entry, account: AccountCode) -> Result<Statement, Violation> {
        let fields = entry.event.fields();
        if entry.act.is_some_and(|act| act.no > 1) {
            return Err(Violation::StatementBatch { account });
        }
        let day = |key| fields.date(key).unwrap_or(entry.date);
        let (from, to) = (day("from"), day("to"));
        if to < from {
            return Err(Violation::TermReversed { from, to });
        }
        if to >= entry.time.day() {
            return Err(Violation::DateAhead { date: to, today: entry.time.day() });
        }
        let money = |key| fields.money(key).unwrap_or_default();
        Ok(Statement {
            seq: entry.seq,
            version: entry.seq,
            from,
            to,
            opening: money("opening"),
            closing: money("closing"),
            announced: fields.integer("count").unwrap_or_default(),
            came: 0,
            running: money("opening"),
            boxes: Boxes {
                book_in: money("book_in"),
                book_out: money("book_out"),
                bank_in: money("bank_in"),
                bank_out: money("bank_out"),
            },
            straddling: Boxes::default(),
        })
    }

    /// Lines of the statement that the batch began with, and lines that it no longer has.
    pub(super) fn record_statement_lines(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        let at = headed(&bank, entry).ok_or(Violation::NoStatement { account })?;
        let (rows, dropped) = (fields.list("rows"), fields.list("dropped"));
        if rows.is_empty() && dropped.is_empty() {
            return Err(Violation::NothingChanged);
        }
        let BankBook { statements, bank_open, .. } = &mut bank;
        let statement = &mut Arc::make_mut(statements)[at];
        let is_of = |day: NaiveDate| statement.from <= day && day <= statement.to;
        let mut change = Money::ZERO;
        for row in dropped {
            let serial = row.cell(0).unwrap_or_default().to_owned();
            let Some(item) = bank_open.remove(&serial) else {
                return Err(Violation::SerialUnknown { serial });
            };
            if !is_of(item.day) {
                return Err(Violation::StatementDay { serial, day: item.day });
            }
            change = change.checked_add(-item.amount).unwrap_or(change);
        }
        for row in rows {
            let serial = row.cell(0).unwrap_or_default().to_owned();
            let item = OpenItem::of_row(row, 1);
            if !is_of(item.day) {
                return Err(Violation::StatementDay { serial, day: item.day });
            }
            change = change.checked_add(item.amount).unwrap_or(change);
            if bank_open.insert(serial.clone(), item).is_some() {
                return Err(Violation::SerialTwice { serial });
            }
        }
        let count = |rows: &[Tree<'_>]| u64::try_from(rows.len()).unwrap_or(u64::MAX);
        statement.came = (statement.came + count(rows)).saturating_sub(count(dropped));
        statement.running = statement.running.checked_add(change).unwrap_or(statement.running);
        self.judge_statement(entry, account, bank)
    }

    /// Lines of both sides that are the same money.
    pub(super) fn record_match(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        let groups = groups(fields);
        for (group, items) in &groups {
            let mut sums = [Money::ZERO; 2];
            for matched in items {
                let open = matched.take(&mut bank)?;
                if open != matched.item {
                    return Err(Violation::MatchDiffers {
                        name: matched.name.to_string(),
                        day: open.day,
                        amount: open.amount,
                    });
                }
                let sum = &mut sums[usize::from(matched.is_of_book())];
                *sum = *sum + open.amount;
            }
            let [of_bank, book] = sums;
            if of_bank != book {
                return Err(Violation::MatchUnequal { group: *group, bank: of_bank, book });
            }
            for early in early(items) {
                bank.note_early(early);
            }
        }
        self.judge_statement(entry, account, bank)
    }

    /// Groups of a match that aren't the same money after all: both sides are open again.
    pub(super) fn undo_match(
        &mut self,
        entry: &Entry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let account = self.statement_account(fields)?;
        let named = &Self::named(entry, named)?.entry;
        let (seq, matched) = (named.seq, named.event.fields());
        let is_match = named.event.kind().name == "statement.match";
        if !is_match || matched.account("account") != Some(account) {
            return Err(Violation::NotThatEntry { seq });
        }
        let known = groups(matched);
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        for row in fields.list("groups") {
            let group = row.cells().first().and_then(Tree::as_integer).unwrap_or_default();
            let items = known.get(&group).ok_or(Violation::GroupUnknown { seq, group })?;
            if !Arc::make_mut(&mut bank.undone).insert((seq, group)) {
                return Err(Violation::GroupUnknown { seq, group });
            }
            for early in early(items) {
                bank.forget_early(early);
            }
            for matched in items {
                matched.give_back(&mut bank)?;
            }
        }
        self.judge_statement(entry, account, bank)
    }

    fn statement_account(&self, fields: Fields<'_>) -> Result<AccountCode, Violation> {
        let account = fields.account("account").ok_or(Violation::NoRules)?;
        if self.is_reconciled(account) { Ok(account) } else { Err(Violation::NotABank { account }) }
    }

    /// With the last part of the batch everything came and both sides reconcile.
    fn judge_statement(
        &mut self,
        entry: &Entry,
        account: AccountCode,
        bank: BankBook,
    ) -> Result<(), Violation> {
        let is_last = entry.act.is_none_or(|act| act.no == act.of);
        if let Some(at) = headed(&bank, entry).filter(|_| is_last) {
            self.check_statement(account, &bank, &bank.statements[at])?;
        }
        Arc::make_mut(&mut self.banks).insert(account, Arc::new(bank));
        Ok(())
    }

    fn check_statement(
        &self,
        account: AccountCode,
        bank: &BankBook,
        statement: &Statement,
    ) -> Result<(), Violation> {
        let Statement { announced, came, closing, running, .. } = *statement;
        if announced != came {
            return Err(Violation::StatementLines { announced, came });
        }
        if running != closing {
            return Err(Violation::StatementSum { closing, running });
        }
        let found = boxes(bank, statement.to);
        if found != statement.boxes {
            return Err(Violation::BoxesDiffer { account, found, said: statement.boxes });
        }
        let book = self.balance_on(account, statement.to);
        let bank = closing + found.book_in - found.book_out;
        let book = book + found.bank_in - found.bank_out;
        if bank == book { Ok(()) } else { Err(Violation::NotReconciled { account, bank, book }) }
    }
}

/// The statement that the batch of an entry began with, by its place.
fn headed(bank: &BankBook, entry: &Entry) -> Option<usize> {
    let first = (entry.seq + 1).saturating_sub(entry.act.map_or(1, |act| act.no));
    bank.statements.iter().rposition(|statement| statement.version == first)
}

/// A line of a match, of one side.
struct Matched<'a> {
    name: Name<'a>,
    item: OpenItem,
}

/// What a line is called on its side.
#[derive(Clone, Copy)]
enum Name<'a> {
    Serial(&'a str),
    Entry(u64),
}

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Serial(serial) => f.write_str(serial),
            Self::Entry(seq) => write!(f, "#{seq}"),
        }
    }
}

impl Matched<'_> {
    const fn is_of_book(&self) -> bool {
        matches!(self.name, Name::Entry(_))
    }

    /// Takes the line out of what is open.
    fn take(&self, bank: &mut BankBook) -> Result<OpenItem, Violation> {
        match self.name {
            Name::Serial(serial) => {
                let item = bank.bank_open.remove(serial);
                item.ok_or_else(|| Violation::SerialUnknown { serial: serial.to_owned() })
            }
            Name::Entry(seq) => bank.book_open.remove(seq).ok_or(Violation::ItemNotOpen { seq }),
        }
    }

    /// Lets the line be open again. A later line may bear the same serial by now.
    fn give_back(&self, bank: &mut BankBook) -> Result<(), Violation> {
        match self.name {
            Name::Serial(serial) => match bank.bank_open.insert(serial.to_owned(), self.item) {
                None => Ok(()),
                Some(_) => Err(Violation::SerialTwice { serial: serial.to_owned() }),
            },
            Name::Entry(seq) => {
                bank.book_open.insert(seq, self.item);
                Ok(())
            }
        }
    }
}

/// The lines of a match by group, the bank's first.
fn groups(fields: Fields<'_>) -> BTreeMap<u64, Vec<Matched<'_>>> {
    let mut groups: BTreeMap<u64, Vec<Matched<'_>>> = BTreeMap::new();
    let integer = |row: &Tree<'_>, at: usize| row.cells().get(at).and_then(Tree::as_integer);
    let of_bank = |row| Name::Serial(Tree::cell(row, 1).unwrap_or_default());
    let of_book = |row| Name::Entry(integer(row, 1).unwrap_or_default());
    let bank = fields.list("bank").iter().map(|row| (row, of_bank(row)));
    let book = fields.list("book").iter().map(|row| (row, of_book(row)));
    for (row, name) in bank.chain(book) {
        let group = groups.entry(integer(row, 0).unwrap_or_default()).or_default();
        group.push(Matched { name, item: OpenItem::of_row(row, 2) });
    }
    groups
}

/// Lines that the other side of their group comes after.
fn early<'i>(items: &'i [Matched<'_>]) -> impl Iterator<Item = Early> + 'i {
    let until = items.iter().map(|matched| matched.item.day).max();
    items.iter().filter_map(move |matched| {
        let OpenItem { day, amount } = matched.item;
        let until = until.filter(|until| day < *until)?;
        Some(Early { of_bank: !matched.is_of_book(), day, until, amount })
    })
}
