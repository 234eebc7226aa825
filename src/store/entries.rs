//! Entries: one transaction that appends them, and reading them back.

use sqlx::{Postgres, Sqlite, Transaction};

use super::engine::{Engine, Reader, ask, number, stored};
use super::{Store, StoreError, StoredRow, commit};
use crate::ledger::id::EstateCode;

/// One write transaction. Dropped without [`WriteTx::commit`] it leaves nothing.
pub enum WriteTx {
    /// Begun `immediate`: no other writer.
    Sqlite(Transaction<'static, Sqlite>),
    /// Holds the row lock on the log's head.
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Begins to write and takes the log's head: others who want to write wait, and what is
    /// read from now on is final. So the order of commits is the order of the log, also with
    /// several processes.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        match &self.engine {
            Engine::Sqlite { write, .. } => {
                Ok(WriteTx::Sqlite(write.begin_with("begin immediate").await?))
            }
            Engine::Postgres(pool) => {
                // One trip to the server; what is read after it is as the lock found it.
                let sql = "begin; select instance_id from instance for update";
                Ok(WriteTx::Postgres(pool.begin_with(sql).await?))
            }
        }
    }
}

type EntryRow = (i64, i64, Vec<u8>, String);

impl Reader<'_> {
    /// How many entries the log has.
    pub async fn log_size(self) -> Result<u64, StoreError> {
        let (size,): (i64,) = ask!(self, fetch_one, LOG_SIZE)?;
        Ok(number(size))
    }

    /// One entry of an estate.
    pub async fn entry(
        self,
        estate: EstateCode,
        seq: u64,
    ) -> Result<Option<StoredRow>, StoreError> {
        let sql = "select log_index, seq, hash, body from entry
            where estate_id = (select estate_id from estate where code = $1) and seq = $2";
        let row: Option<EntryRow> =
            ask!(self, fetch_optional, sql, estate.as_str().to_owned(), stored(seq))?;
        Ok(row.map(read_row))
    }

    /// Entries of an estate from a number on, oldest first.
    pub async fn entries_from(
        self,
        estate: EstateCode,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        // Not a join: behind one PostgreSQL sorts all that follows to find the first few.
        let sql = "select log_index, seq, hash, body from entry
            where estate_id = (select estate_id from estate where code = $1) and seq >= $2
            order by seq limit $3";
        let (code, limit) = (estate.as_str().to_owned(), i64::from(limit));
        let rows: Vec<EntryRow> = ask!(self, fetch_all, sql, code, stored(from), limit)?;
        Ok(rows.into_iter().map(read_row).collect())
    }

    /// Entries of an estate before a number, newest first.
    pub async fn entries_before(
        self,
        estate: EstateCode,
        before: u64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = "select log_index, seq, hash, body from entry
            where estate_id = (select estate_id from estate where code = $1) and seq < $2
            order by seq desc limit $3";
        let (code, limit) = (estate.as_str().to_owned(), i64::from(limit));
        let rows: Vec<EntryRow> = ask!(self, fetch_all, sql, code, stored(before), limit)?;
        Ok(rows.into_iter().map(read_row).collect())
    }

    /// The estates that entries from a log index on belong to.
    pub async fn estates_since(self, log_index: u64) -> Result<Vec<EstateCode>, StoreError> {
        let sql = "select distinct code from entry join estate using (estate_id)
            where log_index >= $1";
        let codes: Vec<(String,)> = ask!(self, fetch_all, sql, stored(log_index))?;
        Ok(codes.iter().filter_map(|(code,)| code.parse().ok()).collect())
    }
}

const LOG_SIZE: &str = "select coalesce(max(log_index) + 1, 0) from entry";

impl WriteTx {
    /// How many entries the log has, as this transaction sees it.
    pub async fn log_size(&mut self) -> Result<u64, StoreError> {
        let size: i64 = match self {
            Self::Sqlite(tx) => sqlx::query_scalar(LOG_SIZE).fetch_one(&mut **tx).await?,
            Self::Postgres(tx) => sqlx::query_scalar(LOG_SIZE).fetch_one(&mut **tx).await?,
        };
        Ok(number(size))
    }

    /// The log this database is, once it is one.
    pub async fn log_origin(&mut self) -> Result<Option<String>, StoreError> {
        let sql = "select log from instance";
        Ok(match self {
            Self::Sqlite(tx) => sqlx::query_scalar(sql).fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => sqlx::query_scalar(sql).fetch_optional(&mut **tx).await?,
        })
    }

    /// Makes this database a log; one that is one already stays what it is.
    pub async fn set_log_origin(&mut self, log: &str, secret: &[u8]) -> Result<(), StoreError> {
        let sql = "insert into instance (instance_id, log, secret) values (1, $1, $2)
            on conflict (instance_id) do nothing";
        match self {
            Self::Sqlite(tx) => {
                let query = sqlx::query(sql).bind(log.to_owned()).bind(secret.to_vec());
                query.execute(&mut **tx).await?;
            }
            Self::Postgres(tx) => {
                sqlx::query(sql).bind(log).bind(secret).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Makes all of it durable. A crash before this leaves nothing; after it, everything. After
    /// an error it is not known which: the caller reads again.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => Ok(tx.commit().await?),
            Self::Postgres(tx) => commit::watched(tx).await,
        }
    }
}

fn read_row((log_index, seq, hash, body): EntryRow) -> StoredRow {
    StoredRow { log_index: number(log_index), seq: number(seq), hash, body: body.into_bytes() }
}
