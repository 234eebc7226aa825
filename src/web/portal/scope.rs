//! What a statement or paper is of: fund, period and account as the address names them, and the
//! links that lead to others.

use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::papers::{Asked, Known, Need, Span};
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::role;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::show;
use crate::web::visit::Visit;

/// What a statement is of: fund and period, with links to others.
pub struct Scope {
    pub asked: Asked,
    pub fund: Fund,
    pub fund_name: String,
    pub period: Period,
    pub period_name: String,
    pub funds: Vec<(String, String, bool)>,
    pub periods: Vec<(String, String, bool)>,
    /// Accounts to choose from, for the ledger of one.
    pub accounts: Vec<(String, String, bool)>,
    /// It is of the period; else it stands as the book stands now.
    pub of_period: bool,
    /// Name in the address, with what stands behind it.
    pub name: &'static str,
    pub query: String,
}

/// A text of the query that can't be read.
pub(super) fn wrong(field: &'static str, text: &str) -> WebError {
    WebError::Value { field, value: text.chars().take(40).collect() }
}

/// A period in a path: 2025Q1 is what people write.
pub(super) fn period_in_path(text: &str) -> Result<Period, WebError> {
    let spelled = match text.split_once('Q') {
        Some((year, quarter)) if !year.ends_with('-') => format!("{year}-Q{quarter}"),
        _ => text.to_owned(),
    };
    spelled.parse::<Period>().map_err(|_| WebError::NoPage)
}

/// Fund and period as the address names them; the year of the book's last day when it doesn't,
/// for daybooks its month.
pub fn scope(
    room: &Room,
    visit: &Visit,
    book: &Book,
    this: &'static Known,
) -> Result<Scope, WebError> {
    let lang = visit.lang;
    let fund = fund_of(visit)?;
    let account = account(visit, book, this, fund)?;
    let fund = account.map_or(fund, |account| account.fund());
    let last = last_month(book, fund);
    let period = match period_of(visit)? {
        Some(period) => period,
        None if this.need == Need::Entries => Period::month(last),
        None => year_of(last),
    };
    let choice = |name: &str, value: String, label: String, chosen: bool| {
        (visit.address(&[(name, &value), ("account", "")]), label, chosen)
    };
    let funds = Fund::ALL.map(|other| {
        choice("fund", other.letter().to_owned(), show::fund(other, lang), other == fund)
    });
    let chosen_account = account.map(|account| account.to_string()).unwrap_or_default();
    let periods = choices(period, last).into_iter().map(|other| {
        let same = (other.from, other.to) == (period.from, period.to);
        let to = [("period", other.to_string()), ("account", chosen_account.clone())];
        let address = visit.address(&[(to[0].0, &to[0].1), (to[1].0, &to[1].1)]);
        (address, show::period(other, lang), same)
    });
    let accounts = book.fund(fund).accounts.keys().filter(|_| this.name == "ledger");
    let accounts = accounts.map(|code| {
        let label = format!("{code} {}", show::account(book, *code, lang));
        (code.to_string(), label, account == Some(*code))
    });
    let of_account = account.map(|account| format!("&account={account}")).unwrap_or_default();
    Ok(Scope {
        asked: Asked { fund, period, account, today: room.site.books.today() },
        fund,
        fund_name: show::fund(fund, lang),
        period,
        period_name: show::period(period, lang),
        funds: funds.into(),
        periods: periods.collect(),
        accounts: accounts.collect(),
        of_period: this.span == Span::Period,
        name: this.name,
        query: format!("?fund={fund}&period={period}{of_account}"),
    })
}

/// Fund and period as the address names them: the shared revenue, the year of its last day.
pub fn fund_and_period(visit: &Visit, book: &Book) -> Result<(Fund, Period), WebError> {
    let fund = fund_of(visit)?;
    let period = period_of(visit)?.unwrap_or_else(|| year_of(last_month(book, fund)));
    Ok((fund, period))
}

pub(super) fn fund_of(visit: &Visit) -> Result<Fund, WebError> {
    match visit.value("fund") {
        Some(text) => text.parse::<Fund>().map_err(|_| wrong("fund", text)),
        None => Ok(Fund::R),
    }
}

fn period_of(visit: &Visit) -> Result<Option<Period>, WebError> {
    let period = visit.value("period").map(|text| (text, text.parse::<Period>()));
    period.map(|(text, read)| read.map_err(|_| wrong("period", text))).transpose()
}

pub(super) fn last_month(book: &Book, fund: Fund) -> Month {
    Month::of(book.fund(fund).last_day.unwrap_or(book.profile().since))
}

/// The account of a ledger: as named, else the fund's first bank account, else its first.
fn account(
    visit: &Visit,
    book: &Book,
    this: &Known,
    fund: Fund,
) -> Result<Option<AccountCode>, WebError> {
    if this.name != "ledger" {
        return Ok(None);
    }
    if let Some(text) = visit.value("account") {
        let code = text.parse::<AccountCode>().ok();
        let code = code.filter(|code| book.fund(code.fund()).accounts.contains_key(code));
        return code.map(Some).ok_or_else(|| wrong("account", text));
    }
    let mut codes = book.fund(fund).accounts.keys();
    let bank = codes.clone().find(|code| role(book, **code) == Role::Bank);
    Ok(bank.or_else(|| codes.next()).copied())
}

pub(super) fn year_of(month: Month) -> Period {
    let january = month.plus(1 - i32::try_from(month.month()).unwrap_or(1));
    Period::new(january, january.plus(11)).unwrap_or(Period::month(month))
}

/// The year of a period and the years beside it, its quarters, the book's last month.
pub(super) fn choices(period: Period, last: Month) -> Vec<Period> {
    let year = year_of(period.from);
    let run = |from: Month, months: i32| Period::new(from, from.plus(months - 1));
    let mut choices = vec![run(year.from.plus(-12), 12), Some(year)];
    if year.to < last {
        choices.push(run(year.from.plus(12), 12));
    }
    choices.extend((0..4).map(|quarter| run(year.from.plus(quarter * 3), 3)));
    if period.from == period.to {
        choices.extend([Some(Period::month(period.from.plus(-1))), Some(period)]);
        choices.push(Some(Period::month(period.from.plus(1))));
    }
    if period != Period::month(last) {
        choices.push(Some(Period::month(last)));
    }
    let mut seen = Vec::new();
    choices
        .into_iter()
        .flatten()
        .filter(|period| {
            let new = !seen.contains(period);
            seen.push(*period);
            new
        })
        .collect()
}
