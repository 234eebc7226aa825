//! Statements of banks and platforms: lines with their running balance, from tables (CSV, XLS,
//! XLSX) by their headings or a map, and from CAMT.053.
//!
//! A statement is whole or it isn't taken: opening, every line in and out, and the printed
//! balances must be one sum. Names and remarks are read for the preview only; they are no part
//! of a book.

mod camt;
mod check;
mod head;
mod json;
mod map;
mod sheet;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use self::map::{Map, MapError};
use super::columns::TableError;
use super::register::reference::hex;
use super::rows::{Note, Row, Weight};
use super::table::{FILE_BYTES_MAX, FileError};
use super::workbook;
use crate::ledger::money::Money;

/// What the caller says beside the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The sheet, where there are several.
    pub sheet: Option<String>,
    /// Which heading means what, where the words known don't do.
    pub map: Map,
    /// The first day, where the file doesn't say.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// The balance before the first line.
    pub opening: Option<Money>,
    /// The balance after the last.
    pub closing: Option<Money>,
}

/// Why a file is no statement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StatementError {
    /// The file is no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The XML can't be read.
    #[error("the XML can't be read at byte {at}: {cause}")]
    Xml {
        /// Where.
        at: u64,
        /// What the reader said.
        cause: String,
    },
    /// A document type: entities could grow without end.
    #[error("the XML declares a document type or an entity; no bank's statement does")]
    DocumentType,
    /// Elements within elements without end.
    #[error("the XML is nested deeper than {max}")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// More lines than are read.
    #[error("the statement has more than {max} lines; ask the bank for shorter periods")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// No statement in the XML, or several.
    #[error("the XML holds {found} statements (CAMT.053 Stmt); one is read")]
    Statements {
        /// How many.
        found: usize,
    },
    /// An amount in another currency.
    #[error("the statement is in {found}; books are kept in CNY")]
    Currency {
        /// The currency.
        found: String,
    },
}

impl From<FileError> for StatementError {
    fn from(error: FileError) -> Self {
        Self::Table(error.into())
    }
}

impl StatementError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Table(error) => error.zh(),
            Self::Xml { at, cause } => format!("XML 在第 {at} 字节读不下去：{cause}"),
            Self::DocumentType => "XML 里有文档类型或实体声明，银行的对账单不会这样写".into(),
            Self::TooDeep { max } => format!("XML 嵌套超过 {max} 层"),
            Self::TooLong { max } => format!("对账单超过 {max} 行，请向银行要短一些的期间"),
            Self::Statements { found } => {
                format!("XML 里有 {found} 份对账单（CAMT.053 Stmt），一次读一份")
            }
            Self::Currency { found } => format!("对账单的币种是 {found}；账本记人民币"),
        }
    }
}

/// A line of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The bank's number for it; made from day and place where the bank gives none.
    pub serial: String,
    /// Its day.
    pub day: Option<NaiveDate>,
    /// In above zero, out below.
    pub amount: Money,
    /// The balance printed after it.
    pub balance: Option<Money>,
    /// Who paid or was paid: private.
    pub party: Option<String>,
    /// The bank's remark: private.
    pub remark: Option<String>,
}

/// A statement, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The file's name.
    pub file: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// The sheet's name.
    pub sheet: String,
    /// The first day, as stated.
    pub from: Option<NaiveDate>,
    /// The last day, as stated.
    pub to: Option<NaiveDate>,
    /// The balance before the first line.
    pub opening: Option<Money>,
    /// The balance after the last line: the opening and all lines.
    pub closing: Option<Money>,
    /// The file runs from the last day to the first; rows are turned round.
    pub turned: bool,
    /// Rows with content, by the time of their lines.
    pub rows: Vec<Row<Line>>,
    /// What is said of the statement as a whole.
    pub notes: Vec<Note>,
    /// Headings of columns that aren't read.
    pub unread: Vec<String>,
}

impl Statement {
    /// Reads a file. What is wrong with a line or a sum is said in its notes.
    pub fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Self, StatementError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(FileError::TooLarge { bytes: bytes.len() }.into());
        }
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut statement = if text.trim_ascii_start().starts_with(b"<") {
            camt::read(text)?
        } else {
            sheet::read(workbook::sheets(name, bytes)?, options)?
        };
        name.clone_into(&mut statement.file);
        statement.sha256 = hex(&Sha256::digest(bytes));
        statement.from = options.from.or(statement.from);
        statement.to = options.to.or(statement.to);
        statement.opening = options.opening.or(statement.opening);
        statement.closing = options.closing.or(statement.closing);
        check::all(&mut statement);
        Ok(statement)
    }

    /// Lines, by time.
    pub fn lines(&self) -> impl Iterator<Item = &Row<Line>> + Clone {
        self.rows.iter().filter(|row| row.skipped.is_none())
    }

    /// True where a line or the whole is asked or refused.
    pub fn is_open(&self) -> bool {
        self.rows.iter().any(Row::is_open)
            || self.notes.iter().any(|note| note.weight >= Weight::Ask)
    }

    /// Says something of the statement as a whole.
    pub fn note(
        &mut self,
        weight: Weight,
        (field, code): (&'static str, &'static str),
        (zh, en): (impl Into<String>, impl Into<String>),
    ) {
        self.notes.push(Note { weight, field, code, zh: zh.into(), en: en.into() });
    }
}
