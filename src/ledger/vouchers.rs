//! What a walk over an estate's entries tells beside the sums of its [`Book`]: the numbers of
//! vouchers, which lines a correction takes back, what was booked later than it happened, and
//! since when somebody else's money or a claim has been open.
//!
//! A voucher number 记-yyyymm-nnnn counts, by fund and month of `date`, the entries with lines of
//! that fund in the order of the chain. It is derived here and nowhere else; a later entry never
//! changes an earlier number. [`Vouchers::add`] takes the entries one after the other and can go
//! on from where it stood.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;

use super::account::{AccountCode, Fund};
use super::book::Book;
use super::chart::AccountType;
use super::entry::{Entry, Line, PostedEntry, Side};
use super::id::EntryHash;
use super::money::Money;
use super::period::{Month, Period};
use super::statements::role;

/// A voucher's number in its fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voucher {
    /// The month of the entry's date.
    pub month: Month,
    /// Its place among the vouchers of that month, from 1.
    pub no: usize,
}

impl fmt::Display for Voucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.month.year(), self.month.month());
        f.pad(&format!("记-{year:04}{month:02}-{:04}", self.no))
    }
}

/// Why an amount of a month concerns another month, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A correction of what was booked in an earlier month (更正以前期间).
    Correction,
    /// It took place in an earlier month (归属以前期间).
    Late,
    /// The unproven opening was confirmed (期初转正).
    Confirmed,
}

/// An account, and the part of the estate where it isn't all owners'.
pub type OfPart = (AccountCode, Option<String>);

/// A correction as the walk meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The entry that was recorded first.
    pub root: u64,
    /// How many of the correction's lines, from the first, take back what stood.
    pub mirror: usize,
}

/// An entry as later ones need it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    date: NaiveDate,
    lines: u16,
    sort: Sort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Opening,
    Confirmation,
    Other,
}

/// What is open on an account for somebody: pieces by the day since when.
pub type Pieces = BTreeMap<NaiveDate, Money>;

/// The walk so far.
#[derive(Clone, Debug, Default)]
pub struct Vouchers {
    entries: u64,
    head: EntryHash,
    months: BTreeMap<(Fund, Month), Vec<u64>>,
    seen: Vec<Seen>,
    corrections: BTreeMap<u64, Corrected>,
    /// Of entries that were corrected: how many lines stand, and the last correction.
    standing: BTreeMap<u64, (usize, u64)>,
    moved: BTreeMap<(Cause, Month, Month, OfPart), Money>,
    open: BTreeMap<(AccountCode, Option<String>), Pieces>,
}

/// A line as daybooks show it: a correction's mirror as a red figure on the side of what it
/// takes back.
#[derive(Clone, Copy, Debug)]
pub struct Posting<'e> {
    /// The line.
    pub line: &'e Line,
    /// On the debit side; negative where it is taken back.
    pub debit: Money,
    /// On the credit side; negative where it is taken back.
    pub credit: Money,
}

impl Vouchers {
    /// Takes the next entry; false, and nothing is changed, where it doesn't go on from the last.
    /// `book` is asked for the roles of accounts.
    pub fn add(&mut self, book: &Book, posted: &PostedEntry) -> bool {
        let entry = &posted.entry;
        if entry.seq != self.entries || entry.prev != self.head {
            return false;
        }
        (self.entries, self.head) = (entry.seq + 1, posted.hash);
        let kind = entry.event.kind().name;
        let corrected = self.note_correction(entry);
        let root = corrected.and_then(|corrected| self.seen(corrected.root));
        let sort = match (root, kind) {
            (Some(root), _) => root.sort,
            (None, "opening") => Sort::Opening,
            (None, "opening.confirm") => Sort::Confirmation,
            _ => Sort::Other,
        };
        let lines = u16::try_from(entry.lines.len()).unwrap_or(u16::MAX);
        self.seen.push(Seen { date: entry.date, lines, sort });
        let funds: BTreeSet<Fund> = entry.lines.iter().map(|line| line.account.fund()).collect();
        for fund in funds {
            self.months.entry((fund, Month::of(entry.date))).or_default().push(entry.seq);
        }
        let origin = root.map_or(entry.occurred_on(), |root| root.date);
        if kind != "close" && sort != Sort::Opening {
            self.note_moved(entry, root.is_some(), Month::of(origin), sort);
        }
        self.note_open(book, entry, corrected, origin);
        true
    }

    /// How many entries it has seen.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// The hash of the last of them.
    pub const fn head(&self) -> EntryHash {
        self.head
    }

    /// The number of an entry's voucher in a fund, where it has lines there.
    pub fn number(&self, fund: Fund, entry: &Entry) -> Option<Voucher> {
        let month = Month::of(entry.date);
        let at = self.months.get(&(fund, month))?.binary_search(&entry.seq).ok()?;
        Some(Voucher { month, no: at + 1 })
    }

    /// The entries with lines of a fund in a period, by month and number.
    pub fn of_period(&self, fund: Fund, period: Period) -> Vec<u64> {
        let months = self.months.range((fund, period.from)..=(fund, period.to));
        months.flat_map(|(_, seqs)| seqs).copied().collect()
    }

    /// How many vouchers a fund has in a period.
    pub fn count(&self, fund: Fund, period: Period) -> usize {
        let months = self.months.range((fund, period.from)..=(fund, period.to));
        months.map(|(_, seqs)| seqs.len()).sum()
    }

    /// What an entry corrects, where it is a correction.
    pub fn corrected(&self, seq: u64) -> Option<Corrected> {
        self.corrections.get(&seq).copied()
    }

    /// The last correction of an entry.
    pub fn corrected_by(&self, seq: u64) -> Option<u64> {
        self.standing.get(&seq).map(|(_, by)| *by)
    }

    /// True for openings and what corrects them: they are where months begin.
    pub fn is_opening(&self, seq: u64) -> bool {
        self.seen(seq).is_some_and(|seen| seen.sort == Sort::Opening)
    }

    /// The date of an entry.
    pub fn date(&self, seq: u64) -> Option<NaiveDate> {
        self.seen(seq).map(|seen| seen.date)
    }

    /// The lines of an entry as daybooks show them.
    pub fn postings<'e>(&self, entry: &'e Entry) -> Vec<Posting<'e>> {
        let mirror = self.corrected(entry.seq).map_or(0, |corrected| corrected.mirror);
        let posting = |(at, line): (usize, &'e Line)| {
            let (side, amount) = if at < mirror {
                (line.side.mirrored(), -line.amount)
            } else {
                (line.side, line.amount)
            };
            match side {
                Side::Debit => Posting { line, debit: amount, credit: Money::ZERO },
                Side::Credit => Posting { line, debit: Money::ZERO, credit: amount },
            }
        };
        entry.lines.iter().enumerate().map(posting).collect()
    }

    /// Debit less credit by account and part, of what was booked in a period and, but for
    /// confirmed openings, concerns months before it.
    pub fn moved(&self, cause: Cause, fund: Fund, period: Period) -> BTreeMap<OfPart, Money> {
        let mut sums: BTreeMap<OfPart, Money> = BTreeMap::new();
        for ((why, month, origin, of_part), amount) in &self.moved {
            let counts = *why == cause
                && of_part.0.fund() == fund
                && (period.from..=period.to).contains(month)
                && (cause == Cause::Confirmed || *origin < period.from);
            if counts {
                let sum = sums.entry(of_part.clone()).or_default();
                *sum = *sum + *amount;
            }
        }
        sums.retain(|_, sum| !sum.is_zero());
        sums
    }

    /// What is open on accounts of claims and of others' money, by account and for whom.
    pub fn open(&self, fund: Fund) -> impl Iterator<Item = (AccountCode, Option<&str>, &Pieces)> {
        let open = self.open.iter().filter(move |((account, _), _)| account.fund() == fund);
        open.map(|((account, item), pieces)| (*account, item.as_deref(), pieces))
    }

    /// What it takes in memory, in bytes (an estimate).
    pub fn weight_bytes(&self) -> u64 {
        let vouchers: usize = self.months.values().map(Vec::len).sum();
        let kept = self.moved.len() + self.corrections.len() + self.open.len();
        let pieces: usize = self.open.values().map(BTreeMap::len).sum();
        let bytes = self.seen.len() * size_of::<Seen>() + vouchers * 8 + kept * 96 + pieces * 24;
        u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(1_024)
    }

    fn seen(&self, seq: u64) -> Option<Seen> {
        self.seen.get(usize::try_from(seq).ok()?).copied()
    }

    fn note_correction(&mut self, entry: &Entry) -> Option<Corrected> {
        if entry.event.kind().name != "correct" {
            return None;
        }
        let root = entry.event.fields().integer("seq")?;
        let recorded = usize::from(self.seen(root)?.lines);
        let mirror = self.standing.get(&root).map_or(recorded, |(lines, _)| *lines);
        let mirror = mirror.min(entry.lines.len());
        self.standing.insert(root, (entry.lines.len() - mirror, entry.seq));
        let corrected = Corrected { root, mirror };
        self.corrections.insert(entry.seq, corrected);
        Some(corrected)
    }

    /// Notes what concerns an earlier month, and what confirms an opening.
    fn note_moved(&mut self, entry: &Entry, corrects: bool, origin: Month, sort: Sort) {
        let month = Month::of(entry.date);
        let confirmed = (sort == Sort::Confirmation).then_some(Cause::Confirmed);
        let earlier =
            (origin < month).then_some(if corrects { Cause::Correction } else { Cause::Late });
        for cause in confirmed.into_iter().chain(earlier) {
            for line in &entry.lines {
                let of_part = (line.account, line.part.clone());
                let sum = self.moved.entry((cause, month, origin, of_part)).or_default();
                *sum = *sum + line.signed();
            }
        }
    }

    /// Lines on accounts of claims and others' money open pieces or settle the oldest; what a
    /// correction takes back goes from the day on which it was recorded.
    fn note_open(&mut self, book: &Book, entry: &Entry, of: Option<Corrected>, since: NaiveDate) {
        for (at, line) in entry.lines.iter().enumerate() {
            let role = role(book, line.account);
            if !(role.is_others_money() || is_claim(role)) {
                continue;
            }
            let key = (line.account, whose(entry, line));
            let pieces = self.open.entry(key.clone()).or_default();
            let grows = match account_type(book, line.account) {
                AccountType::Asset | AccountType::Expense => line.signed(),
                _ => -line.signed(),
            };
            let taken_back = of.is_some_and(|of| at < of.mirror);
            if grows.is_positive() {
                let piece = pieces.entry(since).or_default();
                *piece = *piece + grows;
            } else {
                settle(pieces, -grows, taken_back.then_some(since));
            }
            pieces.retain(|_, piece| !piece.is_zero());
            if pieces.is_empty() {
                self.open.remove(&key);
            }
        }
    }
}

/// For whom a line's money is open: its item, its contract or the event's, its holder.
fn whose(entry: &Entry, line: &Line) -> Option<String> {
    let named = line.item.as_deref().or(line.contract.as_deref());
    let of_event = || entry.event.fields().text("contract");
    named.or_else(of_event).or(line.holder.as_deref()).map(str::to_owned)
}

/// Accounts on which somebody owes the owners.
pub const fn is_claim(role: super::chart::Role) -> bool {
    use super::chart::Role;
    matches!(
        role,
        Role::OperatorHeld
            | Role::Clearing
            | Role::PredecessorDue
            | Role::Recoverable
            | Role::Unproven
    )
}

fn account_type(book: &Book, code: AccountCode) -> AccountType {
    let known = book.rules().and_then(|rules| rules.chart.nearest(code));
    known.map_or(AccountType::Asset, |known| known.account_type)
}

/// Takes an amount from the piece of a day, then from the oldest; what no piece covers stands
/// against that day.
fn settle(pieces: &mut Pieces, mut amount: Money, first: Option<NaiveDate>) {
    let days: Vec<NaiveDate> = first.into_iter().chain(pieces.keys().copied()).collect();
    for day in days {
        let Some(piece) = pieces.get_mut(&day).filter(|piece| piece.is_positive()) else {
            continue;
        };
        let taken = amount.min(*piece);
        (*piece, amount) = (*piece - taken, amount - taken);
    }
    if amount.is_positive() {
        let day = first.or_else(|| pieces.keys().next_back().copied()).unwrap_or_default();
        let piece = pieces.entry(day).or_default();
        *piece = *piece - amount;
    }
}
