//! Sessions: a token of 256 random bits in the reader's cookie, its SHA-256 in the database.

use subtle::ConstantTimeEq;

use super::permissions::{Permission, Rights};
use super::{Fault, OfficerRow, People, PeopleError, SessionRow, audit, digest};
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Who.
    pub officer: OfficerRow,
    /// What they hold at this moment.
    pub rights: Rights,
    /// The session.
    pub session: SessionRow,
    /// Nothing is open to them until they set a second factor up.
    pub needs_second: bool,
}

impl Signed {
    /// Who acts, in the role that lets them; none where no role does.
    pub fn actor(&self, permission: Permission, estate: EstateCode) -> Option<Actor> {
        let mut roles = self.rights.roles_for(Some(estate));
        let role = roles.find(|role| permission.roles().contains(role))?;
        Some(Actor {
            org: self.officer.organisation_id.clone(),
            role: role.word().to_owned(),
            user: self.officer.officer_id.clone(),
        })
    }
}

/// The token that forms carry: whoever doesn't know the cookie can't make it.
pub fn form_token(token: &str) -> String {
    digest(&format!("form\n{token}"))
}

/// True where a form carries the token of its session.
pub fn is_form_token(token: &str, given: &str) -> bool {
    form_token(token).as_bytes().ct_eq(given.as_bytes()).into()
}

/// How a token is kept.
pub(super) fn session_id(token: &str) -> String {
    digest(&format!("session\n{token}"))
}

impl People {
    /// Instants before which a session began, or was last used, too long ago.
    pub(super) fn ends(&self, now: Timestamp) -> (i64, i64) {
        let limits = self.limits();
        (
            now.millis() - i64::from(limits.absolute_h) * HOUR_MS,
            now.millis() - i64::from(limits.idle_min) * MINUTE_MS,
        )
    }

    /// Begins a session; its token.
    pub(super) async fn begin_session(
        &self,
        officer: &str,
        agent: &str,
        told: (audit::What, audit::Told),
    ) -> Result<String, PeopleError> {
        let now = self.now();
        let token = self.fresh_token()?;
        let row = SessionRow {
            session_id: session_id(&token),
            officer_id: officer.to_owned(),
            made_at: now.millis(),
            seen_at: now.millis(),
            agent: agent.chars().take(80).collect(),
        };
        let mut tx = self.store().begin_beside().await?;
        tx.add_session(&row, self.ends(now)).await?;
        audit::record(&mut tx, now, told.0, told.1).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Who a token belongs to, while its session lasts.
    pub async fn signed(&self, token: &str) -> Result<Option<Signed>, PeopleError> {
        let now = self.now();
        let reader = self.store().primary();
        let Some(session) = reader.session(&session_id(token)).await? else { return Ok(None) };
        let (begun, seen) = self.ends(now);
        if session.made_at < begun || session.seen_at < seen {
            return Ok(None);
        }
        let Some(officer) = reader.officer(&session.officer_id).await? else { return Ok(None) };
        let rights = self.rights_of(&officer.officer_id).await?;
        if now.millis() - session.seen_at >= MINUTE_MS {
            let mut tx = self.store().begin_beside().await?;
            tx.see_session(&session.session_id, now.millis()).await?;
            tx.commit().await?;
        }
        let needs_second =
            self.limits().require_totp && rights.decide() && officer.second_secret.is_none();
        Ok(Some(Signed { officer, rights, session, needs_second }))
    }

    /// Sessions of an officer that last.
    pub async fn sessions(&self, officer: &str) -> Result<Vec<SessionRow>, PeopleError> {
        let (begun, seen) = self.ends(self.now());
        let mut rows = self.store().primary().sessions_of(officer).await?;
        rows.retain(|row| row.made_at >= begun && row.seen_at >= seen);
        Ok(rows)
    }

    /// Ends a session of an officer.
    pub async fn end_session(&self, officer: &str, id: &str) -> Result<(), PeopleError> {
        let mut tx = self.store().begin_beside().await?;
        if !tx.end_session(officer, id).await? {
            return Err(Fault::Session.into());
        }
        let told = audit::Told { user: Some(officer.to_owned()), ..audit::Told::default() };
        audit::record(&mut tx, self.now(), audit::What::SignedOut, told).await?;
        Ok(tx.commit().await?)
    }
}
