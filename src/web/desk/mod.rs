//! The desk: pages of those who sign in. Every request passes `guard.rs` before its handler;
//! pages are for one officer at one moment and never kept.

pub mod account;
pub mod bank;
mod bank_check;
mod bank_lines;
pub mod bank_matches;
mod batch;
mod board;
mod choose;
mod cookie;
pub mod cosign;
pub mod documents;
mod draft_facts;
mod draft_page;
pub mod drafts;
pub mod entries;
pub mod estate;
mod file_rights;
mod form;
pub mod guard;
pub mod home;
pub mod imports;
mod inputs;
pub mod officers;
mod open_items;
mod owes;
pub mod record;
mod refused;
pub mod second;
pub mod sign_in;
pub mod tokens;

use std::sync::Arc;

use askama::Template;
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Room;
use super::answer;
use super::error::WebError;
use super::frame::{DeskBar, Frame, Tab};
use super::text::Lang;
use super::visit::Visit;
use crate::ledger::book::Book;
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::services::people::{Level, Permission, Place, Rights, Role};
use guard::Officer;

/// The frame of a page of the desk.
fn frame(room: &Room, visit: &Visit, officer: &Officer, title: &str) -> Frame {
    let tab = |href: &str, key: &str| Tab {
        href: href.to_owned(),
        label: visit.lang.t(key),
        here: visit.path == href
            || (href != "/desk" && visit.path.starts_with(&format!("{href}/"))),
    };
    let mut tabs = vec![tab("/desk", "desk.home")];
    if officer.rights().may(Permission::ManageOfficers, None) {
        tabs.push(tab("/desk/officers", "desk.officers"));
    }
    tabs.push(tab("/desk/account", "desk.account"));
    let bar =
        DeskBar { name: officer.signed().officer.name.clone(), tabs, token: officer.form_token() };
    Frame::of_desk(room, visit, bar, title)
}

/// A page of the desk, or one with something to mend.
fn page(wrong: bool, page: &impl Template) -> Result<Response, WebError> {
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(answer::passing(status, answer::render(page)?))
}

/// Leads on to another page, after something was done.
fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/desk"));
    let kept = HeaderValue::from_static("no-store");
    (StatusCode::SEE_OTHER, [(LOCATION, to), (CACHE_CONTROL, kept)]).into_response()
}

/// The book of the estate that a path names.
async fn book_of(room: &Room, code: &str) -> Result<Arc<Book>, WebError> {
    let unknown = || WebError::NoEstate(code.chars().take(40).collect());
    let estate = code.parse().map_err(|_| unknown())?;
    room.site.books.book(estate).await?.ok_or_else(unknown)
}

/// Who acts for an estate, in the role that lets them.
fn actor(officer: &Officer, permission: Permission, estate: EstateCode) -> Result<Actor, WebError> {
    officer.signed().actor(permission, estate).ok_or(WebError::Forbidden)
}

/// What a page says was done, where the address tells of something it knows.
fn done(visit: &Visit, known: &[(&str, &str)]) -> Option<String> {
    let told = visit.value("done")?;
    let (_, key) = known.iter().find(|(word, _)| *word == told)?;
    Some(visit.lang.t(key).into_owned())
}

/// A role's name.
fn role_name(role: Role, lang: Lang) -> String {
    lang.word("actor", role.word()).into_owned()
}

/// Roles that somebody holds in one place, with a name for the place.
struct Held {
    place: String,
    href: Option<String>,
    roles: Vec<String>,
    may: Vec<String>,
}

/// What somebody holds, place by place; each with what it lets them do.
async fn held(room: &Room, rights: &Rights, lang: Lang) -> Result<Vec<Held>, WebError> {
    let mut places: Vec<Place> = rights.held().iter().map(|(_, place)| *place).collect();
    places.dedup();
    let mut rows = Vec::with_capacity(places.len());
    for place in places {
        let (name, href) = match place {
            Place::Instance => (lang.t("desk.instance").into_owned(), None),
            Place::Estate(code) => {
                let book = room.site.books.book(code).await?;
                let name =
                    book.map_or_else(|| code.to_string(), |book| book.profile().name.clone());
                (name, Some(format!("/desk/e/{code}")))
            }
        };
        let here = rights.held().iter().filter(|(_, at)| *at == place);
        let roles = here.map(|(role, _)| role_name(*role, lang)).collect();
        rows.push(Held { place: name, href, roles, may: may(rights, place, lang) });
    }
    Ok(rows)
}

/// What somebody may do in a place, in words.
fn may(rights: &Rights, place: Place, lang: Lang) -> Vec<String> {
    let work = Permission::ALL.into_iter().filter(|permission| {
        permission.level() != Level::Own
            && !matches!(permission, Permission::SeeDesk | Permission::ReadDrafts)
            && rights.may(*permission, place.estate())
    });
    work.map(|permission| lang.word("permission", permission.word()).into_owned()).collect()
}
