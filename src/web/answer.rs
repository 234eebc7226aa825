//! Answers of pages: which edition a page is of, whether the reader has it already, and the
//! pages rendered before.
//!
//! An edition is the head of the chain, the language, the view, the day and the program; while
//! none of them changes neither does the page, so it is rendered once and then looked up.

use std::fmt::Display;

use askama::Template;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Serialize;

use super::Room;
use super::error::WebError;
use super::visit::Visit;
use crate::ledger::book::Book;
use crate::ledger::chain::content_hash;

/// What rendered pages may take of memory.
const PAGES_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Pages expected in that space; an estimate that only sizes the cache's tables.
const PAGES_EXPECTED: usize = 4_000;
/// Pages with a longer address are rendered each time: nobody links to them.
const ADDRESS_LEN_MAX: usize = 512;

const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=5, stale-while-revalidate=30");
const VARIES: HeaderValue = HeaderValue::from_static("Cookie, Accept-Language");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Rendered pages by edition and address.
pub type Pages = Cache<String, Bytes, ByBytes>;

/// Weighs a page by its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ByBytes;

impl Weighter<String, Bytes> for ByBytes {
    fn weight(&self, key: &String, page: &Bytes) -> u64 {
        (key.len() + page.len()) as u64
    }
}

/// An empty cache of pages.
pub fn pages() -> Pages {
    Cache::with_weighter(PAGES_EXPECTED, PAGES_BYTES_MAX, ByBytes)
}

/// The edition of a page: what its content depends on beside its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition(String);

impl Edition {
    /// Of a page about one estate.
    pub fn of_book(room: &Room, visit: &Visit, book: &Book) -> Self {
        Self::of(room, visit, &book.head().hash)
    }

    /// Of a page over many estates: any entry of the log may change it.
    pub async fn of_log(room: &Room, visit: &Visit) -> Result<Self, WebError> {
        let size = room.site.books.log_size().await?;
        Ok(Self::of(room, visit, &size))
    }

    /// Of an answer to a program: it has no language and no view.
    pub fn of_api(room: &Room, source: &dyn Display) -> Self {
        let (day, version) = (room.site.books.today(), env!("CARGO_PKG_VERSION"));
        let parts = format!("api\n{source}\n{day}\n{version}");
        Self(content_hash(parts.as_bytes()).to_string()[..16].to_owned())
    }

    fn of(room: &Room, visit: &Visit, source: &dyn Display) -> Self {
        let (lang, view) = (visit.lang.code(), if visit.elder { "elder" } else { "full" });
        let (day, version) = (room.site.books.today(), env!("CARGO_PKG_VERSION"));
        let style = &super::assets::STYLE.address;
        let base = &visit.base;
        let parts = format!("{source}\n{lang}\n{view}\n{day}\n{version}\n{style}\n{base}");
        Self(content_hash(parts.as_bytes()).to_string()[..16].to_owned())
    }

    /// Of a page that depends on something more.
    pub fn and(&self, more: &str) -> Self {
        let parts = format!("{}\n{more}", self.0);
        Self(content_hash(parts.as_bytes()).to_string()[..16].to_owned())
    }

    fn tag(&self) -> String {
        format!("\"{}\"", self.0)
    }

    /// True where `If-None-Match` names this edition (RFC 9110, section 13.1.2).
    fn is_known(&self, visit: &Visit) -> bool {
        let tag = self.tag();
        let known = visit.known.as_deref().unwrap_or_default();
        known
            .split(',')
            .map(str::trim)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    }
}

/// Answers with a page: 304 when the reader has it, else as it was rendered before, else anew.
pub async fn page(
    room: &Room,
    visit: &Visit,
    edition: &Edition,
    render: impl Future<Output = Result<String, WebError>>,
) -> Result<Response, WebError> {
    if edition.is_known(visit) {
        return Ok(with_edition(StatusCode::NOT_MODIFIED.into_response(), edition));
    }
    let render = async { render.await.map(Bytes::from) };
    let address = visit.address(&[]);
    let html = if address.len() > ADDRESS_LEN_MAX {
        render.await?
    } else {
        let key = format!("{} {address}", edition.0);
        room.pages.get_or_insert_async(&key, render).await?
    };
    Ok(with_edition(([(CONTENT_TYPE, HTML)], html).into_response(), edition))
}

/// Answers a program with JSON: 304 when it has this edition. `next` is where a list goes on.
pub async fn json<T: Serialize>(
    visit: &Visit,
    edition: &Edition,
    made: impl Future<Output = Result<(T, Option<String>), WebError>>,
) -> Result<Response, WebError> {
    let mut response = if edition.is_known(visit) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let (answer, next) = made.await?;
        let body = serde_json::to_string(&answer).expect("texts and numbers are always JSON");
        let mut response = ([(CONTENT_TYPE, JSON)], body).into_response();
        let next = next.map(|to| HeaderValue::from_str(&format!("<{to}>; rel=\"next\"")));
        if let Some(Ok(next)) = next {
            response.headers_mut().insert(LINK, next);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, FRESH);
    if let Ok(tag) = HeaderValue::from_str(&edition.tag()) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

/// Renders a page's template.
pub fn render(page: &impl Template) -> Result<String, WebError> {
    Ok(page.render()?)
}

/// A page that is not kept: an error, or a form with something to mend.
pub fn passing(status: StatusCode, html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (VARY, VARIES),
    ];
    (status, headers, html).into_response()
}

fn with_edition(mut response: Response, edition: &Edition) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, FRESH);
    headers.insert(VARY, VARIES);
    if let Ok(tag) = HeaderValue::from_str(&edition.tag()) {
        headers.insert(ETAG, tag);
    }
    response
}
