//! The API, `/api/v1`: what pages show, as JSON; and with a key what the desk hands in and posts.
//!
//! Every request passes `gate.rs`, with a key `sent.rs`; `operations.rs` is the table of what each
//! address takes and gives, from which the gate's checks, the description (`openapi.rs`) and the
//! page (`page.rs`) are made; `problem.rs` is the one shape of what goes wrong. A file a subject
//! for the rest.

pub mod check;
pub mod contracts;
pub mod documents;
pub mod entries;
pub mod estates;
pub mod findings;
pub mod gate;
pub mod imports;
pub mod limits;
pub mod lines;
pub mod months;
pub mod notices;
pub mod openapi;
pub mod operations;
pub mod page;
pub mod papers;
pub mod post;
pub mod problem;
pub mod problems;
pub mod query;
pub mod rules;
mod schema;
mod sent;
pub mod statements;
pub mod vouchers;
mod wire;
