//! `serve`: the pages, until a signal asks to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Context, Failure, Outcome, logging};
use mingzhang::services::books::Books;
use mingzhang::services::clock::{SystemClock, SystemEntropy};
use mingzhang::services::documents::Documents;
use mingzhang::services::health::{BooksHealth, LastVerification, verify_regularly};
use mingzhang::services::imports::Imports;
use mingzhang::services::people::demonstration::SIGN_INS;
use mingzhang::services::readiness::Readiness;
use mingzhang::services::telemetry;
use mingzhang::store::Store;
use mingzhang::web::{self, Site};

/// How often the log is looked at for what other processes wrote.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on
    #[arg(long)]
    listen: Option<String>,
    /// Name of the log; needed once, for an empty database, then fixed
    #[arg(long)]
    log: Option<String>,
    /// Public address, for links on paper
    #[arg(long)]
    base_url: Option<String>,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let location = context.location()?;
    let mut store = Store::create(&location).await?;
    store.claim()?;
    if let Some(replica) = &context.settings.read_database_url {
        store = store.with_replica(&replica.parse()?).await?;
    }
    let wanted = args.log.or_else(|| context.settings.log_origin.clone());
    mingzhang::services::instance::establish(&store, wanted.as_deref(), &SystemEntropy).await?;
    let books = context.books_of(store, Arc::new(SystemClock));
    let listen = args.listen.unwrap_or_else(|| context.settings.listen.clone());
    let base_url = args.base_url.or_else(|| context.settings.base_url.clone());
    serve(context, books, &listen, base_url, false).await
}

/// Serves books on an address until the process is asked to stop. Asked a second time it stops
/// at once: answers under way are cut, what was acknowledged stands all the same.
pub async fn serve(
    context: &Context,
    books: Books,
    listen: &str,
    base_url: Option<String>,
    demonstration: bool,
) -> Result<Outcome, Failure> {
    logging::start(&context.settings)?;
    telemetry::install();
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("couldn't listen on {listen}: {error}"))?;
    let address = listener.local_addr()?;
    let signals = signals()?;
    context.tell(format!(
        "{} http://{address}/   {}",
        context.say("打开", "Open"),
        context.say("（Ctrl-C 停止）", "(Ctrl-C stops)"),
    ));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, "serving");
    let last = LastVerification::default();
    let health = BooksHealth::new(books.clone(), last.clone(), !demonstration);
    let watching = watch_over(context, &books, last);
    let people = context.people(books.store(), demonstration);
    let documents = Documents::of(books.clone(), context.settings.upload_max_mib);
    let site = Site {
        people,
        imports: Imports::of(books.clone(), documents.clone(), Arc::new(SystemEntropy)),
        documents,
        trusted_proxies: context.settings.trusted_proxies.clone(),
        sign_ins: if demonstration { SIGN_INS } else { &[] },
        lang: if context.english() { web::Lang::En } else { web::Lang::Zh },
        demonstration,
        base_url,
        phone: context.settings.operator_phone.clone(),
        metrics_public: context.settings.metrics_public,
        readiness: Arc::new(Readiness::of(Arc::new(health))),
        ..Site::of(books.clone())
    };
    let ended = tokio::select! {
        ended = until_stopped(site, books, listener, signals.clone(), context.settings.drain) => {
            tracing::info!("stopped");
            ended
        }
        () = nth(signals, 2) => {
            tracing::warn!("stopped at once");
            Ok(())
        }
    };
    watching.abort();
    ended?;
    Ok(Outcome::Done)
}

/// Verifies the database at the start and then regularly, where the settings say so.
fn watch_over(context: &Context, books: &Books, last: LastVerification) -> JoinHandle<()> {
    let (store, hours) = (books.store().clone(), context.settings.verify_every_h);
    tokio::spawn(async move {
        if hours > 0 {
            verify_regularly(store, Duration::from_secs(hours.saturating_mul(3_600)), last).await;
        }
    })
}

/// Serves; at the first signal: not ready, a pause for whoever sends readers here to notice, no
/// new connections, answers under way, the writer's last round, the database.
async fn until_stopped(
    site: Site,
    books: Books,
    listener: TcpListener,
    signals: watch::Receiver<u32>,
    drain: Duration,
) -> std::io::Result<()> {
    let following = {
        let books = books.clone();
        tokio::spawn(async move { books.follow(FOLLOW_EVERY).await })
    };
    let figures = tokio::spawn(telemetry::keep_up());
    let readiness = Arc::clone(&site.readiness);
    let stop = async move {
        nth(signals, 1).await;
        readiness.stop();
        tracing::info!(drain_s = drain.as_secs(), "stopping");
        tokio::time::sleep(drain).await;
    };
    let served = web::serve(listener, site, stop).await;
    following.abort();
    figures.abort();
    books.close().await;
    served
}

/// Counts the times that the process was asked to stop: Ctrl-C or SIGTERM.
fn signals() -> std::io::Result<watch::Receiver<u32>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (asked, signals) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            asked.send_modify(|times| *times += 1);
        }
    });
    Ok(signals)
}

/// Ends when the process was asked so many times.
async fn nth(mut signals: watch::Receiver<u32>, times: u32) {
    // The sender lives in a task without an end.
    let _ = signals.wait_for(|asked| *asked >= times).await;
}
