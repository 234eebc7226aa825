//! Contracts, the assets they let, and what was received under them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ledger::account::AccountCode;
use crate::ledger::chart::words;
use crate::ledger::due::{Billing, Due, Mode, Part, Term, dues};
use crate::ledger::event::Party;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::serial;

words! {
    /// How far the paper of a contract has come.
    Paper {
        /// Signed.
        Signed = "signed",
        /// Agreed, being sealed.
        Sealing = "sealing",
        /// Run out, being renewed.
        Renewing = "renewing",
        /// Part of a framework contract that isn't attached.
        Framework = "framework",
        /// There is none.
        None = "none",
        /// Not said.
        Unknown = "unknown",
    }
}

/// Why a contract may be: letting common parts is itself a voted act (Civil Code 278).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Authority {
    /// An owners' decision, by number.
    Decision(String),
    /// A clause of the service contract.
    Clause(String),
    /// None, and why.
    None(String),
}

/// A contract in its present state, with what was received under it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its number.
    pub no: String,
    /// Entries that made it what it is: recorded, amended, ended.
    pub entries: Vec<u64>,
    /// What is let, and where.
    pub site: String,
    /// To whom.
    pub party: Option<Party>,
    /// How far its paper has come.
    pub paper: Paper,
    /// Why it may be.
    pub authority: Authority,
    /// Signed on.
    #[serde(with = "serial::day_opt")]
    pub signed: Option<NaiveDate>,
    /// Its days.
    pub term: Term,
    /// Ended before its time.
    #[serde(with = "serial::day_opt")]
    pub ended: Option<NaiveDate>,
    /// When a month's due is owing.
    pub billing: Billing,
    /// Dues count from this month; earlier ones are not in this book and are no gap.
    pub counted_from: Month,
    /// Its priced parts.
    pub parts: Vec<Part>,
    /// Which assets, and how many of each.
    pub assets: Vec<(String, u64)>,
    /// What was received, by attribution period; unattributed under none.
    #[serde(with = "serial::rows")]
    pub receipts: BTreeMap<Option<Period>, Money>,
    /// The entry of the last receipt.
    pub last_receipt: Option<u64>,
}

/// A common part that can earn: how many there are limits what contracts can explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The entry that recorded it.
    pub seq: u64,
    /// What it is.
    pub name: String,
    /// Where.
    pub place: String,
    /// How many.
    pub count: u64,
    /// From this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// `common`, `part` or `unclear`.
    pub ownership: String,
    /// The income it can bring.
    pub account: Option<AccountCode>,
}

/// Contracts by number, assets by id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contracts {
    /// Contracts.
    pub contracts: BTreeMap<String, Arc<Contract>>,
    /// Assets.
    pub assets: BTreeMap<String, Asset>,
}

/// Due, received and gap of one month of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthDue {
    /// The due of the month.
    pub due: Money,
    /// Owing from this day.
    pub owing_from: NaiveDate,
    /// What was received for it.
    pub received: Money,
}

impl MonthDue {
    /// What is owing and not received on a day.
    pub fn gap(&self, on: NaiveDate) -> Money {
        if self.owing_from > on || self.received >= self.due {
            return Money::ZERO;
        }
        self.due - self.received
    }
}

impl Contract {
    /// The term, cut where the contract was ended.
    pub fn running_term(&self) -> Term {
        let to = match (self.term.to, self.ended) {
            (Some(to), Some(ended)) => Some(to.min(ended)),
            (to, ended) => to.or(ended),
        };
        Term { from: self.term.from, to }
    }

    /// True where at least one part has a fixed price, so that a due is known.
    pub fn has_due(&self) -> bool {
        self.parts.iter().any(|part| part.mode == Mode::Fixed)
    }

    /// The account of its first part.
    pub fn account(&self) -> Option<AccountCode> {
        self.parts.first().map(|part| part.account)
    }

    /// Everything received under it.
    pub fn received(&self) -> Money {
        self.receipts.values().copied().sum()
    }

    /// Months with a due or a receipt from `counted_from` to `last`. Receipts for one month
    /// count for it; receipts for several settle what those months still lack, oldest first,
    /// what is over counts for their last; unattributed ones then settle the oldest gaps.
    pub fn months(&self, last: Month) -> BTreeMap<Month, MonthDue> {
        let mut months = self.dues_around(last);
        let attributed = self.receipts.iter().filter_map(|(period, sum)| Some(((*period)?, *sum)));
        let (singles, ranges): (Vec<_>, Vec<_>) =
            attributed.partition(|(period, _)| period.from == period.to);
        for (period, amount) in singles {
            receive(&mut months, period.from, amount);
        }
        for (period, amount) in ranges {
            let mut rest = amount;
            for month in period.months() {
                let known = months.get(&month);
                let lacks = known.map_or(Money::ZERO, |known| known.due - known.received);
                let share = rest.min(lacks.max(Money::ZERO));
                receive(&mut months, month, share);
                rest = rest - share;
            }
            receive(&mut months, period.to, rest);
        }
        months.retain(|month, known| {
            (self.counted_from..=last).contains(month)
                && !(known.due.is_zero() && known.received.is_zero())
        });
        let mut rest = self.receipts.get(&None).copied().unwrap_or_default();
        for known in months.values_mut().filter(|known| known.received < known.due) {
            let share = rest.min(known.due - known.received);
            known.received = known.received + share;
            rest = rest - share;
        }
        receive(&mut months, last, rest);
        months
    }

    /// Dues from `counted_from` to `last`, and of earlier and later months that receipts name:
    /// those are no gap in this book, but tell how a receipt over several months is shared.
    fn dues_around(&self, last: Month) -> BTreeMap<Month, MonthDue> {
        let first = self.counted_from;
        let named = || self.receipts.keys().flatten();
        let term = self.running_term();
        let earliest = named().map(|period| period.from).min().unwrap_or(first).min(first);
        let latest = named().map(|period| period.to).max().unwrap_or(last).max(last);
        let mut known = dues(&self.parts, term, self.billing, earliest, first.plus(-1));
        known.extend(dues(&self.parts, term, self.billing, first, latest));
        let month_due = |Due { amount, owing_from }| MonthDue {
            due: amount,
            owing_from,
            received: Money::ZERO,
        };
        known.into_iter().map(|(month, due)| (month, month_due(due))).collect()
    }

    /// What is owing and not received on a day.
    pub fn gap(&self, on: NaiveDate) -> Money {
        self.months(Month::of(on)).values().map(|month| month.gap(on)).sum()
    }
}

/// Counts money for a month.
fn receive(months: &mut BTreeMap<Month, MonthDue>, month: Month, amount: Money) {
    if amount.is_zero() {
        return;
    }
    let blank = MonthDue { due: Money::ZERO, owing_from: month.last_day(), received: Money::ZERO };
    let known = months.entry(month).or_insert(blank);
    known.received = known.received + amount;
}
