//! Mingzhang (明账): an append-only, hash-chained double-entry ledger for the common money of
//! residential estates. `docs/architecture.md` draws the rooms and who may call whom.

pub mod exchange;
pub mod ledger;
pub mod proof;
pub mod services;
pub mod settings;
pub mod store;
pub mod web;

rust_i18n::i18n!("locales", fallback = "zh");
