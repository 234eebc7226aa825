//! 账账相符: the trial balance on both sides; each account's ledger, added up anew from its
//! entries, beside the balance that the book keeps; sub-ledgers beside their control accounts, as
//! the book stands now.

use std::collections::BTreeMap;

use super::{Agreement, Verdict, alone, both};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::entry::Entry;
use crate::ledger::money::Money;
use crate::ledger::papers::{Asked, Cell, Rank, Row, Sources};
use crate::ledger::period::Month;
use crate::ledger::statements::{own_side, role, trial_balance, trial_total};
use crate::ledger::vouchers::{Vouchers, is_claim};

/// Rows with what comes of each.
#[derive(Default)]
struct Sheet {
    rows: Vec<Row>,
    verdicts: Vec<Verdict>,
}

impl Sheet {
    fn add(&mut self, (row, verdict): (Row, Verdict)) {
        self.rows.push(row);
        self.verdicts.push(verdict);
    }
}

pub(super) fn agreement(from: &Sources<'_>, asked: &Asked) -> Agreement {
    let mut sheet = Sheet::default();
    trial(from, asked, &mut sheet);
    ledgers(from, asked, &mut sheet);
    sub_ledgers(from, asked, &mut sheet);
    let verdict = Verdict::over(sheet.verdicts);
    Agreement { name: "agree_ledgers", verdict, rows: sheet.rows }
}

/// Debit and credit of the trial balance are the same in every column.
fn trial(from: &Sources<'_>, asked: &Asked, sheet: &mut Sheet) {
    let total = trial_total(&trial_balance(from.book, asked.fund, asked.period));
    for (name, (debit, credit)) in [
        ("trial_opening", total.opening),
        ("trial_turnover", total.turnover),
        ("trial_closing", total.closing),
    ] {
        let lead = [Cell::Word(name), Cell::Word("debit_and_credit"), Cell::Empty];
        sheet.add(both(Rank::Line, lead, debit, credit));
    }
}

/// Opening and every line of an account come to its balance.
fn ledgers(from: &Sources<'_>, asked: &Asked, sheet: &mut Sheet) {
    let mut moved: BTreeMap<AccountCode, Money> = BTreeMap::new();
    // Openings are where months begin; what closes the period's own year stands behind it.
    let counts = |entry: &Entry| {
        let closes = entry.event.kind().name == "close" && Month::of(entry.date) >= asked.period.to;
        !closes && !from.vouchers.is_opening(entry.seq)
    };
    let entries = from.entries.iter().map(|posted| &posted.entry).filter(|entry| counts(entry));
    for line in entries.flat_map(|entry| &entry.lines) {
        let sum = moved.entry(line.account).or_default();
        *sum = *sum + line.signed();
    }
    for row in trial_balance(from.book, asked.fund, asked.period) {
        let ledger = row.opening + moved.remove(&row.account).unwrap_or_default();
        let lead = [Cell::Account(row.account), Cell::Word("ledger_and_balance"), Cell::Empty];
        sheet.add(both(Rank::Line, lead, ledger, row.closing));
    }
}

/// Who is owed and who owes, one by one, come to their account.
fn sub_ledgers(from: &Sources<'_>, asked: &Asked, sheet: &mut Sheet) {
    let (book, sums) = (from.book, from.book.fund(asked.fund));
    for account in sums.accounts.keys().copied() {
        let of = role(book, account);
        let parts = match of {
            Role::Unproven => claims(book),
            of if of.is_others_money() => items(book, account),
            of if is_claim(of) && of != Role::Clearing => debtors(from.vouchers, account),
            _ => continue,
        };
        let control = own_side(book, account);
        if parts.is_empty() && control.is_zero() {
            continue;
        }
        let sum = parts.iter().map(|(_, amount)| *amount).sum();
        let day = sums.last_day.map_or(Cell::Empty, Cell::Day);
        let lead = [Cell::Account(account), Cell::Word("parts_and_account"), day];
        let (mut row, mut verdict) = both(Rank::Heading, lead, sum, control);
        if parts.is_empty() {
            // Nobody ever said whose it is, so there is nothing to hold the account against.
            verdict = Verdict::Unsaid("no_parts");
            row.cells.truncate(3);
            row.cells.extend([Cell::Empty, Cell::Money(control), Cell::Empty]);
            row.cells.push(Cell::Word(verdict.word()));
        }
        sheet.add((row, verdict));
        sheet.rows.extend(parts.into_iter().map(|(of, amount)| {
            alone([Cell::Empty, of, Cell::Empty], Cell::Money(amount), Cell::Empty)
        }));
    }
}

/// Money of others by contract, payer or holder.
fn items(book: &Book, account: AccountCode) -> Vec<(Cell, Money)> {
    let items = book.fund(account.fund()).items.iter();
    let items = items.filter(|((of, _), held)| *of == account && !held.is_zero());
    items.map(|((_, item), held)| (Cell::Text(item.clone()), -*held)).collect()
}

/// Payments that await evidence, by the entry that opened each.
fn claims(book: &Book) -> Vec<(Cell, Money)> {
    let claims = book.claims().iter().filter(|(_, claim)| !claim.open.is_zero());
    claims.map(|(seq, claim)| (Cell::Entry(*seq), claim.open)).collect()
}

/// What others owe by whom, as the walk over the entries finds it.
fn debtors(vouchers: &Vouchers, account: AccountCode) -> Vec<(Cell, Money)> {
    let open = vouchers.open(account.fund()).filter(|(of, _, _)| *of == account);
    let whose = |item: Option<&str>| {
        item.map_or(Cell::Word("not_said"), |item| Cell::Text(item.to_owned()))
    };
    open.map(|(_, item, pieces)| (whose(item), pieces.values().copied().sum())).collect()
}
