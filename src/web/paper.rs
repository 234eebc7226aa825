//! A paper's bytes as an answer: a picture may be looked at, in a page of its own that can do
//! nothing; everything else is saved. Its name is its content's: a file's own may name a person.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::response::{IntoResponse, Response};

use super::headers::POLICY;
use crate::exchange::document::Media;
use crate::services::documents::DocumentRow;

/// Letters of the digest that name a file.
const NAMED_BY: usize = 16;
/// The longest ending that is kept of a name.
const ENDING_MAX: usize = 5;

/// Answers with the bytes; `kept` says how long they may be.
pub fn answer(row: &DocumentRow, bytes: Vec<u8>, kept: &'static str) -> Response {
    let media = row.media();
    let name = row.sha256.get(..NAMED_BY).unwrap_or_default();
    let ending = media.map_or_else(|| ending(&row.name), |media| media.ending().to_owned());
    let way = if media.is_some_and(Media::is_picture) { "inline" } else { "attachment" };
    let media_type = media.map_or("application/octet-stream", Media::media_type);
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("{way}; filename=\"{name}.{ending}\"")),
        (CONTENT_SECURITY_POLICY, format!("{POLICY}; sandbox")),
    ];
    let mut response = (headers, bytes).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

fn ending(name: &str) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let plain = |text: &String| {
        (1..=ENDING_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    ending.filter(plain).unwrap_or_else(|| "bin".to_owned())
}
