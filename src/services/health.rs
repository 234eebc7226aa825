//! What the program stands on: `/readyz` and `doctor` look here. Texts name no path, address or
//! cause, since anyone may read them; the cause goes to the log.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::books::{Books, Standing};
use super::readiness::{Check, Health, Looking, State};
use super::telemetry;
use super::verifier::{self, Question, Silent};
use crate::store::{EngineFacts, PostgresSettings, Store, StoreError};

/// How far the clock may be off the database's.
const CLOCK_OFF_MS_MAX: i64 = 5_000;
/// Room on the disk is told from this many times the limit on.
const DISK_WARN_TIMES: u64 = 4;

/// The health of books and of what they stand on.
pub struct BooksHealth {
    books: Books,
    last: LastVerification,
    /// The clock is the machine's, so it can be compared with the database's.
    real_clock: bool,
}

impl BooksHealth {
    /// Of some books; `real_clock` where their clock isn't one that stands.
    pub fn new(books: Books, last: LastVerification, real_clock: bool) -> Self {
        Self { books, last, real_clock }
    }
}

impl Health for BooksHealth {
    fn checks(&self) -> Looking<'_> {
        Box::pin(async {
            let mut checks = look(&self.books, self.real_clock).await;
            checks.extend(self.last.check());
            let (books, bytes) = self.books.cached();
            telemetry::books_cached(books, bytes);
            telemetry::queue_is(self.books.waiting());
            checks
        })
    }
}

/// Every check that can be made in a moment.
pub async fn look(books: &Books, real_clock: bool) -> Vec<Check> {
    let store = books.store();
    let mut checks = vec![log(store).await, standing(books)];
    checks.extend(disk(books));
    match store.facts().await {
        Ok(EngineFacts::Sqlite { version, .. }) => {
            let (zh, en) = (format!("SQLite {version}"), format!("SQLite {version}"));
            checks.push(Check::new("engine", State::Ok, zh, en));
        }
        Ok(EngineFacts::Postgres(settings)) => {
            checks.extend(server(&settings));
            if real_clock {
                checks.push(clock(books.clock().now().millis() - settings.clock_ms));
            }
        }
        Err(error) => {
            tracing::error!(%error, "the database doesn't answer");
            checks.push(Check::new(
                "engine",
                State::Bad,
                "数据库没有回答",
                "no answer of the database",
            ));
        }
    }
    checks.extend(replica(store));
    checks
}

async fn log(store: &Store) -> Check {
    match store.primary().log_size().await {
        Ok(entries) => {
            telemetry::log_size(entries);
            let (zh, en) = (
                format!("日志可读，{entries} 笔"),
                format!("the log can be read, {entries} entries"),
            );
            Check::new("log", State::Ok, zh, en)
        }
        Err(error) => {
            tracing::error!(%error, "the log can't be read");
            Check::new("log", State::Bad, "日志读不出", "the log can't be read")
        }
    }
}

fn standing(books: &Books) -> Check {
    let standing = books.standing();
    telemetry::read_only(standing != Standing::Open);
    match standing {
        Standing::Open => Check::new("writable", State::Ok, "可以记账", "postings are taken"),
        Standing::DiskLow { .. } => Check::new(
            "writable",
            State::Bad,
            "磁盘将满，只读",
            "the disk is nearly full: read only",
        ),
        Standing::Broken(cause) => {
            tracing::error!(cause, "read only since the disk failed");
            Check::new(
                "writable",
                State::Bad,
                "写盘出错，只读；检查磁盘、核对账本后重启",
                "the disk failed: read only; check it, verify, start again",
            )
        }
    }
}

fn disk(books: &Books) -> Option<Check> {
    let free = books.store().disk_free()?;
    telemetry::disk_free_bytes(free);
    let low = books.limits().disk_low_bytes;
    let state = if free < low {
        State::Bad
    } else if free < low.saturating_mul(DISK_WARN_TIMES) {
        State::Warn
    } else {
        State::Ok
    };
    let mib = free >> 20;
    Some(Check::new(
        "disk",
        state,
        format!("磁盘余 {mib} MiB"),
        format!("{mib} MiB free on the disk"),
    ))
}

/// Settings of a server without which an acknowledged entry can be lost.
fn server(settings: &PostgresSettings) -> Vec<Check> {
    let version = &settings.version;
    let mut checks = vec![Check::new(
        "engine",
        State::Ok,
        format!("PostgreSQL {version}"),
        format!("PostgreSQL {version}"),
    )];
    let unsafe_settings = [
        ("fsync", settings.fsync),
        ("full_page_writes", settings.full_page_writes),
        ("synchronous_commit", settings.synchronous_commit != "off"),
    ];
    let off: Vec<&str> =
        unsafe_settings.iter().filter(|(_, on)| !on).map(|(name, _)| *name).collect();
    let off = off.join(", ");
    checks.push(if off.is_empty() {
        Check::new("durability", State::Ok, "提交后不会丢失", "what is committed is durable")
    } else {
        let zh = format!("{off} 已关闭：停电会丢失已确认的记录");
        let en = format!("{off} is off: acknowledged entries can be lost in a power cut");
        Check::new("durability", State::Bad, zh, en)
    });
    if settings.in_recovery {
        checks.push(Check::new(
            "primary",
            State::Bad,
            "数据库是备库，不能记账",
            "the database is a standby: nothing can be posted",
        ));
    }
    if !settings.data_checksums {
        checks.push(Check::new(
            "checksums",
            State::Warn,
            "数据页没有校验和（initdb --data-checksums）",
            "pages carry no checksums (initdb --data-checksums)",
        ));
    }
    checks
}

fn clock(off_ms: i64) -> Check {
    let state = if off_ms.abs() > CLOCK_OFF_MS_MAX { State::Bad } else { State::Ok };
    let zh = format!("与数据库时钟相差 {off_ms} 毫秒");
    Check::new("clock", state, zh, format!("{off_ms} ms off the database's clock"))
}

fn replica(store: &Store) -> Option<Check> {
    Some(match store.replica_size()? {
        0 => Check::new(
            "replica",
            State::Warn,
            "只读库没有回答，改读主库",
            "the replica doesn't answer; the primary is read",
        ),
        entries => Check::new(
            "replica",
            State::Ok,
            format!("只读库有 {entries} 笔"),
            format!("the replica has {entries} entries"),
        ),
    })
}

/// When this process last verified its database, and what came of it.
#[derive(Clone, Default)]
pub struct LastVerification(Arc<Mutex<Option<Verified>>>);

/// A verification that ended: how many faults it found, none where it could not be done.
struct Verified {
    at: Instant,
    faults: Option<u64>,
}

impl LastVerification {
    fn set(&self, faults: Option<u64>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(Verified { at: Instant::now(), faults });
    }

    fn check(&self) -> Option<Check> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref()?;
        let minutes = last.at.elapsed().as_secs() / 60;
        Some(match last.faults {
            Some(0) => Check::new(
                "verified",
                State::Ok,
                format!("{minutes} 分钟前核对完好"),
                format!("verified sound {minutes} minutes ago"),
            ),
            Some(faults) => Check::new(
                "verified",
                State::Bad,
                format!("{minutes} 分钟前核对，发现 {faults} 处错误"),
                format!("verified {minutes} minutes ago: {faults} faults"),
            ),
            None => Check::new(
                "verified",
                State::Warn,
                format!("{minutes} 分钟前核对未能完成"),
                format!("verification could not be done {minutes} minutes ago"),
            ),
        })
    }
}

/// Verifies the database now and then, until its task is stopped.
pub async fn verify_regularly(store: Store, every: Duration, last: LastVerification) {
    loop {
        let found = match verifier::verify(&store, Question::default(), None, &Silent).await {
            Ok(report) => {
                for fault in &report.faults {
                    tracing::error!(fault = fault.en(), "the database is not what its entries say");
                }
                for estate in &report.broken {
                    tracing::error!(%estate, "an estate's books are not sound");
                }
                let faults = report.faults.len() + report.broken.len();
                Some(u64::try_from(faults).unwrap_or(u64::MAX))
            }
            // A log without a name has nothing to verify yet.
            Err(verifier::VerifierError::Store(StoreError::Unnamed)) => Some(0),
            Err(error) => {
                tracing::error!(%error, "the database could not be verified");
                None
            }
        };
        if let Some(faults) = found {
            telemetry::verified(Duration::ZERO, faults);
        }
        last.set(found);
        tokio::time::sleep(every).await;
    }
}
