//! Appending entries in one transaction, and reading them back.

use serde_json::json;
use sqlx::{Row, Sqlite, Transaction};

use super::engine::{number, stored};
use super::{LogNode, NewEntry, NewEstate, SealedRow, Store, StoreError, StoredRow};
use crate::ledger::id::{EntryHash, EstateCode};

/// One write transaction. Dropped without [`WriteTx::commit`] it leaves nothing.
pub struct WriteTx {
    tx: Transaction<'static, Sqlite>,
}

impl Store {
    /// Begins to write; others who want to write wait.
    pub async fn begin(&self) -> Result<WriteTx, StoreError> {
        Ok(WriteTx { tx: self.write.begin_with("begin immediate").await? })
    }

    /// How many entries the log has.
    pub async fn log_size(&self) -> Result<u64, StoreError> {
        let sql = "select coalesce(max(log_index) + 1, 0) from entry";
        Ok(number(sqlx::query_scalar(sql).fetch_one(&self.read).await?))
    }

    /// One entry of an estate.
    pub async fn entry(
        &self,
        estate: EstateCode,
        seq: u64,
    ) -> Result<Option<StoredRow>, StoreError> {
        let sql = "select log_index, seq, hash, body from entry join estate using (estate_id)
            where code = $1 and seq = $2";
        let query = sqlx::query(sql).bind(estate.as_str().to_owned()).bind(stored(seq));
        query.fetch_optional(&self.read).await?.map(|row| read_row(&row)).transpose()
    }

    /// Entries of an estate from a number on, oldest first.
    pub async fn entries_from(
        &self,
        estate: EstateCode,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = "select log_index, seq, hash, body from entry join estate using (estate_id)
            where code = $1 and seq >= $2 order by seq limit $3";
        let query =
            sqlx::query(sql).bind(estate.as_str().to_owned()).bind(stored(from)).bind(limit);
        query.fetch_all(&self.read).await?.iter().map(read_row).collect()
    }

    /// Entries of an estate before a number, newest first.
    pub async fn entries_before(
        &self,
        estate: EstateCode,
        before: u64,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let sql = "select log_index, seq, hash, body from entry join estate using (estate_id)
            where code = $1 and seq < $2 order by seq desc limit $3";
        let query =
            sqlx::query(sql).bind(estate.as_str().to_owned()).bind(stored(before)).bind(limit);
        query.fetch_all(&self.read).await?.iter().map(read_row).collect()
    }

    /// Which of these draft keys an estate has already, with the number of their entry.
    pub async fn known_refs(
        &self,
        estate: EstateCode,
        refs: &[&str],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let keys = json!(refs).to_string();
        let found = sqlx::query(KNOWN_REFS).bind(estate.as_str().to_owned()).bind(keys);
        found.fetch_all(&self.read).await?.iter().map(read_ref).collect()
    }

    /// The estates that entries from a log index on belong to.
    pub async fn estates_since(&self, log_index: u64) -> Result<Vec<EstateCode>, StoreError> {
        let sql = "select distinct code from entry join estate using (estate_id)
            where log_index >= $1";
        let codes: Vec<String> =
            sqlx::query_scalar(sql).bind(stored(log_index)).fetch_all(&self.read).await?;
        Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
    }
}

const KNOWN_REFS: &str = "select ref, seq from entry join estate using (estate_id)
    where code = $1 and ref in (select value from json_each($2))";

impl WriteTx {
    /// How many entries the log has, as this transaction sees it.
    pub async fn log_size(&mut self) -> Result<u64, StoreError> {
        let sql = "select coalesce(max(log_index) + 1, 0) from entry";
        Ok(number(sqlx::query_scalar(sql).fetch_one(&mut *self.tx).await?))
    }

    /// The log this database is, once it is one.
    pub async fn log_origin(&mut self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select log from instance").fetch_optional(&mut *self.tx).await?)
    }

    /// Makes this database a log; refused when it is one already.
    pub async fn set_log_origin(&mut self, log: &str, secret: [u8; 32]) -> Result<(), StoreError> {
        let sql = "insert into instance (instance_id, log, secret) values (1, $1, $2)";
        let query = sqlx::query(sql).bind(log.to_owned()).bind(secret.to_vec());
        query.execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Which draft keys are known, with the number of their entry: one answer for many estates.
    /// `wanted` pairs estates with keys.
    pub async fn known_refs(
        &mut self,
        wanted: &[(EstateCode, &str)],
    ) -> Result<Vec<(EstateCode, String, u64)>, StoreError> {
        let sql = "select code, ref, seq from json_each($1) as wanted
            cross join estate on code = wanted.value ->> 0
            cross join entry using (estate_id) where ref = wanted.value ->> 1";
        let pairs: Vec<_> = wanted.iter().map(|(code, key)| (code.as_str(), *key)).collect();
        let rows = sqlx::query(sql).bind(json!(pairs).to_string()).fetch_all(&mut *self.tx).await?;
        let mut known = Vec::with_capacity(rows.len());
        for row in rows {
            let code: String = row.try_get(0)?;
            let seq: i64 = row.try_get(2)?;
            if let Ok(code) = code.parse() {
                known.push((code, row.try_get(1)?, number(seq)));
            }
        }
        Ok(known)
    }

    /// Adds estates to the directory.
    pub async fn add_estates(&mut self, estates: &[NewEstate]) -> Result<(), StoreError> {
        let sql = "insert into estate (code, name, address)
            select value ->> 0, value ->> 1, value ->> 2 from json_each($1)";
        let rows: Vec<_> = estates.iter().map(|e| (e.code.as_str(), &e.name, &e.address)).collect();
        sqlx::query(sql).bind(json!(rows).to_string()).execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Appends entries, in the order of their log index. One statement carries them all:
    /// measured, `json_each` is the fastest bulk insert SQLite has.
    pub async fn append(&mut self, entries: &[NewEntry]) -> Result<(), StoreError> {
        let sql = "insert into entry (log_index, estate_id, seq, hash, ref, body)
            select value ->> 0, estate_id, value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5
            from json_each($1) join estate on code = value ->> 1";
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let body = std::str::from_utf8(&entry.body).map_err(|_| StoreError::Corrupt {
                log_index: entry.log_index,
                cause: "the bytes are not UTF-8".to_owned(),
            })?;
            let hash = entry.hash.to_string();
            let (code, key) = (entry.estate.as_str(), entry.r#ref.as_str());
            rows.push((entry.log_index, code, entry.seq, hash, key, body));
        }
        let rows = json!(rows).to_string();
        let done = sqlx::query(sql).bind(rows).execute(&mut *self.tx).await?;
        let wanted = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        if done.rows_affected() != wanted {
            let log_index = entries.first().map_or(0, |entry| entry.log_index);
            let cause = format!("{} of {wanted} rows were written", done.rows_affected());
            return Err(StoreError::Corrupt { log_index, cause });
        }
        Ok(())
    }

    /// Adds nodes of the tree.
    pub async fn add_nodes(&mut self, nodes: &[LogNode]) -> Result<(), StoreError> {
        for node in nodes {
            let sql = "insert into log_node (level, position, hash) values ($1, $2, $3)";
            let query = sqlx::query(sql).bind(node.level).bind(stored(node.position));
            query.bind(node.hash.to_vec()).execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    /// Keeps private values beside the log; one that is there already stays.
    pub async fn add_sealed(
        &mut self,
        estate: EstateCode,
        values: &[SealedRow],
    ) -> Result<(), StoreError> {
        let sql = "insert into sealed_value (digest, estate_id, subject, disclosure)
            select $1, estate_id, $2, $3 from estate where code = $4
            on conflict do nothing";
        for value in values {
            let query = sqlx::query(sql)
                .bind(value.digest.as_bytes().to_vec())
                .bind(value.subject.clone())
                .bind(value.disclosure.clone())
                .bind(estate.as_str().to_owned());
            query.execute(&mut *self.tx).await?;
        }
        Ok(())
    }

    /// Makes all of it durable. A crash before this leaves nothing; after it, everything.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

fn read_ref(row: &sqlx::sqlite::SqliteRow) -> Result<(String, u64), StoreError> {
    let seq: i64 = row.try_get(1)?;
    Ok((row.try_get(0)?, number(seq)))
}

fn read_row(row: &sqlx::sqlite::SqliteRow) -> Result<StoredRow, StoreError> {
    let log_index: i64 = row.try_get(0)?;
    let seq: i64 = row.try_get(1)?;
    let hash: Vec<u8> = row.try_get(2)?;
    let body: String = row.try_get(3)?;
    let log_index = number(log_index);
    let hash = hash.try_into().map_err(|_| StoreError::Corrupt {
        log_index,
        cause: "its hash is not 32 bytes".to_owned(),
    })?;
    let hash = EntryHash::from_bytes(hash);
    Ok(StoredRow { log_index, seq: number(seq), hash, body: body.into_bytes() })
}
