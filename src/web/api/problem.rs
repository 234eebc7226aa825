//! What the API answers where it can't do what was asked (RFC 9457): one table of problems, one
//! shape, texts in both languages.
//!
//! A handler returns a [`Problem`]; it travels in the response's extensions to `web/error.rs`,
//! which knows the request's id. The page of each (`/problems/{name}`) is in `problems.rs`.

use std::sync::Arc;

use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::query::Param;
use crate::ledger::json::FormatFault;
use crate::services::books::{DoorFault, PostError};
use crate::services::documents::DocumentError;
use crate::services::importer::ImportError;
use crate::services::imports::ImportsError;
use crate::services::journal::{Refusal, Trouble, post_trouble, unread_trouble};
use crate::services::people::PeopleError;
use crate::services::programs::HandedError;
use crate::web::error::WebError;
use crate::web::text::Lang;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Every problem: its name in `type` and the status it comes with.
pub const PROBLEMS: &[(&str, u16)] = &[
    ("parameter", 400),
    ("unreadable", 400),
    ("idempotency-key", 400),
    ("key", 401),
    ("not-allowed", 403),
    ("reserved-kind", 403),
    ("not-found", 404),
    ("no-estate", 404),
    ("no-entry", 404),
    ("no-contract", 404),
    ("method", 405),
    ("too-slow", 408),
    ("in-progress", 409),
    ("changed", 409),
    ("too-large", 413),
    ("media-type", 415),
    ("value", 422),
    ("file", 422),
    ("nothing-to-post", 422),
    ("i1", 422),
    ("i2", 422),
    ("i3", 422),
    ("i4", 422),
    ("i5", 422),
    ("i6", 422),
    ("i7", 422),
    ("i8", 422),
    ("i9", 422),
    ("i10", 422),
    ("i11", 422),
    ("i12", 422),
    ("statement", 422),
    ("reference", 422),
    ("key-taken", 422),
    ("other-estate", 422),
    ("nfc", 422),
    ("personal-number", 422),
    ("sealed", 422),
    ("signature", 422),
    ("no-key", 428),
    ("too-many", 429),
    ("internal", 500),
    ("queue-full", 503),
    ("uploads-full", 503),
    ("outcome-unknown", 503),
    ("unavailable", 503),
];

/// Seconds after which a busy server is asked again.
pub const AGAIN_S: u64 = 2;

/// Why a request has no answer of its own.
#[derive(Clone, Debug)]
pub struct Problem {
    name: &'static str,
    status: StatusCode,
    errors: Vec<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// The problem of a name of the table.
    pub fn of(name: &'static str) -> Self {
        let found = PROBLEMS.iter().find(|(known, _)| *known == name);
        let status = found.and_then(|(_, status)| StatusCode::from_u16(*status).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = Vec::new();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.push((RETRY_AFTER, HeaderValue::from(AGAIN_S)));
        }
        Self { name, status, errors: Vec::new(), headers }
    }

    /// The same with what is wrong in particular.
    pub fn because(mut self, trouble: &Trouble) -> Self {
        self.errors.push(trouble.to_json());
        self
    }

    /// The same with a header.
    pub fn header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A parameter of the query that isn't known, stands twice or can't be read.
    pub fn parameter(name: &str, value: &str, known: Option<&Param>) -> Self {
        let cut = |text: &str| text.chars().take(80).collect::<String>();
        let (name, value) = (cut(name), cut(value));
        let say = |lang: Lang| match known {
            Some(_) => lang.with("api.parameter", &[("name", &name), ("value", &value)]),
            None => lang.with("api.parameter_unknown", &[("name", &name)]),
        };
        let advise = |lang: Lang| match known {
            Some(param) => lang.word("accepted", super::operations::accepted(param)).into_owned(),
            None => lang.t("api.parameter_advice").into_owned(),
        };
        Self::of("parameter").with(&json!({"parameter": name}), "parameter", say, advise)
    }

    /// A parameter of the query that must be there.
    pub fn missing(name: &str) -> Self {
        let say = |lang: Lang| lang.with("api.parameter_missing", &[("name", name)]);
        let advise = |lang: Lang| lang.word("accepted", name).into_owned();
        Self::of("value").with(&json!({"parameter": name}), "value", say, advise)
    }

    fn with(
        mut self,
        place: &Value,
        code: &str,
        say: impl Fn(Lang) -> String,
        advise: impl Fn(Lang) -> String,
    ) -> Self {
        let mut error = place.clone();
        error["code"] = code.into();
        for (key, text) in [("zh", say(Lang::Zh)), ("en", say(Lang::En))] {
            error[key] = text.into();
        }
        for (key, text) in [("do_zh", advise(Lang::Zh)), ("do_en", advise(Lang::En))] {
            error[key] = text.into();
        }
        self.errors.push(error);
        self
    }

    /// What a page would be told by an error page.
    pub fn of_web(error: &WebError) -> Self {
        let (name, place) = match error {
            WebError::NoPage => ("not-found", json!({})),
            WebError::NoEstate(_) => ("no-estate", json!({"parameter": "estate"})),
            WebError::NoEntry(..) => ("no-entry", json!({"parameter": "seq"})),
            WebError::NoContract(..) => ("no-contract", json!({"parameter": "no"})),
            WebError::Value { field, .. } => ("value", json!({"parameter": field})),
            WebError::Method => ("method", json!({})),
            WebError::Crowded | WebError::Busy => ("unavailable", json!({})),
            WebError::Full => ("uploads-full", json!({})),
            _ => ("internal", json!({})),
        };
        let problem = Self::of(name);
        if problem.status.is_server_error() {
            return problem;
        }
        problem.with(&place, name, |lang| error.sentence(lang), |lang| error.advice(lang))
    }

    /// Why what a program handed in was not posted.
    pub fn of_handed(error: &HandedError) -> Self {
        match error {
            HandedError::NotGranted(code) => Self::of_web(&WebError::NoEstate(code.to_string())),
            HandedError::NotAllowed(_) => Self::of("not-allowed"),
            HandedError::Reserved(_) => Self::of("reserved-kind"),
            HandedError::UnderWay => Self::of("in-progress").header(RETRY_AFTER, AGAIN_S),
            HandedError::KeyTaken => Self::of("key-taken"),
            HandedError::Unread(refusal) => {
                Self::of(unread_name(refusal)).because(&unread_trouble(refusal))
            }
            HandedError::Sign { draft, sign, is_list } => {
                let within = if *is_list { format!("/{draft}") } else { String::new() };
                let place = json!({"pointer": format!("{within}/signs/{sign}")});
                let say = |lang: Lang| lang.word("problem_says", "signature").into_owned();
                let advise = |lang: Lang| lang.word("problem_do", "signature").into_owned();
                Self::of("signature").with(&place, "signature", say, advise)
            }
            HandedError::Post { error, is_list } => {
                let problem = Self::of(post_name(error));
                if matches!(problem.name, "internal" | "unavailable") {
                    return problem;
                }
                problem.because(&post_trouble(error, *is_list))
            }
            HandedError::Document(error) => Self::of_document(error),
            HandedError::Imports(error) => Self::of_imports(error),
            HandedError::People(PeopleError::Busy) => Self::of("unavailable"),
            HandedError::People(_) | HandedError::Store(_) => Self::of("internal"),
        }
    }

    /// A file, or what was said beside it, in both languages.
    fn file(pointer: &str, zh: &str, en: &str) -> Self {
        let say = |lang: Lang| lang.pick(zh, en).to_owned();
        let advise = |lang: Lang| lang.word("problem_do", "file").into_owned();
        Self::of("file").with(&json!({"parameter": pointer}), "file", say, advise)
    }

    /// Why a paper was not kept or changed.
    fn of_document(error: &DocumentError) -> Self {
        match error {
            DocumentError::Fault(fault) => {
                let word = |lang: Lang| lang.word("paper_fault", fault.word()).into_owned();
                Self::file("file", &word(Lang::Zh), &word(Lang::En))
            }
            DocumentError::TooLarge(_) => Self::of("too-large"),
            DocumentError::Post(error) => Self::of(post_name(error)),
            _ => Self::of("internal"),
        }
    }

    /// Why a step of a file was not done.
    fn of_imports(error: &ImportsError) -> Self {
        match error {
            ImportsError::Document(error) => Self::of_document(error),
            ImportsError::Unreadable(why) => Self::file(why.field, &why.zh, &why.en),
            ImportsError::Changed | ImportsError::Posted => Self::of("changed"),
            ImportsError::Nothing => Self::of("nothing-to-post"),
            ImportsError::Import(ImportError::NoBank) => {
                let word = |lang: Lang| lang.t("imports.no_bank").into_owned();
                Self::file("file", &word(Lang::Zh), &word(Lang::En))
            }
            ImportsError::Import(ImportError::Refused { error, .. }) => {
                let problem = Self::of(post_name(error));
                if problem.status.is_server_error() {
                    return problem;
                }
                problem.because(&post_trouble(error, true))
            }
            _ => Self::of("internal"),
        }
    }

    /// The body, with the request's id.
    pub fn body(&self, request_id: Option<&str>) -> String {
        let word = |lang: Lang| lang.word("problem", self.name);
        let mut body = json!({
            "type": format!("/problems/{}", self.name),
            "title": word(Lang::En),
            "title_zh": word(Lang::Zh),
            "status": self.status.as_u16(),
        });
        if let Some(id) = request_id {
            body["request_id"] = id.into();
        }
        if !self.errors.is_empty() {
            body["errors"] = Value::Array(self.errors.clone());
        }
        body.to_string()
    }

    /// The answer.
    pub fn answer(&self, request_id: Option<&str>) -> Response {
        let fixed = [
            (CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        ];
        let mut answer = (self.status, fixed, self.body(request_id)).into_response();
        answer.headers_mut().extend(self.headers.iter().cloned());
        answer
    }
}

fn unread_name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::OtherEstate { .. } => "other-estate",
        Refusal::LineTooLong => "too-large",
        Refusal::Unreadable(error) => match error.fault {
            FormatFault::Syntax(_)
            | FormatFault::NotUtf8(_)
            | FormatFault::ByteOrderMark
            | FormatFault::Trailing(_) => "unreadable",
            _ => "i2",
        },
    }
}

fn post_name(error: &PostError) -> &'static str {
    let of_rule = |code: &str| {
        let named = code.to_ascii_lowercase();
        PROBLEMS.iter().find(|(name, _)| *name == named).map_or("value", |(name, _)| *name)
    };
    match error {
        PostError::Refused { violation, .. } => of_rule(violation.rule().code()),
        PostError::Format { .. } => "i2",
        PostError::Door { fault: DoorFault::NotNfc(_), .. } => "nfc",
        PostError::Door { fault: DoorFault::PersonalNumber(..), .. } => "personal-number",
        PostError::Door { fault: DoorFault::SealedDigest, .. } => "sealed",
        PostError::RefTaken { .. } => "key-taken",
        PostError::UnknownEstate(_) => "no-estate",
        PostError::BatchShape => "value",
        PostError::QueueFull => "queue-full",
        PostError::OutcomeUnknown => "outcome-unknown",
        PostError::ClockBehind(_)
        | PostError::Books(_)
        | PostError::Unavailable(_)
        | PostError::Entropy(_)
        | PostError::ReadOnly(_)
        | PostError::Stopped => "unavailable",
    }
}

impl From<WebError> for Problem {
    fn from(error: WebError) -> Self {
        if error.status().is_server_error() {
            // The request's id is on the line.
            tracing::error!(%error, "couldn't answer");
        }
        Self::of_web(&error)
    }
}

impl From<HandedError> for Problem {
    fn from(error: HandedError) -> Self {
        let problem = Self::of_handed(&error);
        if problem.name == "internal" {
            tracing::error!(%error, "couldn't take what a program sent");
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
