//! People of the desk: organisations, officers, grants, sessions, tokens, the audit of sign-ins.
//!
//! Rows are kept and found again; who may do what is decided in `services/people`. Writes go
//! through [`Store::begin_beside`]: they stand beside the log and don't wait for its head.

use super::engine::{Engine, Reader, ask, ask_in, number, stored, write_on};
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
        Ok(ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?)
    }

    /// Officers after one of them, by id.
    pub async fn officers(self, after: &str, limit: u32) -> Result<Vec<OfficerRow>, StoreError> {
        let sql = officers!("where officer_id > $1 order by officer_id limit $2");
        Ok(ask!(self, fetch_all, sql, after.to_owned(), i64::from(limit))?)
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

impl WriteTx {
    /// Adds an organisation.
    pub async fn add_organisation(&mut self, row: &OrganisationRow) -> Result<(), StoreError> {
        let sql = "insert into organisation (organisation_id, name, made_at) values ($1, $2, $3)";
        write_on!(self, sql, row.organisation_id.clone(), row.name.clone(), row.made_at);
        Ok(())
    }

    /// Adds an officer; false where the name to sign in with is taken.
    pub async fn add_officer(&mut self, row: &OfficerRow) -> Result<bool, StoreError> {
        let sql = "insert into officer (officer_id, organisation_id, sign_in, name, password,
                second_secret, second_pending, second_step, made_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (sign_in) do nothing";
        let row = row.clone();
        let added = write_on!(
            self,
            sql,
            row.officer_id.clone(),
            row.organisation_id.clone(),
            row.sign_in.clone(),
            row.name.clone(),
            row.password.clone(),
            row.second_secret.clone(),
            row.second_pending.clone(),
            row.second_step,
            row.made_at,
        );
        Ok(added == 1)
    }

    /// Sets an officer's password.
    pub async fn set_password(&mut self, officer: &str, hash: &str) -> Result<(), StoreError> {
        let sql = "update officer set password = $2 where officer_id = $1";
        write_on!(self, sql, officer.to_owned(), hash.to_owned());
        Ok(())
    }

    /// Keeps a secret of a second factor until it is confirmed.
    pub async fn set_pending(&mut self, officer: &str, secret: &[u8]) -> Result<(), StoreError> {
        let sql = "update officer set second_pending = $2 where officer_id = $1";
        write_on!(self, sql, officer.to_owned(), secret.to_vec());
        Ok(())
    }

    /// Puts a second factor in force, or none; what was pending is gone.
    pub async fn set_second(
        &mut self,
        officer: &str,
        secret: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let sql = "update officer set second_secret = $2, second_pending = null
            where officer_id = $1";
        write_on!(self, sql, officer.to_owned(), secret.map(<[u8]>::to_vec));
        Ok(())
    }

    /// Takes a step of the second factor; false where it, or a later one, was taken already.
    pub async fn take_step(&mut self, officer: &str, step: u64) -> Result<bool, StoreError> {
        let sql = "update officer set second_step = $2 where officer_id = $1 and second_step < $2";
        Ok(write_on!(self, sql, officer.to_owned(), stored(step)) == 1)
    }

    /// Adds a grant.
    pub async fn add_grant(&mut self, row: &GrantRow) -> Result<(), StoreError> {
        let sql = "insert into officer_grant (grant_id, officer_id, role, estate, from_day,
                until_day, granted_at, granted_by, revoked_at, revoked_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        write_on!(
            self,
            sql,
            row.grant_id.clone(),
            row.officer_id.clone(),
            row.role.clone(),
            row.estate.clone(),
            row.from_day.clone(),
            row.until_day.clone(),
            row.granted_at,
            row.granted_by.clone(),
            row.revoked_at,
            row.revoked_by.clone(),
        );
        Ok(())
    }

    /// Revokes a grant of an officer; false where it isn't there or was revoked.
    pub async fn revoke_grant(
        &mut self,
        (officer, grant): (&str, &str),
        at: i64,
        by: &str,
    ) -> Result<bool, StoreError> {
        let sql = "update officer_grant set revoked_at = $3, revoked_by = $4
            where officer_id = $1 and grant_id = $2 and revoked_at is null";
        let (officer, grant) = (officer.to_owned(), grant.to_owned());
        Ok(write_on!(self, sql, officer, grant, at, by.to_owned()) == 1)
    }

    /// How many officers hold a role at the instance on a day.
    pub async fn holders(&mut self, role: &str, day: &str) -> Result<u64, StoreError> {
        let sql = "select count(distinct officer_id) from officer_grant where role = $1
            and estate is null and revoked_at is null and from_day <= $2
            and (until_day is null or until_day >= $2)";
        let (count,): (i64,) = ask_in!(self, fetch_one, sql, role.to_owned(), day.to_owned())?;
        Ok(number(count))
    }

    /// Adds a session, and removes those of the same officer that began before an instant or
    /// were last seen before another.
    pub async fn add_session(
        &mut self,
        row: &SessionRow,
        (begun, seen): (i64, i64),
    ) -> Result<(), StoreError> {
        let sql = "delete from session where officer_id = $1 and (made_at < $2 or seen_at < $3)";
        write_on!(self, sql, row.officer_id.clone(), begun, seen);
        let sql = "insert into session (session_id, officer_id, made_at, seen_at, agent)
            values ($1, $2, $3, $4, $5)";
        let (id, officer) = (row.session_id.clone(), row.officer_id.clone());
        write_on!(self, sql, id, officer, row.made_at, row.seen_at, row.agent.clone());
        Ok(())
    }

    /// Notes that a session was used.
    pub async fn see_session(&mut self, id: &str, at: i64) -> Result<(), StoreError> {
        let sql = "update session set seen_at = $2 where session_id = $1 and seen_at < $2";
        write_on!(self, sql, id.to_owned(), at);
        Ok(())
    }

    /// Ends a session of an officer; false where there is none.
    pub async fn end_session(&mut self, officer: &str, id: &str) -> Result<bool, StoreError> {
        let sql = "delete from session where officer_id = $1 and session_id = $2";
        Ok(write_on!(self, sql, officer.to_owned(), id.to_owned()) == 1)
    }

    /// Ends every session of an officer but one.
    pub async fn end_sessions(&mut self, officer: &str, but: &str) -> Result<u64, StoreError> {
        let sql = "delete from session where officer_id = $1 and session_id <> $2";
        Ok(write_on!(self, sql, officer.to_owned(), but.to_owned()))
    }

    /// Puts codes in place of an officer's codes for the same purpose.
    pub async fn put_codes(
        &mut self,
        officer: &str,
        purpose: &str,
        codes: &[CodeRow],
    ) -> Result<(), StoreError> {
        let sql = "delete from one_time_code where officer_id = $1 and purpose = $2";
        write_on!(self, sql, officer.to_owned(), purpose.to_owned());
        let sql = "insert into one_time_code (code_id, officer_id, purpose, made_at, expires_at)
            values ($1, $2, $3, $4, $5)";
        for row in codes {
            let (id, officer) = (row.code_id.clone(), row.officer_id.clone());
            let purpose = row.purpose.clone();
            write_on!(self, sql, id, officer, purpose, row.made_at, row.expires_at);
        }
        Ok(())
    }

    /// Uses a code up; false where it isn't there, is somebody else's, or has ended.
    pub async fn use_code(
        &mut self,
        (officer, purpose, id): (&str, &str, &str),
        now: i64,
    ) -> Result<bool, StoreError> {
        let sql = "delete from one_time_code where officer_id = $1 and purpose = $2
            and code_id = $3 and (expires_at is null or expires_at > $4)";
        let (officer, purpose) = (officer.to_owned(), purpose.to_owned());
        Ok(write_on!(self, sql, officer, purpose, id.to_owned(), now) == 1)
    }

    /// Adds a key for programs.
    pub async fn add_token(&mut self, row: &TokenRow) -> Result<(), StoreError> {
        let sql = "insert into api_token (token_id, officer_id, label, scopes, made_at, used_at,
            revoked_at) values ($1, $2, $3, $4, $5, $6, $7)";
        write_on!(
            self,
            sql,
            row.token_id.clone(),
            row.officer_id.clone(),
            row.label.clone(),
            row.scopes.clone(),
            row.made_at,
            row.used_at,
            row.revoked_at,
        );
        Ok(())
    }

    /// Notes that a key was used.
    pub async fn see_token(&mut self, id: &str, at: i64) -> Result<(), StoreError> {
        let sql = "update api_token set used_at = $2 where token_id = $1";
        write_on!(self, sql, id.to_owned(), at);
        Ok(())
    }

    /// Revokes a key of an officer; false where it isn't there or was revoked.
    pub async fn revoke_token(
        &mut self,
        officer: &str,
        id: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        let sql = "update api_token set revoked_at = $3
            where officer_id = $1 and token_id = $2 and revoked_at is null";
        Ok(write_on!(self, sql, officer.to_owned(), id.to_owned(), at) == 1)
    }

    /// The last row of the audit.
    pub async fn last_audit(&mut self) -> Result<Option<AuditRow>, StoreError> {
        let sql = "select audit_id, hash, body from sign_in_audit order by audit_id desc limit 1";
        Ok(ask_in!(self, fetch_optional, sql)?)
    }

    /// Adds a row to the audit.
    pub async fn add_audit(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        let sql = "insert into sign_in_audit (audit_id, hash, body) values ($1, $2, $3)";
        write_on!(self, sql, row.audit_id, row.hash.clone(), row.body.clone());
        Ok(())
    }
}
