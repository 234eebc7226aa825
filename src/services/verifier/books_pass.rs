//! The pass over the books: each estate's chain and fold from its rows, and what is made from
//! them: its row in the directory, its snapshot.

use std::fmt::Display;

use super::log_pass::expected_row;
use super::progress::Shared;
use super::{DatabaseFault, Listener, Question, VerifierError, compare, read_all};
use crate::ledger::book::{Book, SnapshotError};
use crate::ledger::entry::PostedEntry;
use crate::ledger::id::EstateCode;
use crate::proof::export::Header;
use crate::proof::verify::{Read, Report, Verification};
use crate::store::{DirectoryRow, Reader, SnapshotRow, Store, StoredRow};

/// Rows read at a time.
const CHUNK: u32 = 500;
/// Estates read at a time.
const ESTATES: u32 = 200;

/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub estates: u64,
    pub entries: u64,
    pub broken: Vec<EstateCode>,
    pub pin_found: bool,
}

pub(super) async fn run(
    store: &Store,
    log: &str,
    question: Question,
    shared: &Shared<'_>,
    listener: &dyn Listener,
) -> Result<Outcome, VerifierError> {
    let reader = store.primary();
    let (done, estates, entries, pin_found) = shared.books();
    let mut outcome = Outcome { estates, entries, pin_found, ..Outcome::default() };
    let mut after = done.map(|code| code.to_string()).unwrap_or_default();
    loop {
        let rows = reader.directory_rows(&after, ESTATES).await?;
        let Some(last) = rows.last() else {
            if question.estate.is_none() {
                shared.fault(orphans(reader).await?);
            }
            return Ok(outcome);
        };
        after.clone_from(&last.code);
        for row in rows {
            let Ok(code) = row.code.parse::<EstateCode>() else {
                let mut faults = Vec::new();
                compare(&mut faults, ("estate", &row.id), "code", &"an estate code", &row.code);
                shared.fault(faults);
                continue;
            };
            if question.estate.is_some_and(|only| only != code) {
                continue;
            }
            let mut pass =
                Pass { reader, log, shared, question, within_log: 0, least: 0, faults: Vec::new() };
            let report = pass.estate(code, &row).await?;
            outcome.estates += 1;
            outcome.entries += pass.within_log;
            outcome.pin_found |= report.after_pin.is_some();
            if !report.is_sound() {
                outcome.broken.push(code);
                shared.broken();
            }
            shared.fault(pass.faults);
            shared.books_are_at(code, pass.within_log, report.after_pin.is_some());
            listener.estate(&report);
        }
    }
}

/// Rows that hang on an estate which the directory doesn't have.
async fn orphans(reader: Reader<'_>) -> Result<Vec<DatabaseFault>, VerifierError> {
    let mut faults = Vec::new();
    for (table, rows) in reader.orphans().await? {
        compare(&mut faults, (&table, &"*"), "rows without an estate", &0, &rows);
    }
    Ok(faults)
}

/// One estate's verification under way.
struct Pass<'a> {
    reader: Reader<'a>,
    log: &'a str,
    shared: &'a Shared<'a>,
    question: Question,
    /// Entries that stood in the log when it began.
    within_log: u64,
    /// The least place in the log that its next entry may have.
    least: u64,
    faults: Vec<DatabaseFault>,
}

impl Pass<'_> {
    async fn estate(
        &mut self,
        code: EstateCode,
        row: &DirectoryRow,
    ) -> Result<Report, VerifierError> {
        // Read before the entries, so that it is never ahead of them.
        let snapshot = self.reader.snapshot(code).await?;
        let mut run = Verification::new(self.question.pin);
        let end = self.shared.entries();
        loop {
            let mut rows = self.reader.entries_from(code, run.entries(), CHUNK).await?;
            if rows.is_empty() {
                break;
            }
            let bodies = rows.iter_mut().map(|row| std::mem::take(&mut row.body)).collect();
            for (stored, read) in rows.iter().zip(read_all(bodies).await) {
                if run.entries() == 0 {
                    self.check_directory(stored.log_index, &read, row);
                }
                if stored.seq != run.entries() {
                    let (expected, found) = (run.entries().to_string(), stored.seq.to_string());
                    run.fault(Some(run.entries()), "I1", "/seq", &expected, &found);
                }
                self.check_place(code, stored);
                self.within_log += u64::from(stored.log_index < end);
                let named = self.named(code, &read).await?;
                run.take(read, named.as_ref())?;
                self.check_snapshot(code, &run, snapshot.as_ref());
            }
            self.shared.books_step(self.within_log);
        }
        let beyond = |kept: &SnapshotRow| !(1..=run.entries()).contains(&kept.entries);
        if let Some(snapshot) = snapshot.filter(beyond) {
            let place = ("book_snapshot", &code as &dyn Display);
            compare(&mut self.faults, place, "entries", &run.entries(), &snapshot.entries);
        }
        let log = self.log.to_owned();
        let header = Header { entries: run.entries(), estate: code, head: run.head(), log };
        Ok(run.finish(Ok(header)))
    }

    /// The log holds an estate's entries in the order of their numbers.
    fn check_place(&mut self, code: EstateCode, stored: &StoredRow) {
        let place = ("entry", &format!("{code}, {}", stored.seq) as &dyn Display);
        if !stored.is_in_log() {
            compare(&mut self.faults, place, "log_index", &"0 or more", &"below 0");
        } else if stored.log_index < self.least {
            let (least, found) = (format!("{} or more", self.least), stored.log_index);
            compare(&mut self.faults, place, "log_index", &least, &found);
        } else {
            self.least = stored.log_index + 1;
        }
    }

    /// The row of the directory is what the first entry calls for.
    fn check_directory(&mut self, log_index: u64, read: &Read, row: &DirectoryRow) {
        let first = read.entry().ok().map(|posted| &posted.entry);
        let Some(expected) = first.and_then(|first| expected_row(log_index, first)) else { return };
        let place = ("estate", &row.code as &dyn Display);
        compare(&mut self.faults, place, "estate_id", &expected.id, &row.id);
        compare(&mut self.faults, place, "code", &expected.code, &row.code);
        compare(&mut self.faults, place, "name", &expected.name, &row.name);
        compare(&mut self.faults, place, "address", &expected.address, &row.address);
    }

    /// The snapshot is the book that the fold has at that entry, byte by byte.
    fn check_snapshot(&mut self, code: EstateCode, run: &Verification, kept: Option<&SnapshotRow>) {
        let Some(kept) = kept.filter(|kept| kept.entries == run.book().head().entries) else {
            return;
        };
        let body = kept.body.as_bytes();
        // One of another version of the fold is never used.
        let is_other = matches!(Book::from_snapshot(body), Err(SnapshotError::OtherVersion));
        if kept.entries != run.entries() || is_other {
            return;
        }
        let again = run.book().snapshot().unwrap_or_default();
        if again != body {
            let at = again.iter().zip(body).take_while(|(a, b)| a == b).count();
            let near = |bytes: &[u8]| {
                let end = (at + 24).min(bytes.len());
                String::from_utf8_lossy(&bytes[at.saturating_sub(24).min(end)..end]).into_owned()
            };
            let place = ("book_snapshot", &code as &dyn Display);
            let (expected, found) = (near(&again), near(body));
            compare(&mut self.faults, place, "body", &expected, &format!("{found} (byte {at})"));
        }
    }

    /// The entry that an event names, from its row.
    async fn named(
        &self,
        code: EstateCode,
        read: &Read,
    ) -> Result<Option<PostedEntry>, VerifierError> {
        let Some(seq) = read.names() else { return Ok(None) };
        let row = self.reader.entry(code, seq).await?;
        Ok(row.and_then(|row| PostedEntry::read(&row.body).ok()))
    }
}
