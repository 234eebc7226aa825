//! Lines that wait to be matched with the other side, by the number of their entry.
//!
//! Kept in pieces, so that a posting copies one piece and not all that an estate that never
//! reconciles has open.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ledger::money::Money;
use crate::ledger::serial;

/// A line that only one side knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenItem {
    /// Its day.
    #[serde(with = "serial::day")]
    pub day: NaiveDate,
    /// In positive, out negative.
    pub amount: Money,
}

/// Numbers of entries in a piece.
const PIECE: u64 = 256;

/// Open lines of the book's side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItems(BTreeMap<u64, Arc<BTreeMap<u64, OpenItem>>>);

impl OpenItems {
    /// An entry's open line.
    pub fn get(&self, seq: u64) -> Option<OpenItem> {
        self.0.get(&(seq / PIECE))?.get(&seq).copied()
    }

    /// Every open line, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, OpenItem)> {
        self.0.values().flat_map(|piece| piece.iter().map(|(seq, item)| (*seq, *item)))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.values().map(|piece| piece.len()).sum()
    }

    /// True where nothing is open.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn insert(&mut self, seq: u64, item: OpenItem) {
        Arc::make_mut(self.0.entry(seq / PIECE).or_default()).insert(seq, item);
    }

    pub(super) fn remove(&mut self, seq: u64) -> Option<OpenItem> {
        let piece = self.0.get_mut(&(seq / PIECE)).filter(|piece| piece.contains_key(&seq))?;
        let removed = Arc::make_mut(piece).remove(&seq);
        if piece.is_empty() {
            self.0.remove(&(seq / PIECE));
        }
        removed
    }
}
