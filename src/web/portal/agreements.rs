//! The four agreements of a period (账实、账证、账账、账表): a sentence on each, its table, and the
//! files of all four.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::papers::{Table, VOUCHERS_MAX, file, files, table};
use super::scope::{choices, fund_of, last_month, period_in_path, year_of};
use crate::exchange::out::paper::Sheet;
use crate::exchange::out::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::format::grouped;
use crate::ledger::papers::{Agreement, Asked, Verdict, as_paper};
use crate::ledger::period::{Month, Period};
use crate::services::exporter::FileFormat;
use crate::services::papers::{Agreed, agreements};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A link with what it says, and whether the reader is there.
type Link = (String, String, bool);

/// The periods of a year.
struct Year {
    whole: Link,
    quarters: Vec<Link>,
    months: Vec<Link>,
}

/// The list of periods.
#[derive(Template)]
#[template(path = "agreements_list.html")]
struct ListPage {
    f: Frame,
    years: Vec<Year>,
}

/// One agreement.
struct Section {
    name: &'static str,
    title: String,
    /// `agrees`, `differs` or `unsaid`.
    verdict: &'static str,
    sentence: String,
    table: Table,
}

/// The four.
#[derive(Template)]
#[template(path = "agreements.html")]
struct AgreementsPage {
    f: Frame,
    period: String,
    fund: String,
    funds: Vec<Link>,
    periods: Vec<Link>,
    sections: Vec<Section>,
    too_long: Option<String>,
    files: Vec<(String, String)>,
}

fn home(book: &Book) -> String {
    format!("/e/{}/agreements", book.estate())
}

/// `GET /e/{estate}/agreements`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        answer::render(&ListPage {
            f: Frame::of(&room, &visit, &book, Here::Statements, &visit.lang.t("agree.list")),
            years: years(&book, visit.lang),
        })
    })
    .await
}

/// The years of a book, the newest first, with their quarters and months as far as it goes.
fn years(book: &Book, lang: Lang) -> Vec<Year> {
    let since = Month::of(book.profile().since);
    let last = Fund::ALL.map(|fund| last_month(book, fund));
    let last = last.into_iter().max().unwrap_or(since);
    let link =
        |period: Period| (format!("{}/{period}", home(book)), show::period(period, lang), false);
    let mut years = Vec::new();
    let mut year = year_of(last);
    while year.to >= since {
        let run = |from: Month, months: i32| Period::new(from, from.plus(months - 1));
        let here = |period: &Period| period.to >= since && period.from <= last;
        let of = |months: i32| {
            let runs = (0..12 / months).filter_map(|at| run(year.from.plus(at * months), months));
            runs.filter(here).map(link).collect()
        };
        years.push(Year { whole: link(year), quarters: of(3), months: of(1) });
        year = year_of(year.from.plus(-1));
    }
    years
}

/// What an address asks for.
fn asked(room: &Room, visit: &Visit, period: &str) -> Result<Asked, WebError> {
    let (period, fund) = (period_in_path(period)?, fund_of(visit)?);
    Ok(Asked { fund, period, account: None, today: room.site.books.today() })
}

/// `GET /e/{estate}/agreements/{period}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, period)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let asked = asked(&room, &visit, &period)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let agreed = agreements(&room.site.books, &book, &asked, VOUCHERS_MAX).await?;
        answer::render(&page(&room, &visit, &book, &asked, &agreed))
    })
    .await
}

fn page(room: &Room, visit: &Visit, book: &Book, asked: &Asked, agreed: &Agreed) -> AgreementsPage {
    let (lang, base) = (visit.lang, home(book));
    let Asked { fund, period, .. } = *asked;
    let (sections, too_long) = match agreed {
        Agreed::Agreements { four, notice } => {
            (four.iter().map(|of| section(book, of, *notice, lang)).collect(), None)
        }
        Agreed::TooLong(count) => {
            let values = [("count", *count), ("max", VOUCHERS_MAX)];
            (Vec::new(), Some(lang.with("papers.too_long", &values)))
        }
    };
    let of_fund = |other: Fund| {
        (format!("{base}/{period}?fund={other}"), show::fund(other, lang), other == fund)
    };
    let of_period = |other: Period| {
        let same = (other.from, other.to) == (period.from, period.to);
        (format!("{base}/{other}?fund={fund}"), show::period(other, lang), same)
    };
    let name = show::period(period, lang);
    let title = format!("{} {name}", lang.t("agree.title"));
    AgreementsPage {
        f: Frame::of(room, visit, book, Here::Statements, &title),
        fund: show::fund(fund, lang),
        funds: Fund::ALL.map(of_fund).into(),
        periods: choices(period, last_month(book, fund)).into_iter().map(of_period).collect(),
        files: files(&format!("{base}/{period}"), &format!("?fund={fund}"), lang),
        period: name,
        sections,
        too_long,
    }
}

fn section(book: &Book, of: &Agreement, notice: Option<u64>, lang: Lang) -> Section {
    let (verdict, amount) = match of.verdict {
        Verdict::Agrees => ("agrees", String::new()),
        Verdict::Differs(by) => ("differs", grouped(by)),
        Verdict::Unsaid(_) => ("unsaid", String::new()),
    };
    let key = format!("agree_says.{}_{}", of.name, of.verdict.word());
    let mut sentence = lang.with(&key, &[("amount", amount)]);
    if of.name == "agree_statements" {
        let compared = match notice {
            Some(seq) => lang.with("agree.with_notice", &[("seq", seq)]),
            None => lang.t("agree.without_notice").into_owned(),
        };
        sentence = format!("{sentence}{}{compared}", lang.pick("", " "));
    }
    Section {
        name: of.name,
        title: lang.word("section", of.name).into_owned(),
        verdict,
        sentence,
        table: table(book, &of.paper(), lang),
    }
}

/// `GET /e/{estate}/agreements/{period}/table.csv` and `…/table.xlsx`
pub async fn download(
    State(room): State<Room>,
    visit: Visit,
    Path((code, period)): Path<(String, String)>,
    format: FileFormat,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let asked = asked(&room, &visit, &period)?;
    let agreed = agreements(&room.site.books, &book, &asked, usize::MAX).await?;
    let Agreed::Agreements { four, .. } = agreed else { return Err(WebError::NoPage) };
    let (lang, paper) = (visit.lang, as_paper(&four));
    let sheet = Sheet {
        book: &book,
        words: Words::of(lang.code()),
        title: lang.t("agree.title").into_owned(),
        fund: Some(asked.fund),
        when: show::period(asked.period, lang),
        paper: &paper,
    };
    let name = format!("{}-agreements-{}-{}", book.estate(), asked.fund, asked.period);
    file(&sheet, format, &name)
}
