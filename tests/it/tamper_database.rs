//! Every column of every row that the books rest on, changed, removed, swapped or added behind
//! the program's back: verification names it, reading never hands out other books, `rebuild`
//! mends what is made from the entries. Next: `tamper_database/cases.rs`, `bits.rs`.

mod bits;
mod cases;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use mingzhang::ledger::book::Book;
use mingzhang::ledger::id::EntryHash;
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::FixedClock;
use mingzhang::services::keeper;
use mingzhang::services::verifier::{self, DatabaseReport, Question, Silent};
use mingzhang::store::Store;
use test_case::test_case;

use self::cases::{Case, cases};
use crate::behind::{copy, force, remove, sound, sql, verify};
use crate::harness::{On, TestBook, is_long, reviewer};
use crate::program::{estate, receipt};

/// Estates of the database.
const ESTATES: usize = 3;
/// Entries of each of them.
const ENTRIES: usize = 175;

/// A database with three estates in turn, two full nodes of the tree and a snapshot an estate.
/// Entry `6 + n` of the log is number `2 + n / 3` of estate `n % 3`.
async fn made(on: On) -> TestBook {
    let limits = Limits { snapshot_every: 50, batch_max: 24, ..Limits::default() };
    let book = TestBook::bounded(on, limits).await;
    book.on("2025-03-02");
    for nth in 0..ESTATES {
        book.open_estate(estate(nth)).await;
    }
    let mut waiting = Vec::new();
    for nth in 0..(ENTRIES - 2) * ESTATES {
        let draft = receipt(estate(nth % ESTATES), &format!("test:{nth:05}"), 3);
        waiting.push(book.books.post_bulk(vec![draft], reviewer()).unwrap());
    }
    for answered in waiting {
        answered.await.unwrap();
    }
    book
}

/// What an estate's books are, as long as nobody touches them.
struct Honest {
    book: Arc<Book>,
    entries: Vec<(EntryHash, Vec<u8>)>,
}

async fn honest(books: &Books, estates: usize) -> Vec<Honest> {
    let mut all = Vec::new();
    for nth in 0..estates {
        let book = books.book(estate(nth)).await.unwrap().unwrap();
        let entries = books.entries_from(estate(nth), 0, u32::MAX).await.unwrap();
        let entries = entries.into_iter().map(|entry| (entry.posted.hash, entry.bytes));
        all.push(Honest { book, entries: entries.collect() });
    }
    all
}

async fn open(database: &str) -> Result<Books, String> {
    let location = database.parse().unwrap();
    let store = Store::open(&location).await.map_err(|error| error.to_string())?;
    let noon = "2025-03-02T04:00:00.000Z".parse().unwrap();
    Ok(Books::open(store, Arc::new(FixedClock::at(noon)), Limits::default()))
}

/// Reads every book and some entries: each is what it was, a beginning of it, or an error.
async fn reads_honestly(books: &Books, honest: &[Honest]) -> Result<(), String> {
    for (nth, honest) in honest.iter().enumerate() {
        let code = estate(nth);
        let last = honest.entries.len() - 1;
        if let Ok(Some(book)) = books.book(code).await {
            let entries = usize::try_from(book.head().entries).unwrap();
            let stood = honest.entries.get(entries - 1);
            if stood.is_none_or(|(hash, _)| *hash != book.head().hash) {
                return Err(format!("{code}: a book of other entries is handed out"));
            }
            if entries == last + 1 && book.snapshot().unwrap() != honest.book.snapshot().unwrap() {
                return Err(format!("{code}: another book is handed out"));
            }
        }
        for seq in [0, 1, 42, 43, last.saturating_sub(1), last].into_iter().filter(|n| *n <= last) {
            let read = books.entry(code, u64::try_from(seq).unwrap()).await;
            if let Ok(Some(entry)) = read
                && entry.bytes != honest.entries[seq].1
            {
                return Err(format!("{code}: another entry {seq} is handed out"));
            }
        }
    }
    Ok(())
}

/// What is wrong with what the program makes of a case; nothing where it is as it should be.
fn wrong(case: &Case, report: &DatabaseReport) -> Result<(), String> {
    let named: Vec<String> = report
        .faults
        .iter()
        .map(|fault| format!("{} {}", fault.table, fault.column))
        .chain(report.broken.iter().map(|code| format!("chain {code}")))
        .collect();
    if case.names.contains(&"unused") {
        return Ok(());
    }
    if named.iter().any(|fault| case.names.iter().any(|name| fault.starts_with(name))) {
        return Ok(());
    }
    let named: BTreeSet<_> = named.into_iter().collect();
    Err(format!("wanted {:?}, named {named:?}", case.names))
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn whatever_is_tampered_with_is_named_and_what_can_be_is_mended(on: On) {
    let book = made(on).await;
    let honest = honest(&book.books, ESTATES).await;
    let snapshot = "select body from book_snapshot order by estate_id limit 1";
    let snapshot = sql(&book.database, snapshot);
    book.books.close().await;
    let nodes = sql(&book.database, "select count(*) from log_node");
    let snapshots = sql(&book.database, "select count(*) from book_snapshot where entries = 150");
    assert_eq!((nodes.as_str(), snapshots.as_str()), ("2", "0"), "snapshots stand amid a chain");
    sound(&book.database).await;
    let cases = cases(on, &honest, &snapshot);
    assert!(cases.len() > 50, "{} cases", cases.len());
    let mut failures = Vec::new();
    // A copy of a server's database takes a while.
    let step = if on == On::Postgres && !is_long() { 4 } else { 1 };
    for case in cases.iter().step_by(step) {
        if let Err(failure) = judge(case, &book.database, book.directory.path(), &honest).await {
            failures.push(format!("{}: {failure}", case.name));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

async fn judge(
    case: &Case,
    database: &str,
    directory: &Path,
    honest: &[Honest],
) -> Result<(), String> {
    let copy = copy(database, directory);
    force(&copy, &case.sql);
    let report = verify(&copy).await.map_err(|error| format!("not judged: {error}"))?;
    wrong(case, &report)?;
    let books = open(&copy).await?;
    if !case.forged {
        reads_honestly(&books, honest).await?;
    }
    if case.mends {
        let mended = keeper::rebuild(&books, None, 50, &|_, _| {}).await;
        let mended = mended.map_err(|error| format!("not rebuilt: {error}"))?;
        let after = verifier::verify(books.store(), Question::default(), None, &Silent).await;
        let after = after.map_err(|error| error.to_string())?;
        if !after.is_sound() {
            return Err(format!("not mended ({:?}): {:?}", mended.mended, after.faults));
        }
        if mended.mended.is_empty() && !case.names.contains(&"unused") {
            return Err("mended without a word".to_owned());
        }
        let again = keeper::rebuild(&books, None, 50, &|_, _| {}).await.unwrap();
        assert_eq!(again.mended, Vec::<String>::new(), "{}", case.name);
    }
    books.close().await;
    remove(&copy);
    Ok(())
}

/// A log cut at its end is one that was never longer, to whoever remembers nothing of it.
#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn a_cut_log_is_found_by_whoever_remembers_its_head(on: On) {
    let book = made(on).await;
    let head = book.books.book(estate(2)).await.unwrap().unwrap().head().hash;
    book.books.close().await;
    let cut = "delete from entry where log_index = (select max(log_index) from entry)";
    force(&book.database, cut);
    let store = Store::open(&book.database.parse().unwrap()).await.unwrap();
    for (pin, found) in [(Some(head), false), (None, false)] {
        let question = Question { pin, ..Question::default() };
        let report = verifier::verify(&store, question, None, &Silent).await.unwrap();
        assert!(report.is_sound(), "{:?}", report.faults);
        assert_eq!(report.pin_found, found);
        assert_eq!(report.entries, u64::try_from(ENTRIES * ESTATES - 1).unwrap());
    }
    store.close().await;
}
