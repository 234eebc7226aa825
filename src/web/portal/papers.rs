//! Statements and papers: the list of them, one page for each, and its files. The table is the
//! core's; page and files print the same cells.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::export::media_type;
use super::scope::{Scope, scope};
use super::statements;
use crate::exchange::out::paper::{Sheet, cell};
use crate::exchange::out::rows;
use crate::exchange::out::words::Words;
use crate::exchange::out::xlsx::workbook;
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::papers::{Cell, Known, PAPERS, Paper, Rank, Span, is_figure, known_paper};
use crate::services::exporter::{ExportError, FileFormat};
use crate::services::papers::{Made, make};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show::{self, contract_href};
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A page of more vouchers is asked to be of fewer months: nothing is cut.
pub(super) const VOUCHERS_MAX: usize = 3_000;

/// A cell as text, with its page where it has one.
#[derive(Clone)]
pub(super) struct Shown {
    pub text: String,
    pub href: Option<String>,
    /// The heading of its column, for narrow screens.
    pub label: String,
    pub num: bool,
    /// A number or a day, which isn't broken.
    pub whole: bool,
}

impl Shown {
    /// The class of its cell.
    pub fn class(&self) -> &'static str {
        match (self.num, self.whole) {
            (true, _) => "num",
            (false, true) => "nb",
            (false, false) => "text",
        }
    }
}

/// A row as text.
pub(super) struct ShownRow {
    pub rank: Rank,
    pub cells: Vec<Shown>,
}

impl ShownRow {
    /// The class of its row.
    pub fn class(&self) -> &'static str {
        match self.rank {
            Rank::Line => "line",
            Rank::Heading => "heading",
            Rank::Section => "section",
            Rank::Result => "result",
        }
    }
}

/// A table as text.
pub(super) struct Table {
    pub columns: Vec<(String, bool)>,
    pub rows: Vec<ShownRow>,
    pub total: Option<Vec<Shown>>,
}

/// A paper.
#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    f: Frame,
    scope: Scope,
    says: String,
    /// The period, or the day it is of.
    when: String,
    table: Table,
    too_long: Option<String>,
    files: Vec<(String, String)>,
}

/// A paper of the list, as a link.
struct Listed {
    href: String,
    name: String,
    says: String,
    files: Vec<(String, String)>,
}

/// The list.
#[derive(Template)]
#[template(path = "statements.html")]
struct ListPage {
    f: Frame,
    empty: bool,
    of_period: Vec<Listed>,
    of_now: Vec<Listed>,
}

/// `GET /e/{estate}/statements`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let listed = |span: Span| {
            let known = PAPERS.iter().filter(move |known| known.span == span);
            known.map(|known| {
                let href = format!("/e/{}/statements/{}", book.estate(), known.name);
                Listed {
                    name: lang.word("statement", known.name).into_owned(),
                    says: lang.word("paper_says", known.name).into_owned(),
                    files: files(&href, "", lang),
                    href,
                }
            })
        };
        answer::render(&ListPage {
            f: Frame::of(&room, &visit, &book, Here::Statements, &lang.t("statement.list")),
            empty: book.last_day().is_none(),
            of_period: listed(Span::Period).collect(),
            of_now: listed(Span::Now).collect(),
        })
    })
    .await
}

/// `GET /e/{estate}/statements/{name}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let known = known_paper(&name).ok_or(WebError::NoPage)?;
    let book = super::book(&room, &code).await?;
    let scope = scope(&room, &visit, &book, known)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let made = make(&room.site.books, &book, known, &scope.asked, VOUCHERS_MAX).await?;
        match (made, known.name) {
            (Made::Paper(paper), "income") => {
                statements::income(&room, &visit, &book, scope, &paper)
            }
            (Made::Paper(paper), "trial") => statements::trial(&room, &visit, &book, scope, &paper),
            (made, _) => page(&room, &visit, &book, scope, made),
        }
    })
    .await
}

fn page(
    room: &Room,
    visit: &Visit,
    book: &Book,
    scope: Scope,
    made: Made,
) -> Result<String, WebError> {
    let lang = visit.lang;
    let nothing = Paper { columns: &[], rows: Vec::new(), total: None };
    let (paper, too_long) = match made {
        Made::Paper(paper) => (paper, None),
        Made::TooLong(count) => {
            let values = [("count", count), ("max", VOUCHERS_MAX)];
            (nothing, Some(lang.with("papers.too_long", &values)))
        }
    };
    answer::render(&PaperPage {
        f: Frame::of(room, visit, book, Here::Statements, &lang.word("statement", scope.name)),
        says: lang.word("paper_says", scope.name).into_owned(),
        when: when(room, &scope, lang),
        table: table(book, &paper, lang),
        too_long,
        files: files_of(book, &scope, lang),
        scope,
    })
}

/// The period, or the day it is of.
fn when(room: &Room, scope: &Scope, lang: Lang) -> String {
    if scope.of_period {
        return scope.period_name.clone();
    }
    lang.with("text.dated", &[("day", &lang.day(room.site.books.today()))])
}

/// The files of a page.
pub(super) fn files_of(book: &Book, scope: &Scope, lang: Lang) -> Vec<(String, String)> {
    files(&format!("/e/{}/statements/{}", book.estate(), scope.name), &scope.query, lang)
}

/// `…/table.csv`, `…/table.xlsx`: address, name.
pub(super) fn files(page: &str, query: &str, lang: Lang) -> Vec<(String, String)> {
    let file = |format: FileFormat| {
        let name = lang.word("download", format.name()).into_owned();
        (format!("{page}/table.{}{query}", format.ending()), name)
    };
    [FileFormat::Csv, FileFormat::Xlsx].into_iter().map(file).collect()
}

/// A paper as text.
pub(super) fn table(book: &Book, paper: &Paper, lang: Lang) -> Table {
    let row = |cells: &Vec<Cell>| {
        let cells = cells.iter().zip(paper.columns);
        cells.map(|(cell, column)| shown(book, cell, column, lang)).collect()
    };
    let heading = |column: &&str| (lang.word("column", column).into_owned(), is_figure(column));
    Table {
        columns: paper.columns.iter().map(heading).collect(),
        rows: paper
            .rows
            .iter()
            .map(|of| ShownRow { rank: of.rank, cells: row(&of.cells) })
            .collect(),
        total: paper.total.as_ref().map(row),
    }
}

/// A cell as its files have it, figures grouped, with the page it leads to.
pub(super) fn shown(book: &Book, of: &Cell, column: &str, lang: Lang) -> Shown {
    let text = match cell(Words::of(lang.code()), book, of) {
        rows::Cell::Empty => String::new(),
        rows::Cell::Text(text) => text,
        rows::Cell::Number(number) => number.to_string(),
        rows::Cell::Day(day) => day.to_string(),
        rows::Cell::Money(amount) => grouped(amount),
    };
    Shown {
        text,
        href: href(book, of),
        label: lang.word("column", column).into_owned(),
        num: is_figure(column),
        whole: matches!(of, Cell::Voucher(..) | Cell::Day(_)),
    }
}

fn href(book: &Book, of: &Cell) -> Option<String> {
    let entry = |seq: u64| format!("/e/{}/entries/{seq}", book.estate());
    match of {
        Cell::Entry(seq) | Cell::Marked(_, seq) => Some(entry(*seq)),
        Cell::Voucher(fund, _, seq) => Some(format!("{}/voucher?fund={fund}", entry(*seq))),
        Cell::Contract(no) => Some(contract_href(book, no)),
        Cell::Decision(no) => book.decisions().get(no).map(|decision| entry(decision.seq)),
        _ => None,
    }
}

/// `GET /e/{estate}/statements/{name}/table.csv` and `…/table.xlsx`
pub async fn download(
    State(room): State<Room>,
    visit: Visit,
    Path((code, name)): Path<(String, String)>,
    format: FileFormat,
) -> Result<Response, WebError> {
    let known: &'static Known = known_paper(&name).ok_or(WebError::NoPage)?;
    let book = super::book(&room, &code).await?;
    let scope = scope(&room, &visit, &book, known)?;
    let made = make(&room.site.books, &book, known, &scope.asked, usize::MAX).await?;
    let Made::Paper(paper) = made else { return Err(WebError::NoPage) };
    let lang = visit.lang;
    let title = lang.word("statement", known.name).into_owned();
    let when = when(&room, &scope, lang);
    let words = Words::of(lang.code());
    let sheet = Sheet { book: &book, words, title, fund: Some(scope.fund), when, paper: &paper };
    let name = format!("{}-{}-{}-{}", book.estate(), known.name, scope.fund, scope.period);
    file(&sheet, format, &name)
}

/// A paper as a file to download.
pub(super) fn file(
    sheet: &Sheet<'_>,
    format: FileFormat,
    name: &str,
) -> Result<Response, WebError> {
    let bytes = match format {
        FileFormat::Xlsx => workbook(sheet).map_err(ExportError::from)?,
        _ => sheet.csv(),
    };
    let name = format!("attachment; filename=\"{name}.{}\"", format.ending());
    let headers = [
        (CONTENT_TYPE, media_type(format).to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// An account's name and code, as a paper's cell has it.
pub(super) fn account_of(book: &Book, of: &Cell, lang: Lang) -> (String, String) {
    match of {
        Cell::Account(code) => (code.to_string(), show::account(book, *code, lang)),
        other => (String::new(), shown(book, other, "account", lang).text),
    }
}
