//! The server or the program is killed between two instructions, again and again.

use super::{ESTATES, load, post_until, program, settle};
use crate::behind::sound;
use crate::harness::is_long;
use crate::postgres::{Cluster, Options};

/// Rounds after which a fresh database is begun.
const FRESH_AFTER: usize = 20;

#[tokio::test]
async fn what_was_acknowledged_survives_the_death_of_server_and_program() {
    let (rounds, receipts) = if is_long() { (200, 150) } else { (20, 60) };
    let mut cluster = Cluster::start(&Options::fast());
    let (mut unfinished, mut program_) = (0, program(cluster.fresh_database()));
    let mut entries = 2;
    for round in 0..rounds {
        if round > 0 && round % FRESH_AFTER == 0 {
            sound(&program_.database).await;
            program_ = program(cluster.fresh_database());
            entries = 2;
        }
        let lines = load(round % FRESH_AFTER, receipts);
        program_.write("j.jsonl", &lines);
        let enough = (round * 17 + 3) % (receipts - 10);
        let promised = post_until(&program_, "j.jsonl", enough, |child| {
            if round % 2 == 0 {
                cluster.kill_hard();
                cluster.restart();
            } else {
                child.kill().unwrap();
            }
        });
        unfinished += usize::from(promised.len() < receipts);
        let opened = if round % FRESH_AFTER == 0 { 2 * (ESTATES - 1) } else { 0 };
        entries += receipts + opened;
        settle(&program_, "j.jsonl", receipts + opened, &promised);
        if round % 5 == 4 || is_long() {
            let report = sound(&program_.database).await;
            assert_eq!(report.entries, u64::try_from(entries).unwrap());
        }
    }
    sound(&program_.database).await;
    assert!(unfinished * 2 > rounds, "{unfinished} of {rounds} rounds were cut short");
}
