//! The rows that need a key: what the desk hands in, looks at and posts.

use schemars::{Schema, SchemaGenerator};

use super::super::query::{Grammar, param};
use super::super::{documents, imports, post};
use super::table::{ACCOUNT, of, read};
use super::{Operation, Sends};
use crate::services::people::Verb;

/// The paper of the examples.
macro_rules! example_paper {
    () => {
        "f74c17cd8dccf97a3eeb0b24860bc97fe132391e37778532bdd96125a130eadd"
    };
}

/// The file of the examples.
macro_rules! example_import {
    () => {
        "i_zpw2tybw758q"
    };
}

/// The paper of the examples.
pub const EXAMPLE_PAPER_SHA256: &str = example_paper!();
/// The file of the examples.
pub const EXAMPLE_IMPORT_ID: &str = example_import!();

/// What a paper is, as [`crate::ledger::entry::DocKind`] has it.
const PAPERS: Grammar = Grammar::Word(&[
    "invoice",
    "receipt",
    "bank_slip",
    "contract",
    "minutes",
    "photo",
    "report",
    "other",
]);

/// Problems of whatever is sent with a key.
const OF_SENT: &[&str] = &[
    "unreadable",
    "idempotency-key",
    "not-allowed",
    "no-estate",
    "not-found",
    "too-slow",
    "in-progress",
    "changed",
    "too-large",
    "media-type",
    "i2",
    "value",
    "file",
    "key-taken",
    "no-key",
    "uploads-full",
    "unavailable",
];
/// The same of what posts entries.
const OF_COMMIT: &[&str] = &[
    "unreadable",
    "idempotency-key",
    "not-allowed",
    "no-estate",
    "not-found",
    "too-slow",
    "in-progress",
    "changed",
    "too-large",
    "media-type",
    "i2",
    "i3",
    "i4",
    "i5",
    "i7",
    "i8",
    "i9",
    "i12",
    "statement",
    "reference",
    "nfc",
    "personal-number",
    "value",
    "file",
    "nothing-to-post",
    "key-taken",
    "no-key",
    "queue-full",
    "uploads-full",
    "outcome-unknown",
    "unavailable",
];
const OF_FILES: &[Verb] = &[Verb::Draft, Verb::Statement];

const fn send(
    id: &'static str,
    path: &'static str,
    (needs, sends): (&'static [Verb], Sends),
    answer: fn(&mut SchemaGenerator) -> Schema,
    example: (&'static str, &'static str),
) -> Operation {
    let problems = OF_SENT;
    Operation { needs, sends, problems, ..read(id, path, &[], answer, example) }
}

/// Files that are read, as [`crate::services::imports::Sort`] has them.
const SORTS: &[&str] = &["register", "contracts", "parking", "statement"];

const EXAMPLE_DOCUMENT: &str = concat!("/api/v1/estates/620722-0017/documents/", example_paper!());
const EXAMPLE_VISIBILITY: &str =
    concat!("/api/v1/estates/620722-0017/documents/", example_paper!(), "/visibility");
const EXAMPLE_IMPORT: &str = concat!("/api/v1/estates/620722-0017/imports/", example_import!());
const EXAMPLE_IMPORT_ANSWERS: &str =
    concat!("/api/v1/estates/620722-0017/imports/", example_import!(), "/answers");
const EXAMPLE_IMPORT_COMMIT: &str =
    concat!("/api/v1/estates/620722-0017/imports/", example_import!(), "/commit");
const EXAMPLE_ANSWERS: &str = r#"{"answers":[{"row":28,"key":"account","value":"R.4599"},{"row":30,"key":"skip","value":"滞纳金，待确认"}]}"#;
const EXAMPLE_COMMIT: &str =
    r#"{"seen":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}"#;

/// `post_entries`
pub const POST_ENTRIES: Operation = Operation {
    id: "post_entries",
    path: "/api/v1/estates/{estate}/entries",
    params: &[],
    needs: &[Verb::Post, Verb::Statement],
    sends: Sends::Drafts,
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
        "uploads-full",
        "too-slow",
        "outcome-unknown",
        "unavailable",
    ],
    example: "/api/v1/estates/620722-0017/entries",
    example_answer: include_str!("../examples/post_entries.json"),
};

/// `hand_in_document`
pub const HAND_IN_DOCUMENT: Operation = Operation {
    params: &[
        param("name", Grammar::Words(120), "发票.pdf"),
        param("doc", PAPERS, "invoice"),
        param("visibility", Grammar::Word(&["public", "owners", "officers"]), "public"),
    ],
    ..send(
        "hand_in_document",
        "/api/v1/estates/{estate}/documents",
        (&[Verb::Draft], Sends::File),
        of::<documents::KeptPaper>,
        (
            "/api/v1/estates/620722-0017/documents?doc=invoice&visibility=public",
            include_str!("../examples/hand_in_document.json"),
        ),
    )
};

/// `document`
pub const DOCUMENT: Operation = Operation {
    needs: &[Verb::Read, Verb::Draft, Verb::Post],
    problems: &["no-estate", "not-allowed", "not-found"],
    ..read(
        "document",
        "/api/v1/estates/{estate}/documents/{sha256}",
        &[],
        of::<documents::KeptPaper>,
        (EXAMPLE_DOCUMENT, include_str!("../examples/document.json")),
    )
};

/// `show_document`
pub const SHOW_DOCUMENT: Operation = send(
    "show_document",
    "/api/v1/estates/{estate}/documents/{sha256}/visibility",
    (&[Verb::Post], Sends::Json(of::<documents::ShownTo>, r#"{"visibility":"owners"}"#)),
    of::<documents::KeptPaper>,
    (EXAMPLE_VISIBILITY, include_str!("../examples/show_document.json")),
);

/// `hand_in_import`
pub const HAND_IN_IMPORT: Operation = Operation {
    params: &[
        param("sort", Grammar::Word(SORTS), "statement"),
        param("name", Grammar::Words(120), "2025-03.csv"),
        ACCOUNT,
        param("month", Grammar::Month, "2025-03"),
        param("sheet", Grammar::Words(60), "交易明细"),
    ],
    ..send(
        "hand_in_import",
        "/api/v1/estates/{estate}/imports",
        (OF_FILES, Sends::File),
        of::<imports::ImportView>,
        (
            "/api/v1/estates/620722-0017/imports?sort=parking&name=2025-03.csv",
            include_str!("../examples/hand_in_import.json"),
        ),
    )
};

/// `import`
pub const IMPORT: Operation = Operation {
    needs: &[Verb::Read, Verb::Draft, Verb::Post, Verb::Statement],
    problems: &["no-estate", "not-allowed", "not-found", "value", "file"],
    ..read(
        "import",
        "/api/v1/estates/{estate}/imports/{import}",
        &[],
        of::<imports::ImportView>,
        (EXAMPLE_IMPORT, include_str!("../examples/import.json")),
    )
};

/// `answer_import`
pub const ANSWER_IMPORT: Operation = send(
    "answer_import",
    "/api/v1/estates/{estate}/imports/{import}/answers",
    (OF_FILES, Sends::Json(of::<imports::Answers>, EXAMPLE_ANSWERS)),
    of::<imports::ImportView>,
    (EXAMPLE_IMPORT_ANSWERS, include_str!("../examples/answer_import.json")),
);

/// `commit_import`
pub const COMMIT_IMPORT: Operation = Operation {
    problems: OF_COMMIT,
    ..send(
        "commit_import",
        "/api/v1/estates/{estate}/imports/{import}/commit",
        (&[Verb::Post, Verb::Statement], Sends::Json(of::<imports::Commit>, EXAMPLE_COMMIT)),
        of::<imports::Committed>,
        (EXAMPLE_IMPORT_COMMIT, include_str!("../examples/commit_import.json")),
    )
};
