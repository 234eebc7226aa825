//! Text tables: a byte-order mark, else strict UTF-8, else GB18030, which spreadsheet programs
//! in China write; separated by commas, semicolons or tabs.

use std::collections::BTreeMap;

use csv_core::ReadFieldResult;
use encoding_rs::{Encoding, GB18030};

use crate::exchange::table::{
    Budget, CELL_CHARS_MAX, COLUMNS_MAX, Cell, FileError, ROWS_MAX, Sheet, SheetRow,
};

/// Tried in this order; the first wins a tie.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads the one sheet of a text table.
pub fn sheet(name: &str, bytes: &[u8]) -> Result<Sheet, FileError> {
    let text = decode(bytes)?;
    if let Some(byte) = text.bytes().find(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) {
        return Err(FileError::Binary { byte });
    }
    let text = keep_blank_lines(&text);
    let mut best = (0, Vec::new());
    for separator in SEPARATORS {
        let rows = rows(&text, separator)?;
        let width = usual_width(&rows);
        if width > best.0 {
            best = (width, rows);
        }
    }
    let rows = best.1;
    Ok(Sheet { name: name.to_owned(), rows, ..Sheet::default() })
}

fn decode(bytes: &[u8]) -> Result<String, FileError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return strictly(encoding, &bytes[mark..]);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => strictly(GB18030, bytes),
    }
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, FileError> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or(FileError::Encoding)
}

/// The reader skips empty lines, and row numbers would slip: an empty line becomes an empty
/// cell. Line ends inside quotes stay.
fn keep_blank_lines(text: &str) -> String {
    let mut kept = String::with_capacity(text.len() + 16);
    let mut quoted = false;
    for line in text.replace("\r\n", "\n").replace('\r', "\n").split_inclusive('\n') {
        if line == "\n" && !quoted {
            kept.push_str("\"\"");
        }
        kept.push_str(line);
        quoted ^= line.matches('"').count() % 2 == 1;
    }
    kept
}

/// Field by field into a buffer of the longest cell's size: a record is never held as a whole, so
/// a line of ten million separators takes no more than any other.
fn rows(text: &str, separator: u8) -> Result<Vec<SheetRow>, FileError> {
    let mut reader = csv_core::ReaderBuilder::new().delimiter(separator).build();
    let mut buffer = vec![0; CELL_CHARS_MAX * 4];
    let (mut rows, mut cells) = (Vec::new(), Vec::new());
    let mut budget = Budget::default();
    let (mut input, mut number, mut written) = (text.as_bytes(), 1_u32, 0);
    loop {
        let (result, read, wrote) = reader.read_field(input, &mut buffer[written..]);
        input = &input[read..];
        written += wrote;
        let record_end = match result {
            // What is read after the last byte is the end itself.
            ReadFieldResult::InputEmpty => continue,
            ReadFieldResult::OutputFull => return Err(FileError::CellTooLong { row: number }),
            ReadFieldResult::End => return Ok(rows),
            ReadFieldResult::Field { record_end } => record_end,
        };
        if number > ROWS_MAX || cells.len() >= COLUMNS_MAX as usize {
            let cell = format!("R{number}C{}", cells.len() + 1);
            return Err(FileError::OutOfRange { cell });
        }
        let text = std::str::from_utf8(&buffer[..written]).map_err(|_| FileError::Encoding)?;
        if text.chars().count() > CELL_CHARS_MAX {
            return Err(FileError::CellTooLong { row: number });
        }
        let cell = cell(text);
        budget.spend(1, &cell)?;
        cells.push(cell);
        written = 0;
        if record_end {
            let cells = std::mem::take(&mut cells);
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(SheetRow { number, hidden: false, cells });
            }
            number += 1;
        }
    }
}

fn cell(text: &str) -> Cell {
    if text.chars().all(char::is_whitespace) {
        return Cell::Empty;
    }
    // Exports shield formulas in text with a quote, or write ="0123" to keep a leading zero.
    let shielded = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    match shielded {
        Some(inside) => Cell::Text(inside.to_owned()),
        None if text.starts_with('=') => Cell::Formula(Box::new(Cell::Text(text.to_owned()))),
        None => Cell::Text(text.to_owned()),
    }
}

/// How many cells most rows have.
fn usual_width(rows: &[SheetRow]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.cells.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}
