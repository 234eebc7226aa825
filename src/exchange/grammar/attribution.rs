//! The months a receipt is for (归属期).
//!
//! `2018.6-7` · `2018.12-2019.2` · `2018年第三季度` · `2018年上半年` · `全年` · `10月` · a day.
//! The number 2018.1 has lost a zero, or not: it is month 1 or 10, and only the sheet's own
//! month can tell.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::text::{Scan, compact};
use crate::ledger::period::{Month, Period};

/// A period and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attributed {
    /// As written.
    Plain(Period),
    /// Completed from the sheet; the reason goes into the report.
    Completed(Period, &'static str),
    /// One of these; a person must choose.
    Either(Period, Period),
    /// Not understood.
    Unknown,
}

/// Reads a number: `2018.1`, `2018.09`, `201810`, `10`.
pub fn of_number(number: Decimal, sheet: Option<Month>) -> Attributed {
    let text = number.normalize().to_string();
    match text.split_once('.') {
        Some((year, "1")) if year.len() == 4 => lost_zero(year, sheet),
        _ => of_text(&text, sheet),
    }
}

/// Reads a day that a spreadsheet program made of `2018.6` or `2018-6`: its month, when it is a
/// month's first day.
pub fn of_day(day: NaiveDate) -> Attributed {
    let month = Period::month(Month::of(day));
    if day.day() == 1 { Attributed::Completed(month, "day") } else { Attributed::Unknown }
}

/// Reads text of a sheet that keeps text and numbers apart; a text table's `2018.1` may have been
/// a number, so the caller hands it to [`of_number`].
pub fn of_text(text: &str, sheet: Option<Month>) -> Attributed {
    let text = compact(text);
    let mut scan = Scan::new(&text);
    let found = whole(&mut scan, sheet);
    match found {
        Some(found) if scan.is_done() => found,
        _ => Attributed::Unknown,
    }
}

fn lost_zero(year: &str, sheet: Option<Month>) -> Attributed {
    let month = |month| Some(Period::month(Month::new(year.parse().ok()?, month)?));
    let (Some(january), Some(october)) = (month(1), month(10)) else { return Attributed::Unknown };
    match sheet.map(Period::month) {
        Some(sheet) if sheet == january || sheet == october => {
            Attributed::Completed(sheet, "number_2018_1")
        }
        _ => Attributed::Either(january, october),
    }
}

fn whole(scan: &mut Scan<'_>, sheet: Option<Month>) -> Option<Attributed> {
    if let Some(all) = scan.exactly(6) {
        return month(all / 100, all % 100).map(|m| Attributed::Plain(Period::month(m)));
    }
    let Some(year) = scan.exactly(4) else { return of_the_sheets_year(scan, sheet) };
    if !(2000..=2199).contains(&year) {
        return None;
    }
    let in_words = scan.eat("年度") || scan.eat("年");
    if in_words && scan.is_done() {
        return part_of_year(year, 1, 12);
    }
    if let Some(part) = named_part(scan, year) {
        return Some(part);
    }
    let mark = if in_words { "" } else { [".", "-", "/"].into_iter().find(|m| scan.eat(m))? };
    months(scan, year, mark, sheet)
}

/// The months after a year: one, a run within the year, or a run into another year.
fn months(scan: &mut Scan<'_>, year: u32, mark: &str, sheet: Option<Month>) -> Option<Attributed> {
    let (first, width) = scan.digits(2)?;
    let from = month(year, first)?;
    let named = scan.eat_any(&["月份", "月"]);
    if scan.is_done() {
        // A typed text 2018.1 is January, unless the sheet's month makes one doubt it.
        let doubt = mark == "." && first == 1 && width == 1 && !named;
        let october = Period::month(month(year, 10)?);
        if doubt && sheet == Some(october.from) {
            return Some(Attributed::Either(Period::month(from), october));
        }
        return Some(Attributed::Plain(Period::month(from)));
    }
    // 2018-6-7 is June to July or the 7th of June, and 2018.6.7 is a day.
    if (mark == "-" && !named && scan.rest().starts_with('-')) || !run(scan) {
        return None;
    }
    let to = if let Some(year) = scan.exactly(4) {
        let mark = if mark.is_empty() { "年" } else { mark };
        if !scan.eat(mark) {
            return None;
        }
        month(year, scan.digits(2)?.0)?
    } else {
        month(year, scan.digits(2)?.0)?
    };
    scan.eat_any(&["月份", "月"]);
    Period::new(from, to).filter(|period| period.from < period.to).map(Attributed::Plain)
}

fn run(scan: &mut Scan<'_>) -> bool {
    scan.eat_any(&["--", "-", "~", "至", "到"])
}

/// 第三季度, 三季度, Q3, 上半年, 全年
fn named_part(scan: &mut Scan<'_>, year: u32) -> Option<Attributed> {
    if scan.eat_any(&["上半年"]) {
        return part_of_year(year, 1, 6);
    }
    if scan.eat_any(&["下半年"]) {
        return part_of_year(year, 7, 12);
    }
    if scan.eat_any(&["全年度", "全年"]) {
        return part_of_year(year, 1, 12);
    }
    let mut ahead = *scan;
    ahead.eat("-");
    let quarter = if ahead.eat_any(&["Q", "q"]) {
        ahead.digits(1)?.0
    } else {
        ahead.eat("第");
        let quarter = ahead.count()?;
        ahead.eat_any(&["季度", "季"]).then_some(quarter)?
    };
    *scan = ahead;
    (1..=4).contains(&quarter).then_some(())?;
    part_of_year(year, quarter * 3 - 2, quarter * 3)
}

/// `10月`, `6-7月`, `第三季度`, `全年`: the year is the sheet's, unless the months lie ahead of
/// it, when it may as well be the year before.
fn of_the_sheets_year(scan: &mut Scan<'_>, sheet: Option<Month>) -> Option<Attributed> {
    let sheet = sheet?;
    let year = sheet.year().cast_unsigned();
    let period = if let Some(Attributed::Plain(period)) = named_part(scan, year) {
        return Some(Attributed::Completed(period, "year"));
    } else {
        let first = month(year, scan.digits(2)?.0)?;
        let named = scan.eat_any(&["月份", "月"]);
        if scan.is_done() {
            Period::month(first)
        } else if run(scan) {
            let last = month(year, scan.digits(2)?.0)?;
            let period = Period::new(first, last)?;
            (scan.eat_any(&["月份", "月"]) || named).then_some(period)?
        } else {
            return None;
        }
    };
    (period.to <= sheet).then_some(Attributed::Completed(period, "year"))
}

fn part_of_year(year: u32, from: u32, to: u32) -> Option<Attributed> {
    Period::new(month(year, from)?, month(year, to)?).map(Attributed::Plain)
}

fn month(year: u32, month: u32) -> Option<Month> {
    (2000..=2199).contains(&year).then(|| Month::new(year.cast_signed(), month))?
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn read(text: &str) -> String {
        match of_text(text, "2018-10".parse().ok()) {
            Attributed::Plain(period) => period.to_string(),
            Attributed::Completed(period, why) => format!("{period} {why}"),
            Attributed::Either(a, b) => format!("{a}|{b}"),
            Attributed::Unknown => "?".into(),
        }
    }

    #[test]
    fn months_quarters_and_years() {
        for (text, wanted) in [
            ("2018.6-7", "2018-06..2018-07"),
            ("2018.9-10", "2018-09..2018-10"),
            ("2018.10", "2018-10"),
            ("2018.01", "2018-01"),
            ("2018.1", "2018-01|2018-10"),
            ("2018.12-2019.2", "2018-12..2019-02"),
            ("2018年12月-2019年2月", "2018-12..2019-02"),
            ("2018年第三季度", "2018-Q3"),
            ("2018年三季度", "2018-Q3"),
            ("2018Q3", "2018-Q3"),
            ("2018年上半年", "2018-01..2018-06"),
            ("2018年全年", "2018"),
            ("2018年", "2018"),
            ("2018年10月份", "2018-10"),
            ("2018年6-7月", "2018-06..2018-07"),
            ("201810", "2018-10"),
            ("2018/9", "2018-09"),
            ("10月", "2018-10 year"),
            ("6-7月", "2018-06..2018-07 year"),
            ("全年", "2018 year"),
            ("11月", "?"),
            ("2018-6-7", "?"),
            ("2018.6.7", "?"),
            ("2018.11-2", "?"),
            ("2018.13", "?"),
            ("2018.6-7月租金", "?"),
            ("43374", "?"),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_number_that_lost_its_zero() {
        let number =
            |text, sheet: &str| of_number(Decimal::from_str(text).unwrap(), sheet.parse().ok());
        let month = |text: &str| Period::month(text.parse().unwrap());
        let october = Attributed::Completed(month("2018-10"), "number_2018_1");
        assert_eq!(number("2018.10", "2018-10"), october);
        assert_eq!(number("2018.1", "2018-10"), october);
        let january = Attributed::Completed(month("2018-01"), "number_2018_1");
        assert_eq!(number("2018.1", "2018-01"), january);
        let either = Attributed::Either(month("2018-01"), month("2018-10"));
        assert_eq!(number("2018.1", "2018-11"), either);
        assert_eq!(number("2018.09", "2018-11"), Attributed::Plain(month("2018-09")));
        assert_eq!(number("2018.9", ""), Attributed::Plain(month("2018-09")));
    }
}
