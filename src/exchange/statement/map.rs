//! Which heading means what: words that banks use, and a small TOML file where they don't do.
//!
//! ```toml
//! day = "记账日期"
//! serial = "柜员流水"
//! in = "贷方"
//! out = "借方"
//! balance = "账户余额"
//! ```
//!
//! Keys: `day serial in out amount way balance party remark`, each a heading as it stands in the
//! file; `debit = "in"` where 借 means that money came in (the company's own books), not out.

use std::str::FromStr;

use thiserror::Error;
use toml::Value;

use crate::exchange::columns::listed;
use crate::exchange::grammar::text::compact;

/// A column's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Day,
    Serial,
    In,
    Out,
    Amount,
    Way,
    Balance,
    Party,
    Remark,
}

/// Keys of a map.
const KEYS: [(&str, Field); 9] = [
    ("day", Field::Day),
    ("serial", Field::Serial),
    ("in", Field::In),
    ("out", Field::Out),
    ("amount", Field::Amount),
    ("way", Field::Way),
    ("balance", Field::Balance),
    ("party", Field::Party),
    ("remark", Field::Remark),
];

/// Each field's words in headings; the debit and credit sides are the bank's.
const NAMES: &[(Field, &str)] = &[
    (Field::Day, "交易日期 记账日期 入账日期 交易日 记账日 交易时间 日期 date bookingdate"),
    (
        Field::Serial,
        "流水号 交易流水号 交易流水 业务流水号 银行流水号 流水 交易序号 日志号 交易编号 交易单号 业务编号 serial \
         reference",
    ),
    (
        Field::In,
        "收入 收入金额 收款金额 存入 存入金额 转入金额 贷方金额 贷方发生额 贷方 贷 credit in",
    ),
    (
        Field::Out,
        "支出 支出金额 付款金额 支取 支取金额 转出金额 借方金额 借方发生额 借方 借 debit out",
    ),
    (Field::Amount, "交易金额 发生额 金额 amount"),
    (
        Field::Way,
        "借/贷 借贷 借贷标志 借贷方向 借贷标记 借/贷标志 收支 收/支 收支类型 收支方向 交易方向 方向 way",
    ),
    (Field::Balance, "余额 账户余额 账面余额 交易后余额 本次余额 当前余额 balance"),
    (
        Field::Party,
        "对方户名 对方名称 对方账户名称 对方单位 对手户名 对手名称 交易对方 对方姓名 收/付款方 party",
    ),
    (Field::Remark, "摘要 用途 附言 备注 交易摘要 交易说明 remark"),
];

/// Headings that the caller names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    headings: Vec<(Field, String)>,
    debit_is_in: bool,
}

/// Why a map can't be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MapError {
    /// Not TOML.
    #[error("the map is no TOML: {cause}")]
    Syntax {
        /// What the parser said.
        cause: String,
    },
    /// A key that isn't known.
    #[error(
        "unknown key {key} in the map; known are day serial in out amount way balance party \
         remark debit"
    )]
    UnknownKey {
        /// The key.
        key: String,
    },
    /// A value that the key can't have.
    #[error("{key} in the map needs a heading as it stands in the file (debit: \"in\" or \"out\")")]
    BadValue {
        /// The key.
        key: String,
    },
}

impl MapError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Syntax { cause } => format!("列名对照文件不是 TOML：{cause}"),
            Self::UnknownKey { key } => format!(
                "列名对照文件里有不认识的键 {key}；能写的是 day serial in out amount way balance \
                 party remark debit"
            ),
            Self::BadValue { key } => {
                format!("{key} 要写文件里的列名（debit 写 \"in\" 或 \"out\"）")
            }
        }
    }
}

impl FromStr for Map {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        let syntax = |error: toml::de::Error| MapError::Syntax { cause: error.to_string() };
        let table: toml::Table = text.parse().map_err(syntax)?;
        let mut map = Self::default();
        for (key, value) in table {
            let value = match value {
                Value::String(text) if !text.trim().is_empty() => text,
                _ => return Err(MapError::BadValue { key }),
            };
            if key == "debit" {
                map.debit_is_in = match value.as_str() {
                    "in" => true,
                    "out" => false,
                    _ => return Err(MapError::BadValue { key }),
                };
            } else if let Some((_, field)) = KEYS.iter().find(|(name, _)| *name == key) {
                map.headings.push((*field, compact(&value)));
            } else {
                return Err(MapError::UnknownKey { key });
            }
        }
        Ok(map)
    }
}

impl Map {
    /// The field that a heading names: what the map says, else the words known.
    pub(super) fn field_of(&self, heading: &str) -> Option<Field> {
        let named = self.headings.iter().find(|(_, named)| named == heading);
        if let Some((field, _)) = named {
            return Some(*field);
        }
        let known = listed(NAMES, heading)?;
        let mapped = self.headings.iter().any(|(field, _)| *field == known);
        let debit = heading.starts_with('借') || heading.eq_ignore_ascii_case("debit");
        let credit = heading.starts_with('贷') || heading.eq_ignore_ascii_case("credit");
        match known {
            _ if mapped => None,
            Field::Out if debit && self.debit_is_in => Some(Field::In),
            Field::In if credit && self.debit_is_in => Some(Field::Out),
            known => Some(known),
        }
    }

    /// True where a word of the column of ways says that money came in.
    pub(super) fn is_in(&self, word: &str) -> Option<bool> {
        let word = compact(word).to_ascii_uppercase();
        match word.as_str() {
            "收" | "收入" | "入" | "进" | "存" | "存入" | "转入" | "+" | "IN" => {
                Some(true)
            }
            "支" | "支出" | "出" | "付" | "支取" | "转出" | "-" | "OUT" => Some(false),
            "贷" | "贷方" | "C" | "CR" | "CRDT" | "CREDIT" => Some(!self.debit_is_in),
            "借" | "借方" | "D" | "DR" | "DBIT" | "DEBIT" => Some(self.debit_is_in),
            _ => None,
        }
    }
}
