//! Verifying an export beside SHA-256 over the same bytes on the same number of threads.

mod common;

use common::{actor, best, books_of, estate, fresh_store, income, rate};
use mingzhang::proof::verify::verify;
use mingzhang::services::exporter;
use sha2::{Digest, Sha256};

const ENTRIES: usize = 40_000;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let export = runtime.block_on(export());
    let lines: Vec<&[u8]> = export.split(|byte| *byte == b'\n').collect();
    let bytes = export.len();
    println!("threads   verify entries/s   SHA-256 entries/s   ratio   ({bytes} bytes)");
    for threads in [1, 2] {
        let verified = best(3, || {
            let report = verify(&export, None, threads, &|_| {}).expect("an export");
            assert!(report.is_sound());
        });
        let hashed = best(3, || hash_all(&lines, threads));
        println!(
            "{threads:>7} {:>18.0} {:>19.0} {:>7.3}",
            rate(ENTRIES, verified),
            rate(ENTRIES, hashed),
            hashed.as_secs_f64() / verified.as_secs_f64(),
        );
    }
}

fn hash_all(lines: &[&[u8]], threads: usize) {
    std::thread::scope(|scope| {
        for part in lines.chunks(lines.len().div_ceil(threads)) {
            scope.spawn(move || {
                for line in part {
                    std::hint::black_box(Sha256::digest(line));
                }
            });
        }
    });
}

async fn export() -> Vec<u8> {
    let directory = tempfile::tempdir().expect("a directory");
    let books = books_of(fresh_store(&directory, "books.db").await, 1).await;
    for batch in (0..ENTRIES).collect::<Vec<_>>().chunks(256) {
        let drafts = batch.iter().map(|nth| income(&books, estate(0), *nth)).collect();
        books.post(drafts, actor()).await.expect("a batch is posted");
    }
    let book = books.book(estate(0)).await.expect("books").expect("an estate");
    let mut pieces = exporter::jsonl(&books, &book);
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await.expect("a piece") {
        bytes.extend(piece);
    }
    bytes
}
