//! How a draft becomes an entry exactly once.
//!
//! Whoever posts takes the draft first: from then on it is `posting`, names who posts, and can't
//! be changed. Then its entry is posted under the draft's key. A crash, a second click or an
//! unknown outcome leaves it `posting`; posting again asks the log whether the key stands, and
//! posts in the name of whoever took it where it doesn't.

use super::{DraftError, Drafts, Kept, State};
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::services::books::PostError;

impl Drafts {
    /// Posts what somebody else prepared; the number of its entry.
    pub async fn post(
        &self,
        (estate, key): (EstateCode, &str),
        version: u64,
        by: &Actor,
    ) -> Result<u64, DraftError> {
        let kept = self.find(estate, key).await?;
        if let Some(seq) = kept.posted_seq() {
            return Ok(seq);
        }
        if kept.is_of(&by.user) {
            return Err(DraftError::OwnHands);
        }
        let taken = match kept.state {
            State::Posting => kept,
            State::Prepared if kept.version() != version => {
                return Err(DraftError::Changed(Box::new(kept)));
            }
            State::Prepared => match self.take(kept, by).await {
                // Somebody took it at the same moment: it is posted in their name.
                Err(DraftError::Changed(other)) if other.state == State::Posting => *other,
                Err(DraftError::Changed(other)) => {
                    return other.posted_seq().ok_or(DraftError::Changed(other));
                }
                taken => taken?,
            },
            other => return Err(DraftError::State(other)),
        };
        self.settle(taken).await
    }

    async fn take(&self, kept: Kept, by: &Actor) -> Result<Kept, DraftError> {
        let mut row = kept.row.clone();
        State::Posting.word().clone_into(&mut row.state);
        row.posted_org = Some(by.org.clone());
        row.posted_role = Some(by.role.clone());
        row.posted_by = Some(by.user.clone());
        self.change(kept, row).await
    }

    /// Posts a draft that was taken, or finds that it stands.
    async fn settle(&self, kept: Kept) -> Result<u64, DraftError> {
        if let Some(seq) = self.stands(&kept).await? {
            return self.done(kept, seq).await;
        }
        let held = self.held(kept.estate, &kept.typed).await?;
        let drafts = match kept.drafts(held.ground()) {
            Ok(drafts) => drafts,
            Err(faults) => {
                self.give_back(kept).await?;
                return Err(DraftError::Fields(faults));
            }
        };
        match self.0.post(drafts, kept.poster()).await {
            Ok(posted) => {
                let seq = posted.first().map(|one| one.seq).ok_or(DraftError::Unknown)?;
                self.done(kept, seq).await
            }
            Err(PostError::RefTaken { .. }) => {
                let seq = self.stands(&kept).await?.ok_or(DraftError::Unknown)?;
                self.done(kept, seq).await
            }
            // Whether it stands isn't known: it stays as it is until somebody asks again.
            Err(error @ (PostError::OutcomeUnknown | PostError::Stopped)) => Err(error.into()),
            Err(error) => {
                self.give_back(kept).await?;
                Err(error.into())
            }
        }
    }

    /// The number of the entry under a draft's key, where there is one.
    async fn stands(&self, kept: &Kept) -> Result<Option<u64>, DraftError> {
        let found = self.0.store().primary().known_refs(kept.estate, &[kept.key()]).await?;
        Ok(found.first().map(|(_, seq)| *seq))
    }

    async fn done(&self, kept: Kept, seq: u64) -> Result<u64, DraftError> {
        let mut row = kept.row.clone();
        State::Posted.word().clone_into(&mut row.state);
        row.posted_seq = i64::try_from(seq).ok();
        match self.change(kept, row).await {
            // Somebody settled it at the same moment.
            Ok(_) | Err(DraftError::Changed(_)) => Ok(seq),
            Err(error) => Err(error),
        }
    }

    /// Refused: it waits for a second person as before.
    async fn give_back(&self, kept: Kept) -> Result<(), DraftError> {
        let mut row = kept.row.clone();
        State::Prepared.word().clone_into(&mut row.state);
        (row.posted_org, row.posted_role, row.posted_by) = (None, None, None);
        match self.change(kept, row).await {
            Ok(_) | Err(DraftError::Changed(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
