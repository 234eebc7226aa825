//! Finding people, their sessions, codes and keys, and the audit.

use super::{AuditRow, CodeRow, GrantRow, OfficerRow, OrganisationRow, SessionRow, TokenRow};
use crate::store::engine::{Reader, ask};
use crate::store::{StoreError, ascending};

/// A query of officers that goes on as it says.
macro_rules! officers {
    ($rest:literal) => {
        concat!(
            "select officer_id, organisation_id, sign_in, name, password, second_secret,
                second_pending, second_step, made_at from officer ",
            $rest
        )
    };
}

impl Reader<'_> {
    /// Organisations after one of them, by id.
    pub async fn organisations(
        self,
        after: &str,
        limit: u32,
    ) -> Result<Vec<OrganisationRow>, StoreError> {
        let sql = "select organisation_id, name, made_at from organisation
            where organisation_id > $1 order by organisation_id limit $2";
        let rows: Vec<OrganisationRow> =
            ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?;
        ascending("organisation", after, rows, |row| &row.organisation_id)
    }

    /// Officers after one of them, by id.
    pub async fn officers(self, after: &str, limit: u32) -> Result<Vec<OfficerRow>, StoreError> {
        let sql = officers!("where officer_id > $1 order by officer_id limit $2");
        let rows: Vec<OfficerRow> = ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?;
        ascending("officer", after, rows, |row| &row.officer_id)
    }

    /// One officer.
    pub async fn officer(self, id: &str) -> Result<Option<OfficerRow>, StoreError> {
        let sql = officers!("where officer_id = $1");
        Ok(ask!(self, fetch_optional, sql, id.to_owned())?)
    }

    /// The officer who signs in under a name.
    pub async fn officer_named(self, sign_in: &str) -> Result<Option<OfficerRow>, StoreError> {
        let sql = officers!("where sign_in = $1");
        Ok(ask!(self, fetch_optional, sql, sign_in.to_owned())?)
    }

    /// Grants of an officer, the oldest first, revoked ones too.
    pub async fn grants_of(self, officer: &str) -> Result<Vec<GrantRow>, StoreError> {
        let sql = "select grant_id, officer_id, role, estate, from_day, until_day, granted_at,
                granted_by, revoked_at, revoked_by
            from officer_grant where officer_id = $1 order by granted_at, grant_id";
        Ok(ask!(self, fetch_all, sql, officer.to_owned())?)
    }

    /// A session.
    pub async fn session(self, id: &str) -> Result<Option<SessionRow>, StoreError> {
        let sql = "select session_id, officer_id, made_at, seen_at, agent from session
            where session_id = $1";
        Ok(ask!(self, fetch_optional, sql, id.to_owned())?)
    }

    /// Sessions of an officer, the newest first.
    pub async fn sessions_of(self, officer: &str) -> Result<Vec<SessionRow>, StoreError> {
        let sql = "select session_id, officer_id, made_at, seen_at, agent from session
            where officer_id = $1 order by seen_at desc, session_id";
        Ok(ask!(self, fetch_all, sql, officer.to_owned())?)
    }

    /// Codes of an officer that are still there.
    pub async fn codes_of(self, officer: &str) -> Result<Vec<CodeRow>, StoreError> {
        let sql = "select code_id, officer_id, purpose, made_at, expires_at from one_time_code
            where officer_id = $1 order by made_at, code_id";
        Ok(ask!(self, fetch_all, sql, officer.to_owned())?)
    }

    /// A key for programs.
    pub async fn token(self, id: &str) -> Result<Option<TokenRow>, StoreError> {
        let sql = "select token_id, officer_id, label, scopes, made_at, used_at, revoked_at
            from api_token where token_id = $1";
        Ok(ask!(self, fetch_optional, sql, id.to_owned())?)
    }

    /// Keys of an officer, the newest first, revoked ones too.
    pub async fn tokens_of(self, officer: &str) -> Result<Vec<TokenRow>, StoreError> {
        let sql = "select token_id, officer_id, label, scopes, made_at, used_at, revoked_at
            from api_token where officer_id = $1 order by made_at desc, token_id";
        Ok(ask!(self, fetch_all, sql, officer.to_owned())?)
    }

    /// Rows of the audit from a number on.
    pub async fn audit_rows(self, from: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let sql = "select audit_id, hash, body from sign_in_audit where audit_id >= $1
            order by audit_id limit $2";
        Ok(ask!(self, fetch_all, sql, from, i64::from(limit))?)
    }
}
