//! The export of an estate, in pieces, so that memory stays flat (`docs/spec/export.md`).

use std::sync::Arc;

use super::books::{Books, BooksError};
use crate::ledger::book::Book;
use crate::proof::export::Header;

/// Entries a piece.
const CHUNK: u32 = 500;

/// An export being written: the header, then the entries up to the book's head.
pub struct Jsonl {
    books: Books,
    book: Arc<Book>,
    next: u64,
    started: bool,
}

/// The export of a book as it stands; entries that come meanwhile are not part of it.
pub fn jsonl(books: &Books, book: &Arc<Book>) -> Jsonl {
    Jsonl { books: books.clone(), book: Arc::clone(book), next: 0, started: false }
}

impl Jsonl {
    /// The next piece, until there is none.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, BooksError> {
        let head = self.book.head();
        if !self.started {
            self.started = true;
            let profile = self.book.profile();
            let header = Header {
                entries: head.entries,
                estate: profile.code,
                head: head.hash,
                log: profile.log.clone(),
            };
            let mut line = header.encode();
            line.push(b'\n');
            return Ok(Some(line));
        }
        let left = head.entries.saturating_sub(self.next);
        if left == 0 {
            return Ok(None);
        }
        let limit = u32::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let entries = self.books.entries_from(self.book.estate(), self.next, limit).await?;
        let mut piece = Vec::with_capacity(entries.len() * 800);
        for entry in &entries {
            piece.extend_from_slice(&entry.bytes);
            piece.push(b'\n');
        }
        if entries.is_empty() {
            let (estate, seq) = (self.book.estate(), self.next);
            let cause = "the chain is shorter than its book".to_owned();
            return Err(BooksError::Damaged { estate, seq, cause });
        }
        self.next += u64::try_from(entries.len()).unwrap_or(left);
        Ok(Some(piece))
    }
}
