//! Signing a draft for the owners, and returning it.

use axum::extract::{Path, State};
use axum::response::Response;

use super::draft_page::Asked;
use super::drafts::{found, href};
use super::form::Fields;
use super::guard::Officer;
use super::{actor, book_of, see_other};
use crate::services::drafts::Drafts;
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::visit::Visit;

/// `POST /desk/e/{estate}/drafts/{draft}/cosign`
pub async fn sign(
    State(room): State<Room>,
    Path((code, key)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let drafts = Drafts::of(&room.site.books);
    let kept = found(drafts.find(book.estate(), &key).await, &code)?;
    let by = actor(&officer, Permission::Cosign, book.estate())?;
    let version = fields.value("version").parse().unwrap_or(0);
    match drafts.cosign((book.estate(), &key), version, &by).await {
        Ok(kept) => Ok(see_other(&format!("{}?done=cosigned", href(&kept)))),
        Err(error) => {
            let asked = Asked { room: &room, visit: &visit, officer: &officer };
            asked.refused(error, &kept).await
        }
    }
}

/// `POST /desk/e/{estate}/drafts/{draft}/cosign/return`
pub async fn decline(
    State(room): State<Room>,
    Path((code, key)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let drafts = Drafts::of(&room.site.books);
    let kept = found(drafts.find(book.estate(), &key).await, &code)?;
    let by = actor(&officer, Permission::Cosign, book.estate())?;
    let version = fields.value("version").parse().unwrap_or(0);
    let reason = fields.value("reason");
    match drafts.decline((book.estate(), &key), version, reason, &by).await {
        Ok(kept) => Ok(see_other(&format!("{}?done=returned", href(&kept)))),
        Err(error) => {
            let asked = Asked { room: &room, visit: &visit, officer: &officer };
            asked.refused(error, &kept).await
        }
    }
}
