//! The accounting core: what an entry is, what it means, and what the books say.
//!
//! Pure: no clock, no files, no network, no database, no floats, and nothing here panics on
//! input. Read next: [`entry`] (what is written), [`kinds`] (what can happen), [`book`] (the
//! fold that decides), then [`statements`] and [`findings`] (what the books say).

pub mod account;
pub mod area;
pub mod book;
pub mod chain;
pub mod chart;
pub mod draft;
pub mod due;
pub mod encoding;
pub mod entry;
pub mod event;
pub mod findings;
pub mod format;
pub mod id;
pub mod json;
pub mod kinds;
pub mod listing;
pub mod matching;
pub mod money;
pub mod month_ends;
pub mod papers;
pub mod period;
pub mod publications;
pub mod rules;
pub mod schema;
mod serial;
pub mod statements;
pub mod time;
pub mod typed;
pub mod vouchers;
