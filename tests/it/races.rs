//! Several who post at the same time, in one process and in several: one log without a gap, one
//! unbroken chain an estate, each reference once.

use std::collections::{BTreeMap, HashMap};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use mingzhang::ledger::id::EstateCode;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::{Books, Limits, Posted};
use mingzhang::services::clock::SystemClock;
use mingzhang::store::Store;
use serde_json::Value;
use test_case::test_case;

use crate::behind::{sound, sql};
use crate::harness::On;
use crate::program::{Program, answers, estate, opening, receipt, receipt_line};

/// Estates that everybody posts to.
const ESTATES: usize = 4;

fn program(on: On) -> Program {
    let directory = tempfile::tempdir().unwrap();
    let database = on.fresh(directory.path());
    let program = Program { directory, database, environment: Vec::new() };
    program.open_log();
    program
}

async fn books(database: &str, limits: Limits) -> Books {
    let store = Store::open(&database.parse().unwrap()).await.unwrap();
    Books::open(store, Arc::new(SystemClock), limits)
}

/// The journal of one process: every one opens the estates, half of the receipts are the same
/// for all of them, half are its own.
fn lines(process: usize, receipts: usize) -> Vec<String> {
    let opened = (1..ESTATES).map(|nth| opening(estate(nth)));
    let each = (0..receipts).map(|nth| {
        let key = if nth % 2 == 0 {
            format!("every:{nth:05}")
        } else {
            format!("proc{process}:{nth:05}")
        };
        receipt_line(estate(nth % ESTATES), &key, 1 + u64::try_from(nth).unwrap())
    });
    opened.chain(each).collect()
}

/// Tasks of this process: each posts receipts in turn, half of them those of the others.
async fn tasks(books: &Books, tasks: usize, receipts: usize) -> Vec<Posted> {
    let each = (0..tasks).map(|task| {
        let books = books.clone();
        tokio::spawn(async move {
            let mut posted = Vec::new();
            for nth in 0..receipts {
                let shared = (nth + task) % 2 == 0;
                let key =
                    if shared { format!("task:{nth:05}") } else { format!("task{task}:{nth:05}") };
                let draft = receipt(estate(nth % ESTATES), &key, 7);
                let by = command_line("o_operator");
                posted.extend(books.post(vec![draft], by).await.unwrap());
            }
            posted
        })
    });
    let each: Vec<_> = each.collect();
    let mut all = Vec::new();
    for task in each {
        all.extend(task.await.unwrap());
    }
    all
}

/// Of everybody who was answered for a reference one posted it, and all were told the same.
fn told_once(told: &[(String, String, Value)]) {
    let mut by_ref: HashMap<&str, Vec<&(String, String, Value)>> = HashMap::new();
    for one in told {
        by_ref.entry(&one.0).or_default().push(one);
    }
    for (key, told) in by_ref {
        let posted = told.iter().filter(|(_, status, _)| status == "posted").count();
        assert_eq!(posted, 1, "{key}: {told:?}");
        assert!(told.iter().all(|one| one.2 == told[0].2), "{key}: {told:?}");
    }
}

/// The log, from its rows: no gap, chains from 0, each reference once.
fn check_rows(database: &str, entries: usize) {
    let gaps = "select count(*), min(log_index), max(log_index) + 1 from entry";
    assert_eq!(sql(database, gaps), format!("{entries}|0|{entries}"));
    let chains = "select count(*) from (select estate_id from entry group by estate_id
        having max(seq) + 1 <> count(*) or count(distinct ref) <> count(*)) as broken";
    assert_eq!(sql(database, chains), "0");
}

fn answer_of(line: &Value) -> (String, String, Value) {
    let key = format!("{} {}", line["estate"].as_str().unwrap(), line["ref"].as_str().unwrap());
    let place = serde_json::json!([line["seq"], line["hash"]]);
    (key, line["status"].as_str().unwrap().to_owned(), place)
}

/// Processes import journals while tasks of this process post; then everything is checked.
async fn together(on: On, processes: usize, posters: usize, receipts: usize) {
    let program = program(on);
    let children: Vec<_> = (0..processes)
        .map(|process| {
            let file = format!("j{process}.jsonl");
            program.write(&file, &lines(process, receipts));
            let mut command = program.command(&format!("--json import journal {file} --commit"));
            command.env("MINGZHANG_WRITER_BATCH_MAX", "16");
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let limits = Limits { batch_max: 16, ..Limits::default() };
    let here = books(&program.database, limits).await;
    // The others' journals open the estates; who is sooner posts the same opening.
    for nth in 1..ESTATES {
        let opening = mingzhang::ledger::draft::Batch::read(opening(estate(nth)).as_bytes());
        here.post(opening.unwrap().drafts, command_line("o_operator")).await.unwrap();
    }
    let posted = tasks(&here, posters, receipts / 4).await;
    let mut told = Vec::new();
    for child in children {
        let output =
            tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{said} {output:?}");
        let mut lines = answers(&output.stdout);
        lines.pop();
        told.extend(lines.iter().map(answer_of).filter(|(key, ..)| key.contains(" every:")));
    }
    assert_eq!(told.len(), processes * receipts.div_ceil(2));
    told_once(&told);
    let mut places = BTreeMap::new();
    for one in &posted {
        places.entry((one.estate, one.seq)).or_insert_with(Vec::new).push(one);
    }
    for told in places.values() {
        assert_eq!(told.iter().filter(|one| !one.known).count(), 1, "{told:?}");
        assert!(told.iter().all(|one| one.hash == told[0].hash), "{told:?}");
    }
    let opened = 2 * ESTATES;
    let own = processes * (receipts / 2);
    let entries = opened + receipts.div_ceil(2) + own + places.len();
    check_rows(&program.database, entries);
    assert_eq!(sound(&program.database).await.entries, u64::try_from(entries).unwrap());
    assert_sees_all(&here).await;
    here.close().await;
}

/// What these books hold is what the entries fold to.
async fn assert_sees_all(books: &Books) {
    // A posting under the lock reads on to the end of the log.
    for nth in 0..ESTATES {
        let draft = receipt(estate(nth), "last:00001", 1);
        books.post(vec![draft], command_line("o_operator")).await.unwrap();
        let book = books.book(estate(nth)).await.unwrap().unwrap();
        let folded = books.fold(estate(nth)).await.unwrap();
        assert_eq!(book.snapshot().unwrap(), folded.snapshot().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_processes_and_eight_tasks_share_a_server() {
    let receipts = if crate::harness::is_long() { 2_000 } else { 200 };
    together(On::Postgres, 3, 8, receipts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_tasks_and_a_second_process_share_a_file() {
    let receipts = if crate::harness::is_long() { 2_000 } else { 200 };
    together(On::Sqlite, 1, 16, receipts).await;
}

#[test]
fn processes_that_open_a_new_file_together_all_find_it_made() {
    let directory = tempfile::tempdir().unwrap();
    let database = On::Sqlite.fresh(directory.path());
    let program = Program { directory, database, environment: Vec::new() };
    let children: Vec<_> = (0..6)
        .map(|nth| {
            let arguments = format!(
                "estate open --log test.invalid/estates --code {} --name x --address y \
                --households 3 --area 32.00 --company z --date 2025-01-01",
                estate(nth)
            );
            let mut command = program.command(&arguments);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    check_rows(&program.database, 12);
}

/// Waits until books show so many entries of an estate.
async fn shows(books: &Books, code: EstateCode, entries: u64) {
    let until = async {
        while books.book(code).await.unwrap().is_none_or(|book| book.head().entries < entries) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), until).await;
    assert!(waited.is_ok(), "the book never shows {entries} entries");
}

#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn two_caches_over_one_log_never_post_on_a_wrong_head(on: On) {
    let program = program(on);
    let by = || command_line("o_operator");
    let both = [
        books(&program.database, Limits::default()).await,
        books(&program.database, Limits::default()).await,
    ];
    let following = both.each_ref().map(|books| {
        let books = books.clone();
        tokio::spawn(async move { books.follow(Duration::from_millis(5)).await })
    });
    let code = estate(0);
    let mut head = both[0].book(code).await.unwrap().unwrap().head();
    for nth in 0..60_usize {
        let (one, other) = (&both[nth % 2], &both[(nth + 1) % 2]);
        // Every third time the other's cache hasn't followed yet.
        if nth % 3 == 0 {
            shows(other, code, head.entries).await;
        }
        let posted =
            one.post(vec![receipt(code, &format!("turn:{nth:05}"), 3)], by()).await.unwrap();
        let entry = one.entry(code, posted[0].seq).await.unwrap().unwrap().posted;
        assert_eq!((posted[0].seq, entry.entry.prev), (head.entries, head.hash));
        head = one.book(code).await.unwrap().unwrap().head();
        assert_eq!((head.entries, head.hash), (posted[0].seq + 1, posted[0].hash));
    }
    for books in &both {
        shows(books, code, head.entries).await;
        let book = books.book(code).await.unwrap().unwrap();
        let folded = books.fold(code).await.unwrap();
        assert_eq!(book.head(), head);
        assert_eq!(book.snapshot().unwrap(), folded.snapshot().unwrap());
    }
    following.iter().for_each(tokio::task::JoinHandle::abort);
    sound(&program.database).await;
}

/// Both post at once, without following: whoever is later reads the other's under the lock.
#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_caches_that_follow_nothing_post_at_once(on: On) {
    let program = program(on);
    // So little memory that books come and go.
    let limits =
        Limits { memory_bytes: 20_000, batch_max: 4, snapshot_every: 7, ..Limits::default() };
    let both = [books(&program.database, limits).await, books(&program.database, limits).await];
    for nth in 1..ESTATES {
        let opening = mingzhang::ledger::draft::Batch::read(opening(estate(nth)).as_bytes());
        both[0].post(opening.unwrap().drafts, command_line("o_operator")).await.unwrap();
    }
    let (one, other) = tokio::join!(tasks(&both[0], 4, 40), tasks(&both[1], 4, 40));
    assert_eq!(one.len() + other.len(), 320);
    for books in &both {
        assert_sees_all(books).await;
    }
    sound(&program.database).await;
}

/// A database put back, or a standby that lacks the last entries, behind a process that has
/// their books in memory.
#[test_case(On::Sqlite; "sqlite")]
#[test_case(On::Postgres; "postgres")]
#[tokio::test]
async fn books_of_entries_that_are_gone_are_not_posted_on(on: On) {
    let program = program(on);
    let by = || command_line("o_operator");
    let one = books(&program.database, Limits::default()).await;
    let code = estate(0);
    for nth in 0..5 {
        one.post(vec![receipt(code, &format!("gone:{nth:05}"), 3)], by()).await.unwrap();
    }
    for (round, others) in [(0, 0), (1, 9)] {
        crate::behind::force(
            &program.database,
            "delete from entry where log_index >= (select max(log_index) - 1 from entry)",
        );
        let triggers = on == On::Sqlite;
        if triggers {
            // They are made again so that the next round can drop them.
            let again = "create trigger entry_is_never_changed before update on entry begin
                select raise(abort, 'append-only'); end;
                create trigger entry_is_never_removed before delete on entry begin
                select raise(abort, 'append-only'); end;";
            sql(&program.database, again);
        } else {
            let again =
                "alter table log_node add constraint log_node_level_check check (level >= 1)";
            sql(&program.database, again);
        }
        // Somebody else went on from there, so that the log is not even shorter.
        let other = books(&program.database, Limits::default()).await;
        for nth in 0..others {
            other.post(vec![receipt(code, &format!("other:{nth:05}"), 3)], by()).await.unwrap();
        }
        one.post(vec![receipt(code, &format!("later:{round:05}"), 3)], by()).await.unwrap();
        let book = one.book(code).await.unwrap().unwrap();
        let folded = one.fold(code).await.unwrap();
        assert_eq!(book.snapshot().unwrap(), folded.snapshot().unwrap());
        sound(&program.database).await;
    }
}
