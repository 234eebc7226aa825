//! What this is, how anyone can check it, and what it cannot see.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::visit::Visit;

/// The page.
#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    f: Frame,
    log_size: u64,
    version: &'static str,
}

/// `GET /about`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_log(&room, &visit).await?;
    answer::page(&room, &visit, &edition, async {
        answer::render(&AboutPage {
            f: Frame::new(&room, &visit, Here::About, &visit.lang.t("about.title")),
            log_size: room.site.books.log_size().await?,
            version: env!("CARGO_PKG_VERSION"),
        })
    })
    .await
}
