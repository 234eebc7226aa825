//! Headings: which column means what, in any order, in one row or two.
//!
//! A heading is known by its words without blanks and brackets (`备  注` is 备注); a bracket may
//! say the unit of the bare numbers below (`应收金额（万元/年）`). Columns that aren't known are
//! left alone and named in the report.

use rust_decimal::Decimal;

use super::model::Field;
use super::synonyms::field_of;
use crate::exchange::grammar::rate::{self, Per, Unit};
use crate::exchange::grammar::text::compact;
use crate::exchange::table::{Cell, Sheet, SheetRow};
use crate::ledger::period::Month;

/// Rows that are searched for headings; titles and notes stand above them.
const SEARCHED_MAX: usize = 40;

/// 名称 is the name where nothing else is, else the section that rows stand in.
const WEAK_NAME: &str = "名称";

/// Fields that may have several columns: their texts are joined.
const JOINED: &[Field] = &[Field::Name, Field::Note, Field::Group, Field::Kind];

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its meaning.
    pub field: Field,
    /// Its place, from 0.
    pub at: usize,
    /// What the heading says of bare numbers.
    pub unit: Unit,
    /// The heading itself says 元 or 万元, so a unit above the table doesn't touch it.
    pub says_unit: bool,
}

/// Where the headings are and what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The first heading row.
    pub first: u32,
    /// The last heading row: the same, or the next.
    pub last: u32,
    /// Columns that are read.
    pub columns: Vec<Column>,
    /// Headings of columns that aren't.
    pub unread: Vec<String>,
    /// The month that the title or the sheet's name says.
    pub month: Option<Month>,
    /// A field with two columns that can't stand side by side.
    pub twice: Option<Field>,
}

impl Layout {
    /// The columns of a field.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(move |column| column.field == field)
    }

    /// True where the sheet has such a column.
    pub fn has(&self, field: Field) -> bool {
        self.of(field).next().is_some()
    }
}

/// True for a row that repeats the headings, as printed pages do.
pub fn repeats(row: &SheetRow) -> bool {
    let known = |cell: &&Cell| heading(&cell.text()).is_some_and(|(field, ..)| field.is_some());
    let headings = row.cells.iter().filter(known).count();
    headings >= 3 && headings * 2 > filled(row)
}

/// Finds the headings of a sheet.
pub fn find(sheet: &Sheet) -> Option<Layout> {
    for (index, row) in sheet.rows.iter().enumerate().take(SEARCHED_MAX) {
        let single = columns(&texts_of_one(row));
        let next = sheet.rows.get(index + 1).filter(|next| next.number == row.number + 1);
        // A title above the headings is no upper half: the two together must tell more than
        // either alone.
        let double = next.filter(|next| could_be_second(next)).and_then(|next| {
            let double = columns(&texts_of_two(sheet, row, next));
            let lower = columns(&texts_of_one(next)).score();
            (double.score() > lower && filled(row) > 1).then_some(double)
        });
        let (found, last) = match double {
            Some(double) if double.score() > single.score() => (double, row.number + 1),
            _ => (single, row.number),
        };
        if !found.is_enough() {
            continue;
        }
        let above = &sheet.rows[..index];
        let mut layout = Layout {
            first: row.number,
            last,
            columns: found.columns,
            unread: found.unread,
            month: above.iter().find_map(month_of_row).or_else(|| month_in(&sheet.name)),
            twice: found.twice,
        };
        let wan = above.iter().flat_map(|row| &row.cells).any(says_wan);
        if wan {
            for column in layout.columns.iter_mut().filter(|column| !column.says_unit) {
                column.unit.scale = Decimal::from(10_000);
            }
        }
        return Some(layout);
    }
    None
}

fn filled(row: &SheetRow) -> usize {
    row.cells.iter().filter(|cell| !cell.is_empty()).count()
}

/// What a candidate row's texts mean.
struct Found {
    columns: Vec<Column>,
    unread: Vec<String>,
    twice: Option<Field>,
}

impl Found {
    fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.field == field)
    }

    fn score(&self) -> usize {
        self.columns.len()
    }

    /// A name and what it pays, or three things that registers have.
    fn is_enough(&self) -> bool {
        let money = self.has(Field::Due) || self.has(Field::Received);
        self.has(Field::Name) && money && self.score() >= 2
    }
}

/// Each column's possible headings, the likeliest first.
type Texts = Vec<Vec<String>>;

fn texts_of_one(row: &SheetRow) -> Texts {
    row.cells.iter().map(|cell| vec![cell.text()]).collect()
}

/// Two heading rows: the upper one's text runs over the columns it is joined over, or on to the
/// next text where the file knows no joined cells.
fn texts_of_two(sheet: &Sheet, upper: &SheetRow, lower: &SheetRow) -> Texts {
    let text = |row: &SheetRow, at: usize| row.cells.get(at).map(Cell::text).unwrap_or_default();
    let mut running = String::new();
    (0..upper.cells.len().max(lower.cells.len()))
        .map(|at| {
            let (own, below) = (text(upper, at), text(lower, at));
            let joined = sheet.merges.iter().any(|merge| {
                (merge.top..=merge.bottom).contains(&upper.number)
                    && merge.left < at
                    && at <= merge.right
            });
            let carries =
                own.is_empty() && !below.is_empty() && (joined || sheet.merges.is_empty());
            if !carries {
                running.clone_from(&own);
            }
            vec![format!("{running}{below}"), below, own]
        })
        .collect()
}

/// A second heading row holds short words only.
fn could_be_second(row: &SheetRow) -> bool {
    let short =
        |text: &str| text.chars().count() <= 12 && !text.contains(|c: char| c.is_ascii_digit());
    let mut filled = row.cells.iter().filter(|cell| !cell.is_empty());
    filled.all(|cell| matches!(cell, Cell::Text(text) if short(text)))
}

fn columns(texts: &Texts) -> Found {
    let mut found = Found { columns: Vec::new(), unread: Vec::new(), twice: None };
    let mut weak = None;
    for (at, candidates) in texts.iter().enumerate() {
        let read = candidates.iter().filter_map(|text| heading(text));
        match read.clone().find(|(field, ..)| field.is_some()) {
            Some((Some(field), unit, says_unit)) => {
                found.columns.push(Column { field, at, unit, says_unit });
            }
            _ if candidates.iter().any(|text| compact(text) == WEAK_NAME) => weak = Some(at),
            _ => found.unread.extend(candidates.iter().find(|text| !text.is_empty()).cloned()),
        }
    }
    if let Some(at) = weak {
        let field = if found.has(Field::Name) { Field::Group } else { Field::Name };
        found.columns.push(Column { field, at, unit: Unit::default(), says_unit: false });
    }
    let fields = found.columns.iter().map(|column| column.field);
    found.twice = fields
        .clone()
        .enumerate()
        .find(|(nth, field)| {
            !JOINED.contains(field) && fields.clone().skip(nth + 1).any(|other| other == *field)
        })
        .map(|(_, field)| field);
    found
}

/// A heading's field, its unit, and whether it says 元 or 万元 itself; the field is none for
/// words that aren't known.
fn heading(text: &str) -> Option<(Option<Field>, Unit, bool)> {
    let text = compact(text);
    if text.is_empty() {
        return None;
    }
    let (base, bracket) = match text.split_once('(') {
        Some((base, rest)) => (base, rest.trim_end_matches(')')),
        None => (text.as_str(), ""),
    };
    let base = base.trim_end_matches([':', '*']);
    let known = field_of(base);
    let said = rate::unit(bracket);
    let mut unit = said.unwrap_or_default();
    let per = match base {
        "月租金" | "月租" | "本月应收" => Some(Per::Month),
        "年租金" | "年租" => Some(Per::Year),
        "季租金" => Some(Per::Quarter),
        "日租金" => Some(Per::Day),
        _ => None,
    };
    unit.per = unit.per.or(per);
    Some((known, unit, said.is_some()))
}

fn month_of_row(row: &SheetRow) -> Option<Month> {
    row.cells.iter().find_map(|cell| month_in(&cell.text()))
}

/// `2018年10月` in a title, unless it goes on to another month.
fn month_in(text: &str) -> Option<Month> {
    let text = compact(text);
    text.match_indices('年').find_map(|(at, _)| {
        let before = &text[..at];
        let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let year = (digits == 4).then(|| before[at - 4..].parse::<i32>().ok())??;
        let after = &text[at + '年'.len_utf8()..];
        let len = after.bytes().take_while(u8::is_ascii_digit).count();
        let rest = after.get(len..)?.strip_prefix('月')?;
        let goes_on = rest.starts_with(['-', '~', '至', '到', '、']);
        let month = after[..len].parse().ok().filter(|_| len <= 2 && !goes_on)?;
        (2000..=2199).contains(&year).then(|| Month::new(year, month))?
    })
}

fn says_wan(cell: &Cell) -> bool {
    let text = compact(&cell.text());
    let said = text.split(['(', ')', ' ']).any(|part| part.ends_with("单位:万元"));
    said || text.ends_with("单位:万元")
}
