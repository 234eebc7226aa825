//! The income statement and the trial balance, which have pages of their own shape; their rows
//! are those of their papers.

use askama::Template;

use super::funds::{Strip, strip};
use super::papers::{account_of, files_of, shown};
use super::scope::Scope;
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::papers::{Cell, Paper, Rank, Row as Of};
use crate::ledger::statements::{flows, flows_total};
use crate::web::Room;
use crate::web::answer;
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A row of the income statement.
struct Row {
    code: String,
    name: String,
    part: String,
    amount: String,
    heading: bool,
}

/// A section with its rows and sum, or what sections come to.
struct Section {
    name: &'static str,
    title: String,
    total: String,
    rows: Vec<Row>,
    is_result: bool,
}

/// The income statement.
#[derive(Template)]
#[template(path = "income.html")]
struct IncomePage {
    f: Frame,
    scope: Scope,
    sections: Vec<Section>,
    strip: Option<Strip>,
    files: Vec<(String, String)>,
}

/// An account of the trial balance.
struct TrialLine {
    code: String,
    name: String,
    href: String,
    cells: Vec<String>,
}

/// The trial balance.
#[derive(Template)]
#[template(path = "trial.html")]
struct TrialPage {
    f: Frame,
    scope: Scope,
    rows: Vec<TrialLine>,
    total: Vec<String>,
    files: Vec<(String, String)>,
}

/// The page of the income statement.
pub(super) fn income(
    room: &Room,
    visit: &Visit,
    book: &Book,
    scope: Scope,
    paper: &Paper,
) -> Result<String, WebError> {
    let lang = visit.lang;
    let months = u16::try_from(scope.period.from.until(scope.period.to) + 1).unwrap_or(1);
    let flows = flows(book, scope.fund, scope.period.to, months);
    let title = lang.word("statement", scope.fund.letter());
    answer::render(&IncomePage {
        f: Frame::of(room, visit, book, Here::Statements, &title),
        sections: sections(book, &paper.rows, lang),
        strip: flows_total(&flows)
            .map(|total| Strip { label: scope.period_name.clone(), ..strip(&total, lang) }),
        files: files_of(book, &scope, lang),
        scope,
    })
}

/// The page of the trial balance.
pub(super) fn trial(
    room: &Room,
    visit: &Visit,
    book: &Book,
    scope: Scope,
    paper: &Paper,
) -> Result<String, WebError> {
    let lang = visit.lang;
    let texts = |cells: &[Cell]| -> Vec<String> {
        cells.iter().skip(1).map(|cell| shown(book, cell, "debit", lang).text).collect()
    };
    let row = |row: &Of| {
        let (code, name) = account_of(book, &row.cells[0], lang);
        let period = scope.period;
        let href = format!("/e/{}/statements/ledger?account={code}&period={period}", book.estate());
        TrialLine { code, name, href, cells: texts(&row.cells) }
    };
    answer::render(&TrialPage {
        f: Frame::of(room, visit, book, Here::Statements, &lang.t("trial.title")),
        rows: paper.rows.iter().map(row).collect(),
        total: paper.total.as_deref().map(texts).unwrap_or_default(),
        files: files_of(book, &scope, lang),
        scope,
    })
}

/// The rows of the paper under their sections.
fn sections(book: &Book, rows: &[Of], lang: Lang) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let (mut headed, mut under) = (false, None);
    for Of { rank, cells } in rows {
        let [item, part, amount] = &cells[..] else { continue };
        let text = |cell: &Cell| shown(book, cell, "item", lang).text;
        let (code, name) = account_of(book, item, lang);
        if let (Rank::Section | Rank::Result, Cell::Section(word)) = (rank, item) {
            (headed, under) = (false, None);
            sections.push(Section {
                name: word,
                title: name,
                total: text(amount),
                rows: Vec::new(),
                is_result: *rank == Rank::Result,
            });
            continue;
        }
        if *rank == Rank::Heading {
            (headed, under) = (true, of_account(item));
        }
        // A line is its own heading above the first one, and where that is of another account;
        // the blocks apart are of none.
        let alone = !headed || under.is_some_and(|under| of_account(item) != Some(under));
        let heading = *rank == Rank::Heading || alone;
        let row = Row { code, name, part: text(part), amount: text(amount), heading };
        if let Some(section) = sections.last_mut() {
            section.rows.push(row);
        }
    }
    sections
}

/// The first-level account that a row belongs to.
fn of_account(item: &Cell) -> Option<AccountCode> {
    match item {
        Cell::Account(code) => Some(code.first_level()),
        _ => None,
    }
}
