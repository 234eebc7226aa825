//! The API, `/api/v1`: what pages show, as JSON, and entries to post with a key.
//!
//! Every request passes `gate.rs`; `operations.rs` is the table of what each address takes and
//! gives, from which the gate's checks, the description (`openapi.rs`) and the page (`page.rs`)
//! are made; `problem.rs` is the one shape of what goes wrong. A file a subject for the rest.

pub mod contracts;
pub mod entries;
pub mod estates;
pub mod findings;
pub mod gate;
pub mod limits;
pub mod lines;
pub mod openapi;
pub mod operations;
pub mod page;
pub mod post;
pub mod problem;
pub mod problems;
mod query;
mod schema;
pub mod statements;
mod wire;
