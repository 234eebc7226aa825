//! The export of an estate, read and sent in pieces, so a book of any size takes little memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::services::books::BooksError;
use crate::services::exporter::{self, Jsonl};
use crate::web::Room;
use crate::web::error::WebError;

/// Pieces waiting for a slow reader.
const WAITING_MAX: usize = 2;

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
    tokio::spawn(send(exporter::jsonl(&room.site.books, &book), sender).in_current_span());
    Ok((headers, Body::new(Pieces(pieces))).into_response())
}

type Piece = Result<Bytes, BooksError>;

/// Sends the pieces; a reader who went away ends it.
async fn send(mut export: Jsonl, sender: mpsc::Sender<Piece>) {
    loop {
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
    type Error = BooksError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BooksError>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
