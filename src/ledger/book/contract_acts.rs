//! What happens to contracts and assets: recorded, amended, ended, and receipts under them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::contracts::{Asset, Authority, Contract, Paper};
use super::lines::Meaning;
use super::{Book, Violation};
use crate::ledger::chart::Role;
use crate::ledger::due::{Billing, Part, Term};
use crate::ledger::entry::{Entry, Line, PostedEntry};
use crate::ledger::event::{Fields, Party};
use crate::ledger::json::Tree;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};

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
