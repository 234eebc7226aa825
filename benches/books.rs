//! A book when a page asks for it: cold without a snapshot (folded from its entries), cold with
//! one that is half of `snapshot_every` old, and warm; beside reading the same rows alone.
//! `BENCH_ENTRIES=1000000` goes further.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::engine::{Database, Engine};
use common::{books_within, estate, import, setting, store_of};
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::SystemClock;
use mingzhang::services::keeper::rebuild;
use mingzhang::store::Store;
use tokio::runtime::Runtime;

/// Entries since the snapshot.
const SINCE: usize = 500;
/// A book that nothing is kept of.
const NONE_KEPT: Limits = Limits {
    batch_max: 512,
    queue_max: 4096,
    memory_bytes: 512 << 20,
    snapshot_every: 0,
    disk_low_bytes: 0,
};

fn main() {
    let runtime = Runtime::new().expect("a runtime");
    println!(
        "engine     entries   rows alone ms   cold, folded ms   ratio   cold, snapshot ms   warm µs"
    );
    for engine in Engine::all() {
        let largest = setting("BENCH_ENTRIES", 100_000);
        let sizes = std::iter::successors(Some(1_000), |size| Some(size * 10));
        for size in sizes.take_while(|size| *size <= largest) {
            measure(&runtime, &engine, size);
        }
    }
}

fn measure(runtime: &Runtime, engine: &Engine, size: usize) {
    let database = engine.fresh(&format!("books-{size}.db"));
    runtime.block_on(build(&database, size));
    let runs = if size > 100_000 { 1 } else { 3 };
    let rows = (0..runs).map(|_| runtime.block_on(rows(&database))).min().unwrap_or_default();
    let mut warm = Duration::MAX;
    let mut cold = || {
        // A cold book is read by its own process, so its connections are open by then.
        (0..runs).map(|_| runtime.block_on(book(&database, &mut warm))).min().unwrap_or_default()
    };
    let folded = cold();
    runtime.block_on(keep(&database));
    let kept = cold();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{:<9} {size:>8} {:>15.2} {:>17.2} {:>7.1} {:>19.2} {:>9.2}",
        engine.name(),
        ms(rows),
        ms(folded),
        folded.as_secs_f64() / rows.as_secs_f64(),
        ms(kept),
        ms(warm) * 1000.0,
    );
}

async fn build(database: &Database, size: usize) {
    let books = books_within(store_of(database).await, 1, NONE_KEPT).await;
    let there = usize::try_from(books.log_size().await.expect("a log")).expect("a size");
    import(&books, 1, 0, size - there, 256).await;
    books.close().await;
}

/// Keeps a snapshot, and posts a little more.
async fn keep(database: &Database) {
    let store = Store::open(&database.location).await.expect("a database");
    let books = Books::open(store, Arc::new(SystemClock), NONE_KEPT);
    rebuild(&books, None, 1, &|_, _| {}).await.expect("a snapshot");
    import(&books, 1, 100_000_000, SINCE, 1).await;
    books.close().await;
}

/// The estate's rows as the store gives them.
async fn rows(database: &Database) -> Duration {
    let store = Store::open(&database.location).await.expect("a database");
    let started = Instant::now();
    let (mut from, mut more) = (0, true);
    while more {
        let rows = store.primary().entries_from(estate(0), from, 500).await.expect("rows");
        from += 500;
        more = !rows.is_empty();
    }
    let took = started.elapsed();
    store.close().await;
    took
}

/// How long a book that isn't in memory takes; `warm` is the best of one that is.
async fn book(database: &Database, warm: &mut Duration) -> Duration {
    let store = Store::open(&database.location).await.expect("a database");
    let books = Books::open(store, Arc::new(SystemClock), NONE_KEPT);
    let log = books.log_size().await.expect("a log");
    let started = Instant::now();
    let book = books.book(estate(0)).await.expect("a book").expect("an estate");
    let took = started.elapsed();
    assert_eq!(book.head().entries, log, "all of it");
    for _ in 0..100 {
        let started = Instant::now();
        std::hint::black_box(books.book(estate(0)).await.expect("a book"));
        *warm = started.elapsed().min(*warm);
    }
    books.close().await;
    took
}
