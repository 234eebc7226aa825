//! Lines: checked as a whole (I3, I4, I5), then booked.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::closing::stands_for;
use super::crossings::check_crossing;
use super::funds::Counted;
use super::{Book, Violation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::Role;
use crate::ledger::entry::{Entry, Line, PostedEntry, Side};
use crate::ledger::event::{Event, Fields};
use crate::ledger::kinds::{Guard, Kind, LineRule};
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;

/// What a set of lines means: the event they were recorded under, with what a correction put
/// in the place of its keys.
pub(super) struct Meaning<'a> {
    /// The event.
    pub event: &'a Event,
    /// The number of the entry it was recorded in.
    pub seq: u64,
    /// The decision, when it differs from the event's.
    pub decision: Option<&'a str>,
    /// The evidence, when it differs from the event's.
    pub evidence: Option<Fields<'a>>,
    /// The day of what a correction corrects, where that lies in a closed year: income and
    /// expense then stand on what they were closed to (I7).
    pub past: Option<NaiveDate>,
}

impl<'a> Meaning<'a> {
    /// As recorded.
    pub fn of(event: &'a Event, seq: u64) -> Self {
        Self { event, seq, decision: None, evidence: None, past: None }
    }

    /// The decision that a use cites.
    pub fn decision(&self) -> Option<&'a str> {
        self.decision.or_else(|| self.event.fields().text("decision"))
    }

    /// Σ of the evidence shown.
    pub fn evidence_sum(&self) -> Money {
        let fields = self.evidence.unwrap_or_else(|| self.event.fields());
        let amounts = fields.list("evidence").iter();
        amounts.filter_map(|paper| paper.as_fields()?.money("amount")).sum()
    }

    /// The contract a line settles: its own, or the event's.
    pub fn contract_of<'l>(&self, line: &'l Line) -> Option<&'l str>
    where
        'a: 'l,
    {
        line.contract.as_deref().or_else(|| self.event.fields().text("contract"))
    }
}

/// A withheld fee up to this share needs no evidence of its own, where the rules name no other:
/// the settlement that withheld it shows it.
const FEE_PERCENT_MAX: u32 = 3;

/// An account, and the item of others' money on it.
type Key<'a> = (AccountCode, Option<&'a str>);

impl Book {
    /// An event that moves money: opening, income, cost, spend and their like.
    pub(super) fn record_lines(&mut self, posted: &PostedEntry) -> Result<(), Violation> {
        let entry = &posted.entry;
        let meaning = Meaning::of(&entry.event, entry.seq);
        let rules = Arc::clone(self.rules.as_ref().ok_or(Violation::NoRules)?);
        check_balanced(&entry.lines)?;
        self.check_accounts(&rules, &meaning, &entry.lines, 0)?;
        check_one_fund(entry.event.kind(), &entry.lines)?;
        check_crossing(entry.event.kind(), &entry.lines)?;
        self.check_opening(entry)?;
        self.check_sides(&rules, &meaning, entry)?;
        self.check_parts(&rules, &entry.lines)?;
        Self::check_guards(&rules, entry, &meaning, &entry.lines)?;
        self.check_contracts(&meaning, &entry.lines)?;
        self.check_uses(&rules, &meaning, &entry.lines, entry.date)?;
        self.check_clause(&rules, &meaning, &entry.lines, entry.date)?;
        self.check_itemised(&rules, &meaning, &entry.lines)?;
        self.check_claims(&rules, &meaning, &entry.lines)?;
        self.check_top_up(&rules, &meaning, &entry.lines)?;
        self.note_top_up(posted);
        let opening = entry.event.kind().name == "opening";
        let counted = if opening { Counted::Opening } else { Counted::Plainly };
        self.book_lines(&rules, &meaning, entry, &entry.lines, counted);
        self.note_claim(&rules, posted);
        self.watch_entry(&rules, entry);
        if !opening {
            self.note_bank_items(&rules, entry);
        }
        if entry.event.kind().asks(Guard::BankFact) {
            self.note_bank_fact(entry.seq);
        }
        Ok(())
    }

    /// I4 for each line: the account is there, takes postings, and is one of the kind's.
    pub(super) fn check_accounts(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        lines: &[Line],
        first: usize,
    ) -> Result<(), Violation> {
        let kind = meaning.event.kind();
        let keyed_by_event = meaning.event.fields().text("contract").is_some();
        for (no, line) in lines.iter().enumerate() {
            let no = no + first;
            let role = self.role_of(rules, line.account, no)?;
            let sides = kind.lines.sides(line.account.fund());
            let sides = sides.ok_or(Violation::NotCorrectable { kind: kind.name })?;
            let allowed = match line.side {
                Side::Debit => sides.debit,
                Side::Credit => sides.credit,
            };
            let fund = line.account.fund();
            let fits = match meaning.past.filter(|date| self.is_past_year(fund, *date)) {
                Some(_) => stands_for(rules, meaning.event, line, allowed),
                None => allowed.contains(&role),
            };
            if !fits {
                let (account, side) = (line.account, line.side);
                return Err(Violation::AccountSide { line: no, account, side, kind: kind.name });
            }
            let unkeyed = match role {
                Role::Deposit => line.contract.is_none() && line.item.is_none(),
                Role::PassThrough | Role::Unidentified => line.item.is_none(),
                _ => false,
            };
            // An opening may take over a sum whose parts nobody knows any more.
            if unkeyed && kind.name != "opening" && !keyed_by_event {
                return Err(Violation::ItemMissing { line: no, account: line.account });
            }
            if role == Role::NetPart && line.part.is_none() {
                return Err(Violation::PartUnknown { line: no, account: line.account });
            }
            if line.amount.is_zero() {
                return Err(Violation::AmountZero { line: no });
            }
            if line.amount > Money::LINE_MAX {
                return Err(Violation::AmountRange { line: no });
            }
        }
        let has = |side| lines.iter().any(|line| line.side == side);
        if has(Side::Debit) && has(Side::Credit) {
            Ok(())
        } else {
            Err(Violation::LinesMissing { kind: kind.name })
        }
    }

    /// The role of an account that a line may name, or why it may not.
    fn role_of(&self, rules: &Rules, account: AccountCode, line: usize) -> Result<Role, Violation> {
        let known = rules.chart.nearest(account);
        let known = known.ok_or(Violation::AccountUnknown { line, account })?;
        // Whether it is still open is judged on the net effect: a correction may pass through.
        if self.profile.bank(account).is_some() {
            return Ok(known.role);
        }
        match (known.role, rules.chart.account(account)) {
            (Role::Bank, None) => Err(Violation::AccountClosed { line, account }),
            (Role::Bank, Some(_)) => Err(Violation::AccountHeading { line, account }),
            (_, None) => Err(Violation::AccountUnknown { line, account }),
            (_, Some(_)) if !rules.chart.is_leaf(account) => {
                Err(Violation::AccountHeading { line, account })
            }
            (role, Some(_)) => Ok(role),
        }
    }

    /// An opening comes before everything else of its fund, with evidence or as unproven.
    fn check_opening(&self, entry: &Entry) -> Result<(), Violation> {
        if entry.event.kind().name != "opening" {
            return Ok(());
        }
        let fields = entry.event.fields();
        let fund = fields.fund("fund").unwrap_or(Fund::R);
        if self.fund(fund).started {
            return Err(Violation::OpeningLate { fund });
        }
        self.check_opening_lines(&entry.event, &entry.lines, 0)?;
        let unproven = fields.text("unproven").is_some();
        let shown = !fields.list("evidence").is_empty() || !entry.docs.is_empty();
        if unproven || shown { Ok(()) } else { Err(Violation::OpeningUnproven) }
    }

    /// What an opening says without proof is kept apart from what it proves.
    pub(super) fn check_opening_lines(
        &self,
        event: &Event,
        lines: &[Line],
        first: usize,
    ) -> Result<(), Violation> {
        if event.kind().name != "opening" {
            return Ok(());
        }
        let fund = event.fields().fund("fund").unwrap_or(Fund::R);
        if let Some(line) = lines.iter().find(|line| line.account.fund() != fund) {
            return Err(Violation::AccountOtherFund { account: line.account, fund });
        }
        let unproven = event.fields().text("unproven").is_some();
        let rules = self.rules.as_ref().ok_or(Violation::NoRules)?;
        for (no, line) in lines.iter().enumerate() {
            let role = rules.chart.nearest(line.account).map(|account| account.role);
            let of_unproven = matches!(role, Some(Role::PredecessorDue | Role::OpeningUnproven));
            if unproven != of_unproven {
                let (account, side) = (line.account, line.side);
                let line = no + first;
                return Err(Violation::AccountSide { line, account, side, kind: "opening" });
            }
        }
        Ok(())
    }

    /// I5 on the entry's net effect; also that no sum leaves its range. Inside a batch the
    /// sides are judged with the last part, for every account that the batch touched.
    pub(super) fn check_sides(
        &self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        entry: &Entry,
    ) -> Result<(), Violation> {
        let mut changes: BTreeMap<Key<'_>, Money> = BTreeMap::new();
        for (no, line) in entry.lines.iter().enumerate() {
            let out = || Violation::AmountRange { line: no };
            let item = Self::item_of(rules, meaning, line);
            for key in [Some((line.account, None)), item.map(|item| (line.account, Some(item)))] {
                let Some(key) = key else { continue };
                let sum = changes.entry(key).or_default();
                *sum = sum.checked_add(line.signed()).ok_or_else(out)?;
                self.balance_of(key).checked_add(*sum).ok_or_else(out)?;
            }
        }
        if entry.act.is_some_and(|act| act.no < act.of) {
            return Ok(());
        }
        // Of a batch all parts together.
        let mut before: BTreeMap<Key<'_>, Money> = BTreeMap::new();
        for ((code, item), moved) in &self.touched.0 {
            let key = (*code, item.as_deref());
            changes.entry(key).or_default();
            before.insert(key, *moved);
        }
        for (key, change) in changes {
            let moved = before.get(&key).copied().unwrap_or_default();
            let (balance, change) = (self.balance_of(key) - moved, change + moved);
            let closed = self.profile.bank(key.0).is_some_and(|bank| !bank.open);
            if closed && !(balance + change).is_zero() {
                // The mirror of a correction may pass through a closed account, not stay there.
                let line = entry.lines.iter().position(|line| line.account == key.0);
                let line = line.unwrap_or_default();
                return Err(Violation::AccountClosed { line, account: key.0 });
            }
            // What a bank did by itself is recorded whatever it leaves, and what doesn't make that
            // worse is never refused for it.
            if entry.act.is_none() && meaning.event.kind().asks(Guard::BankFact) {
                continue;
            }
            let wrong = match rules.chart.nearest(key.0).map(|account| account.role) {
                Some(role) if role.is_own_money() => {
                    (balance + change).is_negative() && change.is_negative()
                }
                Some(role) if role.is_others_money() => {
                    (balance + change).is_positive() && change.is_positive()
                }
                // No more is confirmed or written off than an opening left unproven.
                Some(Role::OpeningUnproven) => (balance + change).is_positive(),
                _ => false,
            };
            if wrong {
                let item = key.1.map(str::to_owned);
                return Err(Violation::Overdrawn { account: key.0, item, balance, change });
            }
        }
        Ok(())
    }

    fn balance_of(&self, key: Key<'_>) -> Money {
        let (account, item) = key;
        match item {
            None => self.balances.balance(account),
            Some(item) => {
                let items = &self.balances.fund(account.fund()).items;
                items.get(&(account, item.to_owned())).copied().unwrap_or_default()
            }
        }
    }

    /// What others' money on a line is kept by: item, contract or holder. A contract attributed
    /// later doesn't move it.
    fn item_of<'l>(rules: &Rules, meaning: &Meaning<'l>, line: &'l Line) -> Option<&'l str> {
        match rules.chart.nearest(line.account)?.role {
            Role::Deposit => line.item.as_deref().or_else(|| meaning.contract_of(line)),
            Role::PassThrough | Role::Unidentified => {
                line.item.as_deref().or_else(|| meaning.event.fields().text("contract"))
            }
            Role::DistributionPayable | Role::RefundPayable => line.holder.as_deref(),
            _ => None,
        }
    }

    /// I9 and I12 as the kind asks for them.
    pub(super) fn check_guards(
        rules: &Rules,
        entry: &Entry,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        let kind = meaning.event.kind();
        let role_of = |line: &Line| rules.chart.nearest(line.account).map(|found| found.role);
        let debit_sum = |is: &dyn Fn(Role) -> bool| -> Money {
            let debits = lines.iter().filter(|line| line.side == Side::Debit);
            debits.filter(|line| role_of(line).is_some_and(is)).map(|line| line.amount).sum()
        };
        if kind.asks(Guard::Evidence) {
            // What goes by a clause has its ceiling instead.
            let by_clause = kind.asks(Guard::Clause);
            let is = |role: Role| role.is_cost() && !(by_clause && role == Role::ClauseCost);
            let (needed, shown) = (debit_sum(&is), meaning.evidence_sum());
            if shown < needed {
                return Err(Violation::EvidenceShort { needed, shown });
            }
        }
        if kind.asks(Guard::FeeCapped) {
            let is = |role: Role| role.is_cost() && role != Role::ClauseCost;
            let (needed, shown) = (debit_sum(&is), meaning.evidence_sum());
            let percent = rules.number("fee_percent_max", entry.date);
            let percent = percent.unwrap_or(FEE_PERCENT_MAX);
            let all = i128::from(debit_sum(&|_| true).fen());
            let within = i128::from(needed.fen()) * 100 <= all * i128::from(percent);
            if !within && shown < needed {
                return Err(Violation::EvidenceShort { needed, shown });
            }
        }
        let shown = !entry.docs.is_empty() || !meaning.evidence_sum().is_zero();
        if kind.asks(Guard::Shown) && !lines.is_empty() && !shown {
            return Err(Violation::NothingShown);
        }
        if kind.asks(Guard::TwoPersons) {
            Self::check_two_persons(entry)?;
        }
        if kind.asks(Guard::CoSigned) {
            let amount = debit_sum(&|_| true);
            Self::check_cosigned(rules, entry, amount)?;
        }
        Self::check_apart(entry)
    }

    /// Books lines that were checked: balances, months, receipts of contracts, uses, claims.
    pub(super) fn book_lines(
        &mut self,
        rules: &Rules,
        meaning: &Meaning<'_>,
        entry: &Entry,
        lines: &[Line],
        counted: Counted,
    ) {
        let opening = meaning.event.kind().name == "opening";
        let more_to_come = entry.act.is_some_and(|act| act.no < act.of);
        for line in lines {
            let role = rules.chart.nearest(line.account).map_or(Role::None, |found| found.role);
            let holds_money = matches!(role, Role::Bank | Role::Clearing);
            let item = Self::item_of(rules, meaning, line).map(str::to_owned);
            if more_to_come {
                let touched = &mut Arc::make_mut(&mut self.touched).0;
                for key in [None, item.clone()].into_iter().take(1 + usize::from(item.is_some())) {
                    let moved = touched.entry((line.account, key)).or_default();
                    *moved = *moved + line.signed();
                }
            }
            let stands = match meaning.past {
                Some(date) => self.carried_line(rules, line, date),
                None => line.clone(),
            };
            let balances = Arc::make_mut(&mut self.balances);
            balances.post(&stands, entry.date, holds_money, item.as_deref(), counted);
            balances.fund_mut(line.account.fund()).started |= !opening;
            if counted != Counted::Closing {
                self.book_part(rules, &stands);
            }
            if counted == Counted::Closing {
                continue;
            }
            match role {
                Role::Income | Role::PassThrough => self.book_receipt(meaning, line, entry.seq),
                Role::Use | Role::WriteOff => self.book_use(meaning, line),
                Role::UseTopUp => {
                    self.book_use(meaning, line);
                    self.book_top_up(meaning, line);
                }
                Role::ClauseCost => self.book_fee(meaning, line),
                Role::Unproven => self.book_claim(meaning, line),
                _ => {}
            }
        }
    }
}

/// I3: within each fund debit equals credit.
pub(super) fn check_balanced(lines: &[Line]) -> Result<(), Violation> {
    for fund in Fund::ALL {
        let mut sums = [Money::ZERO; 2];
        for (no, line) in lines.iter().enumerate().filter(|(_, l)| l.account.fund() == fund) {
            let sum = &mut sums[usize::from(line.side == Side::Credit)];
            *sum = sum.checked_add(line.amount).ok_or(Violation::AmountRange { line: no })?;
        }
        let [debit, credit] = sums;
        if debit != credit {
            return Err(Violation::Unbalanced { fund, debit, credit });
        }
    }
    Ok(())
}

/// I6: a kind that isn't made for crossing stays in one fund.
pub(super) fn check_one_fund(kind: &Kind, lines: &[Line]) -> Result<(), Violation> {
    if matches!(kind.lines, LineRule::Crossing { .. }) {
        return Ok(());
    }
    let mut funds = lines.iter().map(|line| line.account.fund());
    let first = funds.next();
    if funds.all(|fund| Some(fund) == first) {
        Ok(())
    } else {
        Err(Violation::CrossesFunds { kind: kind.name })
    }
}
