//! Values as programs get them: amounts, hashes and days as texts, each with its schema; and
//! answers that are for one program.

use std::borrow::Cow;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::ledger::book::Book;
use crate::ledger::id::EntryHash;
use crate::ledger::money::Money;

/// Types that are written as the text they print as.
macro_rules! as_text {
    ($($(#[$doc:meta])* $name:ident($inner:ty), $schema:tt;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

as_text! {
    /// Yuan with two decimals; negative where less is than nothing.
    Yuan(Money), {"type": "string", "pattern": "^-?(0|[1-9][0-9]{0,14})\\.[0-9]{2}$"};
    /// SHA-256 in hexadecimal.
    Hash(EntryHash), {"type": "string", "pattern": "^[0-9a-f]{64}$"};
    /// A day in Asia/Shanghai.
    Day(NaiveDate), {"type": "string", "format": "date"};
}

/// Number of the entry up to which a book is shown.
pub fn as_of(book: &Book) -> u64 {
    book.head().entries.saturating_sub(1)
}

/// Hash of that entry.
pub fn head(book: &Book) -> Hash {
    Hash(book.head().hash)
}

/// An answer to who showed a key: for this moment, never kept.
pub fn told<T: Serialize>(status: StatusCode, told: &T) -> Response {
    let body = serde_json::to_string(told).expect("texts and numbers are always JSON");
    let fixed = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    (status, fixed, body).into_response()
}

/// The same with the address of what was made.
pub fn made<T: Serialize>(known: bool, place: &str, answer: &T) -> Response {
    let mut response = told(if known { StatusCode::OK } else { StatusCode::CREATED }, answer);
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}
