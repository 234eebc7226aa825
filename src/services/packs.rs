//! Rule packs: dated, cited parameters as TOML, and the `rules` event made of one.
//!
//! A pack may extend another; its own parameters replace those of the same key. A pack that
//! only extends is unverified as a whole: nobody has read the local rules it stands for.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::ledger::chart::{self, CHART_F, CHART_R};
use crate::ledger::event::Event;
use crate::ledger::json::{FormatError, Value};
use crate::ledger::money::Money;
use crate::ledger::period::parse_date;

/// Packs that ship.
const SHIPPED: [(&str, &str); 2] = [
    ("cn-default", include_str!("packs/cn-default.toml")),
    ("cn-gansu-minle", include_str!("packs/cn-gansu-minle.toml")),
];

/// Why a pack could not be used.
#[derive(Debug, Error)]
pub enum PackError {
    /// No pack of that name ships.
    #[error("there is no rule pack \"{0}\"; there are cn-default and cn-gansu-minle")]
    Unknown(String),
    /// Not TOML, or not of a pack's shape.
    #[error("the rule pack \"{0}\": {1}")]
    Unreadable(String, String),
    /// A parameter of an estate's own that nothing reads, or that can't be read.
    #[error(
        "the parameter {0}={1}: only keys of the pack and grace_until, with a value like theirs"
    )]
    OwnParam(String, String),
    /// A value that an entry can't hold.
    #[error("the rule pack \"{0}\": {1}")]
    Format(String, FormatError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    name: String,
    version: String,
    extends: Option<String>,
    #[serde(default)]
    param: Vec<PackParam>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackParam {
    key: String,
    #[serde(default = "equal")]
    compare: String,
    value: String,
    from: String,
    cite: String,
    #[serde(default)]
    verified: bool,
}

fn equal() -> String {
    "=".to_owned()
}

/// A parameter that an estate sets for itself, in place of the pack's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnParam {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Who set it, and where that is written. It counts as unverified.
    pub cite: String,
}

/// The `rules` event of a shipped pack, in force from a day, with both charts complete.
pub fn rules_event(
    name: &str,
    from: chrono::NaiveDate,
    own: &[OwnParam],
) -> Result<Event, PackError> {
    let pack = read(name)?;
    let mut params: BTreeMap<(String, String), PackParam> = BTreeMap::new();
    if let Some(base) = &pack.extends {
        for param in read(base)?.param {
            let unverified = PackParam { verified: false, ..param };
            params.insert((unverified.key.clone(), unverified.from.clone()), unverified);
        }
    }
    for param in pack.param {
        params.insert((param.key.clone(), param.from.clone()), param);
    }
    for OwnParam { key, value, cite } in own {
        let of_pack = params.values().find(|param| param.key == *key);
        if !fits(key, value, of_pack) {
            return Err(PackError::OwnParam(key.clone(), value.clone()));
        }
        let compare = of_pack.map_or_else(equal, |param| param.compare.clone());
        params.retain(|(known, _), _| known != key);
        let (key, value, cite) = (key.clone(), value.clone(), cite.clone());
        let from = from.to_string();
        let param = PackParam { key, compare, value, from: from.clone(), cite, verified: false };
        params.insert((param.key.clone(), from), param);
    }
    let rows = params.into_values().map(|param| {
        let verified = if param.verified { "verified" } else { "unverified" };
        let cells = [&param.key, &param.compare, &param.value, &param.from, verified, &param.cite];
        Value::List(cells.into_iter().map(Value::text).collect())
    });
    let keys = [
        ("basis", Value::text("cash")),
        ("chart_f", chart_rows(CHART_F)),
        ("chart_r", chart_rows(CHART_R)),
        ("charts", Value::map([("f", Value::text("cn-f-2020/1")), ("r", Value::text("cn-r/1"))])),
        ("from", Value::text(from)),
        ("pack", Value::text(&pack.name)),
        ("params", Value::List(rows.collect())),
        ("version", Value::text(&pack.version)),
    ];
    Event::new("rules", keys).map_err(|error| PackError::Format(name.to_owned(), error))
}

/// True where an estate's own value can stand in the place of the pack's: a number for a number, an
/// amount for an amount, a day for the end of the grace.
fn fits(key: &str, value: &str, of_pack: Option<&PackParam>) -> bool {
    let Some(param) = of_pack else {
        return key == "grace_until" && parse_date(value).is_ok();
    };
    match (param.value.parse::<u32>(), param.value.parse::<Money>()) {
        (Ok(_), _) => value.parse::<u32>().is_ok(),
        (_, Ok(_)) => value.parse::<Money>().is_ok_and(|amount| !amount.is_negative()),
        _ => true,
    }
}

fn chart_rows(chart: &'static str) -> Value {
    let rows = chart::shipped(chart);
    Value::List(rows.map(|row| Value::List(row.row.map(Value::text).to_vec())).collect())
}

fn read(name: &str) -> Result<Pack, PackError> {
    let text = SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    let text = text.ok_or_else(|| PackError::Unknown(name.to_owned()))?;
    toml::from_str(text).map_err(|error| PackError::Unreadable(name.to_owned(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::rules::Rules;

    #[test]
    fn every_shipped_pack_makes_rules() {
        let day = parse_date("2026-01-01").unwrap();
        for (name, _) in SHIPPED {
            let event = rules_event(name, day, &[]).unwrap();
            let rules = Rules::from_fields(event.fields());
            assert_eq!(rules.pack, name);
            assert_eq!(rules.number("silent_days", day), Some(30));
            assert_eq!(
                rules.param("quorum_area", day).map(|p| p.verified),
                Some(name == "cn-default")
            );
        }
        for (key, value, fits) in [
            ("late_days", "20", true),
            ("late_days", "twenty", false),
            ("quotes_above", "20000.00", true),
            ("quotes_above", "20000", false),
            ("grace_until", "2026-12-31", true),
            ("grace_until", "soon", false),
            ("late_day", "20", false),
        ] {
            let own =
                OwnParam { key: key.into(), value: value.into(), cite: "议事规则".into() };
            let event = rules_event("cn-default", day, &[own]);
            assert_eq!(event.is_ok(), fits, "{key}={value}");
        }
        assert!(matches!(rules_event("cn-nowhere", day, &[]), Err(PackError::Unknown(_))));
    }
}
