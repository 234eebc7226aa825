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

    /// True where the first statement of an account opens with the book's balance of the day
    /// before: it stands for all that came before.
    pub(super) fn stands_for_past(
        &self,
        account: AccountCode,
        from: NaiveDate,
        opening: Money,
    ) -> bool {
        let is_first = self.bank_book(account).is_none_or(|bank| bank.last.is_none());
        let eve = from.pred_opt();
        is_first && eve.is_some_and(|eve| self.balance_on(account, eve) == opening)
    }

    /// The bank's side with the lines of one more statement, nothing of it matched yet.
    pub fn bank_ahead(
        &self,
        account: AccountCode,
        (from, opening): (NaiveDate, Money),
        lines: impl IntoIterator<Item = (String, OpenItem)>,
    ) -> BankBook {
        let mut bank = self.bank_book(account).cloned().unwrap_or_default();
        if self.stands_for_past(account, from, opening) {
            bank.book_open.remove_before(from);
        }
        bank.bank_open.extend(lines);
        bank
    }
}

impl BankBook {
    /// Lines of both sides that are the same money for certain: the only ones of their day and
    /// amount on either side. Serials and numbers of entries, in the order of the entries.
    pub fn certain_matches(&self) -> Vec<(String, u64)> {
        let mut bank: HashMap<(NaiveDate, Money), Vec<&String>> = HashMap::new();
        for (serial, item) in &self.bank_open {
            bank.entry((item.day, item.amount)).or_default().push(serial);
        }
        let mut book: BTreeMap<(NaiveDate, Money), Vec<u64>> = BTreeMap::new();
        for (seq, item) in self.book_open.iter() {
            book.entry((item.day, item.amount)).or_default().push(seq);
        }
        let mut pairs: Vec<(String, u64)> = book
            .into_iter()
            .filter_map(|(key, seqs)| match (seqs.as_slice(), bank.get(&key)?.as_slice()) {
                ([seq], [serial]) => Some(((*serial).clone(), *seq)),
                _ => None,
            })
            .collect();
        pairs.sort_by_key(|(_, seq)| *seq);
        pairs
    }

    /// Takes matched lines off both sides.
    pub fn take_matched(&mut self, pairs: &[(String, u64)]) {
        for (serial, seq) in pairs {
            self.bank_open.remove(serial);
            self.book_open.remove(*seq);
        }
    }
}
