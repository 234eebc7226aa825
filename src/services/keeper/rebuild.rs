//! Making anew what is made from the entries: the directory, the tree's nodes, the snapshots.

use std::collections::BTreeMap;

use super::{CHUNK, KeeperError, stored};
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

/// Makes the directory, the tree's nodes and the snapshots anew from the entries, in a
/// transaction that holds the log (two, where the directory was wrong): nobody posts meanwhile,
/// readers read on.
pub async fn rebuild(
    books: &Books,
    only: Option<EstateCode>,
    snapshot_from: u64,
    step: &(dyn Fn(u64, u64) + Sync),
) -> Result<Rebuilt, KeeperError> {
    let store = books.store();
    let mut tx = store.begin().await?;
    let mut end = tx.log_size().await?;
    let (mut directory, mut nodes) = read_log(store, end, step).await?;
    let mended = mend_directory(store, &mut tx, &directory, only).await?;
    if !mended.is_empty() {
        // Books are found through the directory, so it is right for everybody first.
        tx.commit().await?;
        tx = store.begin().await?;
        end = tx.log_size().await?;
        (directory, nodes) = read_log(store, end, step).await?;
    }
    let mut done = Rebuilt { entries: end, mended, ..Rebuilt::default() };
    if only.is_none() {
        done.mended.extend(mend_nodes(store, &mut tx, &nodes).await?);
        for (table, rows) in store.primary().orphans().await? {
            if table == "book_snapshot" && rows > 0 {
                done.mended.push(format!("book_snapshot: {rows} rows without an estate"));
            }
        }
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
            if row.log_index != stored(index) {
                return Err(KeeperError::Damaged(index, "another entry stands in its place"));
            }
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

/// Sets the directory right; where only one estate was asked for, no other's row is touched.
async fn mend_directory(
    store: &Store,
    tx: &mut WriteTx,
    directory: &Directory,
    only: Option<EstateCode>,
) -> Result<Vec<String>, KeeperError> {
    let wanted = directory.values().filter(|row| only.is_none_or(|only| only == row.code));
    let wanted: BTreeMap<i64, &NewEstate> =
        wanted.map(|row| (DirectoryRow::of(row).id, row)).collect();
    let stands = standing_directory(store).await?;
    let is_right = |id: &i64, row: &NewEstate| stands.get(id) == Some(&DirectoryRow::of(row));
    let mut mended = Vec::new();
    // Wrong rows give their codes free first: two may have been swapped.
    for (id, row) in &stands {
        match wanted.get(id) {
            Some(wanted) if !is_right(id, wanted) => tx.unname_estate(*id).await?,
            None if only.is_none() => {
                tx.unname_estate(*id).await?;
                mended.push(format!("estate {}", row.code));
            }
            _ => {}
        }
    }
    for (_, row) in wanted.iter().filter(|(id, row)| !is_right(id, row)) {
        tx.put_estate(row).await?;
        mended.push(format!("estate {}", row.code));
    }
    Ok(mended)
}

async fn standing_directory(store: &Store) -> Result<BTreeMap<i64, DirectoryRow>, KeeperError> {
    let mut rows = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = store.primary().directory_rows(&after, CHUNK).await?;
        let Some(last) = page.last() else { return Ok(rows) };
        after.clone_from(&last.code);
        rows.extend(page.into_iter().map(|row| (row.id, row)));
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
        let stands = store.primary().node(level, position).await?;
        if stands.as_deref() != Some(node.hash.as_slice()) {
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
                || (of.head().entries == book.head().entries
                    && book.snapshot().is_ok_and(|body| body != kept.body.as_bytes()))
        }
        Err(OtherVersion) => false,
        Err(_) => true,
    }
}
