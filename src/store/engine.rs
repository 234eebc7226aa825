//! Opening a database, and everything that is particular to an engine.
//!
//! SQLite: write-ahead log with `synchronous=FULL` (an acknowledged entry survives a power cut;
//! group commit pays for it), one write connection whose transactions begin `immediate` (a
//! deferred one can fail with `SQLITE_BUSY_SNAPSHOT`), a pool of readers.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::StoreError;

/// The first SQLite without the WAL-reset bug.
const SQLITE_MIN: (u32, u32, u32) = (3, 51, 3);

/// Readers at the same time.
const READERS_MAX: u32 = 8;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl FromStr for Location {
    type Err = StoreError;

    /// Reads `sqlite:PATH`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let path = text.strip_prefix("sqlite:").map(|p| p.trim_start_matches("//"));
        match path {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(StoreError::Location(text.to_owned())),
        }
    }
}

impl Location {
    /// True where a database is already.
    pub fn exists(&self) -> bool {
        match self {
            Self::Sqlite(path) => path.exists(),
        }
    }
}

/// A database of books.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) write: SqlitePool,
    pub(super) read: SqlitePool,
}

impl Store {
    /// Opens a database that is there.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        let Location::Sqlite(path) = location;
        if !location.exists() {
            return Err(StoreError::Absent(path.display().to_string()));
        }
        Self::connect(location).await
    }

    /// Opens a database, making it when it isn't there.
    pub async fn create(location: &Location) -> Result<Self, StoreError> {
        Self::connect(location).await
    }

    async fn connect(location: &Location) -> Result<Self, StoreError> {
        let Location::Sqlite(path) = location;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("recursive_triggers", "on")
            .pragma("trusted_schema", "off")
            .pragma("temp_store", "memory");
        let write =
            SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        check_version(&write).await?;
        sqlx::migrate!("migrations/sqlite").run(&write).await?;
        let readers = options.read_only(true).create_if_missing(false);
        let read =
            SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(readers).await?;
        Ok(Self { write, read })
    }

    /// Closes the database; what was committed stays.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < SQLITE_MIN {
        return Err(StoreError::OldSqlite(version));
    }
    Ok(())
}

/// A row's whole number; the schema holds none below zero.
pub(super) fn number(stored: i64) -> u64 {
    stored.unsigned_abs()
}

/// A number as SQL keeps it; none here leaves the range of 63 bits.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
