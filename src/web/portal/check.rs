//! `/check`: a head from paper. Says which entry it is and how many came after it, or that it
//! isn't in the log.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::ledger::id::EstateCode;
use crate::services::books::{DIGITS_MIN, Named};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here};
use crate::web::visit::Visit;

/// Digits of a hash that paper carries.
const DIGITS_ON_PAPER: usize = 20;

/// The code that paper carries: estate, entries, the first digits of the head.
pub(super) fn code(estate: EstateCode, entries: u64, hash: &str) -> String {
    format!("{estate}.{entries}.{}", hash.get(..DIGITS_ON_PAPER).unwrap_or(hash))
}

/// What is known of a head.
struct Found {
    href: String,
    notices: String,
    name: String,
    code: String,
    seq: u64,
    posted: String,
    after: u64,
}

/// The page.
#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    f: Frame,
    asked: String,
    found: Option<Found>,
    /// Nothing like a head was given.
    unreadable: bool,
}

/// What a text asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// A head of an estate's chain with so many entries.
    Of(EstateCode, u64, String),
    /// Digits alone.
    Digits(String),
}

/// Reads a code from paper: as the QR has it, or the digits, with whatever blanks were typed.
pub fn read(text: &str) -> Option<Asked> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_ascii_lowercase();
    let is_digits = |digits: &str| {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (DIGITS_MIN..=64).contains(&digits.len()) && digits.bytes().all(hex)
    };
    if let [estate, entries, digits] = text.split('.').collect::<Vec<_>>()[..] {
        let digits = digits.to_owned();
        let asked = Asked::Of(estate.parse().ok()?, entries.parse().ok()?, digits.clone());
        return Some(asked).filter(|_| is_digits(&digits));
    }
    Some(text).filter(|text| is_digits(text)).map(Asked::Digits)
}

/// `GET /check`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_log(&room, &visit).await?;
    answer::page(&room, &visit, &edition, async {
        let text = visit.value("code").unwrap_or_default();
        let asked = read(text);
        let named = match &asked {
            Some(asked) => named(&room, asked).await?,
            None => None,
        };
        let found = match named {
            Some(named) => found(&room, named).await?,
            None => None,
        };
        let title = visit.lang.t("check.title");
        answer::render(&CheckPage {
            f: Frame::new(&room, &visit, Here::About, &title),
            unreadable: asked.is_none() && !text.is_empty(),
            asked: text.chars().take(120).collect(),
            found,
        })
    })
    .await
}

/// The entry whose hash is asked for.
pub async fn named(room: &Room, asked: &Asked) -> Result<Option<Named>, WebError> {
    Ok(match asked {
        Asked::Of(estate, entries, digits) => {
            room.site.books.head_of(*estate, *entries, digits).await?
        }
        Asked::Digits(digits) => room.site.books.find_head(digits).await?,
    })
}

async fn found(room: &Room, named: Named) -> Result<Option<Found>, WebError> {
    let Named { estate, seq } = named;
    let book = room.site.books.book(estate).await?;
    let entry = room.site.books.entry(estate, seq).await?;
    let (Some(book), Some(entry)) = (book, entry) else { return Ok(None) };
    Ok(Some(Found {
        href: format!("/e/{estate}/entries/{seq}"),
        notices: format!("/e/{estate}/notices"),
        name: book.profile().name.clone(),
        code: estate.to_string(),
        seq,
        posted: entry.posted.entry.time.local(),
        after: book.head().entries.saturating_sub(seq + 1),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let digits = "0123456789abcdef0123";
        assert_eq!(read("0123 4567 89AB cdef 0123"), Some(Asked::Digits(digits.to_owned())));
        let of = Asked::Of("620722-0017".parse().unwrap(), 131, digits.to_owned());
        assert_eq!(read(&format!(" 620722-0017.131.{digits}\n")), Some(of));
        for wrong in ["", "0123", "xyz", "620722-0017.x.0123456789abcdef", "a.b.c.d", "é"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
