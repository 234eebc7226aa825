//! A month or a year is closed. The lines of a year are the book's.

use chrono::{Datelike, NaiveDate};

use super::ask::{Ask, Choice, MEMO, Named, Wants, of, own};
use super::form::{Sheet, sheet};
use super::{Ground, Made, Reader, Record, Rule};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::period::Month;

/// Months offered at most.
const OFFERED: usize = 12;

/// A month that can be closed; December closes its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The last month of what is closed.
    pub month: Month,
    /// True where the year ends with it.
    pub year: bool,
}

impl Period {
    fn of(month: Month) -> Self {
        Self { month, year: month.month() == 12 }
    }

    fn kind(self) -> &'static str {
        if self.year { "year" } else { "month" }
    }

    fn last_day(self) -> NaiveDate {
        self.month.last_day()
    }
}

/// What of the shared revenue can be closed on a day: the months that have ended, up to the next
/// end of a year.
pub fn closings(book: &Book, today: NaiveDate) -> Vec<Period> {
    let first = Month::of(book.fund(Fund::R).closed_to).next();
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    let ended = months.take_while(|month| month.last_day() < today);
    let mut periods: Vec<Period> = Vec::new();
    for month in ended.take(OFFERED) {
        periods.push(Period::of(month));
        if month.month() == 12 {
            break;
        }
    }
    periods
}

const ASKS: &[Ask] = &[
    Ask::new("month", Wants::One(offered)).called("close_month").hinted(),
    Ask::new("funds", Wants::One(|_| own(&["revenue_alone", "both_funds"])))
        .called("close_funds")
        .hinted(),
    MEMO,
];
pub(super) const SHEET: Sheet = sheet!("close", Closing, ASKS, read);

fn offered(ground: &Ground<'_>) -> Vec<Choice> {
    let periods = closings(ground.book, ground.today).into_iter();
    periods.map(|period| of(period.month, Named::Month(period.month))).collect()
}

fn read(reader: &mut Reader<'_>) -> Option<Made> {
    let month = reader.chosen("month").and_then(|month| month.parse::<Month>().ok());
    let funds = reader.chosen("funds");
    reader.text("memo");
    let (period, funds) = (Period::of(month?), funds?);
    let funds: &[Fund] = if funds == "both_funds" { &Fund::ALL } else { &[Fund::R] };
    let to = period.last_day();
    let behind = |fund: &&Fund| reader.book.fund(**fund).closed_to < to;
    let open = funds.iter().filter(behind).count() == funds.len();
    reader.wants(open.then_some(()), Rule::Choice, "funds")?;
    let mut records = Vec::new();
    for fund in funds {
        match one(reader, *fund, period)? {
            Ok(made) => records.extend(made),
            error => return Some(error),
        }
    }
    Some(Ok(records))
}

fn one(
    reader: &mut Reader<'_>,
    fund: Fund,
    period: Period,
) -> Option<Result<Vec<Record>, crate::ledger::json::FormatError>> {
    let (to, rules) = (period.last_day(), reader.book.rules()?);
    let lines = if period.year { reader.book.closing_lines(rules, fund, to) } else { Vec::new() };
    let keys = [
        ("fund", Value::text(fund.letter())),
        ("period_kind", Value::text(period.kind())),
        ("to", Value::text(to)),
    ];
    debug_assert!(to.day() >= 28);
    Some(reader.record(Event::new("close", keys), lines, to))
}
