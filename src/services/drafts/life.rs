//! The life of a draft: what happened to it, in order, and which signatures count.
//!
//! A signature is given on the words that somebody looked at. Once the words change, or the draft
//! is returned, those given before stay in its life and count no more.

use crate::ledger::entry::{Actor, Sign, SignAct};
use crate::ledger::time::Timestamp;
use crate::store::draft_steps::DraftStepRow;

/// What somebody did with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Typed it.
    Typed,
    /// Changed what was typed.
    Changed,
    /// Handed it over.
    HandedOver,
    /// Signed it for another organisation.
    Cosign,
    /// Confirmed what it says.
    Confirm,
    /// Checked it.
    Review,
    /// Returned it with a reason.
    Returned,
    /// Took it back for good.
    Withdrawn,
    /// Tried to post it; the book refused it.
    Refused,
    /// Posted it.
    Posted,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 10] = [
        Self::Typed,
        Self::Changed,
        Self::HandedOver,
        Self::Cosign,
        Self::Confirm,
        Self::Review,
        Self::Returned,
        Self::Withdrawn,
        Self::Refused,
        Self::Posted,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Changed => "changed",
            Self::HandedOver => "handed_over",
            Self::Cosign => "cosign",
            Self::Confirm => "confirm",
            Self::Review => "review",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
            Self::Posted => "posted",
        }
    }

    /// The deed with a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.word() == word)
    }

    /// What it is in `signs` of an entry, where it is a signature.
    pub const fn sign(self) -> Option<SignAct> {
        match self {
            Self::Cosign => Some(SignAct::Cosign),
            Self::Confirm => Some(SignAct::Confirm),
            Self::Review => Some(SignAct::Review),
            _ => None,
        }
    }

    /// True where signatures given before count no more.
    const fn starts_over(self) -> bool {
        matches!(self, Self::Typed | Self::Changed | Self::Returned)
    }
}

/// A step of a draft's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub deed: Deed,
    /// The version that came of it; of a signature the one that was looked at.
    pub version: u64,
    /// Who did it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why it was returned, or the rule by which the book refused it.
    pub reason: Option<String>,
}

impl Step {
    fn of(row: DraftStepRow) -> Option<Self> {
        Some(Self {
            deed: Deed::of(&row.deed)?,
            version: u64::try_from(row.version).ok()?,
            by: Actor { org: row.by_org, role: row.by_role, user: row.by_user },
            at: Timestamp::from_millis(row.at),
            reason: row.reason,
        })
    }

    /// Its row.
    pub(super) fn row(&self, draft: &str) -> DraftStepRow {
        DraftStepRow {
            draft_id: draft.to_owned(),
            deed: self.deed.word().to_owned(),
            version: i64::try_from(self.version).unwrap_or(i64::MAX),
            by_org: self.by.org.clone(),
            by_role: self.by.role.clone(),
            by_user: self.by.user.clone(),
            at: self.at.millis(),
            reason: self.reason.clone(),
        }
    }
}

/// A draft's steps, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life(Vec<Step>);

impl Life {
    pub(super) fn of(rows: impl IntoIterator<Item = DraftStepRow>) -> Self {
        Self(rows.into_iter().filter_map(Step::of).collect())
    }

    /// Every step.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// True for a signature that counts: none of the words changed since.
    pub fn counts(&self, step: &Step) -> bool {
        let over = self.0.iter().filter(|step| step.deed.starts_over()).map(|step| step.version);
        step.deed.sign().is_some() && step.version >= over.max().unwrap_or_default()
    }

    /// The signatures that count, as an entry carries them.
    pub fn signs(&self) -> impl Iterator<Item = Sign> {
        let counts = self.0.iter().filter(|step| self.counts(step));
        counts.filter_map(|step| {
            Some(Sign { act: step.deed.sign()?, at: step.at, by: step.by.clone() })
        })
    }

    /// True where somebody's signature counts.
    pub fn has_sign_of(&self, user: &str) -> bool {
        self.0.iter().any(|step| self.counts(step) && step.by.user == user)
    }

    /// True where a signature was given that counts no more.
    pub fn lost_signs(&self) -> bool {
        self.0.iter().any(|step| step.deed.sign().is_some() && !self.counts(step))
    }

    /// The last step that is one of these.
    pub fn last(&self, deed: Deed) -> Option<&Step> {
        self.0.iter().rev().find(|step| step.deed == deed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(deed: Deed, version: u64) -> Step {
        let by = Actor { org: "o_a".into(), role: "committee".into(), user: "u_a".into() };
        Step { deed, version, by, at: Timestamp::from_millis(0), reason: None }
    }

    #[test]
    fn a_signature_counts_for_the_words_it_was_given_on() {
        let mut life = Life(vec![step(Deed::Typed, 1), step(Deed::HandedOver, 2)]);
        life.0.push(step(Deed::Cosign, 2));
        assert!(life.has_sign_of("u_a"));
        // Posting that was refused changes no word.
        life.0.push(step(Deed::Refused, 4));
        assert!(life.has_sign_of("u_a") && !life.lost_signs());
        life.0.push(step(Deed::Changed, 5));
        assert!(!life.has_sign_of("u_a") && life.lost_signs());
        // Given on the old words at the same moment, it is none of the new ones.
        life.0.push(step(Deed::Cosign, 4));
        assert_eq!(life.signs().count(), 0);
        life.0.push(step(Deed::Cosign, 6));
        life.0.push(step(Deed::Returned, 7));
        assert_eq!(life.signs().count(), 0);
    }

    #[test]
    fn deeds_are_read_back() {
        for deed in Deed::ALL {
            assert_eq!(Deed::of(deed.word()), Some(deed));
        }
    }
}
