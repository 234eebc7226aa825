//! CSV for spreadsheets: UTF-8 with a byte order mark, CRLF, a row a line, no cap.
//!
//! Every row has the same number of cells. The rows at the end have `#` in the first cell: totals
//! beneath their columns, then what the file says of itself. Excel takes them as they are, and a
//! program knows where the lines end.

use super::rows::{COLUMNS, CREDIT_AT, Cell, DEBIT_AT, FUND_AT, Totals, cells, facts, headings};
use super::{Format, Scope};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::vouchers::Vouchers;

/// What stands in the first cell of the rows at the end.
pub const END: &str = "#";
/// What most rows take.
const ROW_BYTES: usize = 512;

/// A CSV file under way.
pub struct Csv {
    scope: Scope,
    totals: Totals,
    vouchers: Vouchers,
}

impl Csv {
    /// A file of what a scope names.
    pub fn new(scope: Scope) -> Self {
        Self { scope, totals: Totals::default(), vouchers: Vouchers::default() }
    }
}

impl Format for Csv {
    fn begin(&mut self, _book: &Book) -> Vec<u8> {
        let mut piece = "\u{feff}".as_bytes().to_vec();
        write(&mut piece, &headings(self.scope.words));
        piece
    }

    fn entry(&mut self, book: &Book, posted: &PostedEntry, piece: &mut Vec<u8>) {
        self.vouchers.add(book, posted);
        for row in self.scope.filter.rows(book, &posted.entry) {
            self.totals.add(&row);
            for line in &row.lines {
                let cells = cells(self.scope.words, book, posted, &self.vouchers, &row, line);
                write(piece, &cells.map(text));
            }
        }
    }

    fn end(&mut self, book: &Book) -> Vec<u8> {
        let words = self.scope.words;
        let mut piece = Vec::new();
        let mut row = |label: &str, further: &[(usize, Cell)]| {
            let mut cells = vec![String::new(); COLUMNS.len()];
            END.clone_into(&mut cells[0]);
            cells[1] = words.t(label).into_owned();
            for (at, cell) in further {
                cells[*at] = text(cell.clone());
            }
            write(&mut piece, &cells);
        };
        for fund in Fund::ALL {
            let (debit, credit) = self.totals.of(fund);
            let named = Cell::Text(words.fund(fund));
            let sums = [(DEBIT_AT, Cell::Money(debit)), (CREDIT_AT, Cell::Money(credit))];
            row("file.total", &[&[(FUND_AT, named)], &sums[..]].concat());
        }
        for (label, cell) in facts(&self.scope, book, &self.totals) {
            row(label, &[(2, cell)]);
        }
        piece
    }
}

/// A cell as CSV has it; one that a spreadsheet would run is made harmless.
pub fn text(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => safe(text),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Money(amount) => amount.to_string(),
    }
}

/// A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV
/// Injection"); so do the full-width signs, which Excel takes for the others in East Asia.
fn safe(text: String) -> String {
    let runs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(runs) { format!("'{text}") } else { text }
}

/// Writes a row.
pub fn write(piece: &mut Vec<u8>, cells: &[String]) {
    // The library zeroes its buffer anew for each writer, so it is no larger than a row.
    let mut writer = csv::WriterBuilder::new();
    let writer = writer.terminator(csv::Terminator::CRLF).buffer_capacity(ROW_BYTES);
    let mut row = writer.from_writer(piece);
    // A vector takes every byte.
    let _ = row.write_record(cells).and_then(|()| Ok(row.flush()?));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_a_formula() {
        for text in ["=1+1", "+86", "-1", "@sum", "\t=1", "\r=1", "＝1"] {
            assert_eq!(safe(text.to_owned()), format!("'{text}"));
        }
        for text in ["1-1", "甲=乙", "", "'=1"] {
            assert_eq!(safe(text.to_owned()), text);
        }
    }
}
