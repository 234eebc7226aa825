//! Whether the books take postings, and what is told where they don't.

use super::Shared;

/// Whether the books take postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They do.
    Open,
    /// The disk is nearly full: read only until there is room again.
    DiskLow {
        /// Bytes free.
        free: u64,
        /// Bytes that must be free.
        low: u64,
    },
    /// The disk failed while something was written: read only until the program starts again,
    /// since what is written next may be lost without a word.
    Broken(String),
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open => f.write_str("the books take postings"),
            Self::DiskLow { free, low } => write!(
                f,
                "the books are read only: {} MiB are free on the disk, {} are needed; make room",
                free >> 20,
                low >> 20
            ),
            Self::Broken(cause) => write!(
                f,
                "the books are read only: the disk failed ({cause}); check it, run verify, and \
                 start the program again"
            ),
        }
    }
}

impl Shared {
    /// Whether postings are taken, and if not why.
    pub(super) fn standing(&self) -> Standing {
        if let Some(cause) = self.broken.get() {
            return Standing::Broken(cause.clone());
        }
        let low = self.limits.disk_low_bytes;
        match self.store.disk_free() {
            Some(free) if free < low => Standing::DiskLow { free, low },
            _ => Standing::Open,
        }
    }
}
