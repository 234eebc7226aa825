//! Where a draft stands.

use std::fmt;

/// Where a draft stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Being prepared.
    Open,
    /// Handed over: waits for a second person.
    Prepared,
    /// On its way into the book. Found so, it isn't known whether it stands; posting settles it.
    Posting,
    /// Returned with a reason.
    Returned,
    /// Its entry stands.
    Posted,
    /// Taken back.
    Withdrawn,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Prepared, Self::Posting, Self::Returned, Self::Posted, Self::Withdrawn];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Prepared => "prepared",
            Self::Posting => "posting",
            Self::Returned => "returned",
            Self::Posted => "posted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state with a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// True where what was typed can still be changed.
    pub const fn is_changed(self) -> bool {
        matches!(self, Self::Open | Self::Prepared | Self::Returned)
    }

    /// True where one person can post it, if anybody may alone.
    pub(super) const fn is_alone(self) -> bool {
        matches!(self, Self::Open | Self::Prepared)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
