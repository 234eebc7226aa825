//! The store: the only room that names `sqlx`. It keeps bytes and finds them again; it decides
//! nothing about accounting and computes no hash.
//!
//! Read next: `engine/` (how a database is opened, and everything that is particular to one
//! engine), `entries.rs` (append and read), `log.rs` (nodes of the tree).

#![allow(clippy::disallowed_methods, reason = "this room is where queries live")]

mod commit;
pub mod documents;
pub mod draft_steps;
pub mod drafts;
mod engine;
mod entries;
mod estates;
mod log;
pub mod people;

use thiserror::Error;

use crate::ledger::id::{EntryHash, EstateCode, Ref};
use crate::proof::merkle::FullNode;

pub use engine::{EngineFacts, Location, PostgresSettings, Reader, Store};
pub use entries::WriteTx;
pub use estates::DirectoryRow;

/// Why the store could not answer.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database refused or went away.
    #[error("the database: {0}")]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A place that names no database.
    #[error("\"{0}\" names no database; say sqlite:PATH or postgres://USER@HOST/NAME")]
    Location(String),
    /// An address of a server that can't be read.
    #[error("the address {0} can't be read: {1}")]
    Address(String, String),
    /// A file beside the database.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// Another process serves this file.
    #[error("{0} is served by another process; only one instance may serve a SQLite file")]
    Claimed(String),
    /// A replica of something that has none.
    #[error("a read database goes with a PostgreSQL database, and is one itself")]
    NoReplica,
    /// Texts of entries need UTF-8.
    #[error("the database's encoding is {0}; make it with encoding 'UTF8'")]
    Encoding(String),
    /// The schema was made by a newer program.
    #[error(
        "the database has schema {0}, which this program doesn't know: a newer one wrote it; \
        use that, or a backup from before"
    )]
    NewerSchema(i64),
    /// The commit stands on this server and perhaps nowhere else.
    #[error("the server gave up waiting for its synchronous standby")]
    NotReplicated,
    /// The file isn't there and was not to be made.
    #[error("there is no database at {0}")]
    Absent(String),
    /// An empty database: which log it is was never said.
    #[error("this database names no log yet; say --log once")]
    Unnamed,
    /// A row that can't have been written by this program.
    #[error("entry {log_index} of the log is damaged: {cause}")]
    Corrupt {
        /// Its index in the log.
        log_index: u64,
        /// What is wrong with it.
        cause: String,
    },
    /// The database belongs to another log.
    #[error("this database holds the log {found}, not {wanted}")]
    OtherLog {
        /// Its origin.
        found: String,
        /// The origin asked for.
        wanted: String,
    },
    /// A SQLite with the WAL-reset bug (fixed in 3.51.3).
    #[error("SQLite {0} can lose a write-ahead log; 3.51.3 or later is needed")]
    OldSqlite(String),
    /// An index that gives rows out of their order.
    #[error("the table {0} is damaged: its index gives rows out of order; take a backup")]
    Disordered(&'static str),
    /// The file's description of its own tables isn't text any more.
    #[error("{0} is damaged: what it says of its tables can't be read; take a backup")]
    DamagedSchema(String),
}

/// Rows after a key, each after the one before. A damaged index can give the same row for ever, and
/// whoever goes on from the last one would never come to an end.
fn ascending<T>(
    table: &'static str,
    after: &str,
    rows: Vec<T>,
    key: impl Fn(&T) -> &str,
) -> Result<Vec<T>, StoreError> {
    let keys = std::iter::once(after).chain(rows.iter().map(&key));
    if keys.is_sorted_by(|one, next| one < next) {
        return Ok(rows);
    }
    Err(StoreError::Disordered(table))
}

/// An entry to append: what the index needs beside the bytes.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Its index in the log.
    pub log_index: u64,
    /// The estate.
    pub estate: EstateCode,
    /// Its number in the estate.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// The draft's key.
    pub r#ref: Ref,
    /// The bytes.
    pub body: Vec<u8>,
}

/// A stored entry's bytes and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// Its index in the log.
    pub log_index: u64,
    /// Its number in the estate.
    pub seq: u64,
    /// Its hash as stored; the reader compares it with the bytes.
    pub hash: Vec<u8>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl StoredRow {
    /// False where its place in the log is below zero: no pass over the log comes to it.
    pub const fn is_in_log(&self) -> bool {
        self.log_index != engine::NOWHERE
    }
}

/// A row of the log as it stands, nothing of it believed.
#[derive(Clone, Debug)]
pub struct LogRow {
    /// Its index.
    pub log_index: i64,
    /// The estate's code, where its key leads to one.
    pub estate: Option<String>,
    /// Its number in the estate.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// The draft's key.
    pub r#ref: String,
    /// The bytes.
    pub body: Vec<u8>,
}

/// The snapshot of a book, as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// How many entries the book had.
    pub entries: u64,
    /// The book, as `Book::snapshot` writes it.
    pub body: String,
}

/// An estate to add to the directory.
#[derive(Clone, Debug)]
pub struct NewEstate {
    /// Log index of its first entry: its key.
    pub opened_at: u64,
    /// Its code.
    pub code: EstateCode,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// A node of the log's tree: the root of a full subtree of 256^level leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogNode {
    /// 1 for 256 leaves, 2 for 65,536, …
    pub level: u32,
    /// Which one, from 0.
    pub position: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

impl From<FullNode> for LogNode {
    fn from(node: FullNode) -> Self {
        Self { level: node.level, position: node.position, hash: node.hash }
    }
}

/// A private value kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// The digest that stands in the entry.
    pub digest: EntryHash,
    /// The id it is about.
    pub subject: String,
    /// base64url of JSON `[salt, name, value]`.
    pub disclosure: String,
}

/// What a migration said.
fn migrated(done: Result<(), sqlx::migrate::MigrateError>) -> Result<(), StoreError> {
    done.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => StoreError::NewerSchema(version),
        other => other.into(),
    })
}

impl StoreError {
    /// True where the disk or the file system failed: whatever is written next may be lost.
    pub fn is_broken_disk(&self) -> bool {
        // SQLITE_IOERR and its kinds (10 and, in the low byte, 10), SQLITE_CORRUPT, _NOTADB;
        // PostgreSQL's io_error, data_corrupted, index_corrupted.
        let Self::Sql(sqlx::Error::Database(error)) = self else { return false };
        self.sqlite_code().is_some_and(|code| matches!(code & 0xff, 10 | 11 | 26))
            || error.code().is_some_and(|code| matches!(&*code, "58030" | "XX001" | "XX002"))
    }

    /// True where nobody answered for as long as one waits.
    pub fn is_away(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)))
    }

    fn sqlite_code(&self) -> Option<i32> {
        let Self::Sql(sqlx::Error::Database(error)) = self else { return None };
        error.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
        error.code()?.parse().ok()
    }
}
