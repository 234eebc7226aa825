//! What was matched lately, and taking a group apart again.

use std::collections::BTreeMap;

use super::{Fault, ReconcileError, post};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, OpenItem};
use crate::ledger::entry::{Actor, Entry};
use crate::ledger::event::Event;
use crate::ledger::json::{Tree, Value};
use crate::services::books::{Books, BooksError, StoredEntry};

/// Entries read at a time.
const CHUNK: u64 = 500;
/// Entries that are looked through for a page.
const SCAN_MAX: u64 = 5_000;
/// Matches of a page.
const LISTED: usize = 10;
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// A match.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Its entry.
    pub stored: StoredEntry,
    /// Its groups.
    pub groups: Vec<MatchedGroup>,
}

/// A group of a match.
#[derive(Clone, Debug, Default)]
pub struct MatchedGroup {
    /// Its number in the match.
    pub no: u64,
    /// The bank's lines.
    pub bank: Vec<(String, OpenItem)>,
    /// The book's.
    pub book: Vec<(u64, OpenItem)>,
    /// It was taken apart.
    pub is_undone: bool,
}

/// Groups of a match to take apart.
#[derive(Clone, Copy, Debug)]
pub struct Undo<'a> {
    /// The match.
    pub seq: u64,
    /// Its groups.
    pub groups: &'a [u64],
    /// Why.
    pub reason: &'a str,
    /// The form's key.
    pub key: &'a str,
}

/// Matches of an account before an entry, the newest first, and where the next page goes on.
pub async fn recent(
    books: &Books,
    (book, account): (&Book, AccountCode),
    before: Option<u64>,
) -> Result<(Vec<Matched>, Option<u64>), BooksError> {
    let mut before = before.unwrap_or(u64::MAX).min(book.head().entries);
    let stop = before.saturating_sub(SCAN_MAX);
    let mut found = Vec::new();
    while before > stop {
        let from = before.saturating_sub(CHUNK).max(stop);
        let limit = u32::try_from(before - from).unwrap_or_default();
        let chunk = books.entries_from(book.estate(), from, limit).await?;
        for stored in chunk.into_iter().rev() {
            if is_match(&stored.posted.entry, account) {
                let seq = stored.posted.entry.seq;
                found.push(matched(book, account, stored));
                if found.len() == LISTED {
                    return Ok((found, Some(seq).filter(|seq| *seq > 0)));
                }
            }
        }
        before = from;
    }
    Ok((found, Some(stop).filter(|stop| *stop > 0)))
}

fn is_match(entry: &Entry, account: AccountCode) -> bool {
    let of = entry.event.fields().account("account");
    entry.event.kind().name == "statement.match" && of == Some(account)
}

/// A match with its groups, as its bytes name them.
fn matched(book: &Book, account: AccountCode, stored: StoredEntry) -> Matched {
    let entry = &stored.posted.entry;
    let fields = entry.event.fields();
    let integer = |row: &Tree<'_>, at: usize| row.cells().get(at).and_then(Tree::as_integer);
    let mut groups: BTreeMap<u64, MatchedGroup> = BTreeMap::new();
    for row in fields.list("bank") {
        let group = groups.entry(integer(row, 0).unwrap_or_default()).or_default();
        let serial = row.cell(1).unwrap_or_default().to_owned();
        group.bank.push((serial, OpenItem::of_row(row, 2)));
    }
    for row in fields.list("book") {
        let group = groups.entry(integer(row, 0).unwrap_or_default()).or_default();
        group.book.push((integer(row, 1).unwrap_or_default(), OpenItem::of_row(row, 2)));
    }
    let undone = |no: u64| {
        let bank = book.bank_book(account);
        bank.is_some_and(|bank| bank.undone.contains(&(entry.seq, no)))
    };
    let groups = groups.into_iter().map(|(no, group)| {
        let is_undone = undone(no);
        MatchedGroup { no, is_undone, ..group }
    });
    let groups = groups.collect();
    Matched { stored, groups }
}

/// Posts that groups of a match aren't the same money after all; the number of the entry. The
/// same form sent again is the same posting.
pub async fn undo(
    books: &Books,
    (book, account): (&Book, AccountCode),
    undo: Undo<'_>,
    by: &Actor,
) -> Result<u64, ReconcileError> {
    let reason = undo.reason.trim();
    let length = reason.chars().count();
    if length == 0 || length > REASON_MAX || reason.chars().any(char::is_control) {
        return Err(ReconcileError::Reason);
    }
    if undo.groups.is_empty() {
        return Err(ReconcileError::Faults(vec![Fault::Nothing]));
    }
    let found = books.entry(book.estate(), undo.seq).await?;
    let found = found.filter(|stored| is_match(&stored.posted.entry, account));
    let found = found.ok_or(ReconcileError::NoMatch)?.posted;
    let groups = undo.groups.iter().map(|no| Value::List(vec![Value::Integer(*no)]));
    let keys = [
        ("account", Value::text(account)),
        ("groups", Value::List(groups.collect())),
        ("of", Value::text(found.hash)),
        ("reason", Value::text(reason)),
        ("seq", Value::Integer(undo.seq)),
    ];
    post(books, book, (Event::new("statement.unmatch", keys)?, undo.key), by).await
}
