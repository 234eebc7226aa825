//! How far a verification is: shared by its two passes, and remembered so that an interrupted
//! run goes on where it was.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DatabaseFault, Listener};
use crate::ledger::id::{EntryHash, EstateCode};
use crate::proof::merkle::Edge;

/// What an interrupted verification needs to go on. Only what is sound is remembered: a run that
/// found something broken begins again where it was last sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    format: String,
    /// Origin of the log.
    log: String,
    /// How many entries the log had when it began.
    entries: u64,
    /// How many the pass over the log has looked at.
    log_done: u64,
    /// The edge of the tree over them, hex, a list for each level.
    levels: Vec<Vec<EntryHash>>,
    /// The last estate whose books were verified.
    estate_done: Option<EstateCode>,
    /// Estates verified, and their entries.
    estates: u64,
    entries_done: u64,
    pin_found: bool,
}

const FORMAT: &str = "verify-progress/1";

/// Why what was remembered can't be gone on from.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProgressError {
    /// Another log's, or another program's.
    #[error("the remembered verification is of another log; begin a new one")]
    Other,
    /// The log had more entries then.
    #[error(
        "the log has {now} entries; an earlier verification saw {then}: the database was put back \
         or cut"
    )]
    Shrunken {
        /// Entries now.
        now: u64,
        /// Entries then.
        then: u64,
    },
}

impl Progress {
    /// Nothing done yet.
    pub(super) fn new(log: String, entries: u64) -> Self {
        Self {
            format: FORMAT.to_owned(),
            log,
            entries,
            log_done: 0,
            levels: Vec::new(),
            estate_done: None,
            estates: 0,
            entries_done: 0,
            pin_found: false,
        }
    }

    /// What was remembered, if it is of this log and not longer than it.
    pub(super) fn checked(self, log: &str, size: u64) -> Result<Self, ProgressError> {
        if self.format != FORMAT || self.log != log || self.log_done > self.entries {
            return Err(ProgressError::Other);
        }
        if self.entries > size {
            return Err(ProgressError::Shrunken { now: size, then: self.entries });
        }
        Ok(self)
    }
}

/// What both passes share.
pub(super) struct Shared<'a> {
    state: Mutex<State>,
    listener: &'a dyn Listener,
    with_log: bool,
}

struct State {
    progress: Progress,
    faults: Vec<DatabaseFault>,
    broken: bool,
}

impl<'a> Shared<'a> {
    pub(super) fn new(progress: Progress, listener: &'a dyn Listener, with_log: bool) -> Self {
        let state = State { progress, faults: Vec::new(), broken: false };
        Self { state: Mutex::new(state), listener, with_log }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries are verified.
    pub(super) fn entries(&self) -> u64 {
        self.state().progress.entries
    }

    /// Where the pass over the log begins.
    pub(super) fn edge(&self) -> Edge {
        let state = self.state();
        let level = |level: &Vec<EntryHash>| level.iter().map(|hash| *hash.as_bytes()).collect();
        let levels = state.progress.levels.iter().map(level).collect();
        Edge::from_levels(state.progress.log_done, levels)
    }

    /// The last estate verified, estates and entries so far, and whether the pin was found.
    pub(super) fn books(&self) -> (Option<EstateCode>, u64, u64, bool) {
        let p = &self.state().progress;
        (p.estate_done, p.estates, p.entries_done, p.pin_found)
    }

    pub(super) fn fault(&self, faults: Vec<DatabaseFault>) {
        let mut state = self.state();
        state.broken |= !faults.is_empty();
        state.faults.extend(faults);
    }

    /// An estate's chain is broken.
    pub(super) fn broken(&self) {
        self.state().broken = true;
    }

    pub(super) fn take_faults(&self) -> Vec<DatabaseFault> {
        std::mem::take(&mut self.state().faults)
    }

    pub(super) fn log_is_at(&self, edge: &Edge) {
        let mut state = self.state();
        let level =
            |level: &Vec<[u8; 32]>| level.iter().copied().map(EntryHash::from_bytes).collect();
        state.progress.levels = edge.levels().iter().map(level).collect();
        state.progress.log_done = edge.size();
        self.tell(&state, 0);
    }

    /// Entries of an estate under way were looked at.
    pub(super) fn books_step(&self, entries: u64) {
        self.tell(&self.state(), entries);
    }

    pub(super) fn books_are_at(&self, estate: EstateCode, entries: u64, pin_found: bool) {
        let mut state = self.state();
        let progress = &mut state.progress;
        progress.estate_done = Some(estate);
        progress.estates += 1;
        progress.entries_done += entries;
        progress.pin_found |= pin_found;
        self.tell(&state, 0);
    }

    fn tell(&self, state: &State, under_way: u64) {
        let p = &state.progress;
        let passes = if self.with_log { 2 } else { 1 };
        self.listener.step(p.log_done + p.entries_done + under_way, p.entries * passes);
        if self.with_log && !state.broken && under_way == 0 {
            self.listener.remember(p);
        }
    }
}
