//! What came of a file: the entries that were posted.

use askama::Template;
use axum::response::Response;

use super::guard::Officer;
use super::imports::{DONE, sort_name};
use super::{done, frame, page};
use crate::ledger::entry::Side;
use crate::ledger::format::grouped;
use crate::ledger::id::EstateCode;
use crate::ledger::money::Money;
use crate::ledger::time::Timestamp;
use crate::services::imports::ImportRow;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::show;
use crate::web::visit::Visit;

/// Entries of a batch that are listed; a longer one goes on in the book.
const ENTRIES_MAX: usize = 300;

/// An entry of a batch.
struct Entry {
    seq: u64,
    kind: &'static str,
    date: String,
    memo: String,
    amount: Option<String>,
}

/// What came of a file.
#[derive(Template)]
#[template(path = "desk_batch.html")]
struct BatchPage {
    f: Frame,
    code: String,
    done: Option<String>,
    sort: String,
    by: String,
    at: String,
    count: usize,
    entries: Vec<Entry>,
    file: String,
}

/// The page of a file that was posted.
pub(super) async fn show(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    estate: EstateCode,
    row: &ImportRow,
    posted: &[u64],
) -> Result<Response, WebError> {
    let lang = visit.lang;
    let mut entries = Vec::new();
    for seq in posted.iter().take(ENTRIES_MAX) {
        let Some(found) = room.site.books.entry(estate, *seq).await? else { continue };
        let entry = found.posted.entry;
        let debits = entry.lines.iter().filter(|line| line.side == Side::Debit);
        let amount: Money = debits.map(|line| line.amount).sum();
        entries.push(Entry {
            seq: *seq,
            kind: show::kind_name(entry.event.kind(), lang),
            date: lang.day(entry.date),
            memo: entry.memo.clone().unwrap_or_default(),
            amount: (!entry.lines.is_empty()).then(|| grouped(amount)),
        });
    }
    let at = row.posted_at.unwrap_or_default();
    let shown = BatchPage {
        f: frame(room, visit, officer, &row.name),
        code: estate.to_string(),
        done: done(visit, DONE),
        sort: sort_name(&row.sort, lang),
        by: row.posted_by.clone().unwrap_or_default(),
        at: Timestamp::from_millis(at).local(),
        count: posted.len(),
        entries,
        file: format!("/desk/e/{estate}/documents/{}", row.sha256),
    };
    page(false, &shown)
}
