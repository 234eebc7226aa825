//! Reading: books, entries, lists. Whatever comes from the store is read through the core again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Books, BooksError, RowPage, Shared, StoredEntry};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::listing::Filter;
use crate::store::{Reader, StoredRow};

/// Asks where pages read; the primary answers for a replica that fails.
macro_rules! near {
    ($shared:expr, $ask:ident $arguments:tt) => {{
        let shared: &Shared = $shared;
        let asked = match shared.replica() {
            Some(replica) => replica.$ask $arguments.await.inspect_err(|error| {
                tracing::warn!(%error, "the replica fails; reading from the primary");
                shared.store.leave_replica();
            }).ok(),
            None => None,
        };
        match asked {
            Some(answer) => answer,
            None => shared.store.primary().$ask $arguments.await?,
        }
    }};
}

/// Entries read at a time.
const CHUNK: u32 = 500;
/// Entries looked through for one page; a search that finds little goes on with the next page.
const SCAN_MAX: u64 = 20_000;

impl Books {
    /// The book of an estate, up to the last entry this process knows of.
    pub async fn book(&self, estate: EstateCode) -> Result<Option<Arc<Book>>, BooksError> {
        self.shared.book(estate).await
    }

    /// Books in order of their code, after one of them; `search` is found in code, name and
    /// address.
    pub async fn directory(
        &self,
        search: &str,
        after: Option<EstateCode>,
        limit: u32,
    ) -> Result<Vec<Arc<Book>>, BooksError> {
        let mut books = Vec::new();
        for code in near!(&self.shared, estates(search, after, limit)) {
            books.extend(self.shared.book(code).await?);
        }
        Ok(books)
    }

    /// One entry of an estate.
    pub async fn entry(
        &self,
        estate: EstateCode,
        seq: u64,
    ) -> Result<Option<StoredEntry>, BooksError> {
        self.shared.entry(estate, seq).await
    }

    /// Entries of an estate from a number on, oldest first.
    pub async fn entries_from(
        &self,
        estate: EstateCode,
        from: u64,
        limit: u32,
    ) -> Result<Vec<StoredEntry>, BooksError> {
        let rows = near!(&self.shared, entries_from(estate, from, limit));
        rows.into_iter().map(|row| read(estate, row)).collect()
    }

    /// The book of an estate, folded from its first entry on, nothing kept believed.
    pub async fn fold(&self, estate: EstateCode) -> Result<Book, BooksError> {
        let mut book = Book::default();
        loop {
            let from = book.head().entries;
            let rows = self.shared.store.primary().entries_from(estate, from, CHUNK).await?;
            if rows.is_empty() {
                return Ok(book);
            }
            for row in rows {
                self.shared.apply(&mut book, estate, row).await?;
            }
        }
    }

    /// A page of rows that a filter lets through, before an entry, newest first.
    pub async fn rows(
        &self,
        book: &Book,
        filter: &Filter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<RowPage, BooksError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut before = before.unwrap_or(u64::MAX).min(book.head().entries);
        let stop = before.saturating_sub(SCAN_MAX);
        let mut rows = Vec::new();
        loop {
            if before <= stop && stop > 0 {
                return Ok(RowPage { rows, older: Some(before) });
            }
            let chunk = near!(&self.shared, entries_before(book.estate(), before, CHUNK));
            if chunk.is_empty() {
                return Ok(RowPage { rows, older: None });
            }
            for row in chunk {
                let entry = read(book.estate(), row)?.posted.entry;
                if filter.is_past(&entry) {
                    return Ok(RowPage { rows, older: None });
                }
                let found = filter.rows(book, &entry);
                // An entry's rows stay together, so the next page begins with another entry.
                if !rows.is_empty() && rows.len() + found.len() > limit {
                    return Ok(RowPage { rows, older: Some(entry.seq + 1) });
                }
                rows.extend(found);
                before = entry.seq;
            }
        }
    }

    /// How many entries the log has, at least as far as this process has shown them.
    pub async fn log_size(&self) -> Result<u64, BooksError> {
        Ok(near!(&self.shared, log_size()))
    }

    /// Follows what other processes write to the same database: reads on where the log grew.
    /// Runs until its task is stopped; a failure is logged and tried again.
    pub async fn follow(&self, every: Duration) {
        // A replica that doesn't answer must not keep the log waiting.
        tokio::join!(self.follow_log(every), self.follow_replica(every));
    }

    async fn follow_replica(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            self.shared.store.refresh_replica().await;
        }
    }

    async fn follow_log(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let known = self.shared.fresh_to.load(Ordering::Acquire);
            let followed = match self.shared.store.primary().log_size().await {
                Ok(size) if size < known => {
                    self.shared.start_over(size);
                    Ok(())
                }
                Ok(size) => self.shared.freshen(size).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = followed {
                tracing::warn!(%error, "couldn't follow the log");
            }
        }
    }
}

impl Shared {
    /// The replica, where there is one that is not older than what this process has shown.
    fn replica(&self) -> Option<Reader<'_>> {
        let shown = self.shown_to.load(Ordering::Acquire);
        self.store.replica(shown.max(self.fresh_to.load(Ordering::Acquire)))
    }

    /// A row of the log goes into a book: nobody is shown less from now on.
    fn shows(&self, row: &StoredRow) {
        self.shown_to.fetch_max(row.log_index.saturating_add(1), Ordering::AcqRel);
    }

    /// Lets every book go: the log is shorter than what was read.
    pub(super) fn start_over(&self, size: u64) {
        tracing::error!(size, "the log is shorter than it was; every book is read again");
        self.cache.clear(|| {
            self.fresh_to.store(size, Ordering::Release);
            self.shown_to.store(size, Ordering::Release);
        });
        self.ears.tell_all();
    }

    /// The cached book, or the book folded from the store.
    pub(super) async fn book(&self, estate: EstateCode) -> Result<Option<Arc<Book>>, BooksError> {
        if let Some(book) = self.cache.book(estate) {
            return Ok(Some(book));
        }
        let book = self.snapshot(estate).await?.unwrap_or_default();
        let book = self.catch_up(book, estate).await?;
        Ok((book.head().entries > 0).then_some(book))
    }

    /// Brings every cached book up to a size of the log that was read before.
    pub(super) async fn freshen(&self, size: u64) -> Result<(), BooksError> {
        let known = self.fresh_to.load(Ordering::Acquire);
        let mut newest = Vec::new();
        if size > known && (self.cache.size().0 > 0 || !self.ears.is_empty()) {
            // Nothing was followed yet: a few books against the whole log.
            let estates = match known {
                0 => self.cache.estates(),
                _ => self.store.primary().estates_since(known).await?,
            };
            for estate in estates {
                let entries = match self.cache.book(estate) {
                    Some(book) => self.followed(&book).await?,
                    None => None,
                };
                // Whoever read it meanwhile reads it again.
                newest.push((estate, entries.unwrap_or(u64::MAX)));
            }
        }
        self.cache.settle(&newest, || {
            self.fresh_to.fetch_max(size, Ordering::AcqRel);
        });
        if size > known && known == 0 {
            // What grew wasn't asked.
            self.ears.tell_all();
        } else {
            self.ears.tell(newest.into_iter().map(|(estate, _)| estate));
        }
        Ok(())
    }

    /// How many entries a cached book has once it was brought up to date; none where the store
    /// doesn't go on from it. That is of no concern to other estates.
    async fn followed(&self, book: &Book) -> Result<Option<u64>, BooksError> {
        match self.catch_up(book.clone(), book.estate()).await {
            Ok(book) => Ok(Some(book.head().entries)),
            Err(error @ BooksError::Damaged { .. }) => {
                tracing::warn!(%error, "a book in memory can't be gone on from; it is read again");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Applies what the store has beyond a book, and publishes it. Where the log grew meanwhile
    /// it reads on: a book published here is never older than what this process has shown.
    pub(super) async fn catch_up(
        &self,
        mut book: Book,
        estate: EstateCode,
    ) -> Result<Arc<Book>, BooksError> {
        loop {
            let seen = self.fresh_to.load(Ordering::Acquire);
            let from = book.head().entries;
            let rows = self.store.primary().entries_from(estate, from, CHUNK).await?;
            if !rows.is_empty() {
                for row in rows {
                    self.apply(&mut book, estate, row).await?;
                }
                continue;
            }
            let shown = Arc::new(book);
            if shown.head().entries > 0 {
                let in_time = || self.fresh_to.load(Ordering::Acquire) == seen;
                self.cache.publish_if(Arc::clone(&shown), in_time);
            }
            if self.fresh_to.load(Ordering::Acquire) == seen {
                return Ok(shown);
            }
            book = Book::clone(&shown);
        }
    }

    pub(super) async fn apply(
        &self,
        book: &mut Book,
        estate: EstateCode,
        row: StoredRow,
    ) -> Result<(), BooksError> {
        self.shows(&row);
        let stored = read(estate, row)?;
        let named = match Book::names(&stored.posted.entry.event) {
            Some((seq, _)) => self.entry(estate, seq).await?.map(|named| named.posted),
            None => None,
        };
        book.apply(&stored.posted, named.as_ref()).map_err(|violation| {
            let seq = stored.posted.entry.seq;
            BooksError::Damaged { estate, seq, cause: violation.to_string() }
        })
    }

    /// The book as it was kept, when what was kept can be used: it is whole, of this
    /// program's fold, and its last entry stands in the chain.
    async fn snapshot(&self, estate: EstateCode) -> Result<Option<Book>, BooksError> {
        let Some(kept) = self.store.primary().snapshot(estate).await? else { return Ok(None) };
        let book = match Book::from_snapshot(kept.body.as_bytes()) {
            Ok(book) => book,
            Err(error) => {
                tracing::warn!(%estate, %error, "a snapshot is not used; the book is folded anew");
                return Ok(None);
            }
        };
        let head = book.head();
        let last = match head.entries.checked_sub(1) {
            Some(last) => self.store.primary().entry(estate, last).await?,
            None => None,
        };
        let fits = book.estate() == estate && head.entries == kept.entries;
        if let Some(last) = last.filter(|last| fits && last.hash == *head.hash.as_bytes()) {
            self.shows(&last);
            return Ok(Some(book));
        }
        tracing::warn!(%estate, "a snapshot is of another chain; the book is folded anew");
        Ok(None)
    }

    pub(super) async fn entry(
        &self,
        estate: EstateCode,
        seq: u64,
    ) -> Result<Option<StoredEntry>, BooksError> {
        let row = self.store.primary().entry(estate, seq).await?;
        row.map(|row| read(estate, row)).transpose()
    }
}

/// Reads stored bytes through the core and compares them with the stored hash.
pub(super) fn read(estate: EstateCode, row: StoredRow) -> Result<StoredEntry, BooksError> {
    let seq = row.seq;
    let damaged = |cause: String| BooksError::Damaged { estate, seq, cause };
    let posted = PostedEntry::read(&row.body).map_err(|error| damaged(error.to_string()))?;
    if row.hash != *posted.hash.as_bytes() {
        let stored = row.hash.try_into().map(EntryHash::from_bytes);
        let stored = stored.map_or_else(|_| "not a hash".to_owned(), |hash| hash.to_string());
        return Err(damaged(format!("the bytes hash to {}, stored is {stored}", posted.hash)));
    }
    if !row.is_in_log() {
        return Err(damaged("it stands outside the log".to_owned()));
    }
    if posted.entry.seq != row.seq || posted.entry.estate != estate {
        return Err(damaged("another entry stands in its place".to_owned()));
    }
    Ok(StoredEntry { posted, bytes: row.body, log_index: row.log_index })
}
