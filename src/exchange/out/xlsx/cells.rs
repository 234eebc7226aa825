//! Cells of a workbook: real dates, and numbers where a number is the amount.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{
    ExcelDateTime, Format as Look, FormatAlign, FormatBorder, Worksheet, XlsxError,
};

use crate::exchange::out::rows::Cell;
use crate::ledger::money::Money;

/// From here on a number in Excel, which keeps 15 digits, isn't sure to be the amount.
const EXACT_BELOW: Money = Money::from_fen(1_000_000_000_000_000);

/// How cells look.
pub struct Looks {
    /// A text.
    pub plain: Look,
    /// A heading.
    pub head: Look,
    /// An amount.
    pub money: Look,
    /// A day.
    pub day: Look,
    /// A text in a row of sums.
    pub sum: Look,
    /// A sum.
    pub sum_money: Look,
}

impl Looks {
    /// The looks of every workbook.
    pub fn new() -> Self {
        let money = || Look::new().set_num_format("#,##0.00;[Red]-#,##0.00");
        let sum = |look: Look| look.set_bold().set_border_top(FormatBorder::Thin);
        Self {
            plain: Look::new(),
            head: Look::new()
                .set_bold()
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            money: money(),
            day: Look::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            sum: sum(Look::new()),
            sum_money: sum(money()),
        }
    }
}

/// Writes a cell among lines.
pub fn write(
    sheet: &mut Worksheet,
    at: (u32, u16),
    cell: &Cell,
    looks: &Looks,
) -> Result<(), XlsxError> {
    write_as(sheet, at, cell, &looks.plain, &looks.money, &looks.day)
}

/// Writes a cell.
pub fn write_as(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    look: &Look,
    money: &Look,
    day: &Look,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => sheet.write_blank(row, column, look)?,
        Cell::Text(text) => sheet.write_string_with_format(row, column, text, look)?,
        Cell::Number(count) => match u32::try_from(*count) {
            Ok(count) => sheet.write_number_with_format(row, column, count, look)?,
            Err(_) => sheet.write_string_with_format(row, column, count.to_string(), look)?,
        },
        Cell::Day(date) => match excel_day(*date) {
            Some(date) => sheet.write_datetime_with_format(row, column, &date, day)?,
            None => sheet.write_string_with_format(row, column, date.to_string(), look)?,
        },
        Cell::Money(amount) => match number(*amount) {
            Some(number) => sheet.write_number_with_format(row, column, number, money)?,
            None => sheet.write_string_with_format(row, column, amount.to_string(), look)?,
        },
    };
    Ok(())
}

/// A day, where Excel has it.
pub fn excel_day(date: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok()?;
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// An amount as the number a spreadsheet keeps, so that columns add up there. The format knows no
/// other number than a float; nothing is reckoned with it here. The exact text is read as the
/// nearest float, and only one that prints back as that text is taken: every amount of up to 15
/// digits does, and a larger one stays a text rather than be wrong in silence.
fn number(amount: Money) -> Option<f64> {
    let text = amount.to_string();
    let number: f64 = text.parse().ok()?;
    (amount.abs() < EXACT_BELOW && format!("{number:.2}") == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_number_only_where_it_prints_back() {
        for fen in [0, 1, 10, 99, -1, 123_456, 29, 99_999_999_999_999, 999_999_999_999_999] {
            let amount = Money::from_fen(fen);
            let number = number(amount).expect("up to 15 digits");
            // What the file holds is this text.
            let text = number.to_string();
            let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
            assert_eq!(format!("{whole}.{cents:0<2}"), amount.to_string());
        }
        assert_eq!(number(EXACT_BELOW), None);
        assert_eq!(number(Money::from_fen(i64::MIN)), None);
    }

    #[test]
    fn every_fen_of_a_long_run_prints_back() {
        for fen in (0..200_000_i64).chain(99_999_999_800_000..100_000_000_000_000) {
            assert!(number(Money::from_fen(fen)).is_some(), "{fen}");
        }
    }
}
