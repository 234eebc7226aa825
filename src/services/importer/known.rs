//! What the books know already: contracts by site and counterparty, numbers that were given.

use std::collections::HashMap;

use super::ImportError;
use crate::exchange::register::Row;
use crate::ledger::book::Book;
use crate::ledger::event::Party;
use crate::services::books::Books;
use crate::services::sealing;

/// A site and who rents it: what a contract is known by.
pub(super) type ContractKey = (String, Option<String>);

pub(super) fn key_of(row: &Row) -> ContractKey {
    (row.read.site.clone(), row.read.counterparty.clone())
}

/// Contracts of the books by site and counterparty; persons' names are opened from beside the
/// log, so an erased name is a new counterparty.
pub(super) async fn known_contracts(
    books: &Books,
    book: &Book,
) -> Result<HashMap<ContractKey, Vec<String>>, ImportError> {
    let sealed = books.store().primary().sealed_values(book.estate()).await?;
    let names: HashMap<String, String> = sealed
        .into_iter()
        .filter_map(|row| Some((row.subject, sealing::open(&row.disclosure)?.1)))
        .collect();
    let mut contracts: HashMap<ContractKey, Vec<String>> = HashMap::new();
    let mut in_order: Vec<_> = book.contracts().contracts.values().collect();
    in_order.sort_by_key(|contract| contract.entries.first().copied());
    for contract in in_order {
        let party = match &contract.party {
            Some(Party::Organisation { org, .. }) => Some(org.clone()),
            Some(Party::Person(id)) => names.get(id).cloned(),
            None => None,
        };
        contracts.entry((contract.site.clone(), party)).or_default().push(contract.no.clone());
    }
    Ok(contracts)
}

/// The first number after those that imports gave.
pub(super) fn next_number(book: &Book) -> u32 {
    let numbers = book.contracts().contracts.keys();
    let given = numbers.filter_map(|no| no.strip_prefix("C-")?.parse::<u32>().ok());
    given.max().unwrap_or(0).saturating_add(1)
}
