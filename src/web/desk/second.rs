//! Setting the second factor up: the password, then the code that an authenticator shows, then
//! codes for paper, shown once.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::{frame, page, see_other};
use crate::services::people::second::Enrolment;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::qr::{Qr, qr};
use crate::web::visit::Visit;

/// The page.
#[derive(Template)]
#[template(path = "second.html")]
struct SecondPage {
    f: Frame,
    needs_second: bool,
    has_second: bool,
    wrong: Option<Wrong>,
    enrolment: Option<Enrolment>,
    qr: Option<Qr>,
    form: Form,
}

/// What is shown once.
#[derive(Template)]
#[template(path = "once.html")]
struct OncePage {
    f: Frame,
    says: String,
    values: Vec<String>,
    back: &'static str,
}

/// `GET /desk/account/second`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    answered(&room, &visit, &officer, None)
}

fn answered(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (lang, signed) = (visit.lang, officer.signed());
    let issuer = visit.base.split_once("://").map_or("mingzhang", |(_, host)| host);
    let enrolment = room.site.people.pending_second(signed, issuer);
    let token = officer.form_token();
    let form = if enrolment.is_some() {
        let code = Input::new("code", Sort::Code, lang.t("second.code")).auto("one-time-code");
        let (action, button) = ("/desk/account/second", lang.t("second.confirm"));
        Form::new("second", action, token, button, vec![code], wrong.as_ref())
    } else {
        let password = Input::new("password", Sort::Password, lang.t("account.present"))
            .auto("current-password");
        let (action, button) = ("/desk/account/second/begin", lang.t("second.begin"));
        Form::new("second", action, token, button, vec![password], wrong.as_ref())
    };
    let f = frame(room, visit, officer, &lang.t("second.title"));
    let (needs_second, has_second) = (signed.needs_second, signed.officer.second_secret.is_some());
    let wrong_there = wrong.is_some();
    let qr = enrolment.as_ref().and_then(|enrolment| qr(&enrolment.address));
    page(wrong_there, &SecondPage { f, needs_second, has_second, wrong, enrolment, qr, form })
}

/// `POST /desk/account/second/begin`
pub async fn begin(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    match room.site.people.begin_second(officer.signed(), fields.value("password")).await {
        Ok(()) => Ok(see_other("/desk/account/second")),
        Err(error) => {
            let wrong = Wrong::of("second", error, visit.lang)?;
            answered(&room, &visit, &officer, Some(wrong))
        }
    }
}

/// `POST /desk/account/second`
pub async fn confirm(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    match room.site.people.confirm_second(officer.signed(), fields.value("code")).await {
        Ok(codes) => once(&room, &visit, &officer, ("second.done", "second.paper"), codes),
        Err(error) => {
            let wrong = Wrong::of("second", error, visit.lang)?;
            answered(&room, &visit, &officer, Some(wrong))
        }
    }
}

/// A page that shows something once: title, what to do with it, and the values.
pub(super) fn once(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (title, says): (&str, &str),
    values: Vec<String>,
) -> Result<Response, WebError> {
    let (lang, back) = (
        visit.lang,
        if visit.path.starts_with("/desk/account") { "/desk/account" } else { "/desk/officers" },
    );
    let f = frame(room, visit, officer, &lang.t(title));
    page(false, &OncePage { f, says: lang.t(says).into_owned(), values, back })
}
