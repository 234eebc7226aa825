//! The log of `serve` and `demo`, to standard error: text for people, or a line of JSON an
//! event. Set up once, here.
//!
//! ```json
//! {"timestamp":"2026-01-31T08:00:00.000Z","level":"INFO","target":"mingzhang::web::request",
//!  "message":"answered","request_id":"…","fields":{"route":"/e/{estate}","status":200,"ms":3}}
//! ```

use std::fmt;
use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use super::Failure;
use mingzhang::services::clock::{Clock, SystemClock};
use mingzhang::settings::{LogFormat, Settings};

/// What is logged instead of what `log.level` says.
const FILTER: &str = "MINGZHANG_LOG";

/// Logs from now on.
pub fn start(settings: &Settings) -> Result<(), Failure> {
    let registry = tracing_subscriber::registry().with(filter(&settings.log_level)?);
    match settings.log_format {
        LogFormat::Text => {
            let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
            registry.with(text).try_init()?;
        }
        LogFormat::Json => registry.with(JsonLines).try_init()?,
    }
    // What broke off may hold what a reader typed: the place is told, the values only when asked.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a task broke off");
        tracing::debug!(cause = panic.payload_as_str(), "a task broke off");
    }));
    Ok(())
}

/// The level is that of this program; of libraries only warnings are told.
fn filter(level: &str) -> Result<EnvFilter, Failure> {
    match std::env::var(FILTER) {
        Ok(text) if !text.is_empty() => EnvFilter::try_new(&text)
            .map_err(|error| format!("{FILTER}=\"{text}\" is no filter: {error}").into()),
        _ if level == "error" => Ok(EnvFilter::new(level)),
        _ => Ok(EnvFilter::new(format!("warn,mingzhang={level}"))),
    }
}

/// Writes an event as a line of JSON, with the fields of the spans that it is in.
struct JsonLines;

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    target: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Value>,
    fields: Map<String, Value>,
}

/// Fields of a span or an event.
struct Fields(Map<String, Value>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                fields.0.extend(of_span.0.clone());
            }
        }
        event.record(&mut fields);
        let line = Line {
            timestamp: SystemClock.now().to_string(),
            level: event.metadata().level().as_str(),
            target: event.metadata().target(),
            message: fields.0.remove("message"),
            request_id: fields.0.remove("request_id"),
            fields: fields.0,
        };
        let mut text = serde_json::to_string(&line).expect("its keys are texts");
        text.push('\n');
        // Nobody is left to be told that the log can't be written.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }
}
