//! What goes out: an estate's books in the formats of other programs.
//!
//! Pure: a book and its entries in, in order; pieces of a file out. [`Scope`] says which lines and
//! in which language; [`Words`] are the texts; [`rows`] is what a table has of a line; [`csv`] and
//! [`xlsx`] write it; [`journal`] walks the entries for [`hledger`] and [`beancount`];
//! [`paper`] writes a statement or a paper of the core's; [`ufida`] and [`kingdee`] write vouchers
//! for other bookkeeping programs. Only the
//! chain's own export can be verified (`docs/spec/export.md`); these are for looking and reckoning.

pub mod beancount;
pub mod csv;
pub mod hledger;
pub mod journal;
pub mod kingdee;
pub mod paper;
pub mod rows;
pub mod ufida;
pub mod voucher_rows;
pub mod words;
pub mod xlsx;

use chrono::NaiveDate;

use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::listing::Filter;
use words::Words;

/// What a file is of.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Which lines.
    pub filter: Filter,
    /// The day on which it is made.
    pub as_of: NaiveDate,
    /// In which language.
    pub words: Words,
}

impl Scope {
    /// Everything, in a language.
    pub fn whole(as_of: NaiveDate, words: Words) -> Self {
        Self { filter: Filter::default(), as_of, words }
    }
}

/// A file that is written while the entries pass, so memory doesn't grow with them.
pub trait Format: Send {
    /// What stands before the first entry.
    fn begin(&mut self, book: &Book) -> Vec<u8>;

    /// Adds an entry of the book, in the order of the chain.
    fn entry(&mut self, book: &Book, posted: &PostedEntry, piece: &mut Vec<u8>);

    /// What stands after the last entry.
    fn end(&mut self, book: &Book) -> Vec<u8>;
}
