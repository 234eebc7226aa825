//! What a form answers, put beside what was answered before, as the answers file says it.

use toml::{Table, Value};

use crate::exchange::answers::{AnswerError, Answers};

/// Answers as TOML, later ones in place of earlier ones. A choice that says where money lies is
/// an answer to that, whatever question offered it.
pub fn merged(before: &str, given: &[(u32, &str, &str)]) -> Result<String, AnswerError> {
    let syntax = |error: toml::de::Error| AnswerError::Syntax { cause: error.to_string() };
    let mut table: Table = before.parse().map_err(syntax)?;
    let rows = table.entry("row").or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(rows) = rows {
        for (row, key, value) in given {
            let key = if *value == "outside" { "money" } else { key };
            let keys = rows.entry(row.to_string()).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(keys) = keys {
                keys.insert(key.to_owned(), Value::String((*value).to_owned()));
            }
        }
    }
    let text = table.to_string();
    text.parse::<Answers>()?;
    Ok(text)
}
