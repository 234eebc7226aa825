//! One round of the writer: books as they would be, and the rows to append.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::writer::Work;
use super::{BooksError, PostError, Posted, Shared, door};
use crate::ledger::book::Book;
use crate::ledger::chain::entry_hash;
use crate::ledger::draft::{Draft, Place};
use crate::ledger::encoding::encode;
use crate::ledger::entry::{Act, Actor, BATCH_MAX, Entry, PostedEntry};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::time::Timestamp;
use crate::proof::merkle::{Edge, WIDTH};
use crate::store::{LogNode, NewEntry, NewEstate, SealedRow, SnapshotRow, StoreError, WriteTx};

/// How far the clock may stand behind an estate's last entry.
const CLOCK_BEHIND_MS_MAX: i64 = 5_000;

/// The estates that some work touches.
pub(super) fn estates_of(work: &[Work]) -> HashSet<EstateCode> {
    work.iter().flat_map(|(drafts, _)| drafts).map(|draft| draft.estate).collect()
}

/// The end of the log as this process last left it.
pub(super) struct End {
    edge: Edge,
    /// The origin of the log, which never changes.
    log: String,
}

impl End {
    /// How many entries the log has.
    pub(super) const fn size(&self) -> u64 {
        self.edge.size()
    }
}

/// One transaction's worth of work: books as they would be, and the rows to append.
pub(super) struct Round<'a> {
    shared: &'a Shared,
    now: Timestamp,
    /// How many entries the log had.
    size: u64,
    /// With the rows that were taken.
    end: End,
    books: HashMap<EstateCode, Book>,
    /// How many entries each book had.
    before: HashMap<EstateCode, u64>,
    unreadable: HashMap<EstateCode, String>,
    rows: Rows,
    posted: HashMap<(EstateCode, u64), PostedEntry>,
    known: HashMap<(EstateCode, String), u64>,
}

/// What some requests add to the database.
#[derive(Default)]
pub(super) struct Rows {
    opened: Vec<NewEstate>,
    entries: Vec<NewEntry>,
    sealed: Vec<(EstateCode, SealedRow)>,
    erased: Vec<(EstateCode, EntryHash)>,
    nodes: Vec<LogNode>,
}

impl Rows {
    /// How much there is of each.
    fn mark(&self) -> [usize; 4] {
        [self.entries.len(), self.opened.len(), self.sealed.len(), self.erased.len()]
    }

    /// Writes them; they stand once the transaction is committed.
    pub(super) async fn write(&self, tx: &mut WriteTx) -> Result<(), PostError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        tx.add_estates(&self.opened).await?;
        tx.append(&self.entries).await?;
        for (estate, value) in &self.sealed {
            tx.add_sealed(*estate, std::slice::from_ref(value)).await?;
        }
        // A crash before the commit leaves the values and no erasure; after it, neither.
        tx.erase_sealed(&self.erased).await?;
        Ok(tx.add_nodes(&self.nodes).await?)
    }
}

impl<'a> Round<'a> {
    pub(super) async fn begin(
        shared: &'a Shared,
        tx: &mut WriteTx,
        estates: &HashSet<EstateCode>,
        work: &[Work],
        end: Option<End>,
    ) -> Result<Self, PostError> {
        let size = tx.log_size().await?;
        let end = match end.filter(|end| end.size() == size) {
            Some(end) => end,
            None => read_end(shared, tx, size).await?,
        };
        // What other processes wrote is read now that the lock is held, so it is final.
        if size < shared.fresh_to.load(Ordering::Acquire) {
            shared.start_over(size);
        }
        shared.freshen(size).await?;
        let (mut books, mut before) = (HashMap::new(), HashMap::new());
        let mut unreadable = HashMap::new();
        let touched: Vec<_> = estates.iter().copied().collect();
        let heads = tx.heads(&touched).await?;
        let heads = heads.into_iter().map(|(estate, seq, hash)| (estate, (seq + 1, hash)));
        let heads: HashMap<_, _> = heads.collect();
        for estate in estates {
            match current(shared, *estate, heads.get(estate)).await {
                Ok(book) => {
                    let book = book.map(|book| Book::clone(&book)).unwrap_or_default();
                    before.insert(*estate, book.head().entries);
                    books.insert(*estate, book);
                }
                Err(error) => {
                    unreadable.insert(*estate, error.to_string());
                }
            }
        }
        let drafts = work.iter().flat_map(|(drafts, _)| drafts);
        let wanted: Vec<_> = drafts.map(|draft| (draft.estate, draft.r#ref.as_str())).collect();
        let known = tx.known_refs(&wanted).await?;
        Ok(Self {
            shared,
            now: shared.clock.now(),
            size,
            end,
            books,
            before,
            unreadable,
            rows: Rows::default(),
            posted: HashMap::new(),
            known: known.into_iter().map(|(code, key, seq)| ((code, key), seq)).collect(),
        })
    }

    /// True where nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.entries.is_empty() && self.end.size() == self.size
    }

    /// How many entries the log had before.
    pub(super) const fn size(&self) -> u64 {
        self.size
    }

    /// The end of the log.
    pub(super) fn into_end(self) -> End {
        self.end
    }

    /// Posts one request, all or nothing.
    pub(super) async fn post(
        &mut self,
        drafts: &[Draft],
        by: &Actor,
    ) -> Result<Vec<Posted>, PostError> {
        let of = u64::try_from(drafts.len()).unwrap_or(u64::MAX);
        let Some(first) = drafts.first().filter(|_| of <= BATCH_MAX) else {
            return Err(PostError::BatchShape);
        };
        if drafts.iter().any(|draft| draft.estate != first.estate) {
            return Err(PostError::BatchShape);
        }
        if let Some(cause) = self.unreadable.get(&first.estate) {
            return Err(PostError::Unavailable(cause.clone()));
        }
        let mut refs = HashSet::new();
        if let Some(no) = drafts.iter().position(|draft| !refs.insert(&draft.r#ref)) {
            return Err(PostError::RefTaken { no, r#ref: drafts[no].r#ref.clone() });
        }
        if let Some(known) = self.known(drafts, by).await? {
            return Ok(known);
        }
        // One draft that is refused leaves the book as it was; of several the first may stand.
        let before = self.books.get(&first.estate).filter(|_| of > 1).cloned();
        let mark = self.rows.mark();
        let mut posted = Vec::with_capacity(drafts.len());
        for (no, draft) in drafts.iter().enumerate() {
            let act = Act::of(no, drafts.len());
            match self.post_one(no, draft, by, act).await {
                Ok(one) => posted.push(one),
                Err(error) => {
                    self.undo(first.estate, before, mark);
                    return Err(error);
                }
            }
        }
        Ok(posted)
    }

    /// Takes back what a refused request had added; the round's other requests stay.
    fn undo(&mut self, estate: EstateCode, before: Option<Book>, mark: [usize; 4]) {
        for entry in self.rows.entries.drain(mark[0]..) {
            self.known.remove(&(entry.estate, entry.r#ref.as_str().to_owned()));
            self.posted.remove(&(entry.estate, entry.seq));
        }
        self.rows.opened.truncate(mark[1]);
        self.rows.sealed.truncate(mark[2]);
        self.rows.erased.truncate(mark[3]);
        if let Some(before) = before {
            self.books.insert(estate, before);
        }
    }

    /// The answer for a request that was posted before: every `ref` is known and stands for the
    /// same draft.
    async fn known(&self, drafts: &[Draft], by: &Actor) -> Result<Option<Vec<Posted>>, PostError> {
        let mut answers = Vec::new();
        let mut fresh = false;
        for (no, draft) in drafts.iter().enumerate() {
            let key = (draft.estate, draft.r#ref.as_str().to_owned());
            let Some(seq) = self.known.get(&key).copied() else {
                fresh = true;
                continue;
            };
            let stands = self.standing(draft.estate, seq).await?;
            let taken = || PostError::RefTaken { no, r#ref: draft.r#ref.clone() };
            let stands = stands.ok_or_else(taken)?;
            if !draft.stands_as(by, &stands.entry) {
                return Err(taken());
            }
            answers.push(Posted { estate: draft.estate, seq, hash: stands.hash, known: true });
        }
        if fresh && !answers.is_empty() {
            // Part of a batch is known: the batch as a whole is another one.
            let no = drafts
                .iter()
                .position(|d| self.known.contains_key(&(d.estate, d.r#ref.as_str().to_owned())));
            let no = no.unwrap_or_default();
            return Err(PostError::RefTaken { no, r#ref: drafts[no].r#ref.clone() });
        }
        Ok((!fresh).then_some(answers))
    }

    async fn post_one(
        &mut self,
        no: usize,
        draft: &Draft,
        by: &Actor,
        act: Option<Act>,
    ) -> Result<Posted, PostError> {
        door::check(draft).map_err(|fault| PostError::Door { no, fault })?;
        let estate = draft.estate;
        let opens = draft.event.kind().name == "open";
        let book = self.books.get(&estate).filter(|book| book.head().entries > 0);
        if book.is_none() && !opens {
            return Err(PostError::UnknownEstate(estate));
        }
        let head = book.map(Book::head).unwrap_or_default();
        let behind = head.time.millis() - self.now.millis();
        if behind > CLOCK_BEHIND_MS_MAX {
            return Err(PostError::ClockBehind(behind));
        }
        let time = self.now.max(head.time);
        let log = &self.end.log;
        let place = Place { act, by, log, prev: head.hash, seq: head.entries, time };
        let entry = draft.at(&place);
        let bytes = encode(&entry);
        // What is about to be written for ever is read back first.
        let read = Entry::decode(&bytes).map_err(|error| PostError::Format { no, error })?;
        let posted = PostedEntry { hash: entry_hash(&bytes), entry: read };
        let named = match Book::names(&posted.entry.event) {
            Some((seq, _)) => self.standing(estate, seq).await?,
            None => None,
        };
        let book = self.books.entry(estate).or_default();
        book.apply(&posted, named.as_ref())
            .map_err(|violation| PostError::Refused { no, violation: Box::new(violation) })?;
        if opens {
            let profile = book.profile();
            let (name, address) = (profile.name.clone(), profile.address.clone());
            let opened_at = self.next_index();
            self.rows.opened.push(NewEstate { opened_at, code: estate, name, address });
        }
        Ok(self.take(draft, posted, bytes))
    }

    /// Adds an entry that was applied to the rows to append.
    fn take(&mut self, draft: &Draft, posted: PostedEntry, bytes: Vec<u8>) -> Posted {
        let (estate, seq, hash) = (draft.estate, posted.entry.seq, posted.hash);
        let log_index = self.next_index();
        let r#ref = draft.r#ref.clone();
        self.known.insert((estate, r#ref.as_str().to_owned()), seq);
        self.rows.entries.push(NewEntry { log_index, estate, seq, hash, r#ref, body: bytes });
        self.rows.sealed.extend(draft.sealed.iter().map(|value| {
            let row = SealedRow {
                digest: value.digest,
                subject: value.subject.clone(),
                disclosure: value.disclosure.clone(),
            };
            (estate, row)
        }));
        if posted.entry.event.kind().name == "erasure" {
            let digests = posted.entry.event.fields().list("digests").iter();
            let digests = digests.filter_map(|digest| digest.as_text()?.parse().ok());
            self.rows.erased.extend(digests.map(|digest| (estate, digest)));
        }
        self.posted.insert((estate, seq), posted);
        Posted { estate, seq, hash, known: false }
    }

    /// The log index of the entry that comes next.
    fn next_index(&self) -> u64 {
        self.end.size() + u64::try_from(self.rows.entries.len()).unwrap_or(u64::MAX)
    }

    /// An entry that stands: in this round, or in the store.
    async fn standing(
        &self,
        estate: EstateCode,
        seq: u64,
    ) -> Result<Option<PostedEntry>, PostError> {
        if let Some(posted) = self.posted.get(&(estate, seq)) {
            return Ok(Some(posted.clone()));
        }
        Ok(self.shared.entry(estate, seq).await?.map(|stored| stored.posted))
    }

    /// What was added since this was asked last; no request of it can be taken back any more.
    pub(super) fn take_rows(&mut self) -> Rows {
        let mut rows = std::mem::take(&mut self.rows);
        for entry in &rows.entries {
            let full = self.end.edge.push(*entry.hash.as_bytes());
            rows.nodes.extend(full.into_iter().map(LogNode::from));
        }
        rows
    }

    /// Keeps snapshots where they are due; returns the books and the end as they are once the
    /// rows are committed.
    pub(super) async fn finish(
        self,
        tx: &mut WriteTx,
    ) -> Result<(HashMap<EstateCode, Book>, End), PostError> {
        for (estate, book) in &self.books {
            let before = self.before.get(estate).copied().unwrap_or_default();
            if is_due(book, before, self.shared.limits.snapshot_every) {
                tx.keep_snapshot(*estate, &snapshot_of(book)?).await?;
            }
        }
        Ok((self.books, self.end))
    }
}

/// The book that ends where the estate's rows end. What is kept in memory may be of rows that
/// are gone: a server whose standby took its place without the last of them, a database put back.
async fn current(
    shared: &Shared,
    estate: EstateCode,
    head: Option<&(u64, Vec<u8>)>,
) -> Result<Option<Arc<Book>>, BooksError> {
    let ends_there = |book: &Option<Arc<Book>>| match (book, head) {
        (None, None) => true,
        (Some(book), Some((entries, hash))) => {
            book.head().entries == *entries && book.head().hash.as_bytes().as_slice() == hash
        }
        _ => false,
    };
    let kept = shared.book(estate).await?;
    if ends_there(&kept) {
        return Ok(kept);
    }
    tracing::warn!(%estate, "the book in memory is not that of the database; it is read again");
    shared.cache.forget(estate);
    let again = shared.book(estate).await?;
    if ends_there(&again) {
        return Ok(again);
    }
    let seq = head.map_or(0, |(entries, _)| entries.saturating_sub(1));
    let cause = "the last entry's row is not what its bytes say".to_owned();
    Err(BooksError::Damaged { estate, seq, cause })
}

/// True when a book has passed a multiple of `every` with the last entries of a round.
fn is_due(book: &Book, before: u64, every: u64) -> bool {
    every > 0 && book.head().entries / every > before / every
}

/// A book as it is kept.
pub fn snapshot_of(book: &Book) -> Result<SnapshotRow, PostError> {
    let unwritable = |error: &dyn std::fmt::Display| PostError::Unavailable(error.to_string());
    let body = book.snapshot().map_err(|error| unwritable(&error))?;
    let body = String::from_utf8(body).map_err(|error| unwritable(&error))?;
    Ok(SnapshotRow { entries: book.head().entries, body })
}

async fn read_end(shared: &Shared, tx: &mut WriteTx, size: u64) -> Result<End, PostError> {
    let log = tx.log_origin().await?.ok_or(StoreError::Unnamed)?;
    Ok(End { edge: read_edge(shared, size).await?, log })
}

/// Reads the right edge of the tree: what follows the last full node, on each level.
async fn read_edge(shared: &Shared, size: u64) -> Result<Edge, PostError> {
    let width = WIDTH as u64;
    let limit = u32::try_from(WIDTH).unwrap_or(u32::MAX);
    let mut levels = vec![shared.store.primary().leaves(size / width * width, limit).await?];
    let mut full = size / width;
    for level in 1.. {
        if full == 0 {
            break;
        }
        let nodes = shared.store.primary().nodes(level, full / width * width, limit).await?;
        levels.push(nodes.into_iter().map(|node| node.hash).collect());
        full /= width;
    }
    Ok(Edge::from_levels(size, levels))
}
