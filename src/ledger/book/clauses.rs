//! Clauses on management fees and their ceilings (I9): what is charged under an agreed or
//! statutory clause stays within its rate of what its accounts received, less refunds.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::decisions::in_force;
use super::lines::Meaning;
use super::{Book, Violation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line, Side};
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// A clause of the service contract on fees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The entry that recorded it.
    pub seq: u64,
    /// `itemised` (with evidence), `agreed` or `statutory` (a rate).
    pub mode: String,
    /// Hundredths of a percent of the base; none where it is itemised.
    pub rate_bp: Option<u64>,
    /// Accounts whose receipts are the base, or that itemised fees are for; a heading stands for
    /// all below it.
    pub base: Vec<AccountCode>,
    /// In force from this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// In force to this day.
    #[serde(with = "serial::day_opt")]
    pub to: Option<NaiveDate>,
    /// Where it is written.
    pub cite: String,
    /// Charged so far, by part of the estate.
    #[serde(with = "serial::rows")]
    pub charged: BTreeMap<Option<String>, Money>,
}

/// Clauses by number.
pub type Clauses = BTreeMap<String, Clause>;

/// Hundredths of a percent in the whole.
const BP_WHOLE: i128 = 10_000;

impl Clause {
    /// The most that may be charged on a base, rounded down to the fen; none where the fee is
    /// itemised.
    pub fn ceiling(&self, base: Money) -> Option<Money> {
        let most = i128::from(base.fen()) * i128::from(self.rate_bp?) / BP_WHOLE;
        Some(Money::from_fen(i64::try_from(most).unwrap_or(i64::MAX)))
    }

    /// True where both are for some same account; a clause without accounts is for all.
    fn shares_base(&self, other: &Self) -> bool {
        let within = |one: &Self, other: &Self| one.base.iter().any(|base| other.is_base(*base));
        self.base.is_empty() || other.base.is_empty() || within(self, other) || within(other, self)
    }

    fn is_base(&self, account: AccountCode) -> bool {
        self.base.iter().any(|base| account == *base || account.is_below(*base))
    }
}

impl Book {
    /// A clause; its number is taken once.
    pub(super) fn record_clause(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let text = |key| fields.text(key).unwrap_or_default().to_owned();
        let no = text("no");
        if self.clauses.contains_key(&no) {
            return Err(Violation::ClauseExists { no });
        }
        let (from, to) = in_force(fields, entry.date)?;
        let base = fields.list("base").iter();
        let base: Vec<AccountCode> = base.filter_map(|row| row.cell(0)?.parse().ok()).collect();
        let rate_bp = fields.integer("rate_bp");
        let mode = text("mode");
        // A rate needs a base; itemised fees have none, and may name the accounts they are for.
        let fits = match rate_bp {
            None => mode == "itemised",
            Some(_) => mode != "itemised" && !base.is_empty(),
        };
        if !fits {
            return Err(Violation::ClauseUnpriced { no });
        }
        let charged = BTreeMap::new();
        let clause =
            Clause { seq: entry.seq, mode, rate_bp, base, from, to, cite: text("cite"), charged };
        self.check_overlap(&clause, &no)?;
        Arc::make_mut(&mut self.clauses).insert(no, clause);
        Ok(())
    }

    /// I9: a fee by clause is in force and under the ceiling, for all owners and for each part.
    pub(super) fn check_clause(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
        date: NaiveDate,
    ) -> Result<(), Violation> {
        let mut wanted: BTreeMap<Option<String>, Money> = BTreeMap::new();
        for line in fees(rules, lines) {
            let sum = wanted.entry(line.part.clone()).or_default();
            *sum = *sum + line.signed();
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let no = meaning.event.fields().text("clause").ok_or(Violation::ClauseMissing)?;
        let clause = self.clauses.get(no);
        let clause = clause.ok_or_else(|| Violation::ClauseUnknown { no: no.to_owned() })?;
        wanted.retain(|_, wanted| wanted.is_positive());
        let in_force = clause.from <= date && clause.to.is_none_or(|to| date <= to);
        if !wanted.is_empty() && !in_force {
            return Err(Violation::ClauseNotInForce { no: no.to_owned(), date });
        }
        for (part, wanted) in wanted {
            let charged = clause.charged.get(&part).copied().unwrap_or_default();
            let mut base = self.clause_base(clause, part.as_deref());
            // What the entry itself receives counts.
            let own = lines.iter().filter(|line| clause.is_base(line.account) && line.part == part);
            base = base - own.map(Line::signed).sum();
            let Some(ceiling) = clause.ceiling(base) else { return Ok(()) };
            if charged + wanted > ceiling {
                let no = no.to_owned();
                return Err(Violation::CeilingExceeded { no, ceiling, charged, wanted });
            }
        }
        Ok(())
    }

    /// I9: an itemised fee is shown like any other cost.
    pub(super) fn check_itemised(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        let no = meaning.event.fields().text("clause");
        let clause = no.and_then(|no| self.clauses.get(no));
        let itemised = clause.is_some_and(|clause| clause.rate_bp.is_none());
        if !itemised || fees(rules, lines).next().is_none() {
            return Ok(());
        }
        let is_cost = |line: &&Line| {
            let role = rules.chart.nearest(line.account).map(|found| found.role);
            line.side == Side::Debit && role.is_some_and(Role::is_cost)
        };
        let needed: Money = lines.iter().filter(is_cost).map(|line| line.amount).sum();
        let shown = meaning.evidence_sum();
        if shown < needed { Err(Violation::EvidenceShort { needed, shown }) } else { Ok(()) }
    }

    /// What the accounts of a clause received in its months, less refunds.
    pub fn clause_base(&self, clause: &Clause, part: Option<&str>) -> Money {
        let months = self.fund(Fund::R).months.range(Month::of(clause.from)..);
        let last = clause.to.map(Month::of);
        let months = months.take_while(|(month, _)| last.is_none_or(|last| **month <= last));
        let sums = months.flat_map(|(_, sums)| &sums.accounts);
        let is_of = |account, of: &Option<String>| clause.is_base(account) && of.as_deref() == part;
        let received = sums.filter(|((account, of), _)| is_of(*account, of));
        let received: Money = received.map(|(_, turnover)| turnover.net()).sum();
        let changed = self.fund(Fund::R).past.iter().filter(|((month, account, of), _)| {
            Month::of(clause.from) <= *month
                && last.is_none_or(|last| *month <= last)
                && is_of(*account, of)
        });
        -(received + changed.map(|(_, sum)| *sum).sum())
    }

    /// Of each clause over the same accounts at the same time there is one: beside a rate neither
    /// another nor itemised fees.
    fn check_overlap(&self, clause: &Clause, no: &str) -> Result<(), Violation> {
        let meets = |other: &Clause| {
            let days = other.to.is_none_or(|to| clause.from <= to)
                && clause.to.is_none_or(|to| other.from <= to);
            let rated = clause.rate_bp.is_some() || other.rate_bp.is_some();
            days && rated && clause.shares_base(other)
        };
        match self.clauses.iter().find(|(_, other)| meets(other)) {
            Some((other, _)) => {
                let (no, other) = (no.to_owned(), other.clone());
                Err(Violation::ClauseOverlaps { no, other })
            }
            None => Ok(()),
        }
    }

    /// A clause ends; what was charged under it stays.
    pub(super) fn end_clause(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let no = fields.text("no").unwrap_or_default().to_owned();
        let on = fields.date("on").unwrap_or(entry.date);
        let clause = self.clauses.get(&no);
        let clause = clause.ok_or_else(|| Violation::ClauseUnknown { no: no.clone() })?;
        if on < clause.from {
            return Err(Violation::TermReversed { from: clause.from, to: on });
        }
        // A longer term could meet another clause.
        if clause.to.is_some_and(|to| to < on) {
            return Err(Violation::ClauseNotInForce { no, date: on });
        }
        let ended = Clause { to: Some(on), ..clause.clone() };
        Arc::make_mut(&mut self.clauses).insert(no, ended);
        Ok(())
    }

    pub(super) fn book_fee(&mut self, meaning: &Meaning<'_>, line: &Line) {
        let Some(no) = meaning.event.fields().text("clause") else { return };
        if let Some(clause) = Arc::make_mut(&mut self.clauses).get_mut(no) {
            let charged = clause.charged.entry(line.part.clone()).or_default();
            *charged = *charged + line.signed();
        }
    }
}

/// Lines on the account of clauses.
fn fees<'l>(rules: &'l Rules, lines: &'l [Line]) -> impl Iterator<Item = &'l Line> {
    lines.iter().filter(|line| {
        rules.chart.nearest(line.account).is_some_and(|found| found.role == Role::ClauseCost)
    })
}
