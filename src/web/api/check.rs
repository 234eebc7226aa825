//! A head from paper: which entry it is, and how many came after it.

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::Hash;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::check::{named, read};
use crate::web::visit::Visit;

/// What is known of a head.
#[derive(Serialize, JsonSchema)]
pub struct Checked {
    /// What was asked for.
    code: String,
    /// It is an entry's hash in this log.
    found: bool,
    /// Which.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<CheckedHead>,
    /// How many entries the log of all estates has.
    log_size: u64,
}

/// The entry that was the newest when the paper was printed.
#[derive(Serialize, JsonSchema)]
pub struct CheckedHead {
    /// The estate's code.
    estate: String,
    /// Its name.
    name: String,
    /// The entry's number.
    seq: u64,
    /// The entry's hash, whole.
    hash: Hash,
    /// Where it is.
    entry: String,
    /// Entries that came after it.
    after: u64,
}

/// `GET /api/v1/check`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let size = room.site.books.log_size().await?;
    let edition = Edition::of_api(&room, &size);
    let code = visit.value("code").unwrap_or_default().to_owned();
    let asked =
        read(&code).ok_or_else(|| WebError::Value { field: "code", value: code.clone() })?;
    answer::json(&visit, &edition, async {
        let mut head = None;
        if let Some(named) = named(&room, &asked).await? {
            let book = room.site.books.book(named.estate).await?;
            let entry = room.site.books.entry(named.estate, named.seq).await?;
            head = book.zip(entry).map(|(book, entry)| CheckedHead {
                estate: named.estate.to_string(),
                name: book.profile().name.clone(),
                seq: named.seq,
                hash: Hash(entry.posted.hash),
                entry: format!("/api/v1/estates/{}/entries/{}", named.estate, named.seq),
                after: book.head().entries.saturating_sub(named.seq + 1),
            });
        }
        Ok((Checked { code, found: head.is_some(), head, log_size: size }, None))
    })
    .await
}
