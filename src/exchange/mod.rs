//! What comes in from outside, lease registers and contract lists as people keep them, and what
//! goes out for other programs ([`out`]).
//!
//! Pure: bytes and a file name in, a value out; no files, no clock, no database. A number that
//! isn't certain becomes a question, never a guess. Read next: [`workbook`] (bytes to cells),
//! [`grammar`] (a cell's text to a value), [`register`] (rows, totals, questions), [`answers`]
//! (what a person settles), [`preview`] (the JSON of all that).

pub mod answers;
pub mod columns;
pub mod document;
pub mod grammar;
pub mod out;
pub mod parking;
pub mod preview;
pub mod register;
pub mod rows;
pub mod statement;
pub mod table;
pub mod workbook;
