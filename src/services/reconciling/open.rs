//! What is open on both sides of an account, with what either side says of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::ReconcileError;
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, OpenItem};
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::event::Party;
use crate::ledger::matching::{OfBank, OfBook};
use crate::ledger::money::Money;
use crate::services::books::Books;
use crate::services::imports::Imports;

/// Lines of a side that are looked at, the newest; earlier ones with the next page.
pub const LINES_MAX: usize = 300;

/// An open entry.
#[derive(Clone, Debug)]
pub struct BookLine {
    /// As proposals are made of it.
    pub of: OfBook,
    /// What was recorded.
    pub entry: PostedEntry,
}

/// Both sides of an account.
#[derive(Clone, Debug, Default)]
pub struct Open {
    /// The bank's lines, the newest first.
    pub bank: Vec<OfBank>,
    /// The book's, the newest first.
    pub book: Vec<BookLine>,
    /// Count and sum of all that is open: of the bank, of the book.
    pub all: [(usize, Money); 2],
    /// Lines up to this day are on the next page.
    pub older: Option<NaiveDate>,
}

/// What is open on an account up to a day, where one is named.
pub async fn open(
    books: &Books,
    imports: &Imports,
    (book, account): (&Book, AccountCode),
    until: Option<NaiveDate>,
) -> Result<Open, ReconcileError> {
    let Some(of) = book.bank_book(account) else { return Ok(Open::default()) };
    let bank: Vec<(String, OpenItem)> =
        of.bank_open.iter().map(|(serial, item)| (serial.clone(), *item)).collect();
    let entries: Vec<(u64, OpenItem)> = of.book_open.iter().collect();
    let all = [summed(&bank), summed(&entries)];
    let ((bank, more), (entries, further)) = (newest(bank, until), newest(entries, until));
    let words: BTreeSet<&str> = bank.iter().map(|(serial, _)| serial.as_str()).collect();
    let mut words = imports.words_of(book.estate(), account, &words).await?;
    let seqs: Vec<u64> = entries.iter().map(|(seq, _)| *seq).collect();
    let stored = books.entries_named(book.estate(), &seqs).await?;
    let book_lines = entries.iter().zip(stored).map(|((seq, item), stored)| {
        let entry = &stored.posted.entry;
        let contract = contract_of(entry);
        let words = words_of(book, entry, contract.as_deref());
        let of = OfBook { seq: *seq, item: *item, words, contract };
        BookLine { of, entry: stored.posted }
    });
    Ok(Open {
        all,
        older: more.max(further),
        book: book_lines.collect(),
        bank: bank
            .into_iter()
            .map(|(serial, item)| {
                let words = words.remove(&serial).unwrap_or_default();
                OfBank { serial, item, words }
            })
            .collect(),
    })
}

fn summed<N>(lines: &[(N, OpenItem)]) -> (usize, Money) {
    (lines.len(), lines.iter().map(|(_, item)| item.amount).sum())
}

/// The newest lines up to a day, and up to which day the next page goes.
fn newest<N: Ord>(
    mut lines: Vec<(N, OpenItem)>,
    until: Option<NaiveDate>,
) -> (Vec<(N, OpenItem)>, Option<NaiveDate>) {
    lines.retain(|(_, item)| until.is_none_or(|until| item.day <= until));
    lines.sort_by(|a, b| b.1.day.cmp(&a.1.day).then_with(|| a.0.cmp(&b.0)));
    let older = lines.get(LINES_MAX).map(|(_, item)| item.day);
    lines.truncate(LINES_MAX);
    (lines, older)
}

/// The contract that an entry's lines are of, or its event.
fn contract_of(entry: &Entry) -> Option<String> {
    let of_line = entry.lines.iter().find_map(|line| line.contract.clone());
    of_line.or_else(|| entry.event.fields().text("contract").map(str::to_owned))
}

/// What the book says of an entry: who, what, where. Persons are no words of the book.
fn words_of(book: &Book, entry: &Entry, contract: Option<&str>) -> Vec<String> {
    let fields = entry.event.fields();
    let organisation = |party: Party| match party {
        Party::Organisation { org, .. } => Some(org),
        Party::Person(_) => None,
    };
    let said = ["party", "payee"].into_iter().find_map(|key| fields.object(key));
    let said = said.and_then(Party::from_fields).and_then(organisation);
    let contract = contract.and_then(|no| book.contracts().contracts.get(no));
    let tenant = contract.and_then(|contract| contract.party.clone()).and_then(organisation);
    let channel = fields.text("channel").map(str::to_owned);
    let site = contract.map(|contract| contract.site.clone());
    let all = [said, tenant, channel, entry.memo.clone(), site];
    let mut words: Vec<String> = all.into_iter().flatten().collect();
    words.dedup();
    words
}
