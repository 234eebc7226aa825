//! A paper of an entry: its bytes, where the recorder shows them to everybody.

use axum::extract::{Path, State};
use axum::response::Response;

use super::entry::{number, stored};
use crate::ledger::book::Book;
use crate::ledger::entry::Doc;
use crate::services::books::StoredEntry;
use crate::services::documents::Visibility;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::paper;

/// A paper that an entry names, and the entry that does: itself, or one that attached it later.
pub struct Named {
    /// The paper.
    pub doc: Doc,
    /// The entry's number.
    pub by: u64,
}

/// Papers of an entry, those attached later behind its own.
pub async fn named(room: &Room, book: &Book, entry: &StoredEntry) -> Result<Vec<Named>, WebError> {
    let entry = &entry.posted.entry;
    let own = entry.docs.iter().cloned().map(|doc| Named { doc, by: entry.seq });
    let mut named: Vec<Named> = own.collect();
    for by in book.said().attached.get(&entry.seq).into_iter().flatten().copied() {
        let Some(later) = room.site.books.entry(book.estate(), by).await? else { continue };
        named.extend(later.posted.entry.docs.into_iter().map(|doc| Named { doc, by }));
    }
    Ok(named)
}

/// `GET /e/{estate}/entries/{seq}/documents/{sha256}`
pub async fn show(
    State(room): State<Room>,
    Path((code, seq, sha256)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let stored = stored(&room, &book, &code, number(&code, &seq)?).await?;
    let entry = &stored.posted.entry;
    // Only what an entry names: handing a paper in makes nothing public by itself.
    if !entry.docs.iter().any(|doc| doc.sha256.to_string() == sha256) {
        return Err(WebError::NoPage);
    }
    let row = room.site.documents.find(book.estate(), &sha256).await?;
    let row = row.filter(|row| row.shown_to() == Visibility::Public).ok_or(WebError::NoPage)?;
    let bytes = room.site.documents.bytes(&sha256).await?.ok_or(WebError::NoPage)?;
    Ok(paper::answer(&row, bytes, "no-cache"))
}
