//! One request as the log sees it: an id that the answer, the log and an error page share, and
//! one line when it is answered.
//!
//! The line names the route, never the path or the query: both can carry what a reader typed,
//! and some paths carry a unit's code. No address, no browser, no name.

use std::fmt;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::routes::{ROUTES, Sort};
use crate::services::clock::{Entropy, SystemEntropy};
use crate::services::telemetry;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Told in place of a status when the reader left before the answer; nobody is sent it.
const LEFT: u16 = 499;
/// Told when the task that was to answer broke off.
const BROKE_OFF: u16 = 500;

/// The name of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RequestId {
    /// The one that the sender gave, if it can be one; else a new one.
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        given.filter(|id| is_id(id)).map_or_else(Self::drawn, |id| Self(id.into()))
    }

    /// 128 random bits.
    fn drawn() -> Self {
        let mut bits = [0; 16];
        if SystemEntropy.fill(&mut bits).is_err() {
            // Without random bits a count still tells requests of this process apart.
            static COUNT: AtomicU64 = AtomicU64::new(1);
            bits[8..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        }
        let mut id = String::with_capacity(32);
        for byte in bits {
            // Writing to a string can't fail.
            let _ = write!(id, "{byte:02x}");
        }
        Self(id.into())
    }
}

/// 8 to 64 letters, digits, `.`, `_`, `-`, at least one of them a letter: a number alone could
/// be somebody's phone.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (8..=64).contains(&text.len())
        && text.bytes().all(fits)
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Names a request, follows it to its answer, counts and logs it.
pub async fn follow(mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers());
    let mut watch = Watch {
        started: Instant::now(),
        method: word(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        // Of the highest level, so that a line of any level carries the id.
        span: tracing::error_span!("request", request_id = %id),
        told: false,
    };
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).instrument(watch.span.clone()).await;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    watch.tell(response.status().as_u16(), response.body().size_hint().exact());
    response
}

/// A request under way. One that is dropped was given up: its reader left, or a task broke off;
/// both would be missed by looking at answers alone.
struct Watch {
    started: Instant,
    method: &'static str,
    route: Option<MatchedPath>,
    span: tracing::Span,
    told: bool,
}

impl Watch {
    fn tell(&mut self, status: u16, bytes: Option<u64>) {
        self.told = true;
        let (method, took) = (self.method, self.started.elapsed());
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        telemetry::request_answered(method, route, status, took);
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let _within = self.span.enter();
        // Probes come every few seconds and tell nothing new.
        if is_machine(route) {
            tracing::debug!(method, route, status, ms, bytes, "answered");
        } else {
            tracing::info!(method, route, status, ms, bytes, "answered");
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.told {
            self.tell(if std::thread::panicking() { BROKE_OFF } else { LEFT }, None);
        }
    }
}

fn is_machine(route: &str) -> bool {
    ROUTES.iter().any(|known| known.path == route && known.sort == Sort::Machine)
}

/// A method of the list; a sender may write anything in its place.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_or_drawn() {
        for fine in ["a1b2c3d4", "01JABCDEF-._x", &"f".repeat(64)] {
            assert!(is_id(fine), "{fine}");
        }
        let long = "f".repeat(65);
        for wrong in
            ["", "short-7", &long, "with blank", "张三张三张三", "a\nb\nc\nd\n", "13912345678"]
        {
            assert!(!is_id(wrong), "{wrong}");
        }
        let (one, two) = (RequestId::drawn(), RequestId::drawn());
        assert_ne!(one, two);
        assert_eq!(one.0.len(), 32);
        assert!(!one.0.starts_with("00000000000000000000"));
    }
}
