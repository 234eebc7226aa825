//! The export of an estate: a header and the bytes of every entry, ready for `verify`.
//!
//! It is read and sent in pieces, so a book of any size takes little memory; it ends with the
//! entry that the header names, whatever is posted meanwhile.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::ledger::book::Book;
use crate::proof::export::Header;
use crate::services::books::{Books, BooksError};
use crate::web::Room;
use crate::web::error::WebError;

/// Entries read at a time.
const CHUNK: u32 = 200;
/// Pieces waiting for a slow reader.
const WAITING_MAX: usize = 4;

/// `GET /e/{estate}/export.jsonl`
pub async fn jsonl(
    State(room): State<Room>,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let name = format!("attachment; filename=\"{}.jsonl\"", book.estate());
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    let (sender, pieces) = mpsc::channel(WAITING_MAX);
    tokio::spawn(send(room.site.books.clone(), book, sender));
    Ok((headers, Body::new(Pieces(pieces))).into_response())
}

type Piece = Result<Bytes, BooksError>;

/// Sends the export; a reader who went away ends it.
async fn send(books: Books, book: Arc<Book>, sender: mpsc::Sender<Piece>) {
    let head = book.head();
    let header = Header {
        entries: head.entries,
        estate: book.estate(),
        head: head.hash,
        log: book.profile().log.clone(),
    };
    let mut piece = header.encode();
    piece.push(b'\n');
    let mut next = 0;
    loop {
        if sender.send(Ok(piece.into())).await.is_err() || next >= head.entries {
            return;
        }
        let entries = match books.entries_from(book.estate(), next, CHUNK).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(%error, "couldn't finish an export");
                let _ = sender.send(Err(error)).await;
                return;
            }
        };
        piece = Vec::new();
        for entry in entries.iter().filter(|entry| entry.posted.entry.seq < head.entries) {
            piece.extend_from_slice(&entry.bytes);
            piece.push(b'\n');
            next = entry.posted.entry.seq + 1;
        }
        if piece.is_empty() {
            return;
        }
    }
}

/// A body made of pieces.
struct Pieces(mpsc::Receiver<Piece>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = BooksError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BooksError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
