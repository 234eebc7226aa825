//! A commit of which nobody knows whether it stands: what is answered, and how it is settled.
//! Real servers whose standby isn't there, whose backends are cut off, which are killed.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::{Books, Limits, PostError, Posted};
use mingzhang::services::clock::{FixedClock, SeededEntropy};
use mingzhang::services::instance;
use mingzhang::store::Store;

use crate::behind::name;
use crate::harness::LOG;
use crate::postgres::{Cluster, Options};
use crate::program::{Program, answers, estate, opening, receipt, receipt_line};

/// A posting that waits for a standby that isn't there.
const WAITING: &str = "select pid from pg_stat_activity
    where wait_event = 'SyncRep' and application_name = 'mingzhang'";

async fn open(url: &str) -> Books {
    let store = Store::create(&url.parse().unwrap()).await.unwrap();
    instance::establish(&store, Some(LOG), &SeededEntropy::from_name("secret")).await.unwrap();
    let noon = "2025-03-02T04:00:00.000Z".parse().unwrap();
    let books = Books::open(store, Arc::new(FixedClock::at(noon)), Limits::default());
    let opening = mingzhang::ledger::draft::Batch::read(opening(estate(0)).as_bytes()).unwrap();
    books.post(opening.drafts, command_line("o_operator")).await.unwrap();
    books
}

async fn post(books: &Books, key: &str) -> Result<Posted, PostError> {
    let draft = receipt(estate(0), key, 5);
    Ok(books.post(vec![draft], command_line("o_operator")).await?.remove(0))
}

/// Posts in the background.
fn begin(books: &Books, key: &'static str) -> tokio::task::JoinHandle<Result<Posted, PostError>> {
    let books = books.clone();
    tokio::spawn(async move { post(&books, key).await })
}

async fn waiting(cluster: &Cluster) -> String {
    for _ in 0..2_000 {
        let pid = cluster.psql("postgres", WAITING);
        if !pid.is_empty() {
            return pid;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits for the standby");
}

/// The book in memory is what the rows fold to.
async fn check(books: &Books, entries: u64) {
    let book = books.book(estate(0)).await.unwrap().unwrap();
    let folded = books.fold(estate(0)).await.unwrap();
    assert_eq!(book.head().entries, entries);
    assert_eq!(book.snapshot().unwrap(), folded.snapshot().unwrap());
}

/// Everything that is logged, as a program's own subscriber takes it.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Takes what this thread logs from a level on.
    fn listen(&self, level: tracing::Level) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_ansi(false);
        tracing::subscriber::set_default(subscriber.with_writer(move || log.clone()).finish())
    }
}

#[tokio::test]
async fn a_cancelled_wait_for_the_standby_is_no_success() {
    let mut cluster = Cluster::start(&Options::fast());
    let url = cluster.fresh_database();
    let log = Log::default();
    // A subscriber that would not even hear the warning stands around it.
    let _listening = log.listen(tracing::Level::ERROR);
    let books = open(&url).await;
    for nth in 0..3 {
        // A warning of an earlier transaction taints no later commit.
        let warned = "do $$ begin raise warning 'something else'; end $$";
        cluster.psql(name(&url), warned);
        assert!(!post(&books, &format!("before:{nth:04}")).await.unwrap().known);
    }
    for round in 0..3_u64 {
        cluster.set("synchronous_standby_names", "nobody");
        let key = ["cut:0000", "cut:0001", "cut:0002"][usize::try_from(round).unwrap()];
        let posting = begin(&books, key);
        let pid = waiting(&cluster).await;
        assert_eq!(cluster.psql("postgres", &format!("select pg_cancel_backend({pid})")), "t");
        let told = posting.await.unwrap();
        assert!(matches!(told, Err(PostError::OutcomeUnknown)), "{told:?}");

        // Known is an acknowledgement, too: it waits for the standby as a posting does.
        let again = begin(&books, key);
        waiting(&cluster).await;
        assert!(!again.is_finished());
        cluster.set("synchronous_standby_names", "");
        let again = again.await.unwrap().unwrap();
        assert!(again.known, "{again:?}");
        assert_eq!(again.seq, 5 + 2 * round);
        let key = ["next:0000", "next:0001", "next:0002"][usize::try_from(round).unwrap()];
        let next = post(&books, key).await.unwrap();
        assert!(!next.known, "a warning before taints no later commit");
        assert_eq!(next.seq, again.seq + 1);
        check(&books, next.seq + 1).await;
    }
    let text = log.text();
    assert!(text.contains("the commit's outcome is unknown"), "{text}");
    books.close().await;
}

#[tokio::test]
async fn the_warning_is_heard_beside_a_subscriber_that_hears_everything() {
    let mut cluster = Cluster::start(&Options::fast());
    let books = open(&cluster.fresh_database()).await;
    let log = Log::default();
    let _listening = log.listen(tracing::Level::TRACE);
    post(&books, "before:0000").await.unwrap();
    cluster.set("synchronous_standby_names", "nobody");
    let posting = begin(&books, "cut:0000");
    let pid = waiting(&cluster).await;
    cluster.psql("postgres", &format!("select pg_cancel_backend({pid})"));
    assert!(matches!(posting.await.unwrap(), Err(PostError::OutcomeUnknown)));
    cluster.set("synchronous_standby_names", "");
    assert!(post(&books, "cut:0000").await.unwrap().known);
    assert!(!log.text().is_empty());
    books.close().await;
}

#[tokio::test]
async fn a_connection_lost_in_a_commit_leaves_it_unknown_and_the_books_right() {
    let mut cluster = Cluster::start(&Options::fast());
    let url = cluster.fresh_database();
    let books = open(&url).await;
    let first = post(&books, "first:0000").await.unwrap();
    cluster.set("synchronous_standby_names", "nobody");
    let posting = begin(&books, "cut:0000");
    let pid = waiting(&cluster).await;
    cluster.psql("postgres", &format!("select pg_terminate_backend({pid})"));
    let told = posting.await.unwrap();
    assert!(matches!(told, Err(PostError::OutcomeUnknown)), "{told:?}");
    cluster.set("synchronous_standby_names", "");
    check(&books, first.seq + 2).await;
    assert!(post(&books, "cut:0000").await.unwrap().known);
    let next = post(&books, "next:0000").await.unwrap();
    assert_eq!((next.known, next.seq), (false, first.seq + 2));
    check(&books, first.seq + 3).await;

    // The whole server goes while a commit waits, and comes back.
    cluster.set("synchronous_standby_names", "nobody");
    let posting = begin(&books, "killed:0000");
    waiting(&cluster).await;
    cluster.kill_hard();
    let told = posting.await.unwrap();
    assert!(matches!(told, Err(PostError::OutcomeUnknown)), "{told:?}");
    // Nobody is there: refused, with nothing posted.
    let told = post(&books, "away:0000").await;
    assert!(matches!(told, Err(PostError::Unavailable(_))), "{told:?}");
    let mut cluster = tokio::task::spawn_blocking(move || {
        cluster.restart();
        cluster
    })
    .await
    .unwrap();
    cluster.set("synchronous_standby_names", "");
    let again = post(&books, "killed:0000").await.unwrap();
    assert_eq!(again.seq, next.seq + 1);
    let last = post(&books, "away:0000").await.unwrap();
    assert_eq!((last.known, last.seq), (false, again.seq + 1));
    check(&books, last.seq + 1).await;
    books.close().await;
    let store = Store::open(&url.parse().unwrap()).await.unwrap();
    assert_eq!(store.primary().log_size().await.unwrap(), last.seq + 1);
    store.close().await;
}

/// The same through the program, whose subscriber is that of the whole process.
#[tokio::test]
async fn the_program_tells_a_cancelled_wait_as_unknown_whatever_it_logs() {
    let mut cluster = Cluster::start(&Options::fast());
    for (nth, level) in ["error", "info", "trace"].into_iter().enumerate() {
        let directory = tempfile::tempdir().unwrap();
        let program =
            Program { directory, database: cluster.fresh_database(), environment: Vec::new() };
        program.open_log();
        program.write("before.jsonl", &[receipt_line(estate(0), "before:0000", 3)]);
        assert_eq!(program.import("before.jsonl --commit").0, 0);
        program.write("j.jsonl", &[receipt_line(estate(0), &format!("cut:{nth:04}"), 3)]);
        cluster.set("synchronous_standby_names", "nobody");
        let mut command = program.command("--json import journal j.jsonl --commit");
        command.env("MINGZHANG_LOG_LEVEL", level);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = waiting(&cluster).await;
        cluster.psql("postgres", &format!("select pg_cancel_backend({pid})"));
        let told = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        let answers = answers(&told.stdout);
        assert_eq!(answers[0]["status"], "unknown", "{level}: {told:?}");
        assert_eq!(told.status.code(), Some(1), "{level}");
        cluster.set("synchronous_standby_names", "");
        let (status, answers, _) = program.import("j.jsonl --commit");
        assert_eq!((status, answers[0]["status"].as_str()), (0, Some("known")));
    }
}
