//! Sorts of values that several kinds share: rows of accounts and parameters, schedules of
//! contracts, authorities.

use crate::ledger::chart::{AccountType, Role};
use crate::ledger::schema::{Column, Sort, column, optional, required};

/// A row of `open.banks`: account, bank, masked number.
pub(super) const BANK_ROW: &[Column] =
    &[column("account", Sort::Account), column("bank", Sort::Text), column("number", Sort::Name)];

/// A row of `rules.params`: key, comparison, value, in force from, verified, citation.
pub(super) const PARAM_ROW: &[Column] = &[
    column("key", Sort::Name),
    column("compare", Sort::Word(&["=", ">", ">="])),
    column("value", Sort::Name),
    column("from", Sort::Date),
    column("verified", Sort::Word(&["verified", "unverified"])),
    column("cite", Sort::Text),
];

/// A row of a chart: code, type, role, name.
pub(super) const CHART_ROW: &[Column] = &[
    column("code", Sort::Account),
    column("type", Sort::Word(AccountType::WORDS)),
    column("role", Sort::Word(Role::WORDS)),
    column("name", Sort::Name),
];

/// Why a contract may be: an owners' decision, a clause of the service contract, or nothing.
pub(super) const AUTHORITY: Sort = Sort::Either(&[
    ("decision", &[required("decision", Sort::Name)]),
    ("clause", &[required("clause", Sort::Text)]),
    ("none", &[required("none", Sort::Text)]),
]);

/// One priced part of a contract; its due follows `docs/accounting.md`, "What is due".
pub(super) const SCHEDULE: Sort = Sort::List(&Sort::Object(&[
    required("account", Sort::Account),
    optional("amount", Sort::Money),
    optional("free", Sort::Rows(&[column("from", Sort::Date), column("to", Sort::Date)])),
    optional("from", Sort::Date),
    required("mode", Sort::Word(&["fixed", "metered", "per_use", "share", "unknown"])),
    optional("per", Sort::Word(&["day", "month", "quarter", "half_year", "year"])),
    optional("pieces", Sort::Integer),
    optional("steps", Sort::Rows(&[column("from", Sort::Date), column("bp", Sort::Integer)])),
    optional("to", Sort::Date),
    optional("what", Sort::Text),
]));

/// How far the paper of a contract has come.
pub(super) const PAPER: Sort =
    Sort::Word(&["signed", "sealing", "renewing", "framework", "none", "unknown"]);

/// When a month's due is owing.
pub(super) const BILLING: Sort = Sort::Word(&["advance", "arrears", "spread"]);

/// A row of a file that was not posted: its number and why.
pub(super) const IMPORT_ROW: &[Column] = &[column("row", Sort::Integer), column("why", Sort::Text)];
