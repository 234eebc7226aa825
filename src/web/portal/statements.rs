//! Statements of a fund over a period: income statement and trial balance.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::funds::{Strip, strip};
use super::scope::{Scope, scope};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::statements::{
    StatementRow, by_heading, flows, flows_total, income_statement, sides, trial_balance,
    trial_total,
};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A row of the income statement.
struct Row {
    code: String,
    name: String,
    part: Option<String>,
    amount: String,
    earlier: Option<String>,
    heading: bool,
}

/// A section: rows with their sum.
struct Section {
    rows: Vec<Row>,
    total: String,
}

/// The income statement.
#[derive(Template)]
#[template(path = "income.html")]
struct IncomePage {
    f: Frame,
    scope: Scope,
    income: Section,
    cost: Section,
    uses: Section,
    net: String,
    balance: String,
    strip: Option<Strip>,
}

/// An account of the trial balance.
struct TrialLine {
    code: String,
    name: String,
    cells: [String; 6],
}

/// The trial balance.
#[derive(Template)]
#[template(path = "trial.html")]
struct TrialPage {
    f: Frame,
    scope: Scope,
    rows: Vec<TrialLine>,
    total: [String; 6],
}

/// `GET /e/{estate}/statements/income`
pub async fn income(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let scope = scope(&visit, &book, "income")?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let statement = income_statement(&book, scope.fund, scope.period);
        let months = u16::try_from(scope.period.from.until(scope.period.to) + 1).unwrap_or(1);
        let flows = flows(&book, scope.fund, scope.period.to, months);
        let title = lang.word("statement", scope.fund.letter());
        answer::render(&IncomePage {
            f: Frame::of(&room, &visit, &book, Here::Statements, &title),
            income: section(&book, &statement.income, statement.income_total(), lang),
            cost: section(&book, &statement.cost, statement.cost_total(), lang),
            uses: section(&book, &statement.uses, statement.uses_total(), lang),
            net: grouped(statement.net()),
            balance: grouped(statement.balance()),
            strip: flows_total(&flows)
                .map(|total| Strip { label: scope.period_name.clone(), ..strip(&total, lang) }),
            scope,
        })
    })
    .await
}

/// `GET /e/{estate}/statements/trial`
pub async fn trial(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let scope = scope(&visit, &book, "trial")?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let rows = trial_balance(&book, scope.fund, scope.period);
        let total = trial_total(&rows);
        let cells = |opening, turnover, closing| six([opening, turnover, closing]);
        answer::render(&TrialPage {
            f: Frame::of(&room, &visit, &book, Here::Statements, &lang.t("trial.title")),
            rows: rows
                .iter()
                .map(|row| TrialLine {
                    code: row.account.to_string(),
                    name: show::account(&book, row.account, lang),
                    cells: cells(
                        sides(row.opening),
                        (row.turnover.debit, row.turnover.credit),
                        sides(row.closing),
                    ),
                })
                .collect(),
            total: cells(total.opening, total.turnover, total.closing),
            scope,
        })
    })
    .await
}

/// Debit and credit of three columns; nothing is left empty.
fn six(columns: [(Money, Money); 3]) -> [String; 6] {
    let [opening, turnover, closing] = columns;
    let amounts = [opening.0, opening.1, turnover.0, turnover.1, closing.0, closing.1];
    amounts.map(|amount| if amount.is_zero() { String::new() } else { grouped(amount) })
}

/// Rows under their headings; a heading without accounts below is a row itself.
fn section(book: &Book, rows: &[StatementRow], total: Money, lang: Lang) -> Section {
    let mut shown = Vec::new();
    let headings = by_heading(rows);
    for (heading, amount) in &headings {
        let (heading, amount) = (*heading, *amount);
        let under: Vec<&StatementRow> =
            rows.iter().filter(|row| row.account.first_level() == heading).collect();
        // The section's own title stands for its only heading.
        let alone = headings.len() == 1
            || matches!(under[..], [only] if only.account == heading && only.part.is_none());
        if !alone {
            shown.push(line(book, heading, amount, lang, true));
        }
        shown.extend(under.into_iter().map(|row| Row {
            part: row.part.clone(),
            earlier: (!row.earlier.is_zero()).then(|| grouped(row.earlier)),
            heading: alone,
            ..line(book, row.account, row.amount, lang, false)
        }));
    }
    Section { rows: shown, total: grouped(total) }
}

fn line(book: &Book, code: AccountCode, amount: Money, lang: Lang, heading: bool) -> Row {
    Row {
        code: code.to_string(),
        name: show::account(book, code, lang),
        part: None,
        amount: grouped(amount),
        earlier: None,
        heading,
    }
}
