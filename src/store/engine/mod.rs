//! Opening a database, and everything that is particular to an engine.
//!
//! A query that only selects has one text for both engines and runs through [`ask!`]; the few
//! bulk statements are pairs of texts in `bulk.rs`. `sqlite.rs` and `postgres.rs` open a
//! database so that what is acknowledged is durable.

mod bulk;
mod postgres;
mod sqlite;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::sqlite::SqlitePool;

use super::StoreError;

pub use postgres::Settings as PostgresSettings;

/// Runs one query text on whichever engine: `ask!(reader, fetch_all, TEXT, argument, …)`. Rows
/// become the tuples that the caller's type asks for.
macro_rules! ask {
    ($on:expr, $how:ident, $sql:expr $(, $argument:expr)* $(,)?) => {
        match $on {
            $crate::store::engine::Reader::Sqlite(pool) => {
                sqlx::query_as($sql)$(.bind($argument))*.$how(pool).await
            }
            $crate::store::engine::Reader::Postgres(pool) => {
                sqlx::query_as($sql)$(.bind($argument))*.$how(pool).await
            }
        }
    };
}
pub(super) use ask;

/// Runs a statement that changes rows in a transaction; how many it changed.
macro_rules! write_on {
    ($on:expr, $sql:expr, $($argument:expr),* $(,)?) => {
        match $on {
            $crate::store::entries::WriteTx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($argument))*.execute(&mut **tx).await?.rows_affected()
            }
            $crate::store::entries::WriteTx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($argument))*.execute(&mut **tx).await?.rows_affected()
            }
        }
    };
}
pub(super) use write_on;

/// Runs one query text in a transaction: what [`ask!`] is to a reader.
macro_rules! ask_in {
    ($on:expr, $how:ident, $sql:expr $(, $argument:expr)* $(,)?) => {
        match $on {
            $crate::store::entries::WriteTx::Sqlite(tx) => {
                sqlx::query_as($sql)$(.bind($argument))*.$how(&mut **tx).await
            }
            $crate::store::entries::WriteTx::Postgres(tx) => {
                sqlx::query_as($sql)$(.bind($argument))*.$how(&mut **tx).await
            }
        }
    };
}
pub(super) use ask_in;

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Location {
    type Err = StoreError;

    /// Reads `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(Box::new(postgres::options(text)?)));
        }
        let path = text.strip_prefix("sqlite:").map(|p| p.trim_start_matches("//"));
        match path {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(StoreError::Location(text.to_owned())),
        }
    }
}

impl Location {
    /// True where a database is already; one on a server is there, or connecting says why not.
    pub fn exists(&self) -> bool {
        match self {
            Self::Sqlite(path) => path.exists(),
            Self::Postgres(_) => true,
        }
    }

    /// The file, where the database is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// A database of books.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) engine: Engine,
    /// A streaming replica that pages may read, and how much of the log it had when last asked.
    replica: Option<(PgPool, Arc<AtomicU64>)>,
    /// Held while this is the one serving instance of a SQLite file.
    lock: Option<Arc<File>>,
}

/// What the database is.
#[derive(Clone, Debug)]
pub(super) enum Engine {
    /// One write connection whose transactions begin `immediate`, a pool of readers.
    Sqlite { write: SqlitePool, read: SqlitePool, path: PathBuf },
    /// One pool: the row lock on the log's head puts writers in order.
    Postgres(PgPool),
}

/// Somewhere to read from.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// SQLite's readers.
    Sqlite(&'a SqlitePool),
    /// A PostgreSQL server.
    Postgres(&'a PgPool),
}

impl Store {
    /// Opens a database that is there.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        match location.file() {
            Some(path) if !path.exists() => Err(StoreError::Absent(path.display().to_string())),
            _ => Self::create(location).await,
        }
    }

    /// Opens a database, making it when it isn't there.
    pub async fn create(location: &Location) -> Result<Self, StoreError> {
        let engine = match location {
            Location::Sqlite(path) => sqlite::connect(path).await?,
            Location::Postgres(options) => postgres::connect(options).await?,
        };
        Ok(Self { engine, replica: None, lock: None })
    }

    /// Lets pages read from a streaming replica where it has what they need.
    pub async fn with_replica(mut self, location: &Location) -> Result<Self, StoreError> {
        let (Engine::Postgres(_), Location::Postgres(options)) = (&self.engine, location) else {
            return Err(StoreError::NoReplica);
        };
        self.replica = Some((postgres::connect_replica(options), Arc::default()));
        self.refresh_replica().await;
        Ok(self)
    }

    /// Makes this the one serving instance of a SQLite file, until it is dropped. PostgreSQL
    /// serves several.
    pub fn claim(&mut self) -> Result<(), StoreError> {
        if let Engine::Sqlite { path, .. } = &self.engine {
            self.lock = Some(Arc::new(sqlite::claim(path)?));
        }
        Ok(())
    }

    /// The database that is written to: the latest state.
    pub fn primary(&self) -> Reader<'_> {
        match &self.engine {
            Engine::Sqlite { read, .. } => Reader::Sqlite(read),
            Engine::Postgres(pool) => Reader::Postgres(pool),
        }
    }

    /// The replica, when it has the log up to this size: what is read together with a book is
    /// never older than the book.
    pub fn replica(&self, log_size: u64) -> Option<Reader<'_>> {
        let (pool, at) = self.replica.as_ref()?;
        let at = at.load(Ordering::Acquire);
        (at > 0 && at >= log_size).then_some(Reader::Postgres(pool))
    }

    /// Leaves a replica that failed alone until it answers [`Store::refresh_replica`] again.
    pub fn leave_replica(&self) {
        if let Some((_, at)) = &self.replica {
            at.store(0, Ordering::Release);
        }
    }

    /// Asks the replica how much of the log it has; one that doesn't answer is left alone.
    pub async fn refresh_replica(&self) {
        let Some((pool, at)) = &self.replica else { return };
        let size = match Reader::Postgres(pool).log_size().await {
            Ok(size) => size,
            Err(error) => {
                tracing::warn!(%error, "the replica doesn't answer; reading from the primary");
                0
            }
        };
        at.store(size, Ordering::Release);
    }

    /// How much of the log the replica had when last asked; none where there is no replica.
    pub fn replica_size(&self) -> Option<u64> {
        self.replica.as_ref().map(|(_, at)| at.load(Ordering::Acquire))
    }

    /// Bytes free where the database's file is; none for a server, which watches its own disk.
    pub fn disk_free(&self) -> Option<u64> {
        match &self.engine {
            Engine::Sqlite { path, .. } => sqlite::disk_free(path),
            Engine::Postgres(_) => None,
        }
    }

    /// The engine's name and version, and what it says of its own state.
    pub async fn facts(&self) -> Result<EngineFacts, StoreError> {
        match &self.engine {
            Engine::Sqlite { read, path, .. } => {
                let version = sqlite::version(read).await?;
                Ok(EngineFacts::Sqlite { version, path: path.clone() })
            }
            Engine::Postgres(pool) => Ok(EngineFacts::Postgres(postgres::settings(pool).await?)),
        }
    }

    /// The engine's own check of its pages and indexes: what it finds broken, and false where
    /// it has none to run.
    pub async fn integrity(&self) -> Result<(bool, Vec<String>), StoreError> {
        match &self.engine {
            Engine::Sqlite { read, .. } => Ok((true, sqlite::integrity(read).await?)),
            Engine::Postgres(pool) => postgres::integrity(pool).await,
        }
    }

    /// Closes the database; what was committed stays.
    pub async fn close(&self) {
        if let Some((pool, _)) = &self.replica {
            pool.close().await;
        }
        match &self.engine {
            Engine::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

/// What a database is and how it is set.
#[derive(Clone, Debug)]
pub enum EngineFacts {
    /// SQLite inside this program.
    Sqlite {
        /// Its version.
        version: String,
        /// The file.
        path: PathBuf,
    },
    /// A PostgreSQL server.
    Postgres(PostgresSettings),
}

/// What stands for a number below zero, which this program never writes: no other number is it,
/// so it is never taken for one that belongs there.
pub(super) const NOWHERE: u64 = u64::MAX;

/// A row's whole number.
pub(super) fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(NOWHERE)
}

/// A number as SQL keeps it; none here leaves the range of 63 bits.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
