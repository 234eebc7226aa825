//! Drafts for programs, as JSON Schema: made from the tables that decode them, so that a kind or
//! a key that is added there is described here.

use serde_json::{Map, Value, json};

use crate::ledger::draft::DRAFT_KEYS;
use crate::ledger::entry::BATCH_MAX;
use crate::ledger::kinds::{KINDS, Kind};
use crate::ledger::schema::{Key, NAME_MAX, Sort, TEXT_MAX};
use crate::services::people::Verb;

/// A sort of value.
pub fn of_sort(sort: Sort) -> Value {
    let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
    let words = |max: usize| {
        // No blank at either end, no control character: docs/spec/entry.md.
        json!({"type": "string", "minLength": 1, "maxLength": max})
    };
    match sort {
        Sort::Text => words(TEXT_MAX),
        Sort::Name => words(NAME_MAX),
        Sort::Id(prefix) => text(&format!("^{prefix}[0-9a-z_]{{1,37}}$")),
        Sort::Word(known) => json!({"type": "string", "enum": known}),
        Sort::Integer => {
            json!({"type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64})
        }
        Sort::Money | Sort::Area => text(r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$"),
        Sort::Date => json!({"type": "string", "format": "date"}),
        Sort::Month => text("^2[01][0-9]{2}-(0[1-9]|1[0-2])$"),
        Sort::Period => json!({"type": "string", "examples": ["2025-03", "2025-Q1", "2025"]}),
        Sort::Hash => text("^[0-9a-f]{64}$"),
        Sort::Fund => json!({"type": "string", "enum": ["R", "F"]}),
        Sort::Account => text(r"^[RF]\.[0-9]{4}(\.[0-9A-Z]{1,4})*$"),
        Sort::Object(keys) => of_keys(keys, &[]),
        Sort::List(of) => json!({"type": "array", "minItems": 1, "items": of_sort(*of)}),
        Sort::Rows(columns) => {
            let cells: Vec<Value> = columns
                .iter()
                .map(|column| {
                    let mut cell = of_sort(column.sort);
                    cell["title"] = column.name.into();
                    cell
                })
                .collect();
            let many = cells.len();
            json!({"type": "array", "minItems": 1, "items": {
                "type": "array", "prefixItems": cells, "minItems": many, "maxItems": many
            }})
        }
        Sort::Either(choices) => {
            let each: Vec<Value> = choices.iter().map(|(_, keys)| of_keys(keys, &[])).collect();
            json!({"anyOf": each})
        }
    }
}

/// An object with keys, some of them fixed.
fn of_keys(keys: &[Key], fixed: &[(&str, Value)]) -> Value {
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    for (name, value) in fixed {
        properties.insert((*name).to_owned(), value.clone());
        required.push(name);
    }
    for key in keys {
        properties.insert(key.name.to_owned(), of_sort(key.sort));
        if key.required {
            required.push(key.name);
        }
    }
    let mut object =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// The event of a kind.
fn of_kind(kind: &Kind) -> Value {
    let mut event = of_keys(kind.keys, &[("kind", json!({"const": kind.name}))]);
    event["title"] = kind.en.into();
    event["description"] = kind.zh.into();
    event
}

/// `Event.income` for `income`: a component's name has no other characters.
pub fn component(kind: &Kind) -> String {
    format!("Event.{}", kind.name)
}

/// Kinds that programs hand in.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(|kind| Verb::for_kind(kind.name).is_some())
}

/// Drafts, events and lists of drafts, by component name.
pub fn drafts() -> Vec<(String, Value)> {
    let mut components: Vec<(String, Value)> =
        kinds().map(|kind| (component(kind), of_kind(kind))).collect();
    let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let events: Vec<Value> = kinds().map(|kind| refer(&component(kind))).collect();
    let mapping: Map<String, Value> = kinds()
        .map(|kind| {
            let to = format!("#/components/schemas/{}", component(kind));
            (kind.name.to_owned(), to.into())
        })
        .collect();
    let event = json!({
        "oneOf": events,
        "discriminator": {"propertyName": "kind", "mapping": mapping}
    });
    components.push(("Event".to_owned(), event));
    let mut draft = of_keys(DRAFT_KEYS, &[("event", refer("Event"))]);
    draft["description"] = "docs/spec/draft.md".into();
    components.push(("Draft".to_owned(), draft));
    let list = json!({
        "type": "array", "minItems": 1, "maxItems": BATCH_MAX, "items": refer("Draft")
    });
    components.push(("Drafts".to_owned(), list));
    components
}
