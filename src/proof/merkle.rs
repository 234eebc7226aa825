//! The log's Merkle tree (RFC 6962, section 2.1): leaf `SHA-256(0x00 || bytes)`, node
//! `SHA-256(0x01 || left || right)`, empty tree `SHA-256("")`.

use sha2::{Digest, Sha256};

/// A node's or leaf's hash.
pub type Hash = [u8; 32];

/// How many children make a stored node: the width of a tile.
pub const WIDTH: usize = 256;

/// `SHA-256(0x01 || left || right)`: RFC 6962, section 2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root over leaf hashes: split at the largest power of two below their number.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [leaf] => *leaf,
        _ => {
            let split = (leaves.len().next_power_of_two()) / 2;
            let (left, right) = leaves.split_at(split);
            node_hash(&root(left), &root(right))
        }
    }
}

/// A node that became full while leaves were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullNode {
    /// 1 for 256 leaves, 2 for 65,536, …
    pub level: u32,
    /// Which one, from 0.
    pub position: u64,
    /// Its hash.
    pub hash: Hash,
}

/// The right edge of a tree: for each level the hashes since the last full node, so that the
/// tree grows without reading what is full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// From stored hashes: leaves since the last full node, then nodes of each level likewise.
    pub const fn from_levels(size: u64, levels: Vec<Vec<Hash>>) -> Self {
        Self { size, levels }
    }

    /// How many leaves the tree has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes since the last full node, of each level.
    pub fn levels(&self) -> &[Vec<Hash>] {
        &self.levels
    }

    /// How many nodes of all levels became full so far.
    pub fn full_nodes(&self) -> u64 {
        let mut full = self.size / WIDTH as u64;
        let mut nodes = 0;
        while full > 0 {
            nodes += full;
            full /= WIDTH as u64;
        }
        nodes
    }

    /// Adds a leaf; tells which nodes became full.
    pub fn push(&mut self, leaf: Hash) -> Vec<FullNode> {
        self.size += 1;
        let mut full = Vec::new();
        let mut hash = leaf;
        let mut position = self.size;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let open = &mut self.levels[level];
            open.push(hash);
            if open.len() < WIDTH {
                break;
            }
            hash = root(open);
            open.clear();
            position /= WIDTH as u64;
            let level = u32::try_from(level + 1).unwrap_or(u32::MAX);
            full.push(FullNode { level, position: position - 1, hash });
        }
        full
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        // Perfect subtrees from left to right are joined from the right, as the split of the
        // RFC does it.
        let mut joined: Option<Hash> = None;
        for open in &self.levels {
            let mut end = open.len();
            while end > 0 {
                let size = 1 << end.trailing_zeros();
                let subtree = root(&open[end - size..end]);
                joined = Some(match joined {
                    Some(right) => node_hash(&subtree, &right),
                    None => subtree,
                });
                end -= size;
            }
        }
        joined.unwrap_or_else(|| root(&[]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::chain::entry_hash;

    /// Leaves and roots of the test vectors that accompany RFC 6962 implementations.
    const LEAVES: [&str; 8] = [
        "",
        "\x00",
        "\x10",
        "\x20\x21",
        "\x30\x31",
        "\x40\x41\x42\x43",
        "\x50\x51\x52\x53\x54\x55\x56\x57",
        "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves = LEAVES.map(|leaf| *entry_hash(leaf.as_bytes()).as_bytes());
        let mut edge = Edge::default();
        for (at, expected) in ROOTS.iter().enumerate() {
            edge.push(leaves[at]);
            let expected: crate::ledger::id::EntryHash = expected.parse().unwrap();
            assert_eq!(root(&leaves[..=at]), *expected.as_bytes());
            assert_eq!(edge.root(), *expected.as_bytes());
        }
    }

    #[test]
    fn the_edge_agrees_with_the_whole_tree() {
        let leaves: Vec<Hash> =
            (0_u32..66_000).map(|n| *entry_hash(&n.to_be_bytes()).as_bytes()).collect();
        let mut edge = Edge::default();
        assert_eq!(edge.root(), root(&[]));
        for (at, leaf) in leaves.iter().enumerate() {
            for node in edge.push(*leaf) {
                let span = WIDTH.pow(node.level);
                let from = usize::try_from(node.position).unwrap() * span;
                assert_eq!(node.hash, root(&leaves[from..from + span]));
            }
            let size = at + 1;
            if [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000].contains(&size)
            {
                assert_eq!(edge.root(), root(&leaves[..size]), "{size}");
            }
        }
    }
}
