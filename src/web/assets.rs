//! Files of the pages, compiled in. Their names carry a hash of their content, so that they may
//! be kept for ever and a new program brings new names.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::error::WebError;
use crate::ledger::chain::content_hash;

/// What may be kept for ever: its address names its content.
pub const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file.
pub struct Asset {
    /// `/static/style.1a2b3c4d.css`.
    pub address: String,
    media_type: &'static str,
    content: &'static str,
}

/// The style sheet.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::named("style", "css", "text/css; charset=utf-8", include_str!("../../static/style.css"))
});

/// Shows a page anew when its book grows.
pub static LIVE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::named(
        "live",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("../../static/live.js"),
    )
});

/// The mark of the site.
pub static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::named("icon", "svg", "image/svg+xml", include_str!("../../static/icon.svg"))
});

impl Asset {
    fn named(name: &str, ending: &str, media_type: &'static str, content: &'static str) -> Self {
        let hash = content_hash(content.as_bytes()).to_string();
        let address = format!("/static/{name}.{}.{ending}", &hash[..8]);
        Self { address, media_type, content }
    }
}

/// Every file.
pub fn all() -> [&'static Asset; 3] {
    [&STYLE, &ICON, &LIVE]
}

/// Answers with a file.
pub async fn file(Path(name): Path<String>) -> Result<Response, WebError> {
    let found = all().into_iter().find(|asset| asset.address == format!("/static/{name}"));
    let asset = found.ok_or(WebError::NoPage)?;
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, FOREVER)];
    Ok((headers, asset.content).into_response())
}
