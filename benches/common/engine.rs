//! The two engines as an operator has them (durable: `synchronous=FULL`, `fsync` on), what each
//! takes by itself for the same bytes, and how many bytes a database has on its disk.
//!
//! The limit of every figure is a raw insert: a table of nothing but a number and the body, one
//! index, the same bodies in the same batches, by the statement that is fastest on the engine.

#![allow(clippy::disallowed_methods, reason = "the limit is what the engine takes by itself")]

use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use mingzhang::store::{Location, Store};
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use tempfile::TempDir;

use super::servers::postgres::{Cluster, Options};

/// A database engine.
pub enum Engine {
    /// Files in a directory.
    Sqlite(TempDir),
    /// A server of one's own.
    Postgres(Box<Cluster>),
}

/// Where a database is.
pub struct Database {
    /// As the program is told.
    pub location: Location,
    place: String,
}

impl Engine {
    /// Both engines, or those named by `BENCH_ENGINES` (`sqlite`, `postgres`).
    pub fn all() -> Vec<Self> {
        let wanted = std::env::var("BENCH_ENGINES").unwrap_or("sqlite postgres".to_owned());
        let mut engines = Vec::new();
        if wanted.contains("sqlite") {
            engines.push(Self::Sqlite(tempfile::tempdir().expect("a directory")));
        }
        if wanted.contains("postgres") {
            let options = Options::default();
            engines.push(Self::Postgres(Box::new(Cluster::start(&options))));
        }
        engines
    }

    /// Its name in a table.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// A new, empty database.
    pub fn fresh(&self, name: &str) -> Database {
        match self {
            Self::Sqlite(directory) => {
                let path = directory.path().join(name);
                let place = path.display().to_string();
                Database { location: Location::Sqlite(path), place }
            }
            Self::Postgres(cluster) => {
                let place = cluster.fresh_database();
                let location = Location::from_str(&place).expect("a URL");
                Database { location, place }
            }
        }
    }
}

impl Database {
    /// Bytes on the disk, and those of the bodies alone. The database must be closed.
    pub async fn bytes(&self) -> (u64, u64) {
        let sum = "select cast(sum(octet_length(body)) as bigint) from entry";
        let (disk, bodies): (i64, i64) = match &self.location {
            Location::Sqlite(path) => {
                let pool = sqlite(path.clone()).await;
                let bodies = sqlx::query_scalar(sum).fetch_one(&pool).await.expect("a sum");
                pool.close().await;
                let length = path.metadata().expect("a file").len();
                (i64::try_from(length).expect("a length"), bodies)
            }
            Location::Postgres(_) => {
                let pool = postgres(&self.place).await;
                let tables = "select cast(sum(pg_total_relation_size(oid)) as bigint) from pg_class
                    where relkind = 'r' and relnamespace = 'public'::regnamespace";
                let disk = sqlx::query_scalar(tables).fetch_one(&pool).await.expect("a size");
                let bodies = sqlx::query_scalar(sum).fetch_one(&pool).await.expect("a sum");
                (disk, bodies)
            }
        };
        (disk.unsigned_abs(), bodies.unsigned_abs())
    }

    /// Removes the files, where it is files.
    pub fn remove(self) {
        if let Location::Sqlite(path) = self.location {
            std::fs::remove_file(path).expect("a file");
        }
    }
}

async fn sqlite(path: PathBuf) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    pool.connect_with(options).await.expect("a database")
}

async fn postgres(url: &str) -> PgPool {
    PgPoolOptions::new().max_connections(1).connect(url).await.expect("a server")
}

/// A table of bodies and nothing else.
enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Raw {
    async fn create(engine: &Engine) -> (Self, Database) {
        let table = "create table raw (log_index bigint primary key, body text not null)";
        let database = engine.fresh("raw.db");
        let raw = match &database.location {
            Location::Sqlite(path) => {
                let pool = sqlite(path.clone()).await;
                let table = "create table raw (log_index integer primary key, body text not null)";
                sqlx::query(table).execute(&pool).await.expect("a table");
                Self::Sqlite(pool)
            }
            Location::Postgres(_) => {
                let pool = postgres(&database.place).await;
                sqlx::query(table).execute(&pool).await.expect("a table");
                Self::Postgres(pool)
            }
        };
        (raw, database)
    }

    /// One transaction.
    async fn insert(&self, rows: &[(i64, String)]) {
        match self {
            Self::Sqlite(pool) => {
                let mut tx = pool.begin_with("begin immediate").await.expect("a transaction");
                for rows in rows.chunks(256) {
                    let values = vec!["(?, ?)"; rows.len()].join(", ");
                    let sql = AssertSqlSafe(format!("insert into raw values {values}"));
                    let mut query = sqlx::query(sql);
                    for (index, body) in rows {
                        query = query.bind(*index).bind(body.clone());
                    }
                    query.execute(&mut *tx).await.expect("rows are inserted");
                }
                tx.commit().await.expect("a commit");
            }
            Self::Postgres(pool) => {
                let sql = "insert into raw select * from unnest($1::bigint[], $2::text[])";
                let (indexes, bodies): (Vec<i64>, Vec<&str>) =
                    rows.iter().map(|(index, body)| (*index, body.as_str())).unzip();
                let query = sqlx::query(sql).bind(indexes).bind(bodies);
                query.execute(pool).await.expect("rows are inserted");
            }
        }
    }

    async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// How long the engine takes for a stretch of the log's bodies, a batch a transaction.
pub async fn raw_insert(
    engine: &Engine,
    store: &Store,
    from: u64,
    entries: usize,
    batch: usize,
) -> Duration {
    let (raw, database) = Raw::create(engine).await;
    let mut took = Duration::ZERO;
    let (mut at, mut left) = (from, entries);
    while left > 0 {
        // Whole batches, read outside of what is timed.
        let chunk = left.min(4_096_usize.next_multiple_of(batch));
        let limit = u32::try_from(chunk).expect("a chunk");
        let rows = store.primary().log_rows(at, limit).await.expect("rows");
        assert_eq!(rows.len(), chunk, "the log holds what was posted");
        let text = |row: mingzhang::store::LogRow| {
            (row.log_index, String::from_utf8(row.body).expect("UTF-8"))
        };
        let rows: Vec<_> = rows.into_iter().map(text).collect();
        let started = Instant::now();
        for batch in rows.chunks(batch) {
            raw.insert(batch).await;
        }
        took += started.elapsed();
        at += u64::from(limit);
        left -= chunk;
    }
    raw.close().await;
    database.remove();
    took
}
