//! The export of an estate, in pieces, so that memory stays flat: the chain's own bytes
//! (`docs/spec/export.md`), and the formats of other programs ([`crate::exchange::out`]).

use std::fs::File;
use std::io::{Read, Seek};
use std::sync::Arc;

use thiserror::Error;

use super::books::{Books, BooksError, StoredEntry};
use crate::exchange::out::beancount::Beancount;
use crate::exchange::out::csv::Csv;
use crate::exchange::out::hledger::Hledger;
use crate::exchange::out::journal::Journal;
use crate::exchange::out::kingdee::Kingdee;
use crate::exchange::out::ufida::Ufida;
use crate::exchange::out::xlsx::{SheetFormat, Sheets};
use crate::exchange::out::{Format, Scope};
use crate::ledger::book::Book;
use crate::ledger::listing::Filter;
use crate::proof::export::Header;

/// Entries a piece.
const CHUNK: u32 = 500;
/// Bytes a piece of a file that was made before it is sent.
const FILE_CHUNK: u64 = 64 * 1024;

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// The chain as it was hashed: the only one that can be verified.
    Jsonl,
    /// A table.
    Csv,
    /// A workbook.
    Xlsx,
    /// An hledger journal.
    Hledger,
    /// A beancount file.
    Beancount,
    /// Vouchers for 用友 U8.
    U8,
    /// Vouchers for 金蝶 KIS.
    Kis,
}

impl FileFormat {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Csv, Self::Xlsx, Self::Hledger, Self::Beancount, Self::U8, Self::Kis, Self::Jsonl];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Hledger => "hledger",
            Self::Beancount => "beancount",
            Self::U8 => "u8",
            Self::Kis => "kis",
        }
    }

    /// True where a filter can narrow it: the chain is whole or can't be verified, a voucher is
    /// whole, so that programs that import it find it balanced; others take any filter.
    pub fn takes(self, filter: &Filter) -> bool {
        let Filter { fund, from, to, .. } = *filter;
        match self {
            Self::Jsonl => *filter == Filter::default(),
            Self::U8 | Self::Kis => *filter == Filter { fund, from, to, ..Filter::default() },
            _ => true,
        }
    }

    /// How a file's name ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Hledger => "journal",
            Self::U8 => "u8.txt",
            Self::Kis => "kis.xlsx",
            other => other.name(),
        }
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Why an export ended before its end.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The entries could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The temporary file of a workbook.
    #[error("couldn't make the workbook: {0}")]
    File(#[from] std::io::Error),
    /// The workbook itself.
    #[error("couldn't make the workbook: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// An export being written: what stands first, then the entries up to the book's head, then
/// what stands last.
pub struct Export {
    books: Books,
    book: Arc<Book>,
    next: u64,
    shape: Shape,
    stage: Stage,
}

/// What is made of the entries.
enum Shape {
    Chain,
    Text(Box<dyn Format>),
    Sheets(Option<Box<dyn SheetFormat>>),
}

enum Stage {
    First,
    Entries,
    Last,
    Made(File),
    Done,
}

/// The chain of a book as it stands; entries that come meanwhile are not part of it.
pub fn jsonl(books: &Books, book: &Arc<Book>) -> Export {
    of_shape(books, book, Shape::Chain)
}

/// A book as it stands, in a format. The chain can't be cut: it takes no notice of the scope.
pub fn export(
    books: &Books,
    book: &Arc<Book>,
    format: FileFormat,
    scope: Scope,
) -> Result<Export, ExportError> {
    let shape = match format {
        FileFormat::Jsonl => Shape::Chain,
        FileFormat::Csv => Shape::Text(Box::new(Csv::new(scope))),
        FileFormat::Hledger => Shape::Text(Box::new(Journal::new(Hledger, scope))),
        FileFormat::Beancount => Shape::Text(Box::new(Journal::new(Beancount, scope))),
        FileFormat::U8 => Shape::Text(Box::new(Ufida::new(scope))),
        FileFormat::Xlsx => Shape::Sheets(Some(Box::new(Sheets::new(scope)?))),
        FileFormat::Kis => Shape::Sheets(Some(Box::new(Kingdee::new(scope)?))),
    };
    Ok(of_shape(books, book, shape))
}

fn of_shape(books: &Books, book: &Arc<Book>, shape: Shape) -> Export {
    let (books, book) = (books.clone(), Arc::clone(book));
    Export { books, book, next: 0, shape, stage: Stage::First }
}

impl Export {
    /// The next piece, until there is none.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ExportError> {
        loop {
            let piece = match &mut self.stage {
                Stage::First => {
                    self.stage = Stage::Entries;
                    self.first()
                }
                Stage::Entries => self.entries().await?,
                Stage::Last => self.last().await?,
                Stage::Made(file) => {
                    let mut piece = Vec::new();
                    file.take(FILE_CHUNK).read_to_end(&mut piece)?;
                    if piece.is_empty() {
                        self.stage = Stage::Done;
                    }
                    piece
                }
                Stage::Done => return Ok(None),
            };
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }

    fn first(&mut self) -> Vec<u8> {
        match &mut self.shape {
            Shape::Chain => {
                let (profile, head) = (self.book.profile(), self.book.head());
                let header = Header {
                    entries: head.entries,
                    estate: profile.code,
                    head: head.hash,
                    log: profile.log.clone(),
                };
                let mut line = header.encode();
                line.push(b'\n');
                line
            }
            Shape::Text(text) => text.begin(&self.book),
            Shape::Sheets(_) => Vec::new(),
        }
    }

    async fn entries(&mut self) -> Result<Vec<u8>, ExportError> {
        let left = self.book.head().entries.saturating_sub(self.next);
        if left == 0 {
            self.stage = Stage::Last;
            return Ok(Vec::new());
        }
        let limit = u32::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let entries = self.books.entries_from(self.book.estate(), self.next, limit).await?;
        if entries.is_empty() {
            let (estate, seq) = (self.book.estate(), self.next);
            let cause = "the chain is shorter than its book".to_owned();
            return Err(BooksError::Damaged { estate, seq, cause }.into());
        }
        let mut piece = Vec::with_capacity(entries.len() * 800);
        for stored in &entries {
            self.add(stored, &mut piece)?;
        }
        self.next += u64::try_from(entries.len()).unwrap_or(left);
        Ok(piece)
    }

    fn add(&mut self, stored: &StoredEntry, piece: &mut Vec<u8>) -> Result<(), ExportError> {
        match &mut self.shape {
            Shape::Chain => {
                piece.extend_from_slice(&stored.bytes);
                piece.push(b'\n');
            }
            Shape::Text(text) => text.entry(&self.book, &stored.posted, piece),
            Shape::Sheets(sheets) => {
                if let Some(sheets) = sheets {
                    sheets.entry(&self.book, &stored.posted)?;
                }
            }
        }
        Ok(())
    }

    async fn last(&mut self) -> Result<Vec<u8>, ExportError> {
        self.stage = Stage::Done;
        let sheets = match &mut self.shape {
            Shape::Chain => return Ok(Vec::new()),
            Shape::Text(text) => return Ok(text.end(&self.book)),
            Shape::Sheets(sheets) => sheets.take(),
        };
        let Some(sheets) = sheets else { return Ok(Vec::new()) };
        let book = Arc::clone(&self.book);
        // Packing a large workbook takes seconds: not on a thread that answers others.
        let made = tokio::task::spawn_blocking(move || {
            let mut file = tempfile::tempfile()?;
            sheets.finish(&book, &mut std::io::BufWriter::new(&mut file))?;
            file.rewind()?;
            Ok::<_, ExportError>(file)
        });
        self.stage = Stage::Made(made.await.map_err(std::io::Error::other)??);
        Ok(Vec::new())
    }
}
