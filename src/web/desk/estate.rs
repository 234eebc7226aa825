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
    may_read: bool,
    /// Forms to record with, by group: word and name.
    forms: Vec<(String, Vec<(&'static str, String)>)>,
    tasks: Vec<Task>,
}

/// Every form that a page can lead to from here, by group.
fn forms(lang: Lang) -> Vec<(String, Vec<(&'static str, String)>)> {
    let of = |group: Group| {
        let forms = Form::ALL.into_iter().filter(|form| form.group() == group);
        forms.map(|form| (form.word(), title(form, lang))).collect::<Vec<_>>()
    };
    let groups =
        Group::ALL.into_iter().map(|group| (lang.word("form_group", group.word()), of(group)));
    let some = groups.filter(|(_, forms)| !forms.is_empty());
    some.map(|(group, forms)| (group.into_owned(), forms)).collect()
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
            tasks: tasks(&room, &officer, &book, lang).await?,
        },
    )
}
