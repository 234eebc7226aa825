//! Line items of an estate: filter in the address, newest first, page by page.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::export::{Download, downloads};
use super::filter::{Asked, Fault};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::period::Month;
use crate::ledger::statements::rows_total;
use crate::services::books::RowPage;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show::{self, LineRow};
use crate::web::visit::Visit;

/// Rows on a page.
const ROWS: u32 = 50;

/// A choice of a field: value, label, chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// A field that is typed.
struct Field {
    name: &'static str,
    label: String,
    value: String,
    fault: Option<Fault>,
}

/// The form above the list.
struct Form {
    q: Field,
    from: Field,
    to: Field,
    min: Field,
    max: Field,
    funds: Vec<Choice>,
    sides: Vec<Choice>,
    kinds: Vec<Choice>,
    contract: Option<String>,
    /// Fields beside the search are in use, so the form is shown open.
    open: bool,
    /// Something narrows the list.
    narrowed: bool,
}

/// Rows of one month.
struct Group {
    month: String,
    rows: Vec<LineRow>,
}

/// The list.
#[derive(Template)]
#[template(path = "lines.html")]
struct LinesPage {
    f: Frame,
    form: Form,
    faults: Vec<Fault>,
    groups: Vec<Group>,
    count: usize,
    inflow: String,
    outflow: String,
    net: String,
    moved: Option<String>,
    opening: Option<String>,
    older: Option<String>,
    newest: Option<String>,
    clear: String,
    downloads: Vec<Download>,
    narrowed_downloads: bool,
}

/// `GET /e/{estate}/lines`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let asked = Asked::read(&visit);
    if !asked.faults.is_empty() {
        let nothing = RowPage { rows: Vec::new(), older: None };
        let html = answer::render(&page(&room, &visit, &book, &asked, &nothing))?;
        return Ok(answer::passing(StatusCode::BAD_REQUEST, html));
    }
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let found = room.site.books.rows(&book, &asked.filter, asked.before, ROWS).await?;
        answer::render(&page(&room, &visit, &book, &asked, &found))
    })
    .await
}

fn page(room: &Room, visit: &Visit, book: &Book, asked: &Asked, found: &RowPage) -> LinesPage {
    let lang = visit.lang;
    let total = rows_total(&found.rows);
    let address = visit.address(&[("before", "")]);
    let query = address.find('?').map_or("", |at| &address[at..]);
    let mut groups: Vec<Group> = Vec::new();
    for row in &found.rows {
        let month = show::month(Month::of(row.entry.date), lang);
        let row = LineRow::of(book, row, lang);
        match groups.last_mut().filter(|group| group.month == month) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { month, rows: vec![row] }),
        }
    }
    LinesPage {
        f: Frame::of(room, visit, book, Here::Lines, &lang.t("lines.title")),
        form: form(visit, asked),
        faults: asked.faults.clone(),
        groups,
        count: found.rows.len(),
        inflow: grouped(total.inflow),
        outflow: grouped(total.outflow),
        net: grouped(total.net()),
        moved: (!total.moved.is_zero()).then(|| grouped(total.moved)),
        opening: (!total.opening.is_zero()).then(|| grouped(total.opening)),
        older: found.older.map(|seq| visit.address(&[("before", &seq.to_string())])),
        newest: asked.before.map(|_| visit.address(&[("before", "")])),
        clear: format!("/e/{}/lines", book.estate()),
        downloads: downloads(book, query, &asked.filter, lang),
        narrowed_downloads: !query.is_empty(),
    }
}

fn form(visit: &Visit, asked: &Asked) -> Form {
    let lang = visit.lang;
    let given = |name: &str| visit.value(name).unwrap_or_default().to_owned();
    let field = |name: &'static str| Field {
        name,
        label: lang.word("field", name).into_owned(),
        value: given(name),
        fault: asked.faults.iter().find(|fault| fault.field == name).cloned(),
    };
    let choice = |name: &str, value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        chosen: given(name) == value,
    };
    let named = ["fund", "from", "to", "kind", "side", "min", "max"];
    Form {
        q: field("q"),
        from: field("from"),
        to: field("to"),
        min: field("min"),
        max: field("max"),
        funds: Fund::ALL
            .into_iter()
            .map(|fund| choice("fund", fund.letter(), show::fund(fund, lang)))
            .collect(),
        sides: ["in", "out"]
            .into_iter()
            .map(|side| choice("side", side, lang.word("side", side).into_owned()))
            .collect(),
        kinds: show::listed_kinds()
            .map(|kind| choice("kind", kind.name, show::kind_name(kind, lang).to_owned()))
            .collect(),
        contract: visit.value("contract").map(str::to_owned),
        narrowed: !visit.query.is_empty(),
        open: named.into_iter().any(|name| visit.value(name).is_some()),
    }
}
