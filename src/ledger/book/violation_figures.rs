//! The figures of a refusal by name, for programs; the sentence in `violation_text.rs` has the
//! same ones in words.

use super::Violation;
use super::violation::Violation as V;
use crate::ledger::entry::Side;

/// Figures by name.
pub type Figures = Vec<(&'static str, String)>;

/// Arms that name each field and print it.
macro_rules! figures {
    ($of:expr; $($variant:ident { $($field:ident),+ })+) => {
        match $of {
            $(V::$variant { $($field,)+ .. } => {
                vec![$((stringify!($field), $field.to_string())),+]
            })+
            _ => Vec::new(),
        }
    };
}

impl Violation {
    /// Its figures by name: amounts in yuan, days, accounts, numbers.
    pub fn figures(&self) -> Figures {
        match self {
            V::AccountSide { line, account, side, kind } => vec![
                ("line", line.to_string()),
                ("account", account.to_string()),
                ("side", if *side == Side::Debit { "debit" } else { "credit" }.to_owned()),
                ("kind", (*kind).to_owned()),
            ],
            V::Overdrawn { account, item, balance, change } => {
                let item = item.clone().map(|item| ("item", item));
                let rest = [
                    ("account", account.to_string()),
                    ("balance", balance.to_string()),
                    ("change", change.to_string()),
                ];
                rest.into_iter().chain(item).collect()
            }
            other => other.plain_figures(),
        }
    }

    fn plain_figures(&self) -> Figures {
        figures! { self;
            Seq { expected, found }
            Prev { expected, found }
            TimeBack { last, found }
            BatchBroken { no, of }
            Unbalanced { fund, debit, credit }
            AccountUnknown { line, account }
            AccountOtherFund { account, fund }
            AccountHeading { line, account }
            AccountClosed { line, account }
            AmountZero { line }
            AmountRange { line }
            PartUnknown { line, account }
            ItemMissing { line, account }
            PartOverspent { part, has, wanted }
            CrossingUnequal { r, f }
            TopUpUnknown { seq }
            TopUpExceeded { seq, left, wanted }
            CloseDay { to, closed_to, today }
            ClosingDiffers { line, lines }
            MatchedLine { account, matched, now }
            StatementGap { account, last, from }
            StatementOpening { account, closing, opening }
            NoStatement { account }
            StatementBatch { account }
            StatementDay { serial, day }
            SerialTwice { serial }
            SerialUnknown { serial }
            ItemNotOpen { seq }
            MatchUnequal { group, bank, book }
            StatementLines { announced, came }
            StatementSum { closing, running }
            BoxesDiffer { account }
            NotReconciled { account, bank, book }
            HandoverSigns { signed }
            HandoverBalance { account, said, stands }
            QuestionExists { no }
            RuleUnknown { key }
            ClauseUnknown { no }
            ClauseExists { no }
            ClauseUnpriced { no }
            ClauseNotInForce { no, date }
            CeilingExceeded { no, ceiling, charged, wanted }
            NotThatEntry { seq }
            MirrorDiffers { line, live }
            NoSuchReceipt { seq, line }
            DateClosed { fund, date, closed_to }
            DateAhead { date, today }
            DateNotToday { date, today }
            OccurredLate { occurred, date }
            EvidenceShort { needed, shown }
            DecisionUnknown { no }
            DecisionNotInForce { no, date }
            LimitExceeded { no, limit, used, wanted }
            ClaimUnknown { seq }
            ClaimExceeded { seq, open, wanted }
            NotCosigned { from, amount }
            ContractUnknown { no }
            ContractExists { no }
            TermReversed { from, to }
            ScheduleUnpriced { item }
            ScheduleAccount { item, account }
            ChartBroken { account }
            DecisionExists { no }
            AssetUnknown { id }
            BankAccount { account }
            BankNotEmpty { account, balance }
            NotABank { account }
            OpeningLate { fund }
        }
    }
}
