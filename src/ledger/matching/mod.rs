//! Which open lines of a bank and of the book may be the same money: proposals for a person, who
//! confirms them or doesn't. Nothing here matches anything.
//!
//! A proposal's sums are equal; how likely it is, its day distance, its words and its contract
//! tell. What is proposed for a line in more than one way is told apart from what isn't, and then
//! nothing is chosen beforehand.
//!
//! The work is bounded. For n open lines on both sides together, pairs take n log n and at most
//! `PER_LINE` a line; sums of few take at most `CANDIDATES` over `PARTS_MAX` subsets a line
//! (2,500); runs take two pointers, n a line. No search grows faster than n². Read next:
//! `sums.rs` (several lines as one), `words.rs` (what two texts have in common).

mod sums;
mod words;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::book::OpenItem;
use super::money::Money;

/// Days between two lines that may be a pair.
const PAIR_DAYS: i64 = 31;
/// Nearest pairs that are proposed for a line.
const PER_LINE: usize = 4;
/// Pairs within so many days leave no question of sums.
const NEAR_DAYS: i64 = 3;
/// A lone pair within so many days is chosen beforehand.
const SURE_DAYS: i64 = 5;
/// Lines that are tried as parts of another, the nearest in days.
pub const CANDIDATES: usize = 16;
/// Lines that are added up as parts of another, where they don't follow each other.
pub const PARTS_MAX: usize = 4;
/// Proposals that are shown.
pub const SHOWN_MAX: usize = 100;

/// An open line of a bank's statement.
#[derive(Clone, Debug)]
pub struct OfBank {
    /// Its serial.
    pub serial: String,
    /// Day and amount.
    pub item: OpenItem,
    /// Counterparty and remark, where somebody still has the file; else nothing.
    pub words: String,
}

/// An open entry of the book.
#[derive(Clone, Debug)]
pub struct OfBook {
    /// Its number.
    pub seq: u64,
    /// Day and amount on this account.
    pub item: OpenItem,
    /// Payer or payee, memo, site: each a text.
    pub words: Vec<String>,
    /// Its contract.
    pub contract: Option<String>,
}

/// Of what a proposal is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// One line on each side.
    Pair,
    /// One bank line is several entries.
    OneOfBank,
    /// Several bank lines are one entry.
    OneOfBook,
    /// Everything of a day and way on either side.
    Day,
}

/// Lines that may be the same money, by their places in what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Of what it is made.
    pub shape: Shape,
    /// Lines of the bank, ascending.
    pub bank: Vec<usize>,
    /// Lines of the book, ascending.
    pub book: Vec<usize>,
    /// The sum on either side.
    pub amount: Money,
    /// The most days between a line of one side and one of the other.
    pub days: u32,
    /// What the bank's words and the book's have in common.
    pub common: Option<String>,
    /// The contract that all entries are of.
    pub contract: Option<String>,
    /// How likely it is among the others: more is likelier.
    pub strength: i32,
    /// Proposals that share a line have the same number.
    pub set: usize,
    /// Another proposal shares a line with it.
    pub is_ambiguous: bool,
    /// May be ticked beforehand: alone with its lines, and near or named.
    pub is_chosen: bool,
}

/// The lines of both sides, by which proposals are made.
struct Lines<'a> {
    bank: &'a [OfBank],
    book: &'a [OfBook],
    /// What two texts have in common, where it was asked before: texts come again and again.
    common: RefCell<HashMap<(&'a str, &'a str), Option<String>>>,
}

/// Proposals, likeliest first; those that share a line stand together.
pub fn proposals(bank: &[OfBank], book: &[OfBook]) -> Vec<Proposal> {
    let lines = Lines { bank, book, common: RefCell::default() };
    let mut found: BTreeMap<(Vec<usize>, Vec<usize>), Shape> = BTreeMap::new();
    let pairs = lines.pairs();
    let near = |of_bank: bool| -> BTreeSet<usize> {
        let of = pairs.iter().filter(|(i, j)| lines.apart(*i, *j) <= NEAR_DAYS);
        of.map(|(i, j)| if of_bank { *i } else { *j }).collect()
    };
    let (bank_paired, book_paired) = (near(true), near(false));
    for (i, j) in pairs {
        found.insert((vec![i], vec![j]), Shape::Pair);
    }
    let (of_bank, of_book) = (sums::items_of_bank(bank), sums::items_of_book(book));
    for (i, parts) in sums::wholes(&of_bank, &of_book, &bank_paired) {
        found.entry((vec![i], parts)).or_insert(Shape::OneOfBank);
    }
    for (j, parts) in sums::wholes(&of_book, &of_bank, &book_paired) {
        found.entry((parts, vec![j])).or_insert(Shape::OneOfBook);
    }
    for (bank, book) in sums::days(&of_bank, &of_book) {
        found.entry((bank, book)).or_insert(Shape::Day);
    }
    let made = found.into_iter().map(|((bank, book), shape)| lines.proposal(shape, bank, book));
    ranked(made.collect())
}

impl Lines<'_> {
    fn apart(&self, i: usize, j: usize) -> i64 {
        (self.bank[i].item.day - self.book[j].item.day).num_days().abs()
    }

    /// Lines of equal amount, for each at most [`PER_LINE`] of the nearest.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let mut by_amount: HashMap<Money, Vec<usize>> = HashMap::new();
        for (j, line) in self.book.iter().enumerate() {
            by_amount.entry(line.item.amount).or_default().push(j);
        }
        let mut pairs = Vec::new();
        let mut taken: HashMap<usize, usize> = HashMap::new();
        for (i, line) in self.bank.iter().enumerate() {
            let same = by_amount.get(&line.item.amount).into_iter().flatten();
            let mut near: Vec<usize> =
                same.copied().filter(|j| self.apart(i, *j) <= PAIR_DAYS).collect();
            near.sort_by_key(|j| (self.apart(i, *j), *j));
            for j in near.into_iter().take(PER_LINE) {
                let times = taken.entry(j).or_default();
                if *times < PER_LINE {
                    *times += 1;
                    pairs.push((i, j));
                }
            }
        }
        pairs
    }

    /// A proposal with what speaks for it.
    fn proposal(&self, shape: Shape, bank: Vec<usize>, book: Vec<usize>) -> Proposal {
        let amount = book.iter().map(|j| self.book[*j].item.amount).sum();
        let days = days_between(
            bank.iter().map(|i| self.bank[*i].item.day),
            book.iter().map(|j| self.book[*j].item.day),
        );
        let contract = self.contract_of(&book);
        let common = self.common(&bank, &book);
        let said = |no: &String| bank.iter().any(|i| self.bank[*i].words.contains(no.as_str()));
        let base = match shape {
            Shape::Pair => 60,
            Shape::OneOfBank | Shape::OneOfBook => 40,
            Shape::Day => 30,
        };
        let further = i32::try_from(bank.len() + book.len()).unwrap_or(i32::MAX) - 2;
        let strength = base - i32::try_from(days.min(30)).unwrap_or(30) - further.min(10)
            + if common.is_some() { 25 } else { 0 }
            + if contract.as_ref().is_some_and(said) { 25 } else { 0 }
            + if contract.is_some() && book.len() > 1 { 10 } else { 0 };
        Proposal {
            shape,
            bank,
            book,
            amount,
            days,
            common,
            contract,
            strength,
            set: 0,
            is_ambiguous: false,
            is_chosen: false,
        }
    }

    /// The contract that all of some entries are of.
    fn contract_of(&self, book: &[usize]) -> Option<String> {
        let first = self.book[*book.first()?].contract.as_ref()?;
        let same = |j: &usize| self.book[*j].contract.as_ref() == Some(first);
        book.iter().all(same).then(|| first.clone())
    }

    /// Words that every line of one side has in common with the only one of the other.
    fn common(&self, bank: &[usize], book: &[usize]) -> Option<String> {
        let of = |i: usize, j: usize| {
            let said: &str = &self.bank[i].words;
            let mut known = self.common.borrow_mut();
            let texts = self.book[j].words.iter();
            let mut texts = texts.filter(|_| !said.is_empty());
            texts.find_map(|text| {
                let of = known.entry((said, text)).or_insert_with(|| words::common(said, text));
                of.clone()
            })
        };
        let mut all = bank.iter().flat_map(|i| book.iter().map(move |j| of(*i, *j)));
        let first = all.next()??;
        all.all(|common| common.is_some()).then_some(first)
    }
}

/// The most days between a day of one side and one of the other.
fn days_between(
    one: impl Iterator<Item = NaiveDate>,
    other: impl Iterator<Item = NaiveDate>,
) -> u32 {
    let (Some((a, b)), Some((c, d))) = (ends(one), ends(other)) else { return 0 };
    let days = (b - c).num_days().max((d - a).num_days()).max(0);
    u32::try_from(days).unwrap_or(u32::MAX)
}

/// The first and the last of some days.
fn ends(days: impl Iterator<Item = NaiveDate>) -> Option<(NaiveDate, NaiveDate)> {
    days.fold(None, |ends, day| match ends {
        None => Some((day, day)),
        Some((from, to)) => Some((from.min(day), to.max(day))),
    })
}

/// Sets of proposals that share a line, what may be chosen, and the order to show them in.
fn ranked(mut found: Vec<Proposal>) -> Vec<Proposal> {
    found.sort_by_key(|of| std::cmp::Reverse(of.strength));
    let mut set_of: Vec<usize> = (0..found.len()).collect();
    let mut owner: HashMap<(bool, usize), usize> = HashMap::new();
    for (at, of) in found.iter().enumerate() {
        let of_bank = of.bank.iter().map(|i| (true, *i));
        for name in of_bank.chain(of.book.iter().map(|j| (false, *j))) {
            let other = *owner.entry(name).or_insert(at);
            join(&mut set_of, at, other);
        }
    }
    let mut size: HashMap<usize, usize> = HashMap::new();
    for (at, of) in found.iter_mut().enumerate() {
        of.set = root(&set_of, at);
        *size.entry(of.set).or_default() += 1;
    }
    let mut place: HashMap<usize, usize> = HashMap::new();
    for of in &mut found {
        of.is_ambiguous = size.get(&of.set).is_some_and(|size| *size > 1);
        let named = of.common.is_some() || (of.contract.is_some() && of.shape != Shape::Pair);
        let near = of.shape == Shape::Pair && i64::from(of.days) <= SURE_DAYS;
        of.is_chosen = !of.is_ambiguous && (near || named);
        let next = place.len();
        of.set = *place.entry(of.set).or_insert(next);
    }
    // A set stands where its likeliest proposal does.
    found.sort_by_key(|of| (of.set, std::cmp::Reverse(of.strength)));
    found.truncate(SHOWN_MAX);
    found
}

fn root(set_of: &[usize], mut at: usize) -> usize {
    while set_of[at] != at {
        at = set_of[at];
    }
    at
}

fn join(set_of: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(set_of, one), root(set_of, other));
    let (low, high) = (one.min(other), one.max(other));
    set_of[high] = low;
}

#[cfg(test)]
mod tests;
