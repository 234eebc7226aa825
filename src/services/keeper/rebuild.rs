//! Making anew what is made from the entries: the directory, the tree's nodes, the snapshots.

use std::collections::BTreeMap;

use super::{CHUNK, KeeperError};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::id::EstateCode;
use crate::proof::merkle::Edge;
use crate::services::books::{Books, snapshot_of};
use crate::services::verifier::directory_row;
use crate::store::{DirectoryRow, LogNode, NewEstate, SnapshotRow, Store, WriteTx};

/// What `rebuild` found otherwise than the entries call for, and set right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Entries that the indexes were made from.
    pub entries: u64,
    /// Rows of the directory, nodes and snapshots that were wrong, missing or too many.
    pub mended: Vec<String>,
    /// Snapshots kept.
    pub snapshots: u64,
}

/// Makes the directory, the tree's nodes and the snapshots anew from the entries, in one
/// transaction that holds the log: nobody posts meanwhile, readers read on.
pub async fn rebuild(
    books: &Books,
    only: Option<EstateCode>,
    snapshot_from: u64,
    step: &(dyn Fn(u64, u64) + Sync),
) -> Result<Rebuilt, KeeperError> {
    let store = books.store();
    let mut tx = store.begin().await?;
    let end = tx.log_size().await?;
    let mut done = Rebuilt { entries: end, ..Rebuilt::default() };
    let (directory, nodes) = read_log(store, end, step).await?;
    let stands = standing_directory(store).await?;
    for (code, row) in &directory {
        if only.is_some_and(|only| only != *code) {
            continue;
        }
        if stands.get(&row.opened_at) != Some(&DirectoryRow::of(row)) {
            done.mended.push(format!("estate {code}"));
            tx.put_estate(row).await?;
        }
    }
    if only.is_none() {
        done.mended.extend(mend_nodes(store, &mut tx, &nodes).await?);
        tx.clear_snapshots().await?;
    }
    for code in directory.keys().filter(|code| only.is_none_or(|only| only == **code)) {
        let book = books.fold(*code).await?;
        let kept = store.primary().snapshot(*code).await?;
        if differs(kept.as_ref(), &book) {
            done.mended.push(format!("book_snapshot {code}"));
        }
        if snapshot_from > 0 && book.head().entries >= snapshot_from {
            tx.keep_snapshot(*code, &snapshot_of(&book)?).await?;
            done.snapshots += 1;
        } else if only.is_some() {
            tx.remove_snapshot(*code).await?;
        }
    }
    tx.commit().await?;
    Ok(done)
}

type Directory = BTreeMap<EstateCode, NewEstate>;

/// What the entries call for: a row of the directory for each estate, and the tree's nodes.
async fn read_log(
    store: &Store,
    end: u64,
    step: &(dyn Fn(u64, u64) + Sync),
) -> Result<(Directory, Vec<LogNode>), KeeperError> {
    let (mut edge, mut nodes, mut directory) = (Edge::default(), Vec::new(), Directory::new());
    while edge.size() < end {
        let rows = store.primary().log_rows(edge.size(), CHUNK).await?;
        if rows.is_empty() {
            return Err(KeeperError::Damaged(edge.size(), "it is gone"));
        }
        for row in rows {
            let index = edge.size();
            let posted = PostedEntry::read(&row.body)
                .map_err(|error| KeeperError::Unreadable(index, error))?;
            if row.hash != posted.hash.as_bytes() {
                return Err(KeeperError::Damaged(index, "its hash is not that of its bytes"));
            }
            if let Some(estate) = directory_row(index, &posted.entry) {
                directory.insert(estate.code, estate);
            }
            nodes.extend(edge.push(*posted.hash.as_bytes()).into_iter().map(LogNode::from));
        }
        step(edge.size(), end);
    }
    Ok((directory, nodes))
}

async fn standing_directory(store: &Store) -> Result<BTreeMap<u64, DirectoryRow>, KeeperError> {
    let mut rows = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = store.primary().directory_rows(&after, CHUNK).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after.clone_from(&last.code);
        rows.extend(page.into_iter().map(|row| (row.id.unsigned_abs(), row)));
    }
}

async fn mend_nodes(
    store: &Store,
    tx: &mut WriteTx,
    nodes: &[LogNode],
) -> Result<Vec<String>, KeeperError> {
    let mut wrong = Vec::new();
    for node in nodes {
        let (level, position) = (node.level, node.position);
        let stands = store.primary().nodes(level, position, 1).await?;
        if stands.first() != Some(node) {
            wrong.push(format!("log_node level {level}, position {position}"));
        }
    }
    let stored = store.primary().nodes_stored().await?;
    if stored != u64::try_from(nodes.len()).unwrap_or(u64::MAX) && wrong.is_empty() {
        wrong.push(format!("log_node: {stored} rows, {} belong there", nodes.len()));
    }
    if !wrong.is_empty() {
        tx.clear_nodes().await?;
        tx.add_nodes(nodes).await?;
    }
    Ok(wrong)
}

/// True where a snapshot of this fold is kept and doesn't stand at this book's entries.
fn differs(kept: Option<&SnapshotRow>, book: &Book) -> bool {
    use crate::ledger::book::SnapshotError::OtherVersion;
    let Some(kept) = kept else { return false };
    match Book::from_snapshot(kept.body.as_bytes()) {
        Ok(of) => {
            of.estate() != book.estate()
                || of.head().entries != kept.entries
                || of.head().entries > book.head().entries
                || (of.head().entries == book.head().entries && of.head() != book.head())
        }
        Err(OtherVersion) => false,
        Err(_) => true,
    }
}
