//! The log as a tree: leaves and nodes, as the publisher, the writer and the verifier need them.

use super::engine::{Reader, ask, number, stored};
use super::{LogNode, LogRow, StoreError};

type RawRow = (i64, Option<String>, i64, Vec<u8>, String, String);

impl Reader<'_> {
    /// The log this database is, once it is one.
    pub async fn log_origin(self) -> Result<Option<String>, StoreError> {
        let log: Option<(String,)> = ask!(self, fetch_optional, "select log from instance")?;
        Ok(log.map(|(log,)| log))
    }

    /// The instance's secret, for references of imported rows.
    pub async fn secret(self) -> Result<Vec<u8>, StoreError> {
        let secret: Option<(Vec<u8>,)> = ask!(self, fetch_optional, "select secret from instance")?;
        secret.map(|(secret,)| secret).ok_or(StoreError::Unnamed)
    }

    /// Hashes of leaves from an index on.
    pub async fn leaves(self, from: u64, limit: u32) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "select hash from entry where log_index >= $1 order by log_index limit $2";
        let hashes: Vec<(Vec<u8>,)> = ask!(self, fetch_all, sql, stored(from), i64::from(limit))?;
        let damaged = |at: usize| StoreError::Corrupt {
            log_index: from + u64::try_from(at).unwrap_or_default(),
            cause: "its hash is not 32 bytes".to_owned(),
        };
        let each = hashes.into_iter().enumerate();
        each.map(|(at, (hash,))| hash.try_into().map_err(|_| damaged(at))).collect()
    }

    /// Nodes of a level from a position on.
    pub async fn nodes(
        self,
        level: u32,
        from: u64,
        limit: u32,
    ) -> Result<Vec<LogNode>, StoreError> {
        let sql = "select position, hash from log_node where level = $1 and position >= $2
            order by position limit $3";
        let rows: Vec<(i64, Vec<u8>)> =
            ask!(self, fetch_all, sql, i64::from(level), stored(from), i64::from(limit))?;
        let mut nodes = Vec::with_capacity(rows.len());
        for (position, hash) in rows {
            let hash = hash.try_into().map_err(|_| StoreError::Corrupt {
                log_index: number(position),
                cause: format!("a node of level {level} is not 32 bytes"),
            })?;
            nodes.push(LogNode { level, position: number(position), hash });
        }
        Ok(nodes)
    }

    /// The hash of a node as it stands.
    pub async fn node(self, level: u32, position: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "select hash from log_node where level = $1 and position = $2";
        let row: Option<(Vec<u8>,)> =
            ask!(self, fetch_optional, sql, i64::from(level), stored(position))?;
        Ok(row.map(|(hash,)| hash))
    }

    /// How many nodes are stored, of whatever level.
    pub async fn nodes_stored(self) -> Result<u64, StoreError> {
        let (count,): (i64,) = ask!(self, fetch_one, "select count(*) from log_node")?;
        Ok(number(count))
    }

    /// Rows of the log as they stand, from an index on.
    pub async fn log_rows(self, from: u64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
        let sql = "select log_index,
                (select code from estate where estate.estate_id = entry.estate_id),
                seq, hash, ref, body
            from entry where log_index >= $1 order by log_index limit $2";
        let rows: Vec<RawRow> = ask!(self, fetch_all, sql, stored(from), i64::from(limit))?;
        let row = |(log_index, estate, seq, hash, r#ref, body): RawRow| LogRow {
            log_index,
            estate,
            seq,
            hash,
            r#ref,
            body: body.into_bytes(),
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
