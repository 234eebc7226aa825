//! Papers beside the statements: one page for all of them, each a table of the core's.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::scope::{Scope, scope};
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::papers::{Cell, PAPERS, paper};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A cell as text, with its page where it has one.
struct Shown {
    text: String,
    href: Option<String>,
    num: bool,
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
    columns: Vec<(String, bool)>,
    rows: Vec<Vec<Shown>>,
    total: Option<Vec<Shown>>,
}

/// `GET /e/{estate}/statements/{name}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let name = PAPERS.iter().find(|known| **known == name).ok_or(WebError::NoPage)?;
    let book = super::book(&room, &code).await?;
    let scope = scope(&visit, &book, name)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let table = paper(&book, name, scope.fund, scope.period).ok_or(WebError::NoPage)?;
        let is_number = |column: &str| !TEXTS.contains(&column);
        let columns = table
            .columns
            .iter()
            .map(|column| (lang.word("column", column).into_owned(), is_number(column)));
        let cells = |row: &Vec<Cell>| row.iter().map(|cell| shown(&book, cell, lang)).collect();
        let title = lang.word("statement", name);
        answer::render(&PaperPage {
            f: Frame::of(&room, &visit, &book, Here::Statements, &title),
            says: lang.word("paper_says", name).into_owned(),
            when: if scope.of_period {
                scope.period_name.clone()
            } else {
                lang.with("text.dated", &[("day", &lang.day(room.site.books.today()))])
            },
            columns: columns.collect(),
            rows: table.rows.iter().map(cells).collect(),
            total: table.total.as_ref().map(cells),
            scope,
        })
    })
    .await
}

/// Columns that hold no figures.
const TEXTS: &[&str] = &["whose", "account", "item", "entry", "day", "no", "matter"];

fn shown(book: &Book, cell: &Cell, lang: Lang) -> Shown {
    let text = |text: String, num| Shown { text, href: None, num };
    match cell {
        Cell::Empty => text(String::new(), false),
        Cell::Text(of_book) => text(of_book.clone(), false),
        Cell::Word(word) => text(lang.word("column", word).into_owned(), false),
        Cell::Account(code) => text(format!("{} {code}", show::account(book, *code, lang)), false),
        Cell::Money(amount) => text(grouped(*amount), true),
        Cell::Day(day) => text(day.to_string(), false),
        Cell::Entry(seq) => Shown {
            text: lang.with("papers.entry", &[("seq", &seq.to_string())]),
            href: Some(format!("/e/{}/entries/{seq}", book.estate())),
            num: false,
        },
        Cell::Rate(bp) => text(format!("{}.{:02} %", bp / 100, bp % 100), true),
    }
}
