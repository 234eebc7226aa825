//! Papers of an estate: handing them in, who may see them, attaching them to entries.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::{Officer, Upload};
use super::{done, frame, page, refused, see_other};
use crate::exchange::document::Media;
use crate::ledger::entry::DocKind;
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::services::documents::{DocumentError, DocumentRow, NewDocument, PAGE, Visibility};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::{Frame, short};
use crate::web::paper;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// What can be told as done.
const DONE: &[(&str, &str)] = &[
    ("kept", "documents.done_kept"),
    ("known", "documents.done_known"),
    ("visibility", "documents.done_visibility"),
    ("attached", "documents.done_attached"),
];

/// What a form offers; a browser shows these files first.
const ACCEPT: &str = ".pdf,.jpg,.jpeg,.png,.ofd,.xml";

/// A paper in the list.
struct Row {
    href: String,
    name: String,
    kind: String,
    size: String,
    visibility: String,
    at: String,
}

/// The list.
#[derive(Template)]
#[template(path = "desk_documents.html")]
struct ListPage {
    f: Frame,
    code: String,
    name: String,
    wrong: Option<Wrong>,
    rows: Vec<Row>,
    older: Option<String>,
    form: Option<Form>,
}

/// One paper.
#[derive(Template)]
#[template(path = "desk_document.html")]
struct DocumentPage {
    f: Frame,
    code: String,
    done: Option<String>,
    wrong: Option<Wrong>,
    row: Row,
    media_type: String,
    sha256: String,
    by: String,
    picture: bool,
    visibility: Option<Form>,
    attach: Option<Form>,
    attached: Option<String>,
}

fn home(estate: EstateCode) -> String {
    format!("/desk/e/{estate}/documents")
}

fn kind(word: &str, lang: Lang) -> String {
    lang.word("doc", word).into_owned()
}

fn visibility(of: Visibility, lang: Lang) -> String {
    lang.word("visibility", of.word()).into_owned()
}

fn row(estate: EstateCode, row: &DocumentRow, lang: Lang) -> Row {
    let name = if row.name.is_empty() { short(&row.sha256) } else { row.name.clone() };
    Row {
        href: format!("{}/{}", home(estate), row.sha256),
        name,
        kind: kind(&row.kind, lang),
        size: format!("{} KB", u64::try_from(row.size).unwrap_or_default().div_ceil(1024)),
        visibility: visibility(row.shown_to(), lang),
        at: Timestamp::from_millis(row.uploaded_at).local(),
    }
}

/// The estate of an address, and its name.
pub(super) async fn estate_of(room: &Room, code: &str) -> Result<(EstateCode, String), WebError> {
    let unknown = || WebError::NoEstate(code.chars().take(40).collect());
    let estate = code.parse().map_err(|_| unknown())?;
    let book = room.site.books.book(estate).await?.ok_or_else(unknown)?;
    Ok((estate, book.profile().name.clone()))
}

/// `GET /desk/e/{estate}/documents`
pub async fn list(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let estate = estate_of(&room, &code).await?;
    listed(&room, &visit, &officer, estate, None).await
}

async fn listed(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (estate, name): (EstateCode, String),
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (lang, documents) = (visit.lang, &room.site.documents);
    let skip = visit.value("skip").and_then(|skip| skip.parse::<u32>().ok()).unwrap_or(0);
    let mut rows = documents.list(estate, skip).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let may = officer.rights().may(Permission::Draft, Some(estate));
    let shown = ListPage {
        f: frame(room, visit, officer, &lang.t("documents.title")),
        code: estate.to_string(),
        name,
        rows: rows.iter().map(|found| row(estate, found, lang)).collect(),
        older: more.then(|| format!("{}?skip={}", home(estate), skip.saturating_add(PAGE))),
        form: may.then(|| {
            let max = documents.max_mib();
            upload_form(estate, &officer.form_token(), max, lang, wrong.as_ref())
        }),
        wrong,
    };
    page(shown.wrong.is_some(), &shown)
}

fn upload_form(
    estate: EstateCode,
    token: &str,
    max_mib: u32,
    lang: Lang,
    wrong: Option<&Wrong>,
) -> Form {
    let kinds = DocKind::ALL.iter().map(|k| (k.word().to_owned(), kind(k.word(), lang)));
    let inputs = vec![
        Input::new("file", Sort::File, lang.t("documents.file"))
            .with(ACCEPT)
            .hint(lang.with("documents.file_hint", &[("mib", max_mib)])),
        Input::new("kind", Sort::Choice, lang.t("documents.kind")).options(kinds),
        visibility_input(Visibility::Officers, lang),
    ];
    Form::new("upload", home(estate), token, lang.t("documents.hand_in"), inputs, wrong)
}

fn visibility_input(now: Visibility, lang: Lang) -> Input {
    let all = Visibility::ALL.into_iter();
    Input::new("visibility", Sort::Choice, lang.t("documents.visibility"))
        .with(now.word())
        .hint(lang.t("documents.visibility_hint"))
        .options(all.map(|of| (of.word().to_owned(), visibility(of, lang))))
}

/// `POST /desk/e/{estate}/documents`
pub async fn hand_in(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
    upload: Upload,
) -> Result<Response, WebError> {
    let (estate, name) = estate_of(&room, &code).await?;
    let new = NewDocument {
        estate,
        name: &upload.name,
        kind: DocKind::from_word(fields.value("kind")).unwrap_or(DocKind::Other),
        visibility: Visibility::from_word(fields.value("visibility"))
            .unwrap_or(Visibility::Officers),
        by: officer.id(),
    };
    match room.site.documents.keep(&new, upload.bytes.to_vec()).await {
        Ok(kept) => {
            let done = if kept.known { "known" } else { "kept" };
            Ok(see_other(&format!("{}/{}?done={done}", home(estate), kept.row.sha256)))
        }
        Err(error) => {
            let wrong = Some(fault("upload", "file", error, visit.lang)?);
            listed(&room, &visit, &officer, (estate, name), wrong).await
        }
    }
}

/// What a form has to mend, where it is the reader's.
pub(super) fn fault(
    form: &'static str,
    field: &'static str,
    error: DocumentError,
    lang: Lang,
) -> Result<Wrong, WebError> {
    let sentence = match &error {
        DocumentError::Fault(fault) => Some(lang.word("paper_fault", fault.word()).into_owned()),
        DocumentError::TooLarge(mib) => Some(lang.with("documents.too_large", &[("mib", mib)])),
        DocumentError::NoEntry(_, seq) => Some(lang.with("error.no_entry", &[("seq", seq)])),
        DocumentError::Post(error) => refused::sentence(error, lang),
        _ => None,
    };
    match sentence {
        Some(sentence) => Ok(Wrong { form, field: Some(field), sentence }),
        None => Err(error.into()),
    }
}

async fn found(room: &Room, estate: EstateCode, sha256: &str) -> Result<DocumentRow, WebError> {
    room.site.documents.find(estate, sha256).await?.ok_or(WebError::NoPage)
}

/// `GET /desk/e/{estate}/documents/{sha256}`
pub async fn show(
    State(room): State<Room>,
    Path((code, sha256)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (estate, _) = estate_of(&room, &code).await?;
    let document = found(&room, estate, &sha256).await?;
    shown(&room, &visit, &officer, estate, &document, None)
}

fn shown(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    estate: EstateCode,
    document: &DocumentRow,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (lang, token) = (visit.lang, officer.form_token());
    let base = format!("{}/{}", home(estate), document.sha256);
    let may = officer.rights().may(Permission::Post, Some(estate));
    let media = document.media();
    let visibility = may.then(|| {
        let inputs = vec![visibility_input(document.shown_to(), lang)];
        let button = lang.t("documents.change_visibility");
        Form::new("visibility", format!("{base}/visibility"), &token, button, inputs, None)
    });
    let attach = (may && media.is_some()).then(|| {
        let inputs = vec![
            Input::new("seq", Sort::Text, lang.t("documents.entry"))
                .hint(lang.t("documents.entry_hint")),
        ];
        let button = lang.t("documents.attach");
        Form::new("attach", format!("{base}/attach"), &token, button, inputs, wrong.as_ref())
    });
    let seq = visit.value("seq").and_then(|seq| seq.parse::<u64>().ok());
    let row = row(estate, document, lang);
    let shown = DocumentPage {
        f: frame(room, visit, officer, &row.name),
        code: estate.to_string(),
        done: done(visit, DONE),
        wrong,
        media_type: document.media_type.clone(),
        sha256: document.sha256.clone(),
        by: document.uploaded_by.clone(),
        picture: media.is_some_and(Media::is_picture),
        visibility,
        attach,
        attached: seq.map(|seq| format!("/e/{estate}/entries/{seq}")),
        row,
    };
    page(shown.wrong.is_some(), &shown)
}

/// `GET /desk/e/{estate}/documents/{sha256}/file`
pub async fn file(
    State(room): State<Room>,
    Path((code, sha256)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (estate, _) = estate_of(&room, &code).await?;
    let document = found(&room, estate, &sha256).await?;
    let bytes = room.site.documents.bytes(&sha256).await?.ok_or(WebError::NoPage)?;
    Ok(paper::answer(&document, bytes, "no-store"))
}

/// `POST /desk/e/{estate}/documents/{sha256}/visibility`
pub async fn show_to(
    State(room): State<Room>,
    Path((code, sha256)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, WebError> {
    let (estate, _) = estate_of(&room, &code).await?;
    let document = found(&room, estate, &sha256).await?;
    let asked = Visibility::from_word(fields.value("visibility")).unwrap_or(document.shown_to());
    room.site.documents.show_to((estate, &sha256), asked).await?;
    Ok(see_other(&format!("{}/{sha256}?done=visibility", home(estate))))
}

/// `POST /desk/e/{estate}/documents/{sha256}/attach`
pub async fn attach(
    State(room): State<Room>,
    Path((code, sha256)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let (estate, _) = estate_of(&room, &code).await?;
    let document = found(&room, estate, &sha256).await?;
    let by = officer.actor(Permission::Post, estate).ok_or(WebError::Forbidden)?;
    let typed = fields.value("seq").trim().trim_start_matches('#');
    let wrong = match typed.parse::<u64>() {
        Ok(seq) if document.media().is_some() => {
            match room.site.documents.attach((estate, seq), &document, by).await {
                Ok(_) => {
                    let base = home(estate);
                    return Ok(see_other(&format!("{base}/{sha256}?done=attached&seq={seq}")));
                }
                Err(error) => fault("attach", "seq", error, visit.lang)?,
            }
        }
        _ => {
            let sentence = visit.lang.t("documents.entry_wanted").into_owned();
            Wrong { form: "attach", field: Some("seq"), sentence }
        }
    };
    shown(&room, &visit, &officer, estate, &document, Some(wrong))
}
