//! Signing in and out, and setting a password by a one-time code.

use askama::Template;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::{Caller, Officer};
use super::{cookie, done, role_name, see_other};
use crate::services::people::{Attempt, PeopleError, form_token};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::text::Lang;
use crate::web::visit::Visit;
use crate::web::{Room, answer};

/// The page to sign in, or to set a password by a code.
#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    f: Frame,
    lead: String,
    done: Option<String>,
    wrong: Option<Wrong>,
    form: Form,
    /// What a demonstration shows: name, password, role.
    shown: Vec<(String, String, String)>,
    to_recover: bool,
}

/// Which of the two pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    SignIn,
    Recover,
}

/// What was typed that may be shown again.
#[derive(Default)]
struct Typed<'a> {
    sign_in: &'a str,
    next: &'a str,
}

/// `GET /sign-in`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    caller: Caller,
) -> Result<Response, WebError> {
    if caller.signed_in {
        return Ok(see_other("/desk"));
    }
    let typed = Typed { sign_in: "", next: visit.value("next").unwrap_or_default() };
    answered(&room, &visit, &caller, Which::SignIn, &typed, None)
}

/// `GET /recover`
pub async fn show_recover(
    State(room): State<Room>,
    visit: Visit,
    caller: Caller,
) -> Result<Response, WebError> {
    answered(&room, &visit, &caller, Which::Recover, &Typed::default(), None)
}

fn answered(
    room: &Room,
    visit: &Visit,
    caller: &Caller,
    which: Which,
    typed: &Typed<'_>,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    // Who has no token yet gets one, so that the form is bound to this browser.
    let (token, fresh) = match &caller.token {
        Some(token) => (token.clone(), false),
        None => (room.site.people.fresh_token().map_err(PeopleError::from)?, true),
    };
    let lang = visit.lang;
    let status = match &wrong {
        Some(wrong) if wrong.field.is_none() => StatusCode::FORBIDDEN,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let form = match which {
        Which::SignIn => sign_in_form(&form_token(&token), typed, lang, wrong.as_ref()),
        Which::Recover => recover_form(&form_token(&token), typed, lang, wrong.as_ref()),
    };
    let sign_ins = if room.site.demonstration { room.site.sign_ins } else { &[] };
    let (title, lead) = match which {
        Which::SignIn => ("sign_in.title", "sign_in.lead"),
        Which::Recover => ("sign_in.recover", "sign_in.recover_lead"),
    };
    let html = answer::render(&SignInPage {
        f: Frame::new(room, visit, Here::Nowhere, &lang.t(title)),
        lead: lang.t(lead).into_owned(),
        done: done(visit, &[("out", "sign_in.out"), ("recovered", "sign_in.recovered")]),
        wrong,
        form,
        shown: sign_ins
            .iter()
            .filter(|_| which == Which::SignIn)
            .map(|one| (one.sign_in.to_owned(), one.password.to_owned(), role_name(one.role, lang)))
            .collect(),
        to_recover: which == Which::SignIn,
    })?;
    let mut response = answer::passing(status, html);
    if fresh {
        set(&mut response, cookie::keep(&token, caller.secure));
    }
    Ok(response)
}

fn set(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

fn sign_in_form(token: &str, typed: &Typed<'_>, lang: Lang, wrong: Option<&Wrong>) -> Form {
    let inputs = vec![
        Input::hidden("next", typed.next),
        Input::new("sign_in", Sort::Text, lang.t("sign_in.name"))
            .with(typed.sign_in)
            .auto("username"),
        Input::new("password", Sort::Password, lang.t("sign_in.password")).auto("current-password"),
        Input::new("code", Sort::Code, lang.t("sign_in.code"))
            .hint(lang.t("sign_in.code_hint"))
            .auto("one-time-code"),
    ];
    Form::new("sign-in", "/sign-in", token, lang.t("sign_in.enter"), inputs, wrong)
}

fn recover_form(token: &str, typed: &Typed<'_>, lang: Lang, wrong: Option<&Wrong>) -> Form {
    let inputs = vec![
        Input::new("sign_in", Sort::Text, lang.t("sign_in.name"))
            .with(typed.sign_in)
            .auto("username"),
        Input::new("code", Sort::Code, lang.t("sign_in.one_time_code"))
            .hint(lang.t("sign_in.one_time_hint")),
        Input::new("new_password", Sort::Password, lang.t("account.new_password"))
            .hint(lang.t("account.password_hint"))
            .auto("new-password"),
        Input::new("again", Sort::Password, lang.t("account.again")).auto("new-password"),
    ];
    Form::new("recover", "/recover", token, lang.t("sign_in.set"), inputs, wrong)
}

/// `POST /sign-in`
pub async fn enter(
    State(room): State<Room>,
    visit: Visit,
    caller: Caller,
    fields: Fields,
) -> Result<Response, WebError> {
    let attempt = Attempt {
        sign_in: fields.value("sign_in"),
        password: fields.value("password"),
        code: fields.value("code"),
        peer: caller.address,
        agent: &caller.agent,
    };
    let typed = Typed { sign_in: attempt.sign_in, next: fields.value("next") };
    match room.site.people.sign_in(&attempt).await {
        Ok(token) => {
            let mut response = see_other(own(typed.next));
            set(&mut response, cookie::keep(&token, caller.secure));
            Ok(response)
        }
        Err(error) => {
            let throttled = matches!(error, PeopleError::Throttled(_));
            let wrong = Wrong::of("sign-in", error, visit.lang)?;
            let mut response =
                answered(&room, &visit, &caller, Which::SignIn, &typed, Some(wrong))?;
            if throttled {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            }
            Ok(response)
        }
    }
}

/// Where to go on after signing in: a page of the desk, nothing else.
fn own(next: &str) -> &str {
    let fits = next == "/desk" || next.starts_with("/desk/") || next.starts_with("/desk?");
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if fits && plain { next } else { "/desk" }
}

/// `POST /recover`
pub async fn recover(
    State(room): State<Room>,
    visit: Visit,
    caller: Caller,
    fields: Fields,
) -> Result<Response, WebError> {
    let attempt = Attempt {
        sign_in: fields.value("sign_in"),
        password: fields.value("new_password"),
        code: fields.value("code"),
        peer: caller.address,
        agent: &caller.agent,
    };
    match room.site.people.recover(&attempt, fields.value("again")).await {
        Ok(()) => Ok(see_other("/sign-in?done=recovered")),
        Err(error) => {
            let typed = Typed { sign_in: attempt.sign_in, next: "" };
            let wrong = Wrong::of("recover", error, visit.lang)?;
            answered(&room, &visit, &caller, Which::Recover, &typed, Some(wrong))
        }
    }
}

/// `POST /sign-out`
pub async fn leave(
    State(room): State<Room>,
    caller: Caller,
    officer: Officer,
) -> Result<Response, WebError> {
    let session = &officer.signed().session.session_id;
    match room.site.people.end_session(officer.id(), session).await {
        // A session that ended meanwhile is ended.
        Ok(()) | Err(PeopleError::Fault(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut response = see_other("/sign-in?done=out").into_response();
    set(&mut response, cookie::forget(caller.secure));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn nobody_is_led_elsewhere() {
        for fine in ["/desk", "/desk/account", "/desk/e/620722-0013?x=1"] {
            assert_eq!(own(fine), fine);
        }
        for odd in
            ["", "//evil", "https://evil", "/desk\\evil", "/deskevil", "/desk/\r\nX: y", "/e"]
        {
            assert_eq!(own(odd), "/desk", "{odd}");
        }
    }
}
