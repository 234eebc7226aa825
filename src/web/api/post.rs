//! What programs post: a draft, or a list of drafts that stand or fall together, under a key that
//! makes a repeat harmless (`docs/api.md`).

use axum::extract::State;
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use super::sent::Sent;
use super::wire::{Hash, as_of, head, made};
use crate::ledger::id::{EstateCode, Ref};
use crate::services::books::Posted;
use crate::web::Room;
use crate::web::error::WebError;

/// An entry that stands.
#[derive(Serialize, JsonSchema)]
pub struct PostedView {
    /// The draft's key.
    r#ref: String,
    /// Its number.
    seq: u64,
    /// Its hash.
    hash: Hash,
}

/// What was posted, durably.
#[derive(Serialize, JsonSchema)]
pub struct PostedList {
    /// It stood there before: the request was repeated.
    known: bool,
    /// Entries in the order of the drafts.
    entries: Vec<PostedView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// `POST /api/v1/estates/{estate}/entries`
pub async fn entries(State(room): State<Room>, sent: Sent) -> Result<Response, Problem> {
    let (books, people) = (&room.site.books, &room.site.people);
    let (program, estate) = (&sent.of.program, sent.of.estate);
    let of = (estate, &sent.key);
    let posted = room.programs.hand_in((books, people), program, of, &sent.bytes).await?;
    answer(&room, estate, &posted).await
}

async fn answer(
    room: &Room,
    estate: EstateCode,
    posted: &[(Ref, Posted)],
) -> Result<Response, Problem> {
    let book = room.site.books.book(estate).await.map_err(WebError::from)?;
    let book = book.ok_or_else(|| Problem::of("internal"))?;
    let known = posted.iter().all(|(_, one)| one.known);
    let list = PostedList {
        known,
        entries: posted
            .iter()
            .map(|(key, one)| PostedView {
                r#ref: key.to_string(),
                seq: one.seq,
                hash: Hash(one.hash),
            })
            .collect(),
        as_of_seq: as_of(&book),
        head: head(&book),
    };
    let first = posted.first().map(|(_, first)| first.seq).unwrap_or_default();
    Ok(made(known, &format!("/api/v1/estates/{estate}/entries/{first}"), &list))
}
