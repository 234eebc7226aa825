//! A row's own key: the same row of the same sheet gives the same reference, so a second import
//! is known as one, and two really equal rows stay two.

use sha2::{Digest, Sha256};

/// `imp:` and 32 hex of SHA-256 over the instance's secret (or names in cells could be found by
/// trying them against the public reference), the entry's kind, the sheet, the row's cells, and the
/// how-manieth equal row it is, each part with its length before it.
pub fn row_ref(secret: &[u8], kind: &str, sheet: &str, cells: &[String], nth: u32) -> String {
    let mut hash = Sha256::new();
    hash.update((secret.len() as u64).to_be_bytes());
    hash.update(secret);
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(kind);
    part(sheet);
    // Empty cells at the end depend on the program that wrote the file, not on the row.
    let last = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
    cells[..last].iter().for_each(|cell| part(cell));
    part(&nth.to_string());
    format!("imp:{}", hex(&hash.finalize()[..16]))
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let cells = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let base = row_ref(b"secret", "income", "10月", &cells(&["1", "仓库"]), 1);
        assert_eq!(base.len(), 36);
        assert_eq!(base, row_ref(b"secret", "income", "10月", &cells(&["1", "仓库", ""]), 1));
        for other in [
            row_ref(b"secret", "contract", "10月", &cells(&["1", "仓库"]), 1),
            row_ref(b"secret", "income", "11月", &cells(&["1", "仓库"]), 1),
            row_ref(b"secret", "income", "10月", &cells(&["1仓库"]), 1),
            row_ref(b"secret", "income", "10月", &cells(&["1", "仓库"]), 2),
        ] {
            assert_ne!(base, other);
        }
    }
}
