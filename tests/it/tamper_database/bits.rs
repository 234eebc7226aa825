//! One bit of a SQLite file flipped: it is found, or nothing of the books is otherwise.

use super::{honest, open};
use crate::behind::{file, verify};
use crate::harness::{On, TestBook, export, is_long, reviewer};
use crate::program::{estate, receipt};

/// How long a small file may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

#[tokio::test]
async fn a_schema_that_is_no_text_is_refused_at_once() {
    let book = TestBook::open(On::Sqlite).await;
    book.books.close().await;
    let path = file(&book.database);
    let bytes = std::fs::read(&path).unwrap();
    // The type of a column, in what the file says of its tables.
    let declared = b"estate text";
    let places: Vec<usize> =
        (0..bytes.len() - declared.len()).filter(|at| bytes[*at..].starts_with(declared)).collect();
    assert!(!places.is_empty());
    for at in places {
        let mut flipped = bytes.clone();
        flipped[at + declared.len() - 2] ^= 0x80;
        std::fs::write(&path, &flipped).unwrap();
        let opened = tokio::time::timeout(PATIENCE, open(&book.database)).await;
        let opened = opened.expect("opening doesn't wait for ever");
        let error = opened.err().unwrap();
        assert!(error.contains("damaged") || error.contains("malformed"), "byte {at}: {error}");
    }
}

#[tokio::test]
async fn a_flipped_bit_is_found_or_changes_nothing() {
    let book = TestBook::empty(On::Sqlite).await;
    book.on("2025-03-02");
    for nth in 0..2 {
        book.open_estate(estate(nth)).await;
        for at in 0..3 {
            let draft = receipt(estate(nth), &format!("test:{at:05}"), 3);
            book.books.post(vec![draft], reviewer()).await.unwrap();
        }
    }
    let stood = honest(&book.books, 2).await;
    let exports = [export(&book.books, estate(0)).await, export(&book.books, estate(1)).await];
    book.books.close().await;
    let bytes = std::fs::read(file(&book.database)).unwrap();
    let path = book.directory.path().join("flipped.db");
    let database = format!("sqlite:{}", path.display());
    // The first page is the one that everything hangs on.
    let step = if is_long() { 1 } else { 211 };
    // Most of the file is room that nothing was written to yet: a sample of it is enough.
    let is_taken = |at: usize| bytes[at] != 0 || !is_long() || at.is_multiple_of(32);
    let (mut found, mut harmless) = (0, 0);
    let places = (0..bytes.len()).filter(|at| at % step == 0 || (*at < 100 && at % 4 == 0));
    for at in places.filter(|at| is_taken(*at)) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        for end in ["", "-wal", "-shm"] {
            std::fs::remove_file(format!("{}{end}", path.display())).ok();
        }
        std::fs::write(&path, &flipped).unwrap();
        let judged = tokio::time::timeout(PATIENCE, verify(&database)).await;
        let judged = judged.unwrap_or_else(|_| panic!("byte {at} makes verifying wait for ever"));
        let is_sound = match judged {
            Ok(report) => report.is_sound(),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        };
        if !is_sound {
            found += 1;
            // What is read all the same is no other book.
            if let Ok(books) = open(&database).await {
                let honestly = super::reads_honestly(&books, &stood).await;
                assert_eq!(honestly, Ok(()), "byte {at}");
                books.close().await;
            }
            continue;
        }
        harmless += 1;
        let books = open(&database).await.unwrap();
        for (nth, before) in exports.iter().enumerate() {
            assert_eq!(&export(&books, estate(nth)).await, before, "byte {at} went unnoticed");
            let shown = books.book(estate(nth)).await.unwrap().unwrap();
            assert_eq!(shown.snapshot().unwrap(), stood[nth].book.snapshot().unwrap());
        }
        books.close().await;
    }
    assert!(found > 20 && harmless > 20, "{found} found, {harmless} harmless");
}
