//! What each address of the API takes and gives: one table. The gate checks queries by it, the
//! description and the page are made from it, tests compare it with the routes. The rows are in
//! `table.rs`.

mod table;
mod writes;

pub use table::OPERATIONS;
pub use writes::{EXAMPLE_IMPORT_ID, EXAMPLE_PAPER_SHA256};

use axum::http::Method;
use schemars::{Schema, SchemaGenerator};

use super::query::{Grammar, Param};
use crate::services::journal::LINE_LEN_MAX;
use crate::services::people::Verb;

/// What a request carries.
#[derive(Clone, Copy)]
pub enum Sends {
    /// Nothing: it reads.
    Nothing,
    /// A draft or a list of drafts.
    Drafts,
    /// A file as it is.
    File,
    /// JSON of one shape, and an example.
    Json(fn(&mut SchemaGenerator) -> Schema, &'static str),
}

/// The most bytes of what is said about a file.
const SAID_LEN_MAX: usize = 256 * 1024;

impl Sends {
    /// Its media type; none where nothing is sent.
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Drafts | Self::Json(..) => Some("application/json"),
            Self::File => Some("application/octet-stream"),
        }
    }

    /// The most bytes, where a file may have so many.
    pub const fn len_max(self, file_len_max: usize) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Drafts => LINE_LEN_MAX,
            Self::File => file_len_max,
            Self::Json(..) => SAID_LEN_MAX,
        }
    }
}

/// An address with a method.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name: `operationId`, and with `op` and `op_says` the keys of its texts.
    pub id: &'static str,
    /// The path as the table of routes has it.
    pub path: &'static str,
    /// Parameters of the query.
    pub params: &'static [Param],
    /// What a program's key must be for, one of these; none where nobody needs a key.
    pub needs: &'static [Verb],
    /// What the request carries.
    pub sends: Sends,
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
    /// The same with problems of its own.
    const fn with(self, problems: &'static [&'static str]) -> Self {
        Self { problems, ..self }
    }

    /// The method.
    pub const fn method(&self) -> Method {
        if self.writes() { Method::POST } else { Method::GET }
    }

    /// True where something is sent, under a key of its own.
    pub const fn writes(&self) -> bool {
        !matches!(self.sends, Sends::Nothing)
    }

    /// True where the answer is for everybody, with an edition.
    pub const fn is_public(&self) -> bool {
        self.needs.is_empty()
    }
}

/// Problems of every address.
pub const ALWAYS: &[&str] = &["parameter", "key", "too-many", "internal"];

/// The operation of a route.
pub fn operation(method: &Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|known| known.method() == *method && known.path == path)
}

/// The word under which `accepted` says what a parameter may be.
pub fn accepted(param: &Param) -> &'static str {
    match param.grammar {
        Grammar::Seq if param.name != "seq" => "before",
        _ => param.name,
    }
}

/// Names in braces of a path.
pub fn path_params(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
}
