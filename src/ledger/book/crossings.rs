//! Money that crosses from one fund to the other (I6): topping up the maintenance fund and what
//! comes back of it, money held in the one that belongs to the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lines::Meaning;
use super::{Book, Violation};
use crate::ledger::account::Fund;
use crate::ledger::chart::{AccountType, Role};
use crate::ledger::entry::{Line, PostedEntry, Side};
use crate::ledger::id::EntryHash;
use crate::ledger::kinds::{Kind, LineRule};
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// A topping-up of the maintenance fund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopUp {
    /// Hash of the entry.
    pub hash: EntryHash,
    /// Its day.
    #[serde(with = "serial::day")]
    pub date: NaiveDate,
    /// How much crossed.
    pub amount: Money,
    /// How much came back.
    pub returned: Money,
    /// The rule that commands it, where no decision is cited.
    pub rule: Option<String>,
}

/// Toppings-up by the number of their entry.
pub type TopUps = BTreeMap<u64, TopUp>;

/// Parameters that command a topping-up begin so; their value is a percentage.
const TOP_UP_RULE: &str = "top_up";

/// I6: both funds move, by the same amount.
pub(super) fn check_crossing(kind: &Kind, lines: &[Line]) -> Result<(), Violation> {
    if !matches!(kind.lines, LineRule::Crossing { .. }) {
        return Ok(());
    }
    let debit = |fund| -> Money {
        let of = lines.iter().filter(|line| line.account.fund() == fund);
        of.filter(|line| line.side == Side::Debit).map(|line| line.amount).sum()
    };
    let (r, f) = (debit(Fund::R), debit(Fund::F));
    if r == f && r.is_positive() { Ok(()) } else { Err(Violation::CrossingUnequal { r, f }) }
}

impl Book {
    /// I6: what comes back is of that topping-up, and not more than is left of it.
    pub(super) fn check_top_up(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        let change = crossed(rules, lines);
        let (seq, is_return) = match meaning.event.kind().name {
            "top_up" => (meaning.seq, false),
            "top_up.return" => (meaning.event.fields().integer("seq").unwrap_or_default(), true),
            _ => return Ok(()),
        };
        let Some(top_up) = self.top_ups.get(&seq) else {
            return if is_return { Err(Violation::TopUpUnknown { seq }) } else { Ok(()) };
        };
        if is_return && meaning.event.fields().hash("of") != Some(top_up.hash) {
            return Err(Violation::NotThatEntry { seq });
        }
        let left = top_up.amount - top_up.returned;
        if (left + change).is_negative() {
            return Err(Violation::TopUpExceeded { seq, left, wanted: -change });
        }
        Ok(())
    }

    /// I9: what a rule commands is its share of what the owners earned while it was in force, and
    /// no more goes without a decision.
    pub(super) fn check_commanded(
        &self,
        rules: &Rules,
        key: &str,
        wanted: Money,
        date: NaiveDate,
    ) -> Result<(), Violation> {
        let param = rules.param(key, date).filter(|_| key.starts_with(TOP_UP_RULE));
        let percent = param.and_then(|param| param.value.parse::<u32>().ok());
        let (Some(param), Some(percent)) = (param, percent.filter(|percent| *percent <= 100))
        else {
            return Err(Violation::RuleUnknown { key: key.to_owned() });
        };
        let by_rule = self.top_ups.values().filter(|top_up| top_up.rule.as_deref() == Some(key));
        let used: Money = by_rule.map(|top_up| top_up.amount - top_up.returned).sum();
        let earned = i128::from(self.earned_since(rules, param.from).fen().max(0));
        let ceiling = earned * i128::from(percent) / 100;
        let ceiling = Money::from_fen(i64::try_from(ceiling).unwrap_or(i64::MAX));
        if wanted.is_positive() && used + wanted > ceiling {
            let key = key.to_owned();
            return Err(Violation::RuleExceeded { key, ceiling, used, wanted });
        }
        Ok(())
    }

    /// Income less reasonable cost of the shared revenue from the month of a day on.
    pub(super) fn earned_since(&self, rules: &Rules, from: NaiveDate) -> Money {
        let counts = |account| {
            let found = rules.chart.nearest(account);
            found.is_some_and(|found| {
                found.account_type == AccountType::Income || found.role.is_cost()
            })
        };
        let book = self.fund(Fund::R);
        let months = book.months.range(Month::of(from)..).flat_map(|(_, sums)| &sums.accounts);
        let moved = months.filter(|((account, _), _)| counts(*account));
        let past = book.past.iter();
        let past =
            past.filter(|((month, account, _), _)| Month::of(from) <= *month && counts(*account));
        -(moved.map(|(_, sums)| sums.net()).sum::<Money>() + past.map(|(_, sum)| *sum).sum())
    }

    /// A topping-up is kept under its own number.
    pub(super) fn note_top_up(&mut self, posted: &PostedEntry) {
        if posted.entry.event.kind().name != "top_up" {
            return;
        }
        let (hash, date) = (posted.hash, posted.entry.date);
        let fields = posted.entry.event.fields();
        let rule = fields.text("rule").filter(|_| fields.text("decision").is_none());
        let rule = rule.map(str::to_owned);
        let top_up = TopUp { hash, date, amount: Money::ZERO, returned: Money::ZERO, rule };
        Arc::make_mut(&mut self.top_ups).insert(posted.entry.seq, top_up);
    }

    pub(super) fn book_top_up(&mut self, meaning: &Meaning<'_>, line: &Line) {
        let fields = meaning.event.fields();
        let top_ups = Arc::make_mut(&mut self.top_ups);
        match meaning.event.kind().name {
            "top_up" => {
                if let Some(top_up) = top_ups.get_mut(&meaning.seq) {
                    top_up.amount = top_up.amount + line.signed();
                }
            }
            "top_up.return" => {
                let seq = fields.integer("seq").unwrap_or_default();
                if let Some(top_up) = top_ups.get_mut(&seq) {
                    top_up.returned = top_up.returned - line.signed();
                }
            }
            _ => {}
        }
    }
}

/// Debit less credit on the account of toppings-up.
fn crossed(rules: &Rules, lines: &[Line]) -> Money {
    let is = |line: &&Line| {
        rules.chart.nearest(line.account).is_some_and(|found| found.role == Role::UseTopUp)
    };
    lines.iter().filter(is).map(Line::signed).sum()
}
