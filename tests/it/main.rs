//! One binary, a file a story.

mod books;
mod cli;
mod docs;
mod exports;
mod faults;
mod harness;
mod import;
mod journal;
mod keeping;
mod kill;
mod layering;
mod operations;
mod pages;
mod postgres;
mod program;
mod properties;
mod register;
mod spec;
mod tamper;
mod worked_year;
