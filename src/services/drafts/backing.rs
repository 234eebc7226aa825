//! What backs a receipt: a line of a bank's or platform's statement that says the same and is
//! matched to nothing yet. Such a receipt may be posted by the one who typed it (I12), because
//! the bank is the second witness; its match is posted with it, so that one line backs once.

use chrono::NaiveDate;

use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, OpenItem};
use crate::ledger::draft::Draft;
use crate::ledger::entry::Side;
use crate::ledger::event::Event;
use crate::ledger::json::Value;
use crate::ledger::money::Money;

/// A statement's line that backs a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing {
    /// The account whose statement has it.
    pub account: AccountCode,
    /// Its serial.
    pub serial: String,
    /// Its day.
    pub day: NaiveDate,
    /// What came in.
    pub amount: Money,
}

impl Backing {
    /// The line that backs drafts upon a book, where they are one receipt and one line does.
    pub(super) fn of(book: &Book, drafts: &[Draft]) -> Option<Self> {
        let [draft] = drafts else { return None };
        if draft.event.kind().name != "income" {
            return None;
        }
        let kept = |account| book.bank_book(account);
        let mut arrived = draft.lines.iter().filter(|line| kept(line.account).is_some());
        let (line, None) = (arrived.next()?, arrived.next()) else { return None };
        if line.side != Side::Debit {
            return None;
        }
        let (bank, day) = (kept(line.account)?, draft.occurred.or(draft.date)?);
        let same = |item: &OpenItem| item.day == day && item.amount == line.amount;
        // Entries that wait for just such a line come first: it may be theirs.
        let waiting = bank.book_open.iter().filter(|(_, item)| same(item)).count();
        let (serial, item) = bank.bank_open.iter().filter(|(_, item)| same(item)).nth(waiting)?;
        let (account, serial) = (line.account, serial.clone());
        Some(Self { account, serial, day: item.day, amount: item.amount })
    }

    /// The match of its line with the receipt, which gets this number.
    pub(super) fn matched(&self, receipt: &Draft, seq: u64) -> Option<Draft> {
        let item = OpenItem { day: self.day, amount: self.amount };
        let row = |name: Value| {
            let named = [Value::Integer(1), name].into_iter();
            Value::List(vec![Value::List(named.chain(item.cells()).collect())])
        };
        let keys = [
            ("account", Value::text(self.account)),
            ("bank", row(Value::text(&self.serial))),
            ("book", row(Value::Integer(seq))),
        ];
        let event = Event::new("statement.match", keys).ok()?;
        let key = format!("{}.1", receipt.r#ref).parse().ok()?;
        let mut draft = Draft::new(receipt.estate, event, key);
        draft.signs.clone_from(&receipt.signs);
        Some(draft)
    }
}
