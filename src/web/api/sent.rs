//! What programs with a key send: whose key it is for which estate, the request's own key, the
//! bytes. All of it is asked before the handler, by the table of operations.
//!
//! An estate that the key is not for is answered like one that isn't there.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::gate::unauthorized;
use super::operations::Operation;
use super::problem::Problem;
use crate::ledger::id::{EstateCode, Ref};
use crate::services::people::Program;
use crate::services::programs::{KEY_LEN_MAX, Taken, allowed, is_granted};
use crate::web::Room;
use crate::web::bodies::{self, BodyFault};
use crate::web::error::WebError;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A program that may do what it asks for, or look.
#[derive(Clone)]
pub struct Granted {
    /// Whose key it is.
    pub program: Program,
    /// The estate of the address.
    pub estate: EstateCode,
}

/// What it sent.
#[derive(Clone)]
pub struct Sent {
    /// Who, for which estate.
    pub of: Granted,
    /// The request's own key.
    pub key: Ref,
    /// The bytes.
    pub bytes: Bytes,
}

impl Sent {
    /// Where the request goes, and its key.
    pub const fn taken(&self) -> Taken<'_> {
        Taken { program: &self.of.program, estate: self.of.estate, key: &self.key }
    }

    /// What was sent as JSON of one shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.bytes).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Problem::of("i2"),
            _ => Problem::of("unreadable"),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Granted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(|| unauthorized("Bearer"))
    }
}

impl<S: Sync> FromRequestParts<S> for Sent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(|| unauthorized("Bearer"))
    }
}

/// A request that goes on, with the room that what it sent takes.
type Passed = (Request, Option<OwnedSemaphorePermit>);

/// Lets a request of an operation that needs a key on to its handler.
pub async fn passed(
    room: &Room,
    operation: &Operation,
    who: Option<Program>,
    request: Request,
) -> Result<Passed, Problem> {
    let program = who.ok_or_else(|| unauthorized("Bearer"))?;
    let (mut parts, body) = request.into_parts();
    let code = estate_of(&mut parts, room).await;
    let estate = code.parse().ok().filter(|estate| is_granted(&program, *estate));
    let unknown = || Problem::of_web(&WebError::NoEstate(code.chars().take(40).collect()));
    let estate = estate.ok_or_else(unknown)?;
    if allowed(&program, estate, operation.needs).is_none() {
        return Err(Problem::of("not-allowed"));
    }
    let of = Granted { program, estate };
    let Some(media_type) = operation.sends.media_type() else {
        parts.extensions.insert(of);
        return Ok((Request::from_parts(parts, body), None));
    };
    let key = key(&parts.headers)?;
    if !is_of(&parts.headers, media_type) {
        return Err(Problem::of("media-type"));
    }
    let len_max = operation.sends.len_max(room.site.documents.max_bytes());
    let held = room.bodies.admit(&body, len_max);
    let held = held.ok_or_else(|| Problem::of("uploads-full"))?;
    let bytes = bodies::read(body, len_max).await.map_err(|fault| match fault {
        BodyFault::TooLarge => Problem::of("too-large"),
        BodyFault::TooSlow => Problem::of("too-slow"),
    })?;
    parts.extensions.insert(Sent { of, key, bytes });
    Ok((Request::from_parts(parts, Body::empty()), Some(held)))
}

/// The estate that the path names, as it stands there.
async fn estate_of(parts: &mut Parts, room: &Room) -> String {
    let named = RawPathParams::from_request_parts(parts, room).await;
    let found = named.ok().and_then(|named| {
        let (_, text) = named.iter().find(|(name, _)| *name == "estate")?;
        Some(text.to_owned())
    });
    found.unwrap_or_default()
}

/// The request's key.
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

fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let sort = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let sort = sort.and_then(|text| text.split(';').next());
    sort.is_some_and(|sort| sort.trim().eq_ignore_ascii_case(media_type))
}
