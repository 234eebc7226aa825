//! Posting through `Books` with 1 to 256 callers, beside a raw insert of the same rows in the
//! same batches. Durable on both sides (`synchronous=FULL`).

mod common;

use std::time::{Duration, Instant};

use common::{actor, books_of, estate, fresh_store, income, rate};
use mingzhang::services::books::Books;
use mingzhang::store::{NewEntry, Store};

const ESTATES: usize = 100;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    println!("callers   entries/s   p50 ms   p99 ms   raw insert/s   ratio   entries a commit");
    for (callers, each) in [(1, 400), (8, 300), (64, 200), (256, 100)] {
        runtime.block_on(compare(callers, each));
    }
}

async fn compare(callers: usize, each: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    let store = fresh_store(&directory, "books.db").await;
    let books = books_of(store, ESTATES).await;
    let before = books.log_size().await.expect("a log");
    let started = Instant::now();
    let tasks: Vec<_> =
        (0..callers).map(|caller| tokio::spawn(call(books.clone(), caller, each))).collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a caller ends"));
    }
    let took = started.elapsed();
    waits.sort_unstable();
    let posted = callers * each;
    // Callers wait for their answer before they post again, so a commit holds about all of them.
    let batch = callers;
    let raw = raw_insert(&books, before, &directory, batch).await;
    let of = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{callers:>7} {:>11.0} {:>8.2} {:>8.2} {:>14.0} {:>7.2} {batch:>10}",
        rate(posted, took),
        of(50),
        of(99),
        rate(posted, raw),
        raw.as_secs_f64() / took.as_secs_f64(),
    );
}

async fn call(books: Books, caller: usize, each: usize) -> Vec<Duration> {
    let mut waits = Vec::with_capacity(each);
    for nth in 0..each {
        let nth = caller * each + nth;
        let draft = income(&books, estate(nth % ESTATES), nth);
        let started = Instant::now();
        books.post(vec![draft], actor()).await.expect("an income is posted");
        waits.push(started.elapsed());
    }
    waits
}

/// The same rows again, without fold, encoding, or hashing: what the database alone takes.
async fn raw_insert(
    books: &Books,
    before: u64,
    directory: &tempfile::TempDir,
    batch: usize,
) -> Duration {
    let mut rows = Vec::new();
    for nth in 0..ESTATES {
        for entry in books.entries_from(estate(nth), 3, u32::MAX).await.expect("entries") {
            rows.push(NewEntry {
                log_index: entry.log_index,
                estate: estate(nth),
                seq: entry.posted.entry.seq,
                hash: entry.posted.hash,
                r#ref: entry.posted.entry.r#ref,
                body: entry.bytes,
            });
        }
    }
    rows.sort_unstable_by_key(|row| row.log_index);
    assert!(rows.first().is_some_and(|row| row.log_index == before));
    let target = fresh_store(directory, "raw.db").await;
    drop(books_of(target.clone(), ESTATES).await);
    let started = Instant::now();
    for batch in rows.chunks(batch) {
        insert(&target, batch).await;
    }
    started.elapsed()
}

async fn insert(store: &Store, rows: &[NewEntry]) {
    let mut tx = store.begin().await.expect("a transaction");
    tx.append(rows).await.expect("rows are inserted");
    tx.commit().await.expect("a commit");
}
