//! The statements that differ: bulk inserts and look-ups over lists. Measured, the fastest bulk
//! insert of SQLite is `values` of many rows, that of PostgreSQL `unnest`; JSON is slower on both
//! (`docs/decisions/0010-one-text-a-query.md`).

use std::sync::LazyLock;

use serde_json::json;

use super::{Reader, number, stored, write_on};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::store::entries::WriteTx;
use crate::store::{LogNode, NewEntry, NewEstate, SealedRow, SnapshotRow, StoreError};

impl Reader<'_> {
    /// Which of these draft keys an estate has already, with the number of their entry.
    pub async fn known_refs(
        self,
        estate: EstateCode,
        refs: &[&str],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let code = estate.as_str().to_owned();
        let rows: Vec<(String, i64)> = match self {
            Self::Sqlite(pool) => {
                let sql = "select ref, seq from entry join estate using (estate_id)
                    where code = $1 and ref in (select value from json_each($2))";
                sqlx::query_as(sql).bind(code).bind(json!(refs).to_string()).fetch_all(pool).await?
            }
            Self::Postgres(pool) => {
                let sql = "select ref, seq from entry join estate using (estate_id)
                    where code = $1 and ref = any($2)";
                let refs: Vec<String> = refs.iter().map(|key| (*key).to_owned()).collect();
                sqlx::query_as(sql).bind(code).bind(refs).fetch_all(pool).await?
            }
        };
        Ok(rows.into_iter().map(|(key, seq)| (key, number(seq))).collect())
    }
}

impl WriteTx {
    /// Which draft keys are known, with the number of their entry: one answer for many estates.
    /// `wanted` pairs estates with keys.
    pub async fn known_refs(
        &mut self,
        wanted: &[(EstateCode, &str)],
    ) -> Result<Vec<(EstateCode, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> = match self {
            Self::Sqlite(tx) => {
                let sql = "select code, ref, seq from json_each($1) as wanted
                    cross join estate on code = wanted.value ->> 0
                    cross join entry using (estate_id) where ref = wanted.value ->> 1";
                let pairs: Vec<_> =
                    wanted.iter().map(|(code, key)| (code.as_str(), *key)).collect();
                sqlx::query_as(sql).bind(json!(pairs).to_string()).fetch_all(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                // A look-up of the index for each key, whatever the planner thinks of the table:
                // its plan is older than a log that grows.
                let sql = "select wanted.code, wanted.ref, known.seq
                    from unnest($1::text[], $2::text[]) as wanted (code, ref)
                    cross join lateral (
                        select seq from entry
                        where entry.ref = wanted.ref and entry.estate_id =
                            (select estate_id from estate where estate.code = wanted.code)
                        limit 1) as known";
                let codes: Vec<String> =
                    wanted.iter().map(|(code, _)| code.as_str().to_owned()).collect();
                let keys: Vec<String> = wanted.iter().map(|(_, key)| (*key).to_owned()).collect();
                sqlx::query_as(sql).bind(codes).bind(keys).fetch_all(&mut **tx).await?
            }
        };
        let rows = rows.into_iter();
        Ok(rows
            .filter_map(|(code, key, seq)| Some((code.parse().ok()?, key, number(seq))))
            .collect())
    }

    /// The last entry of each of these estates that has one: its number and its hash.
    pub async fn heads(
        &mut self,
        estates: &[EstateCode],
    ) -> Result<Vec<(EstateCode, u64, Vec<u8>)>, StoreError> {
        let codes: Vec<&str> = estates.iter().map(EstateCode::as_str).collect();
        let rows: Vec<(String, i64, Vec<u8>)> = match self {
            Self::Sqlite(tx) => {
                let sql = "select code, seq, hash from json_each($1) as wanted
                    cross join estate on code = wanted.value
                    cross join entry using (estate_id)
                    where seq = (select max(seq) from entry as other
                        where other.estate_id = estate.estate_id)";
                sqlx::query_as(sql).bind(json!(codes).to_string()).fetch_all(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                let sql = "select code, seq, hash from unnest($1::text[]) as wanted (estate)
                    join estate on code = wanted.estate
                    cross join lateral (select seq, hash from entry
                        where entry.estate_id = estate.estate_id
                        order by seq desc limit 1) as head";
                sqlx::query_as(sql).bind(codes).fetch_all(&mut **tx).await?
            }
        };
        let rows = rows.into_iter();
        Ok(rows
            .filter_map(|(code, seq, hash)| Some((code.parse().ok()?, number(seq), hash)))
            .collect())
    }

    /// Adds estates to the directory.
    pub async fn add_estates(&mut self, estates: &[NewEstate]) -> Result<(), StoreError> {
        let sql = "insert into estate (estate_id, code, name, address) values ($1, $2, $3, $4)";
        for estate in estates {
            let id = stored(estate.opened_at);
            let (code, name) = (estate.code.as_str().to_owned(), estate.name.clone());
            write_on!(self, sql, id, code.clone(), name.clone(), estate.address.clone());
        }
        Ok(())
    }

    /// Appends entries, in the order of their log index; a few statements carry them all.
    pub async fn append(&mut self, entries: &[NewEntry]) -> Result<(), StoreError> {
        let written = match self {
            Self::Sqlite(tx) => {
                let (mut written, mut rest) = (0, entries);
                while let Some((sql, rows)) = insert_of(rest.len()) {
                    let (these, after) = rest.split_at(rows);
                    let mut query = sqlx::query(sql);
                    for entry in these {
                        let code = entry.estate.as_str().to_owned();
                        let key = entry.r#ref.as_str().to_owned();
                        let hash = entry.hash.as_bytes().to_vec();
                        let body = body_text(entry)?.to_owned();
                        query = query.bind(stored(entry.log_index)).bind(code);
                        query = query.bind(stored(entry.seq)).bind(hash).bind(key).bind(body);
                    }
                    written += query.execute(&mut **tx).await?.rows_affected();
                    rest = after;
                }
                written
            }
            Self::Postgres(tx) => {
                let sql = "insert into entry (log_index, estate_id, seq, hash, ref, body)
                    select log_index,
                        (select estate_id from estate where estate.code = new.code),
                        seq, hash, ref, body
                    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::text[],
                        $6::text[]) as new (log_index, code, seq, hash, ref, body)";
                let mut bodies = Vec::with_capacity(entries.len());
                for entry in entries {
                    bodies.push(body_text(entry)?);
                }
                let each = entries.iter();
                let indexes: Vec<i64> = each.clone().map(|e| stored(e.log_index)).collect();
                let codes: Vec<&str> = each.clone().map(|e| e.estate.as_str()).collect();
                let seqs: Vec<i64> = each.clone().map(|e| stored(e.seq)).collect();
                let hashes: Vec<&[u8]> =
                    each.clone().map(|e| e.hash.as_bytes().as_slice()).collect();
                let refs: Vec<&str> = each.map(|e| e.r#ref.as_str()).collect();
                let query = sqlx::query(sql).bind(indexes).bind(codes).bind(seqs);
                let query = query.bind(hashes).bind(refs).bind(bodies);
                query.execute(&mut **tx).await?.rows_affected()
            }
        };
        let wanted = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        if written == wanted {
            return Ok(());
        }
        Err(damaged(entries, &format!("{written} of {wanted} rows were written")))
    }

    /// Adds nodes of the tree.
    pub async fn add_nodes(&mut self, nodes: &[LogNode]) -> Result<(), StoreError> {
        let sql = "insert into log_node (level, position, hash) values ($1, $2, $3)";
        for node in nodes {
            let (level, position) = (i64::from(node.level), stored(node.position));
            write_on!(self, sql, level, position, node.hash.to_vec());
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
            let digest = value.digest.as_bytes().to_vec();
            let (subject, disclosure) = (value.subject.clone(), value.disclosure.clone());
            write_on!(self, sql, digest, subject, disclosure, estate.as_str().to_owned());
        }
        Ok(())
    }

    /// Deletes private values; what isn't there stays gone.
    pub async fn erase_sealed(
        &mut self,
        digests: &[(EstateCode, EntryHash)],
    ) -> Result<(), StoreError> {
        let sql = "delete from sealed_value where digest = $1
            and estate_id = (select estate_id from estate where code = $2)";
        for (estate, digest) in digests {
            write_on!(self, sql, digest.as_bytes().to_vec(), estate.as_str().to_owned());
        }
        Ok(())
    }

    /// Keeps the snapshot of an estate's book, in place of an older one.
    pub async fn keep_snapshot(
        &mut self,
        estate: EstateCode,
        snapshot: &SnapshotRow,
    ) -> Result<(), StoreError> {
        let sql = "insert into book_snapshot (estate_id, entries, body)
            select estate_id, cast($1 as bigint), $2 from estate where code = $3
            on conflict (estate_id) do update set entries = excluded.entries, body = excluded.body";
        let (entries, body) = (stored(snapshot.entries), snapshot.body.clone());
        write_on!(self, sql, entries, body, estate.as_str().to_owned());
        Ok(())
    }

    /// Empties the table of snapshots.
    pub async fn clear_snapshots(&mut self) -> Result<(), StoreError> {
        write_on!(self, "delete from book_snapshot",);
        Ok(())
    }

    /// Removes an estate's snapshot.
    pub async fn remove_snapshot(&mut self, estate: EstateCode) -> Result<(), StoreError> {
        let sql = "delete from book_snapshot
            where estate_id = (select estate_id from estate where code = $1)";
        write_on!(self, sql, estate.as_str().to_owned());
        Ok(())
    }

    /// Empties the table of nodes.
    pub async fn clear_nodes(&mut self) -> Result<(), StoreError> {
        write_on!(self, "delete from log_node",);
        Ok(())
    }

    /// Takes a row's place in the directory away: nobody finds an estate by it any more. It goes
    /// where nothing hangs on it.
    pub async fn unname_estate(&mut self, id: i64) -> Result<(), StoreError> {
        let sql = "update estate set code = '?' || cast(estate_id as text) where estate_id = $1";
        write_on!(self, sql, id);
        let sql = "delete from book_snapshot where estate_id = $1";
        write_on!(self, sql, id);
        let sql = "delete from estate where estate_id = $1
            and estate_id not in (select estate_id from entry)
            and estate_id not in (select estate_id from sealed_value)";
        write_on!(self, sql, id);
        Ok(())
    }

    /// Sets an estate's row in the directory right, or adds it.
    pub async fn put_estate(&mut self, estate: &NewEstate) -> Result<(), StoreError> {
        let sql = "insert into estate (estate_id, code, name, address) values ($1, $2, $3, $4)
            on conflict (estate_id) do update set code = excluded.code, name = excluded.name,
                address = excluded.address";
        let (name, address) = (estate.name.clone(), estate.address.clone());
        write_on!(self, sql, stored(estate.opened_at), estate.code.to_string(), name, address);
        Ok(())
    }
}

/// SQLite's insert of many rows, for a few numbers of rows: each text is prepared once.
static INSERTS: LazyLock<[(String, usize); 5]> =
    LazyLock::new(|| [256, 64, 16, 4, 1].map(|rows| (insert_text(rows), rows)));

fn insert_text(rows: usize) -> String {
    let values = vec!["(?, ?, ?, ?, ?, ?)"; rows].join(", ");
    format!(
        "insert into entry (log_index, estate_id, seq, hash, ref, body)
        select column1, estate_id, column3, column4, column5, column6
        from (values {values}) cross join estate on code = column2"
    )
}

/// The largest insert of at most so many rows.
fn insert_of(rows: usize) -> Option<(&'static str, usize)> {
    let (sql, of) = INSERTS.iter().find(|(_, of)| *of <= rows)?;
    Some((sql, *of))
}

fn body_text(entry: &NewEntry) -> Result<&str, StoreError> {
    std::str::from_utf8(&entry.body).map_err(|_| StoreError::Corrupt {
        log_index: entry.log_index,
        cause: "the bytes are not UTF-8".to_owned(),
    })
}

fn damaged(entries: &[NewEntry], cause: &dyn std::fmt::Display) -> StoreError {
    let log_index = entries.first().map_or(0, |entry| entry.log_index);
    StoreError::Corrupt { log_index, cause: cause.to_string() }
}
