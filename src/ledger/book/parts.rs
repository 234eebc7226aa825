//! I3b: what the owners of a part have, with their open income, cost and use, is theirs alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Book, Violation};
use crate::ledger::account::Fund;
use crate::ledger::chart::{AccountType, Role};
use crate::ledger::entry::Line;
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;

impl Book {
    /// Nobody spends of a part more than its owners have.
    pub(super) fn check_parts(&self, rules: &Rules, lines: &[Line]) -> Result<(), Violation> {
        let mut changes: BTreeMap<&str, Money> = BTreeMap::new();
        for line in lines.iter().filter(|line| is_of_owners(rules, line)) {
            if let Some(part) = line.part.as_deref() {
                let change = changes.entry(part).or_default();
                *change = *change - line.signed();
            }
        }
        for (part, change) in changes.into_iter().filter(|(_, change)| change.is_negative()) {
            let has = self.fund(Fund::R).parts.get(part).copied().unwrap_or_default();
            if (has + change).is_negative() {
                let part = part.to_owned();
                return Err(Violation::PartOverspent { part, has, wanted: -change });
            }
        }
        Ok(())
    }

    /// Counts a line for the owners of its part.
    pub(super) fn book_part(&mut self, rules: &Rules, line: &Line) {
        let Some(part) = line.part.clone().filter(|_| is_of_owners(rules, line)) else { return };
        let balances = Arc::make_mut(&mut self.balances);
        let has = balances.fund_mut(line.account.fund()).parts.entry(part).or_default();
        *has = *has - line.signed();
    }
}

/// Net assets of a part, income and expense of the shared revenue.
fn is_of_owners(rules: &Rules, line: &Line) -> bool {
    let Some(found) = rules.chart.nearest(line.account) else { return false };
    let flows = matches!(found.account_type, AccountType::Income | AccountType::Expense);
    line.account.fund() == Fund::R && (flows || found.role == Role::NetPart)
}
