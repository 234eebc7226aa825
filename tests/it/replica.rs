//! Pages read from a replica where it has what they show, and never less than the book.

use std::sync::Arc;
use std::time::Duration;

use mingzhang::ledger::listing::Filter;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::{Books, Limits};
use mingzhang::services::clock::{FixedClock, SeededEntropy};
use mingzhang::services::instance;
use mingzhang::store::{Store, StoreError};

use crate::behind::name;
use crate::harness::{LOG, On, TestBook};
use crate::postgres::{Cluster, Options};
use crate::program::{estate, opening, receipt};

async fn open(url: &str, replica: Option<&str>) -> Books {
    let mut store = Store::create(&url.parse().unwrap()).await.unwrap();
    instance::establish(&store, Some(LOG), &SeededEntropy::from_name("secret")).await.unwrap();
    if let Some(replica) = replica {
        store = store.with_replica(&replica.parse().unwrap()).await.unwrap();
    }
    let noon = "2025-03-02T04:00:00.000Z".parse().unwrap();
    Books::open(store, Arc::new(FixedClock::at(noon)), Limits::default())
}

async fn open_estate(books: &Books, nth: usize) {
    let opening = mingzhang::ledger::draft::Batch::read(opening(estate(nth)).as_bytes()).unwrap();
    books.post(opening.drafts, command_line("o_operator")).await.unwrap();
}

async fn post(books: &Books, nth: usize) {
    let draft = receipt(estate(0), &format!("test:{nth:05}"), 5);
    books.post(vec![draft], command_line("o_operator")).await.unwrap();
}

/// What pages show together is of one state: as many rows, entries and estates as the books say.
async fn shows_all(books: &Books, estates: usize) {
    let book = books.book(estate(0)).await.unwrap().unwrap();
    let (head, entries) = (book.head(), usize::try_from(book.head().entries).unwrap());
    let page = books.rows(&book, &Filter::default(), None, 1_000).await.unwrap();
    let newest = page.rows.iter().map(|row| row.entry.seq).max();
    assert_eq!(newest, Some(head.entries - 1), "the list shows less than the book");
    let listed = books.entries_from(estate(0), 0, 1_000).await.unwrap();
    assert!(listed.len() >= entries, "{} of {entries} entries", listed.len());
    assert_eq!(listed[entries - 1].posted.hash, head.hash);
    assert!(books.log_size().await.unwrap() > listed[entries - 1].log_index);
    assert_eq!(books.directory("", None, 100).await.unwrap().len(), estates);
}

/// Rows that a server's tables were asked for, counted by the server itself.
fn scans(cluster: &Cluster, url: &str) -> u64 {
    // A session tells what it counted when it ends.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'mingzhang'";
    cluster.psql(name(url), end);
    let sql = "select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_user_tables
        where relname = 'entry'";
    cluster.psql(name(url), sql).parse().unwrap()
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited too long until {what}");
}

#[tokio::test]
async fn a_replica_behind_is_not_read_and_one_abreast_is() {
    let primary = Cluster::start(&Options::fast());
    let url = primary.fresh_database();
    let books = open(&url, None).await;
    open_estate(&books, 0).await;
    post(&books, 0).await;
    let mut standby = primary.standby("second");
    let replica_url = standby.url(name(&url));
    books.close().await;

    let books = open(&url, Some(&replica_url)).await;
    let following = {
        let books = books.clone();
        tokio::spawn(async move { books.follow(Duration::from_millis(20)).await })
    };
    let abreast = async |books: &Books| {
        let size = books.store().primary().log_size().await.unwrap();
        until("the replica is abreast", async || books.store().replica_size() == Some(size)).await;
    };
    abreast(&books).await;
    standby.psql("postgres", "select pg_wal_replay_pause()");
    let paused = "select pg_get_wal_replay_pause_state()";
    until("it pauses", async || standby.psql("postgres", paused) == "paused").await;
    for nth in 1..20 {
        post(&books, nth).await;
        shows_all(&books, 1).await;
    }
    open_estate(&books, 1).await;
    shows_all(&books, 2).await;
    let behind = books.store().replica_size().unwrap();
    assert!(behind < books.store().primary().log_size().await.unwrap(), "it has {behind}");

    // Books that never posted, in another process: what they read in the primary counts, too.
    let other = open(&url, Some(&replica_url)).await;
    shows_all(&other, 2).await;
    other.close().await;

    standby.psql("postgres", "select pg_wal_replay_resume()");
    abreast(&books).await;
    following.abort();
    until("the follower is gone", async || following.is_finished()).await;
    let before = scans(&standby, &replica_url);
    for _ in 0..50 {
        shows_all(&books, 2).await;
    }
    until("the replica counted it", async || scans(&standby, &replica_url) >= before + 100).await;

    // Gone, it is missed by nobody, and at once.
    standby.stop();
    let started = std::time::Instant::now();
    shows_all(&books, 2).await;
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert_eq!(books.store().replica_size(), Some(0));
    let (books, following) = {
        let again = books.clone();
        (books, tokio::spawn(async move { again.follow(Duration::from_millis(20)).await }))
    };
    post(&books, 50).await;
    shows_all(&books, 2).await;
    standby.restart();
    abreast(&books).await;
    shows_all(&books, 2).await;
    following.abort();
    books.close().await;
}

#[tokio::test]
async fn a_replica_goes_with_a_server_only() {
    let book = TestBook::empty(On::Sqlite).await;
    let replica = Cluster::shared().fresh_database().parse().unwrap();
    let told = book.books.store().clone().with_replica(&replica).await;
    assert!(matches!(told, Err(StoreError::NoReplica)), "{told:?}");
}
