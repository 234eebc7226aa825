//! What can go wrong with a request, and the one place that makes a status and a page of it.
//!
//! A handler returns [`WebError`]; it travels in the response's extensions to [`show`], which
//! knows the reader's language. What is our fault is logged once, here, and the page names
//! only a reference: the request's id (`request.rs`).

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use thiserror::Error;

use super::api::gate;
use super::api::problem::{AGAIN_S, Problem};
use super::frame::{Frame, Here};
use super::request::RequestId;
use super::text::Lang;
use super::visit::Visit;
use super::{Room, answer};
use crate::services::books::BooksError;
use crate::services::documents::DocumentError;
use crate::services::drafts::DraftError;
use crate::services::exporter::ExportError;
use crate::services::imports::ImportsError;
use crate::services::people::PeopleError;

/// Why a request has no answer of its own.
#[derive(Debug, Error)]
pub enum WebError {
    /// No page at this address.
    #[error("there is no page at this address")]
    NoPage,
    /// No estate with this code.
    #[error("there is no estate {0}")]
    NoEstate(String),
    /// The estate has no such entry.
    #[error("estate {0} has no entry {1}")]
    NoEntry(String, String),
    /// The estate has no such contract.
    #[error("estate {0} has no contract {1}")]
    NoContract(String, String),
    /// The estate has no such draft.
    #[error("estate {0} has no such draft")]
    NoDraft(String),
    /// A draft could not be read or kept.
    #[error(transparent)]
    Draft(DraftError),
    /// A value of the query can't be read.
    #[error("{field}: \"{value}\" can't be read")]
    Value {
        /// The field.
        field: &'static str,
        /// What was given.
        value: String,
    },
    /// A part of the chain was asked for.
    #[error("the chain is downloaded whole: a part of it could not be verified")]
    Whole,
    /// The address answers other methods.
    #[error("the address doesn't answer this method")]
    Method,
    /// As many streams of events are open as may be.
    #[error("too many are following the books; ask again in a moment")]
    Crowded,
    /// The officer may not do this.
    #[error("this is not granted to you")]
    Forbidden,
    /// A form that this site didn't show to this reader.
    #[error("the form was not sent from a page of this site")]
    Foreign,
    /// More than a form may send.
    #[error("the form is too large")]
    TooLarge,
    /// As much is being handed in as fits into memory.
    #[error("too much is being handed in; try again in a moment")]
    Full,
    /// What was sent didn't come in time.
    #[error("what was sent came too slowly")]
    TooSlow,
    /// As many passwords are being checked as may be.
    #[error("too many are signing in; try again in a moment")]
    Busy,
    /// The people of the desk could not be read.
    #[error(transparent)]
    People(PeopleError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A file could not be made.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Papers could not be kept or read.
    #[error(transparent)]
    Documents(#[from] DocumentError),
    /// A file to read entries from failed.
    #[error(transparent)]
    Imports(#[from] ImportsError),
    /// A template failed.
    #[error(transparent)]
    Template(#[from] askama::Error),
}

impl WebError {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NoPage
            | Self::NoEstate(_)
            | Self::NoEntry(..)
            | Self::NoContract(..)
            | Self::NoDraft(_) => StatusCode::NOT_FOUND,
            Self::Value { .. } | Self::Whole => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Crowded | Self::Busy | Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Books(_)
            | Self::Export(_)
            | Self::Template(_)
            | Self::Documents(_)
            | Self::Imports(_)
            | Self::People(_)
            | Self::Draft(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is wrong.
    pub fn sentence(&self, lang: Lang) -> String {
        match self {
            Self::NoPage => lang.t("error.no_page").into_owned(),
            Self::NoEstate(code) => lang.with("error.no_estate", &[("code", code)]),
            Self::NoEntry(_, seq) => lang.with("error.no_entry", &[("seq", seq)]),
            Self::NoContract(_, no) => lang.with("error.no_contract", &[("no", no)]),
            Self::NoDraft(_) => lang.t("error.no_draft").into_owned(),
            Self::Value { field, value } => {
                let label = lang.word("field", field).into_owned();
                lang.with("error.value", &[("field", &label), ("value", value)])
            }
            Self::Whole => lang.t("error.whole").into_owned(),
            Self::Method => lang.t("error.method").into_owned(),
            Self::Crowded => lang.t("error.crowded").into_owned(),
            Self::Forbidden => lang.t("error.forbidden").into_owned(),
            Self::Foreign => lang.t("error.foreign").into_owned(),
            Self::TooLarge => lang.t("error.too_large").into_owned(),
            Self::Busy => lang.t("error.busy").into_owned(),
            Self::Full => lang.t("error.full").into_owned(),
            Self::TooSlow => lang.t("error.too_slow").into_owned(),
            Self::Books(_)
            | Self::Export(_)
            | Self::Template(_)
            | Self::Documents(_)
            | Self::Imports(_)
            | Self::People(_)
            | Self::Draft(_) => lang.t("error.ours").into_owned(),
        }
    }

    /// What would have been accepted, or what to do now.
    pub fn advice(&self, lang: Lang) -> String {
        match self {
            Self::Value { field, .. } => lang.word("accepted", field).into_owned(),
            Self::NoEntry(code, _) | Self::NoContract(code, _) => {
                lang.with("error.back_to_estate", &[("code", code)])
            }
            Self::Whole => lang.t("error.whole_advice").into_owned(),
            Self::Crowded | Self::Busy => lang.t("error.crowded_advice").into_owned(),
            Self::Full | Self::TooSlow => lang.t("error.full_advice").into_owned(),
            Self::Forbidden => lang.t("error.forbidden_advice").into_owned(),
            Self::Foreign => lang.t("error.foreign_advice").into_owned(),
            Self::Books(_)
            | Self::Export(_)
            | Self::Template(_)
            | Self::Documents(_)
            | Self::Imports(_)
            | Self::People(_)
            | Self::Draft(_) => lang.t("error.ours_advice").into_owned(),
            _ => lang.t("error.advice").into_owned(),
        }
    }

    /// The estate that the reader was looking at.
    fn estate(&self) -> Option<&str> {
        match self {
            Self::NoEntry(code, _) | Self::NoContract(code, _) => Some(code),
            _ => None,
        }
    }
}

impl From<DraftError> for WebError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Books(error) => Self::Books(error),
            other => Self::Draft(other),
        }
    }
}

impl From<PeopleError> for WebError {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Busy => Self::Busy,
            other => Self::People(other),
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The page of an error, with a search box to go on from.
#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    f: Frame,
    status: u16,
    sentence: String,
    advice: String,
    back: Option<String>,
    reference: Option<String>,
}

/// Shows the error that an answer carries, in the reader's language.
pub async fn show(State(room): State<Room>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::read(&parts, &room);
    let id = parts.extensions.get::<RequestId>().cloned();
    let response = next.run(Request::from_parts(parts, body)).await;
    if gate::is_of_api(&visit.path) {
        return of_api(response, id.as_ref());
    }
    let error = match response.extensions().get::<Arc<WebError>>() {
        Some(error) => Arc::clone(error),
        // The framework's own refusals: an address that isn't even readable.
        None if response.status().is_client_error() && !is_page(&response) => {
            Arc::new(WebError::NoPage)
        }
        None => return response,
    };
    let status = error.status();
    let mut reference = None;
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        // The line's request id is the reference.
        tracing::error!(error = %error, "couldn't answer");
        reference = id.map(|id| id.to_string());
    }
    let page = ErrorPage {
        f: Frame::new(&room, &visit, Here::Nowhere, &visit.lang.t("error.title")),
        status: status.as_u16(),
        sentence: error.sentence(visit.lang),
        advice: error.advice(visit.lang),
        back: error.estate().map(|code| format!("/e/{code}")),
        reference,
    };
    let html = page.render().unwrap_or_else(|_| error.sentence(visit.lang));
    let mut answer = answer::passing(status, html);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(AGAIN_S));
    }
    answer
}

/// The same for a program: what its answer carries, as a problem; headers that it has stay.
fn of_api(response: Response, id: Option<&RequestId>) -> Response {
    let found = response.extensions().get::<Arc<Problem>>().map(|problem| Problem::clone(problem));
    let told = response.extensions().get::<Arc<WebError>>().cloned();
    let problem = match (found, told) {
        (Some(problem), _) => problem,
        (None, Some(error)) => {
            if error.status().is_server_error() {
                tracing::error!(%error, "couldn't answer");
            }
            Problem::of_web(&error)
        }
        // The framework's own refusals: a path that isn't even readable.
        (None, None) if response.status().is_client_error() => Problem::of("not-found"),
        (None, None) => return response,
    };
    let id = id.map(ToString::to_string);
    let mut answer = problem.answer(id.as_deref());
    for (name, value) in response.headers() {
        if *name != CONTENT_LENGTH && !answer.headers().contains_key(name) {
            answer.headers_mut().insert(name.clone(), value.clone());
        }
    }
    answer
}

fn is_page(response: &Response) -> bool {
    let sort = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    sort.is_some_and(|sort| sort.starts_with(b"text/html"))
}

/// No route has this path.
pub async fn no_page() -> WebError {
    WebError::NoPage
}

/// The route has this path and not this method.
pub async fn no_method() -> WebError {
    WebError::Method
}
