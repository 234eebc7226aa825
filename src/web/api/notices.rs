//! Public notices: the calendar, and each as it was put up or as the book has it now.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::papers::{TableView, table};
use super::wire::{Day, Hash, as_of, head};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::notices::{Address, both, dated};
use crate::web::visit::Visit;

/// A period of the calendar.
#[derive(Serialize, JsonSchema)]
pub struct NoticeView {
    /// The period.
    period: String,
    /// By when a notice is due.
    due: Day,
    /// `on_time`, `late`, `missing`, `waiting` or `extra`.
    standing: &'static str,
    /// When each was put up, the oldest first.
    put_up: Vec<PutUp>,
}

/// A notice that was put up.
#[derive(Serialize, JsonSchema)]
pub struct PutUp {
    /// The entry that records it.
    seq: u64,
    /// The first day on which it hung.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Day>,
}

/// The calendar.
#[derive(Serialize, JsonSchema)]
pub struct NoticeList {
    /// The newest period first.
    notices: Vec<NoticeView>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// A notice.
#[derive(Serialize, JsonSchema)]
pub struct OneNotice {
    /// The period.
    period: String,
    /// The fund.
    fund: &'static str,
    /// The entry that records that it was put up; left out where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    /// Every entry that records one of the period.
    all: Vec<u64>,
    /// The table is of the book as it stands now, not as it stood when it was put up.
    of_now: bool,
    /// How many entries the book had that the table is of.
    entries: u64,
    /// The hash of the last of them.
    of_head: Hash,
    /// The table.
    table: TableView,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// `GET /api/v1/estates/{estate}/notices`
pub async fn list(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let (calendar, days) = dated(&room, &book).await?;
        let notices = calendar.into_iter().map(|of| NoticeView {
            period: of.period.to_string(),
            due: Day(of.due),
            standing: of.standing.word(),
            put_up: of
                .entries
                .iter()
                .map(|seq| PutUp { seq: *seq, on: days.get(seq).copied().map(Day) })
                .collect(),
        });
        let notices = notices.collect();
        Ok((NoticeList { notices, as_of_seq: as_of(&book), head: head(&book) }, None))
    })
    .await
}

/// `GET /api/v1/estates/{estate}/notices/{period}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, period)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let address = Address::read(&visit, &book, &period)?;
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let both = both(&room, &book, &address).await?;
        let frozen = both.put_up.as_ref().filter(|_| !address.of_now);
        let (of, paper) =
            frozen.map_or((&*book, &both.now), |(_, past, paper)| (&past.book, paper));
        let told = OneNotice {
            period: address.period.to_string(),
            fund: address.fund.letter(),
            seq: address.seq,
            all: address.all.clone(),
            of_now: frozen.is_none(),
            entries: of.head().entries,
            of_head: head(of),
            table: table(of, paper),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}
