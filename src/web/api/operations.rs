//! What each address of the API takes and gives: one table. The gate checks queries by it, the
//! description and the page are made from it, tests compare it with the routes.

use axum::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::query::{Grammar, Param, param};
use super::{contracts, entries, estates, findings, lines, post, statements};

/// An address with a method.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name: `operationId`, and with `op` and `op_says` the keys of its texts.
    pub id: &'static str,
    /// The path as the table of routes has it.
    pub path: &'static str,
    /// Parameters of the query.
    pub params: &'static [Param],
    /// It posts: with a key, an idempotency key and drafts.
    pub posts: bool,
    /// The schema of its answer.
    pub answer: fn(&mut SchemaGenerator) -> Schema,
    /// Names of the problems that it may answer with, beside [`ALWAYS`].
    pub problems: &'static [&'static str],
    /// An address as an example.
    pub example: &'static str,
    /// An answer as an example.
    pub example_answer: &'static str,
}

impl Operation {
    /// The method.
    pub const fn method(&self) -> Method {
        if self.posts { Method::POST } else { Method::GET }
    }
}

/// Problems of every address.
pub const ALWAYS: &[&str] = &["parameter", "key", "too-many", "internal"];

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn any_object(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "object"})
}

const LIMIT: Param = param("limit", Grammar::Limit, "50");
const ON: Param = param("on", Grammar::Day, "2025-03-31");
const FUND: Param = param("fund", Grammar::Fund, "R");
const PERIOD: Param = param("period", Grammar::Period, "2025-Q1");
/// The longest search, as on pages.
const WORDS: Grammar = Grammar::Words(60);

const OF_ESTATE: &[&str] = &["no-estate"];
const OF_VALUES: &[&str] = &["no-estate", "value"];

const fn read(
    id: &'static str,
    path: &'static str,
    params: &'static [Param],
    answer: fn(&mut SchemaGenerator) -> Schema,
    example: (&'static str, &'static str),
) -> Operation {
    Operation {
        id,
        path,
        params,
        posts: false,
        answer,
        problems: OF_ESTATE,
        example: example.0,
        example_answer: example.1,
    }
}

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        problems: &[],
        ..read(
            "openapi",
            "/api/v1/openapi.json",
            &[],
            any_object,
            ("/api/v1/openapi.json", r#"{"openapi":"3.1.0"}"#),
        )
    },
    Operation {
        problems: &[],
        ..read(
            "estates",
            "/api/v1/estates",
            &[param("q", WORDS, "和苑"), param("after", Grammar::Estate, "620722-0013"), LIMIT],
            of::<estates::Estates>,
            ("/api/v1/estates?limit=2", include_str!("examples/estates.json")),
        )
    },
    read(
        "estate",
        "/api/v1/estates/{estate}",
        &[],
        of::<estates::Estate>,
        ("/api/v1/estates/620722-0017", include_str!("examples/estate.json")),
    ),
    read(
        "balances",
        "/api/v1/estates/{estate}/balances",
        &[FUND],
        of::<estates::Balances>,
        ("/api/v1/estates/620722-0017/balances?fund=F", include_str!("examples/balances.json")),
    ),
    Operation {
        problems: OF_VALUES,
        ..read(
            "lines",
            "/api/v1/estates/{estate}/lines",
            &[
                param("q", WORDS, "停车"),
                FUND,
                param("from", Grammar::Month, "2025-01"),
                param("to", Grammar::Month, "2025-03"),
                param("kind", Grammar::Kind, "income"),
                param("side", Grammar::Way, "in"),
                param("min", Grammar::Amount, "1000"),
                param("max", Grammar::Amount, "5000.00"),
                param("contract", Grammar::Words(40), "C-01"),
                param("before", Grammar::Seq, "120"),
                LIMIT,
            ],
            of::<lines::LinePage>,
            (
                "/api/v1/estates/620722-0017/lines?side=out&limit=1",
                include_str!("examples/lines.json"),
            ),
        )
    },
    read(
        "entries",
        "/api/v1/estates/{estate}/entries",
        &[param("after", Grammar::Seq, "120"), LIMIT],
        of::<entries::EntryPage>,
        (
            "/api/v1/estates/620722-0017/entries?after=11&limit=1",
            include_str!("examples/entries.json"),
        ),
    ),
    Operation {
        id: "post_entries",
        path: "/api/v1/estates/{estate}/entries",
        params: &[],
        posts: true,
        answer: of::<post::PostedList>,
        problems: &[
            "unreadable",
            "idempotency-key",
            "not-allowed",
            "reserved-kind",
            "no-estate",
            "in-progress",
            "too-large",
            "media-type",
            "i1",
            "i2",
            "i3",
            "i4",
            "i5",
            "i6",
            "i7",
            "i8",
            "i9",
            "i10",
            "i11",
            "i12",
            "statement",
            "reference",
            "key-taken",
            "other-estate",
            "nfc",
            "personal-number",
            "sealed",
            "signature",
            "value",
            "no-key",
            "queue-full",
            "outcome-unknown",
            "unavailable",
        ],
        example: "/api/v1/estates/620722-0017/entries",
        example_answer: include_str!("examples/post_entries.json"),
    },
    Operation {
        problems: &["no-estate", "no-entry"],
        ..read(
            "entry",
            "/api/v1/estates/{estate}/entries/{seq}",
            &[],
            of::<entries::OneEntry>,
            ("/api/v1/estates/620722-0017/entries/12", include_str!("examples/entry.json")),
        )
    },
    Operation {
        problems: OF_VALUES,
        ..read(
            "contracts",
            "/api/v1/estates/{estate}/contracts",
            &[ON],
            of::<contracts::ContractList>,
            (
                "/api/v1/estates/620722-0017/contracts?on=2025-03-31",
                include_str!("examples/contracts.json"),
            ),
        )
    },
    Operation {
        problems: &["no-estate", "no-contract", "value"],
        ..read(
            "contract",
            "/api/v1/estates/{estate}/contracts/{no}",
            &[ON],
            of::<contracts::OneContract>,
            (
                "/api/v1/estates/620722-0017/contracts/C-01?on=2025-02-28",
                include_str!("examples/contract.json"),
            ),
        )
    },
    read(
        "findings",
        "/api/v1/estates/{estate}/findings",
        &[],
        of::<findings::FindingList>,
        ("/api/v1/estates/620722-0017/findings", include_str!("examples/findings.json")),
    ),
    Operation {
        problems: OF_VALUES,
        ..read(
            "income",
            "/api/v1/estates/{estate}/statements/income",
            &[FUND, PERIOD],
            of::<statements::StatementView>,
            (
                "/api/v1/estates/620722-0017/statements/income?period=2025-Q1",
                include_str!("examples/income.json"),
            ),
        )
    },
    Operation {
        problems: OF_VALUES,
        ..read(
            "trial",
            "/api/v1/estates/{estate}/statements/trial",
            &[FUND, PERIOD],
            of::<statements::Trial>,
            (
                "/api/v1/estates/620722-0017/statements/trial?fund=F&period=2025",
                include_str!("examples/trial.json"),
            ),
        )
    },
];

/// The operation of a route.
pub fn operation(method: &Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|known| known.method() == *method && known.path == path)
}

/// The word under which `accepted` says what a parameter may be.
pub fn accepted(param: &Param) -> &'static str {
    match param.grammar {
        Grammar::Seq => "before",
        _ => param.name,
    }
}

/// Names in braces of a path.
pub fn path_params(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}
