//! Organisations, officers and grants: the administrator's pages.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::second::once;
use super::{done, frame, page, role_name, see_other};
use crate::ledger::period::parse_date;
use crate::services::people::{
    Fault, GrantRow, Member, NewGrant, NewOfficer, PeopleError, Place, Role,
};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// An officer in the list.
struct Row {
    href: String,
    name: String,
    sign_in: String,
    organisation: String,
    roles: Vec<String>,
    second: bool,
    begun: bool,
}

/// The list.
#[derive(Template)]
#[template(path = "officers.html")]
struct OfficersPage {
    f: Frame,
    done: Option<String>,
    wrong: Option<Wrong>,
    rows: Vec<Row>,
    organisations: Vec<(String, String)>,
    add: Option<Form>,
    add_organisation: Form,
}

/// A grant of an officer.
struct GrantView {
    role: String,
    place: String,
    from: String,
    until: Option<String>,
    by: String,
    revoked: Option<String>,
    revoke: Option<Form>,
}

/// One officer.
#[derive(Template)]
#[template(path = "officer.html")]
struct OfficerPage {
    f: Frame,
    id: String,
    name: String,
    sign_in: String,
    organisation: String,
    second: bool,
    done: Option<String>,
    wrong: Option<Wrong>,
    grants: Vec<GrantView>,
    grant: Form,
    code: Form,
}

const DONE: &[(&str, &str)] = &[
    ("organisation", "officers.done_organisation"),
    ("granted", "officers.done_granted"),
    ("revoked", "officers.done_revoked"),
];

/// `GET /desk/officers`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    listed(&room, &visit, &officer, &Fields::default(), None).await
}

async fn listed(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    typed: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (people, lang, token) = (&room.site.people, visit.lang, officer.form_token());
    let today = people.today();
    let organisations: Vec<(String, String)> = people
        .organisations()
        .await?
        .into_iter()
        .map(|row| (row.organisation_id, row.name))
        .collect();
    let name = Input::new("name", Sort::Text, lang.t("officers.organisation_name")).with(
        if wrong.as_ref().is_some_and(|w| w.form == "organisation") {
            typed.value("name")
        } else {
            ""
        },
    );
    let add_organisation = Form::new(
        "organisation",
        "/desk/organisations",
        &token,
        lang.t("officers.add_organisation"),
        vec![name],
        wrong.as_ref(),
    );
    let add = (!organisations.is_empty())
        .then(|| officer_form(&token, lang, &organisations, typed, wrong.as_ref()));
    let members = people.members().await?;
    let rows = members.into_iter().map(|member| Row {
        href: href(&member.officer.officer_id),
        roles: roles(&member, lang, |grant| grant.holds_on(today)),
        second: member.officer.second_secret.is_some(),
        begun: member.officer.password.is_some(),
        name: member.officer.name,
        sign_in: member.officer.sign_in,
        organisation: member.organisation,
    });
    let (rows, f) = (rows.collect(), frame(room, visit, officer, &lang.t("officers.title")));
    let done = done(visit, DONE);
    let shown = OfficersPage { f, done, wrong, rows, organisations, add, add_organisation };
    page(shown.wrong.is_some(), &shown)
}

fn href(officer: &str) -> String {
    format!("/desk/officers/{}", encoded(officer))
}

fn roles(member: &Member, lang: Lang, holds: impl Fn(&GrantRow) -> bool) -> Vec<String> {
    let held = member.grants.iter().filter(|grant| holds(grant)).filter_map(GrantRow::held);
    held.map(|(role, place)| format!("{} · {}", role_name(role, lang), place_name(place, lang)))
        .collect()
}

fn place_name(place: Place, lang: Lang) -> String {
    match place {
        Place::Instance => lang.t("desk.instance").into_owned(),
        Place::Estate(code) => code.to_string(),
    }
}

fn officer_form(
    token: &str,
    lang: Lang,
    organisations: &[(String, String)],
    typed: &Fields,
    wrong: Option<&Wrong>,
) -> Form {
    let mine = wrong.is_some_and(|wrong| wrong.form == "officer");
    let value = |name| if mine { typed.value(name) } else { "" };
    let inputs = vec![
        Input::new("name", Sort::Text, lang.t("officers.name"))
            .with(value("name"))
            .hint(lang.t("officers.name_hint")),
        Input::new("sign_in", Sort::Text, lang.t("sign_in.name"))
            .with(value("sign_in"))
            .hint(lang.t("officers.sign_in_hint")),
        Input::new("organisation", Sort::Choice, lang.t("officers.organisation"))
            .with(value("organisation"))
            .options(organisations.iter().cloned()),
    ];
    Form::new("officer", "/desk/officers", token, lang.t("officers.add"), inputs, wrong)
}

/// `POST /desk/organisations`
pub async fn add_organisation(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    match room.site.people.add_organisation(fields.value("name"), officer.id()).await {
        Ok(_) => Ok(see_other("/desk/officers?done=organisation")),
        Err(error) => {
            let wrong = Wrong::of("organisation", error, visit.lang)?;
            listed(&room, &visit, &officer, &fields, Some(wrong)).await
        }
    }
}

/// `POST /desk/officers`
pub async fn add(
    State(room): State<Room>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let new = NewOfficer {
        organisation: fields.value("organisation"),
        sign_in: fields.value("sign_in"),
        name: fields.value("name"),
    };
    match room.site.people.add_officer(&new, officer.id()).await {
        Ok((_, code)) => {
            once(&room, &visit, &officer, ("officers.added", "officers.code_once"), vec![code])
        }
        Err(error) => {
            let wrong = Wrong::of("officer", error, visit.lang)?;
            listed(&room, &visit, &officer, &fields, Some(wrong)).await
        }
    }
}

/// `GET /desk/officers/{officer}`
pub async fn show(
    State(room): State<Room>,
    Path(id): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let member = member(&room, &id).await?;
    shown(&room, &visit, &officer, member, &Fields::default(), None)
}

async fn member(room: &Room, id: &str) -> Result<Member, WebError> {
    match room.site.people.member(id).await {
        Ok(member) if member.officer.officer_id == id => Ok(member),
        Ok(_) | Err(PeopleError::Fault(_)) => Err(WebError::NoPage),
        Err(error) => Err(error.into()),
    }
}

fn shown(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    member: Member,
    typed: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (lang, token) = (visit.lang, officer.form_token());
    let base = href(&member.officer.officer_id);
    let grants = member.grants.iter().map(|grant| grant_view(grant, &base, &token, lang));
    let code = Form::new(
        "code",
        format!("{base}/code"),
        &token,
        lang.t("officers.issue_code"),
        vec![],
        None,
    );
    let shown = OfficerPage {
        f: frame(room, visit, officer, &member.officer.name),
        grants: grants.collect(),
        grant: grant_form(&base, &token, lang, typed, wrong.as_ref()),
        code,
        done: done(visit, DONE),
        second: member.officer.second_secret.is_some(),
        id: member.officer.officer_id,
        name: member.officer.name,
        sign_in: member.officer.sign_in,
        organisation: member.organisation,
        wrong,
    };
    page(shown.wrong.is_some(), &shown)
}

fn grant_view(grant: &GrantRow, base: &str, token: &str, lang: Lang) -> GrantView {
    let (role, place) = match grant.held() {
        Some((role, place)) => (role_name(role, lang), place_name(place, lang)),
        None => (grant.role.clone(), grant.estate.clone().unwrap_or_default()),
    };
    let local = |millis| crate::ledger::time::Timestamp::from_millis(millis).local();
    let revoke = grant.revoked_at.is_none().then(|| {
        let inputs = vec![Input::hidden("grant", &grant.grant_id)];
        let action = format!("{base}/grants/revoke");
        Form::new("", action, token, lang.t("account.revoke"), inputs, None)
    });
    GrantView {
        role,
        place,
        from: grant.from_day.clone(),
        until: grant.until_day.clone(),
        by: grant.granted_by.clone(),
        revoked: grant.revoked_at.map(local),
        revoke,
    }
}

fn grant_form(base: &str, token: &str, lang: Lang, typed: &Fields, wrong: Option<&Wrong>) -> Form {
    let roles = Role::ALL.into_iter().map(|role| (role.word().to_owned(), role_name(role, lang)));
    let inputs = vec![
        Input::new("role", Sort::Choice, lang.t("officers.role"))
            .with(typed.value("role"))
            .options(roles),
        Input::new("estate", Sort::Text, lang.t("officers.estate"))
            .with(typed.value("estate"))
            .hint(lang.t("officers.estate_hint")),
        Input::new("until", Sort::Text, lang.t("officers.until"))
            .with(typed.value("until"))
            .hint(lang.t("officers.until_hint")),
    ];
    let button = lang.t("officers.grant");
    Form::new("grant", format!("{base}/grants"), token, button, inputs, wrong)
}

/// Reads the form of a grant.
fn new_grant(fields: &Fields) -> Result<NewGrant, Fault> {
    let text = |name| Some(fields.value(name).trim()).filter(|text| !text.is_empty());
    let place = match text("estate") {
        None => Place::Instance,
        Some(code) => Place::Estate(code.parse().map_err(|_| Fault::Estate)?),
    };
    let until = text("until").map(|day| parse_date(day).map_err(|_| Fault::Day)).transpose()?;
    Ok(NewGrant { role: fields.value("role").parse()?, place, from: None, until })
}

/// `POST /desk/officers/{officer}/grants`
pub async fn grant(
    State(room): State<Room>,
    Path(id): Path<String>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let member = member(&room, &id).await?;
    let granted = match new_grant(&fields) {
        Ok(new) => room.site.people.grant(&id, new, officer.id()).await,
        Err(fault) => Err(fault.into()),
    };
    match granted {
        Ok(_) => Ok(see_other(&format!("{}?done=granted", href(&id)))),
        Err(error) => {
            let wrong = Wrong::of("grant", error, visit.lang)?;
            shown(&room, &visit, &officer, member, &fields, Some(wrong))
        }
    }
}

/// `POST /desk/officers/{officer}/grants/revoke`
pub async fn revoke(
    State(room): State<Room>,
    Path(id): Path<String>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let member = member(&room, &id).await?;
    match room.site.people.revoke(&id, fields.value("grant"), officer.id()).await {
        // Whoever takes their own right to be here away is led where they may be.
        Ok(()) if id == officer.id() => Ok(see_other("/desk")),
        Ok(()) => Ok(see_other(&format!("{}?done=revoked", href(&id)))),
        Err(error) => {
            let mut wrong = Wrong::of("grants", error, visit.lang)?;
            wrong.field = None;
            shown(&room, &visit, &officer, member, &Fields::default(), Some(wrong))
        }
    }
}

/// `POST /desk/officers/{officer}/code`
pub async fn issue_code(
    State(room): State<Room>,
    Path(id): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    member(&room, &id).await?;
    let code = room.site.people.issue_code(&id, officer.id()).await?;
    once(&room, &visit, &officer, ("officers.code", "officers.code_once"), vec![code])
}
