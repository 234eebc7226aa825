//! Readiness: may this process be sent readers and postings now?
//!
//! A [`Health`] looks at what the program stands on and says it in both languages;
//! [`Readiness`] keeps what it said for a second, so that a storm of probes costs one look, and
//! answers "stopping" from the moment the process is asked to stop. Read next: `web/machine.rs`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::{Mutex, watch};

use super::books::Books;
use super::telemetry;

/// How long a look is good for.
const KEPT_FOR: Duration = Duration::from_secs(1);
/// What didn't answer within this time is not ready.
const WITHIN: Duration = Duration::from_secs(2);

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Somebody should look, the work goes on.
    Warn,
    /// No reader should be sent here.
    Bad,
}

/// One thing that was looked at, in words without paths, addresses or causes: anyone may read
/// them. The cause goes to the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// One word, the same for ever: alarms name it.
    pub name: &'static str,
    /// How it stands.
    pub state: State,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

impl Check {
    /// A check that was made.
    pub fn new(
        name: &'static str,
        state: State,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { name, state, zh: zh.into(), en: en.into() }
    }
}

/// True when nothing is bad.
pub fn ready(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.state != State::Bad)
}

/// A look under way.
pub type Looking<'a> = Pin<Box<dyn Future<Output = Vec<Check>> + Send + 'a>>;

/// Looks at what the program stands on. A look may be given up half way.
pub trait Health: Send + Sync {
    /// Every check, made now.
    fn checks(&self) -> Looking<'_>;
}

/// What books can tell of themselves: the log can be read.
struct OfBooks(Books);

impl Health for OfBooks {
    fn checks(&self) -> Looking<'_> {
        Box::pin(async {
            let check = match self.0.log_size().await {
                Ok(entries) => {
                    telemetry::log_size(entries);
                    Check::new("log", State::Ok, "日志可读", "the log can be read")
                }
                Err(error) => {
                    tracing::error!(%error, "the log can't be read");
                    Check::new("log", State::Bad, "日志读不出", "the log can't be read")
                }
            };
            vec![check]
        })
    }
}

/// Whether the process is ready, looked at no more than once a second.
pub struct Readiness {
    health: Arc<dyn Health>,
    kept: Mutex<Option<Look>>,
    stopping: watch::Sender<bool>,
}

struct Look {
    at: Instant,
    checks: Arc<[Check]>,
}

impl Readiness {
    /// By what a [`Health`] says.
    pub fn of(health: Arc<dyn Health>) -> Self {
        Self { health, kept: Mutex::new(None), stopping: watch::Sender::new(false) }
    }

    /// By what the books can tell.
    pub fn of_books(books: Books) -> Self {
        Self::of(Arc::new(OfBooks(books)))
    }

    /// The process was asked to stop: it isn't ready from now on.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends when the process is asked to stop; answers without an end of their own end with it.
    pub async fn until_stopping(&self) {
        // The sender lives as long as this.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// What was looked at, no older than a second.
    pub async fn checks(&self) -> Arc<[Check]> {
        // Whoever comes during a look waits for it instead of looking again.
        let mut kept = self.kept.lock().await;
        if *self.stopping.borrow() {
            return Arc::new([Check::new("stopping", State::Bad, "正在停止", "stopping")]);
        }
        if let Some(look) = kept.as_ref().filter(|look| look.at.elapsed() < KEPT_FOR) {
            return Arc::clone(&look.checks);
        }
        let looked = tokio::time::timeout(WITHIN, self.health.checks()).await;
        let checks: Arc<[Check]> = match looked {
            Ok(checks) => checks.into(),
            Err(_) => Arc::new([Check::new(
                "health",
                State::Bad,
                "2 秒内没有查完",
                "the checks took longer than 2 s",
            )]),
        };
        let before = kept.as_ref().is_none_or(|look| ready(&look.checks));
        tell_change(before, &checks);
        *kept = Some(Look { at: Instant::now(), checks: Arc::clone(&checks) });
        checks
    }
}

/// Logs the moment it changes, not each look.
fn tell_change(before: bool, checks: &[Check]) {
    match (before, ready(checks)) {
        (true, false) => {
            let bad = checks.iter().filter(|check| check.state == State::Bad);
            let names: Vec<&str> = bad.map(|check| check.name).collect();
            tracing::error!(checks = names.join(" "), "not ready");
        }
        (false, true) => tracing::warn!("ready again"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    struct Counted(AtomicU32);

    impl Health for Counted {
        fn checks(&self) -> Looking<'_> {
            Box::pin(async {
                self.0.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                vec![Check::new("disk", State::Warn, "快满了", "nearly full")]
            })
        }
    }

    struct Stuck;

    impl Health for Stuck {
        fn checks(&self) -> Looking<'_> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test]
    async fn a_storm_of_probes_costs_one_look() {
        let health = Arc::new(Counted(AtomicU32::new(0)));
        let readiness = Arc::new(Readiness::of(health.clone()));
        let mut probes = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let readiness = Arc::clone(&readiness);
            probes.spawn(async move { ready(&readiness.checks().await) });
        }
        assert!(probes.join_all().await.into_iter().all(|ready| ready), "a warning is ready");
        assert_eq!(health.0.load(Ordering::Relaxed), 1);
        readiness.stop();
        readiness.until_stopping().await;
        let checks = readiness.checks().await;
        assert!(!ready(&checks), "a look that was kept doesn't outlive the stop");
        assert_eq!(checks[0].name, "stopping");
    }

    #[tokio::test]
    async fn what_never_answers_is_not_ready() {
        let checks = Readiness::of(Arc::new(Stuck)).checks().await;
        assert!(!ready(&checks), "{checks:?}");
    }
}
