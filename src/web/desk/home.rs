//! The desk's first page: who one is, what one may do where, what waits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::guard::Officer;
use super::{Held, frame, held, page};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::visit::Visit;

/// The page.
#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    f: Frame,
    name: String,
    organisation: String,
    held: Vec<Held>,
    needs_second: bool,
}

/// `GET /desk`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let member = room.site.people.member(officer.id()).await?;
    page(
        false,
        &DeskPage {
            f: frame(&room, &visit, &officer, &visit.lang.t("desk.title")),
            name: member.officer.name,
            organisation: member.organisation,
            held: held(&room, officer.rights(), visit.lang).await?,
            needs_second: officer.signed().needs_second,
        },
    )
}
