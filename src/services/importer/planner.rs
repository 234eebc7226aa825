//! Row by row: the contract that stands or a new one, then the receipt.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::known::{ContractKey, key_of};
use super::{ImportError, Plan, RowKey, SourceKind};
use crate::exchange::register::due::fixed_part;
use crate::exchange::register::{Field, Question, Row, Status};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, Contract};
use crate::ledger::due::Mode;
use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::period::Month;
use crate::services::clock::Entropy;

/// What planning knows of the books.
pub(super) struct Planner<'a> {
    pub(super) estate: EstateCode,
    pub(super) source: SourceKind,
    /// The month that receipts are of; a list of contracts may say none.
    pub(super) month: Option<Month>,
    /// From when on dues count.
    pub(super) counted_from: Month,
    /// Where receipts come in; asked for only when there is one.
    pub(super) bank: Option<AccountCode>,
    pub(super) book: &'a Book,
    pub(super) file: EntryHash,
    /// Rows that were posted before: their reference, and the number of the entry.
    pub(super) known_refs: HashMap<String, u64>,
    pub(super) today: NaiveDate,
    pub(super) contracts: HashMap<ContractKey, Vec<String>>,
    pub(super) next_no: u32,
    pub(super) entropy: &'a dyn Entropy,
}

impl Planner<'_> {
    pub(super) fn plan_row(
        &mut self,
        key: &RowKey,
        row: &mut Row,
        plan: &mut Plan,
    ) -> Result<(), ImportError> {
        let (contract_ref, income_ref) = (key.of("contract", row), key.of("income", row));
        let mut sealed = Vec::new();
        let posted = self.known_refs.get(&contract_ref).and_then(|seq| self.contract_of(*seq));
        let contract = match posted.or_else(|| self.standing_contract(row)) {
            Some(no) => {
                let known = self.known_refs.contains_key(&contract_ref);
                let stands = &self.book.contracts().contracts[&no];
                if !known && let Some(question) = Self::changed(stands, row) {
                    row.status = Status::Ask;
                    row.questions.push(question);
                    return Ok(());
                }
                plan.known += usize::from(known);
                Some(no)
            }
            None if self.has_contract(row) => {
                let no = format!("C-{:03}", self.next_no);
                self.next_no += 1;
                let draft = self.contract(&no, &contract_ref, row, key, &mut sealed)?;
                plan.contracts.push(draft);
                Some(no)
            }
            None => None,
        };
        let received = row.read.received.filter(|received| received.is_positive());
        let Some(received) = received else { return Ok(()) };
        if self.known_refs.contains_key(&income_ref) {
            plan.known += 1;
            return Ok(());
        }
        let Some(account) = row.read.account else { return Ok(()) };
        let draft = self.income(contract, account, received, &income_ref, row, key)?;
        plan.incomes.push(draft);
        Ok(())
    }

    /// A priced row is a contract; in a list of contracts every row is one, also what goes by use
    /// or by meter.
    fn has_contract(&self, row: &Row) -> bool {
        self.source == SourceKind::Contracts || row.read.rent().is_some()
    }

    /// The contract that an entry recorded, whatever became of it.
    fn contract_of(&self, seq: u64) -> Option<String> {
        let mut contracts = self.book.contracts().contracts.values();
        contracts.find(|contract| contract.entries.first() == Some(&seq)).map(|c| c.no.clone())
    }

    /// The contract that the books know for a row: the n-th of its site and counterparty.
    fn standing_contract(&self, row: &Row) -> Option<String> {
        if !self.has_contract(row) {
            return None;
        }
        let nth = usize::try_from(row.read.contract_nth.max(1) - 1).ok()?;
        self.contracts.get(&key_of(row))?.get(nth).cloned()
    }

    /// What a register says otherwise than the contract that stands.
    fn changed(stands: &Contract, row: &Row) -> Option<Question> {
        let (fixed, account) = (row.read.rent().and_then(fixed_part), row.read.account);
        let first = stands.parts.first();
        let same_rate = match (fixed, first) {
            (Some((amount, pieces, per)), Some(part)) => {
                (part.amount, part.pieces, part.per) == (amount, pieces, per)
                    && (row.read.steps.is_empty() || part.steps == row.read.steps)
            }
            (None, part) => part.is_none_or(|part| part.mode != Mode::Fixed),
            (Some(_), None) => false,
        };
        let same_term = row.read.term_from.is_none_or(|from| stands.term.from == Some(from))
            && row.read.term_to.is_none_or(|to| stands.term.to == Some(to));
        let same_account = account.is_none() || first.map(|part| part.account) == account;
        if same_rate && same_term && same_account {
            return None;
        }
        let no = &stands.no;
        Some(Question {
            field: if same_rate { Field::Term } else { Field::Due },
            key: "skip",
            zh: format!("合同 {no} 的计费、期限或科目与账上不同；先记合同变更，或跳过本行"),
            en: format!(
                "{no} has another rate, term or account in the books; amend it first, or skip"
            ),
            choices: Vec::new(),
            required: true,
        })
    }
}
