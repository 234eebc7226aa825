//! The desk's first page: who one is, what one may do where, what waits.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::board::{Task, tasks};
use super::guard::Officer;
use super::{Held, frame, held, page};
use crate::ledger::id::EstateCode;
use crate::services::people::Permission;
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
    /// Page and name of an estate, and what waits there.
    boards: Vec<(String, String, Vec<Task>)>,
    /// More estates than are looked at here.
    further: bool,
}

/// Estates that are looked through for what waits; the rest have their own pages.
const ESTATES_MAX: usize = 20;

/// `GET /desk`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let member = room.site.people.member(officer.id()).await?;
    let (boards, further) = boards(&room, &officer, &visit).await?;
    page(
        false,
        &DeskPage {
            f: frame(&room, &visit, &officer, &visit.lang.t("desk.title")),
            name: member.officer.name,
            organisation: member.organisation,
            held: held(&room, officer.rights(), visit.lang).await?,
            needs_second: officer.signed().needs_second,
            boards,
            further,
        },
    )
}

/// What waits at each estate where something does.
async fn boards(
    room: &Room,
    officer: &Officer,
    visit: &Visit,
) -> Result<(Vec<(String, String, Vec<Task>)>, bool), WebError> {
    let mut boards = Vec::new();
    if officer.signed().needs_second {
        return Ok((boards, false));
    }
    let rights = officer.rights();
    let works = |code: &EstateCode| {
        let works = [Permission::Draft, Permission::Reconcile, Permission::Cosign];
        works.iter().any(|may| rights.may(*may, Some(*code)))
    };
    let estates: Vec<EstateCode> = rights.estates().into_iter().filter(works).collect();
    for code in estates.iter().take(ESTATES_MAX) {
        let Some(book) = room.site.books.book(*code).await? else { continue };
        let tasks = tasks(room, officer, &book, visit.lang).await?;
        if !tasks.is_empty() {
            boards.push((format!("/desk/e/{code}"), book.profile().name.clone(), tasks));
        }
    }
    Ok((boards, estates.len() > ESTATES_MAX))
}
