//! Drafts of the desk: kept beside the log, each change made upon the version it was read at.

use super::engine::{Reader, ask, write_on};
use super::{StoreError, WriteTx, ascending};

/// A draft as kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftRow {
    /// The reference of the entry that it becomes.
    pub draft_id: String,
    /// Code of the estate.
    pub estate: String,
    /// Which form.
    pub form: String,
    /// JSON object: names of fields with what was typed.
    pub fields: String,
    /// Where it stands.
    pub state: String,
    /// One more with each change.
    pub version: i64,
    /// Who typed in it, with blanks between.
    pub hands: String,
    /// Organisation of whoever prepared it.
    pub prepared_org: String,
    /// Their role.
    pub prepared_role: String,
    /// Who it was.
    pub prepared_by: String,
    /// When it was made.
    pub made_at: i64,
    /// When it last changed.
    pub changed_at: i64,
    /// When it was handed over.
    pub prepared_at: Option<i64>,
    /// Why it was returned.
    pub reason: Option<String>,
    /// Who returned it.
    pub returned_by: Option<String>,
    /// Organisation of whoever posts it.
    pub posted_org: Option<String>,
    /// Their role.
    pub posted_role: Option<String>,
    /// Who it is.
    pub posted_by: Option<String>,
    /// The number of its entry.
    pub posted_seq: Option<i64>,
}

/// A query of drafts that goes on as it says.
macro_rules! drafts {
    ($rest:literal) => {
        concat!(
            "select draft_id, estate, form, fields, state, version, hands, prepared_org,
                prepared_role, prepared_by, made_at, changed_at, prepared_at, reason, returned_by,
                posted_org, posted_role, posted_by, posted_seq from draft ",
            $rest
        )
    };
}

impl Reader<'_> {
    /// One draft of an estate.
    pub async fn draft(self, estate: &str, id: &str) -> Result<Option<DraftRow>, StoreError> {
        let sql = drafts!("where estate = $1 and draft_id = $2");
        Ok(ask!(self, fetch_optional, sql, estate.to_owned(), id.to_owned())?)
    }

    /// Drafts of an estate in one state, the last changed first.
    pub async fn drafts_in(
        self,
        estate: &str,
        state: &str,
        limit: u32,
    ) -> Result<Vec<DraftRow>, StoreError> {
        let sql =
            drafts!("where estate = $1 and state = $2 order by changed_at desc, draft_id limit $3");
        let (estate, state) = (estate.to_owned(), state.to_owned());
        Ok(ask!(self, fetch_all, sql, estate, state, i64::from(limit))?)
    }

    /// Drafts after one of them, by id.
    pub async fn drafts(self, after: &str, limit: u32) -> Result<Vec<DraftRow>, StoreError> {
        let sql = drafts!("where draft_id > $1 order by draft_id limit $2");
        let rows: Vec<DraftRow> = ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?;
        ascending("draft", after, rows, |row| &row.draft_id)
    }
}

impl WriteTx {
    /// Adds a draft; false where one has its id.
    pub async fn add_draft(&mut self, row: &DraftRow) -> Result<bool, StoreError> {
        let sql = "insert into draft (draft_id, estate, form, fields, state, version, hands,
                prepared_org, prepared_role, prepared_by, made_at, changed_at, prepared_at,
                reason, returned_by, posted_org, posted_role, posted_by, posted_seq)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19) on conflict (draft_id) do nothing";
        let row = row.clone();
        let added = write_on!(
            self,
            sql,
            row.draft_id.clone(),
            row.estate.clone(),
            row.form.clone(),
            row.fields.clone(),
            row.state.clone(),
            row.version,
            row.hands.clone(),
            row.prepared_org.clone(),
            row.prepared_role.clone(),
            row.prepared_by.clone(),
            row.made_at,
            row.changed_at,
            row.prepared_at,
            row.reason.clone(),
            row.returned_by.clone(),
            row.posted_org.clone(),
            row.posted_role.clone(),
            row.posted_by.clone(),
            row.posted_seq,
        );
        Ok(added == 1)
    }

    /// Puts a draft in place of the one with its id; false where that is no longer at the
    /// version before, so that two people who change it lose nothing.
    pub async fn change_draft(&mut self, row: &DraftRow) -> Result<bool, StoreError> {
        let sql = "update draft set fields = $3, state = $4, hands = $5, prepared_org = $6,
                prepared_role = $7, prepared_by = $8, changed_at = $9, prepared_at = $10,
                reason = $11, returned_by = $12, posted_org = $13, posted_role = $14,
                posted_by = $15, posted_seq = $16, version = $2
            where draft_id = $1 and version = $2 - 1";
        let row = row.clone();
        let changed = write_on!(
            self,
            sql,
            row.draft_id.clone(),
            row.version,
            row.fields.clone(),
            row.state.clone(),
            row.hands.clone(),
            row.prepared_org.clone(),
            row.prepared_role.clone(),
            row.prepared_by.clone(),
            row.changed_at,
            row.prepared_at,
            row.reason.clone(),
            row.returned_by.clone(),
            row.posted_org.clone(),
            row.posted_role.clone(),
            row.posted_by.clone(),
            row.posted_seq,
        );
        Ok(changed == 1)
    }
}
