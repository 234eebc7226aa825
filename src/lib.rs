//! Mingzhang (明账): an append-only, hash-chained double-entry ledger for the common money of
//! residential estates. `docs/architecture.md` draws the rooms and who may call whom.

pub mod ledger;
pub mod proof;
pub mod services;
pub mod store;
