//! The preview as JSON, `import/1`.

use serde_json::{Map, Value, json};

use super::{Line, Statement};

impl Statement {
    /// The whole preview; whoever knows the books adds what is matched.
    pub fn to_json(&self) -> Value {
        let row = |row: &crate::exchange::rows::Row<Line>| row.to_json(&read(&row.read));
        let mut out = json!({
            "format": "import/1",
            "file": self.file,
            "sha256": self.sha256,
            "sheet": self.sheet,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
            "errors": self.notes.iter().map(|note| {
                json!({"field": note.field, "code": note.code, "zh": note.zh, "en": note.en})
            }).collect::<Vec<_>>(),
        });
        for (key, day) in [("from", self.from), ("to", self.to)] {
            if let Some(day) = day {
                out[key] = json!(day.to_string());
            }
        }
        for (key, balance) in [("opening", self.opening), ("closing", self.closing)] {
            if let Some(balance) = balance {
                out[key] = json!(balance.to_string());
            }
        }
        out
    }
}

fn read(line: &Line) -> Value {
    let mut out = Map::new();
    let Some(day) = line.day else { return Value::Object(out) };
    out.insert("day".into(), day.to_string().into());
    out.insert("serial".into(), line.serial.clone().into());
    let way = if line.amount.is_negative() { "out" } else { "in" };
    out.insert("way".into(), way.into());
    let amount = if line.amount.is_negative() { -line.amount } else { line.amount };
    out.insert("amount".into(), amount.to_string().into());
    out.extend(line.balance.map(|balance| ("balance".into(), balance.to_string().into())));
    Value::Object(out)
}
