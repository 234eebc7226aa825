//! How much memory a book takes, for a cache with a bound.
//!
//! An estimate from lengths: no text is looked at, nothing is written. Read next:
//! [`super::snapshot`].

use super::{BankBook, Book, Contract, FundBook, MonthSums};
use crate::ledger::account::Fund;

// Bytes of one of each with its texts, its share of the tree it stands in and what the
// allocator adds. Found by counting the allocations of books of two to 100,000 entries and
// dividing what one more month, contract or correction added; round numbers, since the texts
// of real books differ more than these do. They came within a quarter of what was counted,
// which is 1.4 to 2.2 times the snapshot's length.
const BOOK: u64 = 1_500;
/// Both charts and the parameters: [`crate::ledger::json::ROWS_MAX`] bounds each of them.
const RULES: u64 = 19_000;
const ORGANISATION: u64 = 200;
const CONTRACT: u64 = 700;
const PRICED_PART: u64 = 300;
const RECEIPT: u64 = 45;
const ASSET: u64 = 350;
const DECISION: u64 = 300;
const CLAIM: u64 = 130;
/// With its two or three lines.
const CORRECTION: u64 = 600;
const BALANCE: u64 = 40;
const STATEMENT: u64 = 250;
const ITEM: u64 = 140;
const MONTH: u64 = 600;
const TURNOVER: u64 = 100;
const DAY: u64 = 45;

impl Book {
    /// About how many bytes of memory the book takes, counted as if it shared nothing with
    /// another. It costs a look at each month and contract, not at what is in them.
    pub fn weight_bytes(&self) -> u64 {
        let organisations = self.profile.banks.len() + self.profile.appointments.len();
        let contracts = self.contracts.contracts.values().map(|contract| of_contract(contract));
        BOOK + self.rules.as_ref().map_or(0, |_| RULES)
            + many(organisations, ORGANISATION)
            + contracts.sum::<u64>()
            + many(self.contracts.assets.len(), ASSET)
            + many(self.decisions.len(), DECISION)
            + many(self.claims.len(), CLAIM)
            + many(self.corrections.len(), CORRECTION)
            + many(self.touched.0.len(), ITEM)
            + many(self.clauses.len(), DECISION)
            + many(self.top_ups.len(), CLAIM)
            + self.banks.values().map(|bank| of_bank(bank)).sum::<u64>()
            + many(self.said.questions.len() + self.said.replies.len(), ITEM)
            + many(self.said.erased.len() + self.said.attached.len(), ITEM)
            + many(self.watch.len()[0], BALANCE)
            + many(self.watch.len()[1], ITEM)
            + Fund::ALL.iter().map(|fund| of_fund(self.fund(*fund))).sum::<u64>()
    }
}

fn of_contract(contract: &Contract) -> u64 {
    CONTRACT + many(contract.parts.len(), PRICED_PART) + many(contract.receipts.len(), RECEIPT)
}

fn of_bank(bank: &BankBook) -> u64 {
    let small = bank.book_open.len() + bank.shifted.len() + bank.undone.len();
    many(small, BALANCE)
        + many(bank.bank_open.len() + bank.early.len(), ITEM)
        + many(bank.statements.len(), STATEMENT)
}

fn of_fund(book: &FundBook) -> u64 {
    let of_month =
        |sums: &MonthSums| MONTH + many(sums.accounts.len(), TURNOVER) + many(sums.days.len(), DAY);
    many(book.accounts.len(), BALANCE)
        + many(book.items.len(), ITEM)
        + many(book.closings.len() + book.past.len(), TURNOVER)
        + many(book.parts.len(), ITEM)
        + book.months.values().map(|sums| of_month(sums)).sum::<u64>()
}

fn many(count: usize, each: u64) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::PostedEntry;

    #[test]
    fn the_weight_follows_the_snapshots_length() {
        let example =
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/spec/vectors/estate.jsonl"));
        let read = |line: &str| PostedEntry::read(line.as_bytes()).unwrap();
        let entries: Vec<_> = example.lines().skip(1).map(read).collect();
        let mut book = Book::default();
        for posted in &entries {
            let named = Book::names(&posted.entry.event);
            let named = named.map(|(seq, _)| &entries[usize::try_from(seq).unwrap()]);
            book.apply(posted, named).unwrap();
            let length = u64::try_from(book.snapshot().unwrap().len()).unwrap();
            let weight = book.weight_bytes();
            let seq = posted.entry.seq;
            assert!((length / 3..=length * 3).contains(&weight), "{weight}, {length} at {seq}");
        }
    }
}
