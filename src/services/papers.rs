//! Statements and papers made: what a paper needs beside the book is read here, so that its
//! page and its files are made from the same rows.

use super::books::{Books, BooksError};
use crate::exchange::out::paper::Sheet;
use crate::exchange::out::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::chain::content_hash;
use crate::ledger::entry::PostedEntry;
use crate::ledger::id::EntryHash;
use crate::ledger::papers::{
    Agreement, Asked, Known, Need, Paper, PutUp, Sources, agreements as agreements_of,
    notice as notice_of,
};
use crate::ledger::period::Period;
use crate::ledger::publications::of_period;
use crate::ledger::vouchers::Vouchers;

/// A paper, or why there is none.
#[derive(Clone, Debug)]
pub enum Made {
    /// The paper.
    Paper(Paper),
    /// More vouchers than were asked for: how many.
    TooLong(usize),
}

/// Makes a paper of the list; one that would be made of more than `vouchers_max` vouchers is
/// not cut but refused.
pub async fn make(
    books: &Books,
    book: &Book,
    known: &Known,
    asked: &Asked,
    vouchers_max: usize,
) -> Result<Made, BooksError> {
    let none = Vouchers::default();
    let made = |vouchers: &Vouchers, entries: &[PostedEntry]| {
        Made::Paper((known.make)(Sources { book, vouchers, entries }, asked))
    };
    if known.need == Need::Book {
        return Ok(made(&none, &[]));
    }
    let vouchers = books.vouchers(book).await?;
    if known.need == Need::Vouchers {
        return Ok(made(&vouchers, &[]));
    }
    let count = vouchers.count(asked.fund, asked.period);
    if count > vouchers_max {
        return Ok(Made::TooLong(count));
    }
    let entries = entries_of(books, book, &vouchers, asked).await?;
    Ok(made(&vouchers, &entries))
}

/// The entries with lines of the fund in the period, by month and number.
pub async fn entries_of(
    books: &Books,
    book: &Book,
    vouchers: &Vouchers,
    asked: &Asked,
) -> Result<Vec<PostedEntry>, BooksError> {
    let seqs = vouchers.of_period(asked.fund, asked.period);
    let stored = books.entries_named(book.estate(), &seqs).await?;
    Ok(stored.into_iter().map(|stored| stored.posted).collect())
}

/// The public notice of a period, from a book and the walk up to its head.
pub async fn notice(
    books: &Books,
    book: &Book,
    vouchers: &Vouchers,
    asked: &Asked,
) -> Result<Paper, BooksError> {
    let entries = entries_of(books, book, vouchers, asked).await?;
    Ok(notice_of(Sources { book, vouchers, entries: &entries }, asked))
}

/// The four agreements, or why there are none.
#[derive(Clone, Debug)]
pub enum Agreed {
    /// The four.
    Agreements {
        /// In their order.
        four: Vec<Agreement>,
        /// The entry of the notice that was compared.
        notice: Option<u64>,
    },
    /// More vouchers than were asked for: how many.
    TooLong(usize),
}

/// The four agreements of a fund over a period, with the last notice that was put up for it.
pub async fn agreements(
    books: &Books,
    book: &Book,
    asked: &Asked,
    vouchers_max: usize,
) -> Result<Agreed, BooksError> {
    let vouchers = books.vouchers(book).await?;
    let count = vouchers.count(asked.fund, asked.period);
    if count > vouchers_max {
        return Ok(Agreed::TooLong(count));
    }
    let entries = entries_of(books, book, &vouchers, asked).await?;
    let put_up = put_up(books, book, &vouchers, asked).await?;
    let from = Sources { book, vouchers: &vouchers, entries: &entries };
    let four = agreements_of(from, asked, put_up.as_ref());
    Ok(Agreed::Agreements { four, notice: put_up.map(|put_up| put_up.seq) })
}

/// The last notice of a period as it was put up, and as the book has it now. Both are asked on
/// the day of the first: what contracts owe counts to a day.
async fn put_up(
    books: &Books,
    book: &Book,
    vouchers: &Vouchers,
    asked: &Asked,
) -> Result<Option<PutUp>, BooksError> {
    let Some(seq) = of_period(book, asked.period).last().copied() else { return Ok(None) };
    let past = books.past(book.estate(), seq + 1).await?;
    let entry = books.entry(book.estate(), seq).await?;
    let (Some(past), Some(entry)) = (past, entry) else { return Ok(None) };
    let asked = Asked { today: entry.posted.entry.time.day(), ..*asked };
    let then = notice(books, &past.book, &past.vouchers, &asked).await?;
    let now = notice(books, book, vouchers, &asked).await?;
    Ok(Some(PutUp { seq, then, now }))
}

/// The digest of what a notice of the shared revenue shows, as its entry carries it: SHA-256 of
/// the lines of its Chinese CSV file that don't begin with `#`. What the file says of itself
/// (entries, head) isn't among them, so that it stays the same behind the entry.
pub async fn notice_digest(
    books: &Books,
    book: &Book,
    period: Period,
) -> Result<EntryHash, BooksError> {
    let vouchers = books.vouchers(book).await?;
    let asked = Asked { fund: Fund::R, period, account: None, today: books.today() };
    let paper = notice(books, book, &vouchers, &asked).await?;
    let sheet = Sheet {
        book,
        words: Words::of("zh"),
        title: String::new(),
        fund: Some(Fund::R),
        when: String::new(),
        paper: &paper,
    };
    let csv = sheet.csv();
    let shown = csv.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"#"));
    Ok(content_hash(&shown.collect::<Vec<_>>().concat()))
}
