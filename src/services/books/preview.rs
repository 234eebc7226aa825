//! Judging a draft as the writer would, and posting nothing.

use super::{Books, PostError, door};
use crate::ledger::book::Book;
use crate::ledger::chain::entry_hash;
use crate::ledger::draft::{Draft, Place};
use crate::ledger::encoding::encode;
use crate::ledger::entry::{Act, Actor, Entry, PostedEntry};
use crate::ledger::time::Timestamp;
use crate::store::StoreError;

/// Where and by whom a draft would be posted.
pub(in crate::services) struct Chance<'a> {
    /// Which draft of the request, from 0.
    pub no: usize,
    /// Its place in a batch.
    pub act: Option<Act>,
    /// Who would post it.
    pub by: &'a Actor,
    /// The log.
    pub log: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Applies a draft to a book as the writer would; refused, it leaves the book as it was.
pub(in crate::services) fn judge(
    book: &mut Book,
    draft: &Draft,
    chance: &Chance<'_>,
    named: Option<&PostedEntry>,
) -> Result<PostedEntry, PostError> {
    let Chance { no, act, by, log, now } = *chance;
    door::check(draft).map_err(|fault| PostError::Door { no, fault })?;
    let head = book.head();
    if head.entries == 0 && draft.event.kind().name != "open" {
        return Err(PostError::UnknownEstate(draft.estate));
    }
    let time = now.max(head.time);
    let place = Place { act, by, log, prev: head.hash, seq: head.entries, time };
    let bytes = encode(&draft.at(&place));
    let entry = Entry::decode(&bytes).map_err(|error| PostError::Format { no, error })?;
    let posted = PostedEntry { hash: entry_hash(&bytes), entry };
    book.apply(&posted, named)
        .map_err(|violation| PostError::Refused { no, violation: Box::new(violation) })?;
    Ok(posted)
}

/// What drafts would make: their entries, and the book after them.
pub type Previewed = (Vec<PostedEntry>, Book);

impl Books {
    /// The entries that the drafts of a batch would become upon a book, and the book with them.
    pub async fn preview(
        &self,
        book: &Book,
        drafts: &[Draft],
        by: &Actor,
    ) -> Result<Previewed, PostError> {
        let log = self.store().primary().log_origin().await?.ok_or(StoreError::Unnamed)?;
        let now = self.clock().now();
        let mut after = book.clone();
        let mut made = Vec::with_capacity(drafts.len());
        for (no, draft) in drafts.iter().enumerate() {
            let named = match Book::names(&draft.event) {
                Some((seq, _)) => self.entry(draft.estate, seq).await?.map(|named| named.posted),
                None => None,
            };
            let act = Act::of(no, drafts.len());
            let chance = Chance { no, act, by, log: &log, now };
            made.push(judge(&mut after, draft, &chance, named.as_ref())?);
        }
        Ok((made, after))
    }
}
