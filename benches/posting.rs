//! Posting through `Books` with 1 to 256 callers over 1 to 1,000 estates on both engines, beside
//! a raw insert of the same bodies in batches of the same size; then the same as a log grows.
//! `BENCH_ENTRIES=1000000` lets it grow further, `BENCH_ENGINES=sqlite` leaves the other out.

mod common;

use common::engine::{Engine, raw_insert};
use common::{Called, books_of, call, import, rate, setting, store_of};
use mingzhang::services::books::Books;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for engine in Engine::all() {
        println!(
            "{:<9} estates  callers   entries/s   p50 ms   p99 ms   raw insert/s   ratio   \
             entries a commit",
            engine.name()
        );
        for estates in [1, 10, 1_000] {
            runtime.block_on(over(&engine, estates));
        }
        println!(
            "{:<9} entries  callers   entries/s   p50 ms   p99 ms   of the first",
            engine.name()
        );
        runtime.block_on(as_it_grows(&engine));
    }
}

async fn over(engine: &Engine, estates: usize) {
    let database = engine.fresh(&format!("posting-{estates}.db"));
    let books = books_of(store_of(&database).await, estates).await;
    let mut first = 0;
    for (callers, each) in [(1, 400), (8, 250), (64, 150), (256, 100)] {
        // The best of three: what the code needs when nothing else runs.
        let mut best: Option<(Called, f64)> = None;
        for _ in 0..3 {
            let before = books.log_size().await.expect("a log");
            let called = call(&books, estates, first, callers, each).await;
            first += callers * each;
            let batch = batch_of(&called);
            let limit = raw_insert(engine, books.store(), before, callers * each, batch).await;
            let limit = rate(callers * each, limit);
            let limit = best.as_ref().map_or(limit, |(_, known)| known.max(limit));
            let faster = |(known, _): &(Called, f64)| known.took < called.took;
            best = match best.filter(faster) {
                Some((known, _)) => Some((known, limit)),
                None => Some((called, limit)),
            };
        }
        let (called, limit) = best.expect("three runs");
        let rate = rate(callers * each, called.took);
        println!(
            "{:<9} {estates:>7} {callers:>8} {rate:>11.0} {:>8.2} {:>8.2} {limit:>14.0} {:>7.2} \
             {:>18.1}",
            "",
            called.wait_ms(50),
            called.wait_ms(99),
            rate / limit,
            called.batch,
        );
    }
    books.close().await;
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
fn batch_of(called: &Called) -> usize {
    called.batch.round().max(1.0) as usize
}

/// One estate's chain at 10⁴, 10⁵, … entries.
async fn as_it_grows(engine: &Engine) {
    let database = engine.fresh("growing.db");
    let books = books_of(store_of(&database).await, 1).await;
    let largest = setting("BENCH_ENTRIES", 100_000);
    let sizes = std::iter::successors(Some(10_000), |size| Some(size * 10));
    let (mut first, mut of_first) = (0, Vec::new());
    for size in sizes.take_while(|size| *size <= largest) {
        first += fill(&books, first, size).await;
        for (nth, (callers, each)) in [(8, 250), (64, 150)].into_iter().enumerate() {
            let mut best: Option<Called> = None;
            for _ in 0..3 {
                let called = call(&books, 1, first, callers, each).await;
                first += callers * each;
                best = Some(best.filter(|known| known.took < called.took).unwrap_or(called));
            }
            let called = best.expect("three runs");
            let rate = rate(callers * each, called.took);
            if of_first.len() <= nth {
                of_first.push(rate);
            }
            println!(
                "{:<9} {size:>7} {callers:>8} {rate:>11.0} {:>8.2} {:>8.2} {:>14.2}",
                "",
                called.wait_ms(50),
                called.wait_ms(99),
                rate / of_first[nth],
            );
        }
    }
    books.close().await;
}

/// Posts what is missing to a size of the log.
async fn fill(books: &Books, first: usize, size: usize) -> usize {
    let there = usize::try_from(books.log_size().await.expect("a log")).expect("a size");
    let missing = size.saturating_sub(there);
    import(books, 1, first, missing, 256).await;
    missing
}
