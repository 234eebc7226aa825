//! The session's cookie. Before somebody signs in it carries a token too, so that the sign-in
//! form is bound to the reader it was shown to; signing in always brings a new one.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// Digits of a token.
const TOKEN_LEN: usize = 64;

/// Its name; over TLS one that no other host and no plain connection can set (RFC 6265bis,
/// section 4.1.3.2).
fn name(secure: bool) -> &'static str {
    if secure { "__Host-mingzhang" } else { "mingzhang" }
}

/// The token that a request carries.
pub fn token(headers: &HeaderMap, secure: bool) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(known, _)| *known == name(secure)).map(|(_, value)| value);
    let is_token = |value: &&str| {
        value.len() == TOKEN_LEN && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    found.find(is_token).map(str::to_owned)
}

/// Sets a token; it ends with the browser or the session, whichever is first.
pub fn keep(token: &str, secure: bool) -> Option<HeaderValue> {
    let tls = if secure { "; Secure" } else { "" };
    let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{tls}", name(secure));
    HeaderValue::from_str(&cookie).ok()
}

/// Takes the token away.
pub fn forget(secure: bool) -> Option<HeaderValue> {
    let tls = if secure { "; Secure" } else { "" };
    let cookie = format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{tls}", name(secure));
    HeaderValue::from_str(&cookie).ok()
}
