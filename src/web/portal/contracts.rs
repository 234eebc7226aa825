//! Contracts of an estate: what is due, what was received, what is missing.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use crate::ledger::book::{Authority, Book, Contract};
use crate::ledger::due::{Mode, Part};
use crate::ledger::findings::of_contract;
use crate::ledger::format::grouped;
use crate::ledger::statements::{ContractDue, contract_dues, dues_total};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Day, Frame, Here};
use crate::web::show::{self, contract_href};
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// A contract as a row, as text.
pub struct ContractRow {
    pub href: String,
    pub no: String,
    pub site: String,
    pub party: String,
    pub paper: String,
    /// The paper is there: said without alarm.
    pub signed: bool,
    pub authority: String,
    /// First and last day, to be kept whole.
    pub term: Vec<String>,
    pub rates: Vec<String>,
    /// None where no due is known: never 0.
    pub due: Option<String>,
    pub received: String,
    pub ahead: Option<String>,
    /// Received for months that aren't counted here.
    pub elsewhen: Option<String>,
    pub gap: Option<String>,
    pub has_gap: bool,
    pub findings: usize,
}

/// The last row, and what it says of the rows above.
pub struct Totals {
    pub due: String,
    /// Received less what was received ahead.
    pub settled: String,
    pub received: String,
    pub ahead: Option<String>,
    pub gap: String,
}

/// The list.
#[derive(Template)]
#[template(path = "contracts.html")]
struct ContractsPage {
    f: Frame,
    day: String,
    until_today: Option<String>,
    rows: Vec<ContractRow>,
    unknown: usize,
    totals: Totals,
}

/// `GET /e/{estate}/contracts`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let day = super::dues_day(&room, &visit, &book)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        let f = Frame::of(&room, &visit, &book, Here::Contracts, &lang.t("contracts.title"));
        let dues = contract_dues(&book, day);
        let total = dues_total(&dues);
        answer::render(&ContractsPage {
            day: lang.day(day),
            until_today: (day < f.today).then(|| visit.address(&[("on", &f.today.to_string())])),
            rows: dues.iter().map(|due| row_on(&visit, row(&book, due, day, lang))).collect(),
            unknown: dues.iter().filter(|due| !due.contract.has_due()).count(),
            totals: Totals {
                due: grouped(total.due),
                settled: grouped(total.settled()),
                received: grouped(total.received),
                ahead: (!total.ahead.is_zero()).then(|| grouped(total.ahead)),
                gap: grouped(total.gap),
            },
            f,
        })
    })
    .await
}

/// A row whose link keeps the day that was asked for.
fn row_on(visit: &Visit, row: ContractRow) -> ContractRow {
    match visit.value("on") {
        Some(on) => ContractRow { href: format!("{}?on={}", row.href, encoded(on)), ..row },
        None => row,
    }
}

/// A contract as text, as of a day.
pub fn row(book: &Book, due: &ContractDue<'_>, day: Day, lang: Lang) -> ContractRow {
    let contract = due.contract;
    let known = contract.has_due();
    ContractRow {
        href: contract_href(book, &contract.no),
        no: contract.no.clone(),
        site: contract.site.clone(),
        party: contract
            .party
            .as_ref()
            .map_or_else(|| lang.t("text.not_said").into_owned(), |party| show::party(party, lang)),
        paper: lang.word("paper", contract.paper.word()).into_owned(),
        signed: contract.paper == crate::ledger::book::Paper::Signed,
        authority: authority(&contract.authority, lang),
        term: term(contract, lang),
        rates: contract.parts.iter().map(|part| rate(part, lang)).collect(),
        due: known.then(|| grouped(due.due)),
        received: grouped(due.received),
        ahead: (known && !due.ahead().is_zero()).then(|| grouped(due.ahead())),
        elsewhen: (!due.elsewhen().is_zero()).then(|| grouped(due.elsewhen())),
        gap: known.then(|| grouped(due.gap)),
        has_gap: due.gap.is_positive(),
        findings: of_contract(book, contract, day).len(),
    }
}

/// Why the contract may be.
pub fn authority(authority: &Authority, lang: Lang) -> String {
    match authority {
        Authority::Decision(no) => lang.with("contracts.by_decision", &[("no", no)]),
        Authority::Clause(clause) => lang.with("contracts.by_clause", &[("clause", clause)]),
        Authority::None(_) => lang.t("contracts.no_authority").into_owned(),
    }
}

fn term(contract: &Contract, lang: Lang) -> Vec<String> {
    let day = |day: Option<Day>| day.map_or_else(|| "…".to_owned(), |day| day.to_string());
    let term = contract.running_term();
    match (term.from, term.to) {
        (None, None) => vec![lang.t("text.not_said").into_owned()],
        (from, to) => vec![format!("{} –", day(from)), day(to)],
    }
}

/// `2,200.00 / 年 × 18`; for parts without a price how they are counted.
pub fn rate(part: &Part, lang: Lang) -> String {
    if part.mode != Mode::Fixed {
        return lang.word("word", part.mode.word()).into_owned();
    }
    let per = lang.word("per", part.per.word());
    let rate = format!("¥{} / {per}", grouped(part.amount));
    if part.pieces == 1 { rate } else { format!("{rate} × {}", part.pieces) }
}
