//! The desk of one estate: what one is here and may do here.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Officer;
use super::{frame, may, page, role_name};
use crate::services::people::{Permission, Place};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::visit::Visit;

/// The page.
#[derive(Template)]
#[template(path = "desk_estate.html")]
struct EstatePage {
    f: Frame,
    code: String,
    name: String,
    address: String,
    entries: u64,
    last: Option<String>,
    roles: Vec<String>,
    may: Vec<String>,
    drafts: bool,
}

/// `GET /desk/e/{estate}`
pub async fn show(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let unknown = || WebError::NoEstate(code.chars().take(40).collect());
    let estate = code.parse().map_err(|_| unknown())?;
    let book = room.site.books.book(estate).await?.ok_or_else(unknown)?;
    let (rights, lang) = (officer.rights(), visit.lang);
    let profile = book.profile();
    let mut roles: Vec<String> =
        rights.roles_for(Some(estate)).map(|role| role_name(role, lang)).collect();
    roles.dedup();
    page(
        false,
        &EstatePage {
            f: frame(&room, &visit, &officer, &profile.name),
            code: estate.to_string(),
            name: profile.name.clone(),
            address: profile.address.clone(),
            entries: book.head().entries,
            last: book.last_day().map(|day| lang.day(day)),
            roles,
            drafts: rights.may(Permission::Draft, Some(estate)),
            may: may(rights, Place::Estate(estate), lang),
        },
    )
}
