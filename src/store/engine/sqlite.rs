//! SQLite: write-ahead log with `synchronous=FULL` (an acknowledged entry survives a power cut;
//! group commit pays for it), one write connection whose transactions begin `immediate` (a
//! deferred one can fail with `SQLITE_BUSY_SNAPSHOT`), a pool of readers.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::Engine;
use crate::store::StoreError;

/// The first SQLite without the WAL-reset bug.
const VERSION_MIN: (u32, u32, u32) = (3, 51, 3);
/// Readers at the same time.
const READERS_MAX: u32 = 8;
/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a step of the schema is tried that another process may be taking, too.
const MIGRATION_TRIES: u32 = 5;
const MIGRATION_PAUSE: Duration = Duration::from_millis(100);
/// Pages in the writer's memory: those that a transaction changes must not be written twice.
const WRITER_CACHE_KIB: u32 = 8 << 10;
/// Pages in the write-ahead log after which it is brought into the file: a page of an index that
/// many transactions changed is written once. Each checkpoint keeps one commit waiting.
const CHECKPOINT_PAGES: u32 = 4_000;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

pub(super) async fn connect(path: &Path) -> Result<Engine, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .pragma("recursive_triggers", "on")
        .pragma("trusted_schema", "off")
        .pragma("temp_store", "memory");
    let writer = options
        .clone()
        .pragma("cache_size", format!("-{WRITER_CACHE_KIB}"))
        // What is deleted is overwritten: private values that were erased.
        .pragma("secure_delete", "on")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string());
    let write = SqlitePoolOptions::new().max_connections(1).connect_with(writer).await?;
    check_version(&version(&write).await?)?;
    check_schema(&write, path).await?;
    migrate(&write, path).await?;
    let readers = options.read_only(true).create_if_missing(false);
    let read = SqlitePoolOptions::new().max_connections(READERS_MAX).connect_with(readers).await?;
    Ok(Engine::Sqlite { write, read, path: path.to_owned() })
}

pub(super) async fn version(pool: &SqlitePool) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?)
}

fn check_version(version: &str) -> Result<(), StoreError> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    if (next(), next(), next()) < VERSION_MIN {
        return Err(StoreError::OldSqlite(version.to_owned()));
    }
    Ok(())
}

/// Refuses a schema that isn't UTF-8: the driver takes it for granted, and a thread of its own
/// would panic over the name or type of a column and leave whoever asked waiting for ever.
async fn check_schema(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let sql = "select cast(name || tbl_name || coalesce(sql, '') as blob) from sqlite_schema";
    let said: Vec<Vec<u8>> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    if said.iter().all(|text| std::str::from_utf8(text).is_ok()) {
        return Ok(());
    }
    Err(StoreError::DamagedSchema(path.display().to_string()))
}

/// Brings the schema up to date; a database with entries is copied beside itself before.
async fn migrate(write: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let sql = "select count(*) from sqlite_schema where name in ('_sqlx_migrations', 'entry')";
    let tables: i64 = sqlx::query_scalar(sql).fetch_one(write).await?;
    if tables == 2 {
        let sql = "select max(version) from _sqlx_migrations";
        let found: i64 = sqlx::query_scalar(sql).fetch_one(write).await?;
        let newest = MIGRATIONS.iter().map(|step| step.version).max().unwrap_or_default();
        let sql = "select exists (select 1 from entry)";
        if found < newest && sqlx::query_scalar(sql).fetch_one(write).await? {
            copy_before(write, path, found).await?;
        }
    }
    let mut tried = 0;
    loop {
        let done = MIGRATIONS.run(write).await;
        tried += 1;
        // Another process may have taken the same step in the same moment; then it is done.
        let newer = matches!(done, Err(sqlx::migrate::MigrateError::VersionMissing(_)));
        if done.is_err() && !newer && tried < MIGRATION_TRIES {
            tokio::time::sleep(MIGRATION_PAUSE).await;
            continue;
        }
        return super::super::migrated(done);
    }
}

/// Copies the file as it is; the copy is on the disk before anything changes.
async fn copy_before(write: &SqlitePool, path: &Path, version: i64) -> Result<(), StoreError> {
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".before-schema-{}", version + 1));
    let copy = PathBuf::from(copy);
    if copy.exists() {
        return Ok(());
    }
    // It gets its name when it is whole: a crash meanwhile leaves no half copy that passes for
    // one.
    let mut part = copy.clone().into_os_string();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let shown = || part.display().to_string();
    let absent = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    std::fs::remove_file(&part)
        .or_else(|error| if absent(&error) { Ok(()) } else { Err(error) })
        .map_err(|error| StoreError::File(shown(), error))?;
    sqlx::query("vacuum into $1").bind(shown()).execute(write).await?;
    File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&part, &copy))
        .and_then(|()| sync_folder(&copy))
        .map_err(|error| StoreError::File(shown(), error))
}

/// Makes a file's name durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// The lock that one serving instance holds: a file beside the database, freed by the system
/// when the process ends, however it ends.
pub(super) fn claim(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let shown = || name.display().to_string();
    let file = File::options().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|error| StoreError::File(shown(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Claimed(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(StoreError::File(shown(), error)),
    }
}

pub(super) fn disk_free(path: &Path) -> Option<u64> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let said = rustix::fs::statvfs(folder.unwrap_or(Path::new("."))).ok()?;
    Some(said.f_bavail.saturating_mul(said.f_frsize))
}

/// `integrity_check` and `foreign_key_check`: what they find.
pub(super) async fn integrity(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let said: Vec<String> =
        sqlx::query_scalar("pragma integrity_check(100)").fetch_all(pool).await?;
    let sql = "select 'a row of ' || \"table\" || ' names a row of ' || parent || ' that is gone'
        from pragma_foreign_key_check limit 100";
    let orphans: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    Ok(said.into_iter().filter(|line| line != "ok").chain(orphans).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sqlite_that_loses_logs_is_refused() {
        for old in ["3.46.0", "3.51.2", "3.9.99", "x"] {
            assert!(matches!(check_version(old), Err(StoreError::OldSqlite(_))), "{old}");
        }
        for new in ["3.51.3", "3.52.0", "4.0.0"] {
            assert!(check_version(new).is_ok(), "{new}");
        }
    }
}
