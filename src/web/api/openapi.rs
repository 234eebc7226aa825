//! The description of the API for programs (`OpenAPI` 3.1), made from the tables: operations,
//! parameters, problems, kinds. Nothing of it is written twice, so it can't fall behind.

use std::sync::LazyLock;

use axum::extract::State;
use axum::response::Response;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::operations::{
    ALWAYS, EXAMPLE_IMPORT_ID, EXAMPLE_PAPER_SHA256, OPERATIONS, Operation, Sends, path_params,
};
use super::problem::{MEDIA_TYPE, PROBLEMS};
use super::query::Param;
use super::schema;
use crate::ledger::papers::PAPERS;
use crate::services::programs::KEY_LEN_MAX;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::visit::Visit;
use crate::web::{Lang, Room};

/// The whole description; it never changes while the program runs.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(describe);

/// `GET /api/v1/openapi.json`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_api(&room, &"openapi");
    answer::json(&visit, &edition, async { Ok((&*DESCRIPTION, None)) }).await
}

fn describe() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let method = operation.method().as_str().to_ascii_lowercase();
        let answer = (operation.answer)(&mut generator).to_value();
        let at = paths.entry(operation.path).or_insert_with(|| json!({}));
        let body = sent(operation.sends, &mut generator);
        at[&method] = described(operation, &answer, &body);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.extend(schema::drafts());
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "明账 Mingzhang",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": both("api.lead"),
            "description": both("api.about"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {
                "type": "http", "scheme": "bearer", "description": both("api.key_is"),
            }},
        },
    })
}

/// What a request carries, with an example.
fn sent(sends: Sends, generator: &mut SchemaGenerator) -> Value {
    match sends {
        Sends::Nothing => Value::Null,
        Sends::Drafts => json!({
            "schema": {"oneOf": [
                {"$ref": "#/components/schemas/Draft"}, {"$ref": "#/components/schemas/Drafts"}
            ]},
            "examples": {"income": {"value": example(super::page::EXAMPLE_DRAFT)}},
        }),
        Sends::File => json!({"schema": {"type": "string", "format": "binary"}}),
        Sends::Json(schema, text) => {
            json!({"schema": schema(generator).to_value(), "example": example(text)})
        }
    }
}

/// A text in both languages.
fn both(key: &str) -> String {
    format!("{}\n\n{}", Lang::Zh.t(key), Lang::En.t(key))
}

fn word(family: &str, word: &str) -> String {
    format!("{} {}", Lang::Zh.word(family, word), Lang::En.word(family, word))
}

fn described(operation: &Operation, answer: &Value, body: &Value) -> Value {
    let mut parameters: Vec<Value> =
        path_params(operation.path).into_iter().map(path_param).collect();
    parameters.extend(operation.params.iter().map(query_param));
    let mut told = json!({
        "operationId": operation.id,
        "summary": word("op", operation.id),
        "description": word("op_says", operation.id),
        "responses": responses(operation, answer),
    });
    if !operation.is_public() {
        told["security"] = json!([{"key": []}]);
    }
    if let Some(media_type) = operation.sends.media_type() {
        parameters.push(idempotency_key());
        told["requestBody"] = json!({"required": true, "content": {media_type: body}});
    }
    told["parameters"] = parameters.into();
    told
}

fn example(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn path_param(name: &str) -> Value {
    let (schema, example) = match name {
        "estate" => {
            (json!({"type": "string", "pattern": "^[0-9]{6}-[0-9]{4}$"}), json!("620722-0017"))
        }
        "seq" => (json!({"type": "integer", "minimum": 0}), json!(12)),
        "sha256" => {
            (json!({"type": "string", "pattern": "^[0-9a-f]{64}$"}), json!(EXAMPLE_PAPER_SHA256))
        }
        "import" => {
            (json!({"type": "string", "pattern": "^i_[0-9a-z]{12}$"}), json!(EXAMPLE_IMPORT_ID))
        }
        "name" => {
            // Those with an operation of their own answer in a shape of their own.
            let names = PAPERS.iter().map(|known| known.name);
            let names: Vec<&str> =
                names.filter(|name| !matches!(*name, "income" | "trial")).collect();
            (json!({"type": "string", "enum": names}), json!("balance"))
        }
        "period" => (super::query::Grammar::Period.schema(), json!("2025-Q1")),
        _ => (json!({"type": "string", "minLength": 1, "maxLength": 40}), json!("C-01")),
    };
    json!({
        "name": name, "in": "path", "required": true, "schema": schema, "example": example,
        "description": word("path_param", name),
    })
}

fn query_param(param: &Param) -> Value {
    let example = match param.example.parse::<u64>() {
        Ok(number) if param.grammar.schema()["type"] == "integer" => json!(number),
        _ => json!(param.example),
    };
    json!({
        "name": param.name, "in": "query", "schema": param.grammar.schema(), "example": example,
        "description": word("accepted", super::operations::accepted(param)),
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": true,
        "schema": {
            "type": "string", "minLength": 8, "maxLength": KEY_LEN_MAX,
            "pattern": "^[A-Za-z0-9._:-]+$"
        },
        "example": "bank-2025-0001",
        "description": both("api.idempotency"),
    })
}

fn responses(operation: &Operation, answer: &Value) -> Value {
    let content = json!({"application/json": {
        "schema": answer, "example": example(operation.example_answer),
    }});
    let header = |key: &str| json!({"description": both(key), "schema": {"type": "string"}});
    let mut responses = Map::new();
    let done = |key: &str| json!({"description": both(key), "content": content});
    if operation.writes() {
        responses.insert("200".to_owned(), done("api.known"));
        responses.insert("201".to_owned(), done("api.posted"));
    } else if !operation.is_public() {
        responses.insert("200".to_owned(), done("api.found"));
    } else {
        let mut found = done("api.found");
        found["headers"] = json!({"ETag": header("api.etag"), "Link": header("api.link")});
        responses.insert("200".to_owned(), found);
        responses.insert("304".to_owned(), json!({"description": both("api.unchanged")}));
    }
    for (status, names) in problems_of(operation) {
        let lines: Vec<String> = names
            .iter()
            .map(|name| format!("`/problems/{name}` {}", word("problem", name)))
            .collect();
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        let told = json!({
            "description": lines.join("\n\n"), "content": {MEDIA_TYPE: {"schema": schema}}
        });
        responses.insert(status.to_string(), told);
    }
    Value::Object(responses)
}

/// Problems of an operation by status.
pub fn problems_of(operation: &Operation) -> Vec<(u16, Vec<&'static str>)> {
    let mut by_status: Vec<(u16, Vec<&'static str>)> = Vec::new();
    let named = |name: &str| ALWAYS.contains(&name) || operation.problems.contains(&name);
    for (name, status) in PROBLEMS.iter().filter(|(name, _)| named(name)) {
        match by_status.iter_mut().find(|(known, _)| known == status) {
            Some((_, found)) => found.push(name),
            None => by_status.push((*status, vec![name])),
        }
    }
    by_status
}

fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "description": "RFC 9457",
        "required": ["type", "title", "title_zh", "status"],
        "properties": {
            "type": {"type": "string", "pattern": "^/problems/[a-z0-9-]+$"},
            "title": text, "title_zh": text,
            "status": {"type": "integer"},
            "request_id": text,
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["code", "zh", "en", "do_zh", "do_en"],
                "properties": {
                    "pointer": text, "parameter": text, "code": text,
                    "zh": text, "en": text, "do_zh": text, "do_en": text
                },
                "additionalProperties": {"type": "string"}
            }}
        }
    })
}
