//! An estate's home: what belongs to the owners, in one sentence; how it moved; what asks for
//! an explanation. In the elder view one plain sentence and one big number.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::export::{Download, downloads};
use super::funds::{FundCard, Strip, fund_card, strip};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::findings::{Finding, Grade, findings};
use crate::ledger::format::grouped;
use crate::ledger::listing::Filter;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::{
    DuesTotal, Flow, by_heading, contract_dues, dues_total, flows, flows_total, income_statement,
    position,
};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::plot::{MonthsChart, length};
use crate::web::show::{self, LineRow};
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Months in the chart.
pub const MONTHS: u16 = 12;
/// Lines shown.
const LATEST: u32 = 8;
/// Length of the longest bar of income.
const BAR_MAX: i64 = 100;

/// A row of the table beside a chart.
struct MonthRow {
    label: String,
    inflow: String,
    outflow: String,
    closing: String,
}

/// Income under one heading.
struct Source {
    name: String,
    amount: String,
    bar: i64,
}

/// How many findings of a grade, and of which kinds.
struct GradeCount {
    grade: Grade,
    count: usize,
    codes: Vec<(String, usize)>,
}

/// Contracts in one headline.
struct ContractsCard {
    count: usize,
    unknown: usize,
    day: String,
    total: DuesTotal,
}

impl ContractsCard {
    fn due(&self) -> String {
        grouped(self.total.due)
    }

    fn received(&self) -> String {
        grouped(self.total.received)
    }

    fn gap(&self) -> String {
        grouped(self.total.gap)
    }
}

/// The home of an estate.
#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    f: Frame,
    address: String,
    households: u64,
    area: String,
    manager: Option<String>,
    revenue: Option<FundCard>,
    fund: Option<FundCard>,
    chart: MonthsChart,
    months: Vec<MonthRow>,
    months_total: Option<MonthRow>,
    sources: Vec<Source>,
    sources_total: String,
    sources_period: String,
    contracts: ContractsCard,
    grades: Vec<GradeCount>,
    rows: Vec<LineRow>,
    downloads: Vec<Download>,
    narrowed_downloads: bool,
}

/// The home of an estate, large and plain.
#[derive(Template)]
#[template(path = "elder.html")]
struct ElderPage {
    f: Frame,
    own: String,
    month: Option<Strip>,
    fund: Option<String>,
    gap: Option<String>,
    findings: usize,
    last_day: Option<String>,
}

/// `GET /e/{estate}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let f = Frame::of(&room, &visit, &book, Here::Home, &book.profile().name);
        if visit.elder {
            return answer::render(&elder(f, &book));
        }
        let latest = room.site.books.rows(&book, &Filter::default(), None, LATEST).await?;
        let rows = latest.rows.iter().map(|row| LineRow::of(&book, row, visit.lang)).collect();
        answer::render(&home(f, &book, rows))
    })
    .await
}

fn home(f: Frame, book: &Book, rows: Vec<LineRow>) -> HomePage {
    let (lang, today) = (f.lang, f.today);
    let profile = book.profile();
    let last = Month::of(book.fund(Fund::R).last_day.unwrap_or(today));
    let flows = flows(book, Fund::R, last, MONTHS);
    let year = Period::new(last.plus(1 - i32::from(MONTHS)), last);
    let year = year.unwrap_or(Period::month(last));
    let income = income_statement(book, Fund::R, year);
    HomePage {
        downloads: downloads(book, "", &Filter::default(), lang),
        narrowed_downloads: false,
        address: profile.address.clone(),
        households: profile.households,
        area: show::area(profile.area),
        manager: profile.holder_of("manager", today).map(|org| org.name.clone()),
        revenue: fund_card(book, Fund::R, lang),
        fund: fund_card(book, Fund::F, lang),
        chart: MonthsChart::of(&flows, lang),
        months: flows.iter().map(|flow| month_row(flow, lang)).collect(),
        months_total: flows_total(&flows).map(|total| month_row(&total, lang)),
        sources: sources(book, &by_heading(&income.income), lang),
        sources_total: grouped(income.income_total()),
        sources_period: show::period(year, lang),
        contracts: contracts_card(book, lang, today),
        grades: grades(&findings(book, today), lang),
        rows,
        f,
    }
}

fn elder(f: Frame, book: &Book) -> ElderPage {
    let month = book.fund(Fund::R).last_day.map(Month::of);
    let day = book.last_day().unwrap_or(f.today).min(f.today);
    let gap = dues_total(&contract_dues(book, day)).gap;
    let has_fund = book.fund(Fund::F).last_day.is_some();
    ElderPage {
        own: grouped(position(book, Fund::R).own()),
        month: month.and_then(|month| {
            flows(book, Fund::R, month, 1).first().map(|flow| strip(flow, f.lang))
        }),
        fund: has_fund.then(|| grouped(position(book, Fund::F).own())),
        gap: gap.is_positive().then(|| grouped(gap)),
        findings: findings(book, f.today).len(),
        last_day: book.last_day().map(|day| f.lang.day(day)),
        f,
    }
}

fn month_row(flow: &Flow, lang: Lang) -> MonthRow {
    MonthRow {
        label: show::month(flow.month, lang),
        inflow: grouped(flow.inflow),
        outflow: grouped(flow.outflow),
        closing: grouped(flow.closing),
    }
}

/// Income by heading, the largest first.
fn sources(
    book: &Book,
    headings: &[(crate::ledger::account::AccountCode, Money)],
    lang: Lang,
) -> Vec<Source> {
    let mut headings = headings.to_vec();
    headings.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    let largest = headings.first().map(|(_, amount)| *amount).unwrap_or_default();
    let source = |(code, amount): &(_, Money)| Source {
        name: show::account(book, *code, lang),
        amount: grouped(*amount),
        bar: length(*amount, largest, BAR_MAX),
    };
    headings.iter().map(source).collect()
}

fn contracts_card(book: &Book, lang: Lang, today: crate::web::frame::Day) -> ContractsCard {
    let day = book.last_day().unwrap_or(today).min(today);
    let dues = contract_dues(book, day);
    ContractsCard {
        count: dues.len(),
        unknown: dues.iter().filter(|row| !row.contract.has_due()).count(),
        day: lang.day(day),
        total: dues_total(&dues),
    }
}

/// Findings counted by grade and kind.
fn grades(found: &[Finding], lang: Lang) -> Vec<GradeCount> {
    let count_of = |grade: Grade| {
        let of_grade: Vec<&Finding> = found.iter().filter(|f| f.grade == grade).collect();
        let mut codes: Vec<(String, usize)> = Vec::new();
        for finding in &of_grade {
            let name = lang.word("finding", finding.code).into_owned();
            match codes.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => codes.push((name, 1)),
            }
        }
        GradeCount { grade, count: of_grade.len(), codes }
    };
    [Grade::Fact, Grade::Doubt, Grade::Hint].into_iter().map(count_of).collect()
}
