//! From a register or a list of contracts that was read to drafts: contracts by site and
//! counterparty, receipts, and the entry that heads the batch.
//!
//! A contract is known by what is let and to whom, so next month's register adds receipts only;
//! a rate or term that changed is asked, never overwritten. A row's own bytes give its `ref`, so
//! the same row posted again is answered, not doubled. Read next: `planner` (row by row),
//! `drafts` (a row's entries), `batch` (posting them).

use thiserror::Error;

mod batch;
mod drafts;
mod known;
pub mod parking;
mod planner;
pub mod statement;

use self::known::{known_contracts, next_number};
use self::planner::Planner;
use super::bookkeeper::first_bank;
use super::books::{Books, BooksError, PostError};
use super::clock::{Entropy, EntropyError};
use crate::exchange::register::reference::row_ref;
use crate::exchange::register::{Register, Row, Status};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::draft::Draft;
use crate::ledger::id::{EstateCode, IdError, Ref};
use crate::ledger::json::FormatError;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::store::StoreError;

/// What a file is, in the entry that heads its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A month's register of leases and receipts.
    Register,
    /// A list of contracts.
    Contracts,
    /// Daily totals of a parking system.
    Parking,
}

impl SourceKind {
    /// The word in the bytes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Contracts => "contracts",
            Self::Parking => "parking",
        }
    }
}

/// What a register would post.
#[derive(Debug)]
pub struct Plan {
    /// The register, with what the books have to ask about its rows.
    pub register: Register,
    /// New contracts, by row.
    pub contracts: Vec<Draft>,
    /// New receipts, by row.
    pub incomes: Vec<Draft>,
    /// Rows whose entries stand already.
    pub known: usize,
    estate: EstateCode,
    source: SourceKind,
}

/// Why a register could not be planned or posted.
#[derive(Debug, Error)]
pub enum ImportError {
    /// No such estate.
    #[error("there is no estate {0}; open its book first")]
    UnknownEstate(EstateCode),
    /// The month isn't in the file.
    #[error("the file doesn't say which month it is for; say --month 2018-10")]
    NoMonth,
    /// The shared revenue has no bank account to receive on.
    #[error("the estate has no open bank account of the shared revenue (R.1001.NN)")]
    NoBank,
    /// Statements are of accounts that a bank or a platform keeps.
    #[error("{0} is no open bank account (R.1001.NN) and no platform's (R.1002)")]
    NotABank(AccountCode),
    /// A value that an entry can't hold.
    #[error("row {row}: {error}")]
    Format {
        /// The sheet's row.
        row: u32,
        /// What is wrong.
        error: FormatError,
    },
    /// A digest or reference of its own that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The batch was refused; nothing of it was posted.
    #[error("row {row}: {error}")]
    Refused {
        /// The sheet's row.
        row: String,
        /// Why.
        error: PostError,
    },
}

pub use batch::commit;

/// Plans what a register would post to an estate; posts nothing. Dues count from the register's
/// month.
pub async fn plan(
    books: &Books,
    estate: EstateCode,
    register: Register,
    entropy: &dyn Entropy,
) -> Result<Plan, ImportError> {
    let month = register.month.ok_or(ImportError::NoMonth)?;
    plan_rows(books, estate, (register, SourceKind::Register), Some(month), entropy).await
}

/// Plans what a list of contracts would post to an estate; posts nothing. Every row is a contract,
/// and dues count from the month that the list or the caller names, else from the book's first.
pub async fn plan_contracts(
    books: &Books,
    estate: EstateCode,
    list: Register,
    entropy: &dyn Entropy,
) -> Result<Plan, ImportError> {
    let month = list.month;
    plan_rows(books, estate, (list, SourceKind::Contracts), month, entropy).await
}

async fn plan_rows(
    books: &Books,
    estate: EstateCode,
    (mut register, source): (Register, SourceKind),
    month: Option<Month>,
    entropy: &dyn Entropy,
) -> Result<Plan, ImportError> {
    let book = books.book(estate).await?.ok_or(ImportError::UnknownEstate(estate))?;
    let since = Month::of(book.profile().since);
    let key =
        RowKey { secret: books.store().primary().secret().await?, sheet: public_sheet(&register) };
    let keys: Vec<String> = register
        .rows
        .iter()
        .filter(|row| is_postable(row))
        .flat_map(|row| [key.of("contract", row), key.of("income", row)])
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let known = books.store().primary().known_refs(estate, &keys).await?;
    let mut planner = Planner {
        estate,
        source,
        month,
        counted_from: month.unwrap_or(since),
        bank: first_bank(&book, Fund::R),
        book: &book,
        file: register.sha256.parse()?,
        known_refs: known.into_iter().collect(),
        today: books.today(),
        contracts: known_contracts(books, &book).await?,
        next_no: next_number(&book),
        entropy,
    };
    let mut plan = Plan {
        register: Register { rows: Vec::new(), ..register.clone() },
        contracts: Vec::new(),
        incomes: Vec::new(),
        known: 0,
        estate,
        source,
    };
    for row in &mut register.rows {
        if is_postable(row) {
            planner.plan_row(&key, row, &mut plan)?;
        }
    }
    hold_asked(&mut register);
    plan.register = register;
    Ok(plan)
}

/// What makes a row's own reference.
struct RowKey {
    secret: Vec<u8>,
    sheet: String,
}

impl RowKey {
    fn of(&self, kind: &str, row: &Row) -> String {
        row_ref(&self.secret, kind, &self.sheet, &row.cells, row.nth)
    }
}

/// A table of text has no sheet but its file name: that may name a person, and the same table
/// under another name is the same table.
fn public_sheet(register: &Register) -> String {
    if register.sheet == register.file { "csv".to_owned() } else { register.sheet.clone() }
}

fn is_postable(row: &Row) -> bool {
    matches!(row.status, Status::Read | Status::Fixed) && row.class.is_entry()
}

fn reference_of(key: &str) -> Result<Ref, ImportError> {
    Ok(key.parse()?)
}

fn format_error(row: &Row, error: FormatError) -> ImportError {
    ImportError::Format { row: row.row, error }
}

/// Rows that the books asked about no longer count as to be posted.
fn hold_asked(register: &mut Register) {
    let sum = |register: &Register, postable: bool| -> Money {
        let rows = register.rows.iter().filter(|row| row.class.is_entry());
        rows.filter(|row| is_postable(row) == postable && row.status != Status::Skipped)
            .filter_map(|row| row.read.received)
            .sum()
    };
    register.totals.to_post = sum(register, true);
    register.totals.held = sum(register, false);
}
