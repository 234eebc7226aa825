//! Books in memory, bounded: the least used go when there is no room. A book that isn't here is
//! folded from its snapshot or its entries; what a page shows doesn't depend on it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::sync::{Cache as Kept, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::ledger::book::Book;
use crate::ledger::id::EstateCode;

/// What a book of ordinary size takes, in bytes; it only sizes the cache's tables.
const BOOK_BYTES_EXPECTED: u64 = 64 << 10;

/// Books that were read, by estate.
pub struct Cache {
    books: Kept<EstateCode, Arc<Book>, ByBytes>,
    /// Held while a book is compared with the one here and put in its place.
    publishing: Mutex<()>,
}

/// Weighs a book by what it takes.
#[derive(Clone)]
struct ByBytes;

impl Weighter<EstateCode, Arc<Book>> for ByBytes {
    fn weight(&self, _: &EstateCode, book: &Arc<Book>) -> u64 {
        book.weight_bytes()
    }
}

impl Cache {
    /// An empty cache of so many bytes.
    pub fn new(bytes: u64) -> Self {
        // One shard: a book may take more than a part of the space.
        let expected = usize::try_from(bytes / BOOK_BYTES_EXPECTED).unwrap_or(usize::MAX).max(16);
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(expected)
            .weight_capacity(bytes)
            .build()
            .expect("both capacities are given");
        let (hashes, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let books = Kept::with_options(options, ByBytes, hashes, lifecycle);
        Self { books, publishing: Mutex::default() }
    }

    /// The book of an estate, as last published.
    pub fn book(&self, estate: EstateCode) -> Option<Arc<Book>> {
        self.books.get(&estate)
    }

    /// Keeps books, each unless a newer one is there, and does what goes with it before anybody
    /// else publishes.
    pub fn publish(&self, books: impl IntoIterator<Item = Arc<Book>>, then: impl FnOnce()) {
        let _one_at_a_time = self.one_at_a_time();
        for book in books {
            self.keep(book);
        }
        then();
    }

    /// Keeps a book, unless a newer one is there or it is too late.
    pub fn publish_if(&self, book: Arc<Book>, in_time: impl FnOnce() -> bool) {
        let _one_at_a_time = self.one_at_a_time();
        if in_time() {
            self.keep(book);
        }
    }

    fn keep(&self, book: Arc<Book>) {
        let newer = |kept: Arc<Book>| kept.head().entries >= book.head().entries;
        if !self.books.peek(&book.estate()).is_some_and(newer) {
            self.books.insert(book.estate(), book);
        }
    }

    /// Lets go what is older than these, and does what goes with it before anybody publishes.
    pub fn settle(&self, newest: &[(EstateCode, u64)], then: impl FnOnce()) {
        let _one_at_a_time = self.one_at_a_time();
        for (estate, entries) in newest {
            if self.books.peek(estate).is_some_and(|kept| kept.head().entries < *entries) {
                self.books.remove(estate);
            }
        }
        then();
    }

    /// Lets all of them go, and does what goes with it before anybody publishes.
    pub fn clear(&self, then: impl FnOnce()) {
        let _one_at_a_time = self.one_at_a_time();
        self.books.clear();
        then();
    }

    fn one_at_a_time(&self) -> MutexGuard<'_, ()> {
        self.publishing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a book go: it is read again.
    pub fn forget(&self, estate: EstateCode) {
        self.books.remove(&estate);
    }

    /// The estates whose books are here.
    pub fn estates(&self) -> Vec<EstateCode> {
        self.books.iter().map(|(estate, _)| estate).collect()
    }

    /// Books, and what they take in bytes.
    pub fn size(&self) -> (u64, u64) {
        (u64::try_from(self.books.len()).unwrap_or_default(), self.books.weight())
    }
}
