//! An estate's book as it grows: server-sent events (WHATWG HTML, section 9.2). Each tells the
//! state after the newest entry, so that a reader who was away needs the last one only; it is
//! named `<estate>:<seq>`, and a reader who comes back with that name gets the next one that
//! differs.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Map, Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ledger::book::Book;
use crate::ledger::id::EstateCode;
use crate::services::books::{BooksError, Growth};
use crate::web::Room;
use crate::web::error::WebError;

/// Streams open at once: a part of the connections, so that pages are always answered.
const STREAMS_MAX: usize = 1_024;
/// A line without meaning after so long a silence keeps proxies from closing, and finds readers
/// who left.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// When a reader should come back after the stream ended.
const COME_BACK_AFTER: Duration = Duration::from_secs(3);
/// What a reader saw last.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Room for every stream that may be open.
pub fn streams() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(STREAMS_MAX))
}

/// One reader's stream.
struct Following {
    room: Room,
    estate: EstateCode,
    growth: Growth,
    /// The newest entry the reader knows of.
    shown: Option<u64>,
    is_first: bool,
    _permit: OwnedSemaphorePermit,
}

/// `GET /e/{estate}/events`
pub async fn stream(
    State(room): State<Room>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let estate = super::book(&room, &code).await?.estate();
    let streams = Arc::clone(&room.streams);
    let permit = streams.try_acquire_owned().map_err(|_| WebError::Crowded)?;
    let growth = room.site.books.listen(estate);
    let shown = headers.get(LAST_EVENT_ID).and_then(|id| seq_of(id, estate));
    let following = Following { room, estate, growth, shown, is_first: true, _permit: permit };
    let events = stream::unfold(following, async |mut following| {
        // After an error the stream ends; the reader comes back and hears what is wrong.
        let event = following.next().await.transpose()?;
        Some((event, following))
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE_MAX));
    let headers = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx gathers an answer before it passes it on, unless told.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, events).into_response())
}

impl Following {
    /// The next event; none once the server stops.
    async fn next(&mut self) -> Result<Option<Event>, BooksError> {
        loop {
            let book = self.room.site.books.book(self.estate).await?;
            let newest = book.filter(|book| book.head().entries.checked_sub(1) != self.shown);
            if let Some(book) = newest {
                self.shown = book.head().entries.checked_sub(1);
                let event = Event::default().id(event_id(&book)).data(state(&book).to_string());
                let is_first = std::mem::take(&mut self.is_first);
                return Ok(Some(if is_first { event.retry(COME_BACK_AFTER) } else { event }));
            }
            tokio::select! {
                () = self.growth.heard() => {}
                () = self.room.site.readiness.until_stopping() => return Ok(None),
            }
        }
    }
}

/// The entry that a reader names, when it is one of this estate.
fn seq_of(id: &HeaderValue, estate: EstateCode) -> Option<u64> {
    let (code, seq) = id.to_str().ok()?.rsplit_once(':')?;
    (code == estate.to_string()).then(|| seq.parse().ok()).flatten()
}

fn event_id(book: &Book) -> String {
    format!("{}:{}", book.estate(), book.head().entries.saturating_sub(1))
}

/// What an event says: the newest entry, the head and every balance, in yuan.
fn state(book: &Book) -> Value {
    let balances = book.balances().accounts();
    let balances: Map<String, Value> =
        balances.map(|(code, balance)| (code.to_string(), balance.to_string().into())).collect();
    let seq = book.head().entries.saturating_sub(1);
    json!({ "balances": balances, "head": book.head().hash.to_string(), "seq": seq })
}
