//! A commit on PostgreSQL, with an ear for its warnings.
//!
//! A commit that waits for a synchronous standby and is cancelled (by an administrator, or as
//! the server stops) reports success with a warning: the entry is durable on this server and
//! perhaps nowhere else. The driver only logs the warning, so the commit runs under a
//! subscriber of its own that hears it; the answer is then that the outcome is unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::{Postgres, Transaction};
use tracing::instrument::WithSubscriber;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::StoreError;

/// Where the driver tells what a server noticed.
const NOTICES: &str = "sqlx::postgres::notice";

pub(super) async fn watched(tx: Transaction<'static, Postgres>) -> Result<(), StoreError> {
    let ear = Ear::default();
    let heard = Arc::clone(&ear.heard);
    tx.commit().with_subscriber(ear).await?;
    if heard.load(Ordering::Acquire) { Err(StoreError::NotReplicated) } else { Ok(()) }
}

/// Hears warnings of the server, nothing else.
#[derive(Default)]
struct Ear {
    heard: Arc<AtomicBool>,
}

impl Subscriber for Ear {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == NOTICES && *metadata.level() <= tracing::Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    // Any warning counts: its words depend on the server's language.
    fn event(&self, _: &Event<'_>) {
        self.heard.store(true, Ordering::Release);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
