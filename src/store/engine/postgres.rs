//! PostgreSQL: one pool, sessions set so that a commit that returns is durable, and a writer
//! that died or hangs gives the log's head free again.
//!
//! A server elsewhere is spoken to by TLS with its certificate verified, unless the address
//! says otherwise (`?sslmode=…`): books would cross a network in clear.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};

use super::Engine;
use crate::store::StoreError;

/// Connections of one process.
const CONNECTIONS_MAX: u32 = 16;
/// How long a request waits for a connection.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(10);
/// How long one waits for the replica, whose place the primary takes.
const ACQUIRE_REPLICA_WITHIN: Duration = Duration::from_secs(1);

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Reads an address.
pub(super) fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::Address(without_password(url), error.to_string()))?;
    let host = options.get_host().trim_start_matches('[').trim_end_matches(']');
    let near = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let asked = url.split_once('?').map_or("", |(_, asked)| asked);
    let mut keys = asked.split('&').filter_map(|pair| pair.split('=').next());
    if near || keys.any(|key| matches!(key, "sslmode" | "ssl-mode")) {
        Ok(options)
    } else {
        Ok(options.ssl_mode(PgSslMode::VerifyFull))
    }
}

/// An address as it may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://…".to_owned() };
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    format!("{scheme}://{place}")
}

/// A pool whose sessions are safe whatever the server's defaults are.
fn pool() -> PgPoolOptions {
    PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(ACQUIRE_WITHIN)
}

/// What each session says at its start.
fn session(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().application_name("mingzhang").options([
        // The writer's order rests on seeing what the last holder of the lock committed.
        ("default_transaction_isolation", "read committed"),
        // A writer that hangs or went away must not hold the log's head for ever.
        ("lock_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("client_min_messages", "warning"),
        // Every query here that may meet many rows has its index. A plan is kept for long, and
        // one made while the log was small would read all of it later.
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        // What has no index costs the planner a fortune then, and it would compile it.
        ("jit", "off"),
    ])
}

pub(super) async fn connect(options: &PgConnectOptions) -> Result<Engine, StoreError> {
    let pool = pool().after_connect(|connection, _| {
        Box::pin(async move {
            // Stronger settings than `on` stay.
            let sql = "select set_config('synchronous_commit', 'on', false)
                where current_setting('synchronous_commit') = 'off'";
            sqlx::query(sql).execute(connection).await?;
            Ok(())
        })
    });
    let pool = pool.connect_with(session(options)).await?;
    let encoding: String = sqlx::query_scalar("show server_encoding").fetch_one(&pool).await?;
    if encoding != "UTF8" {
        return Err(StoreError::Encoding(encoding));
    }
    super::super::migrated(MIGRATIONS.run(&pool).await)?;
    Ok(Engine::Postgres(pool))
}

/// A replica is read only, and may be away for a while.
pub(super) fn connect_replica(options: &PgConnectOptions) -> PgPool {
    pool().acquire_timeout(ACQUIRE_REPLICA_WITHIN).connect_lazy_with(session(options))
}

/// How a server is set, as far as durability depends on it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// Its version.
    pub version: String,
    /// `fsync` is on.
    pub fsync: bool,
    /// `full_page_writes` is on.
    pub full_page_writes: bool,
    /// `synchronous_commit` as the sessions have it.
    pub synchronous_commit: String,
    /// Pages carry checksums.
    pub data_checksums: bool,
    /// Standbys that a commit waits for, as configured.
    pub synchronous_standby_names: String,
    /// The server is a standby: nothing can be written.
    pub in_recovery: bool,
    /// This session is encrypted.
    pub tls: bool,
    /// The server's clock, milliseconds since 1970.
    pub clock_ms: i64,
}

type SettingsRow = (String, String, String, String, String, String, bool, bool, i64);

pub(super) async fn settings(pool: &PgPool) -> Result<Settings, StoreError> {
    let sql = "select current_setting('server_version'), current_setting('fsync'),
        current_setting('full_page_writes'), current_setting('synchronous_commit'),
        current_setting('data_checksums'), current_setting('synchronous_standby_names'),
        pg_is_in_recovery(),
        coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
        cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
    let row: SettingsRow = sqlx::query_as(sql).fetch_one(pool).await?;
    Ok(Settings {
        version: row.0,
        fsync: row.1 == "on",
        full_page_writes: row.2 == "on",
        synchronous_commit: row.3,
        data_checksums: row.4 == "on",
        synchronous_standby_names: row.5,
        in_recovery: row.6,
        tls: row.7,
        clock_ms: row.8,
    })
}

/// The server's check of its indexes, where the extension `amcheck` is there.
pub(super) async fn integrity(pool: &PgPool) -> Result<(bool, Vec<String>), StoreError> {
    let sql = "select exists (select 1 from pg_extension where extname = 'amcheck')";
    if !sqlx::query_scalar::<_, bool>(sql).fetch_one(pool).await? {
        return Ok((false, Vec::new()));
    }
    let sql = "select c.oid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
        join pg_am a on a.oid = c.relam
        where a.amname = 'btree' and c.relnamespace = 'public'::regnamespace and i.indisvalid";
    let indexes: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await?;
    let mut said = Vec::new();
    for index in indexes {
        let sql = "select bt_index_check($1::regclass, true)::text";
        let checked = sqlx::query(sql).bind(&index).execute(pool).await;
        match checked {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) => said.push(format!("{index}: {error}")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok((true, said))
}
