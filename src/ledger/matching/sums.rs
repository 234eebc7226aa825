//! Several lines that come to one: a few that need not follow each other, a run of lines that do,
//! a whole day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{CANDIDATES, OfBank, OfBook, PARTS_MAX};
use crate::ledger::book::OpenItem;
use crate::ledger::money::Money;

/// Days between a line and its parts, where they don't follow each other.
const PART_DAYS: i64 = 10;
/// Days between a line and the run of lines that it is made of: a month's settlements.
const RUN_DAYS: i64 = 35;
/// Lines of a run: a match holds 150 rows.
const RUN_MAX: usize = 100;
/// Sums that are proposed for a line.
const PER_LINE: usize = 2;

/// A line with what keeps it together with others.
pub(super) struct Part {
    item: OpenItem,
    /// Contract, else payer; of the bank the counterparty with its remark.
    kin: Option<String>,
}

pub(super) fn items_of_bank(bank: &[OfBank]) -> Vec<Part> {
    let kin = |line: &OfBank| Some(line.words.clone()).filter(|words| !words.is_empty());
    bank.iter().map(|line| Part { item: line.item, kin: kin(line) }).collect()
}

pub(super) fn items_of_book(book: &[OfBook]) -> Vec<Part> {
    let kin = |line: &OfBook| line.contract.clone().or_else(|| line.words.first().cloned());
    book.iter().map(|line| Part { item: line.item, kin: kin(line) }).collect()
}

/// Lines of one side that several of the other come to: their places, and those of the parts.
/// `paired` have a near line of their own amount and are left alone.
pub(super) fn wholes(
    wholes: &[Part],
    parts: &[Part],
    paired: &BTreeSet<usize>,
) -> Vec<(usize, Vec<usize>)> {
    let runs = Runs::of(parts);
    let mut found = Vec::new();
    for (at, whole) in wholes.iter().enumerate().filter(|(at, _)| !paired.contains(at)) {
        let mut sums = few(whole.item, parts);
        sums.extend(runs.of_sum(whole.item, parts));
        sums.sort();
        sums.dedup();
        // Of the same contract or payer first, then the fewest, then the nearest.
        sums.sort_by_key(|sum| (!is_kin(parts, sum), sum.len(), far(whole.item, parts, sum)));
        found.extend(sums.into_iter().take(PER_LINE).map(|sum| (at, sum)));
    }
    found
}

fn is_kin(parts: &[Part], sum: &[usize]) -> bool {
    let kin = sum.first().and_then(|at| parts[*at].kin.as_ref());
    kin.is_some() && sum.iter().all(|at| parts[*at].kin.as_ref() == kin)
}

fn far(whole: OpenItem, parts: &[Part], sum: &[usize]) -> i64 {
    let days = sum.iter().map(|at| (whole.day - parts[*at].item.day).num_days().abs());
    days.max().unwrap_or_default()
}

fn is_part(whole: OpenItem, part: OpenItem, days: i64) -> bool {
    part.amount.is_negative() == whole.amount.is_negative()
        && part.amount.abs() < whole.amount.abs()
        && (whole.day - part.day).num_days().abs() <= days
}

/// Up to [`PARTS_MAX`] of the [`CANDIDATES`] nearest lines that come to an amount.
fn few(whole: OpenItem, parts: &[Part]) -> Vec<Vec<usize>> {
    let near = parts.iter().enumerate().filter(|(_, part)| is_part(whole, part.item, PART_DAYS));
    let mut near: Vec<usize> = near.map(|(at, _)| at).collect();
    near.sort_by_key(|at| ((whole.day - parts[*at].item.day).num_days().abs(), *at));
    near.truncate(CANDIDATES);
    near.sort_unstable();
    let amounts: Vec<Money> = near.iter().map(|at| parts[*at].item.amount.abs()).collect();
    let mut search =
        Search { amounts: &amounts, chosen: Vec::with_capacity(PARTS_MAX), found: Vec::new() };
    search.go(0, whole.amount.abs());
    let places = |chosen: Vec<usize>| chosen.into_iter().map(|at| near[at]).collect();
    search.found.into_iter().map(places).collect()
}

/// Subsets of at most [`PARTS_MAX`] amounts: a walk no deeper than that.
struct Search<'a> {
    amounts: &'a [Money],
    chosen: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn go(&mut self, from: usize, left: Money) {
        for at in from..self.amounts.len() {
            let amount = self.amounts[at];
            if amount > left {
                continue;
            }
            self.chosen.push(at);
            if amount == left && self.chosen.len() > 1 {
                self.found.push(self.chosen.clone());
            } else if self.chosen.len() < PARTS_MAX {
                self.go(at + 1, left - amount);
            }
            self.chosen.pop();
        }
    }
}

/// Lists of lines of one way that follow each other: all of them, and those of one contract or
/// payer.
struct Runs(Vec<Vec<usize>>);

impl Runs {
    fn of(parts: &[Part]) -> Self {
        let mut lists: BTreeMap<(bool, Option<&str>), Vec<usize>> = BTreeMap::new();
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.sort_by_key(|at| (parts[*at].item.day, *at));
        for at in order {
            let part = &parts[at];
            let out = part.item.amount.is_negative();
            for kin in
                [None, part.kin.as_deref()].into_iter().take(1 + usize::from(part.kin.is_some()))
            {
                lists.entry((out, kin)).or_default().push(at);
            }
        }
        Self(lists.into_values().filter(|list| list.len() > 1).collect())
    }

    /// Runs that come to an amount: two pointers over each list, since its amounts all go the
    /// same way.
    fn of_sum(&self, whole: OpenItem, parts: &[Part]) -> Vec<Vec<usize>> {
        let wanted = whole.amount.abs();
        let mut found = Vec::new();
        for list in &self.0 {
            let way = parts[list[0]].item.amount.is_negative();
            if way != whole.amount.is_negative() {
                continue;
            }
            let near = |at: &usize| (whole.day - parts[*at].item.day).num_days().abs() <= RUN_DAYS;
            let list: Vec<usize> = list.iter().copied().filter(near).collect();
            let (mut from, mut sum) = (0, Money::ZERO);
            for to in 0..list.len() {
                sum = sum + parts[list[to]].item.amount.abs();
                while from <= to && (sum > wanted || to - from >= RUN_MAX) {
                    sum = sum - parts[list[from]].item.amount.abs();
                    from += 1;
                }
                if sum == wanted && to > from {
                    let mut run = list[from..=to].to_vec();
                    run.sort_unstable();
                    found.push(run);
                }
            }
        }
        found
    }
}

/// Days on which several lines of one way of either side come to the same.
pub(super) fn days(bank: &[Part], book: &[Part]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let by_day = |parts: &[Part]| {
        let mut days: BTreeMap<(NaiveDate, bool), Vec<usize>> = BTreeMap::new();
        for (at, part) in parts.iter().enumerate() {
            let key = (part.item.day, part.item.amount.is_negative());
            days.entry(key).or_default().push(at);
        }
        days
    };
    let sum = |parts: &[Part], of: &[usize]| -> Money {
        of.iter().map(|at| parts[*at].item.amount).sum()
    };
    let of_book = by_day(book);
    let pair = |(key, of_bank): ((NaiveDate, bool), Vec<usize>)| {
        let of_book = of_book.get(&key)?;
        let several = |of: &[usize]| (2..=RUN_MAX).contains(&of.len());
        let same = sum(bank, &of_bank) == sum(book, of_book);
        (several(&of_bank) && several(of_book) && same).then(|| (of_bank, of_book.clone()))
    };
    by_day(bank).into_iter().filter_map(pair).collect()
}
