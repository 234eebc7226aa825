//! Importing through `Books::post_bulk`, many requests on their way: one estate's journal, and
//! 1,000 estates in turn, by single drafts and by requests of 256; beside a raw insert of the
//! same bodies, 512 a transaction. Then the bytes an entry takes on the disk.
//! `BENCH_ENTRIES=1000000` imports more (100,000 by default), `BENCH_ENGINES=sqlite` leaves the
//! other engine out, `BENCH_ESTATES=1000` all other cases.

mod common;

use common::engine::{Engine, raw_insert};
use common::{books_of, import, rate, setting, store_of};

/// Entries of a transaction of the limit.
const BATCH: usize = 512;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let entries = setting("BENCH_ENTRIES", 100_000);
    let only = setting("BENCH_ESTATES", 0);
    println!(
        "engine     estates  drafts a request   entries/s   of the last tenth   raw insert/s   \
         ratio   bytes an entry   of its body"
    );
    for engine in Engine::all() {
        for estates in [1, 1_000] {
            if only == 0 || only == estates {
                for request in [1, 256] {
                    runtime.block_on(run(&engine, estates, request, entries));
                }
            }
        }
    }
}

async fn run(engine: &Engine, estates: usize, request: usize, entries: usize) {
    let database = engine.fresh(&format!("bulk-{estates}-{request}.db"));
    let books = books_of(store_of(&database).await, estates).await;
    let before = books.log_size().await.expect("a log");
    let tenth = entries / 10;
    let mut first = import(&books, estates, 0, entries - tenth, request).await;
    let last = import(&books, estates, entries - tenth, tenth, request).await;
    first += last;
    let limit = raw_insert(engine, books.store(), before, entries, BATCH).await;
    let all = f64::from(u32::try_from(books.log_size().await.expect("a log")).expect("a size"));
    books.close().await;
    let (disk, bodies) = database.bytes().await;
    let each = |bytes: u64| f64::from(u32::try_from(bytes >> 10).expect("a size")) * 1024.0 / all;
    println!(
        "{:<9} {estates:>8} {request:>17} {:>11.0} {:>19.0} {:>14.0} {:>7.2} {:>16.0} {:>13.0}",
        engine.name(),
        rate(entries, first),
        rate(tenth, last),
        rate(entries, limit),
        limit.as_secs_f64() / first.as_secs_f64(),
        each(disk),
        each(bodies),
    );
    database.remove();
}
