//! Keys for programs: made, shown once, revoked.

use axum::extract::State;
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::second::once;
use super::{account, see_other};
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::services::people::{Fault, Scope, Verb};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A key in the list.
pub struct KeyView {
    /// What its owner calls it.
    pub label: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub made: String,
    /// When it was last used.
    pub used: Option<String>,
    /// The form that revokes it.
    pub revoke: Form,
}

/// The keys of whoever is signed in.
pub async fn views(room: &Room, officer: &Officer, lang: Lang) -> Result<Vec<KeyView>, WebError> {
    let rows = room.site.people.tokens(officer.id()).await?;
    let local = |millis| Timestamp::from_millis(millis).local();
    let view = |row: &crate::services::people::TokenRow| KeyView {
        scopes: row.scopes().iter().map(|scope| scope_name(*scope, lang)).collect(),
        label: row.label.clone(),
        made: local(row.made_at),
        used: row.used_at.map(local),
        revoke: Form::new(
            "",
            "/desk/account/keys/revoke",
            officer.form_token(),
            lang.t("account.revoke"),
            vec![Input::hidden("token", &row.token_id)],
            None,
        ),
    };
    Ok(rows.iter().map(view).collect())
}

fn scope_name(scope: Scope, lang: Lang) -> String {
    format!("{} · {}", scope.estate, lang.word("verb", scope.verb.word()))
}

/// The form for a new key; none where its owner holds nothing of an estate, or has to set a
/// second factor up first.
pub async fn form(
    room: &Room,
    officer: &Officer,
    lang: Lang,
    typed: &Fields,
    wrong: Option<&Wrong>,
) -> Result<Option<Form>, WebError> {
    let estates = estates(room, officer).await?;
    if estates.is_empty() || officer.signed().needs_second {
        return Ok(None);
    }
    let may = |verb: &Verb| {
        estates.iter().any(|code| officer.rights().may(verb.permission(), Some(*code)))
    };
    let verbs: Vec<&str> = typed.values("verb").collect();
    let mut checks = Input::new("verb", Sort::Checks, lang.t("account.key_verbs"));
    checks.options = Verb::ALL
        .into_iter()
        .filter(may)
        .map(|verb| {
            let name = lang.word("verb", verb.word()).into_owned();
            (verb.word().to_owned(), name, verbs.contains(&verb.word()))
        })
        .collect();
    let codes = estates.iter().map(|code| (code.to_string(), code.to_string()));
    let inputs = vec![
        Input::new("name", Sort::Text, lang.t("account.key_name"))
            .hint(lang.t("account.key_hint"))
            .with(typed.value("name")),
        Input::new("estate", Sort::Choice, lang.t("officers.estate"))
            .with(typed.value("estate"))
            .options(codes),
        checks,
    ];
    let (token, button) = (officer.form_token(), lang.t("account.make_key"));
    Ok(Some(Form::new("key", "/desk/account/keys", token, button, inputs, wrong)))
}

/// Estates of which an officer holds something, in the directory's order, as many as a list
/// bears.
pub(super) async fn estates(room: &Room, officer: &Officer) -> Result<Vec<EstateCode>, WebError> {
    const LISTED: u32 = 200;
    let rights = officer.rights();
    if !rights.held().iter().any(|(_, place)| place.estate().is_none()) {
        return Ok(rights.estates());
    }
    let books = room.site.books.directory("", None, LISTED).await?;
    Ok(books.iter().map(|book| book.estate()).collect())
}

/// `POST /desk/account/keys`
pub async fn make(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let scope = |verb: &str| format!("{}:{verb}", fields.value("estate")).parse::<Scope>();
    let scopes: Result<Vec<Scope>, Fault> = fields.values("verb").map(scope).collect();
    let made = match scopes {
        Ok(scopes) => {
            room.site.people.make_token(officer.id(), fields.value("name"), &scopes).await
        }
        Err(fault) => Err(fault.into()),
    };
    match made {
        Ok(key) => {
            once(&room, &visit, &officer, ("account.key_made", "account.key_once"), vec![key])
        }
        Err(error) => {
            let wrong = Wrong::of("key", error, visit.lang)?;
            account::answered(&room, &visit, &officer, Some(wrong), &fields).await
        }
    }
}

/// `POST /desk/account/keys/revoke`
pub async fn revoke(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    match room.site.people.revoke_token(officer.id(), fields.value("token")).await {
        Ok(()) => Ok(see_other("/desk/account?done=key")),
        Err(error) => {
            let mut wrong = Wrong::of("keys", error, visit.lang)?;
            wrong.field = None;
            account::answered(&room, &visit, &officer, Some(wrong), &Fields::default()).await
        }
    }
}
