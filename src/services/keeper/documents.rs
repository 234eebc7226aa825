//! Copying papers and the files that entries are read from, each with its bytes, which must be
//! what their name says.

use super::{CHUNK, KeeperError};
use crate::ledger::chain::content_hash;
use crate::store::Store;

pub(super) async fn copy(source: &Store, target: &Store) -> Result<(), KeeperError> {
    copy_papers(source, target).await?;
    copy_imports(source, target).await
}

async fn copy_papers(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let (from, mut after) = (source.primary(), (String::new(), String::new()));
    loop {
        let rows = from.documents_after((&after.0, &after.1), CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.estate.clone(), last.sha256.clone());
        // One at a time: a page of papers may be larger than memory.
        for row in &rows {
            let damaged = || KeeperError::Paper(row.sha256.clone());
            let bytes = from.document_bytes(&row.sha256).await?.ok_or_else(damaged)?;
            if content_hash(&bytes).to_string() != row.sha256 {
                return Err(damaged());
            }
            let mut tx = target.begin_beside().await?;
            tx.put_document_bytes(&row.sha256, &bytes).await?;
            tx.add_document(row).await?;
            tx.commit().await?;
        }
    }
}

async fn copy_imports(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let mut after = String::new();
    loop {
        let rows = source.primary().imports_after(&after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.import_id);
        let mut tx = target.begin_beside().await?;
        for row in &rows {
            tx.add_import(row).await?;
        }
        tx.commit().await?;
    }
}
