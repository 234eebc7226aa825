//! The directory of estates, private values, snapshots of books.

use super::engine::{Reader, ask, number, stored};
use super::{NewEstate, SealedRow, SnapshotRow, StoreError, ascending};
use crate::ledger::id::{EntryHash, EstateCode};

impl Reader<'_> {
    /// Codes of estates in order, after one of them; `search` is found in code, name, address.
    pub async fn estates(
        self,
        search: &str,
        after: Option<EstateCode>,
        limit: u32,
    ) -> Result<Vec<EstateCode>, StoreError> {
        // A text holds another when taking that out changes it: the same on both engines.
        let sql = "select code from estate where code > $1 and ($2 = ''
                or replace(lower(code || ' ' || name || ' ' || address), $2, '')
                    <> lower(code || ' ' || name || ' ' || address))
            order by code limit $3";
        let after = after.map(|code| code.as_str().to_owned()).unwrap_or_default();
        let (search, limit) = (search.to_lowercase(), i64::from(limit));
        let codes: Vec<(String,)> = ask!(self, fetch_all, sql, after.clone(), search, limit)?;
        let codes = ascending("estate", &after, codes, |(code,)| code)?;
        Ok(codes.iter().filter_map(|(code,)| code.parse().ok()).collect())
    }

    /// Rows of the directory as they stand, after a code.
    pub async fn directory_rows(
        self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DirectoryRow>, StoreError> {
        let sql = "select estate_id, code, name, address from estate
            where code > $1 order by code limit $2";
        let (after, limit) = (after.to_owned(), i64::from(limit));
        let rows: Vec<(i64, String, String, String)> =
            ask!(self, fetch_all, sql, after.clone(), limit)?;
        let rows = ascending("estate", &after, rows, |(_, code, _, _)| code)?;
        let row = |(id, code, name, address)| DirectoryRow { id, code, name, address };
        Ok(rows.into_iter().map(row).collect())
    }

    /// True where the estate is in the directory.
    pub async fn has_estate(self, code: EstateCode) -> Result<bool, StoreError> {
        let sql = "select exists (select 1 from estate where code = $1)";
        let (there,): (bool,) = ask!(self, fetch_one, sql, code.as_str().to_owned())?;
        Ok(there)
    }

    /// The private values of an estate.
    pub async fn sealed_values(self, estate: EstateCode) -> Result<Vec<SealedRow>, StoreError> {
        let sql =
            "select digest, subject, disclosure from sealed_value join estate using (estate_id)
            where code = $1 order by subject";
        let rows: Vec<(Vec<u8>, String, String)> =
            ask!(self, fetch_all, sql, estate.as_str().to_owned())?;
        let mut values = Vec::with_capacity(rows.len());
        for (digest, subject, disclosure) in rows {
            let Ok(digest) = digest.try_into().map(EntryHash::from_bytes) else { continue };
            values.push(SealedRow { digest, subject, disclosure });
        }
        Ok(values)
    }

    /// Rows whose estate is not in the directory: their table, and how many there are.
    pub async fn orphans(self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = "select 'book_snapshot', count(*) from book_snapshot
                where estate_id not in (select estate_id from estate)
            union all select 'sealed_value', count(*) from sealed_value
                where estate_id not in (select estate_id from estate)";
        Ok(ask!(self, fetch_all, sql)?)
    }

    /// The snapshot of an estate's book, where one is kept.
    pub async fn snapshot(self, estate: EstateCode) -> Result<Option<SnapshotRow>, StoreError> {
        let sql = "select entries, body from book_snapshot join estate using (estate_id)
            where code = $1";
        let row: Option<(i64, String)> =
            ask!(self, fetch_optional, sql, estate.as_str().to_owned())?;
        Ok(row.map(|(entries, body)| SnapshotRow { entries: number(entries), body }))
    }
}

/// A row of the directory as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryRow {
    /// Its key: the log index of the estate's first entry.
    pub id: i64,
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
}

impl DirectoryRow {
    /// The row that an estate's first entry and book call for.
    pub fn of(estate: &NewEstate) -> Self {
        let (name, address) = (estate.name.clone(), estate.address.clone());
        Self { id: stored(estate.opened_at), code: estate.code.to_string(), name, address }
    }
}
