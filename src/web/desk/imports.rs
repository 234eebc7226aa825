//! The import wizard: hand a file in, look at what was read, answer, post.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::batch;
use super::documents::{estate_of, fault};
use super::file_rights::{self, found};
use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::{Officer, Upload};
use super::{done, frame, page, refused, see_other};
use crate::exchange::register::Status;
use crate::exchange::rows::Weight;
use crate::ledger::format::grouped;
use crate::ledger::id::EstateCode;
use crate::ledger::time::Timestamp;
use crate::services::importer::ImportError;
use crate::services::imports::{
    Ask, ImportRow, ImportsError, NewFile, Preview, Said, Shown, Sort as FileSort, Weighed,
};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// What can be told as done.
pub(super) const DONE: &[(&str, &str)] =
    &[("posted", "imports.done_posted"), ("answered", "imports.done_answered")];
/// Files that are offered first.
const ACCEPT: &str = ".xlsx,.xls,.csv,.txt,.xml";

/// A file in the list.
struct File {
    href: String,
    name: String,
    sort: String,
    at: String,
    posted: Option<usize>,
}

/// The list.
#[derive(Template)]
#[template(path = "desk_imports.html")]
struct ListPage {
    f: Frame,
    code: String,
    name: String,
    wrong: Option<Wrong>,
    files: Vec<File>,
    form: Form,
}

/// A field of a row that is asked.
struct Asked {
    id: String,
    name: String,
    label: String,
    choices: Vec<(String, String)>,
}

/// A row of the preview.
struct Line {
    row: u32,
    status: &'static str,
    what: String,
    account: Option<String>,
    amount: Option<String>,
    said: Vec<(&'static str, String)>,
    asked: Vec<Asked>,
}

/// The preview.
#[derive(Template)]
#[template(path = "desk_import.html")]
struct PreviewPage {
    f: Frame,
    code: String,
    done: Option<String>,
    wrong: Option<Wrong>,
    base: String,
    token: String,
    sort: String,
    counts: Vec<(&'static str, usize)>,
    posts: usize,
    known: usize,
    to_post: String,
    held: String,
    notes: Vec<String>,
    open: Vec<Line>,
    rows: Vec<Line>,
    forget: Option<Form>,
    commit: Option<Form>,
    may_post: bool,
}

fn home(estate: EstateCode) -> String {
    format!("/desk/e/{estate}/imports")
}

pub(super) fn sort_name(word: &str, lang: Lang) -> String {
    lang.word("import_sort", word).into_owned()
}

/// `GET /desk/e/{estate}/imports`
pub async fn list(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let estate = estate_of(&room, &code).await?;
    listed(&room, &visit, &officer, estate, &Fields::default(), None).await
}

async fn listed(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (estate, name): (EstateCode, String),
    typed: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let lang = visit.lang;
    let sorts = file_rights::sorts(officer, estate);
    let mut files = room.site.imports.list(estate).await?;
    files.retain(|row| FileSort::from_word(&row.sort).is_some_and(|sort| sorts.contains(&sort)));
    let files = files.into_iter().map(|row| File {
        href: format!("{}/{}", home(estate), row.import_id),
        sort: sort_name(&row.sort, lang),
        at: Timestamp::from_millis(row.made_at).local(),
        posted: row.numbers().map(|posted| posted.len()),
        name: row.name,
    });
    let offered = sorts.iter().map(|sort| (sort.word().to_owned(), sort_name(sort.word(), lang)));
    let text = |name, key: &str| Input::new(name, Sort::Text, lang.t(key)).with(typed.value(name));
    let mib = room.site.documents.max_mib();
    let mut inputs = vec![
        Input::new("sort", Sort::Choice, lang.t("imports.sort"))
            .with(typed.value("sort"))
            .options(offered),
        Input::new("file", Sort::File, lang.t("documents.file"))
            .with(ACCEPT)
            .hint(lang.with("imports.file_hint", &[("mib", mib)])),
        text("account", "imports.account").hint(lang.t("imports.account_hint")),
        text("sheet", "imports.sheet").hint(lang.t("imports.sheet_hint")),
    ];
    // Only a register asks for its month.
    if sorts.contains(&FileSort::Register) {
        let month = text("month", "imports.month").hint(lang.t("imports.month_hint"));
        inputs.insert(2, month);
    }
    let (token, button) = (officer.form_token(), lang.t("imports.read"));
    let shown = ListPage {
        files: files.collect(),
        form: Form::new("import", home(estate), token, button, inputs, wrong.as_ref()),
        f: frame(room, visit, officer, &lang.t("imports.title")),
        code: estate.to_string(),
        name,
        wrong,
    };
    page(shown.wrong.is_some(), &shown)
}

/// `POST /desk/e/{estate}/imports`
pub async fn hand_in(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
    upload: Upload,
) -> Result<Response, WebError> {
    let (estate, name) = estate_of(&room, &code).await?;
    let text = |name| fields.value(name).trim().to_owned();
    let said = Said { month: text("month"), account: text("account"), sheet: text("sheet") };
    let offered = file_rights::sorts(&officer, estate);
    let first = *offered.first().ok_or(WebError::Forbidden)?;
    let sort = FileSort::from_word(fields.value("sort")).unwrap_or(first);
    if !offered.contains(&sort) {
        return Err(WebError::Forbidden);
    }
    let new = NewFile { estate, sort, name: &upload.name, said: &said, by: officer.id() };
    match room.site.imports.hand_in(&new, upload.bytes.to_vec()).await {
        Ok(id) => Ok(see_other(&format!("{}/{id}", home(estate)))),
        Err(error) => {
            let wrong = Some(wrong("import", error, visit.lang)?);
            listed(&room, &visit, &officer, (estate, name), &fields, wrong).await
        }
    }
}

/// What a step has to mend, where it is the reader's.
fn wrong(form: &'static str, error: ImportsError, lang: Lang) -> Result<Wrong, WebError> {
    let whole = |sentence: String| Ok(Wrong { form, field: None, sentence });
    match error {
        ImportsError::Unreadable(why) => {
            let field = Some(why.field).filter(|field| *field != "answers");
            Ok(Wrong { form, field, sentence: lang.pick(&why.zh, &why.en).to_owned() })
        }
        ImportsError::Document(error) => fault(form, "file", error, lang),
        ImportsError::Changed => whole(lang.t("imports.changed").into_owned()),
        ImportsError::Nothing => whole(lang.t("imports.nothing").into_owned()),
        ImportsError::Posted => whole(lang.t("imports.posted_before").into_owned()),
        ImportsError::Import(ImportError::NoBank) => whole(lang.t("imports.no_bank").into_owned()),
        ImportsError::Import(ImportError::Refused { row, error }) => {
            match refused::sentence(&error, lang) {
                Some(sentence) => whole(format!("{row} · {sentence}")),
                None => Err(ImportsError::Import(ImportError::Refused { row, error }).into()),
            }
        }
        other => Err(other.into()),
    }
}

/// `GET /desk/e/{estate}/imports/{import}`
pub async fn show(
    State(room): State<Room>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (estate, row) = found(&room, &officer, &code, &id).await?;
    match row.numbers() {
        Some(posted) => batch::show(&room, &visit, &officer, estate, &row, &posted).await,
        None => previewed(&room, &visit, &officer, estate, &row, None).await,
    }
}

async fn previewed(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    estate: EstateCode,
    row: &ImportRow,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let preview = room.site.imports.preview(row).await?;
    let (lang, token) = (visit.lang, officer.form_token());
    let base = format!("{}/{}", home(estate), row.import_id);
    let is_open = |row: &Shown| matches!(row.status, Status::Ask | Status::Refused);
    let (open, rows): (Vec<&Shown>, Vec<&Shown>) =
        preview.rows.iter().partition(|row| is_open(row));
    let sort = FileSort::from_word(&row.sort).unwrap_or(FileSort::Register);
    let takes = sort.takes_answers();
    let may_post = file_rights::may(officer, Permission::Post, sort, estate);
    let commit = (may_post && preview.posts > 0).then(|| {
        let inputs = vec![Input::hidden("seen", &preview.seen)];
        let button = lang.with("imports.commit", &[("n", preview.posts)]);
        Form::new("commit", format!("{base}/commit"), &token, button, inputs, None)
    });
    let forget = (!row.answers.is_empty()).then(|| {
        let inputs = vec![Input::hidden("forget", "1")];
        let button = lang.t("imports.forget");
        Form::new("forget", format!("{base}/answers"), &token, button, inputs, None)
    });
    let shown = PreviewPage {
        f: frame(room, visit, officer, &row.name),
        code: estate.to_string(),
        done: done(visit, DONE),
        sort: sort_name(&row.sort, lang),
        counts: counts(&preview),
        posts: preview.posts,
        known: preview.known,
        to_post: grouped(preview.to_post),
        held: grouped(preview.held),
        notes: preview.notes.iter().map(|note| words(note, lang)).collect(),
        open: open.into_iter().map(|row| row_of(row, takes, lang)).collect(),
        rows: rows.into_iter().map(|row| row_of(row, false, lang)).collect(),
        base,
        token,
        forget,
        commit,
        may_post,
        wrong,
    };
    page(shown.wrong.is_some(), &shown)
}

fn counts(preview: &Preview) -> Vec<(&'static str, usize)> {
    let all = [Status::Read, Status::Fixed, Status::Ask, Status::Refused, Status::Skipped];
    all.map(|status| (status.word(), preview.count(status))).to_vec()
}

fn words(said: &Weighed, lang: Lang) -> String {
    lang.pick(&said.zh, &said.en).to_owned()
}

const fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Flag => "flag",
        Weight::Fix => "fix",
        Weight::Ask => "ask",
        Weight::Refuse => "refuse",
    }
}

fn row_of(row: &Shown, takes: bool, lang: Lang) -> Line {
    let asked = row.asks.iter().map(|ask| asked(row.row, ask, lang));
    let mut asked: Vec<Asked> = if takes { asked.collect() } else { Vec::new() };
    // One answer settles every question of its key.
    asked.sort_by(|a, b| a.id.cmp(&b.id));
    asked.dedup_by(|a, b| a.id == b.id);
    if takes {
        let skip = (row.row, "skip", lang.t("imports.skip").into_owned(), Vec::new());
        asked.push(field(skip));
    }
    Line {
        row: row.row,
        status: row.status.word(),
        what: row.what.clone(),
        account: row.account.clone(),
        amount: row.amount.map(grouped),
        said: row.said.iter().map(|said| (weight(said.weight), words(said, lang))).collect(),
        asked,
    }
}

fn asked(row: u32, ask: &Ask, lang: Lang) -> Asked {
    let choices = ask.choices.iter().map(|choice| (choice.clone(), choice.clone())).collect();
    field((row, ask.key, lang.pick(&ask.zh, &ask.en).to_owned(), choices))
}

fn field((row, key, label, choices): (u32, &str, String, Vec<(String, String)>)) -> Asked {
    let name = format!("a.{row}.{key}");
    Asked { id: format!("a-{row}-{key}"), name, label, choices }
}

/// `POST /desk/e/{estate}/imports/{import}/answers`
pub async fn answer(
    State(room): State<Room>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let (estate, row) = found(&room, &officer, &code, &id).await?;
    let given = fields.pairs().filter_map(|(name, value)| {
        let (number, key) = name.strip_prefix("a.")?.split_once('.')?;
        let value = value.trim();
        (!value.is_empty()).then_some((number.parse().ok()?, key, value))
    });
    let given: Vec<(u32, &str, &str)> = given.collect();
    let kept = match fields.value("forget") {
        "" => room.site.imports.answer(&row, &given).await,
        _ => room.site.imports.forget(&row).await,
    };
    match kept {
        Ok(()) => Ok(see_other(&format!("{}/{id}?done=answered", home(estate)))),
        Err(error) => {
            let wrong = wrong("answers", error, visit.lang)?;
            mended(&room, &visit, &officer, estate, &row, wrong).await
        }
    }
}

/// `POST /desk/e/{estate}/imports/{import}/commit`
pub async fn commit(
    State(room): State<Room>,
    Path((code, id)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let (estate, row) = found(&room, &officer, &code, &id).await?;
    let by = file_rights::poster(&officer, &row, estate).ok_or(WebError::Forbidden)?;
    match room.site.imports.commit(&row, fields.value("seen"), &by).await {
        Ok(_) => Ok(see_other(&format!("{}/{id}?done=posted", home(estate)))),
        Err(error) => {
            let wrong = wrong("commit", error, visit.lang)?;
            mended(&room, &visit, &officer, estate, &row, wrong).await
        }
    }
}

/// The step again, with what is wrong; one that was posted meanwhile shows what came of it.
async fn mended(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    estate: EstateCode,
    row: &ImportRow,
    wrong: Wrong,
) -> Result<Response, WebError> {
    match row.numbers() {
        Some(posted) => batch::show(room, visit, officer, estate, row, &posted).await,
        None => previewed(room, visit, officer, estate, row, Some(wrong)).await,
    }
}
