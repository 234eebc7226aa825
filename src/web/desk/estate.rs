//! The desk of one estate: what one is here and may do here.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::board::{Task, tasks};
use super::guard::Officer;
use super::record::title;
use super::{book_of, frame, may, page, role_name};
use crate::services::people::{Permission, Place};
use crate::services::recording::{Form, Group};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::text::Lang;
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
    may_draft: bool,
    /// Forms to record with, by group.
    forms: Vec<Forms>,
    may_reconcile: bool,
    may_read: bool,
    tasks: Vec<Task>,
}

/// Forms of a group: its name, whether they are shown at once, word and name of each.
type Forms = (String, bool, Vec<(&'static str, String)>);

/// Every form that a page can lead to from here, by group.
fn forms(lang: Lang) -> Vec<Forms> {
    let of = |group: Group| {
        let forms = Form::ALL.into_iter().filter(|form| form.group() == group);
        forms.map(|form| (form.word(), title(form, lang))).collect::<Vec<_>>()
    };
    let groups = Group::ALL.into_iter().map(|group| {
        let name = lang.word("form_group", group.word()).into_owned();
        (name, group.is_daily(), of(group))
    });
    groups.filter(|(_, _, forms)| !forms.is_empty()).collect()
}

/// `GET /desk/e/{estate}`
pub async fn show(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let estate = book.estate();
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
            may: may(rights, Place::Estate(estate), lang),
            may_draft: rights.may(Permission::Draft, Some(estate)),
            may_read: rights.may(Permission::ReadDrafts, Some(estate)),
            forms: forms(lang),
            may_reconcile: rights.may(Permission::Reconcile, Some(estate)),
            tasks: tasks(&room, &officer, &book, lang).await?,
        },
    )
}
