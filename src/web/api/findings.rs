//! Findings: what sound books make an owner ask, as of today.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Day, Hash, as_of, head};
use crate::ledger::findings::{Finding, findings};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::visit::Visit;

/// A finding.
#[derive(Serialize, JsonSchema)]
pub struct FindingView {
    /// What a reply cites.
    id: String,
    /// What kind.
    code: &'static str,
    /// `fact`, `doubt` or `hint`.
    grade: &'static str,
    /// What it is about; empty for the whole book.
    subject: String,
    /// Entries it rests on.
    of: Vec<u64>,
    /// Its figures by name.
    figures: BTreeMap<&'static str, String>,
    /// Law, agreement or rule.
    cite: &'static str,
    /// The sentence, in Chinese.
    zh: String,
    /// The sentence, in English.
    en: String,
}

/// Every finding.
#[derive(Serialize, JsonSchema)]
pub struct FindingList {
    /// The day they are of.
    on: Day,
    /// Findings.
    findings: Vec<FindingView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A finding as a program gets it.
pub fn view(finding: &Finding) -> FindingView {
    FindingView {
        id: finding.id(),
        code: finding.code,
        grade: finding.grade.word(),
        subject: finding.subject.clone(),
        of: finding.of.clone(),
        figures: finding.figures.iter().cloned().collect(),
        cite: finding.cite,
        zh: finding.zh.clone(),
        en: finding.en.clone(),
    }
}

/// `GET /api/v1/estates/{estate}/findings`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let today = room.site.books.today();
        let list = FindingList {
            on: Day(today),
            findings: findings(&book, today).iter().map(view).collect(),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((list, None))
    })
    .await
}
