//! The lists of drafts, and what can be done with one: handed over, taken back, returned, posted.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::draft_page::Asked;
use super::form::Fields;
use super::guard::Officer;
use super::{actor, board, book_of, frame, see_other};
use crate::services::drafts::{Act, DraftError, Drafts, Kept, State as Stands};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// The lists.
#[derive(Template)]
#[template(path = "drafts.html")]
struct ListPage {
    f: Frame,
    code: String,
    estate: String,
    groups: Vec<(String, Vec<board::DraftItem>)>,
}

/// Where a draft's page is.
pub fn href(kept: &Kept) -> String {
    format!("/desk/e/{}/drafts/{}", kept.estate, encoded(kept.key()))
}

/// A draft, or the page that says that there is none.
pub fn found(found: Result<Kept, DraftError>, code: &str) -> Result<Kept, WebError> {
    found.map_err(|error| match error {
        DraftError::Unknown => WebError::NoDraft(code.to_owned()),
        other => other.into(),
    })
}

/// The name of an officer, as colleagues know it.
pub async fn name(room: &Room, id: &str) -> String {
    let member = room.site.people.member(id).await;
    member.map_or_else(|_| id.to_owned(), |member| member.officer.name)
}

/// What a state is called.
pub fn state_name(state: Stands, lang: Lang) -> String {
    lang.word("draft_state", state.word()).into_owned()
}

/// `GET /desk/e/{estate}/drafts`
pub async fn list(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (book, lang) = (book_of(&room, &code).await?, visit.lang);
    let drafts = Drafts::of(&room.site.books);
    let mut groups = Vec::new();
    let mut states =
        vec![Stands::Prepared, Stands::Posting, Stands::Returned, Stands::Open, Stands::Posted];
    if !officer.rights().may(Permission::Draft, Some(book.estate())) {
        // What nobody handed over is still the recorders' own.
        states.retain(|state| *state != Stands::Open);
    }
    for state in states {
        let kept = drafts.in_state(book.estate(), state).await?;
        let mut items = Vec::with_capacity(kept.len());
        for one in &kept {
            items.push(board::item(&room, &book, one, lang).await);
        }
        if !items.is_empty() {
            groups.push((state_name(state, lang), items));
        }
    }
    let f = frame(&room, &visit, &officer, &lang.t("draft.list"));
    let (estate, code) = (book.profile().name.clone(), book.estate().to_string());
    super::page(false, &ListPage { f, code, estate, groups })
}

/// `GET /desk/e/{estate}/drafts/{draft}`
pub async fn show(
    State(room): State<Room>,
    Path((code, key)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let kept = found(Drafts::of(&room.site.books).find(book.estate(), &key).await, &code)?;
    let asked = Asked { room: &room, visit: &visit, officer: &officer };
    asked.page(StatusCode::OK, &kept, Vec::new()).await
}

/// `POST …/submit`
pub async fn submit(
    State(room): State<Room>,
    Path(path): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let asked = Asked { room: &room, visit: &visit, officer: &officer };
    asked.acts(&path, &fields, Act::Submit, Permission::Draft).await
}

/// `POST …/withdraw`
pub async fn withdraw(
    State(room): State<Room>,
    Path(path): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let asked = Asked { room: &room, visit: &visit, officer: &officer };
    asked.acts(&path, &fields, Act::Withdraw, Permission::Draft).await
}

/// `POST …/return`
pub async fn give_back(
    State(room): State<Room>,
    Path(path): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let asked = Asked { room: &room, visit: &visit, officer: &officer };
    asked.acts(&path, &fields, Act::Return(fields.value("reason")), Permission::Post).await
}

/// `POST …/post`
pub async fn post(
    State(room): State<Room>,
    Path((code, key)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let drafts = Drafts::of(&room.site.books);
    let kept = found(drafts.find(book.estate(), &key).await, &code)?;
    let by = actor(&officer, Permission::Post, book.estate())?;
    let version = fields.value("version").parse().unwrap_or(0);
    let asked = Asked { room: &room, visit: &visit, officer: &officer };
    match drafts.post((book.estate(), &key), version, &by).await {
        Ok(_) => Ok(see_other(&format!("{}?done=posted", href(&kept)))),
        Err(error) => asked.refused(error, &kept).await,
    }
}
