//! The forms there are, each a row: its word, its fields, how it is read.

use super::{Made, Reader, accept, cost, income, settle, spend};

/// What a form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Money of the owners came in.
    Income,
    /// Something was paid for.
    Cost,
    /// A platform or the company handed over what it had collected.
    Settle,
    /// Money of the owners is used as they decided.
    Spend,
    /// Papers came for money that had left without.
    Accept,
}

/// Forms that belong together on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What comes in and goes out day by day.
    Day,
    /// What the owners decided.
    Decided,
    /// What is mended, and papers that come later.
    Mend,
}

impl Group {
    /// Every group, in the desk's order.
    pub const ALL: [Self; 3] = [Self::Day, Self::Decided, Self::Mend];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Decided => "decided",
            Self::Mend => "mend",
        }
    }
}

/// What a form is made of; each stands with its reading in a file of its own.
pub(super) struct Sheet {
    /// Its word, as addresses and drafts have it.
    pub word: &'static str,
    /// Where the desk offers it.
    pub group: Group,
    /// Its fields, in order.
    pub fields: &'static [&'static str],
    /// Reads them; none where a field is to mend.
    pub read: fn(&mut Reader<'_>) -> Option<Made>,
}

impl Form {
    /// Every form, in the order in which the desk offers them.
    pub const ALL: [Self; 5] = [Self::Income, Self::Cost, Self::Settle, Self::Spend, Self::Accept];

    pub(super) const fn sheet(self) -> &'static Sheet {
        match self {
            Self::Income => &income::SHEET,
            Self::Cost => &cost::SHEET,
            Self::Settle => &settle::SHEET,
            Self::Spend => &spend::SHEET,
            Self::Accept => &accept::SHEET,
        }
    }

    /// Its word.
    pub const fn word(self) -> &'static str {
        self.sheet().word
    }

    /// The form with a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// Where the desk offers it.
    pub const fn group(self) -> Group {
        self.sheet().group
    }

    /// Its fields, in order.
    pub const fn fields(self) -> &'static [&'static str] {
        self.sheet().fields
    }
}
