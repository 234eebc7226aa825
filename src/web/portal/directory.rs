//! The directory of estates, with a search.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::findings::findings;
use crate::ledger::format::grouped;
use crate::ledger::id::EstateCode;
use crate::ledger::statements::{gap_of_book, position};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Day, Frame, Here};
use crate::web::visit::Visit;

/// Estates on a page.
const ESTATES: u32 = 50;
/// The longest search, in characters.
const SEARCH_MAX: usize = 60;

/// An estate in the directory.
struct Row {
    code: String,
    name: String,
    address: String,
    households: u64,
    own: String,
    fund: Option<String>,
    gap: Option<String>,
    findings: usize,
    last: Option<String>,
}

/// The directory.
#[derive(Template)]
#[template(path = "directory.html")]
struct DirectoryPage {
    f: Frame,
    search: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `GET /`
pub async fn show(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let edition = Edition::of_log(&room, &visit).await?;
    let after = visit.value("after").map(|text| {
        let wrong = |_| WebError::Value { field: "after", value: text.chars().take(40).collect() };
        text.parse::<EstateCode>().map_err(wrong)
    });
    let after = after.transpose()?;
    let search: String = visit.value("q").unwrap_or_default().chars().take(SEARCH_MAX).collect();
    answer::page(&room, &visit, &edition, async {
        // One more than is shown tells whether there is a next page.
        let mut books = room.site.books.directory(&search, after, ESTATES + 1).await?;
        let more = books.len() > ESTATES as usize;
        books.truncate(ESTATES as usize);
        let last = books.last().filter(|_| more).map(|book| book.estate().to_string());
        let today = room.site.books.today();
        let f = Frame::new(&room, &visit, Here::Nowhere, &visit.lang.t("directory.title"));
        answer::render(&DirectoryPage {
            rows: books.iter().map(|book| row(book, today)).collect(),
            next: last.map(|code| visit.address(&[("after", &code)])),
            f,
            search: search.clone(),
        })
    })
    .await
}

fn row(book: &Book, today: Day) -> Row {
    let profile = book.profile();
    let gap = gap_of_book(book);
    let has_fund = book.fund(Fund::F).last_day.is_some();
    Row {
        code: book.estate().to_string(),
        name: profile.name.clone(),
        address: profile.address.clone(),
        households: profile.households,
        own: grouped(position(book, Fund::R).own()),
        fund: has_fund.then(|| grouped(position(book, Fund::F).own())),
        gap: gap.is_positive().then(|| grouped(gap)),
        findings: findings(book, today).len(),
        last: book.last_day().map(|day| day.to_string()),
    }
}
