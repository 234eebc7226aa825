//! `.xlsx`: cells one after the other, never a dense grid.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::str::FromStr;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, SheetVisible, Xlsx};
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::archive::Parts;
use super::markup;
use crate::exchange::table::{
    Budget, CELL_CHARS_MAX, Cell, FileError, MERGES_MAX, Merge, SHEETS_MAX, Sheet, SheetRow,
};

/// Digits that spreadsheet programs keep and show; what follows is noise of their arithmetic.
const DIGITS_MAX: u32 = 15;

/// Reads every work sheet.
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, FileError> {
    let parts = Parts::unpack(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(parts.repack()?)).map_err(unreadable)?;
    let listed = book.sheets_metadata().to_vec();
    if listed.len() > SHEETS_MAX {
        return Err(FileError::TooManySheets { sheets: listed.len() });
    }
    let mut budget = Budget::default();
    let work = listed.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    work.map(|sheet| {
        let hidden_rows = hidden_rows(&parts, &sheet.name);
        let rows = rows(&mut book, &sheet.name, &hidden_rows, &mut budget)?;
        let merges = book.merge_cells_by_sheet_name(&sheet.name).map_err(unreadable)?;
        if merges.len() > MERGES_MAX {
            return Err(FileError::TooManyMerges { merges: merges.len() });
        }
        Ok(Sheet {
            name: sheet.name,
            hidden: sheet.visible != SheetVisible::Visible,
            typed: true,
            rows,
            merges: merges.iter().map(merge).collect(),
        })
    })
    .collect()
}

type Book = Xlsx<Cursor<Vec<u8>>>;

fn rows(
    book: &mut Book,
    name: &str,
    hidden: &BTreeSet<u32>,
    budget: &mut Budget,
) -> Result<Vec<SheetRow>, FileError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(unreadable)? {
        let (row, column) = found.pos;
        let value = cell(&found.value, row + 1)?;
        let value = match found.formula {
            Some(_) => Cell::Formula(Box::new(value)),
            None if value.is_empty() => continue,
            None => value,
        };
        // Cells without a reference are counted by the reader, so the limits hold here again.
        budget.put(&mut rows, (row, column), value)?;
    }
    let row = |(number, cells)| SheetRow { number, hidden: hidden.contains(&number), cells };
    Ok(rows.into_iter().map(row).collect())
}

fn cell(value: &DataRef<'_>, row: u32) -> Result<Cell, FileError> {
    Ok(match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => return words(text, row),
        DataRef::SharedString(text) => return words(text, row),
        DataRef::Int(number) => Cell::Number(Decimal::from(*number)),
        DataRef::Float(number) => number_cell(*number),
        DataRef::Bool(truth) => Cell::Text(truth.to_string().to_uppercase()),
        DataRef::DateTime(moment) if moment.is_datetime() => day_of(*moment),
        DataRef::DateTime(span) => Cell::Broken(span.as_f64().to_string()),
        DataRef::DateTimeIso(text) => text
            .get(..10)
            .and_then(|day| NaiveDate::from_str(day).ok())
            .map_or_else(|| Cell::Broken(text.clone()), Cell::Date),
        DataRef::DurationIso(text) => Cell::Broken(text.clone()),
        DataRef::Error(error) => Cell::Broken(error.to_string()),
    })
}

fn day_of(moment: ExcelDateTime) -> Cell {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
        .map_or_else(|| Cell::Broken(moment.as_f64().to_string()), Cell::Date)
}

/// A day by its number; what no spreadsheet program counts as a day is broken.
pub(super) fn date_cell(number: f64, is_1904: bool) -> Cell {
    // 9999-12-31, the last day there is.
    if !(0.0..2_958_466.0).contains(&number) {
        return Cell::Broken(number.to_string());
    }
    day_of(ExcelDateTime::new(number, ExcelDateTimeType::DateTime, is_1904))
}

fn words(text: &str, row: u32) -> Result<Cell, FileError> {
    if text.chars().count() > CELL_CHARS_MAX {
        return Err(FileError::CellTooLong { row });
    }
    let blank = text.chars().all(char::is_whitespace);
    Ok(if blank { Cell::Empty } else { Cell::Text(text.to_owned()) })
}

/// The one place where a binary number becomes a decimal one: by its shortest decimal text, cut
/// to the digits that the spreadsheet program itself shows.
pub(super) fn number_cell(number: f64) -> Cell {
    let shortest = number.to_string();
    let exact = Decimal::from_str(&shortest).ok();
    exact
        .and_then(|exact| exact.round_sf(DIGITS_MAX))
        .map_or_else(|| Cell::Broken(shortest), |exact| Cell::Number(exact.normalize()))
}

fn merge(range: &calamine::Dimensions) -> Merge {
    Merge {
        top: range.start.0.saturating_add(1),
        bottom: range.end.0.saturating_add(1),
        left: range.start.1 as usize,
        right: range.end.1 as usize,
    }
}

/// Which rows are hidden: the spreadsheet reader doesn't tell, so the sheet's own part is found
/// through the workbook's relations; where that fails, nothing is hidden.
fn hidden_rows(parts: &Parts, sheet: &str) -> BTreeSet<u32> {
    let content = || {
        let workbook = parts.part("xl/workbook.xml")?;
        let listed = markup::find(workbook, "sheet", |tag| tag.attribute("name") == Some(sheet))?;
        let id = listed.attribute("id")?;
        let relations = parts.part("xl/_rels/workbook.xml.rels")?;
        let relation =
            markup::find(relations, "Relationship", |tag| tag.attribute("Id") == Some(id))?;
        let target = relation.attribute("Target")?;
        let full = format!("xl/{target}");
        parts.part(target.strip_prefix('/').unwrap_or(&full))
    };
    content().map(markup::hidden_rows).unwrap_or_default()
}

fn unreadable(error: impl std::fmt::Display) -> FileError {
    FileError::Unreadable { cause: error.to_string() }
}
