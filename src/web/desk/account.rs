//! One's own sign-in: password, second factor, sessions, keys.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::{done, frame, page, see_other, tokens};
use crate::ledger::time::Timestamp;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A session in the list.
struct SessionView {
    agent: String,
    made: String,
    seen: String,
    here: bool,
    end: Form,
}

/// The page.
#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    f: Frame,
    id: String,
    sign_in: String,
    done: Option<String>,
    wrong: Option<Wrong>,
    password: Form,
    has_second: bool,
    needs_second: bool,
    codes_left: String,
    sessions: Vec<SessionView>,
    keys: Vec<tokens::KeyView>,
    new_key: Option<Form>,
}

const DONE: &[(&str, &str)] = &[
    ("password", "account.done_password"),
    ("session", "account.done_session"),
    ("key", "account.done_key"),
];

/// `GET /desk/account`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    answered(&room, &visit, &officer, None, &Fields::default()).await
}

/// The page, with what is wrong in one of its forms.
pub(super) async fn answered(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    wrong: Option<Wrong>,
    typed: &Fields,
) -> Result<Response, WebError> {
    let (people, lang, signed) = (&room.site.people, visit.lang, officer.signed());
    let token = officer.form_token();
    let here = &signed.session.session_id;
    let sessions = people.sessions(officer.id()).await?.into_iter().map(|row| SessionView {
        made: Timestamp::from_millis(row.made_at).local(),
        seen: Timestamp::from_millis(row.seen_at).local(),
        here: row.session_id == *here,
        end: end_form(&row.session_id, &token, lang),
        agent: row.agent,
    });
    let left = people.paper_codes_left(officer.id()).await?;
    let account = AccountPage {
        f: frame(room, visit, officer, &lang.t("account.title")),
        id: officer.id().to_owned(),
        sign_in: signed.officer.sign_in.clone(),
        done: done(visit, DONE),
        password: password_form(&token, lang, wrong.as_ref()),
        has_second: signed.officer.second_secret.is_some(),
        needs_second: signed.needs_second,
        codes_left: lang.with("account.codes_left", &[("n", left)]),
        sessions: sessions.collect(),
        keys: tokens::views(room, officer, lang).await?,
        new_key: tokens::form(room, officer, lang, typed, wrong.as_ref()).await?,
        wrong,
    };
    page(account.wrong.is_some(), &account)
}

fn password_form(token: &str, lang: Lang, wrong: Option<&Wrong>) -> Form {
    let inputs = vec![
        Input::new("password", Sort::Password, lang.t("account.present")).auto("current-password"),
        Input::new("new_password", Sort::Password, lang.t("account.new_password"))
            .hint(lang.t("account.password_hint"))
            .auto("new-password"),
        Input::new("again", Sort::Password, lang.t("account.again")).auto("new-password"),
    ];
    let button = lang.t("account.change");
    Form::new("password", "/desk/account/password", token, button, inputs, wrong)
}

fn end_form(session: &str, token: &str, lang: Lang) -> Form {
    let inputs = vec![Input::hidden("session", session)];
    Form::new("", "/desk/account/sessions/end", token, lang.t("account.end"), inputs, None)
}

/// `POST /desk/account/password`
pub async fn change_password(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let typed = (fields.value("password"), fields.value("new_password"), fields.value("again"));
    match room.site.people.change_password(officer.signed(), typed).await {
        Ok(()) => Ok(see_other("/desk/account?done=password")),
        Err(error) => {
            let wrong = Wrong::of("password", error, visit.lang)?;
            answered(&room, &visit, &officer, Some(wrong), &Fields::default()).await
        }
    }
}

/// `POST /desk/account/sessions/end`
pub async fn end_session(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    match room.site.people.end_session(officer.id(), fields.value("session")).await {
        Ok(()) => Ok(see_other("/desk/account?done=session")),
        Err(error) => {
            let mut wrong = Wrong::of("sessions", error, visit.lang)?;
            wrong.field = None;
            answered(&room, &visit, &officer, Some(wrong), &Fields::default()).await
        }
    }
}
