//! Keeping people: what changes them, each statement within a transaction beside the log.

use super::{AuditRow, CodeRow, GrantRow, OfficerRow, OrganisationRow, SessionRow, TokenRow};
use crate::store::engine::{ask_in, number, stored, write_on};
use crate::store::{StoreError, WriteTx};

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
