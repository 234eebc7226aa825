//! 金蝶 KIS's table of vouchers to import, as a workbook: the columns that its guides name. It has
//! not been tried in KIS itself (未核实). A second sheet says of what the file was made.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, Workbook, Worksheet, XlsxError};

use super::Scope;
use super::rows::Cell;
use super::voucher_rows::{VoucherLine, VoucherRows, WORD, fund};
use super::xlsx::{Looks, Page, SheetFormat, excel_day, write};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::money::Money;

/// The headings, always Chinese: the program looks for them.
const HEADINGS: [&str; 11] = [
    "日期",
    "凭证字",
    "凭证号",
    "附单据数",
    "摘要",
    "科目代码",
    "科目名称",
    "借方金额",
    "贷方金额",
    "币别",
    "汇率",
];

/// A workbook under way.
pub struct Kingdee {
    workbook: Workbook,
    sheet: Worksheet,
    at: u32,
    scope: Scope,
    rows: VoucherRows,
    debit: Money,
    credit: Money,
    looks: Looks,
}

impl Kingdee {
    /// A workbook of what a scope names.
    pub fn new(scope: Scope) -> Result<Self, XlsxError> {
        let (mut workbook, looks) = (Workbook::new(), Looks::new());
        if let Some(made) = excel_day(scope.as_of) {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        let mut sheet = workbook.new_worksheet_with_constant_memory()?;
        sheet.set_name("凭证")?;
        for (column, heading) in (0..).zip(HEADINGS) {
            sheet.write_string_with_format(0, column, heading, &looks.head)?;
        }
        let (rows, debit, credit) = (VoucherRows::default(), Money::ZERO, Money::ZERO);
        Ok(Self { workbook, sheet, at: 1, scope, rows, debit, credit, looks })
    }
}

impl SheetFormat for Kingdee {
    fn entry(&mut self, book: &Book, posted: &PostedEntry) -> Result<(), XlsxError> {
        let Scope { filter, words, .. } = &self.scope;
        for line in self.rows.of(*words, filter, book, posted) {
            for (column, cell) in (0..).zip(&cells(&line)) {
                write(&mut self.sheet, (self.at, column), cell, &self.looks)?;
            }
            self.at += 1;
            self.debit = self.debit + line.debit;
            self.credit = self.credit + line.credit;
        }
        Ok(())
    }

    fn finish(
        mut self: Box<Self>,
        book: &Book,
        to: &mut (dyn Write + Send),
    ) -> Result<(), XlsxError> {
        self.workbook.push_worksheet(self.sheet);
        let words = self.scope.words;
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(words.t("file.sheet_about"))?;
        let mut page = Page { sheet, looks: &self.looks, at: 0 };
        page.widths(&[26, 70])?;
        let (head, profile) = (book.head(), book.profile());
        let facts = [
            ("file.estate", Cell::Text(format!("{} {}", profile.code, profile.name))),
            ("file.fund", Cell::Text(words.fund(fund(&self.scope.filter)))),
            ("file.filter", Cell::Text(words.filter(&self.scope.filter))),
            ("file.lines", Cell::Number(u64::from(self.at - 1))),
            ("file.debit", Cell::Money(self.debit)),
            ("file.credit", Cell::Money(self.credit)),
            ("file.entries", Cell::Number(head.entries)),
            ("file.head", Cell::Text(head.hash.to_string())),
            ("file.as_of", Cell::Day(self.scope.as_of)),
            ("file.note", Cell::Text(words.t("file.not_tried").into_owned())),
        ];
        for (label, value) in facts {
            page.row(&[Cell::Text(words.t(label).into_owned()), value], false)?;
        }
        self.workbook.save_to_writer(to)
    }
}

fn cells(line: &VoucherLine) -> [Cell; 11] {
    let money = |amount: Money| if amount.is_zero() { Cell::Empty } else { Cell::Money(amount) };
    let count = |number: usize| Cell::Number(u64::try_from(number).unwrap_or_default());
    [
        Cell::Day(line.date),
        Cell::text(WORD),
        count(line.no),
        count(line.papers),
        Cell::text(&line.text),
        Cell::text(&line.code),
        Cell::text(&line.name),
        money(line.debit),
        money(line.credit),
        Cell::text("RMB"),
        Cell::Number(1),
    ]
}
