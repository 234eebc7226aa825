//! The rows: every address of the API, in the order of the page; those that need a key are in
//! `writes.rs`.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::super::query::{Grammar, Param, param};
use super::super::{
    check, contracts, documents, entries, estates, findings, lines, months, notices, papers, rules,
    statements, vouchers,
};
use super::{Operation, Sends, writes};
pub fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

fn any_object(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "object"})
}

const LIMIT: Param = param("limit", Grammar::Limit, "50");
const ON: Param = param("on", Grammar::Day, "2025-03-31");
pub const ACCOUNT: Param = param("account", Grammar::Account, "R.1001.01");
const FUND: Param = param("fund", Grammar::Fund, "R");
const PERIOD: Param = param("period", Grammar::Period, "2025-Q1");
/// The longest search, as on pages.
const WORDS: Grammar = Grammar::Words(60);

const OF_ESTATE: &[&str] = &["no-estate"];
const OF_VALUES: &[&str] = &["no-estate", "value"];

pub const fn read(
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
        needs: &[],
        sends: Sends::Nothing,
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
            ("/api/v1/estates?limit=2", include_str!("../examples/estates.json")),
        )
    },
    read(
        "estate",
        "/api/v1/estates/{estate}",
        &[],
        of::<estates::Estate>,
        ("/api/v1/estates/620722-0017", include_str!("../examples/estate.json")),
    ),
    read(
        "months",
        "/api/v1/estates/{estate}/months",
        &[FUND],
        of::<months::FlowList>,
        ("/api/v1/estates/620722-0017/months", include_str!("../examples/months.json")),
    ),
    read(
        "balances",
        "/api/v1/estates/{estate}/balances",
        &[FUND],
        of::<estates::Balances>,
        ("/api/v1/estates/620722-0017/balances?fund=F", include_str!("../examples/balances.json")),
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
                include_str!("../examples/lines.json"),
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
            include_str!("../examples/entries.json"),
        ),
    ),
    writes::POST_ENTRIES,
    Operation {
        problems: &["no-estate", "no-entry"],
        ..read(
            "entry",
            "/api/v1/estates/{estate}/entries/{seq}",
            &[],
            of::<entries::OneEntry>,
            ("/api/v1/estates/620722-0017/entries/12", include_str!("../examples/entry.json")),
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
                include_str!("../examples/contracts.json"),
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
                include_str!("../examples/contract.json"),
            ),
        )
    },
    read(
        "documents",
        "/api/v1/estates/{estate}/entries/{seq}/documents",
        &[],
        of::<documents::PapersOfEntry>,
        (
            "/api/v1/estates/620722-0017/entries/2/documents",
            include_str!("../examples/documents.json"),
        ),
    )
    .with(&["no-estate", "no-entry"]),
    read(
        "voucher",
        "/api/v1/estates/{estate}/entries/{seq}/voucher",
        &[FUND],
        of::<vouchers::VoucherView>,
        (
            "/api/v1/estates/620722-0017/entries/12/voucher",
            include_str!("../examples/voucher.json"),
        ),
    )
    .with(&["no-estate", "no-entry"]),
    read(
        "findings",
        "/api/v1/estates/{estate}/findings",
        &[],
        of::<findings::FindingList>,
        ("/api/v1/estates/620722-0017/findings", include_str!("../examples/findings.json")),
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
                include_str!("../examples/income.json"),
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
                include_str!("../examples/trial.json"),
            ),
        )
    },
    read(
        "statements",
        "/api/v1/estates/{estate}/statements",
        &[],
        of::<papers::PaperList>,
        ("/api/v1/estates/620722-0017/statements", include_str!("../examples/statements.json")),
    ),
    read(
        "paper",
        "/api/v1/estates/{estate}/statements/{name}",
        &[FUND, PERIOD, ACCOUNT],
        of::<papers::PaperView>,
        (
            "/api/v1/estates/620722-0017/statements/balance?period=2025-03",
            include_str!("../examples/paper.json"),
        ),
    )
    .with(&["no-estate", "not-found", "value"]),
    read(
        "notices",
        "/api/v1/estates/{estate}/notices",
        &[],
        of::<notices::NoticeList>,
        ("/api/v1/estates/620722-0017/notices", include_str!("../examples/notices.json")),
    ),
    read(
        "notice",
        "/api/v1/estates/{estate}/notices/{period}",
        &[FUND, param("seq", Grammar::Seq, "40"), param("as", Grammar::Word(&["now"]), "now")],
        of::<notices::OneNotice>,
        (
            "/api/v1/estates/620722-0017/notices/2025-01?fund=R",
            include_str!("../examples/notice.json"),
        ),
    )
    .with(&["no-estate", "not-found", "value"]),
    read(
        "rules",
        "/api/v1/estates/{estate}/rules",
        &[],
        of::<rules::RuleList>,
        ("/api/v1/estates/620722-0017/rules", include_str!("../examples/rules.json")),
    ),
    read(
        "check",
        "/api/v1/check",
        &[param("code", Grammar::Head, "620722-0017.12.0123456789abcdef0123")],
        of::<check::Checked>,
        ("/api/v1/check?code=0123456789abcdef0123", include_str!("../examples/check.json")),
    )
    .with(&["value"]),
    writes::HAND_IN_DOCUMENT,
    writes::DOCUMENT,
    writes::SHOW_DOCUMENT,
    writes::HAND_IN_IMPORT,
    writes::IMPORT,
    writes::ANSWER_IMPORT,
    writes::COMMIT_IMPORT,
];
