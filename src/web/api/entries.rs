//! Entries as they stand in the chain: what the bytes say, beside their hash and place in the
//! log. The bytes themselves are at `/e/{estate}/entries/{seq}/bytes`.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::query::limit;
use super::wire::{Hash, as_of, head};
use crate::services::books::StoredEntry;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::entry::{number, stored};
use crate::web::visit::Visit;

/// An entry with its hash.
#[derive(Serialize, JsonSchema)]
pub struct EntryView {
    /// Its number.
    seq: u64,
    /// `SHA-256(0x00 || bytes)`.
    hash: Hash,
    /// Its place in the log of all estates, from 0.
    log_index: u64,
    /// Where its bytes are.
    bytes: String,
    /// What the bytes say (`docs/spec/entry.md`).
    entry: Map<String, Value>,
}

/// One entry.
#[derive(Serialize, JsonSchema)]
pub struct OneEntry {
    /// The entry.
    entry: EntryView,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// Entries in their order.
#[derive(Serialize, JsonSchema)]
pub struct EntryPage {
    /// The oldest first.
    entries: Vec<EntryView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

fn view(code: &str, stored: &StoredEntry) -> EntryView {
    let seq = stored.posted.entry.seq;
    EntryView {
        seq,
        hash: Hash(stored.posted.hash),
        log_index: stored.log_index,
        bytes: format!("/e/{code}/entries/{seq}/bytes"),
        // What was read as an entry is a JSON object.
        entry: serde_json::from_slice(&stored.bytes).unwrap_or_default(),
    }
}

/// `GET /api/v1/estates/{estate}/entries`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let after = visit.value("after").and_then(|text| text.parse::<u64>().ok());
        let from = after.map_or(0, |after| after + 1);
        let found = room.site.books.entries_from(book.estate(), from, limit(&visit)).await?;
        // What was posted since the book was read is for the next answer.
        let shown = |stored: &&StoredEntry| stored.posted.entry.seq <= as_of(&book);
        let entries: Vec<_> = found.iter().filter(shown).map(|one| view(&code, one)).collect();
        let last = entries.last().map(|entry| entry.seq).filter(|seq| *seq < as_of(&book));
        let next = last.map(|seq| visit.address(&[("after", &seq.to_string())]));
        Ok((EntryPage { entries, as_of_seq: as_of(&book), head: head(&book) }, next))
    })
    .await
}

/// `GET /api/v1/estates/{estate}/entries/{seq}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let number = number(&code, &seq)?;
    let found = stored(&room, &book, &code, number).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let entry = view(&code, &found);
        Ok((OneEntry { entry, as_of_seq: as_of(&book), head: head(&book) }, None))
    })
    .await
}
