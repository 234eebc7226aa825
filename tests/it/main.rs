//! One binary, a file a story.

mod books;
mod harness;
mod layering;
mod properties;
mod tamper;
