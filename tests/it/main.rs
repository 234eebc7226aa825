//! One binary, a file a story.

mod books;
mod harness;
mod properties;
mod tamper;
