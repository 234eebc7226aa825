//! A fund's money month by month, as the home of an estate charts it: opening + in − out =
//! closing.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Hash, Yuan, as_of, head};
use crate::ledger::account::Fund;
use crate::ledger::period::Month;
use crate::ledger::statements::{Flow, flows, flows_total};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::home::MONTHS;
use crate::web::visit::Visit;

/// A month.
#[derive(Serialize, JsonSchema)]
pub struct FlowView {
    /// `2025-03`; of the sum the last.
    month: String,
    /// At its beginning.
    opening: Yuan,
    /// Came in; what a correction takes back is negative.
    inflow: Yuan,
    /// Went out.
    outflow: Yuan,
    /// At its end.
    closing: Yuan,
}

/// Twelve months up to the last that the fund moved in.
#[derive(Serialize, JsonSchema)]
pub struct FlowList {
    /// The fund.
    fund: &'static str,
    /// The oldest first.
    months: Vec<FlowView>,
    /// All of them together.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<FlowView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

fn view(flow: &Flow) -> FlowView {
    FlowView {
        month: flow.month.to_string(),
        opening: Yuan(flow.opening),
        inflow: Yuan(flow.inflow),
        outflow: Yuan(flow.outflow),
        closing: Yuan(flow.closing),
    }
}

/// `GET /api/v1/estates/{estate}/months`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let fund = visit.value("fund").and_then(|text| text.parse::<Fund>().ok()).unwrap_or(Fund::R);
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let last = book.fund(fund).last_day.unwrap_or_else(|| room.site.books.today());
        let flows = flows(&book, fund, Month::of(last), MONTHS);
        let told = FlowList {
            fund: fund.letter(),
            months: flows.iter().map(view).collect(),
            total: flows_total(&flows).as_ref().map(view),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}
