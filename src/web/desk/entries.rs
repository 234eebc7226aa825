//! The desk's list of entries: found by number, amount or words; each leads to what can be done
//! about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::guard::Officer;
use super::{book_of, frame, page};
use crate::ledger::book::Book;
use crate::ledger::listing::{Filter, Row};
use crate::ledger::typed;
use crate::services::books::RowPage;
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::show::LineRow;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Rows on a page.
const ROWS: u32 = 30;
/// The longest text to search for, in characters.
const SEARCH_MAX: usize = 60;

/// An entry, with what can be done about it.
struct Entry {
    row: LineRow,
    voucher: String,
    /// Where it leads and what it is called.
    doings: Vec<(String, String)>,
}

/// The list.
#[derive(Template)]
#[template(path = "desk_entries.html")]
struct EntriesPage {
    f: Frame,
    code: String,
    estate: String,
    q: String,
    rows: Vec<Entry>,
    older: Option<String>,
}

/// `GET /desk/e/{estate}/entries`
pub async fn list(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (book, lang) = (book_of(&room, &code).await?, visit.lang);
    let q: String = visit.value("q").unwrap_or_default().chars().take(SEARCH_MAX).collect();
    let before = visit.value("before").and_then(|before| before.parse().ok());
    let may = officer.rights().may(Permission::Draft, Some(book.estate()));
    let found = found(&room, &book, &q, before).await?;
    let older = found.older.map(|seq| visit.address(&[("before", &seq.to_string())]));
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        rows.push(entry(&book, row, may, lang));
    }
    // An entry with lines in both funds is one entry here.
    rows.dedup_by_key(|entry| entry.row.seq);
    let f = frame(&room, &visit, &officer, &lang.t("entries.title"));
    let (estate, code) = (book.profile().name.clone(), book.estate().to_string());
    page(false, &EntriesPage { f, code, estate, q, rows, older })
}

/// What was searched for: a number of an entry, then an amount, else words.
async fn found(
    room: &Room,
    book: &Book,
    q: &str,
    before: Option<u64>,
) -> Result<RowPage, WebError> {
    let books = &room.site.books;
    let number = q.trim_start_matches('#');
    if let Ok(seq) = number.parse::<u64>()
        && let Some(stored) = books.entry(book.estate(), seq).await?
    {
        let mut rows = Filter::default().rows(book, &stored.posted.entry);
        let sum = typed::amount(q);
        let by_amount = Filter { min: sum, max: sum, ..Filter::default() };
        let of_sum = books.rows(book, &by_amount, before, ROWS).await?;
        rows.extend(of_sum.rows.into_iter().filter(|row| row.entry.seq != seq));
        return Ok(RowPage { rows, older: of_sum.older });
    }
    let sum = typed::amount(q);
    let text = (sum.is_none() && !q.is_empty()).then(|| q.to_owned());
    let filter = Filter { min: sum, max: sum, text, ..Filter::default() };
    Ok(books.rows(book, &filter, before, ROWS).await?)
}

fn entry(book: &Book, row: &Row, may: bool, lang: Lang) -> Entry {
    let (code, seq) = (book.estate(), row.entry.seq);
    let mut doings = Vec::new();
    if may {
        let record = |form: &str| format!("/desk/e/{code}/record/{form}?seq={seq}");
        doings.push((record("correct"), lang.word("form", "correct").into_owned()));
        if row.entry.event.kind().name == "income" {
            doings.push((record("attribute"), lang.word("form", "attribute").into_owned()));
        }
        if book.claims().get(&seq).is_some_and(|claim| claim.open.is_positive()) {
            doings.push((record("accept"), lang.word("form", "accept").into_owned()));
        }
    }
    let attach = (format!("/desk/e/{code}/documents"), lang.t("entries.attach").into_owned());
    doings.push(attach);
    Entry {
        row: LineRow::of(book, row, lang),
        voucher: format!("/e/{code}/entries/{seq}/voucher"),
        doings,
    }
}
