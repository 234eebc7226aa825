//! A book as bytes and back, so that a long chain needn't be folded anew at every start.
//!
//! A snapshot is a convenience, never a truth: it can be thrown away and folded again, and
//! whoever keeps it holds its head against the chain before going on from it. One line of JSON:
//!
//! ```text
//! {"fold":"fold/4","sha256":"<of the bytes of book>","book":{"head":{…},…}}
//! ```
//!
//! The sum finds damage, not malice. What is read passes the constructors of each type, and the
//! checks below refuse what no fold could have made. Read next: [`super::super::serial`].

use thiserror::Error;

use super::{BankBook, Book, Contract, Contracts, FundBook, Statement};
use crate::ledger::account::Fund;
use crate::ledger::chain::content_hash;
use crate::ledger::due::Part;
use crate::ledger::entry::{BATCH_MAX, Line};
use crate::ledger::json::INTEGER_MAX;
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// Names what the fold keeps and how. Raise it whenever the shape or the meaning of a [`Book`]
/// changes, also where the same entry is only judged otherwise: a snapshot of another version
/// is not read but folded anew.
pub const FOLD: &str = "fold/4";

const BEFORE_FOLD: &str = "{\"fold\":\"";
const BEFORE_SUM: &str = "\",\"sha256\":\"";
const BEFORE_BOOK: &str = "\",\"book\":";
const AFTER_BOOK: &str = "}";

/// Why bytes are no snapshot that this program can go on from. The chain can always be folded
/// anew instead.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// Written by a program whose fold keeps something else ([`FOLD`]).
    #[error("the snapshot was made by another version of the fold")]
    OtherVersion,
    /// Cut, or changed since it was written.
    #[error("the snapshot is damaged")]
    Damaged,
    /// Whole, but not the form of a book.
    #[error("the snapshot can't be read: {0}")]
    Form(#[source] serde_json::Error),
    /// A book that no entries lead to.
    #[error("the snapshot is of a book that can't be: {0}")]
    Impossible(&'static str),
    /// The book could not be written.
    #[error("the book can't be written: {0}")]
    Unwritable(#[source] serde_json::Error),
}

impl Book {
    /// The book as bytes; the same book gives the same bytes. Also inside a batch.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let book = serde_json::to_vec(self).map_err(SnapshotError::Unwritable)?;
        Ok(seal(&book))
    }

    /// Reads what [`Book::snapshot`] wrote.
    pub fn from_snapshot(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let book: Self = serde_json::from_slice(unseal(bytes)?).map_err(SnapshotError::Form)?;
        book.check_possible().map_err(SnapshotError::Impossible)?;
        Ok(book)
    }

    /// What holds in every book that entries lead to, as far as reading each value alone
    /// doesn't show it.
    fn check_possible(&self) -> Result<(), &'static str> {
        let entries = self.head.entries;
        is(entries <= INTEGER_MAX, "more entries than there can be")?;
        let act = self.batch.is_none_or(|act| (1..act.of).contains(&act.no) && act.of <= BATCH_MAX);
        is(act, "a batch whose open part is none of its parts")?;
        is(self.batch.is_some() || self.touched.0.is_empty(), "touched accounts without a batch")?;
        let ascend = |bank: &BankBook| bank.shifted.is_sorted_by(|a, b| a.0 < b.0);
        is(self.banks.values().all(|bank| ascend(bank)), "days that don't ascend")?;
        for bank in self.banks.values() {
            let follow = |pair: &[Statement]| pair[0].to < pair[1].from;
            is(bank.statements.windows(2).all(follow), "statements that don't follow each other")?;
            let mut seqs = bank.statements.iter().map(|one| (one.seq, one.version));
            let known = seqs.all(|(seq, version)| seq <= version && version < entries);
            is(known, "a statement ahead of the chain")?;
        }
        for fund in Fund::ALL {
            check_fund(fund, self.fund(fund))?;
        }
        check_contracts(&self.contracts, entries)?;
        let mut seqs = self.decisions.values().map(|decision| &decision.seq);
        is(seqs.all(|seq| *seq < entries), "a decision ahead of the chain")?;
        is(self.claims.keys().all(|seq| *seq < entries), "a claim ahead of the chain")?;
        is(self.delays.first.iter().all(|seq| *seq < entries), "a delay ahead of the chain")?;
        for (seq, live) in self.corrections.iter() {
            is(*seq <= live.version && live.version < entries, "a correction ahead of the chain")?;
            let amount = |line: &Line| line.amount.is_positive() && line.amount <= Money::LINE_MAX;
            is(live.lines.iter().all(amount), "a line without an amount that can be")?;
        }
        Ok(())
    }
}

/// I3 and I6 over the whole fund, and each sum in its own month.
fn check_fund(fund: Fund, book: &FundBook) -> Result<(), &'static str> {
    let own = book.accounts.keys().all(|account| account.fund() == fund)
        && book.items.keys().all(|(account, _)| account.fund() == fund);
    is(own, "an account in the other fund")?;
    let sum: i128 = book.accounts.values().map(|balance| i128::from(balance.fen())).sum();
    is(sum == 0, "a fund that doesn't balance")?;
    for (month, sums) in &book.months {
        let own = sums.accounts.keys().all(|(account, _)| account.fund() == fund)
            && sums.days.keys().all(|(account, _)| account.fund() == fund);
        is(own, "an account in the other fund")?;
        let days = sums.days.keys().all(|(_, day)| Month::of(*day) == *month);
        is(days, "a day in another month")?;
    }
    Ok(())
}

/// Contracts under their own number, with parts whose due can be reckoned.
fn check_contracts(contracts: &Contracts, entries: u64) -> Result<(), &'static str> {
    for (no, contract) in &contracts.contracts {
        let Contract { entries: seqs, parts, last_receipt, .. } = contract.as_ref();
        is(contract.no == *no, "a contract under another's number")?;
        is(parts.iter().all(Part::can_be), "a price that can't be")?;
        let mut seqs = seqs.iter().chain(last_receipt);
        is(seqs.all(|seq| *seq < entries), "a contract ahead of the chain")?;
    }
    let mut assets = contracts.assets.values();
    is(assets.all(|asset| asset.seq < entries), "an asset ahead of the chain")
}

const fn is(holds: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Puts version and sum before the bytes of a book.
fn seal(book: &[u8]) -> Vec<u8> {
    let sum = content_hash(book);
    let head = format!("{BEFORE_FOLD}{FOLD}{BEFORE_SUM}{sum}{BEFORE_BOOK}");
    [head.as_bytes(), book, AFTER_BOOK.as_bytes()].concat()
}

/// The bytes of the book, when version and sum are right. The version is looked at first:
/// nothing else of another version's shape is known.
fn unseal(bytes: &[u8]) -> Result<&[u8], SnapshotError> {
    let damaged = || SnapshotError::Damaged;
    let rest = bytes.strip_prefix(BEFORE_FOLD.as_bytes()).ok_or_else(damaged)?;
    let end = rest.iter().position(|byte| *byte == b'"').ok_or_else(damaged)?;
    let (version, rest) = rest.split_at(end);
    if version != FOLD.as_bytes() {
        return Err(SnapshotError::OtherVersion);
    }
    let rest = rest.strip_prefix(BEFORE_SUM.as_bytes()).ok_or_else(damaged)?;
    let (sum, rest) = rest.split_at_checked(64).ok_or_else(damaged)?;
    let book = rest
        .strip_prefix(BEFORE_BOOK.as_bytes())
        .and_then(|rest| rest.strip_suffix(AFTER_BOOK.as_bytes()))
        .ok_or_else(damaged)?;
    if content_hash(book).to_string().as_bytes() == sum { Ok(book) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::PostedEntry;
    use crate::ledger::findings::findings;
    use crate::ledger::period::parse_date;

    /// The example estate: every kind of entry, corrections and a batch among them.
    const EXAMPLE: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/spec/vectors/estate.jsonl"));

    fn entries() -> Vec<PostedEntry> {
        let lines = EXAMPLE.lines().skip(1);
        lines.map(|line| PostedEntry::read(line.as_bytes()).unwrap()).collect()
    }

    fn go_on(book: &mut Book, entries: &[PostedEntry], from: usize) {
        for posted in &entries[from..] {
            let named = Book::names(&posted.entry.event);
            let named = named.map(|(seq, _)| &entries[usize::try_from(seq).unwrap()]);
            book.apply(posted, named).unwrap();
        }
    }

    fn example() -> Book {
        let mut book = Book::default();
        go_on(&mut book, &entries(), 0);
        book
    }

    #[test]
    fn going_on_from_any_entry_gives_the_same_book() {
        let entries = entries();
        let whole = example().snapshot().unwrap();
        let mut book = Book::default();
        let mut inside_a_batch = 0;
        for cut in 0..=entries.len() {
            let bytes = book.snapshot().unwrap();
            let mut again = Book::from_snapshot(&bytes).unwrap();
            assert_eq!(format!("{again:?}"), format!("{book:?}"), "at entry {cut}");
            assert_eq!(again.snapshot().unwrap(), bytes, "at entry {cut}");
            inside_a_batch += usize::from(again.open_batch().is_some());
            go_on(&mut again, &entries, cut);
            assert_eq!(again.snapshot().unwrap(), whole, "from entry {cut}");
            go_on(&mut book, &entries[..(cut + 1).min(entries.len())], cut);
        }
        assert!(inside_a_batch > 0, "the example has a batch");
        assert!(!book.corrections().is_empty(), "the example has a correction");
    }

    #[test]
    fn damage_is_found() {
        let bytes = example().snapshot().unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            assert!(Book::from_snapshot(&damaged).is_err(), "byte {at}");
            let cut = Book::from_snapshot(&bytes[..at]);
            assert!(matches!(cut, Err(SnapshotError::Damaged)), "cut at byte {at}: {cut:?}");
        }
        let longer = [&bytes[..], b"\n"].concat();
        assert!(matches!(Book::from_snapshot(&longer), Err(SnapshotError::Damaged)));
    }

    /// The sum made right again, so that reading itself meets the damage: an error or a book
    /// that can be judged and written again, never a panic.
    #[test]
    fn damage_under_a_right_sum_panics_nothing() {
        let sealed = example().snapshot().unwrap();
        let bytes = unseal(&sealed).unwrap();
        let as_of = parse_date("2026-12-31").unwrap();
        let mut refused = 0;
        for at in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1 << (at % 7);
            match Book::from_snapshot(&seal(&damaged)) {
                Ok(book) => {
                    findings(&book, as_of);
                    assert!(book.snapshot().is_ok(), "byte {at}");
                }
                Err(_) => refused += 1,
            }
            let step = if at % 16 == 0 { &bytes[..at] } else { b"" };
            assert!(Book::from_snapshot(&seal(step)).is_err(), "cut at byte {at}");
        }
        assert!(refused > bytes.len() / 3, "{refused} of {}", bytes.len());
    }

    #[test]
    fn what_no_fold_makes_is_refused() {
        let sealed = example().snapshot().unwrap();
        let text = String::from_utf8(unseal(&sealed).unwrap().to_vec()).unwrap();
        let change = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            Book::from_snapshot(&seal(text.replacen(from, to, 1).as_bytes()))
        };
        let form = |from, to| assert!(matches!(change(from, to), Err(SnapshotError::Form(_))));
        form("{\"head\"", "{\"later\":1,\"head\"");
        form("\"R.1001.01\"", "\"G.1001.01\"");
        form("\"2026-01-01\"", "\"2026-02-30\"");
        form("\"2026-01-01\"", "\"1969-12-31\"");
        form("\"time\":1", "\"time\":91");
        form("\"role\":\"bank\"", "\"role\":\"banks\"");
        form("\"spread\"", "\"spared\"");
        let impossible = |from: &str, to: &str| {
            assert!(matches!(change(from, to), Err(SnapshotError::Impossible(_))));
        };
        let entries = example().head().entries;
        impossible(&format!("\"entries\":{entries}"), "\"entries\":5");
        impossible("\"accounts\":{\"R.1001.01\":", "\"accounts\":{\"R.1001.01\":1");
        impossible("\"accounts\":{\"R.1001.01\"", "\"accounts\":{\"F.1001.01\"");
        impossible("{\"contracts\":{\"", "{\"contracts\":{\"X");
        let trailing = Book::from_snapshot(&seal(format!("{text} 1").as_bytes()));
        assert!(matches!(trailing, Err(SnapshotError::Form(_))));
    }

    #[test]
    fn another_version_is_folded_anew() {
        let bytes = example().snapshot().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("{\"fold\":\"fold/4\","));
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        let other = text.replacen(FOLD, "fold/0", 1);
        let other = Book::from_snapshot(other.as_bytes());
        assert!(matches!(other, Err(SnapshotError::OtherVersion)));
    }

    #[test]
    fn the_version_names_what_the_fold_keeps() {
        let sealed = example().snapshot().unwrap();
        let sum = content_hash(unseal(&sealed).unwrap()).to_string();
        let known = "04974c6eb748087f546a9d7a55f265afb5e3d813faad0dd34b59e49a180987fc";
        let why = "unless the example changed, the fold keeps something else: raise FOLD";
        assert_eq!((FOLD, sum.as_str()), ("fold/4", known), "{why}");
    }

    /// A book that begins with 1980 is closed to a day that no entry can name.
    #[test]
    fn the_days_around_the_first_and_last_year_read_back() {
        let head = EXAMPLE.lines().nth(1).unwrap();
        for since in ["1980-01-01", "1999-12-31", "2000-01-01"] {
            let head = head.replace("\"since\":\"2026-01-01\"", &format!("\"since\":\"{since}\""));
            let mut book = Book::default();
            book.apply(&PostedEntry::read(head.as_bytes()).unwrap(), None).unwrap();
            let bytes = book.snapshot().unwrap();
            let again = Book::from_snapshot(&bytes).unwrap();
            assert_eq!(again.fund(Fund::R).closed_to, book.fund(Fund::R).closed_to);
            assert_eq!(again.snapshot().unwrap(), bytes);
        }
    }
}
