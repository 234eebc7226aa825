//! The preview as JSON, `import/1`.

use serde_json::{Map, Value, json};

use super::{Daily, Parking, Totals};
use crate::exchange::rows::Row;

impl Parking {
    /// The whole preview.
    pub fn to_json(&self) -> Value {
        let sum = |sum: &super::Sum| {
            json!({"row": sum.row, "printed": sum.printed.to_string(),
                "computed": sum.computed.to_string(), "agrees": sum.printed == sum.computed})
        };
        let all = self.totals(|_| true);
        let mut totals = figures(&all);
        totals["to_post"] = json!(self.totals(Row::is_postable).amount.to_string());
        totals["held"] = json!(self.totals(Row::is_open).amount.to_string());
        totals["sheet"] = self.sums.iter().map(sum).collect();
        json!({
            "format": "import/1",
            "file": self.file,
            "sha256": self.sha256,
            "sheet": self.sheet,
            "rows": self.rows.iter().map(|row| row.to_json(&read(&row.read))).collect::<Vec<_>>(),
            "totals": totals,
        })
    }
}

fn figures(totals: &Totals) -> Value {
    json!({
        "days": totals.days, "cash": totals.cash.to_string(),
        "platform": totals.platform.to_string(), "received": totals.amount.to_string(),
        "settled": totals.settled.to_string(), "fee": totals.fee.to_string(),
    })
}

fn read(read: &Daily) -> Value {
    let mut out = Map::new();
    let Some(day) = read.day else { return Value::Object(out) };
    out.insert("day".into(), day.to_string().into());
    out.insert("cash".into(), read.cash.to_string().into());
    out.insert("platform".into(), read.platform.to_string().into());
    out.insert("amount".into(), read.amount.to_string().into());
    out.extend(read.lot.clone().map(|lot| ("lot".into(), lot.into())));
    out.extend(read.visits.map(|visits| ("visits".into(), visits.into())));
    out.extend(read.exempt.map(|exempt| ("exempt".into(), exempt.into())));
    out.extend(read.fee.map(|fee| ("fee".into(), fee.to_string().into())));
    if let Some(settlement) = read.settlement {
        out.insert("settled_on".into(), settlement.on.to_string().into());
        out.insert("settled".into(), settlement.net.to_string().into());
    }
    Value::Object(out)
}
