//! Matching at the desk: what is open on both sides of an account, groups that a person confirms
//! and takes apart again. Proposals are computed in [`crate::ledger::matching`]; whatever is
//! confirmed is one `statement.match` and passes the one door. Read next: `open.rs` (what is
//! open, with its words), `matches.rs` (what was matched, and undoing it).

mod matches;
mod open;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::books::{Books, BooksError, PostError};
use super::imports::ImportsError;
use crate::ledger::account::AccountCode;
use crate::ledger::book::{BankBook, Book, OpenItem};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::ledger::event::Event;
use crate::ledger::id::{IdError, is_id};
use crate::ledger::json::{FormatError, ROWS_MAX, Value};
use crate::ledger::money::Money;

pub use matches::{Matched, MatchedGroup, Undo, recent, undo};
pub use open::{BookLine, LINES_MAX, Open, open};

/// What keys of matches begin with.
pub const PREFIX: &str = "match:";

/// Lines of both sides that a person says are the same money, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Serials of the bank's lines.
    pub bank: Vec<String>,
    /// Numbers of the entries.
    pub book: Vec<u64>,
}

/// The same with day and amount, as they are open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Of the bank.
    pub bank: Vec<(String, OpenItem)>,
    /// Of the book.
    pub book: Vec<(u64, OpenItem)>,
}

/// What is wrong with what was ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was ticked.
    Nothing,
    /// A bank line that isn't open.
    Serial(String),
    /// An entry that has nothing open here.
    Entry(u64),
    /// A line in two groups.
    Twice(String),
    /// Both sides of a group come to different sums.
    Unequal {
        /// Which group, from 1.
        group: usize,
        /// Σ of the bank.
        bank: Money,
        /// Σ of the book.
        book: Money,
    },
    /// More lines of a side than a match holds.
    TooMany,
}

/// Why lines were not matched, or a match not taken apart.
#[derive(Debug, Error)]
pub enum ReconcileError {
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The files of statements could not be read.
    #[error(transparent)]
    Imports(#[from] ImportsError),
    /// What was ticked doesn't fit.
    #[error("lines were ticked that can't be matched")]
    Faults(Vec<Fault>),
    /// The form's key is none.
    #[error("the form has no key")]
    Key(#[from] IdError),
    /// The estate's account has no such match.
    #[error("there is no such match")]
    NoMatch,
    /// No reason was given, or one too long.
    #[error("a reason is needed, of up to 200 characters")]
    Reason,
    /// What would be posted is no event.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It was not posted.
    #[error(transparent)]
    Post(#[from] PostError),
}

/// Groups as they are open now, or all that is wrong with them.
pub fn judged(bank: &BankBook, named: &[Named]) -> Result<Vec<Group>, Vec<Fault>> {
    let (mut groups, mut faults) = (Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeSet::new();
    for (no, named) in (1..).zip(named) {
        let mut group = Group::default();
        for serial in &named.bank {
            if !seen.insert(serial.clone()) {
                faults.push(Fault::Twice(serial.clone()));
            }
            match bank.bank_open.get(serial) {
                Some(item) => group.bank.push((serial.clone(), *item)),
                None => faults.push(Fault::Serial(serial.clone())),
            }
        }
        for seq in &named.book {
            if !seen.insert(format!("#{seq}")) {
                faults.push(Fault::Twice(format!("#{seq}")));
            }
            match bank.book_open.get(*seq) {
                Some(item) => group.book.push((*seq, item)),
                None => faults.push(Fault::Entry(*seq)),
            }
        }
        let [of_bank, of_book] = group.sums();
        if of_bank != of_book {
            faults.push(Fault::Unequal { group: no, bank: of_bank, book: of_book });
        }
        groups.push(group);
    }
    let most = |side: &dyn Fn(&Group) -> usize| groups.iter().map(side).sum::<usize>();
    let (of_bank, of_book) = (most(&|group| group.bank.len()), most(&|group| group.book.len()));
    if of_bank + of_book == 0 && faults.is_empty() {
        faults.push(Fault::Nothing);
    }
    if of_bank.max(of_book) > ROWS_MAX {
        faults.push(Fault::TooMany);
    }
    if faults.is_empty() { Ok(groups) } else { Err(faults) }
}

impl Group {
    /// Σ of the bank, Σ of the book.
    pub fn sums(&self) -> [Money; 2] {
        let of_bank = self.bank.iter().map(|(_, item)| item.amount).sum();
        [of_bank, self.book.iter().map(|(_, item)| item.amount).sum()]
    }
}

/// Posts groups as one match, under the form's key; the number of its entry. The same form sent
/// again is the same posting.
pub async fn post_match(
    books: &Books,
    (book, account): (&Book, AccountCode),
    named: &[Named],
    (key, by): (&str, &Actor),
) -> Result<u64, ReconcileError> {
    let bank = book.bank_book(account).cloned().unwrap_or_default();
    let groups = match judged(&bank, named) {
        Ok(groups) => groups,
        // Matched by the first of two clicks: the lines are open no more, and the key stands.
        Err(faults) => {
            let stands = stands(books, book, key).await?;
            return stands.ok_or(ReconcileError::Faults(faults));
        }
    };
    let row = |no: u64, name: Value, item: OpenItem| {
        Value::List([Value::Integer(no), name].into_iter().chain(item.cells()).collect())
    };
    let (mut of_bank, mut of_book) = (Vec::new(), Vec::new());
    for (no, group) in (1..).zip(&groups) {
        let serials = group.bank.iter();
        of_bank.extend(serials.map(|(serial, item)| row(no, Value::text(serial), *item)));
        of_book.extend(group.book.iter().map(|(seq, item)| row(no, Value::Integer(*seq), *item)));
    }
    let keys = [
        ("account", Value::text(account)),
        ("bank", Value::List(of_bank)),
        ("book", Value::List(of_book)),
    ];
    let event = Event::new("statement.match", keys)?;
    post(books, book, (event, key), by).await
}

/// Posts one event under a form's key.
async fn post(
    books: &Books,
    book: &Book,
    (event, key): (Event, &str),
    by: &Actor,
) -> Result<u64, ReconcileError> {
    if !is_id(PREFIX, key) {
        return Err(IdError::Ref.into());
    }
    let draft = Draft::new(book.estate(), event, key.parse()?);
    match books.post(vec![draft], by.clone()).await {
        Ok(posted) => posted.first().map(|one| one.seq).ok_or(ReconcileError::NoMatch),
        // Refused because the first of two clicks came between: its key stands.
        Err(error @ PostError::Refused { .. }) => {
            stands(books, book, key).await?.ok_or(ReconcileError::Post(error))
        }
        Err(error) => Err(error.into()),
    }
}

/// The entry that a form's key stands for.
async fn stands(books: &Books, book: &Book, key: &str) -> Result<Option<u64>, BooksError> {
    let known = books.store().primary().known_refs(book.estate(), &[key]).await?;
    Ok(known.first().map(|(_, seq)| *seq))
}
