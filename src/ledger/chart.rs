//! Charts of accounts: for each fund a list of accounts with name, type and role.
//!
//! The chart in force stands complete in the `rules` entry; the fold knows roles, never codes,
//! so a chart can change without a new program. The charts that ship are in `charts/`:
//! R follows provincial guides (there is no national standard), F follows
//! 财会〔2020〕7号 (its first-level codes are second-hand and marked 未核实 in the pack).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::account::AccountCode;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Every word in the format.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word in the bytes.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads the word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $crate::ledger::serial::read_text(d, "a word of the format", Self::from_word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// On which side an account grows and in which statement it stands.
    AccountType {
        /// Grows on the debit side.
        Asset = "asset",
        /// Grows on the credit side.
        Liability = "liability",
        /// What belongs to the owners; grows on the credit side.
        NetAssets = "net_assets",
        /// Grows on the credit side, closed at year end.
        Income = "income",
        /// Grows on the debit side, closed at year end.
        Expense = "expense",
    }
}

impl AccountType {
    /// True where a debit makes the balance larger.
    pub const fn grows_by_debit(self) -> bool {
        matches!(self, Self::Asset | Self::Expense)
    }
}

words! {
    /// What an account is for; kinds name roles, so that they don't depend on codes.
    Role {
        /// A heading or an account that no kind may post to.
        None = "none",
        /// Money in a bank account of the fund (posted by sub-account).
        Bank = "bank",
        /// Collected by a payment platform, not yet settled.
        Clearing = "clearing",
        /// Collected by the operator for the owners, not yet handed in.
        OperatorHeld = "operator_held",
        /// What a former operator must hand over.
        PredecessorDue = "predecessor_due",
        /// Money that left without evidence: a claim, not a cost.
        Unproven = "unproven",
        /// Paid by mistake or to be recovered.
        Recoverable = "recoverable",
        /// Government bonds.
        Bond = "bond",
        /// Received, payer or purpose not yet known.
        Unidentified = "unidentified",
        /// Deposits of tenants.
        Deposit = "deposit",
        /// Collected for others or received by mistake.
        PassThrough = "pass_through",
        /// Distributed to owners, not yet collected.
        DistributionPayable = "distribution_payable",
        /// Refunds recognised for units that no longer exist.
        RefundPayable = "refund_payable",
        /// Net assets of all owners.
        NetAll = "net_all",
        /// Net assets of some owners, by part.
        NetPart = "net_part",
        /// Contra of the unproven opening.
        OpeningUnproven = "opening_unproven",
        /// What units own in the maintenance fund.
        UnitCapital = "unit_capital",
        /// Yield not yet distributed to units.
        Undistributed = "undistributed",
        /// Income of common parts.
        Income = "income",
        /// Bank interest.
        InterestIncome = "interest_income",
        /// Interest on bonds.
        BondIncome = "bond_income",
        /// Paid in by owners.
        Contribution = "contribution",
        /// Topped up from the shared revenue.
        ToppedUp = "topped_up",
        /// Proceeds of common equipment.
        Scrap = "scrap",
        /// Reasonable cost, with evidence (Civil Code article 282).
        Cost = "cost",
        /// Fees that a platform or bank withholds.
        FeeCost = "fee_cost",
        /// Management fee by an agreed clause.
        ClauseCost = "clause_cost",
        /// Use: topping up the maintenance fund.
        UseTopUp = "use_top_up",
        /// Use by an owners' decision.
        Use = "use",
        /// Written off by decision.
        WriteOff = "write_off",
        /// Repair and renewal from the maintenance fund.
        Works = "works",
        /// Refunds from the maintenance fund.
        Refund = "refund",
        /// Bank charges of the maintenance fund.
        Charge = "charge",
    }
}

impl Role {
    /// Money and claims that can't be less than nothing (I5).
    pub const fn is_own_money(self) -> bool {
        matches!(
            self,
            Self::Bank
                | Self::Clearing
                | Self::OperatorHeld
                | Self::PredecessorDue
                | Self::Unproven
                | Self::Recoverable
                | Self::Bond
        )
    }

    /// Money of others in the fund's accounts; it can't be less than nothing either (I5).
    pub const fn is_others_money(self) -> bool {
        matches!(
            self,
            Self::Unidentified
                | Self::Deposit
                | Self::PassThrough
                | Self::DistributionPayable
                | Self::RefundPayable
        )
    }

    /// Reasonable cost, which needs evidence (I9).
    pub const fn is_cost(self) -> bool {
        matches!(self, Self::Cost | Self::FeeCost | Self::ClauseCost)
    }
}

/// An account of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChartAccount {
    /// Its name in the language of the law.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// On which side it grows.
    pub account_type: AccountType,
}

/// The accounts of both funds, ordered by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart(BTreeMap<AccountCode, ChartAccount>);

impl Chart {
    /// Adds an account, or replaces it.
    pub fn insert(&mut self, code: AccountCode, account: ChartAccount) {
        self.0.insert(code, account);
    }

    /// The account with exactly this code.
    pub fn account(&self, code: AccountCode) -> Option<&ChartAccount> {
        self.0.get(&code)
    }

    /// The account, or the nearest heading above it: a bank account's number is given by an
    /// `account` entry, its role by the chart.
    pub fn nearest(&self, code: AccountCode) -> Option<&ChartAccount> {
        let mut at = Some(code);
        while let Some(code) = at {
            if let Some(account) = self.0.get(&code) {
                return Some(account);
            }
            at = code.parent();
        }
        None
    }

    /// True for an account without children; headings take no postings (I4).
    pub fn is_leaf(&self, code: AccountCode) -> bool {
        let mut after = self.0.range(code..).skip(1);
        !after.next().is_some_and(|(next, _)| {
            next.as_str().len() > code.as_str().len() && next.as_str().starts_with(code.as_str())
        })
    }

    /// Every account in the order of its code.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountCode, &ChartAccount)> {
        self.0.iter().map(|(code, account)| (*code, account))
    }
}

/// The chart that ships for the shared revenue.
pub const CHART_R: &str = include_str!("charts/cn-r-1.csv");
/// The chart that ships for the maintenance fund.
pub const CHART_F: &str = include_str!("charts/cn-f-2020-1.csv");

/// A row of a shipped chart: code, type, role, Chinese name, English name.
pub struct ShippedAccount {
    /// The code.
    pub code: AccountCode,
    /// `[code, type, role, name]` as the `rules` entry carries it.
    pub row: [&'static str; 4],
    /// The English name, for pages; the bytes carry the Chinese one.
    pub name_en: &'static str,
}

/// The shipped chart of a fund, in order.
pub fn shipped(chart: &'static str) -> impl Iterator<Item = ShippedAccount> {
    chart.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        let mut cell = || cells.next();
        let row = [cell()?, cell()?, cell()?, cell()?];
        Some(ShippedAccount { code: row[0].parse().ok()?, row, name_en: cell()? })
    })
}

/// The English name of a shipped account.
pub fn name_en(code: AccountCode) -> Option<&'static str> {
    static NAMES: LazyLock<BTreeMap<AccountCode, &'static str>> = LazyLock::new(|| {
        shipped(CHART_R).chain(shipped(CHART_F)).map(|row| (row.code, row.name_en)).collect()
    });
    NAMES.get(&code).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_row_is_read() {
        for chart in [CHART_R, CHART_F] {
            let rows: Vec<_> = shipped(chart).collect();
            assert_eq!(rows.len(), chart.lines().count() - 1);
            assert!(rows.len() <= crate::ledger::json::ROWS_MAX);
            for row in rows {
                let [code, sort, role, _] = row.row;
                assert!(AccountType::from_word(sort).is_some(), "{code} {sort}");
                assert!(Role::from_word(role).is_some(), "{code} {role}");
                assert!(!row.name_en.is_empty(), "{code}");
            }
        }
    }
}
