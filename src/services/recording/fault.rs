//! What can be wrong with a field of a form. The sentences stand in `locales/` under
//! `record_fault`.

/// A field with the rule it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordFault {
    /// The field.
    pub field: &'static str,
    /// The rule.
    pub rule: Rule,
}

/// A rule that something typed breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An amount above zero, in yuan.
    Amount,
    /// A day.
    Day,
    /// A day that has come.
    DayAhead,
    /// One of what is offered.
    Choice,
    /// A contract of this book.
    Contract,
    /// Months that follow one another.
    MonthsApart,
    /// Whoever was paid.
    Payee,
    /// The number of a paper.
    PaperNo,
    /// A paper over at least what was paid.
    PaperShort,
    /// No more than is still open.
    MoreThanOpen,
    /// Which platform, or who collected.
    Channel,
    /// A fee below the amount.
    Fee,
    /// A text of up to 120 characters.
    Text,
    /// No number of a person.
    PersonalNumber,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 14] = [
        Self::Amount,
        Self::Day,
        Self::DayAhead,
        Self::Choice,
        Self::Contract,
        Self::MonthsApart,
        Self::Payee,
        Self::PaperNo,
        Self::PaperShort,
        Self::MoreThanOpen,
        Self::Channel,
        Self::Fee,
        Self::Text,
        Self::PersonalNumber,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Day => "day",
            Self::DayAhead => "day_ahead",
            Self::Choice => "choice",
            Self::Contract => "contract",
            Self::MonthsApart => "months_apart",
            Self::Payee => "payee",
            Self::PaperNo => "paper_no",
            Self::PaperShort => "paper_short",
            Self::MoreThanOpen => "more_than_open",
            Self::Channel => "channel",
            Self::Fee => "fee",
            Self::Text => "text",
            Self::PersonalNumber => "personal_number",
        }
    }

    /// It, broken by a field.
    pub const fn at(self, field: &'static str) -> RecordFault {
        RecordFault { field, rule: self }
    }
}
