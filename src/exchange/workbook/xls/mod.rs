//! `.xls` as Excel 97 and later write it (BIFF8 in a compound file, [MS-XLS]).
//!
//! The crate that reads `.xlsx` reads this format too, but as a whole and into a dense grid, and
//! trusts lengths; so the records are read here, cell by cell, within the same limits. Left out
//! is all that isn't a cell: pictures, macros, names, formulas' own text.

mod records;
mod strings;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use cfb::CompoundFile;

use self::records::{Record, Records, broken, bytes_at, u16_at, u32_at};
use super::xlsx::{date_cell, number_cell};
use crate::exchange::table::{
    Budget, Cell, FILE_BYTES_MAX, FileError, MERGES_MAX, Merge, SHEETS_MAX, Sheet, SheetRow,
};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const BIFF8: u16 = 0x0600;

/// Reads every work sheet.
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, FileError> {
    let stream = stream(bytes)?;
    let globals = Globals::read(&stream)?;
    if globals.sheets.len() > SHEETS_MAX {
        return Err(FileError::TooManySheets { sheets: globals.sheets.len() });
    }
    let mut budget = Budget::default();
    globals.sheets.iter().map(|bound| sheet(&stream, &globals, bound, &mut budget)).collect()
}

/// The stream of the workbook in its container.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|_| broken())?;
    if file.exists("/EncryptedPackage") {
        return Err(FileError::Protected);
    }
    if !file.is_stream("/Workbook") {
        let old = file.is_stream("/Book");
        return Err(if old { FileError::OldWorkbook } else { FileError::BrokenOle });
    }
    let stream = file.open_stream("/Workbook").map_err(|_| broken())?;
    let mut content = Vec::new();
    let max = FILE_BYTES_MAX as u64;
    stream.take(max + 1).read_to_end(&mut content).map_err(|_| broken())?;
    if content.len() > FILE_BYTES_MAX {
        return Err(FileError::Unpacked { max });
    }
    Ok(content)
}

/// A sheet's place in the stream.
struct Bound {
    at: usize,
    hidden: bool,
    name: String,
}

/// What holds for all sheets.
#[derive(Default)]
struct Globals {
    strings: Vec<String>,
    /// By cell format: it shows a day.
    is_day: Vec<bool>,
    is_1904: bool,
    sheets: Vec<Bound>,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Self, FileError> {
        let mut records = Records::from(stream, 0)?;
        let first = records.next()?.filter(|record| record.kind == BOF).ok_or_else(broken)?;
        if u16_at(first.data, 0)? != BIFF8 {
            return Err(FileError::OldWorkbook);
        }
        let (mut globals, mut formats, mut cells) = (Self::default(), BTreeMap::new(), Vec::new());
        while let Some(record) = records.next()?.filter(|record| record.kind != EOF) {
            let data = record.data;
            match record.kind {
                0x002F => return Err(FileError::Protected),
                0x0022 => globals.is_1904 = u16_at(data, 0)? == 1,
                0x041E => {
                    let text = strings::long(data.get(2..).ok_or_else(broken)?)?;
                    formats.insert(u16_at(data, 0)?, shows_a_day(&text));
                }
                0x00E0 => cells.push(u16_at(data, 2)?),
                0x0085 => globals.sheets.extend(bound(data)?),
                0x00FC => globals.strings = strings::shared(record, &mut records)?,
                _ => {}
            }
        }
        let day = |format: u16| formats.get(&format).copied().unwrap_or(is_built_in_day(format));
        globals.is_day = cells.into_iter().map(day).collect();
        Ok(globals)
    }

    fn number(&self, value: f64, format: u16) -> Cell {
        let is_day = self.is_day.get(usize::from(format)).copied().unwrap_or(false);
        if is_day { date_cell(value, self.is_1904) } else { number_cell(value) }
    }
}

/// A work sheet; charts, macros and modules are none.
fn bound(data: &[u8]) -> Result<Option<Bound>, FileError> {
    let at = usize::try_from(u32_at(data, 0)?).map_err(|_| broken())?;
    let [state, kind] = bytes_at(data, 4)?;
    let name = strings::short(data.get(6..).ok_or_else(broken)?)?;
    Ok((kind == 0).then_some(Bound { at, hidden: state & 3 != 0, name }))
}

/// Numbers of formats that every program knows and that show days; times of day are none.
const fn is_built_in_day(format: u16) -> bool {
    matches!(format, 14..=17 | 22 | 27..=31 | 34..=36 | 50..=54 | 57..=58)
}

/// A format with a year or a day in it, outside quotes and brackets.
fn shows_a_day(format: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    format.split(';').next().unwrap_or_default().chars().any(|c| {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            'y' | 'Y' | 'd' | 'D' if !quoted && !bracketed => return true,
            _ => {}
        }
        false
    })
}

/// A sheet on its way.
struct Filling<'a> {
    globals: &'a Globals,
    budget: &'a mut Budget,
    rows: BTreeMap<u32, Vec<Cell>>,
    hidden: BTreeSet<u32>,
    merges: Vec<Merge>,
    /// The formula whose text comes next.
    waiting: Option<(u16, u16)>,
}

fn sheet(
    stream: &[u8],
    globals: &Globals,
    bound: &Bound,
    budget: &mut Budget,
) -> Result<Sheet, FileError> {
    let mut records = Records::from(stream, bound.at)?;
    let first = records.next()?.filter(|record| record.kind == BOF);
    first.ok_or_else(broken)?;
    let mut filling = Filling {
        globals,
        budget,
        rows: BTreeMap::new(),
        hidden: BTreeSet::new(),
        merges: Vec::new(),
        waiting: None,
    };
    // Charts within a sheet are streams of their own, with records that look like cells.
    let mut depth = 0_u32;
    while let Some(record) = records.next()? {
        match record.kind {
            BOF => depth += 1,
            EOF if depth == 0 => break,
            EOF => depth -= 1,
            _ if depth == 0 => filling.take(record)?,
            _ => {}
        }
    }
    let Filling { rows, hidden, merges, .. } = filling;
    let row = |(number, cells)| SheetRow { number, hidden: hidden.contains(&number), cells };
    let rows = rows.into_iter().map(row).collect();
    Ok(Sheet { name: bound.name.clone(), hidden: bound.hidden, typed: true, rows, merges })
}

impl Filling<'_> {
    fn take(&mut self, record: Record<'_>) -> Result<(), FileError> {
        let data = record.data;
        let place = || Ok::<_, FileError>((u16_at(data, 0)?, u16_at(data, 2)?));
        let format = || u16_at(data, 4);
        match record.kind {
            0x0203 => {
                let number = f64::from_le_bytes(bytes_at(data, 6)?);
                let cell = self.globals.number(number, format()?);
                self.put(place()?, cell)
            }
            0x027E => {
                let cell = self.globals.number(packed(u32_at(data, 6)?), format()?);
                self.put(place()?, cell)
            }
            0x00BD => self.packed_row(data),
            0x00FD => {
                let at = usize::try_from(u32_at(data, 6)?).map_err(|_| broken())?;
                let text = self.globals.strings.get(at).ok_or_else(broken)?;
                self.put(place()?, Cell::Text(text.clone()))
            }
            0x0204 | 0x00D6 => {
                let text = strings::long(data.get(6..).ok_or_else(broken)?)?;
                self.put(place()?, Cell::Text(text))
            }
            0x0205 => {
                let [value, is_error] = bytes_at(data, 6)?;
                self.put(place()?, truth(value, is_error != 0))
            }
            0x0006 => self.formula(data),
            0x0207 => match self.waiting.take() {
                Some(place) => {
                    let text = Cell::Text(strings::long(data)?);
                    self.put(place, Cell::Formula(Box::new(text)))
                }
                None => Ok(()),
            },
            0x0208 => {
                if u16_at(data, 12)? & 0x20 != 0 {
                    self.hidden.insert(u32::from(u16_at(data, 0)?) + 1);
                }
                Ok(())
            }
            0x00E5 => self.merged(data),
            _ => Ok(()),
        }
    }

    fn put(&mut self, (row, column): (u16, u16), cell: Cell) -> Result<(), FileError> {
        let (row, column) = (u32::from(row), u32::from(column));
        if let Cell::Text(text) = &cell
            && text.chars().all(char::is_whitespace)
        {
            return Ok(());
        }
        self.budget.put(&mut self.rows, (row, column), cell)
    }

    /// A formula's value, as the program left it.
    fn formula(&mut self, data: &[u8]) -> Result<(), FileError> {
        let place = (u16_at(data, 0)?, u16_at(data, 2)?);
        let value: [u8; 8] = bytes_at(data, 6)?;
        let cell = match (value, value[0]) {
            ([.., 0xFF, 0xFF], 0) => {
                self.waiting = Some(place);
                return Ok(());
            }
            ([.., 0xFF, 0xFF], 1) => truth(value[2], false),
            ([.., 0xFF, 0xFF], 2) => truth(value[2], true),
            ([.., 0xFF, 0xFF], _) => Cell::Empty,
            _ => self.globals.number(f64::from_le_bytes(value), u16_at(data, 4)?),
        };
        self.put(place, Cell::Formula(Box::new(cell)))
    }

    /// Numbers side by side.
    fn packed_row(&mut self, data: &[u8]) -> Result<(), FileError> {
        let (row, first) = (u16_at(data, 0)?, u16_at(data, 2)?);
        let numbers = data.get(4..data.len().saturating_sub(2)).ok_or_else(broken)?;
        for (number, column) in numbers.chunks_exact(6).zip(first..) {
            let cell = self.globals.number(packed(u32_at(number, 2)?), u16_at(number, 0)?);
            self.put((row, column), cell)?;
        }
        Ok(())
    }

    fn merged(&mut self, data: &[u8]) -> Result<(), FileError> {
        let count = usize::from(u16_at(data, 0)?);
        let merges = self.merges.len() + count;
        if merges > MERGES_MAX {
            return Err(FileError::TooManyMerges { merges });
        }
        for at in (0..count).map(|nth| 2 + nth * 8) {
            self.merges.push(Merge {
                top: u32::from(u16_at(data, at)?) + 1,
                bottom: u32::from(u16_at(data, at + 2)?) + 1,
                left: u16_at(data, at + 4)?.into(),
                right: u16_at(data, at + 6)?.into(),
            });
        }
        Ok(())
    }
}

/// A truth, or an error such as `#REF!`.
fn truth(value: u8, is_error: bool) -> Cell {
    if is_error {
        Cell::Broken(format!("#{value:02X}"))
    } else {
        Cell::Text(if value == 0 { "FALSE" } else { "TRUE" }.to_owned())
    }
}

/// `RkNumber` (2.5.122): thirty bits of a number, whole or not, perhaps a hundredfold.
fn packed(rk: u32) -> f64 {
    let number = if rk & 2 == 0 {
        f64::from_bits(u64::from(rk & !3) << 32)
    } else {
        f64::from(rk.cast_signed() >> 2)
    };
    if rk & 1 == 0 { number } else { number / 100.0 }
}
