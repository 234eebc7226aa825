//! Books that end, books that may not be written, books that don't all fit into memory.

use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::{Books, Limits, PostError, Standing};
use mingzhang::services::clock::FixedClock;
use mingzhang::store::Store;
use std::sync::Arc;
use test_case::test_case;

use crate::behind::{sound, sql};
use crate::harness::{On, TestBook, export, reviewer, verified};
use crate::program::{estate, receipt};

async fn reopen(book: &TestBook, limits: Limits) -> Books {
    let store = Store::open(&book.database.parse().unwrap()).await.unwrap();
    let noon = "2025-03-02T04:00:00.000Z".parse().unwrap();
    Books::open(store, Arc::new(FixedClock::at(noon)), limits)
}

#[tokio::test]
async fn a_full_disk_refuses_postings_and_nothing_else() {
    let book = TestBook::empty(On::Sqlite).await;
    book.on("2025-03-02");
    book.open_estate(estate(0)).await;
    let post = async |books: &Books, key: &str| {
        books.post(vec![receipt(estate(0), key, 3)], reviewer()).await
    };
    post(&book.books, "test:0001").await.unwrap();
    let low = reopen(&book, Limits { disk_low_bytes: 1 << 62, ..Limits::default() }).await;
    for key in ["test:0001", "test:0002"] {
        let told = post(&low, key).await;
        let Err(PostError::ReadOnly(standing)) = told else { panic!("{told:?}") };
        assert!(matches!(standing, Standing::DiskLow { low, .. } if low == 1 << 62));
        assert!(standing.to_string().contains("read only"), "{standing}");
    }
    assert_eq!(low.standing(), book_standing(&low));
    let shown = low.book(estate(0)).await.unwrap().unwrap();
    assert_eq!(shown.head().entries, 3);
    assert_eq!(verified(&export(&low, estate(0)).await).entries, 3);
    low.close().await;
    let room = reopen(&book, Limits::default()).await;
    assert_eq!(room.standing(), Standing::Open);
    assert!(post(&room, "test:0001").await.unwrap()[0].known);
    assert!(!post(&room, "test:0002").await.unwrap()[0].known);
    room.close().await;
    sound(&book.database).await;
}

fn book_standing(books: &Books) -> Standing {
    let free = books.store().disk_free().unwrap();
    Standing::DiskLow { free, low: books.limits().disk_low_bytes }
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn closing_ends_what_was_taken(on: On) {
    let limits = Limits { batch_max: 16, ..Limits::default() };
    let book = TestBook::bounded(on, limits).await;
    book.on("2025-03-02");
    book.open_estate(estate(0)).await;
    let mut waiting = Vec::new();
    for nth in 0..200 {
        let draft = receipt(estate(0), &format!("test:{nth:05}"), 3);
        waiting.push(book.books.post_bulk(vec![draft], reviewer()).unwrap());
    }
    book.books.close().await;
    let late = book.books.post(vec![receipt(estate(0), "late:00001", 3)], reviewer()).await;
    assert!(matches!(late, Err(PostError::Stopped)), "{late:?}");
    let mut hashes = Vec::new();
    for (nth, answered) in waiting.into_iter().enumerate() {
        let posted = answered.await.unwrap().remove(0);
        assert_eq!((posted.seq, posted.known), (2 + nth as u64, false));
        hashes.push(posted.hash);
    }
    // Closed twice is closed.
    book.books.close().await;
    let again = reopen(&book, Limits::default()).await;
    let stands = again.entries_from(estate(0), 2, 1_000).await.unwrap();
    let stands: Vec<_> = stands.iter().map(|entry| entry.posted.hash).collect();
    assert_eq!(stands, hashes);
    again.close().await;
    assert_eq!(sound(&book.database).await.entries, 202);
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_do_not_fit_into_memory_are_read_again(on: On) {
    const ESTATES: usize = 50;
    let limits = Limits { memory_bytes: 200_000, snapshot_every: 10, ..Limits::default() };
    let book = TestBook::bounded(on, limits).await;
    book.on("2025-03-02");
    for nth in 0..ESTATES {
        book.open_estate(estate(nth)).await;
    }
    let mut largest = 0;
    for round in 0..10 {
        let each = (0..ESTATES).map(|nth| {
            let books = book.books.clone();
            let draft = receipt(estate(nth), &format!("test:{round:05}"), 3);
            tokio::spawn(async move {
                books.post(vec![draft], command_line("o_operator")).await.unwrap();
                // Somebody reads meanwhile.
                let shown = books.book(estate(nth)).await.unwrap().unwrap();
                assert!(shown.head().entries >= 3 + round);
            })
        });
        for task in each.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        largest = largest.max(book.books.cached().1);
    }
    let whole = book.books.book(estate(0)).await.unwrap().unwrap().weight_bytes();
    assert!(largest <= 200_000, "{largest} bytes are kept");
    assert!(largest > whole && whole * ESTATES as u64 > 200_000, "{whole} bytes a book");
    let kept = "select count(*), min(entries), max(entries) from book_snapshot";
    assert_eq!(sql(&book.database, kept), format!("{ESTATES}|10|10"));
    // A process that knows nothing yet goes on from the snapshots.
    let cold = reopen(&book, limits).await;
    for nth in 0..ESTATES {
        let shown = cold.book(estate(nth)).await.unwrap().unwrap();
        let folded = cold.fold(estate(nth)).await.unwrap();
        assert_eq!(shown.head().entries, 12);
        assert_eq!(shown.snapshot().unwrap(), folded.snapshot().unwrap());
    }
    assert!(cold.cached().1 <= 200_000);
    cold.close().await;
    sound(&book.database).await;
}
