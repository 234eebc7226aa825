//! The forms there are, each a row: its word, its fields, how it is read.

use super::ask::Ask;
use super::{
    Made, Reader, accept, claims, close, contract, correct, cost, deposits, grounds, held, income,
    moves, profile, receipts, said, settle, spend,
};

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
    /// An entry says something that isn't so.
    Correct,
    /// A receipt is for another contract or other months.
    Attribute,
    /// Money that came in went back.
    IncomeRefund,
    /// A contract was made.
    Contract,
    /// A contract was changed.
    ContractAmend,
    /// A contract ended before its time.
    ContractEnd,
    /// A common part that can earn.
    Asset,
    /// Owners or others decided.
    Decision,
    /// A clause on fees.
    Clause,
    /// A clause ended.
    ClauseEnd,
    /// A deposit came in.
    DepositIn,
    /// A deposit went back.
    DepositOut,
    /// A deposit pays for damage.
    DepositForfeit,
    /// A deposit pays what was owing.
    DepositOffset,
    /// Money of others, or of nobody knows whom, came in.
    HeldIn,
    /// It was paid out.
    HeldOut,
    /// It is known what a receipt was.
    HeldIdentify,
    /// It was passed on to the maintenance fund.
    HeldToFund,
    /// It came over from the maintenance fund.
    HeldToRevenue,
    /// Money went from one account to another.
    Transfer,
    /// A bank paid interest.
    Interest,
    /// A bank did something by itself.
    BankFact,
    /// Somebody collected what was distributed.
    DistributePay,
    /// What was distributed came back.
    DistributeReturn,
    /// Money that left without papers came back.
    UnprovenReturn,
    /// Something is to be claimed back.
    Claim,
    /// A claim was given up by decision.
    WriteOff,
    /// A month or a year is closed.
    Close,
    /// A notice was put up.
    Publication,
    /// A finding is answered.
    Reply,
    /// One company hands the accounts over to another.
    Handover,
    /// What the book began with is proven.
    OpeningConfirm,
    /// Somebody takes a role in the estate.
    Appoint,
    /// A bank account opens, is renamed, closes.
    Account,
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
    /// Contracts, and what they let.
    Contracts,
    /// Decisions and clauses.
    Grounds,
    /// Deposits, and money held for others.
    Others,
    /// Between accounts, and what banks and owners get.
    Moves,
    /// What is to come back.
    Claims,
    /// Closing, notices, answers.
    Closing,
    /// Who and what the estate is.
    Estate,
}

impl Group {
    /// Every group, in the desk's order.
    pub const ALL: [Self; 10] = [
        Self::Day,
        Self::Decided,
        Self::Mend,
        Self::Contracts,
        Self::Grounds,
        Self::Others,
        Self::Moves,
        Self::Claims,
        Self::Closing,
        Self::Estate,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Decided => "decided",
            Self::Mend => "mend",
            Self::Contracts => "contracts",
            Self::Grounds => "grounds",
            Self::Others => "others",
            Self::Moves => "moves",
            Self::Claims => "claims",
            Self::Closing => "closing",
            Self::Estate => "estate",
        }
    }

    /// True where the desk shows its forms at once; others are opened first.
    pub const fn is_daily(self) -> bool {
        matches!(self, Self::Day | Self::Decided | Self::Mend)
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
    /// What it asks, where that doesn't depend on what was chosen; else its page knows.
    pub asks: &'static [Ask],
    /// Reads them; none where a field is to mend.
    pub read: fn(&mut Reader<'_>) -> Option<Made>,
}

/// A form that asks the same of everybody.
macro_rules! sheet {
    ($word:literal, $group:ident, $asks:ident, $read:ident) => {
        $crate::services::recording::form::Sheet {
            word: $word,
            group: $crate::services::recording::form::Group::$group,
            fields: &$crate::services::recording::ask::names::<{ $asks.len() }>($asks),
            asks: $asks,
            read: $read,
        }
    };
}
pub(super) use sheet;

impl Form {
    /// Every form, in the order in which the desk offers them.
    pub const ALL: [Self; 39] = [
        Self::Income,
        Self::Cost,
        Self::Settle,
        Self::Spend,
        Self::Accept,
        Self::Correct,
        Self::Attribute,
        Self::IncomeRefund,
        Self::Contract,
        Self::ContractAmend,
        Self::ContractEnd,
        Self::Asset,
        Self::Decision,
        Self::Clause,
        Self::ClauseEnd,
        Self::DepositIn,
        Self::DepositOut,
        Self::DepositForfeit,
        Self::DepositOffset,
        Self::HeldIn,
        Self::HeldOut,
        Self::HeldIdentify,
        Self::HeldToFund,
        Self::HeldToRevenue,
        Self::Transfer,
        Self::Interest,
        Self::BankFact,
        Self::DistributePay,
        Self::DistributeReturn,
        Self::UnprovenReturn,
        Self::Claim,
        Self::WriteOff,
        Self::Close,
        Self::Publication,
        Self::Reply,
        Self::Handover,
        Self::OpeningConfirm,
        Self::Appoint,
        Self::Account,
    ];

    pub(super) const fn sheet(self) -> &'static Sheet {
        match self {
            Self::Income => &income::SHEET,
            Self::Cost => &cost::SHEET,
            Self::Settle => &settle::SHEET,
            Self::Spend => &spend::SHEET,
            Self::Accept => &accept::SHEET,
            Self::Correct => &correct::SHEET,
            Self::Attribute => &receipts::ATTRIBUTE,
            Self::IncomeRefund => &receipts::REFUND,
            Self::Contract => &contract::CONTRACT,
            Self::ContractAmend => &contract::AMEND,
            Self::ContractEnd => &contract::END,
            Self::Asset => &grounds::ASSET,
            Self::Decision => &grounds::DECISION,
            Self::Clause => &grounds::CLAUSE,
            Self::ClauseEnd => &grounds::CLAUSE_END,
            Self::DepositIn => &deposits::IN,
            Self::DepositOut => &deposits::OUT,
            Self::DepositForfeit => &deposits::FORFEIT,
            Self::DepositOffset => &deposits::OFFSET,
            Self::HeldIn => &held::IN,
            Self::HeldOut => &held::OUT,
            Self::HeldIdentify => &held::IDENTIFY,
            Self::HeldToFund => &held::TO_FUND,
            Self::HeldToRevenue => &held::TO_REVENUE,
            Self::Transfer => &moves::TRANSFER,
            Self::Interest => &moves::INTEREST,
            Self::BankFact => &moves::BANK_FACT,
            Self::DistributePay => &moves::PAY,
            Self::DistributeReturn => &moves::RETURN,
            Self::UnprovenReturn => &claims::RETURN,
            Self::Claim => &claims::CLAIM,
            Self::WriteOff => &claims::WRITE_OFF,
            Self::Close => &close::SHEET,
            Self::Publication => &said::PUBLICATION,
            Self::Reply => &said::REPLY,
            Self::Handover => &profile::HANDOVER,
            Self::OpeningConfirm => &profile::CONFIRM,
            Self::Appoint => &profile::APPOINT,
            Self::Account => &profile::ACCOUNT,
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

    /// What it asks, where that doesn't depend on what was chosen.
    pub const fn asks(self) -> &'static [Ask] {
        self.sheet().asks
    }
}
