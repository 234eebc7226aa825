//! Addresses for machines: a supervisor, a load balancer, Prometheus. No frame, no language, no
//! copy that anyone keeps.

use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, FORWARDED, HeaderMap, HeaderName, VIA};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Room;
use super::error::WebError;
use super::serve::Peer;
use crate::services::readiness::{Check, ready};
use crate::services::telemetry;

const NOT_KEPT: (HeaderName, HeaderValue) = (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// The process answers. Asks nothing of the database: a supervisor that restarts on this must
/// not restart because a disk is slow.
pub async fn healthz() -> impl IntoResponse {
    ([NOT_KEPT], "ok\n")
}

/// What `/readyz` answers.
#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    checks: &'a [Check],
}

/// 200 when readers may be sent here, else 503, with what was looked at.
pub async fn readyz(State(room): State<Room>) -> Response {
    let checks = room.site.readiness.checks().await;
    let ready = ready(&checks);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&Ready { ready, checks: &checks })
        .expect("words and sentences are always JSON");
    let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [json, NOT_KEPT], body).into_response()
}

/// The figures, for this machine only unless the settings say otherwise; anyone else is told
/// that there is no such page.
pub async fn metrics(
    State(room): State<Room>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let is_local = peer.is_some_and(|Extension(peer)| peer.is_local()) && !is_forwarded(&headers);
    if !is_local && !room.site.metrics_public {
        return Err(WebError::NoPage);
    }
    // A look freshens the figures that nobody tells, like the log's size.
    room.site.readiness.checks().await;
    let text = telemetry::text().ok_or(WebError::NoPage)?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(telemetry::MEDIA_TYPE)), NOT_KEPT], text)
        .into_response())
}

/// True where a proxy on this machine asks for somebody else.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let names = [
        FORWARDED,
        VIA,
        HeaderName::from_static("x-forwarded-for"),
        HeaderName::from_static("x-forwarded-host"),
        HeaderName::from_static("x-forwarded-proto"),
        HeaderName::from_static("x-real-ip"),
    ];
    names.iter().any(|name| headers.contains_key(name))
}
