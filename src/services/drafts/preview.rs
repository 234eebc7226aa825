//! What the books say of a draft before anybody posts it, and what is still to be done: the
//! rules are asked of the fold over a copy of the book, none is repeated here.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Backing, DraftError, Drafts, Kept, State};
use crate::ledger::book::{Book, Violation};
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Sign, SignAct};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::services::books::{PostError, Previewed, StoredEntry};
use crate::services::papers::notice_digest;
use crate::services::people::{Permission, Role, Signed};
use crate::services::recording::{Ground, Typed};

/// What the books say of a draft.
#[derive(Debug)]
pub struct Preview {
    /// The book as it is.
    pub before: Arc<Book>,
    /// The drafts of its entries.
    pub drafts: Vec<Draft>,
    /// The entries that they would become and the book after them, or why they are refused; where
    /// a co-signature is all that is missing, as it would be with one.
    pub after: Result<Previewed, PostError>,
    /// How the book asks for the co-signature that is missing.
    pub lacks: Option<PostError>,
    /// What lets the one who asks post it alone, though they typed in it.
    pub alone: Option<Backing>,
}

/// What something typed is read upon, held while it is read.
#[derive(Debug)]
pub struct Held {
    pub(super) book: Arc<Book>,
    named: Option<StoredEntry>,
    notice: Option<EntryHash>,
    today: NaiveDate,
}

impl Held {
    /// To read upon.
    pub fn ground(&self) -> Ground<'_> {
        let named = self.named.as_ref().map(|stored| &stored.posted);
        Ground { book: &self.book, today: self.today, named, notice: self.notice }
    }
}

impl Drafts {
    /// What the books say of a draft, if somebody posted it now; nothing is posted.
    pub async fn preview(&self, kept: &Kept, asks: &Signed) -> Result<Preview, DraftError> {
        let held = self.held(kept.estate, &kept.typed).await?;
        let drafts = kept.drafts(held.ground()).map_err(DraftError::Fields)?;
        let (after, lacks) = self.judged(&held.book, &drafts, &kept.second(asks)).await;
        let alone = match asks.actor(Permission::Post, kept.estate) {
            Some(by) if kept.is_of(&by.user) && kept.state.is_alone() => {
                self.backed(&held.book, &drafts, &by).await
            }
            _ => None,
        };
        Ok(Preview { before: held.book, drafts, after, lacks, alone })
    }

    /// What the book says of drafts; where it asks for a co-signature alone, that, and what it
    /// says of the rest.
    pub(super) async fn judged(
        &self,
        book: &Book,
        drafts: &[Draft],
        by: &Actor,
    ) -> (Result<Previewed, PostError>, Option<PostError>) {
        let after = self.0.preview(book, drafts, by).await;
        if !after.as_ref().is_err_and(asks_cosign) {
            return (after, None);
        }
        let with = self.0.preview(book, &cosigned(drafts), by).await;
        (with, after.err())
    }

    /// The line that backs a receipt which one person posts with its match, where the book would
    /// take both.
    pub(super) async fn backed(
        &self,
        book: &Book,
        drafts: &[Draft],
        by: &Actor,
    ) -> Option<Backing> {
        let backing = Backing::of(book, drafts)?;
        let matched = backing.matched(&drafts[0], book.head().entries)?;
        let both = [drafts[0].clone(), matched];
        self.0.preview(book, &both, by).await.is_ok().then_some(backing)
    }

    /// Drafts that were handed over, each with whether the book still asks for a co-signature.
    pub async fn handed_over(&self, estate: EstateCode) -> Result<Vec<(Kept, bool)>, DraftError> {
        let kept = self.in_state(estate, State::Prepared).await?;
        let mut found = Vec::with_capacity(kept.len());
        for one in kept {
            let lacks = self.lacks_cosign(&one).await?;
            found.push((one, lacks));
        }
        Ok(found)
    }

    /// True where the book takes a draft but for a co-signature.
    async fn lacks_cosign(&self, kept: &Kept) -> Result<bool, DraftError> {
        let held = self.held(kept.estate, &kept.typed).await?;
        let Ok(drafts) = kept.drafts(held.ground()) else { return Ok(false) };
        let (after, lacks) = self.judged(&held.book, &drafts, &kept.stand_in()).await;
        Ok(after.is_ok() && lacks.is_some())
    }

    /// The book of an estate, the entry whose number was typed, the notice that was.
    pub async fn held(&self, estate: EstateCode, typed: &Typed) -> Result<Held, DraftError> {
        let book = self.0.book(estate).await?.ok_or(DraftError::Unknown)?;
        let named = match typed.value("seq").parse() {
            Ok(seq) => self.0.entry(estate, seq).await?,
            Err(_) => None,
        };
        let notice = match typed.value("notice").parse() {
            Ok(period) => Some(notice_digest(&self.0, &book, period).await?),
            Err(_) => None,
        };
        Ok(Held { book, named, notice, today: self.0.today() })
    }
}

/// True where a co-signature is what the book asks for.
fn asks_cosign(error: &PostError) -> bool {
    match error {
        PostError::Refused { violation, .. } => {
            matches!(**violation, Violation::NotCosigned { .. })
        }
        _ => false,
    }
}

/// The drafts as they would be with somebody's co-signature.
fn cosigned(drafts: &[Draft]) -> Vec<Draft> {
    let (org, user) = ("o_third".to_owned(), "u_third".to_owned());
    let by = Actor { org, role: Role::Committee.word().to_owned(), user };
    let mut drafts = drafts.to_vec();
    for draft in &mut drafts {
        let at = draft.signs.last().map_or_else(Default::default, |sign| sign.at);
        draft.signs.push(Sign { act: SignAct::Cosign, at, by: by.clone() });
    }
    drafts
}
