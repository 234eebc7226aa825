//! Lines that wait to be matched with the other side, by the number of their entry.
//!
//! Kept in pieces, so that a posting copies one piece and not all that an estate that never
//! reconciles has open.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::ledger::json::{Tree, Value};
use crate::ledger::money::Money;
use crate::ledger::period::parse_date;
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

impl OpenItem {
    /// Day, way and amount of a row, from a cell on.
    pub fn of_row(row: &Tree<'_>, at: usize) -> Self {
        let cell = |no| row.cell(at + no).unwrap_or_default();
        let amount: Money = cell(2).parse().unwrap_or_default();
        let amount = if cell(1) == "out" { -amount } else { amount };
        Self { day: parse_date(cell(0)).unwrap_or_default(), amount }
    }

    /// Day, way and amount, as a row of a statement or of a match writes them.
    pub fn cells(self) -> [Value; 3] {
        let out = self.amount.is_negative();
        let amount = if out { -self.amount } else { self.amount };
        [Value::text(self.day), Value::text(if out { "out" } else { "in" }), Value::text(amount)]
    }
}

/// Numbers of entries in a piece.
const PIECE: u64 = 256;

/// Open lines of the book's side: pieces, each ascending by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItems(BTreeMap<u64, Arc<Vec<Kept>>>);

/// Number, day as days from 1 January 2000, fen: an estate that never reconciles has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept(u64, i32, i64);

const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");

impl Kept {
    fn of(seq: u64, item: OpenItem) -> Self {
        let days = (item.day - FIRST_DAY).num_days();
        Self(seq, i32::try_from(days).unwrap_or(i32::MAX), item.amount.fen())
    }

    fn item(self) -> OpenItem {
        let day = FIRST_DAY.checked_add_signed(TimeDelta::days(i64::from(self.1)));
        OpenItem { day: day.unwrap_or(NaiveDate::MAX), amount: Money::from_fen(self.2) }
    }
}

impl OpenItems {
    /// An entry's open line.
    pub fn get(&self, seq: u64) -> Option<OpenItem> {
        let piece = self.0.get(&(seq / PIECE))?;
        let at = piece.binary_search_by_key(&seq, |kept| kept.0).ok()?;
        piece.get(at).map(|kept| kept.item())
    }

    /// Every open line, by number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, OpenItem)> {
        self.0.values().flat_map(|piece| piece.iter().map(|kept| (kept.0, kept.item())))
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
        let piece = Arc::make_mut(self.0.entry(seq / PIECE).or_default());
        let kept = Kept::of(seq, item);
        match piece.binary_search_by_key(&seq, |kept| kept.0) {
            Ok(at) => piece[at] = kept,
            Err(at) => piece.insert(at, kept),
        }
    }

    pub(super) fn remove_before(&mut self, day: NaiveDate) {
        let past: Vec<u64> =
            self.iter().filter(|(_, item)| item.day < day).map(|(seq, _)| seq).collect();
        for seq in past {
            self.remove(seq);
        }
    }

    pub(super) fn remove(&mut self, seq: u64) -> Option<OpenItem> {
        let piece = self.0.get_mut(&(seq / PIECE))?;
        let at = piece.binary_search_by_key(&seq, |kept| kept.0).ok()?;
        let removed = Arc::make_mut(piece).remove(at).item();
        if piece.is_empty() {
            self.0.remove(&(seq / PIECE));
        }
        Some(removed)
    }
}
