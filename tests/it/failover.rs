//! A server dies under load and another takes its place, or the same comes back: whatever was
//! acknowledged stands, nothing stands twice. Next: `failover/kill.rs`.

mod kill;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::behind::sound;
use crate::harness::is_long;
use crate::postgres::{Cluster, Options};
use crate::program::{Program, estate, opening, receipt_line};

/// Estates that the load is about.
const ESTATES: usize = 3;
/// How long a program may take to post a journal, or to find that it can't.
const PATIENCE: Duration = Duration::from_mins(1);

/// What an answer promises, by the draft's reference: estate, number and hash.
type Promises = BTreeMap<String, (Value, Value, Value)>;

/// The program over a database that is a log and has its first estate.
fn program(database: String) -> Program {
    let program =
        Program { directory: tempfile::tempdir().unwrap(), database, environment: Vec::new() };
    program.open_log();
    program
}

/// Receipts of one round, over all estates; the first round opens them.
fn load(round: usize, receipts: usize) -> Vec<String> {
    let opened = (1..ESTATES).filter(|_| round == 0).map(|nth| opening(estate(nth)));
    let each = (0..receipts).map(|nth| {
        receipt_line(estate(nth % ESTATES), &format!("round{round}:{nth:05}"), 1 + nth as u64)
    });
    opened.chain(each).collect()
}

/// Begins to post a journal, a few entries a commit.
fn begin(program: &Program, file: &str) -> Child {
    let mut command = program.command(&format!("--json import journal {file} --commit"));
    command.env("MINGZHANG_WRITER_BATCH_MAX", "4");
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Ends a process that takes too long, so that a test does.
struct Guard(#[expect(dead_code, reason = "dropped, it calls the guard off")] Sender<()>);

impl Guard {
    fn of(child: &Child) -> Self {
        let (sender, done) = channel::<()>();
        let id = child.id().to_string();
        std::thread::spawn(move || {
            if done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                Command::new("kill").args(["-9", &id]).status().ok();
            }
        });
        Self(sender)
    }
}

/// Takes answers until there are so many or no more come.
fn take(child: &mut BufReader<impl Read>, promises: &mut Promises, enough: usize) {
    let mut line = String::new();
    while promises.len() < enough {
        line.clear();
        // The last line may have been cut.
        if child.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
            return;
        }
        let answer: Value = serde_json::from_str(&line).unwrap();
        promise(&answer, promises);
    }
}

fn promise(answer: &Value, promises: &mut Promises) {
    if matches!(answer["status"].as_str(), Some("posted" | "known")) {
        let key = format!("{} {}", answer["estate"], answer["ref"]);
        let place = (answer["estate"].clone(), answer["seq"].clone(), answer["hash"].clone());
        let before = promises.insert(key, place.clone());
        assert!(before.is_none_or(|before| before == place), "told twice otherwise: {answer}");
    }
}

/// Posts a journal until something ends it, when so many answers came; tells what was promised.
fn post_until(
    program: &Program,
    file: &str,
    enough: usize,
    end: impl FnOnce(&mut Child),
) -> Promises {
    let mut child = begin(program, file);
    let _guard = Guard::of(&child);
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    let mut promises = Promises::new();
    take(&mut answers, &mut promises, enough);
    end(&mut child);
    take(&mut answers, &mut promises, usize::MAX);
    child.wait().unwrap();
    promises
}

/// Posts the journal to its end: all of it stands, and what was promised stands as it was told.
fn settle(program: &Program, file: &str, drafts: usize, promised: &Promises) {
    let (status, answers, totals) = program.import(&format!("{file} --commit"));
    assert_eq!(status, 0, "{totals} {answers:?}");
    let mut stands = Promises::new();
    for answer in &answers {
        promise(answer, &mut stands);
    }
    assert_eq!(stands.len(), drafts);
    let known = totals["known"].as_u64().unwrap();
    assert!(known >= u64::try_from(promised.len()).unwrap(), "{totals}, {}", promised.len());
    for (key, place) in promised {
        assert_eq!(stands.get(key), Some(place), "{key} was acknowledged");
    }
}

#[tokio::test]
async fn a_standby_that_takes_over_has_all_that_was_acknowledged() {
    let (rounds, receipts) = if is_long() { (20, 600) } else { (3, 200) };
    for round in 0..rounds {
        let confirm = ["on", "remote_apply"][round % 2];
        let options = Options::fast()
            .with("synchronous_commit", confirm)
            .with("synchronous_standby_names", "second");
        // Without it nothing could be committed before the standby is there.
        let mut primary = Cluster::start(&options.with("synchronous_standby_names", ""));
        let mut standby = primary.standby("second");
        primary.set("synchronous_standby_names", "second");
        primary.wait_for_sync_standby();
        let first = program(primary.fresh_database());
        let lines = load(0, receipts);
        first.write("j.jsonl", &lines);
        let enough = 1 + (round * 67 + 40) % (receipts - 10);
        let started = Instant::now();
        let promised = post_until(&first, "j.jsonl", enough, |child| {
            primary.kill_hard();
            // The first finds out by itself that nobody answers any more.
            if round > 0 {
                child.kill().unwrap();
            }
        });
        assert!(started.elapsed() < PATIENCE, "it hangs where nobody answers");
        assert!(promised.len() >= enough, "{} acknowledged", promised.len());
        standby.promote();
        let name = first.database.rsplit('/').next().unwrap().to_owned();
        let second = Program {
            directory: first.directory,
            database: standby.url(&name),
            environment: Vec::new(),
        };
        let drafts = receipts + 2 * (ESTATES - 1);
        settle(&second, "j.jsonl", drafts, &promised);
        let report = sound(&second.database).await;
        assert_eq!(report.entries, u64::try_from(drafts + 2).unwrap());
    }
}
