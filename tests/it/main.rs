//! One binary, a file a story.

mod behind;
mod books;
mod cli;
mod docs;
mod engines;
mod failover;
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
mod races;
mod register;
mod replica;
mod spec;
mod standing;
mod tamper;
<<<<<<< HEAD
mod worked_year;
=======
mod tamper_database;
mod tls;
mod unknown;
>>>>>>> main
