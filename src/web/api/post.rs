//! What programs post: a draft, or a list of drafts that stand or fall together, under a key that
//! makes a repeat harmless (`docs/api.md`).

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::gate::unauthorized;
use super::problem::Problem;
use super::wire::{Hash, as_of, head};
use crate::ledger::id::{EstateCode, Ref};
use crate::services::books::Posted;
use crate::services::journal::LINE_LEN_MAX;
use crate::services::people::Program;
use crate::services::programs::{HandedError, KEY_LEN_MAX, is_granted};
use crate::web::Room;
use crate::web::error::WebError;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

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
pub async fn entries(
    State(room): State<Room>,
    program: Option<Extension<Program>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Some(Extension(program)) = program else { return Err(unauthorized("Bearer")) };
    let estate = code.parse::<EstateCode>().ok();
    // An estate that isn't granted is answered like one that isn't there.
    let estate = estate.filter(|estate| is_granted(&program, *estate));
    let unknown = || Problem::of_web(&WebError::NoEstate(code.chars().take(40).collect()));
    let estate = estate.ok_or_else(unknown)?;
    let key = key(&headers)?;
    if !is_json(&headers) {
        return Err(Problem::of("media-type"));
    }
    let sent = to_bytes(body, LINE_LEN_MAX).await.map_err(|_| Problem::of("too-large"))?;
    let (books, people) = (&room.site.books, &room.site.people);
    let handed = room.programs.hand_in((books, people), &program, (estate, &key), &sent).await;
    let posted = handed.map_err(|error| {
        if matches!(error, HandedError::People(_) | HandedError::Store(_)) {
            tracing::error!(%error, "couldn't take what a program sent");
        }
        Problem::of_handed(&error)
    })?;
    answer(&room, estate, &posted).await
}

/// The request's key: it becomes the `ref` in the bytes.
fn key(headers: &HeaderMap) -> Result<Ref, Problem> {
    let mut shown = headers.get_all(IDEMPOTENCY_KEY).iter();
    let shown = (shown.next(), shown.next());
    let text = match shown {
        (None, _) => return Err(Problem::of("no-key")),
        (Some(one), None) => one.to_str().ok().filter(|text| text.len() <= KEY_LEN_MAX),
        (Some(_), Some(_)) => None,
    };
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Problem::of("idempotency-key"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let sort = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let sort = sort.and_then(|text| text.split(';').next());
    sort.is_some_and(|sort| sort.trim().eq_ignore_ascii_case("application/json"))
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
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    let body = serde_json::to_string(&list).expect("texts and numbers are always JSON");
    let fixed = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    let mut response = (status, fixed, body).into_response();
    if let Some((_, first)) = posted.first() {
        let place = format!("/api/v1/estates/{estate}/entries/{}", first.seq);
        if let Ok(place) = HeaderValue::from_str(&place) {
            response.headers_mut().insert(LOCATION, place);
        }
    }
    Ok(response)
}
