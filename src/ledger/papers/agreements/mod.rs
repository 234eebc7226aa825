//! 账实、账证、账账、账表相符: whether the books agree with the money, with the papers, with
//! themselves and with the statements made of them (Accounting Law art. 17).
//!
//! Each agreement is a table whose rows put two figures beside each other that are kept or made
//! apart, and a verdict over its rows. Read next: `money.rs` 账实, `papers.rs` 账证, `ledgers.rs`
//! 账账, `statements.rs` 账表.

mod ledgers;
mod money;
mod papers;
mod statements;

use super::{Asked, Cell, Paper, Rank, Row, Sources};
use crate::ledger::money::Money;

/// The columns of every agreement.
const COLUMNS: &[&str] = &["item", "what", "day", "ours", "theirs", "difference", "verdict"];

/// What comes of putting both sides beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both sides are the same, or differ by what is named and on its way.
    Agrees,
    /// They differ by so much.
    Differs(Money),
    /// Nobody can tell; the word says why.
    Unsaid(&'static str),
}

/// One of the four.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Its word: `agree_money`, `agree_papers`, `agree_ledgers`, `agree_statements`.
    pub name: &'static str,
    /// What comes of it.
    pub verdict: Verdict,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A notice that was put up for the period, and the same made of the book now.
#[derive(Clone, Debug)]
pub struct PutUp {
    /// The entry that records it.
    pub seq: u64,
    /// As it was put up.
    pub then: Paper,
    /// As the book has it now.
    pub now: Paper,
}

/// The four agreements of a fund over a period. The entries of the sources are those of the
/// fund in the period.
pub fn agreements(from: Sources<'_>, asked: &Asked, put_up: Option<&PutUp>) -> Vec<Agreement> {
    vec![
        money::agreement(from.book, asked),
        papers::agreement(&from, asked),
        ledgers::agreement(&from, asked),
        statements::agreement(from.book, asked, put_up),
    ]
}

/// The four as one table: each under its title with its verdict.
pub fn as_paper(agreements: &[Agreement]) -> Paper {
    let mut rows = Vec::new();
    for of in agreements {
        rows.push(Row::of(Rank::Section, of.title()));
        rows.extend(of.rows.iter().cloned());
    }
    Paper { columns: COLUMNS, rows, total: None }
}

impl Agreement {
    /// Its rows as a table of their own.
    pub fn paper(&self) -> Paper {
        Paper { columns: COLUMNS, rows: self.rows.clone(), total: None }
    }

    fn title(&self) -> Vec<Cell> {
        let differs = match self.verdict {
            Verdict::Differs(by) => Cell::Money(by),
            Verdict::Agrees | Verdict::Unsaid(_) => Cell::Empty,
        };
        let (none, word) = (Cell::Empty, Cell::Word(self.verdict.word()));
        vec![
            Cell::Section(self.name),
            none.clone(),
            none.clone(),
            none.clone(),
            none,
            differs,
            word,
        ]
    }
}

impl Verdict {
    /// Of a difference.
    fn of(difference: Money) -> Self {
        if difference.is_zero() { Self::Agrees } else { Self::Differs(difference.abs()) }
    }

    /// Its word in a column.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs(_) => "differs",
            Self::Unsaid(why) => why,
        }
    }

    /// Of several: what differs adds up and stands above what can't be said.
    fn over(all: impl IntoIterator<Item = Self>) -> Self {
        let mut together = Self::Agrees;
        for one in all {
            together = match (together, one) {
                (Self::Differs(sum), Self::Differs(by)) => Self::Differs(sum + by),
                (Self::Differs(by), _) | (_, Self::Differs(by)) => Self::Differs(by),
                (Self::Unsaid(why), _) | (_, Self::Unsaid(why)) => Self::Unsaid(why),
                (Self::Agrees, Self::Agrees) => Self::Agrees,
            };
        }
        together
    }
}

/// A row with both sides, and what comes of it.
fn both(rank: Rank, lead: [Cell; 3], ours: Money, theirs: Money) -> (Row, Verdict) {
    let difference = ours - theirs;
    let verdict = Verdict::of(difference);
    let mut cells = Vec::from(lead);
    cells.extend([ours, theirs, difference].map(Cell::Money));
    cells.push(Cell::Word(verdict.word()));
    (Row::of(rank, cells), verdict)
}

/// A row of one side alone, without a verdict.
fn alone(lead: [Cell; 3], ours: Cell, theirs: Cell) -> Row {
    let mut cells = Vec::from(lead);
    cells.extend([ours, theirs, Cell::Empty, Cell::Empty]);
    Row::line(cells)
}
