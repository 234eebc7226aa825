//! A paper of the core's as cells, a CSV file, a workbook: the page prints the same cells.
//!
//! In the CSV the first column counts the rows. Behind the rows stand, with `#` in its place, the
//! control sums beneath their columns and what the file says of itself.

use super::csv::{END, text, write};
use super::rows::Cell;
use super::words::Words;
use crate::ledger::account::Fund;
use crate::ledger::book::{Authority, Book};
use crate::ledger::due::{Mode, Part};
use crate::ledger::event::Party;
use crate::ledger::format::grouped;
use crate::ledger::papers::{Cell as Of, Paper};

/// A paper with what a file of it says of itself.
pub struct Sheet<'a> {
    /// The book it is of.
    pub book: &'a Book,
    /// In which language.
    pub words: Words,
    /// What it is called.
    pub title: String,
    /// Its fund, where it is of one.
    pub fund: Option<Fund>,
    /// Its period, or the day it is of.
    pub when: String,
    /// Its rows.
    pub paper: &'a Paper,
}

impl Sheet<'_> {
    /// The headings.
    pub fn headings(&self) -> Vec<String> {
        let name = |column: &&str| self.words.t(&format!("column.{column}")).into_owned();
        self.paper.columns.iter().map(name).collect()
    }

    /// The cells of each row, then those of the last row.
    pub fn rows(&self) -> Vec<Vec<Cell>> {
        let row =
            |cells: &Vec<Of>| cells.iter().map(|of| cell(self.words, self.book, of)).collect();
        let mut rows: Vec<Vec<Cell>> = self.paper.rows.iter().map(|of| row(&of.cells)).collect();
        rows.extend(self.paper.total.as_ref().map(|cells| {
            let mut total: Vec<Cell> = row(cells);
            if let Some(first) = total.first_mut() {
                *first = Cell::Text(self.words.t("text.total").into_owned());
            }
            total
        }));
        rows
    }

    /// Key of the label, value.
    pub fn facts(&self, rows: usize) -> Vec<(&'static str, Cell)> {
        let (words, head, profile) = (self.words, self.book.head(), self.book.profile());
        let fund = self.fund.map_or(Cell::Empty, |fund| Cell::Text(words.fund(fund)));
        vec![
            ("file.estate", Cell::Text(format!("{} {}", profile.code, profile.name))),
            ("file.paper", Cell::Text(self.title.clone())),
            ("file.fund", fund),
            ("file.when", Cell::text(self.when.clone())),
            ("file.table_rows", Cell::Number(rows as u64)),
            ("file.entries", Cell::Number(head.entries)),
            ("file.head", Cell::Text(head.hash.to_string())),
            ("file.posted", Cell::Text(head.time.local())),
            ("file.program", Cell::Text(format!("mingzhang {}", env!("CARGO_PKG_VERSION")))),
            ("file.note", Cell::Text(words.t("file.looking").into_owned())),
        ]
    }

    /// The control sums, a cell a column of the paper.
    pub fn control(&self) -> Vec<Cell> {
        let sums = self.paper.control().into_iter();
        sums.map(|sum| sum.map_or(Cell::Empty, Cell::Money)).collect()
    }

    /// The file as CSV: UTF-8 with a byte order mark, CRLF.
    pub fn csv(&self) -> Vec<u8> {
        let width = self.paper.columns.len().max(3);
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut row = |first: String, cells: Vec<String>| {
            let mut all = vec![first];
            all.extend(cells);
            all.resize(width + 1, String::new());
            write(&mut out, &all);
        };
        row(self.words.t("file.row").into_owned(), self.headings());
        let rows = self.rows();
        for (no, cells) in (1..).zip(&rows) {
            let no: u64 = no;
            row(no.to_string(), cells.iter().cloned().map(text).collect());
        }
        let mut control: Vec<String> = self.control().into_iter().map(text).collect();
        if let Some(first) = control.first_mut() {
            *first = self.words.t("file.control").into_owned();
        }
        row(END.to_owned(), control);
        for (label, value) in self.facts(rows.len()) {
            row(END.to_owned(), vec![self.words.t(label).into_owned(), text(value)]);
        }
        out
    }
}

/// A cell of a paper as a cell of a table.
pub fn cell(words: Words, book: &Book, of: &Of) -> Cell {
    let word = |family: &str, word: &str| Cell::Text(words.t(&format!("{family}.{word}")).into());
    match of {
        Of::Empty => Cell::Empty,
        Of::Text(of_book) => Cell::text(of_book.clone()),
        Of::Word(of) => word("column", of),
        Of::Section(of) => word("section", of),
        Of::Format(of) => word("paper", of),
        Of::Account(code) => Cell::Text(format!("{} {code}", words.account(book, *code))),
        Of::Accounts(codes) => {
            let names = codes.iter().map(|code| words.account(book, *code));
            Cell::text(names.collect::<Vec<_>>().join(words.pick("、", ", ")))
        }
        Of::Money(amount) => Cell::Money(*amount),
        Of::Number(number) => Cell::Number(*number),
        Of::Day(day) => Cell::Day(*day),
        Of::Month(month) => Cell::Text(month.to_string()),
        Of::Period(period) => Cell::Text(period.to_string()),
        Of::Entry(seq) => Cell::Text(entry(words, *seq)),
        Of::Marked(of, seq) => {
            let said = words.t(&format!("column.{of}"));
            Cell::Text(format!("{said} {}", entry(words, *seq)))
        }
        Of::Voucher(_, voucher, _) => Cell::Text(voucher.to_string()),
        Of::Kind(kind) => Cell::text(words.kind(kind)),
        Of::Party(Party::Organisation { org, .. }) => Cell::text(org.clone()),
        Of::Party(Party::Person(_)) => word("text", "person"),
        Of::Contract(no) => Cell::text(no.clone()),
        Of::Authority(authority) => Cell::Text(match authority {
            Authority::Decision(no) => decision(words, no),
            Authority::Clause(cite) => cite.clone(),
            Authority::None(_) => words.t("contracts.no_authority").into_owned(),
        }),
        Of::Rates(parts) => {
            let rates: Vec<String> = parts.iter().map(|part| rate(words, part)).collect();
            Cell::text(rates.join(words.pick("；", "; ")))
        }
        Of::Decision(no) => Cell::Text(decision(words, no)),
        Of::Clause(no) => Cell::Text(words.t("papers.clause").replace("%{no}", no)),
        Of::Rate(bp) => Cell::Text(format!("{}.{:02} %", bp / 100, bp % 100)),
    }
}

fn entry(words: Words, seq: u64) -> String {
    words.t("papers.entry").replace("%{seq}", &seq.to_string())
}

fn decision(words: Words, no: &str) -> String {
    words.t("papers.decision").replace("%{no}", no)
}

/// `2,200.00 / 年 × 18`; for parts without a price how they are counted.
fn rate(words: Words, part: &Part) -> String {
    if part.mode != Mode::Fixed {
        return words.t(&format!("word.{}", part.mode.word())).into_owned();
    }
    let per = words.t(&format!("per.{}", part.per.word()));
    let rate = format!("{} / {per}", grouped(part.amount));
    if part.pieces == 1 { rate } else { format!("{rate} × {}", part.pieces) }
}
