//! What somebody may do with a file to read entries from: whoever reconciles hands in statements,
//! looks at them and posts them, and sees no other file; the rest is for whoever prepares and
//! whoever posts.

use super::documents::estate_of;
use super::guard::Officer;
use crate::ledger::entry::Actor;
use crate::ledger::id::EstateCode;
use crate::services::imports::{ImportRow, Sort};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;

/// True where somebody may do this with a sort of file.
pub fn may(officer: &Officer, permission: Permission, sort: Sort, estate: EstateCode) -> bool {
    let held = |permission| officer.rights().may(permission, Some(estate));
    held(permission) || (sort == Sort::Statement && held(Permission::Reconcile))
}

/// The sorts that somebody may hand in and look at.
pub fn sorts(officer: &Officer, estate: EstateCode) -> Vec<Sort> {
    let may = |sort: &Sort| may(officer, Permission::Draft, *sort, estate);
    Sort::ALL.into_iter().filter(may).collect()
}

/// In which role somebody posts a file, where they may.
pub fn poster(officer: &Officer, row: &ImportRow, estate: EstateCode) -> Option<Actor> {
    let of_bank = || {
        let is_statement = row.sort == Sort::Statement.word();
        officer.actor(Permission::Reconcile, estate).filter(|_| is_statement)
    };
    officer.actor(Permission::Post, estate).or_else(of_bank)
}

/// A file that somebody may look at.
pub async fn found(
    room: &Room,
    officer: &Officer,
    code: &str,
    id: &str,
) -> Result<(EstateCode, ImportRow), WebError> {
    let (estate, _) = estate_of(room, code).await?;
    let row = room.site.imports.find(estate, id).await?.ok_or(WebError::NoPage)?;
    let sort = Sort::from_word(&row.sort).ok_or(WebError::NoPage)?;
    if may(officer, Permission::Draft, sort, estate) {
        Ok((estate, row))
    } else {
        Err(WebError::Forbidden)
    }
}
