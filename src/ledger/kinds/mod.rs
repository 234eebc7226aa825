//! The table of kinds: what can happen, which keys an event carries, which accounts it moves.
//!
//! One row a kind drives decoding, the fold's check of accounts (I4), drafts, forms and
//! `docs/spec/kinds.md`. What isn't listed is refused; a kind that a newer program knows stops
//! this one (`needs a newer program`), it is never skipped.

use super::account::Fund;
use super::chart::Role;
use super::schema::Key;

mod control;
mod later;
mod sorts;
mod table;

pub use table::KINDS;

/// The newest set of rules this program judges by; `open` and `rules` name theirs.
pub const BOOK_NEWEST: u64 = 1;

/// A kind of event.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the bytes.
    pub name: &'static str,
    /// What people call it.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// Keys beside `kind`.
    pub keys: &'static [Key],
    /// Which lines it has.
    pub lines: LineRule,
    /// What else the fold asks of it.
    pub guards: &'static [Guard],
}

/// Which lines an entry of a kind has.
#[derive(Debug)]
pub enum LineRule {
    /// None: the event moves no money.
    None,
    /// At least one on each side, with accounts of these roles, in one fund (I4, I6).
    Sides(Sides),
    /// The same in each fund, and as much in the one as in the other: money that the law lets
    /// cross (I6).
    Crossing {
        /// What moves in the shared revenue.
        r: Sides,
        /// What moves in the maintenance fund.
        f: Sides,
    },
    /// None for months; for a year the lines that the fold computes (I8).
    Closing,
    /// The mirror of another entry's live lines, then the right ones (I7).
    Correction,
}

/// Roles that a kind allows on each side.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// On the debit side.
    pub debit: &'static [Role],
    /// On the credit side.
    pub credit: &'static [Role],
}

impl LineRule {
    /// The roles allowed in a fund; none where the kind moves nothing there, or no money at all.
    pub const fn sides(&self, fund: Fund) -> Option<&Sides> {
        match (self, fund) {
            (Self::Sides(sides), _) | (Self::Crossing { r: sides, .. }, Fund::R) => Some(sides),
            (Self::Crossing { f, .. }, Fund::F) => Some(f),
            (Self::None | Self::Correction | Self::Closing, _) => None,
        }
    }
}

/// A guard of a kind, beyond keys and accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// `evidence` reaches what goes to cost (I9).
    Evidence,
    /// A fee withheld stays within the share that the rules name, or `evidence` reaches it (I9).
    FeeCapped,
    /// `decision` is in force with enough of its limit left (I9).
    Decision,
    /// `decision` as above, or `rule` names a parameter in force that commands it (I9).
    DecisionOrRule,
    /// What goes to the clause's account stays under the ceiling of `clause` (I9).
    Clause,
    /// Balances may stand on the wrong side: the bank did it (I5).
    BankFact,
    /// `docs` or `evidence` show it.
    Shown,
    /// Prepared by one person, posted by another (I12).
    TwoPersons,
    /// Co-signed by another organisation from the amount that the rules name (I12).
    CoSigned,
}

impl Kind {
    /// True where the fold asks this of the kind.
    pub fn asks(&self, guard: Guard) -> bool {
        self.guards.contains(&guard)
    }

    /// True where entries of the kind move money.
    pub const fn moves_money(&self) -> bool {
        !matches!(self.lines, LineRule::None)
    }
}

/// The kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_the_order_of_the_bytes() {
        for kind in KINDS {
            let names: Vec<_> = kind.keys.iter().map(|key| key.name).collect();
            assert!(names.is_sorted(), "{}: {names:?}", kind.name);
            assert!(!names.contains(&"kind"));
        }
    }
}
