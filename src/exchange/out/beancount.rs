//! A beancount file, as `bean-check` accepts it. Names of accounts are ASCII; the Chinese name
//! is metadata.
//!
//! ```text
//! 2025-01-01 open Assets:R:1001-01 CNY
//!   name: "农业银行 ****0001"
//! 2025-03-31 * "更正 金额误记"
//!   seq: 36
//!   voucher_r: "记-202503-0009"
//!   Assets:R:1001-01  120.00 CNY
//!     contract: "C-01"
//! 2025-04-01 balance Assets:R:1001-01  120.00 ~ 0.00 CNY
//! ```

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::journal::{CURRENCY, Dialect, Named, Transaction, account_type, number};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chart::AccountType;
use crate::ledger::money::Money;

/// The dialect of beancount.
pub struct Beancount;

impl Dialect for Beancount {
    fn comment(&self, text: &str) -> String {
        format!("; {text}\n")
    }

    fn head(&self, book: &Book, accounts: &[Named]) -> String {
        let profile = book.profile();
        let title = quoted(&format!("{} {}", profile.code, profile.name));
        let since = profile.since;
        let mut out = format!("\noption \"title\" {title}\n");
        let _ = writeln!(out, "option \"operating_currency\" \"{CURRENCY}\"\n");
        let _ = writeln!(out, "{since} commodity {CURRENCY}\n");
        for account in accounts {
            let path = path(account.account_type, account.code);
            let _ = writeln!(out, "{since} open {path} {CURRENCY}");
            let _ = writeln!(out, "  code: {}", quoted(account.code.as_str()));
            let _ = writeln!(out, "  name: {}", quoted(&account.name));
        }
        out
    }

    fn transaction(&self, book: &Book, transaction: &Transaction<'_>, out: &mut String) {
        let entry = transaction.entry;
        let _ = writeln!(out, "\n{} * {}", entry.date, quoted(&transaction.description()));
        let _ = writeln!(out, "  seq: {}", entry.seq);
        for (fund, number) in &transaction.vouchers {
            let fund = fund.letter().to_lowercase();
            let _ = writeln!(out, "  voucher_{fund}: {}", quoted(number));
        }
        let _ = writeln!(out, "  kind: {}", quoted(entry.event.kind().name));
        if let Some(day) = entry.occurred {
            let _ = writeln!(out, "  occurred: {day}");
        }
        if let Some(by) = transaction.corrected_by {
            let _ = writeln!(out, "  corrected_by: {by}");
        }
        let _ = writeln!(out, "  hash: \"{}\"", transaction.hash);
        for line in transaction.lines {
            let path = path(account_type(book, line.account), line.account);
            let _ = writeln!(out, "  {path}  {} {CURRENCY}", line.signed());
            for (name, value) in transaction.line_tags(line) {
                let _ = writeln!(out, "    {name}: {}", quoted(&value));
            }
        }
    }

    fn month_end(
        &self,
        book: &Book,
        last: NaiveDate,
        balances: &[(AccountCode, Money)],
        out: &mut String,
    ) {
        // A balance counts at the beginning of its day. The tolerance is given, since the
        // program's own would let a fen pass.
        let Some(next) = last.succ_opt() else { return };
        out.push('\n');
        for (account, balance) in balances {
            let path = path(account_type(book, *account), *account);
            let _ = writeln!(out, "{next} balance {path}  {balance} ~ 0.00 {CURRENCY}");
        }
    }
}

/// `Assets:R:1001-01`: type, fund, the code with hyphens.
pub fn path(account_type: AccountType, code: AccountCode) -> String {
    let root = match account_type {
        AccountType::Asset => "Assets",
        AccountType::Liability => "Liabilities",
        AccountType::NetAssets => "Equity",
        AccountType::Income => "Income",
        AccountType::Expense => "Expenses",
    };
    format!("{root}:{}:{}", code.fund(), number(&code).replace('.', "-"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
