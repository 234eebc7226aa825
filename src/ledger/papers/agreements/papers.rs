//! 账证相符: entries of the period with the papers that they rest on: a file whose digest is in
//! the bytes, a paper named by number and issuer, neither.

use super::{Agreement, Verdict};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::money::Money;
use crate::ledger::papers::{Asked, Cell, Rank, Row, Sources, daybook};
use crate::ledger::statements::recorded_amount;

/// How many entries, and their amounts together.
type Count = (u64, Money);

pub(super) fn agreement(from: &Sources<'_>, asked: &Asked) -> Agreement {
    let fund = asked.fund;
    let [mut filed, mut named, mut without] = [Count::default(); 3];
    let mut missing = Vec::new();
    // A year's closing is computed by the book: nothing outside it could show it.
    let entries = from.entries.iter().filter(|posted| posted.entry.event.kind().name != "close");
    for PostedEntry { entry, .. } in entries {
        let amount = recorded_amount(from.book, entry, fund).abs();
        let count = match () {
            () if has_file(from.book, entry) => &mut filed,
            () if !entry.event.fields().list("evidence").is_empty() => &mut named,
            () => {
                missing.push(row(from, fund, entry, amount));
                &mut without
            }
        };
        *count = (count.0 + 1, count.1 + amount);
    }
    let all = filed.0 + named.0 + without.0;
    let verdict = match (all, without.0) {
        (0, _) => Verdict::Unsaid("no_entries"),
        (_, 0) => Verdict::Agrees,
        _ => Verdict::Differs(without.1),
    };
    let mut rows = Vec::new();
    if all > 0 {
        for (name, (count, amount)) in [("with_file", filed), ("with_number", named)] {
            rows.push(counted(Rank::Line, name, count, [amount, amount]));
        }
        rows.push(counted(Rank::Heading, "without_paper", without.0, [without.1, Money::ZERO]));
        rows.extend(missing);
    }
    Agreement { name: "agree_papers", verdict, rows }
}

/// True where a file is named by the entry or was attached to it later.
fn has_file(book: &Book, entry: &Entry) -> bool {
    !entry.docs.is_empty() || book.said().attached.contains_key(&entry.seq)
}

fn counted(rank: Rank, name: &'static str, count: u64, [ours, theirs]: [Money; 2]) -> Row {
    let verdict = Verdict::of(ours - theirs);
    let mut cells = vec![Cell::Word(name), Cell::Number(count), Cell::Empty];
    cells.extend([ours, theirs, ours - theirs].map(Cell::Money));
    cells.push(Cell::Word(verdict.word()));
    Row::of(rank, cells)
}

fn row(from: &Sources<'_>, fund: Fund, entry: &Entry, amount: Money) -> Row {
    let said = entry.memo.clone().map_or(Cell::Kind(entry.event.kind()), Cell::Text);
    let voucher = daybook::voucher(from.vouchers, fund, entry);
    let mut cells = vec![voucher, said, Cell::Day(entry.date), Cell::Money(amount)];
    cells.extend([Cell::Empty, Cell::Empty, Cell::Word(banked(from.book, entry))]);
    Row::line(cells)
}

/// Whether at least the bank's line stands for an entry that no paper is named of.
fn banked(book: &Book, entry: &Entry) -> &'static str {
    let day = entry.occurred_on();
    let of_bank = entry.lines.iter().any(|line| {
        let Some(bank) = book.bank_book(line.account) else { return false };
        let covered = bank.statements.iter().any(|of| (of.from..=of.to).contains(&day));
        covered && bank.book_open.get(entry.seq).is_none()
    });
    if of_bank { "bank_line_only" } else { "no_paper" }
}
