//! Who wants to know at once when an estate's book grows.
//!
//! A posting wakes those who listen to its estate and nobody else, once for all its entries. What
//! grew isn't told: whoever wakes looks at the book, so nothing can be missed or come out of
//! order, and a slow listener costs nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::Books;
use crate::ledger::id::EstateCode;

/// Those who listen, by estate.
#[derive(Default)]
pub struct Ears(Mutex<HashMap<EstateCode, watch::Sender<()>>>);

/// Hears when the book of one estate may have grown.
#[derive(Debug)]
pub struct Growth(watch::Receiver<()>);

impl Growth {
    /// Ends when the book may have grown since this ended last.
    pub async fn heard(&mut self) {
        if self.0.changed().await.is_err() {
            // The books are gone, and nothing grows any more.
            std::future::pending::<()>().await;
        }
    }
}

impl Books {
    /// Hears from now on when the book of an estate grows, here or in another process that
    /// writes to the same database (the latter where [`Books::follow`] runs).
    pub fn listen(&self, estate: EstateCode) -> Growth {
        let mut ears = self.shared.ears.lock();
        ears.retain(|_, told| told.receiver_count() > 0);
        Growth(ears.entry(estate).or_default().subscribe())
    }
}

impl Ears {
    /// True where nobody listens.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Wakes those who listen to one of these.
    pub fn tell(&self, estates: impl IntoIterator<Item = EstateCode>) {
        let ears = self.lock();
        if ears.is_empty() {
            return;
        }
        for told in estates.into_iter().filter_map(|estate| ears.get(&estate)) {
            told.send_replace(());
        }
    }

    /// Wakes everybody.
    pub fn tell_all(&self) {
        for told in self.lock().values() {
            told.send_replace(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<EstateCode, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
