//! Behind the program's back: SQL without its triggers and keys, copies of whole databases, and
//! what the program makes of it. Next: `tamper_database.rs`, `engines.rs`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use mingzhang::services::verifier::{self, DatabaseReport, Question, Silent, VerifierError};
use mingzhang::store::Store;

use crate::postgres::Cluster;

/// The file of a SQLite database as a command takes it.
pub fn file(database: &str) -> PathBuf {
    database.strip_prefix("sqlite:").expect("a SQLite database").into()
}

/// The name of a database on the shared server.
pub fn name(database: &str) -> &str {
    database.rsplit('/').next().unwrap()
}

/// What SQL answers: a line a row, columns divided by `|`.
pub fn sql(database: &str, text: &str) -> String {
    if database.starts_with("postgres") {
        return Cluster::shared().psql(name(database), text);
    }
    // What begins with a comment is no option.
    let text = if text.starts_with('-') { &format!("\n{text}") } else { text };
    let output = Command::new("sqlite3")
        .args(["-bail", "-cmd", ".timeout 10000"])
        .arg(file(database))
        .arg(text)
        .output()
        .expect("sqlite3 runs");
    assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

/// SQL that no trigger, foreign key or check stops.
pub fn force(database: &str, text: &str) {
    let before = if database.starts_with("postgres") {
        "alter table entry disable trigger all; alter table estate disable trigger all;
         alter table log_node disable trigger all; alter table book_snapshot disable trigger all;
         alter table log_node drop constraint log_node_level_check;"
    } else {
        "drop trigger entry_is_never_changed; drop trigger entry_is_never_removed;
         pragma foreign_keys = off; pragma ignore_check_constraints = on;"
    };
    sql(database, &format!("{before} {text}"));
}

/// A copy of a database that nobody has open.
pub fn copy(database: &str, directory: &Path) -> String {
    static COPIES: AtomicU64 = AtomicU64::new(0);
    let nth = COPIES.fetch_add(1, Ordering::Relaxed);
    if database.starts_with("postgres") {
        let (cluster, copy) = (Cluster::shared(), format!("copy_{nth}"));
        let name = name(database);
        let sql = format!("create database {copy} template {name} strategy file_copy");
        cluster.psql("postgres", &sql);
        return cluster.url(&copy);
    }
    let copy = directory.join(format!("copy-{nth}.db"));
    std::fs::copy(file(database), &copy).unwrap();
    format!("sqlite:{}", copy.display())
}

/// Removes a copy.
pub fn remove(database: &str) {
    if database.starts_with("postgres") {
        let name = name(database);
        Cluster::shared().psql("postgres", &format!("drop database {name} with (force)"));
    } else {
        std::fs::remove_file(file(database)).unwrap();
    }
}

/// What verification says of a database.
pub async fn verify(database: &str) -> Result<DatabaseReport, VerifierError> {
    let store = Store::open(&database.parse().unwrap()).await?;
    let report = verifier::verify(&store, Question::default(), None, &Silent).await;
    store.close().await;
    report
}

/// Verifies a database that has to be sound.
pub async fn sound(database: &str) -> DatabaseReport {
    let report = verify(database).await.unwrap();
    assert!(report.is_sound(), "{:?} {:?}", report.faults, report.broken);
    report
}
