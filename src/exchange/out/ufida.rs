//! 用友 U8's text of vouchers (总账工具, 凭证引入): a heading, then a line a posting, its cells
//! between commas, in GB 18030 with CRLF. The layout is read from what programs in use write; it
//! has not been tried in U8 itself (未核实).
//!
//! Date, word and number make a voucher; after the amounts come cells that are left out here
//! (quantity, currency, who made it, …), which U8 takes as empty. A text has no commas.

use encoding_rs::GB18030;

use super::voucher_rows::{VoucherLine, VoucherRows, WORD};
use super::{Format, Scope};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;

/// The first line: what the file is, and of which version's layout.
const HEADING: &str = "填制凭证,V800\r\n";
/// Longest text that U8 takes, in characters (60 bytes).
const TEXT_MAX: usize = 30;

/// A file under way.
pub struct Ufida {
    scope: Scope,
    rows: VoucherRows,
}

impl Ufida {
    /// A file of what a scope names.
    pub fn new(scope: Scope) -> Self {
        Self { scope, rows: VoucherRows::default() }
    }
}

impl Format for Ufida {
    fn begin(&mut self, _book: &Book) -> Vec<u8> {
        GB18030.encode(HEADING).0.into_owned()
    }

    fn entry(&mut self, book: &Book, posted: &PostedEntry, piece: &mut Vec<u8>) {
        let Scope { filter, words, .. } = &self.scope;
        for line in self.rows.of(*words, filter, book, posted) {
            piece.extend_from_slice(&GB18030.encode(&text(&line)).0);
        }
    }

    fn end(&mut self, _book: &Book) -> Vec<u8> {
        Vec::new()
    }
}

fn text(line: &VoucherLine) -> String {
    let VoucherLine { date, no, papers, text, code, debit, credit, .. } = line;
    let plain = |sign: char| match sign {
        ',' => '，',
        '"' => '＂',
        other => other,
    };
    let text: String = text.chars().map(plain).take(TEXT_MAX).collect();
    format!("{date},{WORD},{no:04},{papers},{text},{code},{debit},{credit}\r\n")
}
