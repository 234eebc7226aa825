//! What requests carry: how much of it may be in memory at once, and how long it may take to come.
//!
//! Who sends a file is known before it is read. A request takes as much of one budget as it says
//! it is long (the most that its address takes, where it doesn't say), until it is answered; what
//! doesn't fit is asked to come again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The budget in MiB: eight of the largest files as the settings come, or sixteen megabytes of
/// drafts as often.
const BUDGET_MIB: usize = 128;
/// What is sent is here within this time.
pub const BODY_WITHIN: Duration = Duration::from_mins(2);
/// A permit is for so many bytes.
const UNIT_LEN: usize = 1024;

/// Why what was sent is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// It is longer than it may be, or broke off.
    TooLarge,
    /// It came too slowly.
    TooSlow,
}

/// The budget.
#[derive(Clone, Debug)]
pub struct Bodies(Arc<Semaphore>);

impl Bodies {
    /// For files of at most so many MiB: two of them always fit.
    pub fn of(file_max_mib: u32) -> Self {
        let mib = BUDGET_MIB.max(2 * file_max_mib as usize + 1);
        Self(Arc::new(Semaphore::new(mib * (1024 * 1024 / UNIT_LEN))))
    }

    /// Room for a request that may have so many bytes; none while the budget is used up.
    pub fn admit(&self, body: &Body, len_max: usize) -> Option<OwnedSemaphorePermit> {
        // What comes in chunks doesn't say how long it is.
        let said = body.size_hint().upper().and_then(|len| usize::try_from(len).ok());
        let len = said.unwrap_or(len_max).min(len_max);
        let units = u32::try_from(len / UNIT_LEN + 1).unwrap_or(u32::MAX);
        Arc::clone(&self.0).try_acquire_many_owned(units).ok()
    }
}

/// Reads what was sent, no longer and no slower than it may be.
pub async fn read(body: Body, len_max: usize) -> Result<Bytes, BodyFault> {
    match tokio::time::timeout(BODY_WITHIN, to_bytes(body, len_max)).await {
        Ok(read) => read.map_err(|_| BodyFault::TooLarge),
        Err(_) => Err(BodyFault::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(len: usize) -> Body {
        Body::from(vec![0; len])
    }

    /// A body that doesn't say how long it is.
    fn endless() -> Body {
        Body::from_stream(futures_util::stream::empty::<Result<Bytes, std::io::Error>>())
    }

    #[test]
    fn a_budget_is_used_up_and_given_back() {
        let (bodies, max) = (Bodies::of(10), 10 << 20);
        let held: Vec<_> = std::iter::from_fn(|| bodies.admit(&of(max), max)).collect();
        assert_eq!(held.len(), 12, "of 128 MiB");
        assert!(bodies.admit(&endless(), max).is_none(), "who says nothing may send most");
        assert!(bodies.admit(&of(1000), max).is_some(), "a draft still fits");
        drop(held);
        assert!(bodies.admit(&endless(), max).is_some());
        // Two of the largest always fit, also where the settings let more through.
        let bodies = Bodies::of(64);
        let two = [bodies.admit(&endless(), 64 << 20), bodies.admit(&endless(), 64 << 20)];
        assert!(two.iter().all(Option::is_some));
        assert!(bodies.admit(&endless(), 64 << 20).is_none());
    }
}
