//! The pass over the log, in its order: each row's columns against its bytes, and the tree.

use super::progress::Shared;
use super::{DatabaseFault, VerifierError, compare, read_all};
use crate::ledger::entry::{Entry, PostedEntry};
use crate::ledger::id::EntryHash;
use crate::proof::merkle::{Edge, FullNode, Hash};
use crate::proof::verify::Read;
use crate::store::{DirectoryRow, LogRow, NewEstate, Reader, Store};

/// Rows read at a time.
const CHUNK: u32 = 500;

/// Runs to the end of the log as it was at the start; tells the root over it.
pub(super) async fn run(
    store: &Store,
    log: &str,
    shared: &Shared<'_>,
) -> Result<Hash, VerifierError> {
    let reader = store.primary();
    let (mut edge, end) = (shared.edge(), shared.entries());
    while edge.size() < end {
        let left = u32::try_from(end - edge.size()).unwrap_or(CHUNK).min(CHUNK);
        let mut rows = reader.log_rows(edge.size(), left).await?;
        let mut faults = Vec::new();
        if rows.is_empty() {
            compare(&mut faults, ("entry", &edge.size()), "log_index", &edge.size(), &"gone");
            shared.fault(faults);
            return Ok(edge.root());
        }
        let bodies = rows.iter_mut().map(|row| std::mem::take(&mut row.body)).collect();
        for (row, read) in rows.iter().zip(read_all(bodies).await) {
            check_row(log, edge.size(), row, &read, &mut faults);
            // The tree is over the bytes, not over the hash beside them.
            for node in edge.push(*read.hash().as_bytes()) {
                check_node(reader, node, &mut faults).await?;
            }
        }
        // What is missing between rows was told; a gap would repeat for every row behind it.
        let torn = faults.iter().any(|fault| fault.column == "log_index");
        shared.fault(faults);
        shared.log_is_at(&edge);
        if torn {
            return Ok(edge.root());
        }
    }
    check_count(reader, &edge, end, shared).await?;
    Ok(edge.root())
}

fn check_row(log: &str, index: u64, row: &LogRow, read: &Read, faults: &mut Vec<DatabaseFault>) {
    let place = ("entry", &index as &dyn std::fmt::Display);
    compare(faults, place, "log_index", &index, &row.log_index);
    compare(faults, place, "hash", &read.hash(), &shown(&row.hash));
    let Ok(PostedEntry { entry, .. }) = read.entry() else {
        // Why it can't be read is told by the pass over its estate's chain, in words; but an
        // estate that can't be found has no such pass.
        if row.estate.is_none() {
            compare(faults, place, "estate_id", &"an estate of the directory", &"none");
        }
        return;
    };
    let estate = row.estate.as_deref().unwrap_or("none");
    compare(faults, place, "estate_id", &entry.estate, &estate);
    compare(faults, place, "seq", &entry.seq, &row.seq);
    compare(faults, place, "ref", &entry.r#ref.as_str(), &row.r#ref);
    compare(faults, place, "log", &log, &entry.log);
}

/// A hash as stored, which may be of any length.
fn shown(hash: &[u8]) -> String {
    let whole = <[u8; 32]>::try_from(hash).map(EntryHash::from_bytes);
    whole.map_or_else(|_| format!("{} bytes", hash.len()), |hash| hash.to_string())
}

async fn check_node(
    reader: Reader<'_>,
    node: FullNode,
    faults: &mut Vec<DatabaseFault>,
) -> Result<(), VerifierError> {
    let stored = reader.node(node.level, node.position).await?;
    let found = stored.map_or("gone".to_owned(), |hash| shown(&hash));
    let row = format!("level {}, position {}", node.level, node.position);
    compare(faults, ("log_node", &row), "hash", &EntryHash::from_bytes(node.hash), &found);
    Ok(())
}

/// No more nodes than the tree has: levels of a size are known.
async fn check_count(
    reader: Reader<'_>,
    edge: &Edge,
    end: u64,
    shared: &Shared<'_>,
) -> Result<(), VerifierError> {
    // Others may have posted since; then there are more nodes, rightly.
    if reader.log_size().await? == end {
        let mut faults = Vec::new();
        let stored = reader.nodes_stored().await?;
        if reader.log_size().await? == end {
            compare(&mut faults, ("log_node", &"*"), "count", &edge.full_nodes(), &stored);
        }
        shared.fault(faults);
    }
    Ok(())
}

/// The directory's row that an estate's first entry calls for.
pub fn directory_row(log_index: u64, first: &Entry) -> Option<NewEstate> {
    if first.seq != 0 || first.event.kind().name != "open" {
        return None;
    }
    let text = |key| first.event.fields().text(key).unwrap_or_default().to_owned();
    Some(NewEstate {
        opened_at: log_index,
        code: first.estate,
        name: text("name"),
        address: text("address"),
    })
}

/// The same as it stands in the table.
pub(super) fn expected_row(log_index: u64, first: &Entry) -> Option<DirectoryRow> {
    directory_row(log_index, first).map(|estate| DirectoryRow::of(&estate))
}
