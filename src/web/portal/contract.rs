//! One contract: its terms, what was due and received month by month, its entries.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::contracts::{ContractRow, row};
use super::findings::{Item, item};
use crate::ledger::book::{Book, Contract};
use crate::ledger::findings::of_contract;
use crate::ledger::format::grouped;
use crate::ledger::listing::Filter;
use crate::ledger::statements::{ContractDue, contract_due};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Day, Frame, Here};
use crate::web::show::{self, LineRow};
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// Lines shown; the rest are one link away.
const LATEST: u32 = 20;

/// A month of the schedule.
struct MonthRow {
    month: String,
    due: String,
    received: String,
    gap: String,
    has_gap: bool,
    /// Not owing yet on the day: shown, not counted.
    later: Option<String>,
}

/// A priced part, in words.
struct PartRow {
    account: String,
    rate: String,
    days: String,
    steps: Vec<String>,
    what: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "contract.html")]
struct ContractPage {
    f: Frame,
    day: String,
    until_today: Option<String>,
    row: ContractRow,
    why_none: Option<String>,
    signed_on: Option<String>,
    billing: String,
    counted_from: String,
    parts: Vec<PartRow>,
    assets: Vec<(String, u64)>,
    months: Vec<MonthRow>,
    receipts: Vec<(String, String)>,
    entries: Vec<(u64, String)>,
    findings: Vec<Item>,
    lines: Vec<LineRow>,
    all_lines: String,
}

/// `GET /e/{estate}/contracts/{no}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, no)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let day = super::dues_day(&room, &visit, &book)?;
    let unknown = || WebError::NoContract(code.clone(), no.chars().take(40).collect());
    let contract = book.contracts().contracts.get(&no).ok_or_else(unknown)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let filter = Filter { contract: Some(no.clone()), ..Filter::default() };
        let found = room.site.books.rows(&book, &filter, None, LATEST).await?;
        let lines = found.rows.iter().map(|row| LineRow::of(&book, row, visit.lang)).collect();
        let f = Frame::of(&room, &visit, &book, Here::Contracts, &contract.site);
        let until_today = (day < f.today).then(|| visit.address(&[("on", &f.today.to_string())]));
        answer::render(&ContractPage { until_today, lines, ..page(f, &book, contract, day) })
    })
    .await
}

fn page(f: Frame, book: &Book, contract: &Contract, day: Day) -> ContractPage {
    let lang = f.lang;
    let due = contract_due(contract, day);
    let code = book.estate();
    let found = of_contract(book, contract, day);
    let assets = &book.contracts().assets;
    let asset = |(id, count): &(String, u64)| {
        (assets.get(id).map_or_else(|| id.clone(), |asset| asset.name.clone()), *count)
    };
    ContractPage {
        day: lang.day(day),
        until_today: None,
        row: row(book, &due, day, lang),
        why_none: match &contract.authority {
            crate::ledger::book::Authority::None(why) if !why.is_empty() => Some(why.clone()),
            _ => None,
        },
        signed_on: contract.signed.map(|day| lang.day(day)),
        billing: lang.word("billing", contract.billing.word()).into_owned(),
        counted_from: show::month(contract.counted_from, lang),
        parts: parts(book, contract, lang),
        assets: contract.assets.iter().map(asset).collect(),
        months: months(&due, day, lang),
        receipts: receipts(contract, lang),
        entries: contract
            .entries
            .iter()
            .map(|seq| (*seq, format!("/e/{code}/entries/{seq}")))
            .collect(),
        findings: found.iter().map(|finding| item(book, finding, lang)).collect(),
        lines: Vec::new(),
        all_lines: format!("/e/{code}/lines?contract={}", encoded(&contract.no)),
        f,
    }
}

fn parts(book: &Book, contract: &Contract, lang: Lang) -> Vec<PartRow> {
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let parts = contract.parts.iter().map(|part| PartRow {
        account: show::account(book, part.account, lang),
        rate: super::contracts::rate(part, lang),
        days: match (part.from, part.to) {
            (None, None) => String::new(),
            (from, to) => format!("{} – {}", day(from), day(to)),
        },
        steps: part.steps.iter().map(|(from, points)| step(*from, *points, lang)).collect(),
        what: part.what.clone(),
    });
    parts.collect()
}

/// `从 2020-04-01 起 108.00%`.
fn step(from: Day, points: u64, lang: Lang) -> String {
    let percent = format!("{}.{:02}%", points / 100, points % 100);
    lang.with("contract.step", &[("from", from.to_string()), ("percent", percent)])
}

fn months(due: &ContractDue<'_>, day: Day, lang: Lang) -> Vec<MonthRow> {
    let rows = due.months.iter().map(|(month, row)| MonthRow {
        month: show::month(*month, lang),
        due: grouped(row.due),
        received: grouped(row.received),
        gap: grouped(row.gap(day)),
        has_gap: row.gap(day).is_positive(),
        later: (row.owing_from > day).then(|| row.owing_from.to_string()),
    });
    rows.collect()
}

/// What was received, by the months it was received for.
fn receipts(contract: &Contract, lang: Lang) -> Vec<(String, String)> {
    let rows = contract.receipts.iter().map(|(period, amount)| {
        let period = period.map(|period| show::period(period, lang));
        (period.unwrap_or_else(|| lang.t("contract.unattributed").into_owned()), grouped(*amount))
    });
    rows.collect()
}
