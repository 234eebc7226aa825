//! What a statement would leave open, before it is posted: for whoever draws it up, so that what
//! it says of itself is what the fold will find.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::{BankBook, Book, OpenItem};
use crate::ledger::account::AccountCode;
use crate::ledger::chart::Role;
use crate::ledger::money::Money;

impl Book {
    /// True for an account that a bank or a platform keeps, so that statements speak of it.
    pub fn is_reconciled(&self, account: AccountCode) -> bool {
        let rules = self.rules.as_ref();
        let role = rules.and_then(|rules| rules.chart.nearest(account)).map(|found| found.role);
        match role {
            Some(Role::Bank) => self.profile.bank(account).is_some(),
            Some(Role::Clearing) => true,
            _ => false,
        }
    }

    /// The bank's side with the lines of one more statement, nothing of it matched yet.
    pub fn bank_ahead(
        &self,
        account: AccountCode,
        first: (NaiveDate, Money),
        lines: impl IntoIterator<Item = (String, OpenItem)>,
    ) -> BankBook {
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        if bank.last().is_none() {
            self.let_stand_for_past(account, &mut bank, first);
        }
        bank.bank_open.extend(lines);
        bank
    }
}

/// A line of either side that is the same money for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The line of the statement.
    pub serial: String,
    /// The entry.
    pub seq: u64,
    /// The money, and its day on both sides.
    pub item: OpenItem,
}

impl BankBook {
    /// Lines of both sides that are the same money for certain: the only ones of their day and
    /// amount on either side. In the order of the entries.
    pub fn certain_matches(&self) -> Vec<Pair> {
        let mut bank: HashMap<(NaiveDate, Money), Vec<&String>> = HashMap::new();
        for (serial, item) in &self.bank_open {
            bank.entry((item.day, item.amount)).or_default().push(serial);
        }
        let mut book: BTreeMap<(NaiveDate, Money), Vec<u64>> = BTreeMap::new();
        for (seq, item) in self.book_open.iter() {
            book.entry((item.day, item.amount)).or_default().push(seq);
        }
        let pair = |((day, amount), seqs): ((NaiveDate, Money), Vec<u64>)| match (
            seqs.as_slice(),
            bank.get(&(day, amount))?.as_slice(),
        ) {
            ([seq], [serial]) => {
                Some(Pair { serial: (*serial).clone(), seq: *seq, item: OpenItem { day, amount } })
            }
            _ => None,
        };
        let mut pairs: Vec<Pair> = book.into_iter().filter_map(pair).collect();
        pairs.sort_by_key(|pair| pair.seq);
        pairs
    }

    /// Takes matched lines off both sides.
    pub fn take_matched(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            self.bank_open.remove(&pair.serial);
            self.book_open.remove(pair.seq);
        }
    }
}
