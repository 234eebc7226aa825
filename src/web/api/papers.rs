//! Statements and papers as tables: the rows of the page and of its files, cell by cell.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Day, Hash, Yuan, as_of, head};
use crate::exchange::out::paper::cell as text_of;
use crate::exchange::out::rows;
use crate::exchange::out::words::Words;
use crate::ledger::book::Book;
use crate::ledger::papers::{Cell, Known, PAPERS, Paper, Rank, Row, Span, known_paper};
use crate::services::papers::{Made, make};
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::scope::scope;
use crate::web::visit::Visit;
use crate::web::{Lang, Room};

/// A cell: a figure, or words in both languages; with what they name.
#[derive(Default, Serialize, JsonSchema)]
pub struct CellView {
    /// An amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Yuan>,
    /// A number that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    /// A day.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    /// Words, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    zh: Option<String>,
    /// Words, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<String>,
    /// The account that the words name.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// The entry that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
}

/// A row.
#[derive(Serialize, JsonSchema)]
pub struct TableRow {
    /// `line`, or a sum of lines: `heading`, `section`, `result`.
    rank: &'static str,
    /// Cells by column; empty ones are left out.
    cells: BTreeMap<&'static str, CellView>,
}

/// A column.
#[derive(Serialize, JsonSchema)]
pub struct ColumnView {
    /// Its name.
    name: &'static str,
    /// Its heading, in Chinese.
    zh: String,
    /// Its heading, in English.
    en: String,
}

/// A table.
#[derive(Serialize, JsonSchema)]
pub struct TableView {
    /// Its columns, in order.
    columns: Vec<ColumnView>,
    /// Its rows, in order.
    rows: Vec<TableRow>,
    /// The last row of the page: sums of what can be summed.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<BTreeMap<&'static str, CellView>>,
    /// Over the lines, the sum of each column of amounts: whether a copy is whole.
    control: BTreeMap<&'static str, Yuan>,
}

/// A paper of the list.
#[derive(Serialize, JsonSchema)]
pub struct KnownPaper {
    /// Its name in an address.
    name: &'static str,
    /// What it is called, in Chinese.
    zh: String,
    /// What it is called, in English.
    en: String,
    /// It is of a period; else it stands as the book stands now.
    of_period: bool,
    /// Where it is.
    href: String,
}

/// The papers that there are.
#[derive(Serialize, JsonSchema)]
pub struct PaperList {
    /// In the order of the page.
    statements: Vec<KnownPaper>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A statement or paper.
#[derive(Serialize, JsonSchema)]
pub struct PaperView {
    /// Its name.
    name: &'static str,
    /// The fund.
    fund: &'static str,
    /// The months, where it is of a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    /// The account, where it is the ledger of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Ages and dues are counted to this day.
    on: Day,
    /// Its table.
    table: TableView,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A table as a program gets it.
pub fn table(book: &Book, paper: &Paper) -> TableView {
    let heading = |name: &&'static str| ColumnView {
        name,
        zh: Lang::Zh.word("column", name).into_owned(),
        en: Lang::En.word("column", name).into_owned(),
    };
    let control = paper.columns.iter().zip(paper.control());
    TableView {
        columns: paper.columns.iter().map(heading).collect(),
        rows: paper.rows.iter().map(|row| row_of(book, paper, row)).collect(),
        total: paper.total.as_ref().map(|cells| cells_of(book, paper, cells)),
        control: control.filter_map(|(name, sum)| Some((*name, Yuan(sum?)))).collect(),
    }
}

fn row_of(book: &Book, paper: &Paper, row: &Row) -> TableRow {
    let rank = match row.rank {
        Rank::Line => "line",
        Rank::Heading => "heading",
        Rank::Section => "section",
        Rank::Result => "result",
    };
    TableRow { rank, cells: cells_of(book, paper, &row.cells) }
}

fn cells_of(book: &Book, paper: &Paper, cells: &[Cell]) -> BTreeMap<&'static str, CellView> {
    let named = paper.columns.iter().zip(cells);
    named.filter_map(|(name, cell)| Some((*name, cell_of(book, cell)?))).collect()
}

/// A cell as its files have it; none for an empty one.
fn cell_of(book: &Book, of: &Cell) -> Option<CellView> {
    let in_language = |code| text_of(Words::of(code), book, of);
    let mut view = CellView::default();
    match (in_language("zh"), in_language("en")) {
        (rows::Cell::Empty, _) => return None,
        (rows::Cell::Number(number), _) => view.number = Some(number),
        (rows::Cell::Day(day), _) => view.day = Some(Day(day)),
        (rows::Cell::Money(amount), _) => view.amount = Some(Yuan(amount)),
        (rows::Cell::Text(zh), rows::Cell::Text(en)) => {
            (view.zh, view.en) = (Some(zh), Some(en));
        }
        (rows::Cell::Text(zh), _) => view.zh = Some(zh),
    }
    match of {
        Cell::Account(code) => view.account = Some(code.to_string()),
        Cell::Entry(seq) | Cell::Marked(_, seq) | Cell::Voucher(_, _, seq) => {
            view.entry = Some(*seq);
        }
        _ => {}
    }
    Some(view)
}

/// `GET /api/v1/estates/{estate}/statements`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let known = |known: &Known| KnownPaper {
            name: known.name,
            zh: Lang::Zh.word("statement", known.name).into_owned(),
            en: Lang::En.word("statement", known.name).into_owned(),
            of_period: known.span == Span::Period,
            href: format!("/api/v1/estates/{}/statements/{}", book.estate(), known.name),
        };
        let statements = PAPERS.iter().map(known).collect();
        Ok((PaperList { statements, as_of_seq: as_of(&book), head: head(&book) }, None))
    })
    .await
}

/// `GET /api/v1/estates/{estate}/statements/{name}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let known = known_paper(&name).ok_or(WebError::NoPage)?;
    let scope = scope(&room, &visit, &book, known)?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let asked = &scope.asked;
        // Whole, like its files: nothing is cut.
        let made = make(&room.site.books, &book, known, asked, usize::MAX).await?;
        let Made::Paper(paper) = made else { return Err(WebError::NoPage) };
        let told = PaperView {
            name: known.name,
            fund: asked.fund.letter(),
            period: scope.of_period.then(|| asked.period.to_string()),
            account: asked.account.map(|code| code.to_string()),
            on: Day(asked.today),
            table: table(&book, &paper),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}
