//! Drafts: a clerk prepares, a second person posts. What is typed is kept beside the log until
//! its entry stands; each change names the version it was made upon, so that of two people who
//! change the same draft nobody loses a word. What the book wants a co-signature for, somebody
//! signs for the owners in between.
//!
//! ```text
//! open ⇄ prepared (co-signed) → posting → posted
//!        returned ← prepared      withdrawn ← any but the last two
//! ```
//! Read next: `life.rs` (steps and signatures), `cosign.rs`, `post.rs` (how it becomes an entry
//! exactly once).

mod backing;
mod cosign;
mod kept;
mod life;
mod post;
mod preview;
mod state;

use std::collections::HashMap;

use thiserror::Error;

use super::books::{Books, BooksError, PostError};
use super::recording::{self, Form, RecordFault, Typed};
use crate::ledger::entry::Actor;
use crate::ledger::id::{EstateCode, is_id};
use crate::store::StoreError;
use crate::store::drafts::DraftRow;

pub use backing::Backing;
pub use cosign::{watcher, watches};
pub use kept::Kept;
pub use life::{Deed, Life, Step};
pub use preview::{Held, Preview};
pub use state::State;

/// What keys of drafts begin with.
pub const PREFIX: &str = "desk:";
/// Drafts of one state that are listed at most.
pub const LISTED: u32 = 200;
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// What is typed, to be kept.
#[derive(Clone, Debug)]
pub struct Save<'a> {
    /// The draft's key.
    pub key: &'a str,
    /// The version that was changed; 0 for a new one.
    pub version: u64,
    /// Which form.
    pub form: Form,
    /// What was typed.
    pub typed: Typed,
}

/// What a person does with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act<'a> {
    /// Hands it over to be posted.
    Submit,
    /// Takes it back for good.
    Withdraw,
    /// Returns it to whoever prepared it, with a reason.
    Return(&'a str),
}

/// Why something was not done with a draft.
#[derive(Debug, Error)]
pub enum DraftError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The estate has no such draft.
    #[error("there is no such draft")]
    Unknown,
    /// Somebody changed it meanwhile: as it is now.
    #[error("the draft was changed meanwhile")]
    Changed(Box<Kept>),
    /// Not what can be done where it stands.
    #[error("this can't be done with a draft that is {0}")]
    State(State),
    /// Whoever typed in it doesn't post it (I12).
    #[error("who prepared a draft doesn't post it")]
    OwnHands,
    /// Whoever typed in it doesn't co-sign it (I12).
    #[error("who typed in a draft doesn't co-sign it")]
    SignsOwn,
    /// The book asks for no co-signature.
    #[error("no co-signature is asked for")]
    NotAsked,
    /// There is a committee: the community doesn't sign in its place.
    #[error("the committee co-signs; the community stands in where there is none")]
    StandsIn,
    /// A draft is returned with a reason.
    #[error("a reason is needed, of up to 200 characters")]
    Reason,
    /// Fields to mend.
    #[error("fields of the form are to mend")]
    Fields(Vec<RecordFault>),
    /// It was not posted.
    #[error(transparent)]
    Post(#[from] PostError),
}

/// The drafts of an instance.
#[derive(Clone)]
pub struct Drafts(Books);

impl Drafts {
    /// Over the books that they become part of.
    pub fn of(books: &Books) -> Self {
        Self(books.clone())
    }

    fn now(&self) -> i64 {
        self.0.clock().now().millis()
    }

    /// One draft of an estate.
    pub async fn find(&self, estate: EstateCode, key: &str) -> Result<Kept, DraftError> {
        let reader = self.0.store().primary();
        let row = reader.draft(estate.as_str(), key).await?.ok_or(DraftError::Unknown)?;
        let life = Life::of(reader.draft_steps(key).await?);
        Kept::of(row, life).ok_or(DraftError::Unknown)
    }

    /// Drafts of an estate in a state, the last changed first, at most [`LISTED`].
    pub async fn in_state(
        &self,
        estate: EstateCode,
        state: State,
    ) -> Result<Vec<Kept>, DraftError> {
        let reader = self.0.store().primary();
        let rows = reader.drafts_in(estate.as_str(), state.word(), LISTED).await?;
        let steps = reader.draft_steps_in(estate.as_str(), state.word(), LISTED).await?;
        let mut lives: HashMap<String, Vec<_>> = HashMap::new();
        for step in steps {
            lives.entry(step.draft_id.clone()).or_default().push(step);
        }
        let kept = rows.into_iter().filter_map(|row| {
            let life = Life::of(lives.remove(&row.draft_id).unwrap_or_default());
            Kept::of(row, life)
        });
        Ok(kept.collect())
    }

    /// Keeps what was typed, once its fields can be read. The same form sent twice is one draft;
    /// one that somebody changed meanwhile is left as it is and told.
    pub async fn save(
        &self,
        estate: EstateCode,
        save: Save<'_>,
        by: &Actor,
    ) -> Result<Kept, DraftError> {
        let held = self.held(estate, &save.typed).await?;
        recording::read(save.form, &save.typed, held.ground()).map_err(DraftError::Fields)?;
        let fields = serde_json::to_string(&save.typed.0).unwrap_or_default();
        if save.version == 0 {
            return self.add(estate, &save, fields, by).await;
        }
        let kept = self.find(estate, save.key).await?;
        if kept.version() != save.version {
            let is_sent_again = kept.row.fields == fields && kept.is_of(&by.user);
            return if is_sent_again { Ok(kept) } else { Err(DraftError::Changed(Box::new(kept))) };
        }
        if !kept.state.is_changed() {
            return Err(DraftError::State(kept.state));
        }
        let mut row = kept.row.clone();
        row.fields = fields;
        State::Open.word().clone_into(&mut row.state);
        row.prepared_at = None;
        if !kept.is_of(&by.user) {
            row.hands = format!("{} {}", row.hands, by.user);
        }
        prepared_by(&mut row, by);
        self.change(kept, row, Some((Deed::Changed, by, None))).await
    }

    async fn add(
        &self,
        estate: EstateCode,
        save: &Save<'_>,
        fields: String,
        by: &Actor,
    ) -> Result<Kept, DraftError> {
        if !is_id(PREFIX, save.key) {
            return Err(DraftError::Unknown);
        }
        let now = self.now();
        let mut row = DraftRow {
            draft_id: save.key.to_owned(),
            estate: estate.to_string(),
            form: save.form.word().to_owned(),
            fields,
            state: State::Open.word().to_owned(),
            version: 1,
            hands: by.user.clone(),
            prepared_org: String::new(),
            prepared_role: String::new(),
            prepared_by: String::new(),
            made_at: now,
            changed_at: now,
            prepared_at: None,
            reason: None,
            returned_by: None,
            posted_org: None,
            posted_role: None,
            posted_by: None,
            posted_seq: None,
        };
        prepared_by(&mut row, by);
        let mut tx = self.0.store().begin_beside().await?;
        let added = tx.add_draft(&row).await?;
        if added {
            tx.add_draft_step(&self.step(Deed::Typed, 1, by, None).row(save.key)).await?;
        }
        tx.commit().await?;
        let kept = self.find(estate, save.key).await?;
        if added || (kept.row.fields == row.fields && kept.is_of(&by.user)) {
            return Ok(kept);
        }
        Err(DraftError::Changed(Box::new(kept)))
    }

    /// Hands a draft over, takes it back, or returns it.
    pub async fn act(
        &self,
        (estate, key): (EstateCode, &str),
        version: u64,
        act: Act<'_>,
        by: &Actor,
    ) -> Result<Kept, DraftError> {
        let kept = self.find(estate, key).await?;
        let (from, to): (&[State], State) = match act {
            Act::Submit => (&[State::Open], State::Prepared),
            Act::Withdraw => (&[State::Open, State::Prepared, State::Returned], State::Withdrawn),
            Act::Return(_) => (&[State::Prepared], State::Returned),
        };
        if kept.state == to && kept.version() == version + 1 {
            return Ok(kept);
        }
        if kept.version() != version {
            return Err(DraftError::Changed(Box::new(kept)));
        }
        if !from.contains(&kept.state) {
            return Err(DraftError::State(kept.state));
        }
        let mut row = kept.row.clone();
        let mut told = None;
        let deed = match act {
            Act::Submit => {
                let held = self.held(estate, &kept.typed).await?;
                kept.drafts(held.ground()).map_err(DraftError::Fields)?;
                row.prepared_at = Some(self.now());
                (row.reason, row.returned_by) = (None, None);
                Deed::HandedOver
            }
            Act::Withdraw => Deed::Withdrawn,
            Act::Return(reason) => {
                let reason = reason.trim();
                let length = reason.chars().count();
                if length == 0 || length > REASON_MAX || reason.chars().any(char::is_control) {
                    return Err(DraftError::Reason);
                }
                row.reason = Some(reason.to_owned());
                row.returned_by = Some(by.user.clone());
                told.clone_from(&row.reason);
                Deed::Returned
            }
        };
        to.word().clone_into(&mut row.state);
        self.change(kept, row, Some((deed, by, told))).await
    }

    /// Puts a draft in place of what it was, if nobody else did meanwhile; with the step of its
    /// life that this is, where it is one.
    async fn change(
        &self,
        before: Kept,
        mut row: DraftRow,
        done: Option<(Deed, &Actor, Option<String>)>,
    ) -> Result<Kept, DraftError> {
        row.version = before.row.version + 1;
        row.changed_at = self.now();
        let mut tx = self.0.store().begin_beside().await?;
        let changed = tx.change_draft(&row).await?;
        if let Some((deed, by, reason)) = done.filter(|_| changed) {
            let step = self.step(deed, before.version() + 1, by, reason);
            tx.add_draft_step(&step.row(before.key())).await?;
        }
        tx.commit().await?;
        let kept = self.find(before.estate, before.key()).await?;
        if changed { Ok(kept) } else { Err(DraftError::Changed(Box::new(kept))) }
    }
}

fn prepared_by(row: &mut DraftRow, by: &Actor) {
    row.prepared_org.clone_from(&by.org);
    row.prepared_role.clone_from(&by.role);
    row.prepared_by.clone_from(&by.user);
}
