//! The steps of a draft's life, its signatures among them.

use super::engine::{Reader, ask, ask_in, write_on};
use super::{StoreError, WriteTx};

/// A step as kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftStepRow {
    /// Which draft.
    pub draft_id: String,
    /// What was done.
    pub deed: String,
    /// The version that came of it; of a signature the one that was looked at.
    pub version: i64,
    /// Organisation of whoever did it.
    pub by_org: String,
    /// Their role.
    pub by_role: String,
    /// Who it was.
    pub by_user: String,
    /// When.
    pub at: i64,
    /// Why, where something is said.
    pub reason: Option<String>,
}

/// A query of steps that goes on as it says.
macro_rules! steps {
    ($rest:literal) => {
        concat!(
            "select draft_id, deed, version, by_org, by_role, by_user, at, reason from draft_step ",
            $rest
        )
    };
}

/// The steps of one draft, in order.
const OF_DRAFT: &str = steps!("where draft_id = $1 order by no");

impl Reader<'_> {
    /// The steps of one draft, in order.
    pub async fn draft_steps(self, id: &str) -> Result<Vec<DraftStepRow>, StoreError> {
        Ok(ask!(self, fetch_all, OF_DRAFT, id.to_owned())?)
    }

    /// The steps of the drafts that [`Reader::drafts_in`] gives, draft by draft, in order.
    pub async fn draft_steps_in(
        self,
        estate: &str,
        state: &str,
        limit: u32,
    ) -> Result<Vec<DraftStepRow>, StoreError> {
        let sql = steps!(
            "where draft_id in (select draft_id from draft where estate = $1 and state = $2
                order by changed_at desc, draft_id limit $3) order by draft_id, no"
        );
        let (estate, state) = (estate.to_owned(), state.to_owned());
        Ok(ask!(self, fetch_all, sql, estate, state, i64::from(limit))?)
    }
}

impl WriteTx {
    /// Holds a draft where it stands at a version in a state: nobody changes it before this
    /// transaction ends. False where it stands elsewhere by now.
    pub async fn hold_draft(
        &mut self,
        id: &str,
        version: i64,
        state: &str,
    ) -> Result<bool, StoreError> {
        let sql = "update draft set version = version
            where draft_id = $1 and version = $2 and state = $3";
        Ok(write_on!(self, sql, id.to_owned(), version, state.to_owned()) == 1)
    }

    /// The steps of a draft, as this transaction sees them.
    pub async fn draft_steps(&mut self, id: &str) -> Result<Vec<DraftStepRow>, StoreError> {
        Ok(ask_in!(self, fetch_all, OF_DRAFT, id.to_owned())?)
    }

    /// Adds the next step of a draft that this transaction holds.
    pub async fn add_draft_step(&mut self, row: &DraftStepRow) -> Result<(), StoreError> {
        let sql = "insert into draft_step
                (draft_id, no, deed, version, by_org, by_role, by_user, at, reason)
            select $1, coalesce(max(no), 0) + 1, $2, $3, $4, $5, $6, $7, $8
            from draft_step where draft_id = $1";
        let row = row.clone();
        write_on!(
            self,
            sql,
            row.draft_id.clone(),
            row.deed.clone(),
            row.version,
            row.by_org.clone(),
            row.by_role.clone(),
            row.by_user.clone(),
            row.at,
            row.reason.clone(),
        );
        Ok(())
    }
}
