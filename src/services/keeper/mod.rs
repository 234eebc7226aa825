//! Keeping a database: making its indexes anew, copying it out and putting it back.
//!
//! A backup is a SQLite file of this program's own schema, whatever the engine it was taken
//! from, so it can be verified and served as it is, and put back into either engine. The log
//! only grows, so copying it up to a size is a consistent copy while others write.

mod backup;
mod documents;
mod people;
mod rebuild;

use thiserror::Error;

use super::books::{BooksError, PostError};
use super::verifier::directory_row;
use crate::ledger::entry::PostedEntry;
use crate::ledger::json::FormatError;
use crate::proof::merkle::Edge;
use crate::store::{LogNode, LogRow, NewEntry, Store, StoreError};

pub use backup::{BackupError, Manifest, back_up, remove_database, restore};
pub use rebuild::{Rebuilt, rebuild};

/// Rows copied in one transaction.
const CHUNK: u32 = 1_000;

/// Why a database was not copied or mended.
#[derive(Debug, Error)]
pub enum KeeperError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A snapshot could not be made.
    #[error(transparent)]
    Snapshot(#[from] PostError),
    /// The target holds something.
    #[error("the target holds a log already; nothing was written to it")]
    NotEmpty,
    /// A row of the log that no entry can be read from.
    #[error("entry {0} of the log can't be copied: {1}")]
    Unreadable(u64, FormatError),
    /// A paper whose bytes are gone or not what its name says.
    #[error("the paper {0} can't be copied: its bytes are gone or were changed")]
    Paper(String),
    /// A row that is not what its bytes say.
    #[error("entry {0} of the log can't be copied: {1}")]
    Damaged(u64, &'static str),
}

/// Copies a log, with what the operator keeps beside it, into an empty database, and makes the
/// indexes anew there. Every row is read through the core on its way.
pub async fn copy(
    source: &Store,
    target: &Store,
    step: &(dyn Fn(u64, u64) + Sync),
) -> Result<u64, KeeperError> {
    let from = source.primary();
    let log = from.log_origin().await?.ok_or(StoreError::Unnamed)?;
    let secret = from.secret().await?;
    let end = from.log_size().await?;
    let into = target.primary();
    if into.log_origin().await?.is_some() || into.log_size().await? > 0 {
        return Err(KeeperError::NotEmpty);
    }
    let mut tx = target.begin().await?;
    tx.set_log_origin(&log, &secret).await?;
    tx.commit().await?;
    let mut edge = Edge::default();
    while edge.size() < end {
        let left = u32::try_from(end - edge.size()).unwrap_or(CHUNK).min(CHUNK);
        let rows = from.log_rows(edge.size(), left).await?;
        if rows.is_empty() {
            return Err(KeeperError::Damaged(edge.size(), "it is gone"));
        }
        copy_rows(target, rows, &mut edge).await?;
        step(edge.size(), end);
    }
    copy_sealed(source, target).await?;
    people::copy(source, target).await?;
    documents::copy(source, target).await?;
    Ok(end)
}

async fn copy_rows(target: &Store, rows: Vec<LogRow>, edge: &mut Edge) -> Result<(), KeeperError> {
    let (mut estates, mut entries, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let index = edge.size();
        let posted =
            PostedEntry::read(&row.body).map_err(|error| KeeperError::Unreadable(index, error))?;
        let told = (row.log_index, row.seq, row.hash.as_slice());
        let read = (stored(index), stored(posted.entry.seq), posted.hash.as_bytes().as_slice());
        if told != read {
            return Err(KeeperError::Damaged(index, "its row is not what its bytes say"));
        }
        estates.extend(directory_row(index, &posted.entry));
        nodes.extend(edge.push(*posted.hash.as_bytes()).into_iter().map(LogNode::from));
        let entry = posted.entry;
        let (estate, seq, r#ref) = (entry.estate, entry.seq, entry.r#ref);
        let (hash, body) = (posted.hash, row.body);
        entries.push(NewEntry { log_index: index, estate, seq, hash, r#ref, body });
    }
    let mut tx = target.begin().await?;
    tx.add_estates(&estates).await?;
    tx.append(&entries).await?;
    tx.add_nodes(&nodes).await?;
    Ok(tx.commit().await?)
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

async fn copy_sealed(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let mut after = None;
    loop {
        let codes = target.primary().estates("", after, CHUNK).await?;
        let Some(last) = codes.last() else { return Ok(()) };
        after = Some(*last);
        let mut tx = target.begin().await?;
        for code in codes {
            let values = source.primary().sealed_values(code).await?;
            tx.add_sealed(code, &values).await?;
        }
        tx.commit().await?;
    }
}
