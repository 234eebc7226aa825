//! Papers: those that an entry names, with where their bytes are; handing one in; who may see it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::sent::{Granted, Sent};
use super::wire::{Hash, as_of, head, made, told};
use crate::ledger::entry::DocKind;
use crate::services::documents::{DocumentRow, Visibility};
use crate::services::programs::HandedError;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::document::named;
use crate::web::portal::entry::{number, stored};
use crate::web::visit::Visit;

/// A paper that an entry names.
#[derive(Serialize, JsonSchema)]
pub struct PaperOfEntry {
    /// SHA-256 of its bytes.
    sha256: String,
    /// Its length in bytes.
    size: u64,
    /// Its media type.
    media_type: String,
    /// What it is: `invoice`, `receipt`, `contract` and so on.
    kind: &'static str,
    /// The entry that names it: this one, or one that attached it later.
    named_by: u64,
    /// Where its bytes are, where the recorder shows them to everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    /// Who may see it: `public`, `owners` or `officers`; left out where it isn't kept here.
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
}

/// Papers of an entry.
#[derive(Serialize, JsonSchema)]
pub struct PapersOfEntry {
    /// Its own, then those attached later.
    documents: Vec<PaperOfEntry>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A paper that is kept: what a draft says of it in `docs`, and who may see it.
#[derive(Serialize, JsonSchema)]
pub struct KeptPaper {
    /// The paper, as `docs` of a draft has it.
    doc: DocView,
    /// Its file's name.
    name: String,
    /// Who may see it: `public`, `owners` or `officers`.
    visibility: &'static str,
    /// It was here before, and stays as it was.
    known: bool,
}

/// A paper as an entry names it.
#[derive(Serialize, JsonSchema)]
pub struct DocView {
    /// What it is.
    kind: String,
    /// Its media type, by its bytes.
    #[serde(rename = "type")]
    media_type: String,
    /// SHA-256 of what is kept: of a picture without its metadata.
    sha256: String,
    /// Its length in bytes.
    size: i64,
}

/// Who may see a paper from now on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownTo {
    /// Who.
    visibility: Seen,
}

/// Who may see a paper.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Seen {
    /// Whoever reads an entry that names it.
    Public,
    /// Owners, who ask the recorder.
    Owners,
    /// The desk alone.
    Officers,
}

impl From<Seen> for Visibility {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Public => Self::Public,
            Seen::Owners => Self::Owners,
            Seen::Officers => Self::Officers,
        }
    }
}

fn kept(row: DocumentRow, known: bool) -> KeptPaper {
    let visibility = row.shown_to().word();
    let doc =
        DocView { kind: row.kind, media_type: row.media_type, sha256: row.sha256, size: row.size };
    KeptPaper { doc, name: row.name, visibility, known }
}

/// `GET /api/v1/estates/{estate}/entries/{seq}/documents`
pub async fn of_entry(
    State(room): State<Room>,
    visit: Visit,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let entry = stored(&room, &book, &code, number(&code, &seq)?).await?;
    let stamp = room.site.documents.stamp(book.estate()).await?;
    let edition = Edition::of_api(&room, &book.head().hash).and(&format!("{stamp:?}"));
    answer::json(&visit, &edition, async {
        let mut documents = Vec::new();
        for of in named(&room, &book, &entry).await? {
            let sha256 = of.doc.sha256.to_string();
            let here = room.site.documents.find(book.estate(), &sha256).await?;
            let seen = here.map(|row| row.shown_to());
            let is_public = seen == Some(Visibility::Public);
            let place = format!("/e/{}/entries/{}/documents/{sha256}", book.estate(), of.by);
            documents.push(PaperOfEntry {
                sha256,
                size: of.doc.size,
                media_type: of.doc.media_type,
                kind: of.doc.kind.word(),
                named_by: of.by,
                bytes: is_public.then_some(place),
                visibility: seen.map(Visibility::word),
            });
        }
        Ok((PapersOfEntry { documents, as_of_seq: as_of(&book), head: head(&book) }, None))
    })
    .await
}

/// `POST /api/v1/estates/{estate}/documents`
pub async fn hand_in(
    State(room): State<Room>,
    visit: Visit,
    sent: Sent,
) -> Result<Response, Problem> {
    let said = |name| visit.value(name).unwrap_or_default();
    let kind = DocKind::from_word(said("doc")).unwrap_or(DocKind::Other);
    let visibility = Visibility::from_word(said("visibility")).unwrap_or(Visibility::Officers);
    let (site, new) = (&room.site, (said("name"), kind, visibility));
    let bytes = sent.bytes.to_vec();
    let over = (&site.books, &site.documents);
    let done = room.programs.keep_paper(over, sent.taken(), new, bytes).await?;
    let place = format!("/api/v1/estates/{}/documents/{}", sent.of.estate, done.row.sha256);
    Ok(made(done.known, &place, &kept(done.row, done.known)))
}

/// `GET /api/v1/estates/{estate}/documents/{sha256}`
pub async fn show(
    State(room): State<Room>,
    Path((_, sha256)): Path<(String, String)>,
    of: Granted,
) -> Result<Response, Problem> {
    let found = room.site.documents.find(of.estate, &sha256).await.map_err(HandedError::from)?;
    let row = found.ok_or_else(|| Problem::of("not-found"))?;
    Ok(told(StatusCode::OK, &kept(row, true)))
}

/// `POST /api/v1/estates/{estate}/documents/{sha256}/visibility`
pub async fn show_to(
    State(room): State<Room>,
    Path((_, sha256)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Problem> {
    let ShownTo { visibility } = sent.json()?;
    let over = (&room.site.books, &room.site.documents);
    let shown = room.programs.show_paper(over, sent.taken(), &sha256, visibility.into()).await?;
    let row = shown.ok_or_else(|| Problem::of("not-found"))?;
    Ok(told(StatusCode::OK, &kept(row, true)))
}
