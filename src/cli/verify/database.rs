//! `verify` without a file: the engine's own check, the log with its tree, every estate's books
//! and every table made from them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::{Args, show};
use crate::cli::{Context, Failure, Outcome, bar};
use mingzhang::ledger::id::EntryHash;
use mingzhang::proof::verify::Report;
use mingzhang::services::verifier::{
    self, DatabaseReport, Listener, Progress, ProgressError, Question, VerifierError,
};
use mingzhang::store::Store;

/// How often it is remembered how far it is.
const REMEMBER_EVERY: Duration = Duration::from_secs(2);

pub async fn run(context: &Context, args: &Args) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let store = Store::open(&context.location()?).await?;
    let question = Question { estate: args.estate, pin: args.pin };
    let remembered = match &args.resume {
        Some(path) => recall(path)?,
        None => None,
    };
    let printer = Printer {
        context,
        args,
        bar: bar(context, 0),
        last: Mutex::new((Instant::now(), Instant::now())),
    };
    let outcome = verifier::verify(&store, question, remembered, &printer).await;
    printer.bar.finish_and_clear();
    let report = match outcome {
        Ok(report) => report,
        Err(VerifierError::Progress(error @ ProgressError::Shrunken { .. })) => {
            eprintln!("mingzhang: {error}");
            return Ok(Outcome::OtherHistory);
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(path) = args.resume.as_ref().filter(|_| report.is_sound()) {
        forget(path)?;
    }
    if report.estates == 0 && report.entries > 0 {
        return Err(context.say("没有可核对的小区", "there is no estate to verify").into());
    }
    tell(context, &report, started.elapsed());
    Ok(match (args.pin.is_some() && !report.pin_found, report.is_sound()) {
        (true, _) => Outcome::OtherHistory,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Faults,
    })
}

fn recall(path: &Path) -> Result<Option<Progress>, Failure> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    match std::fs::read(path) {
        Ok(bytes) => {
            let progress = serde_json::from_slice(&bytes).map_err(|error| told(&error))?;
            Ok(Some(progress))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(told(&error).into()),
    }
}

/// Written beside and put in its place, so that an interrupted write leaves the one before.
fn remember(path: &Path, progress: &Progress) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let mut file = std::fs::File::create(&new)?;
    serde_json::to_writer(&mut file, progress)?;
    file.flush()?;
    std::fs::rename(new, path)
}

fn forget(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints estates as they come, moves the bar, remembers.
struct Printer<'a> {
    context: &'a Context,
    args: &'a Args,
    bar: ProgressBar,
    /// When it last remembered, and when the last estate was shown.
    last: Mutex<(Instant, Instant)>,
}

impl Listener for Printer<'_> {
    fn step(&self, done: u64, of: u64) {
        self.bar.set_length(of);
        self.bar.set_position(done);
    }

    fn estate(&self, report: &Report) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let took = last.1.elapsed();
        last.1 = Instant::now();
        let code = report.estate.map(|code| code.to_string()).unwrap_or_default();
        let source = format!("{} {code}", self.context.shown_database());
        self.bar.suspend(|| {
            self.context.tell(format!("── {code} {}", report.book.profile().name));
            show(self.context, self.args, &source, report, took);
        });
    }

    fn remember(&self, progress: &Progress) {
        let Some(path) = &self.args.resume else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0.elapsed() < REMEMBER_EVERY {
            return;
        }
        last.0 = Instant::now();
        if let Err(error) = remember(path, progress) {
            self.bar.suspend(|| eprintln!("mingzhang: {}: {error}", path.display()));
        }
    }
}

fn tell(context: &Context, report: &DatabaseReport, took: Duration) {
    if context.json {
        println!("{}", to_json(context, report, took));
        return;
    }
    for fault in &report.faults {
        let words = if context.english() { fault.en() } else { fault.zh() };
        println!("{} {words}", context.say("错误", "fault"));
    }
    let Some(root) = report.root.map(EntryHash::from_bytes) else { return };
    if !report.engine_checked {
        context.tell(context.say(
            "数据库自检未运行：没有 amcheck 扩展",
            "the database's own check was not run: the extension amcheck is not there",
        ));
    }
    let (entries, estates) = (report.entries, report.estates);
    context.tell(match (report.is_sound(), context.english()) {
        (true, false) => format!("全库完好：日志 {entries} 笔，{estates} 个小区，根 {root}"),
        (true, true) => {
            format!("the database is sound: {entries} entries, {estates} estates, root {root}")
        }
        (false, false) => format!(
            "全库有错：索引或日志 {} 处，账本有错的小区 {} 个",
            report.faults.len(),
            report.broken.len()
        ),
        (false, true) => format!(
            "the database is not sound: {} faults in the log or its indexes, {} estates broken",
            report.faults.len(),
            report.broken.len()
        ),
    });
}

fn to_json(context: &Context, report: &DatabaseReport, took: Duration) -> Value {
    let faults = report.faults.iter().map(|fault| {
        json!({
            "table": fault.table,
            "row": fault.row,
            "column": fault.column,
            "expected": fault.expected,
            "found": fault.found,
            "zh": fault.zh(),
            "en": fault.en(),
        })
    });
    json!({
        "format": "verify-database/1",
        "source": context.shown_database(),
        "log": report.log,
        "entries": report.entries,
        "estates": report.estates,
        "root": report.root.map(|root| EntryHash::from_bytes(root).to_string()),
        "sound": report.is_sound(),
        "engine_checked": report.engine_checked,
        "broken": report.broken.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
    })
}
