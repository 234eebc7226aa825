//! Signing in. A name that nobody has, a wrong password and a wrong code get the same answer
//! after the same work; attempts are counted before anything is looked at.

use std::net::IpAddr;

use super::audit::{self, Told, What};
use super::second::{kept_code, step_of};
use super::throttle::place;
use super::{Fault, OfficerRow, People, PeopleError, password};

/// What somebody typed to sign in, and from where.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The name to sign in with.
    pub sign_in: &'a str,
    /// The password.
    pub password: &'a str,
    /// The code of the second factor, or one on paper; empty where there is none.
    pub code: &'a str,
    /// Where it came from.
    pub peer: Option<IpAddr>,
    /// Browser and system.
    pub agent: &'a str,
}

/// The one spelling of a name to sign in with.
pub(super) fn sign_in_name(typed: &str) -> String {
    typed.trim().to_lowercase()
}

impl People {
    /// Signs somebody in; the token of the session.
    pub async fn sign_in(&self, attempt: &Attempt<'_>) -> Result<String, PeopleError> {
        let name = sign_in_name(attempt.sign_in);
        let place = place(attempt.peer);
        self.count(&name, &place)?;
        let officer = self.store().primary().officer_named(&name).await?;
        let kept = officer.as_ref().and_then(|officer| officer.password.as_deref());
        let known = self.0.hasher.verify(kept, attempt.password).await?;
        let digest = self.place_digest(&place).await?;
        let told = |officer: Option<&OfficerRow>| Told {
            user: officer.map(|officer| officer.officer_id.clone()),
            place: Some(digest.clone()),
            ..Told::default()
        };
        let Some(officer) = officer.as_ref().filter(|_| known) else {
            return self.refuse(told(officer.as_ref())).await;
        };
        let Some(what) = self.second_of(officer, attempt.code).await? else {
            return self.refuse(told(Some(officer))).await;
        };
        self.0.throttle.succeeded(&name, &place);
        self.begin_session(&officer.officer_id, attempt.agent, (what, told(Some(officer)))).await
    }

    /// Counts an attempt. What is refused here leaves no row in the audit, which would grow as
    /// fast as somebody guesses; the attempts that were counted before it do.
    fn count(&self, name: &str, place: &str) -> Result<(), PeopleError> {
        let now = self.now();
        match self.0.throttle.attempt(name, place, now) {
            Ok(()) => Ok(()),
            Err(seconds) => {
                tracing::warn!(seconds, "attempts to sign in are slowed down");
                Err(PeopleError::Throttled(seconds))
            }
        }
    }

    async fn refuse(&self, told: Told) -> Result<String, PeopleError> {
        let mut tx = self.store().begin_beside().await?;
        audit::record(&mut tx, self.now(), What::Refused, told).await?;
        tx.commit().await?;
        Err(PeopleError::Refused)
    }

    /// How the second factor was met; nothing where it wasn't.
    async fn second_of(
        &self,
        officer: &OfficerRow,
        code: &str,
    ) -> Result<Option<What>, PeopleError> {
        let Some(secret) = &officer.second_secret else { return Ok(Some(What::SignedIn)) };
        let (id, now) = (officer.officer_id.as_str(), self.now());
        let mut tx = self.store().begin_beside().await?;
        let met = if let Some(step) = step_of(secret, code, now) {
            tx.take_step(id, step).await?.then_some(What::SignedIn)
        } else {
            let kept = kept_code(id, code);
            let used = tx.use_code((id, "second", &kept), now.millis()).await?;
            used.then_some(What::PaperCodeUsed)
        };
        tx.commit().await?;
        Ok(met)
    }

    /// Sets a password by a one-time code of an administrator. The second factor is gone with
    /// it: whoever lost the telephone comes this way. Every session ends.
    pub async fn recover(&self, attempt: &Attempt<'_>, again: &str) -> Result<(), PeopleError> {
        let name = sign_in_name(attempt.sign_in);
        password::check_new(attempt.password, again, &name)?;
        let place = place(attempt.peer);
        self.count(&name, &place)?;
        let hash = self.0.hasher.hash(attempt.password, self.entropy()).await?;
        let officer = self.store().primary().officer_named(&name).await?;
        let told = Told {
            user: officer.as_ref().map(|officer| officer.officer_id.clone()),
            place: Some(self.place_digest(&place).await?),
            ..Told::default()
        };
        let now = self.now();
        let mut tx = self.store().begin_beside().await?;
        let id = officer.as_ref().map_or("", |officer| officer.officer_id.as_str());
        let kept = kept_code(id, attempt.code);
        if !tx.use_code((id, "password", &kept), now.millis()).await? {
            audit::record(&mut tx, now, What::Refused, told).await?;
            tx.commit().await?;
            return Err(Fault::Code.into());
        }
        tx.set_password(id, &hash).await?;
        tx.set_second(id, None).await?;
        tx.put_codes(id, "second", &[]).await?;
        tx.end_sessions(id, "").await?;
        audit::record(&mut tx, now, What::Recovered, told).await?;
        tx.commit().await?;
        self.0.throttle.succeeded(&name, &place);
        Ok(())
    }
}
