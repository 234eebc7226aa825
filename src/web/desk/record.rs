//! Forms that record: choosing a contract, filling in, mending, and what is shown where two
//! people changed the same draft.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{Fields, Form, Input, Sort, Wrong};
use super::guard::Officer;
use super::open_items::{OpenItem, open_items};
use super::{actor, book_of, choose, drafts, frame, inputs, page, see_other};
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::statements::contract_due;
use crate::services::drafts::{DraftError, Drafts, Kept, PREFIX, Save};
use crate::services::people::Permission;
use crate::services::recording::{Form as About, Ground, RecordFault, Rule, Typed};
use crate::web::Room;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::portal::contracts::{ContractRow, row};
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// The form's id on its pages.
const RECORD: &str = "record";

/// What a value of the form is called, and what stands in it.
pub type Said = Vec<(String, String)>;

/// The form.
#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    f: Frame,
    code: String,
    estate: String,
    lead: String,
    /// The contracts that it is for.
    contracts: Vec<ContractRow>,
    /// What is open before something is closed.
    open: Vec<OpenItem>,
    wrongs: Vec<Wrong>,
    /// What somebody else made of it meanwhile.
    other: Option<(String, Said)>,
    /// Why it was returned.
    reason: Option<String>,
    form: Form,
}

/// What a form is filled with.
struct Filled {
    about: About,
    key: String,
    version: u64,
    typed: Typed,
    wrongs: Vec<Wrong>,
    other: Option<(String, Said)>,
    reason: Option<String>,
}

fn about(word: &str) -> Result<About, WebError> {
    About::of(word).ok_or(WebError::NoPage)
}

/// What a form is called.
pub fn title(about: About, lang: Lang) -> String {
    lang.word("form", about.word()).into_owned()
}

/// `GET /desk/e/{estate}/record/{form}`; some forms ask first what they are about.
pub async fn show(
    State(room): State<Room>,
    Path((code, form)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (about, book) = (about(&form)?, book_of(&room, &code).await?);
    // What leads here may fill in fields. `-` says that there is no contract.
    let given = |field: &'static str| -> Vec<&str> {
        let values = visit.query.iter().filter(|(name, _)| name == field);
        values.map(|(_, value)| value.trim()).filter(|value| *value != "-").collect()
    };
    let typed = Typed::of(about, given);
    if let Some(first) = choose::first(&room, &visit, &officer, (about, &book, &typed)).await? {
        return Ok(first);
    }
    if let Some(no) = typed.values("contract").get(inputs::contracts(&book, &typed).len()) {
        return Err(WebError::NoContract(code, no.clone()));
    }
    let key = room.site.people.fresh_id(PREFIX).map_err(|error| WebError::People(error.into()))?;
    let (wrongs, other, reason) = (Vec::new(), None, None);
    let filled = Filled { about, key, version: 0, typed, wrongs, other, reason };
    page(false, &record_page(&room, &visit, &officer, &book, filled).await?)
}

/// `GET /desk/e/{estate}/drafts/{draft}/edit`
pub async fn edit(
    State(room): State<Room>,
    Path((code, key)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let kept = drafts::found(Drafts::of(&room.site.books).find(book.estate(), &key).await, &code)?;
    if !kept.state.is_changed() {
        return Ok(see_other(&drafts::href(&kept)));
    }
    let filled = Filled {
        about: kept.form,
        key: kept.key().to_owned(),
        version: kept.version(),
        typed: kept.typed.clone(),
        wrongs: Vec::new(),
        other: None,
        reason: kept.returned().map(|(reason, _)| reason.to_owned()),
    };
    page(false, &record_page(&room, &visit, &officer, &book, filled).await?)
}

/// `POST /desk/e/{estate}/record/{form}`
pub async fn save(
    State(room): State<Room>,
    Path((code, form)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let (about, book) = (about(&form)?, book_of(&room, &code).await?);
    let by = actor(&officer, Permission::Draft, book.estate())?;
    let typed = Typed::of(about, |field| fields.values(field).collect());
    let (key, version) = (fields.value("key"), fields.value("version").parse().unwrap_or(0));
    let save = Save { key, version, form: about, typed: typed.clone() };
    let filled = Filled {
        about,
        key: key.to_owned(),
        version,
        typed,
        wrongs: Vec::new(),
        other: None,
        reason: None,
    };
    match Drafts::of(&room.site.books).save(book.estate(), save, &by).await {
        Ok(kept) => Ok(see_other(&drafts::href(&kept))),
        Err(DraftError::Fields(faults)) => {
            let wrongs = wrongs(&faults, visit.lang);
            let filled = Filled { wrongs, ..filled };
            page(true, &record_page(&room, &visit, &officer, &book, filled).await?)
        }
        Err(DraftError::Changed(other)) if other.state.is_changed() => {
            let who = drafts::name(&room, other.prepared_by()).await;
            let filled = Filled {
                version: other.version(),
                other: Some((who, said(&room, &other, visit.lang).await?)),
                ..filled
            };
            let page = record_page(&room, &visit, &officer, &book, filled).await?;
            Ok(answer::passing(StatusCode::CONFLICT, answer::render(&page)?))
        }
        Err(DraftError::Changed(other)) => Ok(see_other(&drafts::href(&other))),
        Err(DraftError::State(_)) => {
            Ok(see_other(&format!("/desk/e/{}/drafts/{}", book.estate(), encoded(key))))
        }
        Err(DraftError::Unknown) => Err(WebError::NoDraft(code)),
        Err(other) => Err(other.into()),
    }
}

/// Faults as the summary and the fields show them.
pub fn wrongs(faults: &[RecordFault], lang: Lang) -> Vec<Wrong> {
    let sentence = |rule: Rule| {
        let text = lang.word("record_fault", rule.word()).into_owned();
        let Some((typed, parts)) = rule.figures() else { return text };
        text.replace("%{typed}", &grouped(typed)).replace("%{parts}", &grouped(parts))
    };
    let wrong = |fault: &RecordFault| Wrong {
        form: RECORD,
        field: Some(fault.field),
        sentence: sentence(fault.rule),
    };
    faults.iter().map(wrong).collect()
}

/// What was typed, in the words of the form.
pub async fn said(room: &Room, kept: &Kept, lang: Lang) -> Result<Said, WebError> {
    let held = Drafts::of(&room.site.books).held(kept.estate, &kept.typed).await?;
    let ground = Ground { today: kept.changed_at().day(), ..held.ground() };
    let label = |input: &Input| match input.name {
        "contract" => lang.t("lines.contract").into_owned(),
        _ => input.label.clone(),
    };
    let shown = |input: &Input| {
        let typed = kept.typed.values(input.name);
        let named = |value: &String| {
            let option = input.options.iter().find(|(known, _, _)| known == value);
            match (option, value.parse::<crate::ledger::period::Month>()) {
                (_, Ok(month)) if input.sort == Sort::Checks => {
                    crate::web::show::month(month, lang)
                }
                (Some((_, label, _)), _) => label.clone(),
                _ => value.clone(),
            }
        };
        let values: Vec<String> = typed.iter().map(named).collect();
        (!values.is_empty()).then(|| (label(input), values.join(lang.pick("、", ", "))))
    };
    let mut inputs = inputs::inputs(kept.form, ground, &kept.typed, lang);
    // One field may be sent several times.
    let mut names = std::collections::BTreeSet::new();
    inputs.retain(|input| names.insert(input.name));
    Ok(inputs.iter().filter_map(shown).collect())
}

async fn record_page(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    book: &Book,
    filled: Filled,
) -> Result<RecordPage, WebError> {
    let (lang, code) = (visit.lang, book.estate());
    let f = frame(room, visit, officer, &title(filled.about, lang));
    let mut inputs = vec![
        Input::hidden("key", filled.key),
        Input::hidden("version", filled.version.to_string()),
    ];
    let held = Drafts::of(&room.site.books).held(code, &filled.typed).await?;
    inputs.extend(inputs::inputs(filled.about, held.ground(), &filled.typed, lang));
    let contracts = match filled.about {
        About::Income => inputs::contracts(book, &filled.typed),
        _ => Vec::new(),
    };
    let contracts = contracts.into_iter();
    let contracts = contracts
        .map(|contract| row(book, &contract_due(contract, f.today), f.today, lang))
        .collect();
    let open = match filled.about {
        About::Close => open_items(room, book, lang).await?,
        _ => Vec::new(),
    };
    let action = format!("/desk/e/{code}/record/{}", filled.about.word());
    let button = lang.t("record.check");
    Ok(RecordPage {
        form: Form::new(RECORD, action, officer.form_token(), button, inputs, &filled.wrongs),
        lead: lang.word("form_lead", filled.about.word()).into_owned(),
        estate: book.profile().name.clone(),
        code: code.to_string(),
        contracts,
        open,
        wrongs: filled.wrongs,
        other: filled.other,
        reason: filled.reason,
        f,
    })
}
