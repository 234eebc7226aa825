//! What a statement or paper is of: fund and period as the address names them, and the links
//! that lead to others.

use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::papers::PAPERS;
use crate::ledger::period::{Month, Period};
use crate::web::error::WebError;
use crate::web::show;
use crate::web::visit::Visit;

/// What a statement is of: fund and period, with links to others.
pub(super) struct Scope {
    pub fund: Fund,
    pub fund_name: String,
    pub period: Period,
    pub period_name: String,
    pub funds: Vec<(String, String, bool)>,
    pub periods: Vec<(String, String, bool)>,
    /// It is of the period; else it stands as the book stands now.
    pub of_period: bool,
    pub others: Vec<(String, String, bool)>,
}

impl Scope {
    /// The shared revenue, whose statement has cost and use apart.
    pub fn is_revenue(&self) -> bool {
        self.fund == Fund::R
    }
}

/// Fund and period as the address names them; the year of the book's last day when it doesn't.
pub(super) fn scope(visit: &Visit, book: &Book, this: &'static str) -> Result<Scope, WebError> {
    let lang = visit.lang;
    let wrong =
        |field, text: &str| WebError::Value { field, value: text.chars().take(40).collect() };
    let fund = match visit.value("fund") {
        Some(text) => text.parse::<Fund>().map_err(|_| wrong("fund", text))?,
        None => Fund::R,
    };
    let last = Month::of(book.fund(fund).last_day.unwrap_or(book.profile().since));
    let period = match visit.value("period") {
        Some(text) => text.parse::<Period>().map_err(|_| wrong("period", text))?,
        None => year_of(last),
    };
    let choice = |name: &str, value: String, label: String, chosen: bool| {
        (visit.address(&[(name, &value)]), label, chosen)
    };
    let funds = Fund::ALL.map(|other| {
        choice("fund", other.letter().to_owned(), show::fund(other, lang), other == fund)
    });
    let periods = choices(period, last).into_iter().map(|other| {
        let same = (other.from, other.to) == (period.from, period.to);
        choice("period", other.to_string(), show::period(other, lang), same)
    });
    let page = |name: &str| {
        let query = format!("?fund={fund}&period={period}");
        (format!("/e/{}/statements/{name}{query}", book.estate()), lang.word("statement", name))
    };
    Ok(Scope {
        fund,
        fund_name: show::fund(fund, lang),
        period,
        period_name: show::period(period, lang),
        funds: funds.into(),
        periods: periods.collect(),
        of_period: !PAPERS.contains(&this) || this == "changes",
        others: ["income", "trial"]
            .iter()
            .chain(PAPERS)
            .map(|name| {
                let (href, label) = page(name);
                (href, label.into_owned(), *name == this)
            })
            .collect(),
    })
}

fn year_of(month: Month) -> Period {
    let january = month.plus(1 - i32::try_from(month.month()).unwrap_or(1));
    Period::new(january, january.plus(11)).unwrap_or(Period::month(month))
}

/// The year of a period and the years beside it, its quarters, the book's last month.
fn choices(period: Period, last: Month) -> Vec<Period> {
    let year = year_of(period.from);
    let run = |from: Month, months: i32| Period::new(from, from.plus(months - 1));
    let mut choices = vec![run(year.from.plus(-12), 12), Some(year)];
    if year.to < last {
        choices.push(run(year.from.plus(12), 12));
    }
    choices.extend((0..4).map(|quarter| run(year.from.plus(quarter * 3), 3)));
    choices.push(Some(Period::month(last)));
    choices.into_iter().flatten().collect()
}
