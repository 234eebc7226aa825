//! One request as pages see it: language, view, what was asked for, which copy the reader has.
//!
//! `?lang=` and `?view=` set a cookie and lead back to the same address without them; after
//! that the cookie decides, then `Accept-Language`, then the site's own language.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, HOST, IF_NONE_MATCH, LOCATION, SET_COOKIE,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Room;
use super::api::gate::is_of_api;
use super::text::Lang;

/// A year in seconds: how long a choice is kept.
const KEPT_S: u32 = 31_536_000;

/// One request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The language of the answer.
    pub lang: Lang,
    /// Large and plain, for readers who want it so (长辈版).
    pub elder: bool,
    /// The path as it was asked for.
    pub path: String,
    /// Names and values of the query, in order, `lang` and `view` left out.
    pub query: Vec<(String, String)>,
    /// The copy that the reader has (`If-None-Match`).
    pub known: Option<String>,
    /// The scheme and host that links on paper begin with.
    pub base: String,
}

impl Visit {
    /// Reads a request's head.
    pub fn read(parts: &Parts, room: &Room) -> Self {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let cookie = |name: &str| {
            let pairs = header(COOKIE).unwrap_or_default().split(';');
            pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(n, _)| *n == name)
        };
        let chosen = cookie("lang").and_then(|(_, code)| Lang::from_code(code));
        let accepted = || header(ACCEPT_LANGUAGE).and_then(Lang::accepted);
        Self {
            lang: chosen.or_else(accepted).unwrap_or(room.site.lang),
            elder: cookie("view").is_some_and(|(_, view)| view == "elder"),
            path: parts.uri.path().to_owned(),
            query: pairs(&parts.uri).into_iter().filter(|(name, _)| !is_choice(name)).collect(),
            known: header(IF_NONE_MATCH).map(str::to_owned),
            base: base(room, header(HOST)),
        }
    }

    /// The first value of a query's name, without blanks at its ends; none when it is empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name)?;
        Some(found.1.trim()).filter(|value| !value.is_empty())
    }

    /// This address with some names of the query set anew (an empty value takes one away).
    pub fn address(&self, changes: &[(&str, &str)]) -> String {
        let kept = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let pairs = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty());
        let query: Vec<String> =
            pairs.map(|(n, v)| format!("{}={}", encoded(n), encoded(v))).collect();
        let path = own_path(&self.path);
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

impl FromRequestParts<Room> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, room: &Room) -> Result<Self, Infallible> {
        Ok(Self::read(parts, room))
    }
}

/// Keeps a choice of language or view in a cookie and leads back without it.
pub async fn keep_choice(State(room): State<Room>, request: Request, next: Next) -> Response {
    let choices: Vec<(String, String)> =
        pairs(request.uri()).into_iter().filter(|(name, value)| is_known(name, value)).collect();
    if choices.is_empty() || is_of_api(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, _) = request.into_parts();
    let visit = Visit::read(&parts, &room);
    let kept = HeaderValue::from_static("no-store");
    let mut response = (StatusCode::SEE_OTHER, [(CACHE_CONTROL, kept)]).into_response();
    let secure = if visit.base.starts_with("https:") { "; Secure" } else { "" };
    for (name, value) in choices {
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={KEPT_S}; SameSite=Lax; HttpOnly{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    if let Ok(back) = HeaderValue::from_str(&visit.address(&[])) {
        response.headers_mut().insert(LOCATION, back);
    }
    response
}

fn is_choice(name: &str) -> bool {
    matches!(name, "lang" | "view")
}

fn is_known(name: &str, value: &str) -> bool {
    match name {
        "lang" => Lang::from_code(value).is_some(),
        "view" => matches!(value, "elder" | "full"),
        _ => false,
    }
}

/// A query's names and values; unreadable escapes are read as far as they go.
fn pairs(uri: &Uri) -> Vec<(String, String)> {
    Query::<Vec<(String, String)>>::try_from_uri(uri).map_or_else(|_| Vec::new(), |query| query.0)
}

/// A path that stays on this site: one beginning with two slashes would name another host.
fn own_path(path: &str) -> &str {
    let leaves = path.starts_with("//") || path.starts_with("/\\") || !path.starts_with('/');
    if leaves { "/" } else { path }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Percent-encodes what isn't unreserved (RFC 3986, section 2.3).
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
            }
        }
    }
    out
}

fn base(room: &Room, host: Option<&str>) -> String {
    if let Some(base) = &room.site.base_url {
        return base.trim_end_matches('/').to_owned();
    }
    let fits = |host: &&str| {
        host.len() <= 255
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]".contains(&b))
    };
    format!("http://{}", host.filter(fits).unwrap_or("localhost"))
}
