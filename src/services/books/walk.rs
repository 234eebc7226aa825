//! What needs a walk over the entries: the numbers of vouchers with what goes with them
//! ([`Vouchers`]), kept and gone on from, and a book as it stood after an earlier entry.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache as Kept;
use tokio::sync::Semaphore;

use super::{Books, BooksError, StoredEntry};
use crate::ledger::book::Book;
use crate::ledger::id::EstateCode;
use crate::ledger::vouchers::Vouchers;

/// Entries read at a time.
const CHUNK: u32 = 500;
/// What walks may take in memory.
const WALKS_BYTES_MAX: u64 = 64 << 20;
/// What books of the past may take in memory.
const PAST_BYTES_MAX: u64 = 32 << 20;
/// Walks under way at the same time.
const WALKS_MAX: usize = 2;
/// How many are expected; it only sizes the caches' tables.
const EXPECTED: usize = 256;

/// An estate's book as it stood after an earlier entry, with the walk up to there.
#[derive(Clone, Debug)]
pub struct Past {
    /// The book.
    pub book: Book,
    /// The walk.
    pub vouchers: Vouchers,
}

/// Walks and books of the past that were made before; they can be made again.
pub(super) struct Walks {
    known: Kept<EstateCode, Arc<Vouchers>, ByBytes>,
    past: Kept<(EstateCode, u64), Arc<Past>, ByBytes>,
    /// A walk reads a whole chain: few at a time, and who waited finds what another made.
    few: Semaphore,
}

impl Walks {
    /// Empty caches.
    pub(super) fn new() -> Self {
        Self {
            known: Kept::with_weighter(EXPECTED, WALKS_BYTES_MAX, ByBytes),
            past: Kept::with_weighter(EXPECTED, PAST_BYTES_MAX, ByBytes),
            few: Semaphore::new(WALKS_MAX),
        }
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<EstateCode, Arc<Vouchers>> for ByBytes {
    fn weight(&self, _: &EstateCode, walk: &Arc<Vouchers>) -> u64 {
        walk.weight_bytes()
    }
}

impl Weighter<(EstateCode, u64), Arc<Past>> for ByBytes {
    fn weight(&self, _: &(EstateCode, u64), past: &Arc<Past>) -> u64 {
        past.book.weight_bytes() + past.vouchers.weight_bytes()
    }
}

impl Books {
    /// The walk over the entries of a book, exactly up to its head. It goes on from the one that
    /// is kept, where that leads to this book.
    pub async fn vouchers(&self, book: &Book) -> Result<Arc<Vouchers>, BooksError> {
        let (estate, head) = (book.estate(), book.head());
        let same =
            |kept: &Arc<Vouchers>| (kept.entries(), kept.head()) == (head.entries, head.hash);
        if let Some(kept) = self.shared.walks.known.get(&estate).filter(same) {
            return Ok(kept);
        }
        // It is never closed, so waiting for it can't fail.
        let _few = self.shared.walks.few.acquire().await.ok();
        let kept = self.shared.walks.known.get(&estate);
        if let Some(kept) = kept.as_ref().filter(|kept| same(kept)) {
            return Ok(Arc::clone(kept));
        }
        let begun = kept.filter(|kept| kept.entries() < head.entries);
        let begun = begun.map(|kept| Vouchers::clone(&kept));
        let walked = match begun {
            Some(begun) => self.walk_on(begun, book).await?,
            None => None,
        };
        let walked = match walked {
            Some(walked) => walked,
            None => self.walk_on(Vouchers::default(), book).await?.ok_or_else(|| {
                let cause = "the chain doesn't lead to its book".to_owned();
                BooksError::Damaged { estate, seq: head.entries, cause }
            })?,
        };
        let walked = Arc::new(walked);
        let newer = self.shared.walks.known.peek(&estate);
        if newer.is_none_or(|kept| kept.entries() <= walked.entries()) {
            self.shared.walks.known.insert(estate, Arc::clone(&walked));
        }
        Ok(walked)
    }

    /// Goes on to the book's head; nothing where the entries don't lead there.
    async fn walk_on(
        &self,
        mut walk: Vouchers,
        book: &Book,
    ) -> Result<Option<Vouchers>, BooksError> {
        let head = book.head();
        while walk.entries() < head.entries {
            let left = u32::try_from(head.entries - walk.entries()).unwrap_or(CHUNK);
            let limit = left.min(CHUNK);
            let entries = self.entries_from(book.estate(), walk.entries(), limit).await?;
            if entries.is_empty() {
                return Ok(None);
            }
            for stored in entries {
                if !walk.add(book, &stored.posted) {
                    return Ok(None);
                }
            }
        }
        Ok((walk.head() == head.hash).then_some(walk))
    }

    /// The book as it stood after its first `entries` entries, and the walk up to there; nothing
    /// where it has fewer.
    pub async fn past(
        &self,
        estate: EstateCode,
        entries: u64,
    ) -> Result<Option<Arc<Past>>, BooksError> {
        if let Some(past) = self.shared.walks.past.get(&(estate, entries)) {
            return Ok(Some(past));
        }
        let _few = self.shared.walks.few.acquire().await.ok();
        if let Some(past) = self.shared.walks.past.get(&(estate, entries)) {
            return Ok(Some(past));
        }
        let mut book = Book::default();
        while book.head().entries < entries {
            let from = book.head().entries;
            let limit = u32::try_from(entries - from).unwrap_or(CHUNK).min(CHUNK);
            let rows = self.shared.store.primary().entries_from(estate, from, limit).await?;
            if rows.is_empty() {
                return Ok(None);
            }
            for row in rows {
                self.shared.apply(&mut book, estate, row).await?;
            }
        }
        let Some(vouchers) = self.walk_on(Vouchers::default(), &book).await? else {
            return Ok(None);
        };
        let past = Arc::new(Past { book, vouchers });
        self.shared.walks.past.insert((estate, entries), Arc::clone(&past));
        Ok(Some(past))
    }

    /// Entries of an estate by their numbers, in the order that they are asked for.
    pub async fn entries_named(
        &self,
        estate: EstateCode,
        seqs: &[u64],
    ) -> Result<Vec<StoredEntry>, BooksError> {
        let mut order: Vec<(u64, usize)> =
            seqs.iter().enumerate().map(|(at, seq)| (*seq, at)).collect();
        order.sort_unstable();
        let mut found: Vec<(usize, StoredEntry)> = Vec::with_capacity(seqs.len());
        let mut wanted = order.into_iter().peekable();
        while let Some((from, _)) = wanted.peek().copied() {
            let mut here: Vec<(u64, usize)> = Vec::new();
            while let Some(next) = wanted.next_if(|(seq, _)| *seq < from + u64::from(CHUNK)) {
                here.push(next);
            }
            let last = here.last().map_or(from, |(seq, _)| *seq);
            let limit = u32::try_from(last - from + 1).unwrap_or(CHUNK);
            for stored in self.entries_from(estate, from, limit).await? {
                let seq = stored.posted.entry.seq;
                if let Ok(at) = here.binary_search_by_key(&seq, |(seq, _)| *seq) {
                    found.push((here[at].1, stored));
                }
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, stored)| stored).collect())
    }
}
