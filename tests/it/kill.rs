//! kill -9 at any moment under load: whatever was acknowledged stands, nothing stands in halves,
//! and posting the same journal again settles the rest.
//!
//! The load is the program itself; the lines of its report are the acknowledgements.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;
use test_case::test_case;

use crate::harness::{On, is_long};
use crate::program::{Chance, Program, answers, estate, opening, receipts};

const ESTATES: usize = 20;
const LINES: usize = 200;
/// The most rounds that one database lives through.
const ROUNDS_MAX: usize = 20;

#[test_case(On::Sqlite, 20)]
#[test_case(On::Postgres, 20)]
fn whatever_was_acknowledged_survives_kill_9(on: On, rounds: usize) {
    let mut chance = Chance::seeded(20_250_301);
    let rounds = if is_long() { 10 * rounds } else { rounds };
    for first in (0..rounds).step_by(ROUNDS_MAX) {
        let directory = tempfile::tempdir().unwrap();
        let url = on.fresh(directory.path());
        let rounds = ROUNDS_MAX.min(rounds - first);
        story(Program::at(directory, url), rounds, &mut chance);
    }
}

/// Rounds of load, kill, and settling, on an empty database of any engine.
fn story(mut program: Program, rounds: usize, chance: &mut Chance) {
    program.open_log();
    program.write("open.jsonl", &(1..ESTATES).map(|nth| opening(estate(nth))).collect::<Vec<_>>());
    assert_eq!(program.import("open.jsonl --commit").0, 0);
    // Small transactions and many snapshots, so that a kill meets them.
    program.environment.push(("MINGZHANG_WRITER_BATCH_MAX", "1".to_owned()));
    program.environment.push(("MINGZHANG_BOOKS_SNAPSHOT_EVERY", "10".to_owned()));
    let (mut interrupted, mut told) = (0, 0);
    let mut before = program.verified();
    for round in 0..rounds {
        let lines = receipts(&format!("round{round:03}"), ESTATES, LINES, chance);
        program.write("load.jsonl", &lines);
        let delay = Duration::from_millis(u64::try_from(5 + chance.below(296)).unwrap());
        let acknowledged = killed(program.journal("load.jsonl --commit"), delay);
        let drafts = lines.iter().map(|line| line.matches("\"ref\"").count()).sum::<usize>();
        interrupted += usize::from(acknowledged.len() < drafts);
        told += acknowledged.len();
        program.settle("load.jsonl", &acknowledged, before);
        before += u64::try_from(drafts).unwrap();
    }
    assert_eq!(program.verified(), before, "each draft stands once");
    println!("{interrupted} of {rounds} rounds were cut off, {told} drafts acknowledged before");
    assert!(interrupted > 0, "the load is over before it is killed");
}

/// Runs a load, kills it some time after its first acknowledgement; what it acknowledged.
fn killed(mut load: Command, delay: Duration) -> Vec<Value> {
    let mut child = load.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let (first, begun) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let (mut report, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let read = output.read(&mut piece).unwrap();
            if read == 0 {
                return report;
            }
            report.extend_from_slice(&piece[..read]);
            let _ = first.send(());
        }
    });
    begun.recv_timeout(Duration::from_mins(1)).expect("the load acknowledges something");
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut answers = answers(&reader.join().unwrap());
    // The totals, when it was done before it was killed.
    answers.retain(|answer| answer.get("format").is_none());
    answers
}
