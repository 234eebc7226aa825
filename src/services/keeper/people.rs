//! Copying the people of the desk and their drafts, each with its life: all but sessions, so that
//! after a restore everybody signs in anew.

use super::{CHUNK, KeeperError};
use crate::store::Store;

pub(super) async fn copy(source: &Store, target: &Store) -> Result<(), KeeperError> {
    copy_organisations(source, target).await?;
    copy_officers(source, target).await?;
    copy_audit(source, target).await?;
    copy_drafts(source, target).await
}

async fn copy_organisations(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let mut after = String::new();
    loop {
        let rows = source.primary().organisations(&after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.organisation_id);
        let mut tx = target.begin_beside().await?;
        for row in &rows {
            tx.add_organisation(row).await?;
        }
        tx.commit().await?;
    }
}

async fn copy_officers(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let (from, mut after) = (source.primary(), String::new());
    loop {
        let rows = from.officers(&after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.officer_id);
        let mut tx = target.begin_beside().await?;
        for officer in &rows {
            let id = officer.officer_id.as_str();
            tx.add_officer(officer).await?;
            for grant in from.grants_of(id).await? {
                tx.add_grant(&grant).await?;
            }
            for token in from.tokens_of(id).await? {
                tx.add_token(&token).await?;
            }
            let codes = from.codes_of(id).await?;
            for purpose in ["password", "second"] {
                let of = codes.iter().filter(|code| code.purpose == purpose).cloned();
                tx.put_codes(id, purpose, &of.collect::<Vec<_>>()).await?;
            }
        }
        tx.commit().await?;
    }
}

async fn copy_audit(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let mut from = i64::MIN;
    loop {
        let rows = source.primary().audit_rows(from, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        from = last.audit_id + 1;
        let mut tx = target.begin_beside().await?;
        for row in &rows {
            tx.add_audit(row).await?;
        }
        tx.commit().await?;
    }
}

async fn copy_drafts(source: &Store, target: &Store) -> Result<(), KeeperError> {
    let mut after = String::new();
    loop {
        let rows = source.primary().drafts(&after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after.clone_from(&last.draft_id);
        let mut tx = target.begin_beside().await?;
        for row in &rows {
            tx.add_draft(row).await?;
            for step in source.primary().draft_steps(&row.draft_id).await? {
                tx.add_draft_step(&step).await?;
            }
        }
        tx.commit().await?;
    }
}
