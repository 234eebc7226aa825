//! Lease registers and contract lists: a sheet's rows to what they say.
//!
//! Reading is one pass over the rows (`headings` finds the columns, `entry` reads a row), then
//! one over their neighbours (`neighbours`: remarks that add up rows, rows alike), then the
//! sums (`sums`). Answers are given before reading, so an answered row takes the same path as
//! any other.

pub mod due;
mod entry;
mod headings;
mod judge;
mod model;
mod neighbours;
mod price;
mod reading;
mod receipt;
pub mod reference;
pub mod said;
mod sums;
mod synonyms;
mod term;

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub use model::{Class, Field, Fix, Flag, Question, Source, Status, Step, Trouble};
pub use reading::{Reading, Register, Row, SheetTotal, Totals};

use super::answers::{AnswerError, Answers};
use super::table::{Cell, FileError, Sheet, SheetRow};
use super::workbook;
use crate::ledger::period::Month;
use entry::{Context, Draft};
use headings::Layout;

/// What the caller says beside the file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The sheet to read; else the only one with headings.
    pub sheet: Option<String>,
    /// The month it is about; else the title's.
    pub month: Option<Month>,
    /// What a person settled.
    pub answers: Answers,
}

/// Why no register can be read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegisterError {
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
    #[error("no row names the columns; a name and an amount due or received are needed")]
    NoHeadings,
    /// Several sheets could be meant.
    #[error("several sheets have such headings; choose one: {}", .have.join(", "))]
    WhichSheet {
        /// Their names.
        have: Vec<String>,
    },
    /// Two columns of one meaning.
    #[error("two columns are headed as {}; rename the one that isn't meant", .field.word())]
    HeadingTwice {
        /// The meaning.
        field: Field,
    },
    /// The answers don't fit.
    #[error(transparent)]
    Answers(#[from] AnswerError),
}

impl RegisterError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::File(error) => error.zh(),
            Self::NoSheet { wanted, have } => {
                format!("没有名为 {wanted} 的表；文件里有：{}", have.join("、"))
            }
            Self::NoHeadings => "没有找到表头：至少要有名称，以及应收或实收".into(),
            Self::WhichSheet { have } => {
                format!("有几张表都像台账，请指定一张：{}", have.join("、"))
            }
            Self::HeadingTwice { field } => {
                format!("有两列的表头都是同一意思（{}）：请改掉不用的那列", field.word())
            }
            Self::Answers(error) => error.zh(),
        }
    }
}

impl Register {
    /// Reads a file: pure, the same bytes and options give the same register.
    pub fn read(file: &str, bytes: &[u8], options: &Options) -> Result<Self, RegisterError> {
        let sheets = workbook::sheets(file, bytes)?;
        let (sheet, layout) = choose(&sheets, options.sheet.as_deref())?;
        if let Some(field) = layout.twice {
            return Err(RegisterError::HeadingTwice { field });
        }
        let month = options.month.or(layout.month);
        let mut rows = read_rows(sheet, &layout, month, &options.answers);
        for number in options.answers.rows.keys() {
            let known = rows.iter().any(|row| row.row == *number && is_answerable(row));
            if !known {
                return Err(AnswerError::UnknownRow { row: number.to_string() }.into());
            }
        }
        let totals = sums::finish(&mut rows, sheet, &layout, &options.answers);
        Ok(Self {
            file: file.to_owned(),
            sha256: reference::hex(&Sha256::digest(bytes)),
            sheet: sheet.name.clone(),
            month,
            rows,
            totals,
            flags: sheet_flags(&layout, options.month),
        })
    }
}

fn is_answerable(row: &Row) -> bool {
    row.class.is_entry() || matches!(row.class, Class::Subtotal | Class::Total)
}

/// The sheet asked for, else the only visible one with headings.
fn choose<'a>(
    sheets: &'a [Sheet],
    wanted: Option<&str>,
) -> Result<(&'a Sheet, Layout), RegisterError> {
    if let Some(wanted) = wanted {
        let sheet = sheets.iter().find(|sheet| sheet.name == wanted);
        let names = || sheets.iter().map(|sheet| sheet.name.clone()).collect();
        let sheet = sheet
            .ok_or_else(|| RegisterError::NoSheet { wanted: wanted.to_owned(), have: names() })?;
        return headings::find(sheet)
            .map(|layout| (sheet, layout))
            .ok_or(RegisterError::NoHeadings);
    }
    let visible = sheets.iter().filter(|sheet| !sheet.hidden);
    let mut found: Vec<_> =
        visible.filter_map(|sheet| headings::find(sheet).map(|layout| (sheet, layout))).collect();
    match found.len() {
        0 => Err(RegisterError::NoHeadings),
        1 => Ok(found.remove(0)),
        _ => {
            let have = found.iter().map(|(sheet, _)| sheet.name.clone()).collect();
            Err(RegisterError::WhichSheet { have })
        }
    }
}

fn read_rows(sheet: &Sheet, layout: &Layout, month: Option<Month>, answers: &Answers) -> Vec<Row> {
    let mut equal: HashMap<Vec<String>, u32> = HashMap::new();
    let mut drafts = Vec::new();
    for source in &sheet.rows {
        let cells: Vec<String> = source.cells.iter().map(Cell::text).collect();
        let nth = equal.entry(cells.clone()).or_default();
        *nth += 1;
        let answer = answers.rows.get(&source.number);
        let context = Context { sheet, layout, month, answer, source };
        let mut draft = match sums::class_of(sheet, layout, source) {
            Some(class) => Draft::plain(Row::new(source.number, class, cells)),
            None => entry::read(&context, cells),
        };
        draft.row.nth = *nth;
        draft.row.hidden = source.hidden;
        if source.hidden && draft.row.class.is_entry() {
            draft.row.flags.push(said::flagged(said::flag::HIDDEN));
        }
        drafts.push(draft);
    }
    neighbours::check_sums(&mut drafts, answers);
    neighbours::mark_alike(&mut drafts);
    drafts
        .into_iter()
        .map(|mut draft| {
            judge::settle(&mut draft.row);
            draft.row
        })
        .collect()
}

fn sheet_flags(layout: &Layout, given: Option<Month>) -> Vec<Flag> {
    let mut flags = Vec::new();
    if let (Some(given), Some(said)) = (given, layout.month)
        && given != said
    {
        flags.push(said::flagged_with(said::flag::MONTH_DIFFERS, &format!("{given} ≠ {said}")));
    }
    if !layout.unread.is_empty() {
        flags.push(said::flagged_with(said::flag::COLUMNS_UNREAD, &layout.unread.join("、")));
    }
    flags
}

/// True for a row above or inside the headings.
fn is_above(layout: &Layout, row: &SheetRow) -> bool {
    row.number < layout.first
}
