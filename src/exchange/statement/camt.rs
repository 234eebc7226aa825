//! CAMT.053 (ISO 20022, `BankToCustomerStatement`): one statement, its booked entries.
//!
//! Read as a stream; a document type or an entity is refused, nesting and texts are bounded.
//! Balances: `OPBD` or `PRCD` opens, `CLBD` closes. An entry's number is the bank's
//! (`AcctSvcrRef`), else `NtryRef`.

use std::str::FromStr;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use rust_decimal::Decimal;

use super::{Line, Statement, StatementError};
use crate::exchange::columns;
use crate::exchange::grammar::number;
use crate::exchange::grammar::text::normal;
use crate::exchange::rows::{Row, Weight};
use crate::exchange::table::{CELL_CHARS_MAX, Cell, FileError, ROWS_MAX};
use crate::ledger::money::Money;

/// Elements within elements; a statement has about a dozen.
const DEPTH_MAX: usize = 64;

/// Reads the one statement of a document.
pub fn read(bytes: &[u8]) -> Result<Statement, StatementError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::Encoding)?;
    let mut reader = Reader::from_str(text);
    let mut walk = Walk::default();
    loop {
        let event = reader.read_event().map_err(|error| StatementError::Xml {
            at: reader.error_position(),
            cause: error.to_string().chars().take(200).collect(),
        })?;
        match event {
            Event::Start(start) => walk.open(&start)?,
            Event::Empty(start) => {
                walk.open(&start)?;
                walk.close()?;
            }
            Event::End(_) => walk.close()?,
            Event::Text(text) => walk.say(&text),
            Event::CData(text) => walk.say(&text),
            Event::GeneralRef(reference) => walk.say(&resolved(&reference)?),
            Event::DocType(_) => return Err(StatementError::DocumentType),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    match (walk.path.is_empty(), walk.statements) {
        (false, _) => {
            let cause = "it ends within an element".to_owned();
            Err(StatementError::Xml { at: bytes.len() as u64, cause })
        }
        (true, 1) => Ok(walk.statement),
        (true, found) => Err(StatementError::Statements { found }),
    }
}

/// The five entities that XML itself knows, and characters by number.
fn resolved(reference: &BytesRef<'_>) -> Result<String, StatementError> {
    let name: &str = reference;
    let code = name.strip_prefix('#').and_then(|digits| match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    });
    let character = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => code.and_then(char::from_u32),
    };
    character.map(String::from).ok_or(StatementError::DocumentType)
}

/// A balance on its way.
#[derive(Default)]
struct Balance {
    code: String,
    amount: Option<Money>,
    is_debit: bool,
}

/// An entry on its way.
#[derive(Default)]
struct Entry {
    line: Line,
    amount: Option<Money>,
    written: String,
    is_debit: Option<bool>,
    is_pending: bool,
    bank_ref: String,
    own_ref: String,
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    text: String,
    statements: usize,
    statement: Statement,
    balance: Balance,
    entry: Entry,
}

impl Walk {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), StatementError> {
        if self.path.len() >= DEPTH_MAX {
            return Err(StatementError::TooDeep { max: DEPTH_MAX });
        }
        let name = start.local_name().into_inner();
        self.text.clear();
        match name {
            "Stmt" => self.statements += 1,
            "Bal" => self.balance = Balance::default(),
            "Ntry" => self.entry = Entry::default(),
            "Amt" if self.is_in(&["Ntry"]) || self.is_in(&["Bal"]) => currency(start)?,
            _ => {}
        }
        self.path.push(name.chars().take(64).collect());
        Ok(())
    }

    /// True where the path ends so.
    fn is_in(&self, names: &[&str]) -> bool {
        self.path.iter().rev().zip(names.iter().rev()).filter(|(a, b)| a == b).count()
            == names.len()
    }

    fn say(&mut self, text: &str) {
        let room = (CELL_CHARS_MAX * 4).saturating_sub(self.text.len());
        let end = text.floor_char_boundary(room);
        self.text.push_str(&text[..end]);
    }

    fn close(&mut self) -> Result<(), StatementError> {
        let text = normal(&std::mem::take(&mut self.text));
        let Some(name) = self.path.pop() else { return Ok(()) };
        let name = name.as_str();
        if self.path.iter().any(|name| name == "Ntry") {
            self.entry_says(name, text);
        } else if name == "Ntry" {
            self.take_entry()?;
        } else if self.path.iter().any(|name| name == "Bal") {
            match name {
                "Cd" => self.balance.code = text,
                "Amt" => self.balance.amount = money(&text),
                "CdtDbtInd" => self.balance.is_debit = text == "DBIT",
                _ => {}
            }
        } else if name == "Bal" {
            self.take_balance();
        } else if self.is_in(&["FrToDt"]) {
            let day = columns::day(&Cell::Text(text));
            match name {
                "FrDt" | "FrDtTm" => self.statement.from = day,
                "ToDt" | "ToDtTm" => self.statement.to = day,
                _ => {}
            }
        }
        Ok(())
    }

    fn entry_says(&mut self, name: &str, text: String) {
        let entry = &mut self.entry;
        let parent = self.path.last().map_or("", String::as_str);
        match (parent, name) {
            ("Ntry", "Amt") => (entry.amount, entry.written) = (money(&text), text),
            ("Ntry", "CdtDbtInd") => {
                entry.is_debit = match text.as_str() {
                    "DBIT" => Some(true),
                    "CRDT" => Some(false),
                    _ => None,
                };
            }
            ("Ntry", "Sts") if !text.is_empty() => entry.is_pending = text != "BOOK",
            ("Sts", "Cd") => entry.is_pending = text != "BOOK",
            ("BookgDt", "Dt" | "DtTm") => {
                entry.line.day = columns::day(&Cell::Text(text));
            }
            ("Ntry", "AcctSvcrRef") => entry.bank_ref = text,
            ("Ntry", "NtryRef") => entry.own_ref = text,
            ("Ntry", "AddtlNtryInf") | ("RmtInf", "Ustrd") => entry.line.remark = Some(text),
            (_, "Nm") => entry.line.party = Some(text),
            _ => {}
        }
    }

    fn take_balance(&mut self) {
        let balance = &self.balance;
        let signed = balance.amount.map(|amount| if balance.is_debit { -amount } else { amount });
        match balance.code.as_str() {
            "OPBD" => self.statement.opening = signed,
            "PRCD" => self.statement.opening = self.statement.opening.or(signed),
            "CLBD" => self.statement.closing = signed,
            _ => {}
        }
    }

    fn take_entry(&mut self) -> Result<(), StatementError> {
        let max = ROWS_MAX as usize;
        if self.statement.rows.len() >= max {
            return Err(StatementError::TooLong { max });
        }
        let Entry { mut line, amount, written, is_debit, is_pending, bank_ref, own_ref } =
            std::mem::take(&mut self.entry);
        line.serial = if bank_ref.is_empty() { own_ref } else { bank_ref };
        let number = u32::try_from(self.statement.rows.len()).unwrap_or(u32::MAX).saturating_add(1);
        let mut row = Row::new(number, line);
        match (amount, is_debit) {
            (Some(amount), Some(is_debit)) => {
                row.read.amount = if is_debit { -amount } else { amount };
            }
            (None, _) => {
                let words = (format!("{written} 不是金额"), format!("{written} is no amount"));
                row.note(Weight::Refuse, ("amount", "no_amount"), words);
            }
            (_, None) => {
                let words = ("没有写收还是支（CdtDbtInd）", "In or out? CdtDbtInd is missing");
                row.note(Weight::Refuse, ("way", "no_way"), words);
            }
        }
        if row.read.day.is_none() {
            let words = ("没有记账日（BookgDt）", "The booking day (BookgDt) is missing");
            row.note(Weight::Refuse, ("day", "no_day"), words);
        }
        if is_pending {
            row.notes.clear();
            row.skipped = Some("pending");
        } else if row.read.amount.is_zero() && row.notes.is_empty() {
            row.skipped = Some("zero");
        }
        self.statement.rows.push(row);
        Ok(())
    }
}

fn currency(start: &BytesStart<'_>) -> Result<(), StatementError> {
    for attribute in start.attributes().flatten() {
        let (name, value) = (attribute.key.local_name().into_inner(), attribute.value.as_ref());
        if name == "Ccy" && value != "CNY" {
            return Err(StatementError::Currency { found: value.chars().take(8).collect() });
        }
    }
    Ok(())
}

fn money(text: &str) -> Option<Money> {
    number::money(Decimal::from_str(text).ok()?).ok()
}
