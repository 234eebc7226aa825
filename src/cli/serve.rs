//! `serve`: the pages, until a signal asks to stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::{Context, Failure, Outcome};
use mingzhang::services::books::Books;
use mingzhang::services::clock::{SystemClock, SystemEntropy};
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
    let store = Store::create(&location).await?;
    let wanted = args.log.or_else(|| context.settings.log_origin.clone());
    mingzhang::services::instance::establish(&store, wanted.as_deref(), &SystemEntropy).await?;
    let books = context.books_of(store, Arc::new(SystemClock));
    let listen = args.listen.unwrap_or_else(|| context.settings.listen.clone());
    let base_url = args.base_url.or_else(|| context.settings.base_url.clone());
    serve(context, books, &listen, base_url, false).await
}

/// Serves books on an address until the process is asked to stop.
pub async fn serve(
    context: &Context,
    books: Books,
    listen: &str,
    base_url: Option<String>,
    demonstration: bool,
) -> Result<Outcome, Failure> {
    let _ = tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("MINGZHANG_LOG")
                .unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .try_init();
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("couldn't listen on {listen}: {error}"))?;
    let address = listener.local_addr()?;
    context.tell(format!(
        "{} http://{address}/   {}",
        context.say("打开", "Open"),
        context.say("（Ctrl-C 停止）", "(Ctrl-C stops)"),
    ));
    let site = Site {
        books: books.clone(),
        lang: if context.english() { web::Lang::En } else { web::Lang::Zh },
        demonstration,
        base_url,
    };
    let following = tokio::spawn(async move { books.follow(FOLLOW_EVERY).await });
    web::serve(listener, site, stop_signal()).await?;
    following.abort();
    Ok(Outcome::Done)
}

/// Ctrl-C or SIGTERM.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
