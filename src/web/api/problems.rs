//! The page of a problem: what it means and what to do; where `type` leads.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::problem::PROBLEMS;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::visit::Visit;

/// The page.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    f: Frame,
    name: &'static str,
    status: u16,
    says: String,
    advice: String,
    others: Vec<(&'static str, u16, String)>,
}

/// `GET /problems/{name}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(name): Path<String>,
) -> Result<Response, WebError> {
    let found = PROBLEMS.iter().find(|(known, _)| *known == name);
    let (name, status) = *found.ok_or(WebError::NoPage)?;
    let edition = Edition::of_log(&room, &visit).await?;
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let title = lang.word("problem", name).into_owned();
        let other = |(other, status): &(&'static str, u16)| {
            (*other, *status, lang.word("problem", other).into_owned())
        };
        answer::render(&ProblemPage {
            f: Frame::new(&room, &visit, Here::Nowhere, &title),
            name,
            status,
            says: lang.word("problem_says", name).into_owned(),
            advice: lang.word("problem_do", name).into_owned(),
            others: PROBLEMS.iter().map(other).collect(),
        })
    })
    .await
}
