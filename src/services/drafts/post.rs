//! How a draft becomes an entry exactly once.
//!
//! Whoever posts takes the draft first: from then on it is `posting`, names who posts, and can't
//! be changed. Then its entry is posted under the draft's key. A crash, a second click or an
//! unknown outcome leaves it `posting`; posting again asks the log whether the key stands, and
//! posts in the name of whoever took it where it doesn't.

use super::{Backing, Deed, DraftError, Drafts, Kept, State};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::services::books::PostError;
use crate::services::journal::post_trouble;

/// How often a receipt is sent with its match where others post at the same moment: the match
/// names the number that the receipt gets.
const TRIES: u32 = 5;

impl Drafts {
    /// Posts what somebody else prepared, or alone what a bank's line backs; the number of its
    /// entry.
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
        let own = kept.is_of(&by.user);
        let taken = match kept.state {
            State::Posting if own && !kept.is_taken_alone() => return Err(DraftError::OwnHands),
            State::Posting => kept,
            _ if own && !self.may_alone(&kept, by).await? => return Err(DraftError::OwnHands),
            State::Prepared | State::Open if kept.version() != version => {
                return Err(DraftError::Changed(Box::new(kept)));
            }
            State::Open if !own => return Err(DraftError::State(State::Open)),
            State::Prepared | State::Open => match self.take(kept, by).await {
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

    /// True where one of its hands may post it: a bank's line backs it.
    async fn may_alone(&self, kept: &Kept, by: &Actor) -> Result<bool, DraftError> {
        if !kept.state.is_alone() {
            return Ok(false);
        }
        let held = self.held(kept.estate, &kept.typed).await?;
        let Ok(drafts) = kept.drafts(held.ground()) else { return Ok(false) };
        Ok(self.backed(&held.book, &drafts, by).await.is_some())
    }

    async fn take(&self, kept: Kept, by: &Actor) -> Result<Kept, DraftError> {
        let mut row = kept.row.clone();
        State::Posting.word().clone_into(&mut row.state);
        row.posted_org = Some(by.org.clone());
        row.posted_role = Some(by.role.clone());
        row.posted_by = Some(by.user.clone());
        self.change(kept, row, None).await
    }

    /// Posts a draft that was taken, or finds that it stands.
    async fn settle(&self, kept: Kept) -> Result<u64, DraftError> {
        let mut tries = 0;
        loop {
            if let Some(seq) = self.stands(&kept).await? {
                return self.done(kept, seq).await;
            }
            let (drafts, upon) = match self.entries(&kept).await {
                Ok(entries) => entries,
                Err(error @ (DraftError::Fields(_) | DraftError::OwnHands)) => {
                    self.give_back(kept, None).await?;
                    return Err(error);
                }
                Err(error) => return Err(error),
            };
            tries += 1;
            match self.0.post(drafts, kept.poster()).await {
                Ok(posted) => {
                    let seq = posted.first().map(|one| one.seq).ok_or(DraftError::Unknown)?;
                    return self.done(kept, seq).await;
                }
                Err(PostError::RefTaken { .. }) => {
                    let seq = self.stands(&kept).await?.ok_or(DraftError::Unknown)?;
                    return self.done(kept, seq).await;
                }
                // Whether it stands isn't known: it stays as it is until somebody asks again.
                Err(error @ (PostError::OutcomeUnknown | PostError::Stopped)) => {
                    return Err(error.into());
                }
                Err(PostError::Refused { .. })
                    if kept.is_taken_alone()
                        && tries < TRIES
                        && self.moved_on(&kept, upon).await? => {}
                Err(error) => {
                    let rule = matches!(error, PostError::Refused { .. });
                    let rule = rule.then(|| post_trouble(&error, false).code.to_owned());
                    self.give_back(kept, rule).await?;
                    return Err(error.into());
                }
            }
        }
    }

    /// What is posted of a draft that was taken, upon a book of so many entries: its entries, and
    /// with a receipt that one person posts the match that backs it.
    async fn entries(&self, kept: &Kept) -> Result<(Vec<Draft>, u64), DraftError> {
        let held = self.held(kept.estate, &kept.typed).await?;
        let mut drafts = kept.drafts(held.ground()).map_err(DraftError::Fields)?;
        let upon = held.book.head().entries;
        if kept.is_taken_alone() {
            let backing = Backing::of(&held.book, &drafts).ok_or(DraftError::OwnHands)?;
            drafts.push(backing.matched(&drafts[0], upon).ok_or(DraftError::OwnHands)?);
        }
        Ok((drafts, upon))
    }

    /// True where others posted upon a book of so many entries.
    async fn moved_on(&self, kept: &Kept, upon: u64) -> Result<bool, DraftError> {
        let book = self.0.book(kept.estate).await?;
        Ok(book.is_some_and(|book| book.head().entries > upon))
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
        let poster = kept.poster();
        match self.change(kept, row, Some((Deed::Posted, &poster, None))).await {
            // Somebody settled it at the same moment.
            Ok(_) | Err(DraftError::Changed(_)) => Ok(seq),
            Err(error) => Err(error),
        }
    }

    /// Not posted: it waits as before, with the rule that refused it in its life.
    async fn give_back(&self, kept: Kept, rule: Option<String>) -> Result<(), DraftError> {
        let mut row = kept.row.clone();
        let before = if kept.prepared_at().is_some() { State::Prepared } else { State::Open };
        before.word().clone_into(&mut row.state);
        (row.posted_org, row.posted_role, row.posted_by) = (None, None, None);
        let poster = kept.poster();
        let done = rule.map(|rule| (Deed::Refused, &poster, Some(rule)));
        match self.change(kept, row, done).await {
            Ok(_) | Err(DraftError::Changed(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
