//! People of the desk: organisations, officers, grants, sessions, tokens, the audit of sign-ins.
//!
//! Rows are kept and found again; who may do what is decided in `services/people`. Writes go
//! through [`Store::begin_beside`]: they stand beside the log and don't wait for its head.

mod read;
mod write;

use super::engine::Engine;
use super::{Store, StoreError, WriteTx};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OrganisationRow {
    /// `o_…`
    pub organisation_id: String,
    /// Its name.
    pub name: String,
    /// When it was made, milliseconds since 1970.
    pub made_at: i64,
}

/// An officer.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OfficerRow {
    /// `u_…`
    pub officer_id: String,
    /// `o_…`
    pub organisation_id: String,
    /// What is typed to sign in.
    pub sign_in: String,
    /// The person's name.
    pub name: String,
    /// The hash of the password.
    pub password: Option<String>,
    /// The second factor's secret.
    pub second_secret: Option<Vec<u8>>,
    /// One that is not confirmed yet.
    pub second_pending: Option<Vec<u8>>,
    /// The last step taken.
    pub second_step: i64,
    /// When it was made.
    pub made_at: i64,
}

impl std::fmt::Debug for OfficerRow {
    /// Without what is secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OfficerRow").field("officer_id", &self.officer_id).finish_non_exhaustive()
    }
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GrantRow {
    /// `g_…`
    pub grant_id: String,
    /// Whose.
    pub officer_id: String,
    /// Which role.
    pub role: String,
    /// For which estate; none for the instance.
    pub estate: Option<String>,
    /// First day.
    pub from_day: String,
    /// Last day.
    pub until_day: Option<String>,
    /// When it was granted.
    pub granted_at: i64,
    /// By whom.
    pub granted_by: String,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// By whom.
    pub revoked_by: Option<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Hash of its token.
    pub session_id: String,
    /// Whose.
    pub officer_id: String,
    /// When it began.
    pub made_at: i64,
    /// When it was last used.
    pub seen_at: i64,
    /// Browser and system.
    pub agent: String,
}

/// A code that is good once.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CodeRow {
    /// Hash of the code.
    pub code_id: String,
    /// Whose.
    pub officer_id: String,
    /// `password` or `second`.
    pub purpose: String,
    /// When it was made.
    pub made_at: i64,
    /// When it ends.
    pub expires_at: Option<i64>,
}

/// A key for programs.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    /// Hash of the token.
    pub token_id: String,
    /// Whose.
    pub officer_id: String,
    /// What its owner calls it.
    pub label: String,
    /// Pairs `estate:verb`.
    pub scopes: String,
    /// When it was made.
    pub made_at: i64,
    /// When it was last used.
    pub used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// A row of the audit of sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Its number.
    pub audit_id: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// What happened, as JSON.
    pub body: String,
}

impl Store {
    /// Begins to write beside the log: those who do come one after the other, postings don't
    /// wait for them on PostgreSQL.
    pub async fn begin_beside(&self) -> Result<WriteTx, StoreError> {
        match &self.engine {
            Engine::Sqlite { write, .. } => {
                Ok(WriteTx::Sqlite(write.begin_with("begin immediate").await?))
            }
            Engine::Postgres(pool) => {
                let sql = "begin; lock table sign_in_audit in share row exclusive mode";
                Ok(WriteTx::Postgres(pool.begin_with(sql).await?))
            }
        }
    }
}
