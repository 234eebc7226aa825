//! Line items: the same filter and the same rows as the page of lines.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use super::query::limit;
use super::wire::{Day, Hash, Yuan, as_of, head};
use crate::ledger::entry::{Line, Side};
use crate::ledger::listing::Row;
use crate::ledger::statements::rows_total;
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::filter::Asked;
use crate::web::show;
use crate::web::visit::Visit;

/// A line of an entry, as it stands now.
#[derive(Serialize, JsonSchema)]
pub struct LineView {
    /// `R.1001.01`
    account: String,
    /// 借.
    #[serde(skip_serializing_if = "Option::is_none")]
    debit: Option<Yuan>,
    /// 贷.
    #[serde(skip_serializing_if = "Option::is_none")]
    credit: Option<Yuan>,
    /// The contract it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<String>,
    /// The months it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    /// The part of the estate it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<String>,
}

/// An entry in one fund.
#[derive(Serialize, JsonSchema)]
pub struct RowView {
    /// Its number.
    seq: u64,
    /// Its accounting date.
    date: Day,
    /// When it took place, where that was earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred: Option<Day>,
    /// Its kind.
    kind: &'static str,
    /// The fund.
    fund: &'static str,
    /// `in`, `out`, `moved` or `opening`.
    side: &'static str,
    /// What came or went, else what was moved.
    amount: Yuan,
    /// One line for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    memo: Option<String>,
    /// The correction that took its place; the lines are the right ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected_by: Option<u64>,
    /// Lines of this fund.
    lines: Vec<LineView>,
}

/// What the rows of this answer add up to.
#[derive(Serialize, JsonSchema)]
pub struct Sums {
    /// Came in.
    inflow: Yuan,
    /// Went out.
    outflow: Yuan,
    /// In less out.
    net: Yuan,
    /// Moved within the fund.
    moved: Yuan,
    /// Opening balances.
    opening: Yuan,
}

/// A page of line items.
#[derive(Serialize, JsonSchema)]
pub struct LinePage {
    /// The newest first.
    rows: Vec<RowView>,
    /// Their sums.
    total: Sums,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// `GET /api/v1/estates/{estate}/lines`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let asked = Asked::read(&visit);
    if let Some(fault) = asked.faults.first() {
        let error = WebError::Value { field: fault.field, value: fault.value.clone() };
        return Ok(Problem::of_web(&error).into_response());
    }
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let books = &room.site.books;
        let found = books.rows(&book, &asked.filter, asked.before, limit(&visit)).await?;
        let total = rows_total(&found.rows);
        let total = Sums {
            inflow: Yuan(total.inflow),
            outflow: Yuan(total.outflow),
            net: Yuan(total.net()),
            moved: Yuan(total.moved),
            opening: Yuan(total.opening),
        };
        let next = found.older.map(|seq| visit.address(&[("before", &seq.to_string())]));
        let rows = found.rows.iter().map(row).collect();
        Ok((LinePage { rows, total, as_of_seq: as_of(&book), head: head(&book) }, next))
    })
    .await
}

fn row(row: &Row) -> RowView {
    let entry = &row.entry;
    RowView {
        seq: entry.seq,
        date: Day(entry.date),
        occurred: entry.occurred.map(Day),
        kind: entry.event.kind().name,
        fund: row.fund.letter(),
        side: show::side(row),
        amount: Yuan(row.amount()),
        memo: entry.memo.clone(),
        corrected_by: row.corrected_by,
        lines: row.lines.iter().map(line).collect(),
    }
}

fn line(line: &Line) -> LineView {
    let on = |side| (line.side == side).then_some(Yuan(line.amount));
    LineView {
        account: line.account.to_string(),
        debit: on(Side::Debit),
        credit: on(Side::Credit),
        contract: line.contract.clone(),
        period: line.period.map(|period| period.to_string()),
        part: line.part.clone(),
    }
}
