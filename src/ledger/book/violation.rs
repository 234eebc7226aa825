//! Why the fold refuses an entry: the invariant, the place, the figures.
//!
//! The sentences stand in `violation_text.rs`, in both languages, with what to do.
#![expect(missing_docs, reason = "the fields are the figures of the sentence above each variant")]

use chrono::NaiveDate;
use thiserror::Error;

use super::Boxes;
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::entry::Side;
use crate::ledger::id::EntryHash;
use crate::ledger::money::Money;
use crate::ledger::time::Timestamp;

/// An invariant of `docs/spec/entry.md`, section 3, or a rule of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The chain: numbers, predecessor, time, estate, log.
    I1,
    /// The bytes are canonical.
    I2,
    /// Debit equals credit within each fund.
    I3,
    /// Accounts exist, allow posting, and are those of the kind.
    I4,
    /// No account of money or of others' money is on its wrong side.
    I5,
    /// Money crosses funds only where the law knows it.
    I6,
    /// Nothing is changed; corrections mirror.
    I7,
    /// Dates lie in the open period.
    I8,
    /// Money out cites evidence or a decision.
    I9,
    /// Duties are separated.
    I12,
    /// A bank's statement agrees with itself, with the one before, and with the book.
    Statement,
    /// What an event cites exists, and is there once.
    Reference,
}

impl Rule {
    /// `I3`; `reference` for the last.
    pub const fn code(self) -> &'static str {
        match self {
            Self::I1 => "I1",
            Self::I2 => "I2",
            Self::I3 => "I3",
            Self::I4 => "I4",
            Self::I5 => "I5",
            Self::I6 => "I6",
            Self::I7 => "I7",
            Self::I8 => "I8",
            Self::I9 => "I9",
            Self::I12 => "I12",
            Self::Statement => "statement",
            Self::Reference => "reference",
        }
    }
}

/// A refusal with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {}", self.rule().code(), self.text().en)]
pub enum Violation {
    /// Rules of a later book, which this program doesn't know.
    Newer(u64),
    /// `seq` isn't the previous + 1.
    Seq { expected: u64, found: u64 },
    /// `prev` isn't the previous hash.
    Prev { expected: EntryHash, found: EntryHash },
    /// `time` goes back.
    TimeBack { last: Timestamp, found: Timestamp },
    /// Another estate's entry.
    OtherEstate,
    /// Written for another log.
    OtherLog,
    /// Entry 0 isn't `open`.
    NotOpened,
    /// `open` again.
    OpenedTwice,
    /// A batch with a part missing, or parts of two batches mixed.
    BatchBroken { no: u64, of: u64 },
    /// Debit and credit of a fund differ.
    Unbalanced { fund: Fund, debit: Money, credit: Money },
    /// No `rules` yet, so no chart.
    NoRules,
    /// The account isn't in the chart.
    AccountUnknown { line: usize, account: AccountCode },
    /// An account of the other fund.
    AccountOtherFund { account: AccountCode, fund: Fund },
    /// The account is a heading.
    AccountHeading { line: usize, account: AccountCode },
    /// The bank account isn't open.
    AccountClosed { line: usize, account: AccountCode },
    /// The kind doesn't move this account on this side.
    AccountSide { line: usize, account: AccountCode, side: Side, kind: &'static str },
    /// An amount of zero.
    AmountZero { line: usize },
    /// An amount or a sum out of range.
    AmountRange { line: usize },
    /// A kind that moves money has no line on a side.
    LinesMissing { kind: &'static str },
    /// A kind that moves no money has lines.
    LinesForbidden { kind: &'static str },
    /// A balance would stand on its wrong side.
    Overdrawn { account: AccountCode, item: Option<String>, balance: Money, change: Money },
    /// Lines of both funds in a kind that stays in one.
    CrossesFunds { kind: &'static str },
    /// Spent of a part more than its owners have (I3b).
    PartUnknown { line: usize, account: AccountCode },
    /// A deposit or money held for others without the key it is kept by.
    ItemMissing { line: usize, account: AccountCode },
    /// The owners of a part have less than is spent of it (I3b).
    PartOverspent { part: String, has: Money, wanted: Money },
    /// The funds don't move by the same amount.
    CrossingUnequal { r: Money, f: Money },
    /// No topping-up of that number.
    TopUpUnknown { seq: u64 },
    /// More comes back than is left of it.
    TopUpExceeded { seq: u64, left: Money, wanted: Money },
    /// The period to close isn't the next that can be.
    CloseDay { to: NaiveDate, closed_to: NaiveDate, today: NaiveDate },
    /// The lines aren't those that close the year.
    ClosingDiffers { line: usize, lines: usize },
    /// A matched bank line would change.
    MatchedLine { account: AccountCode, matched: Money, now: Money },
    /// A statement doesn't follow the last one.
    StatementGap { account: AccountCode, last: NaiveDate, from: NaiveDate },
    /// A statement doesn't open with what the last one closed with.
    StatementOpening { account: AccountCode, closing: Money, opening: Money },
    /// A replacement of other days than its statement's.
    StatementPeriod { account: AccountCode, from: NaiveDate, to: NaiveDate },
    /// A replacement doesn't close with what the next one opens with.
    StatementClosing { account: AccountCode, closing: Money, opening: Money },
    /// Lines without a statement.
    NoStatement { account: AccountCode },
    /// A batch that a statement heads holds something else, or a statement doesn't head its own.
    StatementBatch { account: AccountCode },
    /// A line outside its statement's days.
    StatementDay { serial: String, day: NaiveDate },
    /// A serial that is there already.
    SerialTwice { serial: String },
    /// No open bank line has this serial.
    SerialUnknown { serial: String },
    /// The entry has no open line on this account.
    ItemNotOpen { seq: u64 },
    /// A line of a match has another day or amount than what is open.
    MatchDiffers { name: String, day: NaiveDate, amount: Money },
    /// A match has no such group, or it was taken apart before.
    GroupUnknown { seq: u64, group: u64 },
    /// Both sides of a match differ.
    MatchUnequal { group: u64, bank: Money, book: Money },
    /// More or fewer lines than the statement says.
    StatementLines { announced: u64, came: u64 },
    /// Opening and lines don't give the closing.
    StatementSum { closing: Money, running: Money },
    /// The four totals aren't those of what is open.
    BoxesDiffer { account: AccountCode, found: Boxes, said: Boxes },
    /// Bank and book don't reconcile.
    NotReconciled { account: AccountCode, bank: Money, book: Money },
    /// A handover without three organisations' signatures.
    HandoverSigns { signed: usize },
    /// A balance handed over that isn't the book's.
    HandoverBalance { account: AccountCode, said: Money, stands: Money },
    /// The entry doesn't carry the digest, or its value was erased before.
    NothingSealed { seq: u64 },
    /// The number is taken.
    QuestionExists { no: String },
    /// Neither papers nor evidence.
    NothingShown,
    /// No parameter that commands it.
    RuleUnknown { key: String },
    /// A fee by clause that names none.
    ClauseMissing,
    /// No such clause.
    ClauseUnknown { no: String },
    /// The number is taken.
    ClauseExists { no: String },
    /// Two clauses over the same accounts at the same time, one of them with a rate.
    ClauseOverlaps { no: String, other: String },
    /// A rule commands less than is topped up by it.
    RuleExceeded { key: String, ceiling: Money, used: Money, wanted: Money },
    /// A rate without base, or an itemised clause with a rate.
    ClauseUnpriced { no: String },
    /// The clause isn't in force on that day.
    ClauseNotInForce { no: String, date: NaiveDate },
    /// Over the clause's rate of its base.
    CeilingExceeded { no: String, ceiling: Money, charged: Money, wanted: Money },
    /// The entry named by `of` isn't that one.
    NotThatEntry { seq: u64 },
    /// This kind isn't corrected by `correct`.
    NotCorrectable { kind: &'static str },
    /// A correction shows something that the kind doesn't ask for.
    OverrideIdle { kind: &'static str, key: &'static str },
    /// The first lines aren't the mirror of the live ones.
    MirrorDiffers { line: usize, live: usize },
    /// The line that `attribute` names isn't a receipt.
    NoSuchReceipt { seq: u64, line: u64 },
    /// `date` outside the open period.
    DateClosed { fund: Fund, date: NaiveDate, closed_to: NaiveDate },
    /// Later rules that would judge what was judged already.
    RulesBackdated { from: NaiveDate, today: NaiveDate },
    /// `date` after the posting day.
    DateAhead { date: NaiveDate, today: NaiveDate },
    /// An entry without lines bears the posting day.
    DateNotToday { date: NaiveDate, today: NaiveDate },
    /// `occurred` isn't before `date`.
    OccurredLate { occurred: NaiveDate, date: NaiveDate },
    /// Evidence doesn't reach the cost.
    EvidenceShort { needed: Money, shown: Money },
    /// The opening shows neither evidence nor `unproven`.
    OpeningUnproven,
    /// No such decision.
    DecisionUnknown { no: String },
    /// The decision isn't in force on that day.
    DecisionNotInForce { no: String, date: NaiveDate },
    /// The decision's limit doesn't reach.
    LimitExceeded { no: String, limit: Money, used: Money, wanted: Money },
    /// No open claim of that entry.
    ClaimUnknown { seq: u64 },
    /// More than is still open.
    ClaimExceeded { seq: u64, open: Money, wanted: Money },
    /// One person alone.
    OnePerson,
    /// No other organisation signed.
    NotCosigned { from: Money, amount: Money },
    /// The same person or organisation posted and co-signed.
    PostedAndCosigned,
    /// No such contract.
    ContractUnknown { no: String },
    /// The number is taken.
    ContractExists { no: String },
    /// Ends before it begins.
    TermReversed { from: NaiveDate, to: NaiveDate },
    /// A schedule without a price, or with one that can't be.
    ScheduleUnpriced { item: usize },
    /// A schedule's account that brings no income.
    ScheduleAccount { item: usize, account: AccountCode },
    /// A chart that names an account twice, or in the other fund's list, or drops one in use.
    ChartBroken { account: AccountCode },
    /// The number is taken.
    DecisionExists { no: String },
    /// No such asset.
    AssetUnknown { id: String },
    /// The bank account exists, or doesn't.
    BankAccount { account: AccountCode, exists: bool },
    /// A bank account with money in it can't be closed.
    BankNotEmpty { account: AccountCode, balance: Money },
    /// Not an account of a bank.
    NotABank { account: AccountCode },
    /// An opening after other entries of the fund.
    OpeningLate { fund: Fund },
    /// An `attach` without papers.
    NothingAttached,
    /// An `attribute` or amendment that changes nothing.
    NothingChanged,
}

impl Violation {
    /// The invariant it breaks.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::Seq { .. }
            | Self::Prev { .. }
            | Self::TimeBack { .. }
            | Self::OtherEstate
            | Self::OtherLog
            | Self::NotOpened
            | Self::OpenedTwice
            | Self::BatchBroken { .. } => Rule::I1,
            Self::Newer(_) => Rule::I2,
            Self::Unbalanced { .. } | Self::PartOverspent { .. } => Rule::I3,
            Self::NoRules
            | Self::AccountUnknown { .. }
            | Self::AccountHeading { .. }
            | Self::AccountClosed { .. }
            | Self::AccountSide { .. }
            | Self::AmountZero { .. }
            | Self::AmountRange { .. }
            | Self::LinesMissing { .. }
            | Self::LinesForbidden { .. }
            | Self::PartUnknown { .. }
            | Self::ItemMissing { .. }
            | Self::AccountOtherFund { .. }
            | Self::ScheduleAccount { .. }
            | Self::ChartBroken { .. }
            | Self::NotABank { .. } => Rule::I4,
            Self::Overdrawn { .. } | Self::BankNotEmpty { .. } => Rule::I5,
            Self::CrossesFunds { .. }
            | Self::CrossingUnequal { .. }
            | Self::TopUpUnknown { .. }
            | Self::TopUpExceeded { .. } => Rule::I6,
            Self::NotThatEntry { .. }
            | Self::NotCorrectable { .. }
            | Self::OverrideIdle { .. }
            | Self::MirrorDiffers { .. }
            | Self::MatchedLine { .. }
            | Self::NoSuchReceipt { .. } => Rule::I7,
            Self::DateClosed { .. }
            | Self::DateAhead { .. }
            | Self::RulesBackdated { .. }
            | Self::DateNotToday { .. }
            | Self::OccurredLate { .. }
            | Self::CloseDay { .. }
            | Self::ClosingDiffers { .. } => Rule::I8,
            Self::EvidenceShort { .. }
            | Self::OpeningUnproven
            | Self::DecisionUnknown { .. }
            | Self::DecisionNotInForce { .. }
            | Self::LimitExceeded { .. }
            | Self::ClaimUnknown { .. }
            | Self::ClaimExceeded { .. }
            | Self::NothingShown
            | Self::RuleUnknown { .. }
            | Self::RuleExceeded { .. }
            | Self::ClauseOverlaps { .. }
            | Self::ClauseMissing
            | Self::ClauseUnknown { .. }
            | Self::ClauseNotInForce { .. }
            | Self::CeilingExceeded { .. } => Rule::I9,
            Self::OnePerson
            | Self::NotCosigned { .. }
            | Self::HandoverSigns { .. }
            | Self::PostedAndCosigned => Rule::I12,
            Self::StatementGap { .. }
            | Self::StatementOpening { .. }
            | Self::StatementPeriod { .. }
            | Self::StatementClosing { .. }
            | Self::NoStatement { .. }
            | Self::StatementBatch { .. }
            | Self::StatementDay { .. }
            | Self::SerialTwice { .. }
            | Self::SerialUnknown { .. }
            | Self::ItemNotOpen { .. }
            | Self::MatchDiffers { .. }
            | Self::GroupUnknown { .. }
            | Self::MatchUnequal { .. }
            | Self::StatementLines { .. }
            | Self::StatementSum { .. }
            | Self::BoxesDiffer { .. }
            | Self::NotReconciled { .. }
            | Self::HandoverBalance { .. } => Rule::Statement,
            Self::ContractUnknown { .. }
            | Self::ContractExists { .. }
            | Self::TermReversed { .. }
            | Self::ScheduleUnpriced { .. }
            | Self::DecisionExists { .. }
            | Self::ClauseExists { .. }
            | Self::QuestionExists { .. }
            | Self::NothingSealed { .. }
            | Self::ClauseUnpriced { .. }
            | Self::AssetUnknown { .. }
            | Self::BankAccount { .. }
            | Self::OpeningLate { .. }
            | Self::NothingAttached
            | Self::NothingChanged => Rule::Reference,
        }
    }

    /// Where in the entry (RFC 6901).
    pub fn pointer(&self) -> String {
        match self {
            Self::Seq { .. } => "/seq".to_owned(),
            Self::Prev { .. } => "/prev".to_owned(),
            Self::TimeBack { .. } => "/time".to_owned(),
            Self::OtherEstate => "/estate".to_owned(),
            Self::OtherLog => "/log".to_owned(),
            Self::BatchBroken { .. } => "/act".to_owned(),
            Self::AccountUnknown { line, .. }
            | Self::AccountHeading { line, .. }
            | Self::AccountClosed { line, .. }
            | Self::AccountSide { line, .. }
            | Self::ItemMissing { line, .. }
            | Self::PartUnknown { line, .. } => format!("/lines/{line}/account"),
            Self::AmountZero { line }
            | Self::AmountRange { line }
            | Self::ClosingDiffers { line, .. }
            | Self::MirrorDiffers { line, .. } => {
                format!("/lines/{line}")
            }
            Self::Unbalanced { .. }
            | Self::LinesMissing { .. }
            | Self::LinesForbidden { .. }
            | Self::Overdrawn { .. }
            | Self::AccountOtherFund { .. }
            | Self::PartOverspent { .. }
            | Self::CrossingUnequal { .. }
            | Self::TopUpExceeded { .. }
            | Self::CrossesFunds { .. } => "/lines".to_owned(),
            Self::NotThatEntry { .. } | Self::ClaimUnknown { .. } | Self::TopUpUnknown { .. } => {
                "/event/of".to_owned()
            }
            Self::DateClosed { .. } | Self::DateAhead { .. } | Self::DateNotToday { .. } => {
                "/date".to_owned()
            }
            Self::OccurredLate { .. } => "/occurred".to_owned(),
            Self::EvidenceShort { .. } => "/event/evidence".to_owned(),
            Self::DecisionUnknown { .. }
            | Self::DecisionNotInForce { .. }
            | Self::LimitExceeded { .. } => "/event/decision".to_owned(),
            Self::OnePerson | Self::NotCosigned { .. } | Self::PostedAndCosigned => {
                "/signs".to_owned()
            }
            Self::NothingAttached | Self::NothingShown => "/docs".to_owned(),
            Self::NothingSealed { .. } => "/event/digests".to_owned(),
            Self::RuleUnknown { .. } | Self::RuleExceeded { .. } => "/event/rule".to_owned(),
            Self::RulesBackdated { .. } => "/event/from".to_owned(),
            Self::CloseDay { .. } => "/event/to".to_owned(),
            Self::ClauseMissing
            | Self::ClauseUnknown { .. }
            | Self::ClauseNotInForce { .. }
            | Self::CeilingExceeded { .. } => "/event/clause".to_owned(),
            Self::OverrideIdle { key, .. } => format!("/event/{key}"),
            Self::ScheduleUnpriced { item } => format!("/event/schedule/{item}"),
            Self::ScheduleAccount { item, .. } => format!("/event/schedule/{item}/account"),
            _ => "/event".to_owned(),
        }
    }
}
