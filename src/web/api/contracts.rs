//! Contracts: what is due, received and missing, as of a day.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::findings::{FindingView, view as finding};
use super::wire::{Day, Hash, Yuan, as_of, head};
use crate::ledger::book::{Authority, Book};
use crate::ledger::event::Party;
use crate::ledger::findings::of_contract;
use crate::ledger::statements::{ContractDue, contract_due, contract_dues, dues_total};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::{book, dues_day};
use crate::web::visit::Visit;

/// A contract.
#[derive(Serialize, JsonSchema)]
pub struct ContractView {
    /// Its number.
    no: String,
    /// What is let, and where.
    site: String,
    /// To which organisation; of a person the pseudonymous id.
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<String>,
    /// `signed`, `sealing`, `renewing`, `framework`, `none` or `unknown`.
    paper: &'static str,
    /// `decision`, `clause` or `none`.
    authority: &'static str,
    /// Which decision or clause, or why there is none.
    authority_of: String,
    /// Its first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Day>,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Day>,
    /// Dues count from this month.
    counted_from: String,
    /// `advance`, `arrears` or `spread`.
    billing: &'static str,
    /// What was owing; left out where no due is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Yuan>,
    /// What was received.
    received: Yuan,
    /// Received beyond what was owing.
    ahead: Yuan,
    /// Owing and not received; left out where no due is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<Yuan>,
    /// Entries that made it what it is.
    entries: Vec<u64>,
}

/// The sums over contracts.
#[derive(Serialize, JsonSchema)]
pub struct DueSums {
    /// What was owing.
    due: Yuan,
    /// What was received.
    received: Yuan,
    /// Contained in it: beyond what was owing.
    ahead: Yuan,
    /// Owing and not received.
    gap: Yuan,
}

/// Every contract.
#[derive(Serialize, JsonSchema)]
pub struct ContractList {
    /// The day up to which dues are counted.
    on: Day,
    /// Contracts by number.
    contracts: Vec<ContractView>,
    /// Their sums.
    total: DueSums,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A month of a contract.
#[derive(Serialize, JsonSchema)]
pub struct MonthView {
    /// `2025-03`
    month: String,
    /// Its due.
    due: Yuan,
    /// Owing from this day.
    owing_from: Day,
    /// What was received for it.
    received: Yuan,
    /// Owing and not received.
    gap: Yuan,
}

/// One contract, month by month.
#[derive(Serialize, JsonSchema)]
pub struct OneContract {
    /// The day up to which dues are counted.
    on: Day,
    /// The contract.
    contract: ContractView,
    /// Its months.
    months: Vec<MonthView>,
    /// What asks for an explanation.
    findings: Vec<FindingView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

fn view(due: &ContractDue<'_>) -> ContractView {
    let contract = due.contract;
    let known = contract.has_due();
    let (authority, authority_of) = match &contract.authority {
        Authority::Decision(no) => ("decision", no),
        Authority::Clause(clause) => ("clause", clause),
        Authority::None(why) => ("none", why),
    };
    let term = contract.running_term();
    ContractView {
        no: contract.no.clone(),
        site: contract.site.clone(),
        party: contract.party.as_ref().map(|party| match party {
            Party::Organisation { org, .. } => org.clone(),
            Party::Person(id) => id.clone(),
        }),
        paper: contract.paper.word(),
        authority,
        authority_of: authority_of.clone(),
        from: term.from.map(Day),
        to: term.to.map(Day),
        counted_from: contract.counted_from.to_string(),
        billing: contract.billing.word(),
        due: known.then_some(Yuan(due.due)),
        received: Yuan(due.received),
        ahead: Yuan(due.ahead()),
        gap: known.then_some(Yuan(due.gap)),
        entries: contract.entries.clone(),
    }
}

/// `GET /api/v1/estates/{estate}/contracts`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let day = dues_day(&room, &visit, &book)?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let dues = contract_dues(&book, day);
        let total = dues_total(&dues);
        let list = ContractList {
            on: Day(day),
            contracts: dues.iter().map(view).collect(),
            total: DueSums {
                due: Yuan(total.due),
                received: Yuan(total.received),
                ahead: Yuan(total.ahead),
                gap: Yuan(total.gap),
            },
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((list, None))
    })
    .await
}

/// `GET /api/v1/estates/{estate}/contracts/{no}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, no)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let day = dues_day(&room, &visit, &book)?;
    let known = book.contracts().contracts.contains_key(&no);
    if !known {
        return Err(WebError::NoContract(code, no.chars().take(40).collect()));
    }
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        one(&book, &no, day).map(|one| (one, None)).ok_or(WebError::NoContract(code, no))
    })
    .await
}

fn one(book: &Book, no: &str, day: crate::web::frame::Day) -> Option<OneContract> {
    let contract = book.contracts().contracts.get(no)?;
    let due = contract_due(contract, day);
    let month = |(month, row): (&crate::ledger::period::Month, &_)| {
        let row: &crate::ledger::book::MonthDue = row;
        MonthView {
            month: month.to_string(),
            due: Yuan(row.due),
            owing_from: Day(row.owing_from),
            received: Yuan(row.received),
            gap: Yuan(row.gap(day)),
        }
    };
    Some(OneContract {
        on: Day(day),
        contract: view(&due),
        months: due.months.iter().map(month).collect(),
        findings: of_contract(book, contract, day).iter().map(finding).collect(),
        as_of_seq: as_of(book),
        head: head(book),
    })
}
