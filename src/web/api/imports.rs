//! Files that entries are read from, step by step as at the desk: handed in, looked at, answered,
//! posted.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::sent::{Granted, Sent};
use super::wire::{Hash, Yuan, as_of, head, made, told};
use crate::exchange::register::Status;
use crate::exchange::rows::Weight;
use crate::ledger::id::EstateCode;
use crate::services::imports::{Ask, ImportRow, ImportsError, Preview, Said, Shown, Sort, Weighed};
use crate::services::programs::{HandedError, HandedFile};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::visit::Visit;

/// Something said of a row or of the file.
#[derive(Serialize, JsonSchema)]
pub struct NoteView {
    /// `flag`, `fix`, `ask` or `refuse`.
    weight: &'static str,
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
}

/// A question of a row.
#[derive(Serialize, JsonSchema)]
pub struct AskView {
    /// The key of the answer.
    key: &'static str,
    /// In Chinese.
    zh: String,
    /// In English.
    en: String,
    /// What may be answered; left out for a free value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
}

/// A row of the file.
#[derive(Serialize, JsonSchema)]
pub struct ImportedRow {
    /// The sheet's own number.
    row: u32,
    /// `read`, `fixed`, `ask`, `refused` or `skipped`.
    status: &'static str,
    /// What it is, in the file's words.
    what: String,
    /// Its account.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Its amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Yuan>,
    /// What is said of it.
    notes: Vec<NoteView>,
    /// What is asked.
    asks: Vec<AskView>,
}

/// What a file would post now.
#[derive(Serialize, JsonSchema)]
pub struct PreviewView {
    /// Digest of all this: to post it, it is sent back.
    seen: String,
    /// How many entries it would post, without the one that heads them.
    posts: usize,
    /// How many of its rows stand already.
    known: usize,
    /// What can be posted, together.
    to_post: Yuan,
    /// Held back.
    held: Yuan,
    /// How many rows have each status.
    counts: BTreeMap<&'static str, usize>,
    /// What is said of the file as a whole.
    notes: Vec<NoteView>,
    /// Its rows.
    rows: Vec<ImportedRow>,
}

/// A file that entries are read from.
#[derive(Serialize, JsonSchema)]
pub struct ImportView {
    /// `i_…`
    import: String,
    /// `register`, `contracts`, `parking` or `statement`.
    sort: String,
    /// Its name.
    name: String,
    /// SHA-256 of its bytes.
    sha256: String,
    /// What it would post; left out once it is posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<PreviewView>,
    /// Numbers of the entries that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    posted: Option<Vec<u64>>,
}

/// What was posted of a file.
#[derive(Serialize, JsonSchema)]
pub struct Committed {
    /// It stood there before: the request was repeated.
    known: bool,
    /// Numbers of its entries.
    posted: Vec<u64>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// An answer to a question of a row.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The row.
    row: u32,
    /// The question's key; `skip` leaves the row out, and the value says why.
    #[schemars(length(min = 1, max = 40))]
    key: String,
    /// The answer.
    #[schemars(length(min = 1, max = 200))]
    value: String,
}

/// Answers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Those given before are forgotten first.
    #[serde(default)]
    forget: bool,
    /// Each of a row.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    answers: Vec<Answer>,
}

/// What is to be posted.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// `seen` of what was looked at.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    seen: String,
}

fn note(of: &Weighed) -> NoteView {
    let weight = match of.weight {
        Weight::Flag => "flag",
        Weight::Fix => "fix",
        Weight::Ask => "ask",
        Weight::Refuse => "refuse",
    };
    NoteView { weight, zh: of.zh.clone(), en: of.en.clone() }
}

fn row(of: &Shown) -> ImportedRow {
    let ask = |of: &Ask| AskView {
        key: of.key,
        zh: of.zh.clone(),
        en: of.en.clone(),
        choices: of.choices.clone(),
    };
    ImportedRow {
        row: of.row,
        status: of.status.word(),
        what: of.what.clone(),
        account: of.account.clone(),
        amount: of.amount.map(Yuan),
        notes: of.said.iter().map(note).collect(),
        asks: of.asks.iter().map(ask).collect(),
    }
}

fn preview(of: Preview) -> PreviewView {
    let all = [Status::Read, Status::Fixed, Status::Ask, Status::Refused, Status::Skipped];
    PreviewView {
        posts: of.posts,
        known: of.known,
        to_post: Yuan(of.to_post),
        held: Yuan(of.held),
        counts: all.into_iter().map(|status| (status.word(), of.count(status))).collect(),
        notes: of.notes.iter().map(note).collect(),
        rows: of.rows.iter().map(row).collect(),
        seen: of.seen,
    }
}

async fn view(room: &Room, of: ImportRow) -> Result<ImportView, Problem> {
    let posted = of.numbers();
    let shown = match posted {
        Some(_) => None,
        None => Some(room.site.imports.preview(&of).await.map_err(HandedError::from)?),
    };
    Ok(ImportView {
        import: of.import_id,
        sort: of.sort,
        name: of.name,
        sha256: of.sha256,
        preview: shown.map(preview),
        posted,
    })
}

async fn found(room: &Room, estate: EstateCode, id: &str) -> Result<ImportRow, Problem> {
    let row: Result<_, ImportsError> = room.site.imports.find(estate, id).await;
    row.map_err(HandedError::from)?.ok_or_else(|| Problem::of("not-found"))
}

/// `POST /api/v1/estates/{estate}/imports`
pub async fn hand_in(
    State(room): State<Room>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let said = |name| visit.value(name).unwrap_or_default().to_owned();
    let sort = Sort::from_word(&said("sort"));
    let sort = sort.ok_or_else(|| Problem::missing("sort"))?;
    let file = HandedFile {
        sort,
        name: said("name"),
        said: Said { month: said("month"), account: said("account"), sheet: said("sheet") },
        bytes: sent.bytes.to_vec(),
    };
    let over = (&room.site.books, &room.site.imports);
    let (row, known) = room.programs.hand_in_file(over, sent.taken(), file).await?;
    let place = format!("/api/v1/estates/{}/imports/{}", sent.of.estate, row.import_id);
    Ok(made(known, &place, &view(&room, row).await?))
}

/// `GET /api/v1/estates/{estate}/imports/{import}`
pub async fn show(
    State(room): State<Room>,
    Path((_, id)): Path<(String, String)>,
    of: Granted,
) -> Result<Response, Problem> {
    let row = found(&room, of.estate, &id).await?;
    Ok(told(StatusCode::OK, &view(&room, row).await?))
}

/// `POST /api/v1/estates/{estate}/imports/{import}/answers`
pub async fn answer(
    State(room): State<Room>,
    Path((_, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let Answers { forget, answers } = sent.json()?;
    let row = found(&room, sent.of.estate, &id).await?;
    let given: Vec<(u32, &str, &str)> = answers
        .iter()
        .map(|answer| (answer.row, answer.key.as_str(), answer.value.as_str()))
        .collect();
    let over = (&room.site.books, &room.site.imports);
    let row = room.programs.answer_file(over, sent.taken(), &row, (forget, &given)).await?;
    Ok(told(StatusCode::OK, &view(&room, row).await?))
}

/// `POST /api/v1/estates/{estate}/imports/{import}/commit`
pub async fn commit(
    State(room): State<Room>,
    Path((_, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let Commit { seen } = sent.json()?;
    let estate = sent.of.estate;
    let row = found(&room, estate, &id).await?;
    let over = (&room.site.books, &room.site.imports);
    let (posted, known) = room.programs.commit_file(over, sent.taken(), &row, &seen).await?;
    let book = room.site.books.book(estate).await.map_err(WebError::from)?;
    let book = book.ok_or_else(|| Problem::of("internal"))?;
    let done = Committed { known, posted, as_of_seq: as_of(&book), head: head(&book) };
    Ok(made(known, &format!("/api/v1/estates/{estate}/imports/{id}"), &done))
}
