//! What every request to the API passes before its handler: who asks, how often, and whether the
//! query is one that the address knows; for addresses that need a key, what `sent.rs` asks. What comes back says what is left of the rate, and that
//! pages of other sites may read it.

use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::limits::Left;
use super::operations::operation;
use super::problem::Problem;
use super::{query, sent};
use crate::services::people::Program;
use crate::services::people::throttle::place;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::peer;
use crate::web::routes::Route;
use crate::web::serve::Peer;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What a key may look like; anything longer is none.
const AUTHORIZATION_LEN_MAX: usize = 200;

/// True for addresses of the API.
pub fn is_of_api(path: &str) -> bool {
    path.starts_with("/api/v1/") || path == "/api/v1"
}

/// Lets a request through, or answers it.
pub async fn check(
    State((room, route)): State<(Room, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>();
    let from = place(peer::address(peer, request.headers(), &room.site.trusted_proxies));
    let shown = request.headers().get(AUTHORIZATION).cloned();
    let who = match who(&room, &from, shown.as_ref()).await {
        Ok(who) => who,
        Err(problem) => return problem.into_response(),
    };
    let left = match take(&room, &from, who.as_ref()) {
        Ok(left) => left,
        Err(left) => return limited(too_many(left).into_response(), Some(left)),
    };
    let known = operation(&route.method, route.path);
    let params = known.map_or(&[][..], |operation| operation.params);
    if let Err(problem) = query::check(request.uri(), params) {
        return limited(problem.into_response(), left);
    }
    let keyed = known.filter(|operation| !operation.needs.is_empty());
    let Some(operation) = keyed else { return limited(next.run(request).await, left) };
    match sent::passed(&room, operation, who, request).await {
        // The room that what was sent takes is given back when it is answered.
        Ok((request, _room_held)) => limited(next.run(request).await, left),
        Err(problem) => limited(problem.into_response(), left),
    }
}

/// Whose key is shown; one that is no good is refused, also where none is needed.
async fn who(
    room: &Room,
    from: &str,
    shown: Option<&HeaderValue>,
) -> Result<Option<Program>, Problem> {
    let Some(shown) = shown else { return Ok(None) };
    let refused = || unauthorized("Bearer error=\"invalid_token\"");
    let shown = shown.to_str().ok().filter(|text| text.len() <= AUTHORIZATION_LEN_MAX);
    let (scheme, key) = shown.and_then(|text| text.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refused());
    }
    // A wrong key costs of the address's share, so that nobody asks for many.
    match room.site.people.program(key.trim()).await.map_err(WebError::from)? {
        Some(program) => Ok(Some(program)),
        None => match take(room, from, None) {
            Ok(_) => Err(refused()),
            Err(left) => Err(too_many(left)),
        },
    }
}

/// No key, or none that is good.
pub fn unauthorized(challenge: &'static str) -> Problem {
    Problem::of("key").header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn too_many(left: Left) -> Problem {
    Problem::of("too-many").header(RETRY_AFTER, left.seconds)
}

/// Takes one from the bucket of the key, or else of the address; nothing where there is no limit.
fn take(room: &Room, from: &str, who: Option<&Program>) -> Result<Option<Left>, Left> {
    static STARTED: OnceLock<Instant> = OnceLock::new();
    let since = STARTED.get_or_init(Instant::now).elapsed();
    let now_us = u64::try_from(since.as_micros()).unwrap_or(u64::MAX / 2);
    let rates = room.site.rates;
    let (name, limit) = match who {
        Some(program) => (format!("key {}", program.token.token_id), rates.key_min),
        None => (format!("address {from}"), rates.address_min),
    };
    if limit == 0 {
        return Ok(None);
    }
    room.buckets.take(&name, limit, now_us).map(Some)
}

/// Says what is left (draft-ietf-httpapi-ratelimit-headers-10).
fn limited(mut response: Response, left: Option<Left>) -> Response {
    if let Some(Left { limit, left, seconds }) = left {
        let values = [
            (RATE_POLICY, format!("\"minute\";q={limit};w=60")),
            (RATE_LIMIT, format!("\"minute\";r={left};t={seconds}")),
        ];
        for (name, value) in values {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

/// Lets pages of other sites read: what is public needs no permission. They can't write.
pub async fn open(request: Request, next: Next) -> Response {
    if !is_of_api(request.uri().path()) {
        return next.run(request).await;
    }
    let asks_before = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && asks_before {
        return preflight();
    }
    let mut response = next.run(request).await;
    let exposed = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    response
}

fn preflight() -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "If-None-Match, X-Request-Id"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}
