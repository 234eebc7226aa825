//! How often one may ask: a bucket that fills evenly, for each address and each key, in bounded
//! memory. Each process counts for itself.

use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

/// Buckets that are kept; the least used go, and begin anew when they come back.
const BUCKETS_MAX: usize = 50_000;
/// A bucket holds what is allowed in this time.
const WINDOW_US: u64 = 60_000_000;

/// How many requests a minute are answered; 0 for any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Of one address, without a key.
    pub address_min: u32,
    /// With one key.
    pub key_min: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { address_min: 300, key_min: 600 }
    }
}

/// What is left in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// What a minute allows.
    pub limit: u32,
    /// Requests that would be answered now.
    pub left: u32,
    /// Seconds until it is full again, or until one more is answered where none is left.
    pub seconds: u64,
}

/// The buckets, each as the instant at which it is full (GCRA), in microseconds.
pub struct Buckets(Mutex<Cache<String, u64>>);

impl Default for Buckets {
    fn default() -> Self {
        Self(Mutex::new(Cache::new(BUCKETS_MAX)))
    }
}

impl Buckets {
    /// Takes one from a bucket at an instant; what is left, or that nothing was.
    pub fn take(&self, name: &str, limit_min: u32, now_us: u64) -> Result<Left, Left> {
        let each = (WINDOW_US / u64::from(limit_min.max(1))).max(1);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.get(name).copied().unwrap_or_default().max(now_us);
        let then = full_at + each;
        if then - now_us > WINDOW_US {
            let seconds = (then - now_us - WINDOW_US).div_ceil(1_000_000).max(1);
            return Err(Left { limit: limit_min, left: 0, seconds });
        }
        buckets.insert(name.to_owned(), then);
        let left = u32::try_from((WINDOW_US - (then - now_us)) / each).unwrap_or(u32::MAX);
        Ok(Left { limit: limit_min, left, seconds: (then - now_us).div_ceil(1_000_000) })
    }

    /// How many are kept.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let buckets = Buckets::default();
        for left in (0..60).rev() {
            assert_eq!(buckets.take("a", 60, 5).unwrap().left, left);
        }
        assert_eq!(buckets.take("a", 60, 5).unwrap_err().seconds, 1);
        assert!(buckets.take("b", 60, 5).is_ok(), "another's is full");
        assert!(buckets.take("a", 60, 1_000_005).is_ok(), "one a second");
        assert!(buckets.take("a", 60, 1_000_005).is_err());
        assert_eq!(buckets.take("a", 60, 90_000_000).unwrap().left, 59);
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::default();
        for nth in 0..3 * BUCKETS_MAX {
            let _ = buckets.take(&nth.to_string(), 60, 0);
        }
        assert!(buckets.len() <= BUCKETS_MAX);
    }
}
