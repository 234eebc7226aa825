//! One's own sign-in: password, second factor.

use super::audit::{self, Told, What};
use super::second::{Enrolment, SECRET_LEN, enrolment, paper_codes, step_of};
use super::{Fault, OfficerRow, People, PeopleError, Signed, password};

fn told(officer: &str) -> Told {
    Told { user: Some(officer.to_owned()), ..Told::default() }
}

impl People {
    /// Refuses whoever doesn't know the password; guesses are counted as at the door.
    async fn check_password(&self, officer: &OfficerRow, typed: &str) -> Result<(), PeopleError> {
        let throttle = &self.0.throttle;
        let id = &officer.officer_id;
        throttle.attempt(id, "signed in", self.now()).map_err(PeopleError::Throttled)?;
        if !self.0.hasher.verify(officer.password.as_deref(), typed).await? {
            return Err(Fault::Password.into());
        }
        throttle.succeeded(id, "signed in");
        Ok(())
    }

    /// Changes one's password; every other session ends.
    pub async fn change_password(
        &self,
        signed: &Signed,
        (present, new, again): (&str, &str, &str),
    ) -> Result<(), PeopleError> {
        let officer = &signed.officer;
        password::check_new(new, again, &officer.sign_in)?;
        self.check_password(officer, present).await?;
        let hash = self.0.hasher.hash(new, self.entropy()).await?;
        let mut tx = self.store().begin_beside().await?;
        tx.set_password(&officer.officer_id, &hash).await?;
        tx.end_sessions(&officer.officer_id, &signed.session.session_id).await?;
        let told = told(&officer.officer_id);
        audit::record(&mut tx, self.now(), What::PasswordChanged, told).await?;
        Ok(tx.commit().await?)
    }

    /// Begins to set a second factor up; the one in force stays until the new one is confirmed.
    pub async fn begin_second(&self, signed: &Signed, typed: &str) -> Result<(), PeopleError> {
        self.check_password(&signed.officer, typed).await?;
        let mut secret = [0; SECRET_LEN];
        self.entropy().fill(&mut secret)?;
        let mut tx = self.store().begin_beside().await?;
        tx.set_pending(&signed.officer.officer_id, &secret).await?;
        Ok(tx.commit().await?)
    }

    /// What an authenticator is to take, once it was begun.
    pub fn pending_second(&self, signed: &Signed, issuer: &str) -> Option<Enrolment> {
        let secret = signed.officer.second_pending.as_deref()?;
        Some(enrolment(secret, &signed.officer.sign_in, issuer))
    }

    /// Puts the second factor in force; codes for paper, shown once.
    pub async fn confirm_second(
        &self,
        signed: &Signed,
        code: &str,
    ) -> Result<Vec<String>, PeopleError> {
        let officer = &signed.officer;
        let id = officer.officer_id.as_str();
        let secret = officer.second_pending.as_deref().ok_or(Fault::NotBegun)?;
        let now = self.now();
        self.0.throttle.attempt(id, "second", now).map_err(PeopleError::Throttled)?;
        let step = step_of(secret, code, now).ok_or(Fault::Code)?;
        let (codes, rows) = paper_codes(id, now, self.entropy())?;
        let mut tx = self.store().begin_beside().await?;
        if !tx.take_step(id, step).await? {
            return Err(Fault::Code.into());
        }
        tx.set_second(id, Some(secret)).await?;
        tx.put_codes(id, "second", &rows).await?;
        tx.end_sessions(id, &signed.session.session_id).await?;
        audit::record(&mut tx, now, What::SecondSet, told(id)).await?;
        tx.commit().await?;
        self.0.throttle.succeeded(id, "second");
        Ok(codes)
    }

    /// How many codes on paper are left.
    pub async fn paper_codes_left(&self, officer: &str) -> Result<usize, PeopleError> {
        let codes = self.store().primary().codes_of(officer).await?;
        Ok(codes.iter().filter(|code| code.purpose == "second").count())
    }
}
