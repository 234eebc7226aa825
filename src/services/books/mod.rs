//! Books: the one door to write, and the way to read.
//!
//! Every entry passes [`Books::post`], a group-commit writer (`writer.rs`): it takes what is
//! waiting, applies the drafts in order to the books they touch, appends everything in one
//! transaction and answers only what is durable. Readers get an `Arc<Book>` that never changes
//! under them.

mod cache;
pub(in crate::services) mod door;
mod ears;
mod heads;
pub(in crate::services) mod preview;
mod reader;
mod round;
mod standing;
mod walk;
mod writer;

pub use ears::Growth;
pub use heads::{DIGITS_MIN, Named};
pub use preview::Previewed;
pub use round::snapshot_of;
pub use standing::Standing;
pub use walk::Past;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use chrono::NaiveDate;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::clock::{Clock, EntropyError};
use super::telemetry;
use crate::ledger::book::Violation;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, PostedEntry};
use crate::ledger::id::{EntryHash, EstateCode, Ref};
use crate::ledger::json::FormatError;
use crate::ledger::listing::Row;
use crate::store::{Store, StoreError};
use cache::Cache;
use ears::Ears;
use walk::Walks;

/// How books are bounded.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most entries in one transaction.
    pub batch_max: usize,
    /// The most requests waiting, in each of the two queues; a further one is refused at once.
    pub queue_max: usize,
    /// What books kept in memory may take, in bytes.
    pub memory_bytes: u64,
    /// Entries of an estate after which its book is kept anew as a snapshot.
    pub snapshot_every: u64,
    /// Below so many bytes free on the database's disk nothing is posted.
    pub disk_low_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_max: 512,
            queue_max: 4096,
            memory_bytes: 512 << 20,
            snapshot_every: 1_000,
            disk_low_bytes: 128 << 20,
        }
    }
}

/// The books of an instance. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Books {
    shared: Arc<Shared>,
    desk: mpsc::Sender<Request>,
    bulk: mpsc::Sender<Request>,
}

struct Shared {
    store: Store,
    clock: Arc<dyn Clock>,
    limits: Limits,
    cache: Cache,
    ears: Ears,
    walks: Walks,
    /// Up to this size of the log, every cached book holds what was written.
    fresh_to: AtomicU64,
    /// Up to this size of the log, something of it was read into a book.
    shown_to: AtomicU64,
    /// Why nothing is posted any more until the program starts again.
    broken: OnceLock<String>,
}

/// What the writer is asked.
enum Request {
    /// Drafts to post together, and where to answer.
    Post { drafts: Vec<Draft>, by: Actor, answer: Answer },
    /// To end what it took, take no more, and tell when that is done.
    Stop(oneshot::Sender<()>),
}

type Answer = oneshot::Sender<Result<Vec<Posted>, PostError>>;

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
    /// The books are read only.
    #[error("{0}")]
    ReadOnly(Standing),
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

impl PostError {
    /// The outcome in one word, as figures count it.
    fn word(&self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::OutcomeUnknown => "unknown",
            Self::Books(_)
            | Self::Unavailable(_)
            | Self::Entropy(_)
            | Self::ReadOnly(_)
            | Self::Stopped => "unavailable",
            _ => "refused",
        }
    }
}

impl From<StoreError> for PostError {
    fn from(error: StoreError) -> Self {
        Self::Books(error.into())
    }
}

impl Books {
    /// Opens the books of a store and starts the writer.
    pub fn open(store: Store, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let shared = Arc::new(Shared {
            store,
            clock,
            limits,
            cache: Cache::new(limits.memory_bytes),
            ears: Ears::default(),
            walks: Walks::new(),
            fresh_to: AtomicU64::new(0),
            shown_to: AtomicU64::new(0),
            broken: OnceLock::new(),
        });
        let (desk, at_desk) = mpsc::channel(limits.queue_max);
        let (bulk, in_bulk) = mpsc::channel(limits.queue_max);
        tokio::spawn(writer::run(Arc::clone(&shared), at_desk, in_bulk));
        Self { shared, desk, bulk }
    }

    /// Posts drafts of one estate, all or nothing, and answers when they are durable. A draft
    /// whose `ref` is known answers with the entry that stands.
    pub async fn post(&self, drafts: Vec<Draft>, by: Actor) -> Result<Vec<Posted>, PostError> {
        self.ask(&self.desk, drafts, by)?.await
    }

    /// The same for files and other systems: a queue of its own, so that nobody at a desk waits
    /// behind an import. The order of the calls of this method is kept.
    pub fn post_bulk(
        &self,
        drafts: Vec<Draft>,
        by: Actor,
    ) -> Result<impl Future<Output = Result<Vec<Posted>, PostError>> + Send + use<>, PostError>
    {
        self.ask(&self.bulk, drafts, by)
    }

    fn ask(
        &self,
        queue: &mpsc::Sender<Request>,
        drafts: Vec<Draft>,
        by: Actor,
    ) -> Result<impl Future<Output = Result<Vec<Posted>, PostError>> + Send + use<>, PostError>
    {
        let asked = Instant::now();
        let (answer, answered) = oneshot::channel();
        let queued = queue.try_send(Request::Post { drafts, by, answer });
        telemetry::queue_is(self.waiting());
        queued.map_err(|error| {
            let error = match error {
                mpsc::error::TrySendError::Full(_) => PostError::QueueFull,
                mpsc::error::TrySendError::Closed(_) => PostError::Stopped,
            };
            telemetry::posting_answered(error.word(), asked.elapsed());
            error
        })?;
        Ok(async move {
            let outcome = answered.await.unwrap_or(Err(PostError::Stopped));
            let word = match &outcome {
                Ok(posted) if posted.iter().all(|one| one.known) => "known",
                Ok(_) => "posted",
                Err(error) => error.word(),
            };
            telemetry::posting_answered(word, asked.elapsed());
            outcome
        })
    }

    /// Ends what was taken, takes no more, and closes the database.
    pub async fn close(&self) {
        let (done, ended) = oneshot::channel();
        if self.desk.send(Request::Stop(done)).await.is_ok() {
            // An error means that the writer has ended already.
            let _ = ended.await;
        }
        self.shared.store.close().await;
    }

    /// Whether postings are taken, and if not why.
    pub fn standing(&self) -> Standing {
        self.shared.standing()
    }

    /// Requests that wait for the writer.
    pub fn waiting(&self) -> usize {
        let of = |queue: &mpsc::Sender<Request>| queue.max_capacity() - queue.capacity();
        of(&self.desk) + of(&self.bulk)
    }

    /// How many books are kept in memory, and what they take in bytes (an estimate).
    pub fn cached(&self) -> (u64, u64) {
        self.shared.cache.size()
    }

    /// How the books are bounded.
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.shared.clock.as_ref()
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
