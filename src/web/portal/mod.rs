//! The owners' pages, a file each: the page's struct stands above its handler.

pub mod about;
pub mod agreements;
pub mod check;
pub mod contract;
pub mod contracts;
pub mod directory;
pub mod document;
pub mod entry;
pub mod events;
pub mod export;
mod facts;
pub mod filter;
pub mod findings;
mod funds;
pub mod home;
pub mod lines;
pub mod notices;
pub mod papers;
pub mod postings;
pub mod rules;
pub mod scope;
mod statements;
pub mod voucher;

use std::sync::Arc;

use chrono::NaiveDate;

use super::Room;
use super::error::WebError;
use super::visit::Visit;
use crate::ledger::book::Book;
use crate::ledger::period::parse_date;

/// The book that an address names.
pub async fn book(room: &Room, code: &str) -> Result<Arc<Book>, WebError> {
    let unknown = || WebError::NoEstate(code.chars().take(40).collect());
    let estate = code.parse().map_err(|_| unknown())?;
    room.site.books.book(estate).await?.ok_or_else(unknown)
}

/// The day for which dues are shown: `on`, else the last day the book speaks of.
pub fn dues_day(room: &Room, visit: &Visit, book: &Book) -> Result<NaiveDate, WebError> {
    let today = room.site.books.today();
    let Some(text) = visit.value("on") else {
        return Ok(book.last_day().unwrap_or(today).min(today));
    };
    let day = parse_date(text).ok().filter(|day| *day <= today);
    day.ok_or_else(|| WebError::Value { field: "on", value: text.chars().take(40).collect() })
}
