//! An hledger journal, as `hledger check --strict` accepts it.
//!
//! ```text
//! commodity CNY 1000.00
//! account R:资产:1001 银行存款:1001.01 农业银行 ****0001  ; type:C
//!
//! 2025-03-31=2025-03-22 * (36) 更正 金额误记
//!     ; seq:36
//!     ; voucher_r:记-202503-0009
//!     ; kind:correct
//!     ; hash:0a1b…
//!     R:资产:1001 银行存款:1001.01 农业银行 ****0001  CNY 120.00  ; contract:C-01, period:2025-Q1
//! ```

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::journal::{CURRENCY, Dialect, Named, Transaction, account_type, name, number, one_line};
use crate::ledger::account::AccountCode;
use crate::ledger::book::Book;
use crate::ledger::chart::AccountType;
use crate::ledger::money::Money;

/// The dialect of hledger.
pub struct Hledger;

impl Dialect for Hledger {
    fn comment(&self, text: &str) -> String {
        format!("; {text}\n")
    }

    fn head(&self, book: &Book, accounts: &[Named]) -> String {
        let mut out = format!("\ncommodity {CURRENCY} 1000.00\n\n");
        for account in accounts {
            let letter = match account.account_type {
                AccountType::Asset if account.is_bank => "C",
                AccountType::Asset => "A",
                AccountType::Liability => "L",
                AccountType::NetAssets => "E",
                AccountType::Income => "R",
                AccountType::Expense => "X",
            };
            let _ = writeln!(out, "account {}  ; type:{letter}", path(book, account.code));
        }
        out
    }

    fn transaction(&self, book: &Book, transaction: &Transaction<'_>, out: &mut String) {
        let entry = transaction.entry;
        let occurred = entry.occurred.map(|day| format!("={day}")).unwrap_or_default();
        let what = transaction.description().replace(';', "；").replace('|', "｜");
        let _ = writeln!(out, "\n{}{occurred} * ({}) {what}", entry.date, entry.seq);
        let _ = writeln!(out, "    ; seq:{}", entry.seq);
        for (fund, number) in &transaction.vouchers {
            let _ = writeln!(out, "    ; voucher_{}:{number}", fund.letter().to_lowercase());
        }
        let _ = writeln!(out, "    ; kind:{}", entry.event.kind().name);
        let _ = writeln!(out, "    ; hash:{}", transaction.hash);
        if let Some(by) = transaction.corrected_by {
            let _ = writeln!(out, "    ; corrected_by:{by}");
        }
        for line in transaction.lines {
            let _ = write!(out, "    {}  {CURRENCY} {}", path(book, line.account), line.signed());
            let tags: Vec<String> = transaction
                .line_tags(line)
                .iter()
                .map(|(name, value)| format!("{name}:{}", tag_value(value)))
                .collect();
            if !tags.is_empty() {
                let _ = write!(out, "  ; {}", tags.join(", "));
            }
            out.push('\n');
        }
    }

    fn month_end(
        &self,
        book: &Book,
        last: NaiveDate,
        balances: &[(AccountCode, Money)],
        out: &mut String,
    ) {
        let _ = writeln!(out, "\n{last} * 月末余额\n    ; kind:month_end");
        for (account, balance) in balances {
            let path = path(book, *account);
            let _ = writeln!(out, "    {path}  {CURRENCY} 0.00 = {CURRENCY} {balance}");
        }
    }
}

/// `R:资产:1001 银行存款:1001.01 农业银行 ****0001`: fund, type, then each heading.
pub fn path(book: &Book, code: AccountCode) -> String {
    let mut levels = vec![level(book, code)];
    let mut at = code;
    while let Some(heading) = at.parent() {
        levels.push(level(book, heading));
        at = heading;
    }
    levels.reverse();
    let of_type = match account_type(book, code) {
        AccountType::Asset => "资产",
        AccountType::Liability => "负债",
        AccountType::NetAssets => "净资产",
        AccountType::Income => "收入",
        AccountType::Expense => "支出",
    };
    format!("{}:{of_type}:{}", code.fund(), levels.join(":"))
}

fn level(book: &Book, code: AccountCode) -> String {
    let name = name(book, code).replace(':', "：").replace(';', "；");
    one_line(&format!("{} {name}", number(&code)))
}

/// A tag's value ends at a comma, and brackets may hold a date that moves the posting.
fn tag_value(value: &str) -> String {
    value.replace(',', "，").replace('[', "【").replace(']', "】")
}
