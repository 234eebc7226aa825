//! The figures of the running program: what is counted and timed, in words of the field.
//!
//! The only file that names `metrics`, and the only one of the services that knows floats:
//! Prometheus counts seconds in them, money never passes here. Names end in their unit; labels
//! come from short lists, never from what a reader sent. Until [`install`] nothing is kept and a
//! call costs next to nothing. `docs/operating.md` says what each figure means.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The form that [`text`] writes: Prometheus' text format 0.0.4.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const POSTING_SECONDS: &str = "mingzhang_posting_seconds";
const BATCH_ENTRIES: &str = "mingzhang_batch_entries";
const COMMIT_SECONDS: &str = "mingzhang_commit_seconds";
const QUEUE_LENGTH: &str = "mingzhang_queue_length";
const REQUESTS_TOTAL: &str = "mingzhang_requests_total";
const REQUEST_SECONDS: &str = "mingzhang_request_seconds";
const VERIFICATION_AGE_SECONDS: &str = "mingzhang_verification_age_seconds";
const VERIFICATION_FAULTS: &str = "mingzhang_verification_faults";
const READ_ONLY: &str = "mingzhang_read_only";
const LOG_ENTRIES: &str = "mingzhang_log_entries";
const BOOKS_CACHED: &str = "mingzhang_books_cached";
const BOOKS_CACHED_BYTES: &str = "mingzhang_books_cached_bytes";
const DISK_FREE_BYTES: &str = "mingzhang_disk_free_bytes";
const BUILD_INFO: &str = "mingzhang_build_info";

/// Every histogram with what it tells.
const HISTOGRAMS: &[(&str, &str)] = &[
    (POSTING_SECONDS, "From a posting's arrival to its answer, by outcome"),
    (BATCH_ENTRIES, "Entries committed in one transaction"),
    (COMMIT_SECONDS, "The commit of one transaction"),
    (REQUEST_SECONDS, "From a request's head to the head of its answer, by route"),
];

/// Every gauge with what it tells.
const GAUGES: &[(&str, &str)] = &[
    (QUEUE_LENGTH, "Postings waiting for the writer"),
    (VERIFICATION_AGE_SECONDS, "Since the last verification; since the start when there was none"),
    (VERIFICATION_FAULTS, "Faults that the last verification found"),
    (READ_ONLY, "1 while nothing is posted, else 0"),
    (LOG_ENTRIES, "Entries of the log"),
    (BOOKS_CACHED, "Books held in memory"),
    (BOOKS_CACHED_BYTES, "Memory of the books held, estimated"),
    (DISK_FREE_BYTES, "Free on the disk of the database"),
    (BUILD_INFO, "Always 1; the label says which version runs"),
];

/// Bounds of what is timed: 1 ms to 10 s.
const SECONDS: [f64; 13] =
    [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Bounds of a transaction's entries.
const ENTRIES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// How often timings are put into their buckets when nobody asks for the figures.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

static FIGURES: OnceLock<PrometheusHandle> = OnceLock::new();

/// How old the last verification was when it was told, and when that was; at first, the start.
static VERIFIED: Mutex<Option<(Duration, Instant)>> = Mutex::new(None);

/// Keeps figures from now on. A second call changes nothing.
pub fn install() {
    FIGURES.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full(BATCH_ENTRIES.to_owned()), &ENTRIES)
            })
            .expect("the bounds are not empty")
            .build_recorder();
        let figures = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are kept elsewhere already");
        }
        begin();
        figures
    });
}

/// Every figure is there from the start. What nobody has told yet is not a number: a zero would
/// be a lie, and no alarm compares with it.
fn begin() {
    describe_counter!(REQUESTS_TOTAL, "Requests answered, by method, route and status");
    for (name, tells) in HISTOGRAMS {
        describe_histogram!(*name, *tells);
    }
    for (name, tells) in GAUGES {
        describe_gauge!(*name, *tells);
    }
    for (name, _) in GAUGES.iter().filter(|(name, _)| *name != BUILD_INFO) {
        gauge!(*name).set(f64::NAN);
    }
    let _ = histogram!(POSTING_SECONDS, "outcome" => "posted");
    let _ = histogram!(BATCH_ENTRIES);
    let _ = histogram!(COMMIT_SECONDS);
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    *VERIFIED.lock().unwrap_or_else(PoisonError::into_inner) =
        Some((Duration::ZERO, Instant::now()));
}

/// The figures as they are now; nothing when none are kept.
pub fn text() -> Option<String> {
    let figures = FIGURES.get()?;
    let verified = *VERIFIED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((age, told)) = verified {
        gauge!(VERIFICATION_AGE_SECONDS).set((age + told.elapsed()).as_secs_f64());
    }
    Some(figures.render())
}

/// Keeps timings from piling up between two readings; runs until it is dropped.
pub async fn keep_up() {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        if let Some(figures) = FIGURES.get() {
            figures.run_upkeep();
        }
    }
}

/// A posting was answered. `outcome` is one word of a short list: `posted`, `known`,
/// `refused`, `queue_full`, `unknown`, `unavailable`.
pub fn posting_answered(outcome: &'static str, waited: Duration) {
    histogram!(POSTING_SECONDS, "outcome" => outcome).record(waited);
}

/// A round of postings was committed.
pub fn round_committed(entries: usize, commit: Duration) {
    histogram!(BATCH_ENTRIES).record(number(entries as u64));
    histogram!(COMMIT_SECONDS).record(commit);
}

/// So many postings wait.
pub fn queue_is(length: usize) {
    gauge!(QUEUE_LENGTH).set(number(length as u64));
}

/// So many books are held in memory.
pub fn books_cached(books: u64, bytes: u64) {
    gauge!(BOOKS_CACHED).set(number(books));
    gauge!(BOOKS_CACHED_BYTES).set(number(bytes));
}

/// The last verification was so long ago and found so many faults. Its age grows by itself.
pub fn verified(age: Duration, faults: u64) {
    *VERIFIED.lock().unwrap_or_else(PoisonError::into_inner) = Some((age, Instant::now()));
    gauge!(VERIFICATION_FAULTS).set(number(faults));
}

/// A request was answered. `method` and `route` come from lists: a reader must not be able to
/// make new series.
pub fn request_answered(method: &'static str, route: &str, status: u16, took: Duration) {
    let (route, status) = (route.to_owned(), status.to_string());
    counter!(REQUESTS_TOTAL, "method" => method, "route" => route.clone(), "status" => status)
        .increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(took);
}

/// Nothing is posted, or posting goes on.
pub fn read_only(is: bool) {
    gauge!(READ_ONLY).set(f64::from(u8::from(is)));
}

/// The log has so many entries.
pub fn log_size(entries: u64) {
    gauge!(LOG_ENTRIES).set(number(entries));
}

/// So much is free on the disk of the database.
pub fn disk_free_bytes(bytes: u64) {
    gauge!(DISK_FREE_BYTES).set(number(bytes));
}

#[expect(clippy::cast_precision_loss, reason = "a figure of 9 PB may be a byte off")]
const fn number(figure: u64) -> f64 {
    figure as f64
}
