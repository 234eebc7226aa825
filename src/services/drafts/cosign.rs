//! Signing a draft for the owners: the committee does, the community where there is none. Whether
//! a co-signature is asked for, and whose is none, the fold says.

use chrono::NaiveDate;

use super::{Act, Deed, DraftError, Drafts, Kept, State, Step};
use crate::ledger::book::Book;
use crate::ledger::entry::{Actor, Sign, SignAct};
use crate::ledger::id::EstateCode;
use crate::services::people::Role;

/// Who signs for the owners on a day: the committee that the book names, else the community.
pub fn watcher(book: &Book, on: NaiveDate) -> Role {
    match book.profile().holder_of(Role::Committee.word(), on) {
        Some(_) => Role::Committee,
        None => Role::Community,
    }
}

/// True where somebody of this role signs for the owners. An officer of a committee does, also
/// where the book doesn't name it yet; the community stands in for none that is named.
pub fn watches(book: &Book, on: NaiveDate, role: &str) -> bool {
    role == Role::Committee.word() || role == watcher(book, on).word()
}

impl Drafts {
    /// Co-signs a draft at the version that was looked at. Sent twice it is one signature.
    pub async fn cosign(
        &self,
        (estate, key): (EstateCode, &str),
        version: u64,
        by: &Actor,
    ) -> Result<Kept, DraftError> {
        let kept = self.find(estate, key).await?;
        if kept.life.has_sign_of(&by.user) {
            return Ok(kept);
        }
        if kept.version() != version {
            return Err(DraftError::Changed(Box::new(kept)));
        }
        if kept.state != State::Prepared {
            return Err(DraftError::State(kept.state));
        }
        self.check_cosigner(&kept, by).await?;
        let step = self.step(Deed::Cosign, version, by, None);
        let mut tx = self.0.store().begin_beside().await?;
        let held = tx.hold_draft(key, kept.row.version, kept.state.word()).await?;
        if held {
            // Two clicks at once: the second finds the first one's signature.
            let life = super::Life::of(tx.draft_steps(key).await?);
            if !life.has_sign_of(&by.user) {
                tx.add_draft_step(&step.row(key)).await?;
            }
        }
        tx.commit().await?;
        let kept = self.find(estate, key).await?;
        if held { Ok(kept) } else { Err(DraftError::Changed(Box::new(kept))) }
    }

    /// Returns a draft, as somebody who signs for the owners.
    pub async fn decline(
        &self,
        (estate, key): (EstateCode, &str),
        version: u64,
        reason: &str,
        by: &Actor,
    ) -> Result<Kept, DraftError> {
        let book = self.0.book(estate).await?.ok_or(DraftError::Unknown)?;
        if !watches(&book, self.0.today(), &by.role) {
            return Err(DraftError::StandsIn);
        }
        self.act((estate, key), version, Act::Return(reason), by).await
    }

    /// Refuses a signature of somebody who typed in it, of the wrong organisation, or that the
    /// book doesn't ask for; and one for what the book would refuse all the same.
    async fn check_cosigner(&self, kept: &Kept, by: &Actor) -> Result<(), DraftError> {
        if kept.is_of(&by.user) {
            return Err(DraftError::SignsOwn);
        }
        let held = self.held(kept.estate, &kept.typed).await?;
        if !watches(&held.book, self.0.today(), &by.role) {
            return Err(DraftError::StandsIn);
        }
        let mut drafts = kept.drafts(held.ground()).map_err(DraftError::Fields)?;
        let (after, lacks) = self.judged(&held.book, &drafts, &kept.stand_in()).await;
        after?;
        let signed = drafts.iter().flat_map(|draft| &draft.signs);
        let is_asked =
            lacks.is_some() || signed.map(|sign| sign.act).any(|act| act == SignAct::Cosign);
        if !is_asked {
            return Err(DraftError::NotAsked);
        }
        let at = self.0.clock().now();
        for draft in &mut drafts {
            draft.signs.push(Sign { act: SignAct::Cosign, at, by: by.clone() });
        }
        self.0.preview(&held.book, &drafts, &kept.stand_in()).await?;
        Ok(())
    }

    /// A step that somebody does now.
    pub(super) fn step(
        &self,
        deed: Deed,
        version: u64,
        by: &Actor,
        reason: Option<String>,
    ) -> Step {
        Step { deed, version, by: by.clone(), at: self.0.clock().now(), reason }
    }
}
