//! What happened to sign-ins: a chain of its own, not published. Each row's bytes carry the hash
//! of the row before, so a row that is changed, put in or taken out of the middle is found; rows
//! cut off at the end are found by whoever wrote the newest hash down elsewhere.

use serde::{Deserialize, Serialize};

use crate::ledger::chain::{content_hash, entry_hash};
use crate::ledger::time::Timestamp;
use crate::store::people::AuditRow;
use crate::store::{Store, StoreError, WriteTx};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody signed in.
    SignedIn,
    /// A password or code was wrong, or the name unknown.
    Refused,
    /// Somebody signed out, or ended a session.
    SignedOut,
    /// A password was changed.
    PasswordChanged,
    /// A one-time code was issued.
    CodeIssued,
    /// A one-time code set a password.
    Recovered,
    /// A second factor was set up.
    SecondSet,
    /// A code on paper took its place.
    PaperCodeUsed,
    /// A key was made.
    TokenMade,
    /// A key was revoked.
    TokenRevoked,
    /// An organisation was added.
    OrganisationAdded,
    /// An officer was added.
    OfficerAdded,
    /// Something was granted.
    Granted,
    /// A grant was revoked.
    Revoked,
}

/// A row's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Hash of the row before; of nothing before the first.
    pub prev: String,
    /// Its number.
    pub seq: i64,
    /// When.
    pub time: String,
    /// What.
    pub what: What,
    /// Whom it concerns; none where a name is unknown, which may be a password typed too early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Who did it, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// A digest of the place, keyed with the instance's secret: the same place is seen to be the
    /// same, no address is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Which grant, role or key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// What is told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Whom it concerns.
    pub user: Option<String>,
    /// Who did it.
    pub by: Option<String>,
    /// The place's digest.
    pub place: Option<String>,
    /// Which grant, role or key.
    pub of: Option<String>,
}

/// Writes a record within a transaction that stands beside the log.
pub async fn record(
    tx: &mut WriteTx,
    now: Timestamp,
    what: What,
    told: Told,
) -> Result<(), StoreError> {
    let last = tx.last_audit().await?;
    let (seq, prev) = match &last {
        Some(row) => (row.audit_id + 1, hex(&row.hash)),
        None => (0, content_hash(b"").to_string()),
    };
    let Told { user, by, place, of } = told;
    let time = now.to_string();
    let record = Record { prev, seq, time, what, user, by, place, of };
    let body = serde_json::to_string(&record).expect("words and numbers are always JSON");
    let hash = entry_hash(body.as_bytes()).as_bytes().to_vec();
    tx.add_audit(&AuditRow { audit_id: seq, hash, body }).await
}

/// How far the audit holds together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Rows.
    pub rows: i64,
    /// Hash of the newest.
    pub head: Option<String>,
    /// The first row that doesn't fit, and why.
    pub fault: Option<AuditFault>,
}

/// A row that doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// Its number.
    pub row: i64,
    /// The column.
    pub column: &'static str,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// Rows read at once.
const PAGE: u32 = 1_000;

/// Recomputes the chain.
pub async fn check(store: &Store) -> Result<AuditReport, StoreError> {
    let mut report = AuditReport::default();
    let mut prev = content_hash(b"").to_string();
    // A number below zero belongs to no row; it would stand before the first.
    let mut from = i64::MIN;
    loop {
        let rows = store.primary().audit_rows(from, PAGE).await?;
        if rows.is_empty() {
            return Ok(report);
        }
        for row in rows {
            if let Some(fault) = fault_of(&row, report.rows, &prev) {
                report.fault = Some(fault);
                return Ok(report);
            }
            report.rows += 1;
            from = report.rows;
            prev = hex(&row.hash);
            report.head = Some(prev.clone());
        }
    }
}

fn fault_of(row: &AuditRow, seq: i64, prev: &str) -> Option<AuditFault> {
    let fault = |column, expected: String, found: String| {
        Some(AuditFault { row: row.audit_id, column, expected, found })
    };
    if row.audit_id != seq {
        return fault("audit_id", seq.to_string(), row.audit_id.to_string());
    }
    let hash = entry_hash(row.body.as_bytes()).to_string();
    if hash != hex(&row.hash) {
        return fault("hash", hash, hex(&row.hash));
    }
    match serde_json::from_str::<Record>(&row.body) {
        Ok(record) if record.seq != seq => fault("body", seq.to_string(), record.seq.to_string()),
        Ok(record) if record.prev != prev => fault("body", prev.to_owned(), record.prev),
        Ok(_) => None,
        Err(error) => fault("body", "JSON".to_owned(), error.to_string()),
    }
}

/// Bytes as hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
