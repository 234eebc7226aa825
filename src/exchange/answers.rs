//! Answers: what a person settles, in a small TOML file.
//!
//! ```toml
//! [row."8"]
//! account = "R.4503.01"
//! ```
//!
//! Keys of a row: `skip = "why"` leaves it out; `accept = "why"` takes it as it was read;
//! `account`, `starts`, `ends`, `party` ("organisation" or "person"), `period`, `money`
//! ("common", "operator" or "outside"), `per`, `rate`, `received`, `quantity` say what the cell
//! doesn't. A row or key that isn't known is an error: an answer that settles nothing is a slip.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use thiserror::Error;
use toml::Value;

use super::grammar::name::PartyKind;
use super::grammar::rate::Per;
use super::register::{Register, Status};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::money::Money;
use crate::ledger::period::{Period, parse_date};

/// Where money lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the common account.
    Common,
    /// With the manager, for the owners.
    Operator,
    /// It isn't the owners' at all.
    Outside,
}

/// The answers for one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowAnswer {
    /// Leave it out, for this reason.
    pub skip: Option<String>,
    /// Take it as read, for this reason.
    pub accept: Option<String>,
    /// The income's account.
    pub account: Option<AccountCode>,
    /// The first day.
    pub starts: Option<NaiveDate>,
    /// The last day.
    pub ends: Option<NaiveDate>,
    /// Organisation or person.
    pub party: Option<PartyKind>,
    /// The months a receipt is for.
    pub period: Option<Period>,
    /// Where the money lies.
    pub money: Option<Place>,
    /// The rate's period.
    pub per: Option<Per>,
    /// The rate, as a cell would say it.
    pub rate: Option<String>,
    /// What came in.
    pub received: Option<Money>,
    /// How many pieces or square metres.
    pub quantity: Option<Decimal>,
}

/// Answers by the sheet's row number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Each row's.
    pub rows: BTreeMap<u32, RowAnswer>,
}

/// Why answers can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// Not TOML.
    #[error("the answers are no TOML: {cause}")]
    Syntax {
        /// What the parser said.
        cause: String,
    },
    /// A table or key that isn't known.
    #[error("unknown key {key} in the answers")]
    UnknownKey {
        /// With its table.
        key: String,
    },
    /// A row that the sheet doesn't have, or that nothing is asked of.
    #[error("the answers speak of row {row}, which holds no entry in this sheet")]
    UnknownRow {
        /// As written.
        row: String,
    },
    /// A value that the key can't have.
    #[error("row {row}: {key} = {value} is not one of its values ({wanted})")]
    BadValue {
        /// The row.
        row: u32,
        /// The key.
        key: String,
        /// As written.
        value: String,
        /// What it may be.
        wanted: &'static str,
    },
}

impl AnswerError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Syntax { cause } => format!("答复文件不是 TOML：{cause}"),
            Self::UnknownKey { key } => format!("答复文件里有不认识的键 {key}"),
            Self::UnknownRow { row } => format!("答复说的第 {row} 行在这张表里没有可入账的内容"),
            Self::BadValue { row, key, value, wanted } => {
                format!("第 {row} 行：{key} = {value} 不是它能取的值（{wanted}）")
            }
        }
    }
}

impl FromStr for Answers {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Self, AnswerError> {
        let syntax = |error: toml::de::Error| AnswerError::Syntax { cause: error.to_string() };
        let table: toml::Table = text.parse().map_err(syntax)?;
        let mut answers = Self::default();
        for (name, value) in table {
            let ("row", Value::Table(rows)) = (name.as_str(), value) else {
                return Err(AnswerError::UnknownKey { key: name });
            };
            for (number, keys) in rows {
                let row = number.parse().ok().filter(|row| *row > 0);
                let (Some(row), Value::Table(keys)) = (row, keys) else {
                    return Err(AnswerError::UnknownRow { row: number });
                };
                let mut answer = RowAnswer::default();
                for (key, value) in keys {
                    answer.take(row, &key, &value)?;
                }
                answers.rows.insert(row, answer);
            }
        }
        Ok(answers)
    }
}

impl RowAnswer {
    fn take(&mut self, row: u32, key: &str, value: &Value) -> Result<(), AnswerError> {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let wrong = |wanted| AnswerError::BadValue {
            row,
            key: key.to_owned(),
            value: text.clone(),
            wanted,
        };
        let reason = || Some(text.clone()).filter(|text| !text.trim().is_empty());
        let day = || parse_date(&text).map_err(|_| wrong("2023-11-30"));
        match key {
            "skip" => self.skip = Some(reason().ok_or_else(|| wrong("a reason"))?),
            "accept" => self.accept = Some(reason().ok_or_else(|| wrong("a reason"))?),
            "account" => {
                self.account = Some(account(&text).ok_or_else(|| wrong("R.45xx, R.22xx"))?);
            }
            "starts" => self.starts = Some(day()?),
            "ends" => self.ends = Some(day()?),
            "party" => {
                let kind = [PartyKind::Organisation, PartyKind::Person];
                let kind = kind.into_iter().find(|kind| kind.word() == text);
                self.party = Some(kind.ok_or_else(|| wrong("organisation, person"))?);
            }
            "period" => self.period = Some(text.parse().map_err(|_| wrong("2018-10, 2018-Q3"))?),
            "money" => {
                self.money = Some(match text.as_str() {
                    "common" => Place::Common,
                    "operator" => Place::Operator,
                    "outside" => Place::Outside,
                    _ => return Err(wrong("common, operator, outside")),
                });
            }
            "per" => {
                let per = Per::from_word(&text);
                self.per = Some(per.ok_or_else(|| wrong("day, month, quarter, half_year, year"))?);
            }
            "rate" => self.rate = Some(reason().ok_or_else(|| wrong("5000元/月"))?),
            "received" => self.received = Some(text.parse().map_err(|_| wrong("5000.00"))?),
            "quantity" => {
                let number = Decimal::from_str(&text).ok().filter(Decimal::is_sign_positive);
                self.quantity = Some(number.ok_or_else(|| wrong("a number"))?);
            }
            _ => return Err(AnswerError::UnknownKey { key: format!("row.\"{row}\".{key}") }),
        }
        Ok(())
    }
}

/// Accounts that a register's money may be booked to: income, and what is held for others.
fn account(text: &str) -> Option<AccountCode> {
    let code: AccountCode = text.parse().ok()?;
    let income = code.as_str().starts_with("R.45") || code.as_str().starts_with("R.224");
    (code.fund() == Fund::R && income).then_some(code)
}

/// A template that lists each open row with its questions; nothing in it is settled yet.
pub fn template(register: &Register) -> String {
    let mut out = format!(
        "# 答复 answers · {}\n# 去掉行首的 # 并选一个值；Uncomment one line for each question.\n",
        register.file
    );
    for row in register.open_rows() {
        let title: String = row.read.name.chars().take(40).collect();
        let _ = write!(out, "\n[row.\"{}\"]\n# {} {title}\n", row.row, row.status.word());
        for error in &row.errors {
            let _ = writeln!(out, "# {}：{}", error.zh, error.do_zh);
            let _ = writeln!(out, "# {}: {}", error.en, error.do_en);
        }
        for question in &row.questions {
            let _ = writeln!(out, "# {}\n# {}", question.zh, question.en);
            if question.choices.is_empty() {
                let _ = writeln!(out, "# {} = \"\"", question.key);
            }
            for choice in &question.choices {
                let _ = match choice.as_str() {
                    "outside" => writeln!(out, "# money = \"outside\""),
                    choice if parse_date(choice).is_ok() => {
                        writeln!(out, "# {} = {choice}", question.key)
                    }
                    choice => writeln!(out, "# {} = \"{choice}\"", question.key),
                };
            }
        }
        if row.status == Status::Ask || row.status == Status::Refused {
            out.push_str("# skip = \"\"\n");
        }
    }
    out
}
