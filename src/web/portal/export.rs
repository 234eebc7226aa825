//! Downloads of an estate's books, read and sent in pieces, so a book of any size takes little
//! memory. A filter in the address is that of the page of lines.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tracing::Instrument;

use super::filter::Asked;
use crate::exchange::out::Scope;
use crate::exchange::out::words::Words;
use crate::ledger::book::Book;
use crate::ledger::listing::Filter;
use crate::services::exporter::{self, Export, ExportError, FileFormat};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// Pieces waiting for a slow reader.
const WAITING_MAX: usize = 2;

/// A file to download, as a link.
pub struct Download {
    /// Its address.
    pub href: String,
    /// What people call it.
    pub label: String,
    /// What it is for.
    pub about: String,
}

/// The downloads of a book; `query` narrows those that its filter can narrow.
pub fn downloads(book: &Book, query: &str, filter: &Filter, lang: Lang) -> Vec<Download> {
    let link = |format: FileFormat| {
        let asked = if format.takes(filter) { query } else { "" };
        Download {
            href: format!("/e/{}/export.{}{asked}", book.estate(), format.ending()),
            label: lang.word("download", format.name()).into_owned(),
            about: lang.word("download_is", format.name()).into_owned(),
        }
    };
    FileFormat::ALL.into_iter().map(link).collect()
}

/// `GET /e/{estate}/export.jsonl`
pub async fn jsonl(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Jsonl).await
}

/// `GET /e/{estate}/export.csv`
pub async fn csv(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Csv).await
}

/// `GET /e/{estate}/export.xlsx`
pub async fn xlsx(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Xlsx).await
}

/// `GET /e/{estate}/export.journal`
pub async fn journal(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Hledger).await
}

/// `GET /e/{estate}/export.u8.txt`
pub async fn u8(room: State<Room>, visit: Visit, path: Path<String>) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::U8).await
}

/// `GET /e/{estate}/export.kis.xlsx`
pub async fn kis(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Kis).await
}

/// `GET /e/{estate}/export.beancount`
pub async fn beancount(
    room: State<Room>,
    visit: Visit,
    path: Path<String>,
) -> Result<Response, WebError> {
    answer(room, visit, path, FileFormat::Beancount).await
}

async fn answer(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
    format: FileFormat,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let asked = Asked::read(&visit);
    if let Some(fault) = asked.faults.into_iter().next() {
        return Err(WebError::Value { field: fault.field, value: fault.value });
    }
    if !format.takes(&asked.filter) {
        return Err(WebError::Whole);
    }
    let books = &room.site.books;
    let words = Words::of(visit.lang.code());
    let scope = Scope { filter: asked.filter, ..Scope::whole(books.today(), words) };
    let export = exporter::export(books, &book, format, scope)?;
    let name = format!("attachment; filename=\"{}.{}\"", book.estate(), format.ending());
    let headers = [
        (CONTENT_TYPE, media_type(format).to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    let (sender, pieces) = mpsc::channel(WAITING_MAX);
    tokio::spawn(send(export, sender).in_current_span());
    Ok((headers, Body::new(Pieces(pieces))).into_response())
}

pub(super) const fn media_type(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Jsonl => "application/x-ndjson",
        FileFormat::Csv => "text/csv; charset=utf-8",
        FileFormat::U8 => "text/plain; charset=gb18030",
        FileFormat::Xlsx | FileFormat::Kis => {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
        FileFormat::Hledger | FileFormat::Beancount => "text/plain; charset=utf-8",
    }
}

type Piece = Result<Bytes, ExportError>;

/// Sends the pieces; a reader who went away ends it.
async fn send(mut export: Export, sender: mpsc::Sender<Piece>) {
    while !sender.is_closed() {
        let piece = match export.next().await {
            Ok(Some(piece)) => Ok(piece.into()),
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "couldn't finish an export");
                Err(error)
            }
        };
        let failed = piece.is_err();
        if sender.send(piece).await.is_err() || failed {
            return;
        }
    }
}

/// A body made of pieces.
struct Pieces(mpsc::Receiver<Piece>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = ExportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ExportError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
