//! The power goes at any moment: every prefix of what was written, with what wasn't synced
//! there, gone, or there in part, opens as sound books that hold all that was acknowledged.

use mingzhang::ledger::id::EntryHash;
use std::path::Path;
use std::sync::Arc;

use mingzhang::ledger::draft::Batch;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::books::Books;
use mingzhang::services::clock::SystemClock;
use mingzhang::store::{Location, Store};
use serde_json::Value;

use super::trace::{Disk, Event, Image, traced, traced_making};
use super::{Base, ESTATES, limits, on_a_small_disk};
use crate::harness::{export, is_long, verified};
use crate::program::{Chance, answers, estate, told};

/// Prefixes of the short run, of each base.
const SAMPLE: usize = 40;

#[test]
fn a_power_cut_in_the_middle_of_a_checkpoint_loses_nothing() {
    let base = Base::near_checkpoint();
    let events = traced(&base);
    let copied = events.iter().any(|event| matches!(event, Event::Write { file: 0, .. }));
    assert!(copied, "the log is copied back under this load");
    cut(&base, &events);
}

#[test]
fn a_power_cut_while_the_log_is_made_loses_nothing() {
    let base = Base::without_wal();
    let events = traced(&base);
    cut(&base, &events);
}

#[test]
fn a_power_cut_while_a_database_is_made_leaves_one_that_can_be_made() {
    let events = traced_making(&on_a_small_disk());
    let nothing = Disk::holding([None, None, None]);
    walk(nothing, &events, SAMPLE / 2, |place, image, words| {
        let program = on_a_small_disk();
        write(&program.directory.path().join("books.db"), image);
        let (status, said) = told(&program.opening().output().unwrap());
        // It was opened before the cut, or is now; who was told so need not do it again.
        assert!(status == 2 || (status == 0 && words.is_empty()), "{place}: {status} {said}");
        assert_eq!(program.verified(), 2, "{place}: {said}");
    });
}

fn cut(base: &Base, events: &[Event]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    walk(Disk::of(base), events, SAMPLE, |place, image, told| {
        runtime.block_on(check(place, base, image, &answers(told)));
    });
}

/// Hands in what a disk may hold after each call, or after a sample of them, and what was told
/// until then.
fn walk(
    mut disk: Disk,
    events: &[Event],
    sample: usize,
    mut check: impl FnMut(&str, &Image, &[u8]),
) {
    let mut chance = Chance::seeded(11);
    let share = if is_long() { 1 } else { events.len().div_ceil(sample) };
    let mut told = Vec::new();
    let mut images = 0;
    for (at, event) in events.iter().enumerate() {
        disk.take(event);
        if let Event::Told(words) = event {
            told.extend_from_slice(words);
        }
        if chance.below(share) != 0 {
            continue;
        }
        let mut kinds = vec![("whole", disk.whole())];
        if disk.is_pending() {
            kinds.push(("synced", disk.synced()));
            kinds.push(("torn", disk.torn(&mut chance)));
        }
        for (kind, image) in kinds {
            images += 1;
            check(&format!("after call {at} of {}, {kind}", events.len()), &image, &told);
        }
    }
    println!("{images} images of {} calls", events.len());
}

/// Opens an image as a program would that starts after the cut.
async fn check(place: &str, base: &Base, image: &Image, acknowledged: &[Value]) {
    let program = base.program();
    let path = program.directory.path().join("books.db");
    write(&path, image);
    let store = Store::open(&Location::Sqlite(path)).await;
    let store = store.unwrap_or_else(|error| panic!("{place}: {error}"));
    let books = Books::open(store.clone(), Arc::new(SystemClock), limits());
    let estates = if base.wal.is_some() { ESTATES } else { 1 };
    for nth in 0..estates {
        let report = verified(&export(&books, estate(nth)).await);
        assert_eq!(report.faults, vec![], "{place}");
    }
    let entries = store.primary().log_size().await.unwrap();
    let acknowledged: Vec<_> =
        acknowledged.iter().filter(|answer| answer["status"] == "posted").collect();
    assert!(entries >= base.before, "{place}: {entries} entries");
    for answer in &acknowledged {
        let code = answer["estate"].as_str().unwrap().parse().unwrap();
        let stands = store.primary().entry(code, answer["seq"].as_u64().unwrap()).await.unwrap();
        let stands = stands.unwrap_or_else(|| panic!("{place}: {answer} is lost"));
        assert_eq!(
            answer["hash"],
            EntryHash::from_bytes(stands.hash.as_slice().try_into().unwrap()).to_string(),
            "{place}: {answer}"
        );
    }
    retry(place, base, &books, acknowledged.last().copied()).await;
    drop(books);
    store.close().await;
}

/// The last acknowledged line is known; the line after it is posted now, or was.
async fn retry(place: &str, base: &Base, books: &Books, last: Option<&Value>) {
    let line = last.map_or(0, |answer| answer["line"].as_u64().unwrap());
    let line = usize::try_from(line).unwrap();
    let by = || command_line("o_operator");
    if let Some(answer) = last {
        let batch = Batch::read(base.lines[line - 1].as_bytes()).unwrap();
        let posted = books.post(batch.drafts, by()).await;
        let posted = posted.unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(posted.iter().all(|one| one.known), "{place}: {posted:?}");
        let stands = posted.iter().any(|one| answer["hash"] == one.hash.to_string());
        assert!(stands, "{place}: {answer} {posted:?}");
    }
    if let Some(next) = base.lines.get(line) {
        let batch = Batch::read(next.as_bytes()).unwrap();
        let posted = books.post(batch.drafts, by()).await;
        posted.unwrap_or_else(|error| panic!("{place}: {error}"));
    }
}

fn write(path: &Path, image: &Image) {
    for (content, ending) in image.iter().zip(["db", "db-wal", "db-journal"]) {
        let path = path.with_extension(ending);
        match content {
            Some(content) => std::fs::write(path, content).unwrap(),
            None => {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
