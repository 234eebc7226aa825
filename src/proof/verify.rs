//! Verification of an export: everything is recomputed from the bytes, nothing is believed.
//!
//! It trusts neither the operator nor this program's database. Each line is read by the strict
//! grammar, hashed, linked to the one before, and judged by the fold; the header is compared
//! with what was found. The first fault ends the fold (books after it mean nothing), but the
//! chain behind it is still followed, so that every broken link is named.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::export::Header;
use crate::ledger::book::{Book, Violation};
use crate::ledger::entry::PostedEntry;
use crate::ledger::findings::{Finding, findings};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::json::{FormatError, FormatFault};

/// What verification found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The estate, when the header could be read.
    pub estate: Option<EstateCode>,
    /// How many entries were read.
    pub entries: u64,
    /// Hash of the last entry read.
    pub head: EntryHash,
    /// What is broken; the books are not sound if there is one.
    pub faults: Vec<Fault>,
    /// The book up to the first fault.
    pub book: Book,
    /// How many entries came after the pinned one; nothing when it isn't in the chain.
    pub after_pin: Option<u64>,
}

/// One thing that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The entry's place in the file, from 0; nothing for the header and the whole.
    pub seq: Option<u64>,
    /// The invariant or `header`, `ref`.
    pub rule: &'static str,
    /// Where in it.
    pub field: String,
    /// What should be there, where that can be said.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// Hash of the last entry before it that was good.
    pub last_good: EntryHash,
    /// The sentence, in Chinese.
    pub zh: String,
    /// The sentence, in English.
    pub en: String,
}

/// Why verification could not judge at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// Written by a newer program; this one can't say sound or not.
    #[error("{0}")]
    Newer(String),
    /// Nothing there.
    #[error("the file is empty")]
    Empty,
}

impl Report {
    /// True when nothing is broken.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// What sound books make an owner ask, as of a day.
    pub fn findings(&self, as_of: NaiveDate) -> Vec<Finding> {
        if self.is_sound() { findings(&self.book, as_of) } else { Vec::new() }
    }
}

/// Entries read and hashed at a time by one thread.
const CHUNK: usize = 512;

/// Verifies the bytes of an export, reading and hashing on `threads` threads. `step` is told
/// how many entries are done.
pub fn verify(
    bytes: &[u8],
    pin: Option<EntryHash>,
    threads: usize,
    step: &dyn Fn(u64),
) -> Result<Report, VerifyError> {
    let mut lines = split_lines(bytes);
    if lines.is_empty() {
        return Err(VerifyError::Empty);
    }
    let header = Header::decode(lines.remove(0));
    if let Err(FormatError { fault: FormatFault::Newer(what), .. }) = &header {
        return Err(VerifyError::Newer(what.clone()));
    }
    let (lines, whole) = check_ending(lines);
    let mut run = Verification::new(pin);
    if !whole {
        run.fault(None, "header", "", "a line feed at the end", "the file ends without one");
    }
    // An entry that an event names is read again from its line.
    let named = |seq: u64| PostedEntry::read(lines.get(usize::try_from(seq).ok()?)?).ok();
    for group in lines.chunks(CHUNK * threads.max(1)) {
        for read in read_group(group, threads.max(1)) {
            let named = read.names().and_then(named);
            run.take(read, named.as_ref())?;
        }
        step(run.entries);
    }
    Ok(run.finish(header))
}

/// Lines without their feed; an empty last one means that the file ends with a feed.
fn split_lines(bytes: &[u8]) -> Vec<&[u8]> {
    if bytes.is_empty() { Vec::new() } else { bytes.split(|byte| *byte == b'\n').collect() }
}

/// The file ends with one line feed; one that doesn't was cut.
fn check_ending(mut lines: Vec<&[u8]>) -> (Vec<&[u8]>, bool) {
    let whole = lines.last().is_some_and(|line| line.is_empty());
    if whole {
        lines.pop();
    }
    (lines, whole)
}

/// A line as read: an entry, or why it is none, with the hash of its bytes.
pub struct Read {
    entry: Result<PostedEntry, FormatError>,
    hash: EntryHash,
}

impl Read {
    /// Reads and hashes the bytes of an entry.
    pub fn of(bytes: &[u8]) -> Self {
        let hash = crate::ledger::chain::entry_hash(bytes);
        let entry = crate::ledger::entry::Entry::decode(bytes);
        Self { entry: entry.map(|entry| PostedEntry { entry, hash }), hash }
    }

    /// Hash of the bytes.
    pub const fn hash(&self) -> EntryHash {
        self.hash
    }

    /// What the bytes say, or why they are no entry.
    pub const fn entry(&self) -> Result<&PostedEntry, &FormatError> {
        self.entry.as_ref()
    }

    /// The number of the entry that this one's event names.
    pub fn names(&self) -> Option<u64> {
        Some(Book::names(&self.entry.as_ref().ok()?.entry.event)?.0)
    }
}

fn read_group(lines: &[&[u8]], threads: usize) -> Vec<Read> {
    let read = |line: &&[u8]| Read::of(line);
    if threads == 1 || lines.len() < CHUNK {
        return lines.iter().map(read).collect();
    }
    let share = lines.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let parts: Vec<_> = lines
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(read).collect::<Vec<_>>()))
            .collect();
        // A reader that panicked must not pass for one that found nothing.
        let joined = parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    })
}

/// One estate's verification under way: entries go in, in order, and a report comes out.
pub struct Verification {
    pin: Option<EntryHash>,
    pinned_at: Option<u64>,
    entries: u64,
    head: EntryHash,
    book: Book,
    broken: bool,
    refs: HashSet<Box<str>>,
    faults: Vec<Fault>,
}

impl Verification {
    /// Begins with the first entry of a chain.
    pub fn new(pin: Option<EntryHash>) -> Self {
        Self {
            pin,
            pinned_at: None,
            entries: 0,
            head: EntryHash::NONE,
            book: Book::default(),
            broken: false,
            refs: HashSet::new(),
            faults: Vec::new(),
        }
    }

    /// How many entries were taken.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Hash of the last entry taken.
    pub const fn head(&self) -> EntryHash {
        self.head
    }

    /// The book so far; up to the first fault.
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// Adds a fault that was found beside the chain.
    pub fn fault(
        &mut self,
        seq: Option<u64>,
        rule: &'static str,
        field: &str,
        expected: &str,
        found: &str,
    ) {
        let place_zh = seq.map_or("文件".to_owned(), |seq| format!("第 {seq} 笔"));
        let place_en = seq.map_or("the file".to_owned(), |seq| format!("entry {seq}"));
        self.faults.push(Fault {
            seq,
            rule,
            field: field.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            last_good: self.book.head().hash,
            zh: format!("{place_zh}：{field} 应为 {expected}，实为 {found}"),
            en: format!("{place_en}: {field} should be {expected}, it is {found}"),
        });
    }

    /// Takes the next entry, with the one that its event names ([`Read::names`]).
    pub fn take(&mut self, read: Read, named: Option<&PostedEntry>) -> Result<(), VerifyError> {
        let seq = self.entries;
        self.entries += 1;
        let before = std::mem::replace(&mut self.head, read.hash);
        if self.pin == Some(read.hash) {
            self.pinned_at = Some(seq);
        }
        let posted = match read.entry {
            Ok(posted) => posted,
            Err(FormatError { fault: FormatFault::Newer(what), .. }) if self.faults.is_empty() => {
                return Err(VerifyError::Newer(what));
            }
            Err(error) => {
                let text = error.fault.to_string();
                self.fault(Some(seq), "I2", &error.pointer, "the canonical form", &text);
                self.broken = true;
                return Ok(());
            }
        };
        if !self.refs.insert(posted.entry.r#ref.as_str().into()) {
            let found = posted.entry.r#ref.as_str();
            self.fault(Some(seq), "ref", "/ref", "a reference used once", found);
        }
        if self.broken {
            // Behind a fault only the links are followed: balances mean nothing any more.
            if posted.entry.prev != before {
                let found = posted.entry.prev.to_string();
                self.fault(Some(seq), "I1", "/prev", &before.to_string(), &found);
            }
            return Ok(());
        }
        self.fold(seq, &posted, named)
    }

    fn fold(
        &mut self,
        seq: u64,
        posted: &PostedEntry,
        named: Option<&PostedEntry>,
    ) -> Result<(), VerifyError> {
        match self.book.apply(posted, named) {
            Ok(()) => {}
            Err(violation @ Violation::Newer(_)) if self.faults.is_empty() => {
                return Err(VerifyError::Newer(violation.text().en));
            }
            Err(violation) => {
                let text = violation.text();
                self.faults.push(Fault {
                    seq: Some(seq),
                    rule: violation.rule().code(),
                    field: violation.pointer(),
                    expected: String::new(),
                    found: text.en.clone(),
                    last_good: self.book.head().hash,
                    zh: format!("第 {seq} 笔：{}", text.zh),
                    en: format!("entry {seq}: {}", text.en),
                });
                self.broken = true;
            }
        }
        Ok(())
    }

    /// Compares the header with what was taken, and tells what was found.
    pub fn finish(mut self, header: Result<Header, FormatError>) -> Report {
        if let Some(act) = self.book.open_batch().filter(|_| !self.broken) {
            let found = format!("it ends after part {}", act.no);
            let last = self.entries.checked_sub(1);
            self.fault(last, "I1", "/act", &format!("a batch of {}", act.of), &found);
        }
        if self.entries == 0 {
            self.fault(None, "header", "/entries", "at least one entry", "none");
        }
        let mut estate = None;
        match header {
            Err(error) => {
                let found = error.fault.to_string();
                self.fault(None, "header", &error.pointer, "the header of an export", &found);
            }
            Ok(header) => {
                estate = Some(header.estate);
                self.compare(&header);
            }
        }
        Report {
            estate,
            entries: self.entries,
            head: self.head,
            after_pin: self.pinned_at.map(|at| self.entries - at - 1),
            faults: self.faults,
            book: self.book,
        }
    }

    /// Each key of the header against what was read.
    fn compare(&mut self, header: &Header) {
        if header.entries != self.entries {
            let (expected, found) = (header.entries.to_string(), self.entries.to_string());
            self.fault(None, "header", "/entries", &expected, &found);
        }
        if header.head != self.head {
            let (expected, found) = (header.head.to_string(), self.head.to_string());
            self.fault(None, "header", "/head", &expected, &found);
        }
        if self.book.head().entries == 0 {
            return;
        }
        let profile = self.book.profile();
        let (estate, log) = (profile.code.to_string(), profile.log.clone());
        if header.estate.as_str() != estate {
            self.fault(None, "header", "/estate", header.estate.as_str(), &estate);
        }
        if header.log != log {
            self.fault(None, "header", "/log", &header.log, &log);
        }
    }
}
