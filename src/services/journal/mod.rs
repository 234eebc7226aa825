//! A journal: drafts as JSON Lines, for bulk and for moving in. `docs/spec/draft.md`.
//!
//! The dry run (`dry.rs`) folds every line over the present books in memory and posts nothing;
//! posting (`post.rs`) sends the same lines through the door, many at once. Both read the lines
//! as a stream (`lines.rs`) and tell each answer as soon as it is known (`answer.rs`).

mod answer;
mod dry;
mod lines;
mod post;

use std::io::{self, BufRead};

use thiserror::Error;

use super::books::{Books, BooksError, DoorFault};
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::store::StoreError;

pub use answer::{Answer, Status, Totals, Trouble, trouble_of};
pub use lines::LINE_LEN_MAX;

/// Why a journal could not be read or posted at all.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The journal can't be read.
    #[error("couldn't read the journal: {0}")]
    Read(io::Error),
    /// Nobody takes the report; what was posted stands.
    #[error("couldn't write the report: {0}")]
    Report(io::Error),
    /// The books can't be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A journal to be gone through.
pub struct Journal<'a, R> {
    /// Its lines.
    pub source: R,
    /// The one estate that its drafts may be of.
    pub estate: Option<EstateCode>,
    /// Who posts.
    pub by: &'a Actor,
}

/// Takes each answer as soon as it is known; posting stops where it can't.
pub type Report<'a> = dyn FnMut(&Answer) -> io::Result<()> + 'a;

impl<R: BufRead> Journal<'_, R> {
    /// Judges every line over the present books, each upon those before it; posts nothing.
    pub async fn dry_run(
        self,
        books: &Books,
        now: crate::ledger::time::Timestamp,
        report: &mut Report<'_>,
    ) -> Result<Totals, JournalError> {
        dry::run(self, books, now, report).await
    }

    /// Posts the lines in their order and stops at the first that isn't posted; those that were
    /// on their way by then are still answered.
    pub async fn post(
        self,
        books: &Books,
        report: &mut Report<'_>,
    ) -> Result<Totals, JournalError> {
        post::run(self, books, report).await
    }
}
