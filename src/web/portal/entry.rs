//! One entry: what it says in words, who recorded and reviewed it, what became of it, and how
//! anyone can check its bytes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::document::{self, Named};
use super::facts::{Fact, facts};
use super::postings::{Postings, postings};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::Entry;
use crate::ledger::format::{capitals, grouped};
use crate::ledger::listing::Filter;
use crate::ledger::statements::recorded_amount;
use crate::ledger::vouchers::Vouchers;
use crate::services::books::StoredEntry;
use crate::services::documents::Visibility;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::assets::FOREVER;
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here, short};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// An amount as the head of the page shows it.
struct Amount {
    fund: String,
    side: &'static str,
    figure: String,
    capitals: String,
    /// What was recorded, where another amount stands now.
    recorded: Option<String>,
}

/// Who did what.
struct Act {
    what: String,
    role: String,
    organisation: String,
    at: String,
}

/// A paper.
struct Paper {
    kind: String,
    media_type: String,
    size: String,
    sha256: String,
    /// Where its bytes are, where everybody may have them.
    href: Option<String>,
    /// What keeps it from being here.
    away: Option<&'static str>,
    /// The entry that attached it later.
    later: Option<u64>,
}

/// The page.
#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    f: Frame,
    seq: u64,
    kind: &'static str,
    what: String,
    amounts: Vec<Amount>,
    date: String,
    occurred: Option<String>,
    posted: String,
    delay: String,
    corrected_by: Option<(u64, String)>,
    corrects: Option<(u64, String)>,
    /// Fund and number.
    vouchers: Vec<(String, String)>,
    postings: Vec<Postings>,
    facts: Vec<Fact>,
    acts: Vec<Act>,
    papers: Vec<Paper>,
    sealed: usize,
    erased: Vec<(usize, u64)>,
    origin: Option<(String, String)>,
    batch: Option<(u64, u64, u64, u64)>,
    hash: String,
    prev: String,
    reference: String,
    log_index: u64,
    size: usize,
    permalink: String,
    pretty: String,
    earlier: Option<u64>,
    later: Option<u64>,
}

/// `GET /e/{estate}/entries/{seq}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let number = number(&code, &seq)?;
    let stamp = room.site.documents.stamp(book.estate()).await?;
    let edition = Edition::of_book(&room, &visit, &book).and(&format!("{stamp:?}"));
    answer::page(&room, &visit, &edition, async {
        let found = stored(&room, &book, &code, number).await?;
        let papers = papers(&room, &visit, &book, &found).await?;
        let vouchers = room.site.books.vouchers(&book).await?;
        // A correction is read together with what it corrects.
        let event = &found.posted.entry.event;
        let corrects = event.fields().integer("seq").filter(|_| event.kind().name == "correct");
        let mistaken = match corrects {
            Some(seq) => room.site.books.entry(book.estate(), seq).await?,
            None => None,
        };
        answer::render(&page(&room, &visit, &book, &found, mistaken.as_ref(), (&vouchers, papers)))
    })
    .await
}

/// `GET /e/{estate}/entries/{seq}/bytes`: exactly what was hashed.
pub async fn bytes(
    State(room): State<Room>,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let stored = stored(&room, &book, &code, number(&code, &seq)?).await?;
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, FOREVER)];
    Ok((headers, stored.bytes).into_response())
}

/// A number in the one spelling that an address has for it.
pub fn number(code: &str, text: &str) -> Result<u64, WebError> {
    let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
    number.ok_or_else(|| no_entry(code, text))
}

fn no_entry(code: &str, seq: &str) -> WebError {
    WebError::NoEntry(code.to_owned(), seq.chars().take(20).collect())
}

/// The entry of a number.
pub async fn stored(
    room: &Room,
    book: &Book,
    code: &str,
    seq: u64,
) -> Result<StoredEntry, WebError> {
    if seq >= book.head().entries {
        return Err(no_entry(code, &seq.to_string()));
    }
    let found = room.site.books.entry(book.estate(), seq).await?;
    found.ok_or_else(|| no_entry(code, &seq.to_string()))
}

fn page(
    room: &Room,
    visit: &Visit,
    book: &Book,
    stored: &StoredEntry,
    mistaken: Option<&StoredEntry>,
    (vouchers, papers): (&Vouchers, Vec<Paper>),
) -> EntryPage {
    let lang = visit.lang;
    let entry = &stored.posted.entry;
    let (code, kind) = (book.estate(), show::kind_name(entry.event.kind(), lang));
    let live = book.corrections().get(&entry.seq);
    let standing = mistaken.map_or(entry, |mistaken| &mistaken.posted.entry);
    let link = |seq: u64| (seq, format!("/e/{code}/entries/{seq}"));
    let title = format!("{} · {kind}", lang.with("entry.number", &[("seq", &entry.seq)]));
    EntryPage {
        f: Frame::of(room, visit, book, Here::Lines, &title),
        seq: entry.seq,
        kind,
        what: what(book, standing, lang),
        amounts: amounts(book, entry, standing, lang),
        date: lang.day(entry.date),
        occurred: entry.occurred.map(|day| lang.day(day)),
        posted: entry.time.local(),
        delay: delay(entry, lang),
        corrected_by: live
            .filter(|live| live.is_corrected(entry.seq))
            .map(|live| live.version)
            .or_else(|| book.statement_in_place_of(entry.seq))
            .map(link),
        corrects: mistaken.map(|mistaken| link(mistaken.posted.entry.seq)),
        vouchers: Fund::ALL
            .into_iter()
            .filter_map(|fund| Some((fund, vouchers.number(fund, entry)?)))
            .map(|(fund, number)| (show::fund(fund, lang), number.to_string()))
            .collect(),
        postings: postings(book, entry, live.map(AsRef::as_ref), mistaken, lang),
        facts: facts(book, entry, lang),
        acts: acts(entry, lang),
        papers,
        sealed: entry.sealed.len(),
        erased: erased(book, entry),
        origin: entry.origin.as_ref().map(|o| (short(&o.file.to_string()), o.row.clone())),
        batch: entry.act.map(|act| {
            let first = (entry.seq + 1).saturating_sub(act.no);
            (act.no, act.of, first, first + act.of - 1)
        }),
        hash: stored.posted.hash.to_string(),
        prev: entry.prev.to_string(),
        reference: entry.r#ref.to_string(),
        log_index: stored.log_index,
        size: stored.bytes.len(),
        permalink: format!("{}/e/{code}/entries/{}", visit.base, entry.seq),
        pretty: pretty(&stored.bytes),
        earlier: entry.seq.checked_sub(1),
        later: (entry.seq + 1 < book.head().entries).then_some(entry.seq + 1),
    }
}

/// The entry in one phrase: its memo, its site, its party.
pub fn what(book: &Book, entry: &Entry, lang: Lang) -> String {
    let fields = entry.event.fields();
    let cited = || entry.lines.iter().find_map(|line| line.contract.as_deref());
    let contract = fields.text("contract").or_else(cited);
    let site = contract.and_then(|no| book.contracts().contracts.get(no));
    let named = ["site", "name", "matter", "reason"].into_iter().find_map(|key| fields.text(key));
    let what = entry.memo.clone().or_else(|| site.map(|site| site.site.clone()));
    what.or_else(|| named.map(str::to_owned))
        .or_else(|| show::party_of(entry, lang))
        .unwrap_or_else(|| show::kind_name(entry.event.kind(), lang).to_owned())
}

/// What stands now, a fund each; for a correction what it made of its mistaken.
fn amounts(book: &Book, entry: &Entry, standing: &Entry, lang: Lang) -> Vec<Amount> {
    let rows = Filter::default().rows(book, standing);
    let amounts = rows.iter().map(|row| {
        let recorded = recorded_amount(book, standing, row.fund);
        let is_changed = row.corrected_by.is_some() && recorded != row.amount();
        Amount {
            fund: show::fund(row.fund, lang),
            side: show::side(row),
            figure: grouped(row.amount()),
            capitals: capitals(row.amount()),
            recorded: is_changed.then(|| grouped(recorded)),
        }
    });
    if entry.lines.is_empty() { Vec::new() } else { amounts.collect() }
}

/// How many of its private values were erased, by the entry that says so.
fn erased(book: &Book, entry: &Entry) -> Vec<(usize, u64)> {
    let mut erased: BTreeMap<u64, usize> = BTreeMap::new();
    for by in entry.sealed.iter().filter_map(|digest| book.said().erased.get(digest)) {
        *erased.entry(*by).or_default() += 1;
    }
    erased.into_iter().map(|(by, count)| (count, by)).collect()
}

/// How long after it happened it was recorded.
fn delay(entry: &Entry, lang: Lang) -> String {
    match (entry.time.day() - entry.occurred_on()).num_days() {
        ..=0 => lang.t("entry.same_day").into_owned(),
        days => lang.with("entry.days_later", &[("days", &days)]),
    }
}

/// Who did what: the act's word, the role in words, when.
pub(super) fn acts_of(entry: &Entry, lang: Lang) -> Vec<(&'static str, String, String)> {
    let role = |role: &str| lang.word("actor", role).into_owned();
    let signs = entry.signs.iter();
    let signs = signs.map(|sign| (sign.act.word(), role(&sign.by.role), sign.at.local()));
    signs.chain([("post", role(&entry.by.role), entry.time.local())]).collect()
}

fn acts(entry: &Entry, lang: Lang) -> Vec<Act> {
    let act = |act: &str, by: &crate::ledger::entry::Actor, at: String| Act {
        what: lang.word("act", act).into_owned(),
        role: lang.word("actor", &by.role).into_owned(),
        organisation: by.org.clone(),
        at,
    };
    let signs = entry.signs.iter().map(|sign| act(sign.act.word(), &sign.by, sign.at.local()));
    signs.chain([act("post", &entry.by, entry.time.local())]).collect()
}

async fn papers(
    room: &Room,
    visit: &Visit,
    book: &Book,
    entry: &StoredEntry,
) -> Result<Vec<Paper>, WebError> {
    let (lang, code, seq) = (visit.lang, book.estate(), entry.posted.entry.seq);
    let named = document::named(room, book, entry).await?;
    let mut papers = Vec::with_capacity(named.len());
    for Named { doc, by } in named {
        let sha256 = doc.sha256.to_string();
        let here = room.site.documents.find(code, &sha256).await?;
        let shown = here.map(|row| row.shown_to());
        papers.push(Paper {
            kind: lang.word("doc", doc.kind.word()).into_owned(),
            media_type: doc.media_type,
            size: format!("{} KB", doc.size.div_ceil(1024)),
            href: (shown == Some(Visibility::Public))
                .then(|| format!("/e/{code}/entries/{by}/documents/{sha256}")),
            away: match shown {
                Some(Visibility::Public) => None,
                Some(_) => Some("entry.paper_not_public"),
                None => Some("entry.paper_not_here"),
            },
            later: Some(by).filter(|by| *by != seq),
            sha256: short(&sha256),
        });
    }
    Ok(papers)
}

/// The bytes with line breaks, for reading; the hash is of the bytes as they are.
fn pretty(bytes: &[u8]) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_slice(bytes);
    let pretty = value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}
