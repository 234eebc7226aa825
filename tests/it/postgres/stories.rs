//! The servers do what the stories of other files rely on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::server::{processes_within, signal, sweep};
use super::{Cluster, Options, until};

#[test]
fn the_shared_cluster_answers_and_fresh_databases_differ() {
    let cluster = Cluster::shared();
    let (first, second) = (cluster.fresh_database(), cluster.fresh_database());
    assert_ne!(first, second);
    let (first, second) = (name(&first), name(&second));
    cluster.psql(first, "create table entry (seq int); insert into entry values (1)");
    assert_eq!(cluster.psql(first, "select seq from entry"), "1");
    let error = cluster.try_psql(second, "select seq from entry").unwrap_err();
    assert!(error.contains("does not exist"), "{error}");
    let sql = "select pg_encoding_to_char(encoding), datcollate from pg_database \
               where datname = current_database()";
    assert_eq!(cluster.psql(first, sql), "UTF8|C");
}

#[test]
fn what_is_committed_stands_after_a_kill() {
    let mut cluster = Cluster::start(&Options::default());
    assert_eq!(cluster.psql("postgres", "show fsync"), "on");
    let url = cluster.fresh_database();
    let books = name(&url);
    cluster.psql(books, "create table entry (seq int); insert into entry values (1)");
    cluster.kill_hard();
    assert!(cluster.try_psql(books, "select 1").is_err(), "the server is gone");
    cluster.restart();
    assert_eq!(cluster.url(books), url, "it comes back where it was");
    assert_eq!(cluster.psql(books, "select seq from entry"), "1");
    cluster.stop();
    assert!(cluster.try_psql(books, "select 1").is_err(), "the server is gone");
    cluster.restart();
    cluster.wait_ready();
    assert_eq!(cluster.psql(books, "select seq from entry"), "1");
}

#[test]
fn a_standby_has_what_was_committed_and_takes_over() {
    let options = Options::fast().with("synchronous_standby_names", "FIRST 1 (second)");
    let mut primary = Cluster::start(&options);
    let mut standby = primary.standby("second");
    primary.wait_for_sync_standby();
    let url = primary.fresh_database();
    let books = name(&url);
    primary.psql(books, "create table entry (seq int)");
    primary.psql(books, "insert into entry select generate_series(1, 1000)");
    primary.kill_hard();
    let count = "select count(*) from entry";
    // It has written down all of it, and may not yet show it.
    let error = standby.try_psql("postgres", "create table entry (seq int)").unwrap_err();
    assert!(error.contains("read-only"), "{error}");
    standby.promote();
    assert_eq!(standby.psql(books, count), "1000");
    standby.psql(books, "insert into entry values (1001)");
    assert_eq!(standby.psql(books, count), "1001");
}

#[test]
fn a_commit_waits_for_the_standby_it_is_told_to_wait_for() {
    let mut primary = Cluster::start(&Options::fast());
    let mut standby = primary.standby("second");
    primary.set("synchronous_standby_names", "second");
    primary.wait_for_sync_standby();
    standby.stop();
    std::thread::scope(|scope| {
        let commit = scope.spawn(|| primary.psql("postgres", "create table entry (seq int)"));
        let waits = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
        until("the commit waits", || primary.psql("postgres", waits) == "1");
        standby.restart();
        commit.join().unwrap();
    });
}

#[tokio::test]
async fn a_certificate_is_verified() {
    use sqlx::Connection;
    let cluster = Cluster::start(&Options::fast().with_tls());
    let url = cluster.tls_url("postgres");
    for url in [&url, &cluster.standby("second").tls_url("postgres")] {
        sqlx::PgConnection::connect(url).await.unwrap().close().await.unwrap();
    }
    let refused = [
        ("another name than the certificate's", url.replace("localhost", "127.0.0.1")),
        ("authorities of the system", url.split("&sslrootcert").next().unwrap().to_owned()),
        ("no TLS", cluster.url("postgres") + "?sslmode=disable"),
    ];
    for (how, url) in refused {
        assert!(sqlx::PgConnection::connect(&url).await.is_err(), "{how}: {url}");
    }
}

/// The database an URL names.
fn name(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

/// In the test process that will be killed: where to write down what it started.
const VICTIM: &str = "MINGZHANG_TEST_VICTIM";

#[test]
fn nothing_is_left_of_a_killed_test_process() {
    if let Some(file) = std::env::var_os(VICTIM) {
        let cluster = Cluster::start(&Options::fast());
        let server = &cluster.server;
        let text = format!("{} {}", server.home().display(), server.watchdog());
        // Written under another name first: whoever reads it reads all of it.
        std::fs::write(Path::new(&file).with_extension("new"), text).unwrap();
        std::fs::rename(Path::new(&file).with_extension("new"), file).unwrap();
        cluster.psql("postgres", "select pg_sleep(600)");
        return;
    }
    for watchdog_too in [false, true] {
        let home = killed(watchdog_too);
        if watchdog_too {
            sweep();
        }
        until("the directory is gone", || !home.exists());
        assert!(processes_within(&home.join("data")).is_empty(), "the server still runs");
    }
}

/// Runs this test in a process of its own, kills it, and says where its server was.
fn killed(watchdog_too: bool) -> PathBuf {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("victim");
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim.args(["--exact", "postgres::stories::nothing_is_left_of_a_killed_test_process"]);
    victim.env(VICTIM, &file).stdout(Stdio::null()).stderr(Stdio::null());
    let mut victim = victim.spawn().unwrap();
    until("the victim's server is ready", || file.exists());
    let text = std::fs::read_to_string(&file).unwrap();
    let (home, watchdog) = text.rsplit_once(' ').unwrap();
    assert!(!processes_within(&Path::new(home).join("data")).is_empty());
    if watchdog_too {
        signal("KILL", &[watchdog.parse().unwrap()]);
    }
    victim.kill().unwrap();
    victim.wait().unwrap();
    home.into()
}
