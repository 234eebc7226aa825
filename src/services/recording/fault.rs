//! What can be wrong with a field of a form. The sentences stand in `locales/` under
//! `record_fault`.

use crate::ledger::money::Money;

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
    /// Whoever paid.
    Payer,
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
    /// Something.
    Needed,
    /// A number or name of up to 40 characters.
    Name,
    /// A whole number above nothing.
    Number,
    /// A share in percent.
    Percent,
    /// Months, from one to a later one.
    Month,
    /// Something else than what stands.
    Unchanged,
    /// An entry that can be mended so.
    NoEntry,
    /// A unified social credit code.
    Code,
    /// The last four digits of an account's number.
    Masked,
    /// A company that manages the estate.
    NoManager,
    /// Two sums that agree: what was typed, what its parts make.
    Sums(Money, Money),
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 26] = [
        Self::Amount,
        Self::Day,
        Self::DayAhead,
        Self::Choice,
        Self::Contract,
        Self::MonthsApart,
        Self::Payer,
        Self::Payee,
        Self::PaperNo,
        Self::PaperShort,
        Self::MoreThanOpen,
        Self::Channel,
        Self::Fee,
        Self::Text,
        Self::PersonalNumber,
        Self::Needed,
        Self::Name,
        Self::Number,
        Self::Percent,
        Self::Month,
        Self::Unchanged,
        Self::NoEntry,
        Self::Code,
        Self::Masked,
        Self::NoManager,
        Self::Sums(Money::ZERO, Money::ZERO),
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
            Self::Payer => "payer",
            Self::Payee => "payee",
            Self::PaperNo => "paper_no",
            Self::PaperShort => "paper_short",
            Self::MoreThanOpen => "more_than_open",
            Self::Channel => "channel",
            Self::Fee => "fee",
            Self::Text => "text",
            Self::PersonalNumber => "personal_number",
            Self::Needed => "needed",
            Self::Name => "name",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Month => "month",
            Self::Unchanged => "unchanged",
            Self::NoEntry => "no_entry",
            Self::Code => "code",
            Self::Masked => "masked",
            Self::NoManager => "no_manager",
            Self::Sums(_, _) => "sums",
        }
    }

    /// Figures that its sentence names.
    pub const fn figures(self) -> Option<(Money, Money)> {
        match self {
            Self::Sums(typed, parts) => Some((typed, parts)),
            _ => None,
        }
    }

    /// It, broken by a field.
    pub const fn at(self, field: &'static str) -> RecordFault {
        RecordFault { field, rule: self }
    }
}
