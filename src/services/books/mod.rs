//! Books: the one door to write, and the way to read.
//!
//! Every entry passes [`Books::post`], a group-commit writer (`writer.rs`): it takes what is
//! waiting, applies the drafts in order to the books they touch, appends everything in one
//! transaction and answers only what is durable. Readers get an `Arc<Book>` that never changes
//! under them.

mod door;
mod reader;
mod writer;

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::NaiveDate;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::clock::{Clock, EntropyError};
use crate::ledger::book::{Book, Violation};
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, PostedEntry};
use crate::ledger::id::{EntryHash, EstateCode, Ref};
use crate::ledger::json::FormatError;
use crate::ledger::listing::Row;
use crate::store::{Store, StoreError};

/// How the writer is bounded.
#[derive(Clone, Copy, Debug)]
pub struct WriterLimits {
    /// The most entries in one transaction.
    pub batch_max: usize,
    /// The most requests waiting; a further one is refused at once.
    pub queue_max: usize,
}

impl Default for WriterLimits {
    fn default() -> Self {
        Self { batch_max: 512, queue_max: 4096 }
    }
}

/// The books of an instance. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Books {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Request>,
}

struct Shared {
    store: Store,
    clock: Arc<dyn Clock>,
    cache: Cache,
    /// Up to this size of the log, every cached book holds what was written.
    fresh_to: AtomicU64,
}

/// Drafts to post together, and where to answer.
struct Request {
    drafts: Vec<Draft>,
    by: Actor,
    answer: oneshot::Sender<Result<Vec<Posted>, PostError>>,
}

/// A draft that stands in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The estate.
    pub estate: EstateCode,
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: EntryHash,
    /// It stood there before: the same draft was posted already.
    pub known: bool,
}

/// A stored entry with its bytes.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    /// What the bytes say.
    pub posted: PostedEntry,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Its index in the log.
    pub log_index: u64,
}

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct RowPage {
    /// The rows.
    pub rows: Vec<Row>,
    /// The `before` of the next page, when there may be more.
    pub older: Option<u64>,
}

/// Why books could not be read.
#[derive(Debug, Error)]
pub enum BooksError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored entry is not what was posted: the database was damaged or changed.
    #[error("{estate}, entry {seq}: the stored bytes are damaged: {cause}")]
    Damaged {
        /// The estate.
        estate: EstateCode,
        /// The entry.
        seq: u64,
        /// What is wrong.
        cause: String,
    },
}

/// Why a draft was not posted. Nothing of its request was.
#[derive(Debug, Error)]
pub enum PostError {
    /// Its bytes would not be an entry.
    #[error("draft {no}: {error}")]
    Format {
        /// Which draft of the request, from 0.
        no: usize,
        /// What is wrong with it.
        error: FormatError,
    },
    /// A text that the door doesn't let through.
    #[error("draft {no}: {fault}")]
    Door {
        /// Which draft of the request, from 0.
        no: usize,
        /// What is wrong with it.
        fault: DoorFault,
    },
    /// The fold refused it.
    #[error("draft {no}: {violation}")]
    Refused {
        /// Which draft of the request, from 0.
        no: usize,
        /// The invariant and its figures.
        violation: Box<Violation>,
    },
    /// The key stands for another draft.
    #[error("draft {no}: the reference {ref} stands for another draft already")]
    RefTaken {
        /// Which draft of the request, from 0.
        no: usize,
        /// The key.
        r#ref: Ref,
    },
    /// The estate has no book.
    #[error("there is no estate {0}; open its book first")]
    UnknownEstate(EstateCode),
    /// Nothing to post, more than a batch holds, or a batch over two estates.
    #[error("a batch holds 1 to 256 drafts of one estate")]
    BatchShape,
    /// The server's clock is behind the chain.
    #[error("the server's clock is {0} ms behind the chain; nothing is posted until it is right")]
    ClockBehind(i64),
    /// Too many are waiting.
    #[error("too many postings are waiting; try again in a moment")]
    QueueFull,
    /// The commit's outcome is not known; retrying with the same reference settles it.
    #[error("it is not known whether the posting is durable; retry with the same reference")]
    OutcomeUnknown,
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The round that this posting was part of could not be written.
    #[error("nothing was posted: {0}")]
    Unavailable(String),
    /// No random bytes for an id or a salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
}

/// Texts that must not reach the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DoorFault {
    /// Not in Unicode's normal form C.
    #[error("{0}: the text is not in normal form NFC")]
    NotNfc(String),
    /// A phone, identity or card number.
    #[error(
        "{0}: a number of {1} digits looks like a phone, identity or card number; leave it out"
    )]
    PersonalNumber(String, usize),
    /// A digest that isn't that of its disclosure could never be opened.
    #[error("/sealed: a digest is not that of its disclosure")]
    SealedDigest,
}

impl From<StoreError> for PostError {
    fn from(error: StoreError) -> Self {
        Self::Books(error.into())
    }
}

impl Books {
    /// Opens the books of a store and starts the writer.
    pub fn open(store: Store, clock: Arc<dyn Clock>, limits: WriterLimits) -> Self {
        let fresh_to = AtomicU64::new(0);
        let shared = Arc::new(Shared { store, clock, cache: Cache::default(), fresh_to });
        let (queue, waiting) = mpsc::channel(limits.queue_max);
        tokio::spawn(writer::run(Arc::clone(&shared), waiting, limits.batch_max));
        Self { shared, queue }
    }

    /// Posts drafts of one estate, all or nothing, and answers when they are durable. A draft
    /// whose `ref` is known answers with the entry that stands.
    pub async fn post(&self, drafts: Vec<Draft>, by: Actor) -> Result<Vec<Posted>, PostError> {
        let (answer, answered) = oneshot::channel();
        let request = Request { drafts, by, answer };
        self.queue.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => PostError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => PostError::Stopped,
        })?;
        answered.await.unwrap_or(Err(PostError::Stopped))
    }

    // MERGE: a stand-in for the writer's own close; keep that one.
    /// Lets the writer end what it took, then closes the database.
    pub async fn close(self) {
        // The queue is a queue: when this is answered, all before it is. An empty posting is
        // refused without an entry.
        let nobody = Actor { org: String::new(), role: String::new(), user: String::new() };
        let _ = self.post(Vec::new(), nobody).await;
        self.shared.store.close().await;
    }

    /// The clock's day in Shanghai.
    pub fn today(&self) -> NaiveDate {
        self.shared.clock.now().day()
    }

    /// The store, for services that keep the operator's own data.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }
}

/// Books that were read, by estate. Only the newest of two versions is kept.
#[derive(Default)]
struct Cache(RwLock<HashMap<EstateCode, Arc<Book>>>);

impl Cache {
    fn book(&self, estate: EstateCode) -> Option<Arc<Book>> {
        let books = self.0.read().unwrap_or_else(PoisonError::into_inner);
        books.get(&estate).cloned()
    }

    fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn publish(&self, book: Arc<Book>) {
        let mut books = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let cached = books.entry(book.estate()).or_insert_with(|| Arc::clone(&book));
        if cached.head().entries < book.head().entries {
            *cached = book;
        }
    }
}
