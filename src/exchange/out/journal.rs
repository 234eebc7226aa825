//! What plain-text accounting programs get: transactions, accounts, and the balance of every
//! account at the end of each month in which it moved.
//!
//! A whole book is written as it was posted, corrections and closings included, so its balances
//! are the book's. A part of it is the rows of the page, as they stand, without balances: an
//! extract can't know them. Names are Chinese in both languages, so that they never change.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Format, Scope};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::{AccountType, Role};
use crate::ledger::entry::{Entry, Line, PostedEntry};
use crate::ledger::id::EntryHash;
use crate::ledger::listing::Filter;
use crate::ledger::money::Money;
use crate::ledger::month_ends::{Openings, month_ends};
use crate::ledger::period::Month;
use crate::ledger::statements::lines_total;
use crate::ledger::vouchers::Vouchers;

/// The commodity of every amount.
pub const CURRENCY: &str = "CNY";

/// A transaction: lines that balance, and where they come from.
pub struct Transaction<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Its hash.
    pub hash: EntryHash,
    /// Fund and number of its vouchers.
    pub vouchers: Vec<(Fund, String)>,
    /// The lines to write.
    pub lines: &'a [Line],
    /// The correction whose lines they are, in an extract.
    pub corrected_by: Option<u64>,
}

impl Transaction<'_> {
    /// What it was, for people: kind and memo.
    pub fn description(&self) -> String {
        let kind = self.entry.event.kind().zh;
        match &self.entry.memo {
            Some(memo) => format!("{kind} {}", one_line(memo)),
            None => kind.to_owned(),
        }
    }

    /// The contract of a line: its own, or the event's.
    pub fn contract<'l>(&'l self, line: &'l Line) -> Option<&'l str> {
        let of_event = || self.entry.event.fields().text("contract");
        line.contract.as_deref().or_else(of_event)
    }

    /// What else a line says of itself: name and value.
    pub fn line_tags<'l>(&'l self, line: &'l Line) -> Vec<(&'static str, String)> {
        let period = line.period.map(|period| period.to_string());
        let owned = |text: Option<&str>| text.map(one_line);
        [
            ("contract", owned(self.contract(line))),
            ("period", period),
            ("part", owned(line.part.as_deref())),
            ("item", owned(line.item.as_deref().or(line.holder.as_deref()))),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// An account of the journal.
pub struct Named {
    /// Its code.
    pub code: AccountCode,
    /// Its own name.
    pub name: String,
    /// In which statement it stands.
    pub account_type: AccountType,
    /// Whether it is money in a bank.
    pub is_bank: bool,
}

/// How a program spells a journal.
pub trait Dialect: Send {
    /// A line that the program skips.
    fn comment(&self, text: &str) -> String;
    /// Options, commodity and accounts.
    fn head(&self, book: &Book, accounts: &[Named]) -> String;
    /// A transaction.
    fn transaction(&self, book: &Book, transaction: &Transaction<'_>, out: &mut String);
    /// What stood on accounts at the end of a month.
    fn month_end(
        &self,
        book: &Book,
        last: NaiveDate,
        balances: &[(AccountCode, Money)],
        out: &mut String,
    );
}

/// A journal under way.
pub struct Journal<D> {
    dialect: D,
    scope: Scope,
    /// Openings and their corrections: no month of the book counts them.
    openings: Openings,
    opened_by: BTreeSet<u64>,
    transactions: u64,
    vouchers: Vouchers,
    totals: [(Money, Money); 2],
}

impl<D: Dialect> Journal<D> {
    /// A journal of what a scope names.
    pub fn new(dialect: D, scope: Scope) -> Self {
        let (openings, opened_by) = (Openings::new(), BTreeSet::new());
        let vouchers = Vouchers::default();
        let totals = Default::default();
        Self { dialect, scope, openings, opened_by, transactions: 0, vouchers, totals }
    }

    fn is_whole(&self) -> bool {
        self.scope.filter == Filter::default()
    }

    fn add(&mut self, book: &Book, transaction: &Transaction<'_>, out: &mut String) {
        self.transactions += 1;
        for (fund, sums) in Fund::ALL.into_iter().zip(&mut self.totals) {
            let lines = transaction.lines.iter().filter(|line| line.account.fund() == fund);
            let (debit, credit) = lines_total(&lines.cloned().collect::<Vec<_>>());
            *sums = (sums.0 + debit, sums.1 + credit);
        }
        self.dialect.transaction(book, transaction, out);
    }

    /// `记-202503-0001` for each fund that the entry touches.
    fn numbers(&self, entry: &Entry, funds: &[Fund]) -> Vec<(Fund, String)> {
        let number = |fund: &Fund| Some((*fund, self.vouchers.number(*fund, entry)?.to_string()));
        funds.iter().filter_map(number).collect()
    }

    fn note_opening(&mut self, entry: &Entry) {
        let corrected = entry.event.fields().integer("seq");
        let is_opening = match entry.event.kind().name {
            "opening" => self.opened_by.insert(entry.seq),
            "correct" => corrected.is_some_and(|seq| self.opened_by.contains(&seq)),
            _ => false,
        };
        for line in entry.lines.iter().filter(|_| is_opening) {
            let sum = self.openings.entry((entry.date, line.account)).or_default();
            *sum = *sum + line.signed();
        }
    }

    fn comments(&self, texts: &[String]) -> String {
        texts.iter().map(|text| self.dialect.comment(&one_line(text))).collect()
    }
}

impl<D: Dialect> Format for Journal<D> {
    fn begin(&mut self, book: &Book) -> Vec<u8> {
        let (words, profile, head) = (self.scope.words, book.profile(), book.head());
        let said = |key: &str, value: &str| format!("{}: {value}", words.t(key));
        let mut text = self.comments(&[
            said("file.estate", &format!("{} {}", profile.code, profile.name)),
            said("file.entries", &head.entries.to_string()),
            said("file.head", &head.hash.to_string()),
            said("file.as_of", &self.scope.as_of.to_string()),
            said("file.program", concat!("mingzhang ", env!("CARGO_PKG_VERSION"))),
            said("file.filter", &words.filter(&self.scope.filter)),
            words.t(if self.is_whole() { "file.as_posted" } else { "file.extract" }).into_owned(),
            words.t("file.looking").into_owned(),
        ]);
        text.push_str(&self.dialect.head(book, &accounts(book)));
        text.into_bytes()
    }

    fn entry(&mut self, book: &Book, posted: &PostedEntry, piece: &mut Vec<u8>) {
        let (entry, hash) = (&posted.entry, posted.hash);
        let mut out = String::new();
        self.vouchers.add(book, posted);
        if self.is_whole() {
            if !entry.lines.is_empty() {
                self.note_opening(entry);
                let lines = entry.lines.as_slice();
                let transaction = Transaction {
                    entry,
                    hash,
                    vouchers: self.numbers(entry, &Fund::ALL),
                    lines,
                    corrected_by: None,
                };
                self.add(book, &transaction, &mut out);
            }
        } else {
            for row in self.scope.filter.rows(book, entry) {
                let (lines, corrected_by) = (row.lines.as_slice(), row.corrected_by);
                if !lines.is_empty() {
                    let transaction = Transaction {
                        entry,
                        hash,
                        vouchers: self.numbers(entry, &[row.fund]),
                        lines,
                        corrected_by,
                    };
                    self.add(book, &transaction, &mut out);
                }
            }
        }
        piece.extend_from_slice(out.as_bytes());
    }

    fn end(&mut self, book: &Book) -> Vec<u8> {
        let mut text = String::new();
        if self.is_whole() {
            // Both funds month by month; within a day a program takes them in this order, so
            // they stand behind every transaction.
            for fund in Fund::ALL {
                for end in month_ends(book, fund, &self.openings) {
                    let last = Month::last_day(end.month);
                    self.dialect.month_end(book, last, &end.balances, &mut text);
                }
            }
        }
        let words = self.scope.words;
        let mut totals = vec![format!("{}: {}", words.t("file.transactions"), self.transactions)];
        for (fund, (debit, credit)) in Fund::ALL.into_iter().zip(self.totals) {
            let (in_debit, in_credit) = (words.t("file.debit"), words.t("file.credit"));
            let fund = words.fund(fund);
            totals.push(format!("{fund}: {in_debit} {debit}, {in_credit} {credit}"));
        }
        text.push_str(&self.comments(&totals));
        text.into_bytes()
    }
}

/// Every account that was ever posted to.
fn accounts(book: &Book) -> Vec<Named> {
    let chart = book.rules().map(|rules| &rules.chart);
    let named = book.balances().accounts().map(|(code, _)| {
        let known = chart.and_then(|chart| chart.nearest(code));
        Named {
            code,
            name: name(book, code),
            account_type: account_type(book, code),
            is_bank: known.is_some_and(|known| known.role == Role::Bank),
        }
    });
    named.collect()
}

/// In which statement an account stands.
pub fn account_type(book: &Book, code: AccountCode) -> AccountType {
    let known = book.rules().and_then(|rules| rules.chart.nearest(code));
    known.map_or(AccountType::Asset, |known| known.account_type)
}

/// An account's Chinese name on one line.
pub fn name(book: &Book, code: AccountCode) -> String {
    one_line(&book.account_name(code).unwrap_or_default())
}

/// A code without its fund: `1001.01`.
pub fn number(code: &AccountCode) -> &str {
    code.as_str().get(2..).unwrap_or_default()
}

/// A text on one line, blanks single: both programs end a text at a line's end, and hledger ends
/// an account's name at two blanks.
pub fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
