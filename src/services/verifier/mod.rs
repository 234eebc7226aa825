//! Verification of a whole database: the engine's own check, the log with its tree, every
//! estate's chain and fold, and every table that is made from the entries. Nothing is believed;
//! everything is recomputed from the bytes and compared column by column.
//!
//! ```text
//! engine's check → log: index, estate, number, key, hash, nodes   (one pass, in log order)
//!                  books: chain, fold, directory, snapshot         (one pass, an estate a time)
//! ```
//! Both passes run at the same time, in chunks, with flat memory. What others post meanwhile is
//! verified as far as it was there at the start.

mod books_pass;
mod log_pass;
mod progress;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::people::audit::{self, AuditFault};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::proof::merkle::Hash;
use crate::proof::verify::{Read, Report, VerifyError};
use crate::store::{Store, StoreError};

pub use log_pass::directory_row;
pub use progress::{Progress, ProgressError};

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question {
    /// Only this estate: its books, not the log.
    pub estate: Option<EstateCode>,
    /// A head that one of the chains must contain.
    pub pin: Option<EntryHash>,
}

/// Who is told how it goes.
pub trait Listener: Send + Sync {
    /// So many entries of so many were looked at; each counts twice, once in each pass.
    fn step(&self, _done: u64, _of: u64) {}
    /// An estate was verified.
    fn estate(&self, _report: &Report) {}
    /// A good moment to remember how far it is; only where nothing is broken so far.
    fn remember(&self, _progress: &Progress) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {}

/// What verification of a database found.
#[derive(Clone, Debug)]
pub struct DatabaseReport {
    /// Origin of the log.
    pub log: String,
    /// How many entries the log had when it began.
    pub entries: u64,
    /// Root of the tree over them (RFC 6962), recomputed; none where one estate was asked for.
    pub root: Option<Hash>,
    /// Estates verified.
    pub estates: u64,
    /// Whether the engine has a check of its own, and ran it.
    pub engine_checked: bool,
    /// What is broken outside the chains.
    pub faults: Vec<DatabaseFault>,
    /// Estates whose chain or fold is broken.
    pub broken: Vec<EstateCode>,
    /// Whether the pinned head stands in one of the chains.
    pub pin_found: bool,
}

impl DatabaseReport {
    /// True when nothing is broken.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.broken.is_empty()
    }
}

/// Something that is broken outside a chain: in the log, its tree, or a table made from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseFault {
    /// The table, or `engine`.
    pub table: String,
    /// Which row.
    pub row: String,
    /// The column.
    pub column: String,
    /// What the entries call for.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl DatabaseFault {
    /// The sentence, in Chinese.
    pub fn zh(&self) -> String {
        let Self { table, row, column, expected, found } = self;
        match table.as_str() {
            "engine" => format!("数据库自检：{found}"),
            _ => format!("表 {table} 行 {row}：{column} 应为 {expected}，实为 {found}"),
        }
    }

    /// The sentence, in English.
    pub fn en(&self) -> String {
        let Self { table, row, column, expected, found } = self;
        match table.as_str() {
            "engine" => format!("the database's own check: {found}"),
            _ => format!("table {table}, row {row}: {column} should be {expected}, it is {found}"),
        }
    }
}

impl From<AuditFault> for DatabaseFault {
    fn from(fault: AuditFault) -> Self {
        let AuditFault { row, column, expected, found } = fault;
        let (table, column) = ("sign_in_audit".to_owned(), column.to_owned());
        Self { table, row: row.to_string(), column, expected, found }
    }
}

/// A fault in a row, where what is there isn't what is called for.
fn compare(
    faults: &mut Vec<DatabaseFault>,
    (table, row): (&str, &dyn std::fmt::Display),
    column: &str,
    expected: &dyn std::fmt::Display,
    found: &dyn std::fmt::Display,
) {
    let (expected, found) = (expected.to_string(), found.to_string());
    if expected != found {
        let (table, row, column) = (table.to_owned(), row.to_string(), column.to_owned());
        faults.push(DatabaseFault { table, row, column, expected, found });
    }
}

/// Reads bodies off the runtime's own threads, so that both passes use a core each.
async fn read_all(bodies: Vec<Vec<u8>>) -> Vec<Read> {
    let read = move || bodies.iter().map(|body| Read::of(body)).collect();
    let read = tokio::task::spawn_blocking(read).await;
    // A reader that panicked must not pass for one that found nothing.
    read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// Why a database could not be judged.
#[derive(Debug, Error)]
pub enum VerifierError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Entries of a newer program.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// What was remembered is of another log, or longer than this one.
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// No such estate.
    #[error("there is no estate {0}")]
    NoEstate(EstateCode),
}

/// Verifies a database, going on from what an earlier run remembered.
pub async fn verify(
    store: &Store,
    question: Question,
    remembered: Option<Progress>,
    listener: &dyn Listener,
) -> Result<DatabaseReport, VerifierError> {
    let reader = store.primary();
    let log = reader.log_origin().await?.ok_or(StoreError::Unnamed)?;
    let size = reader.log_size().await?;
    if let Some(code) = question.estate
        && !reader.has_estate(code).await?
    {
        return Err(VerifierError::NoEstate(code));
    }
    let progress = match remembered {
        Some(progress) => progress.checked(&log, size)?,
        None => Progress::new(log.clone(), size),
    };
    let (engine_checked, said) = store.integrity().await?;
    let engine = said.into_iter().map(|found| DatabaseFault {
        table: "engine".to_owned(),
        row: String::new(),
        column: String::new(),
        expected: String::new(),
        found,
    });
    let shared = progress::Shared::new(progress, listener, question.estate.is_none());
    let (root, books) = tokio::join!(
        async {
            match question.estate {
                None => log_pass::run(store, &log, &shared).await.map(Some),
                Some(_) => Ok(None),
            }
        },
        books_pass::run(store, &log, question, &shared, listener),
    );
    let (root, books) = (root?, books?);
    let mut faults: Vec<_> = engine.chain(shared.take_faults()).collect();
    if question.estate.is_none() {
        let of_log = shared.entries();
        compare(&mut faults, ("entry", &"*"), "entries in all chains", &of_log, &books.entries);
        faults.extend(audit::check(store).await?.fault.map(DatabaseFault::from));
    }
    Ok(DatabaseReport {
        log,
        entries: shared.entries(),
        root,
        estates: books.estates,
        engine_checked,
        faults,
        broken: books.broken,
        pin_found: books.pin_found,
    })
}
