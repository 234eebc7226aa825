//! The one hash: link of the estate's chain and leaf of the log.

use sha2::{Digest, Sha256};

use super::id::EntryHash;

/// `SHA-256(0x00 || bytes)`: RFC 6962, section 2.1, the hash of a leaf.
///
/// `(printf '\0'; cat entry.json) | sha256sum` recomputes it.
pub fn entry_hash(bytes: &[u8]) -> EntryHash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(bytes);
    EntryHash::from_bytes(hasher.finalize().into())
}

/// `SHA-256(bytes)`: the address of a file or document.
pub fn content_hash(bytes: &[u8]) -> EntryHash {
    EntryHash::from_bytes(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_leaf_is_that_of_rfc_6962() {
        let empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(entry_hash(b"").to_string(), empty);
    }
}
