//! Reading: books, entries, lists. Whatever comes from the store is read through the core again.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Books, BooksError, RowPage, Shared, StoredEntry};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::id::EstateCode;
use crate::ledger::listing::Filter;
use crate::store::{Reader, StoredRow};

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
        for code in self.shared.near().estates(search, after, limit).await? {
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
        let rows = self.shared.near().entries_from(estate, from, limit).await?;
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
            let chunk = self.shared.near().entries_before(book.estate(), before, CHUNK).await?;
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
        Ok(self.shared.near().log_size().await?)
    }

    /// Follows what other processes write to the same database: reads on where the log grew.
    /// Runs until its task is stopped; a failure is logged and tried again.
    pub async fn follow(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            self.shared.store.refresh_replica().await;
            let followed = match self.shared.store.primary().log_size().await {
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
    /// Where pages read: never older than what this process has shown.
    fn near(&self) -> Reader<'_> {
        self.store.near(self.shown_to.load(Ordering::Acquire))
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
        if size > known && self.cache.size().0 > 0 {
            // Nothing was followed yet: a few books against the whole log.
            let estates = match known {
                0 => self.cache.estates(),
                _ => self.store.primary().estates_since(known).await?,
            };
            for estate in estates {
                if let Some(book) = self.cache.book(estate) {
                    self.catch_up(Book::clone(&book), estate).await?;
                }
            }
        }
        self.fresh_to.fetch_max(size, Ordering::AcqRel);
        Ok(())
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
                    let size = row.log_index + 1;
                    self.apply(&mut book, estate, row).await?;
                    self.shown_to.fetch_max(size, Ordering::AcqRel);
                }
                continue;
            }
            let shown = Arc::new(book);
            if shown.head().entries > 0 {
                self.cache.publish(Arc::clone(&shown));
            }
            if self.fresh_to.load(Ordering::Acquire) == seen {
                return Ok(shown);
            }
            book = Book::clone(&shown);
        }
    }

    async fn apply(
        &self,
        book: &mut Book,
        estate: EstateCode,
        row: StoredRow,
    ) -> Result<(), BooksError> {
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
        if let Some(last) = last.filter(|last| fits && last.hash == head.hash) {
            self.shown_to.fetch_max(last.log_index + 1, Ordering::AcqRel);
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
    let damaged = |cause: String| BooksError::Damaged { estate, seq: row.seq, cause };
    let posted = PostedEntry::read(&row.body).map_err(|error| damaged(error.to_string()))?;
    if posted.hash != row.hash {
        return Err(damaged(format!("the bytes hash to {}, stored is {}", posted.hash, row.hash)));
    }
    if posted.entry.seq != row.seq || posted.entry.estate != estate {
        return Err(damaged("another entry stands in its place".to_owned()));
    }
    Ok(StoredEntry { posted, bytes: row.body, log_index: row.log_index })
}
