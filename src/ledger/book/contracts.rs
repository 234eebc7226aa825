//! Contracts, the assets they let, and what was received under them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lines::Meaning;
use super::{Book, Violation};
use crate::ledger::account::AccountCode;
use crate::ledger::chart::{Role, words};
use crate::ledger::due::{Billing, Due, Mode, Part, Term, dues};
use crate::ledger::entry::{Entry, Line, PostedEntry};
use crate::ledger::event::{Fields, Party};
use crate::ledger::json::Tree;
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

impl Book {
    /// A contract, new under its number.
    pub(super) fn record_contract(&mut self, posted: &PostedEntry) -> Result<(), Violation> {
        let fields = posted.entry.event.fields();
        let no = fields.text("no").unwrap_or_default().to_owned();
        if self.contracts.contracts.contains_key(&no) {
            return Err(Violation::ContractExists { no });
        }
        let mut contract = Contract {
            no: no.clone(),
            entries: vec![posted.entry.seq],
            site: String::new(),
            party: None,
            paper: Paper::Unknown,
            authority: Authority::None(String::new()),
            signed: None,
            term: Term::default(),
            ended: None,
            billing: Billing::Spread,
            counted_from: Month::of(self.profile.since),
            parts: Vec::new(),
            assets: Vec::new(),
            receipts: BTreeMap::new(),
            last_receipt: None,
        };
        self.read_terms(&mut contract, fields)?;
        for row in fields.list("assets") {
            let id = row.cell(0).unwrap_or_default().to_owned();
            if !self.contracts.assets.contains_key(&id) {
                return Err(Violation::AssetUnknown { id });
            }
            let count = row.cells().get(1).and_then(Tree::as_integer).unwrap_or_default();
            contract.assets.push((id, count));
        }
        Arc::make_mut(&mut self.contracts).contracts.insert(no, Arc::new(contract));
        Ok(())
    }

    /// An amendment: the keys it names replace those before.
    pub(super) fn amend_contract(&mut self, posted: &PostedEntry) -> Result<(), Violation> {
        let fields = posted.entry.event.fields();
        let no = fields.text("no").unwrap_or_default();
        if fields.0.iter().all(|(key, _)| matches!(key.as_ref(), "no" | "reason")) {
            return Err(Violation::NothingChanged);
        }
        let mut contract = self.contract(no)?.clone();
        self.read_terms(&mut contract, fields)?;
        contract.entries.push(posted.entry.seq);
        self.replace_contract(contract);
        Ok(())
    }

    /// A contract ends before its time; said again with another day, that day counts.
    pub(super) fn end_contract(&mut self, posted: &PostedEntry) -> Result<(), Violation> {
        let fields = posted.entry.event.fields();
        let mut contract = self.contract(fields.text("no").unwrap_or_default())?.clone();
        let on = fields.date("on").unwrap_or(posted.entry.date);
        if contract.ended == Some(on) {
            return Err(Violation::NothingChanged);
        }
        if let Some(from) = contract.term.from.filter(|from| on < *from) {
            return Err(Violation::TermReversed { from, to: on });
        }
        contract.ended = Some(on);
        contract.entries.push(posted.entry.seq);
        self.replace_contract(contract);
        Ok(())
    }

    /// An asset; the same id again replaces what was said of it.
    pub(super) fn record_asset(&mut self, entry: &Entry) {
        let fields = entry.event.fields();
        let text = |key| fields.text(key).unwrap_or_default().to_owned();
        let asset = Asset {
            seq: entry.seq,
            name: text("name"),
            place: text("place"),
            count: fields.integer("count").unwrap_or_default(),
            from: fields.date("from").unwrap_or(entry.date),
            ownership: text("ownership"),
            account: fields.account("account"),
        };
        Arc::make_mut(&mut self.contracts).assets.insert(text("id"), asset);
    }

    /// A contract that lines or events cite.
    pub(super) fn contract(&self, no: &str) -> Result<&Contract, Violation> {
        let found = self.contracts.contracts.get(no).map(AsRef::as_ref);
        found.ok_or_else(|| Violation::ContractUnknown { no: no.to_owned() })
    }

    fn replace_contract(&mut self, contract: Contract) {
        let contracts = &mut Arc::make_mut(&mut self.contracts).contracts;
        contracts.insert(contract.no.clone(), Arc::new(contract));
    }

    /// Reads the keys that are there into a contract and checks the whole.
    fn read_terms(&self, contract: &mut Contract, fields: Fields<'_>) -> Result<(), Violation> {
        let rules = self.rules.as_ref().ok_or(Violation::NoRules)?;
        if let Some(site) = fields.text("site") {
            site.clone_into(&mut contract.site);
        }
        contract.party =
            fields.object("party").and_then(Party::from_fields).or(contract.party.take());
        contract.paper = fields.text("paper").and_then(Paper::from_word).unwrap_or(contract.paper);
        contract.signed = fields.date("signed").or(contract.signed);
        contract.term.from = fields.date("from").or(contract.term.from);
        contract.term.to = fields.date("to").or(contract.term.to);
        contract.counted_from = fields.month("counted_from").unwrap_or(contract.counted_from);
        let billing = fields.text("billing").and_then(Billing::from_word);
        contract.billing = billing.unwrap_or(contract.billing);
        if let Some(authority) = fields.object("authority") {
            contract.authority = self.read_authority(authority)?;
        }
        if let Term { from: Some(from), to: Some(to) } = contract.term
            && to < from
        {
            return Err(Violation::TermReversed { from, to });
        }
        if fields.value("schedule").is_none() {
            return Ok(());
        }
        contract.parts.clear();
        for (item, value) in fields.list("schedule").iter().enumerate() {
            let part = value.as_fields().and_then(Part::from_fields);
            let part = part.ok_or(Violation::ScheduleUnpriced { item })?;
            let account = part.account;
            let role = rules.chart.account(account).map(|found| found.role);
            if !matches!(role, Some(Role::Income | Role::PassThrough))
                || !rules.chart.is_leaf(account)
            {
                return Err(Violation::ScheduleAccount { item, account });
            }
            contract.parts.push(part);
        }
        Ok(())
    }

    fn read_authority(&self, fields: Fields<'_>) -> Result<Authority, Violation> {
        if let Some(no) = fields.text("decision") {
            let no = no.to_owned();
            let known = self.decisions.contains_key(&no);
            return if known {
                Ok(Authority::Decision(no))
            } else {
                Err(Violation::DecisionUnknown { no })
            };
        }
        if let Some(clause) = fields.text("clause") {
            return Ok(Authority::Clause(clause.to_owned()));
        }
        Ok(Authority::None(fields.text("none").unwrap_or_default().to_owned()))
    }

    /// Every contract that lines cite is known. Whether it was still in force is a finding:
    /// the money has come in.
    pub(super) fn check_contracts(
        &self,
        meaning: &Meaning<'_>,
        lines: &[Line],
    ) -> Result<(), Violation> {
        let cited = lines.iter().filter_map(|line| meaning.contract_of(line));
        for no in cited {
            self.contract(no)?;
        }
        Ok(())
    }

    pub(super) fn book_receipt(&mut self, meaning: &Meaning<'_>, line: &Line, seq: u64) {
        if let Some(no) =
            meaning.contract_of(line).filter(|_| meaning.event.kind().name == "income")
        {
            self.add_receipt(no, line.period, -line.signed(), seq);
        }
    }

    /// Adds to what a contract received for a period (takes away when negative).
    pub(super) fn add_receipt(
        &mut self,
        no: &str,
        period: Option<Period>,
        amount: Money,
        seq: u64,
    ) {
        let contracts = Arc::make_mut(&mut self.contracts);
        let Some(contract) = contracts.contracts.get_mut(no).map(Arc::make_mut) else { return };
        let sum = contract.receipts.entry(period).or_default();
        *sum = *sum + amount;
        if sum.is_zero() {
            contract.receipts.remove(&period);
        }
        contract.last_receipt = Some(seq);
    }
}
