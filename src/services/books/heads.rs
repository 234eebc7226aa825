//! A head from paper: which entry of the log it is.

use tokio::sync::Semaphore;

use super::{Books, BooksError};
use crate::ledger::id::EstateCode;

/// The fewest hexadecimal digits that name an entry: that one of a million entries begins with
/// 16 given digits by chance happens once in eighteen million million.
pub const DIGITS_MIN: usize = 16;
/// Hashes read at a time.
const CHUNK: u32 = 10_000;

/// One search through the log at a time: it reads every hash, since none is indexed.
static ONE_SEARCH: Semaphore = Semaphore::const_new(1);

/// An entry that a head names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its estate.
    pub estate: EstateCode,
    /// Its number.
    pub seq: u64,
}

impl Books {
    /// The entry of an estate that a head with so many entries names, where it does.
    pub async fn head_of(
        &self,
        estate: EstateCode,
        entries: u64,
        digits: &str,
    ) -> Result<Option<Named>, BooksError> {
        let Some(seq) = entries.checked_sub(1) else { return Ok(None) };
        let stored = self.entry(estate, seq).await?;
        let same = stored.filter(|stored| stored.posted.hash.to_string().starts_with(digits));
        Ok(same.map(|_| Named { estate, seq }))
    }

    /// The entry whose hash begins with these digits (lower case, at least [`DIGITS_MIN`]),
    /// anywhere in the log.
    pub async fn find_head(&self, digits: &str) -> Result<Option<Named>, BooksError> {
        if digits.len() < DIGITS_MIN {
            return Ok(None);
        }
        // It is never closed, so waiting for it can't fail.
        let _one = ONE_SEARCH.acquire().await.ok();
        let store = self.shared.store.primary();
        let mut from = 0;
        loop {
            let leaves = store.leaves(from, CHUNK).await?;
            if leaves.is_empty() {
                return Ok(None);
            }
            if let Some(at) = leaves.iter().position(|hash| begins_with(hash, digits)) {
                let at = from + u64::try_from(at).unwrap_or_default();
                let row = store.log_rows(at, 1).await?.into_iter().next();
                return Ok(row.and_then(|row| {
                    let estate = row.estate?.parse().ok()?;
                    Some(Named { estate, seq: u64::try_from(row.seq).ok()? })
                }));
            }
            from += u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        }
    }
}

/// Whether a hash written in lower case begins with these digits.
fn begins_with(hash: &[u8; 32], digits: &str) -> bool {
    let digit = |at: usize| {
        let byte = hash.get(at / 2).copied().unwrap_or_default();
        let half = if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 };
        char::from_digit(u32::from(half), 16)
    };
    digits.len() <= 64 && digits.chars().enumerate().all(|(at, of)| digit(at) == Some(of))
}
