//! The log as a tree: leaves and nodes, as the publisher and the writer need them.

use sqlx::Row;

use super::engine::{number, stored};
use super::{LogNode, Store, StoreError};

impl Store {
    /// The log this database is, once it is one.
    pub async fn log_origin(&self) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("select log from instance").fetch_optional(&self.read).await?)
    }

    /// The instance's secret, for references of imported rows.
    pub async fn secret(&self) -> Result<Vec<u8>, StoreError> {
        let sql = "select secret from instance";
        let secret = sqlx::query_scalar(sql).fetch_optional(&self.read).await?;
        secret.ok_or(StoreError::Unnamed)
    }

    /// Hashes of leaves from an index on.
    pub async fn leaves(&self, from: u64, limit: u32) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "select hash from entry where log_index >= $1 order by log_index limit $2";
        let query = sqlx::query_scalar(sql).bind(stored(from)).bind(limit);
        let hashes: Vec<Vec<u8>> = query.fetch_all(&self.read).await?;
        let damaged = |at: usize| StoreError::Corrupt {
            log_index: from + u64::try_from(at).unwrap_or_default(),
            cause: "its hash is not 32 bytes".to_owned(),
        };
        let each = hashes.into_iter().enumerate();
        each.map(|(at, hash)| hash.try_into().map_err(|_| damaged(at))).collect()
    }

    /// Nodes of a level from a position on.
    pub async fn nodes(
        &self,
        level: u32,
        from: u64,
        limit: u32,
    ) -> Result<Vec<LogNode>, StoreError> {
        let sql = "select position, hash from log_node where level = $1 and position >= $2
            order by position limit $3";
        let query = sqlx::query(sql).bind(level).bind(stored(from)).bind(limit);
        let mut nodes = Vec::new();
        for row in query.fetch_all(&self.read).await? {
            let position: i64 = row.try_get(0)?;
            let hash: Vec<u8> = row.try_get(1)?;
            let hash = hash.try_into().map_err(|_| StoreError::Corrupt {
                log_index: number(position),
                cause: format!("a node of level {level} is not 32 bytes"),
            })?;
            nodes.push(LogNode { level, position: number(position), hash });
        }
        Ok(nodes)
    }
}
