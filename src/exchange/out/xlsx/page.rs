//! A sheet written from top to bottom, and the workbook of a paper: its table, and what the file
//! says of itself.

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use super::cells::{Looks, excel_day, write_as};
use crate::exchange::out::paper::Sheet;
use crate::exchange::out::rows::Cell;
use crate::ledger::papers::{Rank, is_figure};

/// A sheet that is written from top to bottom.
pub(in crate::exchange::out) struct Page<'a> {
    pub sheet: &'a mut Worksheet,
    pub looks: &'a Looks,
    pub at: u32,
}

impl Page<'_> {
    pub fn widths(&mut self, widths: &[u16]) -> Result<(), XlsxError> {
        for (column, width) in (0..).zip(widths) {
            self.sheet.set_column_width(column, f64::from(*width))?;
        }
        Ok(())
    }

    pub fn head(&mut self, cells: &[String]) -> Result<(), XlsxError> {
        for (column, text) in (0..).zip(cells) {
            self.sheet.write_string_with_format(self.at, column, text, &self.looks.head)?;
        }
        self.at += 1;
        Ok(())
    }

    pub fn row(&mut self, cells: &[Cell], is_sum: bool) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            let look = if is_sum { &self.looks.sum } else { &self.looks.plain };
            let money = if is_sum { &self.looks.sum_money } else { &self.looks.money };
            write_as(self.sheet, (self.at, column), cell, look, money, &self.looks.day)?;
        }
        self.at += 1;
        Ok(())
    }
}

/// A paper as a workbook.
pub fn workbook(of: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let (mut workbook, looks) = (Workbook::new(), Looks::new());
    // Else the library takes the machine's clock, and no two files would be the same.
    if let Some(made) = excel_day(of.book.head().time.day()) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(of.words.t("file.sheet_table"))?;
    let mut page = Page { sheet, looks: &looks, at: 0 };
    let width = |column: &&str| if is_figure(column) { 16 } else { 24 };
    page.widths(&of.paper.columns.iter().map(width).collect::<Vec<u16>>())?;
    page.head(&of.headings())?;
    page.sheet.set_freeze_panes(1, 0)?;
    let rows = of.rows();
    for (at, cells) in rows.iter().enumerate() {
        page.row(cells, of.paper.rows.get(at).is_none_or(|row| row.rank != Rank::Line))?;
    }
    let sheet = workbook.add_worksheet();
    sheet.set_name(of.words.t("file.sheet_about"))?;
    let mut page = Page { sheet, looks: &looks, at: 0 };
    page.widths(&[30, 70])?;
    for (label, value) in of.facts(rows.len()) {
        page.row(&[Cell::Text(of.words.t(label).into_owned()), value], false)?;
    }
    page.at += 1;
    page.head(&[of.words.t("file.control").into_owned()])?;
    for (heading, sum) in of.headings().into_iter().zip(of.control()) {
        if sum != Cell::Empty {
            page.row(&[Cell::Text(heading), sum], false)?;
        }
    }
    workbook.save_to_buffer()
}
