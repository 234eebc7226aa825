//! The directory of estates, and private values.

use sqlx::Row;

use super::{SealedRow, Store, StoreError};
use crate::ledger::id::{EntryHash, EstateCode};

impl Store {
    /// Codes of estates in order, after one of them; `search` is found in code, name, address.
    pub async fn estates(
        &self,
        search: &str,
        after: Option<EstateCode>,
        limit: u32,
    ) -> Result<Vec<EstateCode>, StoreError> {
        let sql = "select code from estate
            where code > $1 and instr(lower(code || ' ' || name || ' ' || address), $2) > 0
            order by code limit $3";
        let after = after.map(|code| code.as_str().to_owned()).unwrap_or_default();
        let query = sqlx::query_scalar(sql).bind(after).bind(search.to_lowercase()).bind(limit);
        let codes: Vec<String> = query.fetch_all(&self.read).await?;
        Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
    }

    /// True where the estate is in the directory.
    pub async fn has_estate(&self, code: EstateCode) -> Result<bool, StoreError> {
        let sql = "select exists (select 1 from estate where code = $1)";
        let query = sqlx::query_scalar(sql).bind(code.as_str().to_owned());
        Ok(query.fetch_one(&self.read).await?)
    }

    /// The private values of an estate.
    pub async fn sealed_values(&self, estate: EstateCode) -> Result<Vec<SealedRow>, StoreError> {
        let sql =
            "select digest, subject, disclosure from sealed_value join estate using (estate_id)
            where code = $1 order by subject";
        let rows = sqlx::query(sql).bind(estate.as_str().to_owned()).fetch_all(&self.read).await?;
        let mut values = Vec::with_capacity(rows.len());
        for row in rows {
            let digest: Vec<u8> = row.try_get(0)?;
            let Ok(digest) = digest.try_into().map(EntryHash::from_bytes) else { continue };
            values.push(SealedRow {
                digest,
                subject: row.try_get(1)?,
                disclosure: row.try_get(2)?,
            });
        }
        Ok(values)
    }
}
