//! The API for people: each operation with its parameters, an example and its problems; the
//! kinds with their keys. Made from the same tables as the description for programs.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::openapi::problems_of;
use super::operations::{OPERATIONS, Operation, Sends, accepted, path_params};
use super::schema;
use crate::ledger::account::Fund;
use crate::ledger::kinds::{Kind, Sides};
use crate::ledger::schema::{Key, Sort};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Lines of an example that the page shows.
const ANSWER_LINES_MAX: usize = 30;

/// A draft as an example.
pub const EXAMPLE_DRAFT: &str = r#"{"estate":"620722-0017","date":"2025-03-22","event":{"kind":"income","contract":"C-03"},"lines":[{"account":"R.1001.01","debit":"3900.00"},{"account":"R.4503.02","credit":"3900.00","period":"2025"}],"memo":"快递柜一年"}"#;

/// A parameter.
struct ParamRow {
    name: &'static str,
    place: &'static str,
    what: String,
    required: bool,
}

/// Problems with one status.
struct ProblemRow {
    status: u16,
    names: Vec<(&'static str, String)>,
}

/// An operation.
struct OperationView {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    name: String,
    says: String,
    params: Vec<ParamRow>,
    curl: String,
    answer: String,
    problems: Vec<ProblemRow>,
}

/// The page of operations.
#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    f: Frame,
    operations: Vec<OperationView>,
}

/// `GET /api`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_log(&room, &visit).await?;
    answer::page(&room, &visit, &edition, async {
        let view = |operation| view(operation, &visit.base, visit.lang);
        answer::render(&ApiPage {
            f: Frame::new(&room, &visit, Here::Nowhere, &visit.lang.t("api.title")),
            operations: OPERATIONS.iter().map(view).collect(),
        })
    })
    .await
}

fn view(operation: &'static Operation, base: &str, lang: Lang) -> OperationView {
    let path = path_params(operation.path).into_iter().map(|name| ParamRow {
        name,
        place: "path",
        what: lang.word("path_param", name).into_owned(),
        required: true,
    });
    let query = operation.params.iter().map(|param| ParamRow {
        name: param.name,
        place: "query",
        what: lang.word("accepted", accepted(param)).into_owned(),
        required: false,
    });
    let headers: &[(&str, &str)] = match (operation.is_public(), operation.writes()) {
        (true, _) => &[("If-None-Match", "api.etag")],
        (false, false) => &[("Authorization", "api.key_is")],
        (false, true) => &[("Authorization", "api.key_is"), ("Idempotency-Key", "api.idempotency")],
    };
    let headers = headers.iter().map(|(name, key)| ParamRow {
        name,
        place: "header",
        what: lang.t(key).into_owned(),
        required: !operation.is_public(),
    });
    let named = |names: Vec<&'static str>| {
        names.into_iter().map(|name| (name, lang.word("problem", name).into_owned())).collect()
    };
    let problems = problems_of(operation).into_iter();
    OperationView {
        id: operation.id,
        method: if operation.writes() { "POST" } else { "GET" },
        path: operation.path,
        name: lang.word("op", operation.id).into_owned(),
        says: lang.word("op_says", operation.id).into_owned(),
        params: path.chain(query).chain(headers).collect(),
        curl: curl(operation, base),
        answer: beginning(&pretty(operation.example_answer)),
        problems: problems
            .map(|(status, names)| ProblemRow { status, names: named(names) })
            .collect(),
    }
}

fn curl(operation: &Operation, base: &str) -> String {
    let mut parts = vec![format!("curl '{base}{}'", operation.example)];
    let mut header = |text: &str| parts.push(format!("-H '{text}'"));
    if !operation.is_public() {
        header("Authorization: Bearer mz_…");
    }
    if let Some(media_type) = operation.sends.media_type() {
        header("Idempotency-Key: bank-2025-0001");
        header(&format!("Content-Type: {media_type}"));
    }
    match operation.sends {
        Sends::Nothing => {}
        Sends::Drafts => parts.push(format!("-d '{}'", pretty(EXAMPLE_DRAFT))),
        Sends::File => parts.push("--data-binary @FILE".to_owned()),
        Sends::Json(_, text) => parts.push(format!("-d '{text}'")),
    }
    parts.join(" \\\n  ")
}

/// The beginning of an example; the description for programs has all of it.
fn beginning(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(ANSWER_LINES_MAX + 1).collect();
    if lines.len() > ANSWER_LINES_MAX {
        lines[ANSWER_LINES_MAX] = "…";
    }
    lines.join("\n")
}

fn pretty(text: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(text);
    value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default()
}

/// A key of a kind.
struct KeyRow {
    name: &'static str,
    meaning: String,
    holds: String,
    required: bool,
}

/// A kind.
struct KindView {
    name: &'static str,
    title: &'static str,
    keys: Vec<KeyRow>,
    moves: Vec<(String, String, String)>,
}

/// The page of kinds.
#[derive(Template)]
#[template(path = "kinds.html")]
struct KindsPage {
    f: Frame,
    kinds: Vec<KindView>,
}

/// `GET /api/kinds`
pub async fn kinds(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_log(&room, &visit).await?;
    answer::page(&room, &visit, &edition, async {
        let lang = visit.lang;
        answer::render(&KindsPage {
            f: Frame::new(&room, &visit, Here::Nowhere, &lang.t("api.kinds")),
            kinds: schema::kinds().map(|kind| kind_view(kind, lang)).collect(),
        })
    })
    .await
}

fn kind_view(kind: &'static Kind, lang: Lang) -> KindView {
    let roles = |sides: &Sides| {
        let names = |roles: &[crate::ledger::chart::Role]| {
            roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ")
        };
        (names(sides.debit), names(sides.credit))
    };
    let moves = Fund::ALL.into_iter().filter_map(|fund| {
        let (debit, credit) = roles(kind.lines.sides(fund)?);
        Some((show::fund(fund, lang), debit, credit))
    });
    let mut moves: Vec<_> = moves.collect();
    // What is alike in both funds is said once.
    if let [(_, debit, credit), (_, other_debit, other_credit)] = &moves[..]
        && (debit, credit) == (other_debit, other_credit)
    {
        moves.truncate(1);
        moves[0].0.clear();
    }
    KindView {
        name: kind.name,
        title: show::kind_name(kind, lang),
        keys: kind.keys.iter().map(|key| key_row(key, lang)).collect(),
        moves,
    }
}

fn key_row(key: &Key, lang: Lang) -> KeyRow {
    KeyRow {
        name: key.name,
        meaning: lang.word("key", key.name).into_owned(),
        holds: holds(key.sort, lang),
        required: key.required,
    }
}

/// What a key holds, in a few words.
fn holds(sort: Sort, lang: Lang) -> String {
    match sort {
        Sort::Word(words) => words.join(" | "),
        Sort::Id(prefix) => format!("{prefix}…"),
        Sort::List(of) => format!("[{}]", holds(*of, lang)),
        Sort::Rows(columns) => {
            let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
            format!("[[{}]]", names.join(", "))
        }
        Sort::Object(keys) => format!("{{{}}}", names(keys)),
        Sort::Either(choices) => {
            let each: Vec<String> =
                choices.iter().map(|(_, keys)| format!("{{{}}}", names(keys))).collect();
            each.join(" | ")
        }
        plain => lang.word("sort", sort_word(plain)).into_owned(),
    }
}

fn names(keys: &[Key]) -> String {
    let named = |key: &Key| format!("{}{}", key.name, if key.required { "" } else { "?" });
    keys.iter().map(named).collect::<Vec<_>>().join(", ")
}

const fn sort_word(sort: Sort) -> &'static str {
    match sort {
        Sort::Text => "text",
        Sort::Name => "name",
        Sort::Integer => "integer",
        Sort::Money => "money",
        Sort::Area => "area",
        Sort::Date => "date",
        Sort::Month => "month",
        Sort::Period => "period",
        Sort::Hash => "hash",
        Sort::Fund => "fund",
        _ => "account",
    }
}
