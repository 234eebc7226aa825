//! What the book remembers of payments only to make a finding of it: papers that were shown, and
//! amounts just under a limit. It refuses nothing; of each paper it keeps sixteen bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Book;
use crate::ledger::chain::content_hash;
use crate::ledger::entry::{Entry, Side};
use crate::ledger::event::Fields;
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// Kinds whose evidence proves a cost of its own.
const PROVING: [&str; 2] = ["cost", "unproven.accept"];
/// Parameters that are limits of one payment.
const LIMITS: [&str; 2] = ["cosign_spend_from", "quotes_above"];
/// "Just under" begins at this share of a limit, in percent.
const NEAR_PERCENT: i64 = 80;

/// Papers shown, and payments near a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// The first bytes of the SHA-256 of issuer and number, and the entry, in pieces, ascending.
    papers: BTreeMap<u8, Arc<Vec<(u64, u64)>>>,
    /// Papers that were shown again.
    pub twice: Vec<Twice>,
    /// Payments just under a limit.
    near: Vec<Near>,
}

/// A paper that was shown before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twice {
    /// Who issued it.
    pub issuer: String,
    /// Its number.
    pub no: String,
    /// The entry that showed it first.
    pub first: u64,
    /// The entry that shows it again.
    pub seq: u64,
    /// What it is to prove there.
    pub amount: Money,
}

/// A payment just under a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// Its entry.
    pub seq: u64,
    /// What was paid.
    pub amount: Money,
    #[serde(with = "serial::day")]
    day: NaiveDate,
    payee: String,
    /// Which of [`LIMITS`].
    limit: usize,
    most: Money,
}

impl Near {
    /// The parameter that is the limit.
    pub fn rule(&self) -> &'static str {
        LIMITS.get(self.limit).copied().unwrap_or(LIMITS[0])
    }
}

impl Watch {
    /// Payments just under a limit by day, payee and limit.
    pub fn groups(&self) -> impl Iterator<Item = (NaiveDate, &str, Money, Vec<&Near>)> {
        let mut groups: BTreeMap<(NaiveDate, &str, usize), Vec<&Near>> = BTreeMap::new();
        for near in &self.near {
            groups.entry((near.day, &near.payee, near.limit)).or_default().push(near);
        }
        groups.into_iter().map(|((day, payee, _), near)| (day, payee, near[0].most, near))
    }

    /// How much it keeps, for the weight of a book.
    pub(super) fn len(&self) -> [usize; 2] {
        let papers = self.papers.values().map(|piece| piece.len()).sum();
        [papers, self.twice.len() + self.near.len()]
    }

    /// Remembers a paper; the entry that showed it before, if one did.
    fn show(&mut self, issuer: &str, no: &str, seq: u64) -> Option<u64> {
        let hash = content_hash(format!("{issuer}\n{no}").as_bytes());
        let (first, rest) = (hash.as_bytes()[0], &hash.as_bytes()[1..9]);
        let sum = u64::from_be_bytes(rest.try_into().ok()?);
        let piece = Arc::make_mut(self.papers.entry(first).or_default());
        match piece.binary_search_by_key(&sum, |(sum, _)| *sum) {
            Ok(at) => Some(piece[at].1),
            Err(at) => {
                piece.insert(at, (sum, seq));
                None
            }
        }
    }
}

impl Book {
    /// What it remembers of payments.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Remembers papers and amounts of an entry with lines.
    pub(super) fn watch_entry(&mut self, rules: &Rules, entry: &Entry) {
        let kind = entry.event.kind().name;
        let fields = entry.event.fields();
        if PROVING.contains(&kind) && !fields.list("evidence").is_empty() {
            self.watch_papers(entry.seq, fields);
        }
        if fields.object("payee").is_some() {
            self.watch_amount(rules, entry, fields);
        }
    }

    fn watch_papers(&mut self, seq: u64, fields: Fields<'_>) {
        let watch = Arc::make_mut(&mut self.watch);
        for paper in fields.list("evidence") {
            let Some(paper) = paper.as_fields() else { continue };
            let text = |key| paper.text(key).unwrap_or_default().to_owned();
            let (issuer, no) = (text("issuer"), text("no"));
            if let Some(first) = watch.show(&issuer, &no, seq) {
                let amount = paper.money("amount").unwrap_or_default();
                watch.twice.push(Twice { issuer, no, first, seq, amount });
            }
        }
    }

    fn watch_amount(&mut self, rules: &Rules, entry: &Entry, fields: Fields<'_>) {
        let debits = entry.lines.iter().filter(|line| line.side == Side::Debit);
        let amount: Money = debits.map(|line| line.amount).sum();
        let payee = fields.object("payee");
        let payee = payee.and_then(|payee| payee.text("org").or_else(|| payee.text("party")));
        for (limit, key) in LIMITS.into_iter().enumerate() {
            let Some(most) = rules.money(key, entry.date) else { continue };
            let near =
                i128::from(amount.fen()) * 100 >= i128::from(most.fen()) * i128::from(NEAR_PERCENT);
            if near && amount < most {
                let payee = payee.unwrap_or_default().to_owned();
                let (seq, day) = (entry.seq, entry.occurred_on());
                let near = Near { seq, amount, day, payee, limit, most };
                Arc::make_mut(&mut self.watch).near.push(near);
            }
        }
    }

    /// What a correction withdrew, or showed other papers for, is asked about no more.
    pub(super) fn unwatch(&mut self, seq: u64, withdrawn: bool) {
        let meets = |twice: &Twice| twice.seq == seq || (withdrawn && twice.first == seq);
        let is_near = |near: &Near| near.seq == seq;
        if self.watch.twice.iter().any(meets) || self.watch.near.iter().any(is_near) {
            let watch = Arc::make_mut(&mut self.watch);
            watch.twice.retain(|twice| !meets(twice));
            watch.near.retain(|near| !is_near(near));
        }
    }
}
