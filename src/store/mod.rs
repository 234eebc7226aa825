//! The store: the only room that names `sqlx`. It keeps bytes and finds them again; it decides
//! nothing about accounting and computes no hash.
//!
//! Read next: `engine.rs` (how a database is opened, and everything that is particular to one
//! engine), `entries.rs` (append and read), `log.rs` (nodes of the tree).

#![allow(clippy::disallowed_methods, reason = "this room is where queries live")]

mod engine;
mod entries;
mod estates;
mod log;

use thiserror::Error;

use crate::ledger::id::{EntryHash, EstateCode, Ref};

pub use engine::{Location, Store};
pub use entries::WriteTx;

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
    #[error("\"{0}\" names no database; say sqlite:PATH")]
    Location(String),
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
    pub hash: EntryHash,
    /// The bytes.
    pub body: Vec<u8>,
}

/// An estate to add to the directory.
#[derive(Clone, Debug)]
pub struct NewEstate {
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
