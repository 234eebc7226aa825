//! Decisions with their limits, and claims: payments that still await evidence (I9).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lines::Meaning;
use super::{Book, Violation};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Line, PostedEntry};
use crate::ledger::event::Fields;
use crate::ledger::id::EntryHash;
use crate::ledger::kinds::Guard;
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// A decision that uses and contracts cite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The entry that recorded it.
    pub seq: u64,
    /// Who decided: `assembly`, `committee`, `community`, `clause` or `court`.
    pub body: String,
    /// What about.
    pub matter: String,
    /// In force from this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// In force to this day.
    #[serde(with = "serial::day_opt")]
    pub to: Option<NaiveDate>,
    /// The most that may be spent under it.
    pub limit: Option<Money>,
    /// What was spent under it.
    pub used: Money,
    /// Its paper is attached.
    pub proven: bool,
}

/// Decisions by number.
pub type Decisions = BTreeMap<String, Decision>;

/// Money that left without evidence: a claim on the operator, not a cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Hash of the entry.
    pub hash: EntryHash,
    /// When the money left.
    #[serde(with = "serial::day")]
    pub date: NaiveDate,
    /// How much left.
    pub amount: Money,
    /// How much is neither proven nor returned.
    pub open: Money,
}

/// Claims by the number of their entry.
pub type Claims = BTreeMap<u64, Claim>;

impl Book {
    /// A decision, with the papers that prove it.
    pub(super) fn record_decision(&mut self, posted: &PostedEntry) -> Result<(), Violation> {
        let fields = posted.entry.event.fields();
        let text = |key| fields.text(key).unwrap_or_default().to_owned();
        let no = text("no");
        if self.decisions.contains_key(&no) {
            return Err(Violation::DecisionExists { no });
        }
        let (from, to) = in_force(fields, posted.entry.date)?;
        let decision = Decision {
            seq: posted.entry.seq,
            body: text("body"),
            matter: text("matter"),
            from,
            to,
            limit: fields.money("limit"),
            used: Money::ZERO,
            proven: !posted.entry.docs.is_empty(),
        };
        Arc::make_mut(&mut self.decisions).insert(no, decision);
        Ok(())
    }

    /// The paper of a decision came later.
    pub(super) fn note_decision_paper(&mut self, seq: u64) {
        if self.decisions.values().any(|decision| decision.seq == seq) {
            let decisions = Arc::make_mut(&mut self.decisions);
            for decision in decisions.values_mut().filter(|decision| decision.seq == seq) {
                decision.proven = true;
            }
        }
    }

    /// I9: what is used is decided, in force, and within the limit.
    pub(super) fn check_uses(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
        date: NaiveDate,
    ) -> Result<(), Violation> {
        let wanted: Money = uses(rules, lines).map(Line::signed).sum();
        let kind = meaning.event.kind();
        let Some(no) = meaning.decision() else {
            if !kind.asks(Guard::DecisionOrRule) {
                return Ok(());
            }
            let key = meaning.event.fields().text("rule").unwrap_or_default();
            return self.check_commanded(rules, key, wanted, date);
        };
        if wanted.is_zero() && !kind.asks(Guard::Decision) {
            return Ok(());
        }
        let decision = self.decisions.get(no);
        let decision = decision.ok_or_else(|| Violation::DecisionUnknown { no: no.to_owned() })?;
        if date < decision.from || decision.to.is_some_and(|to| to < date) {
            return Err(Violation::DecisionNotInForce { no: no.to_owned(), date });
        }
        match decision.limit {
            Some(limit) if decision.used + wanted > limit && wanted.is_positive() => {
                let (no, used) = (no.to_owned(), decision.used);
                Err(Violation::LimitExceeded { no, limit, used, wanted })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn book_use(&mut self, meaning: &Meaning<'_>, line: &Line) {
        let Some(no) = meaning.decision() else { return };
        if let Some(decision) = Arc::make_mut(&mut self.decisions).get_mut(no) {
            decision.used = decision.used + line.signed();
        }
    }

    /// I9: evidence or money comes back for a claim that is open, and not more than is open.
    pub(super) fn check_claims(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        if !is_settlement(meaning) {
            return Ok(());
        }
        let fields = meaning.event.fields();
        if meaning.event.kind().name == "write_off" && claimed(rules, lines).is_zero() {
            return Ok(());
        }
        let seq = fields.integer("seq").unwrap_or_default();
        let claim = self.claims.get(&seq).ok_or(Violation::ClaimUnknown { seq })?;
        if fields.hash("of") != Some(claim.hash) {
            return Err(Violation::NotThatEntry { seq });
        }
        self.check_claim_change(rules, meaning, lines)
    }

    /// I9 for a correction: a claim stays between nothing and what left.
    pub(super) fn check_claim_change(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        let Some(seq) = claim_of(meaning) else {
            let named = claimed(rules, lines).is_zero();
            return if named { Ok(()) } else { Err(Violation::ClaimUnknown { seq: 0 }) };
        };
        let Some(claim) = self.claims.get(&seq) else { return Ok(()) };
        let after = claim.open + claimed(rules, lines);
        if after.is_negative() {
            let (open, wanted) = (claim.open, -claimed(rules, lines));
            return Err(Violation::ClaimExceeded { seq, open, wanted });
        }
        Ok(())
    }

    /// A payment without evidence opens a claim under its own number, also one taken over.
    pub(super) fn note_claim(&mut self, rules: &Rules, posted: &PostedEntry) {
        let entry = &posted.entry;
        let amount = claimed(rules, &entry.lines);
        let opens = matches!(entry.event.kind().name, "unproven.out" | "opening");
        if opens && amount.is_positive() {
            let claim = Claim { hash: posted.hash, date: entry.date, amount, open: amount };
            Arc::make_mut(&mut self.claims).insert(entry.seq, claim);
        }
    }

    /// A correction may turn an entry into one that opens a claim; what it opens is booked.
    pub(super) fn open_claim(&mut self, rules: &Rules, root: &PostedEntry, right: &[Line]) {
        let opens = matches!(root.entry.event.kind().name, "unproven.out" | "opening");
        if opens && claimed(rules, right).is_positive() {
            let (hash, date) = (root.hash, root.entry.date);
            let claim = Claim { hash, date, amount: Money::ZERO, open: Money::ZERO };
            Arc::make_mut(&mut self.claims).entry(root.entry.seq).or_insert(claim);
        }
    }

    pub(super) fn book_claim(&mut self, meaning: &Meaning<'_>, line: &Line) {
        let Some(seq) = claim_of(meaning).filter(|seq| self.claims.contains_key(seq)) else {
            return;
        };
        let claims = Arc::make_mut(&mut self.claims);
        if let Some(claim) = claims.get_mut(&seq) {
            claim.open = claim.open + line.signed();
            if !is_settlement(meaning) {
                claim.amount = claim.amount + line.signed();
            }
        }
    }
}

/// From which day and to which day a decision or a clause is in force.
pub(super) fn in_force(
    fields: Fields<'_>,
    recorded: NaiveDate,
) -> Result<(NaiveDate, Option<NaiveDate>), Violation> {
    let from = fields.date("from").unwrap_or(recorded);
    match fields.date("to") {
        Some(to) if to < from => Err(Violation::TermReversed { from, to }),
        to => Ok((from, to)),
    }
}

fn is_settlement(meaning: &Meaning<'_>) -> bool {
    matches!(meaning.event.kind().name, "unproven.accept" | "unproven.return" | "write_off")
}

/// The claim that an event is about: its own, or the one it settles.
fn claim_of(meaning: &Meaning<'_>) -> Option<u64> {
    match meaning.event.kind().name {
        "unproven.out" | "opening" => Some(meaning.seq),
        "unproven.accept" | "unproven.return" | "write_off" => {
            meaning.event.fields().integer("seq")
        }
        _ => None,
    }
}

/// Debit less credit on accounts of claims.
fn claimed(rules: &Rules, lines: &[Line]) -> Money {
    let is = |line: &&Line| {
        rules.chart.nearest(line.account).is_some_and(|found| found.role == Role::Unproven)
    };
    lines.iter().filter(is).map(Line::signed).sum()
}

/// Lines that use the owners' money.
fn uses<'l>(rules: &'l Rules, lines: &'l [Line]) -> impl Iterator<Item = &'l Line> {
    let is = |line: &&Line| {
        let role = rules.chart.nearest(line.account).map(|found| found.role);
        matches!(role, Some(Role::Use | Role::UseTopUp | Role::WriteOff))
    };
    lines.iter().filter(is)
}
