//! A workbook for Excel: 明细, 科目余额, 收支表, 说明.
//!
//! Its rows wait in the library's temporary file, so memory doesn't grow with them. An amount is
//! a number where the number prints back as the amount, else a text: see [`cells`].

mod cells;
mod page;

pub(super) use cells::{Looks, excel_day, write};
pub(super) use page::Page;
pub use page::workbook;

use std::io::Write;

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use super::Scope;
use super::paper::cell;
use super::rows::{COLUMNS, Cell, Totals, cells, facts, headings};
use super::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::money::Money;
use crate::ledger::papers::{Rank, income};
use crate::ledger::period::{Month, Period};
use crate::ledger::statements::{sides, trial_balance, trial_total};
use crate::ledger::vouchers::Vouchers;

/// The rows that a sheet can have, its heading among them.
const ROWS_MAX: u32 = 1_048_576;

/// A workbook that is written while the entries pass.
pub trait SheetFormat: Send {
    /// Adds an entry of the book, in the order of the chain.
    fn entry(&mut self, book: &Book, posted: &PostedEntry) -> Result<(), XlsxError>;

    /// Writes what comes after the entries, and then the file.
    fn finish(self: Box<Self>, book: &Book, to: &mut (dyn Write + Send)) -> Result<(), XlsxError>;
}

/// A workbook under way.
pub struct Sheets {
    workbook: Workbook,
    lines: Worksheet,
    /// Sheets of lines, the one under way among them.
    count: u32,
    /// The next row of the sheet of lines.
    at: u32,
    rows_max: u32,
    scope: Scope,
    totals: Totals,
    vouchers: Vouchers,
    looks: Looks,
}

impl Sheets {
    /// A workbook of what a scope names.
    pub fn new(scope: Scope) -> Result<Self, XlsxError> {
        Self::with_rows(scope, ROWS_MAX)
    }

    fn with_rows(scope: Scope, rows_max: u32) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let looks = Looks::new();
        // Else the library takes the machine's clock, and no two files would be the same.
        if let Some(made) = excel_day(scope.as_of) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        let lines = line_sheet(&mut workbook, scope.words, 1, &looks)?;
        let (totals, vouchers) = (Totals::default(), Vouchers::default());
        Ok(Self { workbook, lines, count: 1, at: 1, rows_max, scope, totals, vouchers, looks })
    }

    /// Goes on with a further sheet where one is full.
    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        self.count += 1;
        let next = line_sheet(&mut self.workbook, self.scope.words, self.count, &self.looks)?;
        let full = std::mem::replace(&mut self.lines, next);
        self.close_lines(full)?;
        self.at = 1;
        Ok(())
    }

    fn close_lines(&mut self, mut sheet: Worksheet) -> Result<(), XlsxError> {
        let last = u16::try_from(COLUMNS.len() - 1).unwrap_or_default();
        sheet.autofilter(0, 0, self.at.saturating_sub(1), last)?;
        self.workbook.push_worksheet(sheet);
        Ok(())
    }

    fn trial(&mut self, book: &Book, funds: &[Fund], period: Period) -> Result<(), XlsxError> {
        let (words, looks) = (self.scope.words, &self.looks);
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(words.t("file.sheet_trial"))?;
        let mut page = Page { sheet, looks, at: 0 };
        page.widths(&[12, 26, 16, 16, 16, 16, 16, 16])?;
        let mut head =
            vec![words.t("trial.code").into_owned(), words.t("file.account_name").into()];
        for column in ["trial.opening", "trial.turnover", "trial.closing"] {
            for side in ["file.debit", "file.credit"] {
                head.push(format!("{} {}", words.t(column), words.t(side)));
            }
        }
        page.head(&head)?;
        page.sheet.set_freeze_panes(1, 0)?;
        for fund in funds {
            page.row(&[Cell::Text(format!("{} {period}", words.fund(*fund)))], true)?;
            let rows = trial_balance(book, *fund, period);
            for row in &rows {
                let named = [
                    Cell::Text(row.account.to_string()),
                    Cell::Text(words.account(book, row.account)),
                ];
                let turnover = (row.turnover.debit, row.turnover.credit);
                let columns = [sides(row.opening), turnover, sides(row.closing)];
                page.row(&[&named[..], &six(columns)].concat(), false)?;
            }
            let total = trial_total(&rows);
            let named = [Cell::Empty, Cell::Text(words.t("text.total").into_owned())];
            let columns = [total.opening, total.turnover, total.closing];
            page.row(&[&named[..], &six(columns)].concat(), true)?;
            page.at += 1;
        }
        Ok(())
    }

    fn income(&mut self, book: &Book, funds: &[Fund], period: Period) -> Result<(), XlsxError> {
        let (words, looks) = (self.scope.words, &self.looks);
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(words.t("file.sheet_income"))?;
        let mut page = Page { sheet, looks, at: 0 };
        page.widths(&[36, 14, 16])?;
        page.head(&[
            words.t("column.item").into_owned(),
            words.t("column.part").into_owned(),
            words.t("column.amount").into_owned(),
        ])?;
        page.sheet.set_freeze_panes(1, 0)?;
        for fund in funds {
            let title = words.t(&format!("statement.{fund}"));
            page.row(&[Cell::Text(format!("{title} {period}"))], true)?;
            for row in income(book, &self.vouchers, *fund, period).rows {
                let cells = row.cells.iter().map(|of| cell(words, book, of));
                page.row(&cells.collect::<Vec<_>>(), row.rank != Rank::Line)?;
            }
            page.at += 1;
        }
        Ok(())
    }

    fn about(&mut self, book: &Book) -> Result<(), XlsxError> {
        let (words, looks) = (self.scope.words, &self.looks);
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(words.t("file.sheet_about"))?;
        let mut page = Page { sheet, looks, at: 0 };
        page.widths(&[26, 70, 18])?;
        for (label, value) in facts(&self.scope, book, &self.totals) {
            page.row(&[Cell::Text(words.t(label).into_owned()), value], false)?;
        }
        page.at += 1;
        page.head(&["file.total", "file.debit", "file.credit"].map(|key| words.t(key).into()))?;
        for fund in Fund::ALL {
            let (debit, credit) = self.totals.of(fund);
            let sums = [Cell::Text(words.fund(fund)), Cell::Money(debit), Cell::Money(credit)];
            page.row(&sums, false)?;
        }
        Ok(())
    }
}

impl SheetFormat for Sheets {
    fn entry(&mut self, book: &Book, posted: &PostedEntry) -> Result<(), XlsxError> {
        self.vouchers.add(book, posted);
        for row in self.scope.filter.rows(book, &posted.entry) {
            self.totals.add(&row);
            for line in &row.lines {
                if self.at == self.rows_max {
                    self.next_sheet()?;
                }
                for (column, cell) in
                    (0..).zip(&cells(self.scope.words, book, posted, &self.vouchers, &row, line))
                {
                    write(&mut self.lines, (self.at, column), cell, &self.looks)?;
                }
                self.at += 1;
            }
        }
        Ok(())
    }

    fn finish(
        mut self: Box<Self>,
        book: &Book,
        to: &mut (dyn Write + Send),
    ) -> Result<(), XlsxError> {
        let lines = std::mem::replace(&mut self.lines, Worksheet::new());
        self.close_lines(lines)?;
        let period = period(&self.scope, book);
        let only = self.scope.filter.fund;
        let funds: Vec<Fund> =
            Fund::ALL.into_iter().filter(|fund| only.is_none_or(|only| only == *fund)).collect();
        self.trial(book, &funds, period)?;
        self.income(book, &funds, period)?;
        self.about(book)?;
        self.workbook.save_to_writer(to)
    }
}

/// The months of the statements: those of the filter, where it names none those of the book.
fn period(scope: &Scope, book: &Book) -> Period {
    let since = Month::of(book.profile().since);
    let last = Month::of(book.last_day().unwrap_or(scope.as_of)).max(since);
    let from = scope.filter.from.unwrap_or(since);
    let to = scope.filter.to.unwrap_or(last).max(from);
    Period::new(from, to).unwrap_or(Period::month(from))
}

fn six(columns: [(Money, Money); 3]) -> [Cell; 6] {
    let [opening, turnover, closing] = columns;
    let amounts = [opening.0, opening.1, turnover.0, turnover.1, closing.0, closing.1];
    amounts.map(|amount| if amount.is_zero() { Cell::Empty } else { Cell::Money(amount) })
}

fn line_sheet(
    workbook: &mut Workbook,
    words: Words,
    nth: u32,
    looks: &Looks,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory()?;
    let name = words.t("file.sheet_lines");
    sheet.set_name(if nth == 1 { name.into_owned() } else { format!("{name}{nth}") })?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (_, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, f64::from(width))?;
    }
    for (column, heading) in (0..).zip(headings(words)) {
        sheet.write_string_with_format(0, column, heading, &looks.head)?;
    }
    Ok(sheet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_sheet_goes_on_in_the_next() {
        let scope = Scope::whole(chrono::NaiveDate::MIN, Words::of("zh"));
        let mut sheets = Sheets::with_rows(scope, 3).unwrap();
        for _ in 0..5 {
            if sheets.at == sheets.rows_max {
                sheets.next_sheet().unwrap();
            }
            sheets.at += 1;
        }
        assert_eq!((sheets.count, sheets.at), (3, 2));
        let lines = std::mem::replace(&mut sheets.lines, Worksheet::new());
        sheets.close_lines(lines).unwrap();
        let names: Vec<_> = sheets.workbook.worksheets().iter().map(Worksheet::name).collect();
        assert_eq!(names, ["明细", "明细2", "明细3"]);
    }
}
