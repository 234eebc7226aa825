//! What contracts owed, paid and lack as of a day (合同应收实收): each, and all together.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ledger::book::{Book, Contract, MonthDue};
use crate::ledger::money::Money;
use crate::ledger::period::Month;

/// A contract with its dues: a row of 合同应收实收对照表.
#[derive(Clone, Debug)]
pub struct ContractDue<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// Its months up to the day asked for.
    pub months: BTreeMap<Month, MonthDue>,
    /// Σ due that is owing.
    pub due: Money,
    /// Σ received for the months shown.
    pub received: Money,
    /// Σ owing and not received.
    pub gap: Money,
}

/// Due, received and gap of every contract as of a day.
pub fn contract_dues(book: &Book, as_of: NaiveDate) -> Vec<ContractDue<'_>> {
    let contracts = book.contracts().contracts.values();
    contracts.map(|contract| contract_due(contract, as_of)).collect()
}

/// Due, received and gap of one contract as of a day.
pub fn contract_due(contract: &Contract, as_of: NaiveDate) -> ContractDue<'_> {
    let months = contract.months(Month::of(as_of));
    let owing = months.values().filter(|month| month.owing_from <= as_of);
    ContractDue {
        due: owing.map(|month| month.due).sum(),
        received: months.values().map(|month| month.received).sum(),
        gap: months.values().map(|month| month.gap(as_of)).sum(),
        contract,
        months,
    }
}

impl ContractDue<'_> {
    /// Received beyond what was owing, so that due − (received − ahead) = gap.
    pub fn ahead(&self) -> Money {
        self.received - self.due + self.gap
    }

    /// Received for months before dues count, or after the day: no part of due or gap.
    pub fn elsewhen(&self) -> Money {
        self.contract.received() - self.received
    }
}

/// The last row of a list of contracts with their dues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DuesTotal {
    /// Σ due that is owing, of contracts whose due is known.
    pub due: Money,
    /// Σ received.
    pub received: Money,
    /// Contained in it: received beyond what was owing.
    pub ahead: Money,
    /// Σ owing and not received.
    pub gap: Money,
}

impl DuesTotal {
    /// Received for what was owing: due − settled = gap.
    pub fn settled(&self) -> Money {
        self.received - self.ahead
    }
}

/// The sums over contracts.
pub fn dues_total(rows: &[ContractDue<'_>]) -> DuesTotal {
    DuesTotal {
        due: rows.iter().map(|row| row.due).sum(),
        received: rows.iter().map(|row| row.received).sum(),
        ahead: rows.iter().map(ContractDue::ahead).sum(),
        gap: rows.iter().map(|row| row.gap).sum(),
    }
}

/// What contracts owe up to the last day the book speaks of; later months are not known to it,
/// and that it has fallen silent is a finding of its own.
pub fn gap_of_book(book: &Book) -> Money {
    let Some(last) = book.last_day() else { return Money::ZERO };
    book.contracts().contracts.values().map(|contract| contract.gap(last)).sum()
}
