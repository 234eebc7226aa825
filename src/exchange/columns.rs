//! Tables of plain figures: which column means what, by the words of its heading, and the cells
//! that such tables have: days, amounts with a sign, counts.
//!
//! Registers have headings of their own ([`super::register`]), since those run over two rows and
//! carry units.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use thiserror::Error;

use super::grammar::number::{self, NotMoney};
use super::grammar::term;
use super::grammar::text::{Scan, compact, normal};
use super::table::{Cell, FileError, Sheet, SheetRow};
use crate::ledger::money::Money;

/// Rows that are searched for headings; titles and notes stand above them.
const SEARCHED_MAX: usize = 40;

/// Why a file isn't the table that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// The file is no table.
    #[error(transparent)]
    File(#[from] FileError),
    /// No sheet of that name.
    #[error("there is no sheet {wanted}; the file has {}", .have.join(", "))]
    NoSheet {
        /// As given.
        wanted: String,
        /// The file's.
        have: Vec<String>,
    },
    /// No row of headings.
    #[error("no row names the columns that are needed: {needed}")]
    NoHeadings {
        /// What is needed.
        needed: &'static str,
    },
    /// Several sheets could be meant.
    #[error("several sheets have such headings; choose one with --sheet: {}", .have.join(", "))]
    WhichSheet {
        /// Their names.
        have: Vec<String>,
    },
    /// Two columns of one meaning.
    #[error("two columns mean the same, the second is {heading}; rename the one that isn't meant")]
    HeadingTwice {
        /// The second one's heading.
        heading: String,
    },
}

impl TableError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::File(error) => error.zh(),
            Self::NoSheet { wanted, have } => {
                format!("没有名为 {wanted} 的表；文件里有 {}", have.join("、"))
            }
            Self::NoHeadings { needed } => format!("没有一行写明需要的列名：{needed}"),
            Self::WhichSheet { have } => {
                format!("有几张表都像，请用 --sheet 选一张：{}", have.join("、"))
            }
            Self::HeadingTwice { heading } => {
                format!("有两列意思相同，第二列是“{heading}”；请改掉不用的那列的名字")
            }
        }
    }
}

/// The columns of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns<F> {
    /// The row of headings.
    pub row: u32,
    /// Fields and their places, from 0.
    found: Vec<(F, usize)>,
    /// Headings that aren't known.
    pub unread: Vec<String>,
}

impl<F: Copy + PartialEq> Columns<F> {
    /// True where the sheet has such a column.
    pub fn has(&self, field: F) -> bool {
        self.found.iter().any(|(of, _)| *of == field)
    }

    /// A field's cell, where something stands there; a formula that nobody has computed stands as
    /// one, and is no day and no amount.
    pub fn cell<'a>(&self, row: &'a SheetRow, field: F) -> Option<&'a Cell> {
        let (_, at) = self.found.iter().find(|(of, _)| *of == field)?;
        let cell = row.cells.get(*at).filter(|cell| !cell.is_empty())?;
        Some(cell.value()).filter(|value| !value.is_empty()).or(Some(cell))
    }

    /// A field's text, in one spelling.
    pub fn text(&self, row: &SheetRow, field: F) -> Option<String> {
        self.cell(row, field).map(|cell| normal(&cell.text())).filter(|text| !text.is_empty())
    }
}

/// The one sheet with such headings, or the one that is named, and its columns.
pub fn choose<F: Copy + PartialEq>(
    sheets: Vec<Sheet>,
    wanted: Option<&str>,
    needed: &'static str,
    field_of: &dyn Fn(&str) -> Option<F>,
    enough: &dyn Fn(&Columns<F>) -> bool,
) -> Result<(Sheet, Columns<F>), TableError> {
    let names = || sheets.iter().map(|sheet| sheet.name.clone()).collect();
    if let Some(wanted) = wanted.filter(|name| !sheets.iter().any(|sheet| sheet.name == *name)) {
        return Err(TableError::NoSheet { wanted: wanted.to_owned(), have: names() });
    }
    let meant = |sheet: &Sheet| wanted.map_or(!sheet.hidden, |name| sheet.name == name);
    let mut fitting = Vec::new();
    for sheet in sheets.into_iter().filter(meant) {
        if let Some(columns) = find(&sheet, field_of, enough)? {
            fitting.push((sheet, columns));
        }
    }
    if fitting.len() > 1 {
        let have = fitting.into_iter().map(|(sheet, _)| sheet.name).collect();
        return Err(TableError::WhichSheet { have });
    }
    fitting.pop().ok_or(TableError::NoHeadings { needed })
}

fn find<F: Copy + PartialEq>(
    sheet: &Sheet,
    field_of: &dyn Fn(&str) -> Option<F>,
    enough: &dyn Fn(&Columns<F>) -> bool,
) -> Result<Option<Columns<F>>, TableError> {
    for row in sheet.rows.iter().take(SEARCHED_MAX) {
        let mut columns = Columns { row: row.number, found: Vec::new(), unread: Vec::new() };
        let mut twice = None;
        for (at, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            match heading(&cell.text(), field_of) {
                Some(field) if columns.has(field) => twice = twice.or(Some(cell.text())),
                Some(field) => columns.found.push((field, at)),
                None => columns.unread.push(normal(&cell.text())),
            }
        }
        if enough(&columns) {
            return match twice {
                Some(heading) => Err(TableError::HeadingTwice { heading }),
                None => Ok(Some(columns)),
            };
        }
    }
    Ok(None)
}

/// A heading as it stands, else without what follows in brackets (`金额（元）`).
fn heading<F>(text: &str, field_of: &dyn Fn(&str) -> Option<F>) -> Option<F> {
    let text = compact(text);
    let base = text.split('(').next().unwrap_or_default();
    field_of(&text).or_else(|| field_of(base.trim_end_matches([':', '*'])))
}

/// A word of a list that names a field: each field's words, by blanks.
pub fn listed<F: Copy>(names: &[(F, &str)], heading: &str) -> Option<F> {
    let is = |(_, words): &&(F, &str)| {
        words.split_whitespace().any(|word| word.eq_ignore_ascii_case(heading))
    };
    names.iter().find(is).map(|(field, _)| *field)
}

/// A day, with or without the time after it.
pub fn day(cell: &Cell) -> Option<NaiveDate> {
    if let Cell::Date(day) = cell {
        return Some(*day);
    }
    let text = normal(&cell.text());
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((&text, ""));
    let mut scan = Scan::new(date);
    let day = term::day(&mut scan).filter(|_| scan.is_done())?;
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z');
    time.chars().all(is_time).then_some(day)
}

/// An amount, below zero with a sign or in the bookkeeper's brackets.
pub fn signed(cell: &Cell) -> Result<Money, NotMoney> {
    match cell {
        Cell::Number(value) => {
            let money = number::money(value.abs())?;
            Ok(if value.is_sign_negative() { -money } else { money })
        }
        Cell::Text(text) => match number::amount(text, Decimal::ONE) {
            Err(NotMoney::Negative) => {
                let bare: String = normal(text).replace(['-', '(', ')'], "");
                Ok(-number::amount(&bare, Decimal::ONE)?)
            }
            read => read,
        },
        _ => Err(NotMoney::NotUnderstood),
    }
}

/// A count: whole and not below zero.
pub fn count(cell: &Cell) -> Option<u64> {
    let text = compact(&cell.text());
    let number: Decimal = text.trim_end_matches(['次', '辆', '台']).parse().ok()?;
    let number = number.normalize();
    (number.scale() == 0).then(|| u64::try_from(number.mantissa()).ok()).flatten()
}

/// True for a row that adds up others: 小计, 合计, 总计 or 累计 in one of its texts.
pub fn is_total(row: &SheetRow) -> bool {
    row.cells.iter().any(|cell| {
        let text = compact(&cell.text());
        let words = ["小计", "合计", "总计", "累计"];
        text.chars().count() <= 8
            && words.iter().any(|word| text.ends_with(word) || text.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_amounts_and_counts_in_their_spellings() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for spelling in
            ["2025-03-01", "2025/3/1", "2025年3月1日", "20250301", "2025-03-01 08:30:00"]
        {
            assert_eq!(day(&text(spelling)), "2025-03-01".parse().ok(), "{spelling}");
        }
        assert_eq!(day(&Cell::Number(Decimal::from(20_250_301))), "2025-03-01".parse().ok());
        for wrong in ["2025-02-30", "2025-03", "3月1日", "2025-03-01 合计"] {
            assert_eq!(day(&text(wrong)), None, "{wrong}");
        }
        let fen = |cell: &Cell| signed(cell).map(Money::fen);
        assert_eq!(fen(&text("-1,234.50")), Ok(-123_450));
        assert_eq!(fen(&text("(12.00)")), Ok(-1_200));
        assert_eq!(fen(&text("+12")), Err(NotMoney::NotUnderstood));
        assert_eq!(fen(&Cell::Number(Decimal::new(-5, 1))), Ok(-50));
        assert_eq!(fen(&text("--5")), Err(NotMoney::NotUnderstood));
        assert_eq!(count(&text("212辆")), Some(212));
        assert_eq!(count(&text("-1")), None);
        assert_eq!(count(&text("1.5")), None);
    }
}
