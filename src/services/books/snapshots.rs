//! Snapshots: the fold's state of a long chain, kept so that it needn't be folded from the
//! start. What is kept carries a digest against damage; nobody who can change the database is
//! stopped by it, which is why `verify` compares every snapshot with a full fold.

use thiserror::Error;

use crate::ledger::book::{Book, SnapshotError};
use crate::ledger::chain::content_hash;
use crate::store::SnapshotRow;

/// Why a snapshot is not used.
#[derive(Debug, Error)]
pub enum Unusable {
    /// It was damaged.
    #[error("its digest is not that of its body")]
    Digest,
    /// It can't be read as a book.
    #[error(transparent)]
    Body(#[from] SnapshotError),
    /// It says another number of entries than the row.
    #[error("it holds {0} entries, the row says {1}")]
    Entries(u64, u64),
}

/// A book as it is kept.
pub fn keep(book: &Book) -> Result<SnapshotRow, SnapshotError> {
    let body = book.snapshot()?;
    let digest = content_hash(body.as_bytes());
    Ok(SnapshotRow { entries: book.head().entries, digest, body })
}

/// The book that a snapshot holds.
pub fn open(kept: &SnapshotRow) -> Result<Book, Unusable> {
    if content_hash(kept.body.as_bytes()) != kept.digest {
        return Err(Unusable::Digest);
    }
    let book = Book::from_snapshot(kept.body.as_bytes())?;
    if book.head().entries != kept.entries {
        return Err(Unusable::Entries(book.head().entries, kept.entries));
    }
    Ok(book)
}
