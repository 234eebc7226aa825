//! `verify [FILE]`: recomputes an export and says what it found. A file is verified without
//! database or network; without one, the whole database is (`database.rs`).

mod database;

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{Context, Failure, Outcome};
use mingzhang::ledger::findings::Finding;
use mingzhang::ledger::format::grouped;
use mingzhang::ledger::id::{EntryHash, EstateCode};
use mingzhang::ledger::period::parse_date;
use mingzhang::proof::verify::{Fault, Report, verify};
use mingzhang::services::clock::{Clock, SystemClock};

pub use database::run as run_database;

/// A file from this size on is verified with a progress bar.
const BAR_FROM_BYTES: usize = 10 << 20;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The export; every estate of the database when left out
    file: Option<PathBuf>,
    /// Only this estate of the database
    #[arg(long, conflicts_with = "file")]
    estate: Option<EstateCode>,
    /// A head you know of: it must be in the chain
    #[arg(long)]
    pin: Option<EntryHash>,
    /// Remember in this file how far it is, and go on from there
    #[arg(long, conflicts_with_all = ["file", "estate"])]
    resume: Option<PathBuf>,
    /// Findings as of this day (default: today)
    #[arg(long, value_parser = parse_date)]
    as_of: Option<NaiveDate>,
}

impl Args {
    /// The export to verify, when one is named.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

/// Verifies a file.
pub fn run_file(context: &Context, args: &Args, file: &Path) -> Result<Outcome, Failure> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| format!("couldn't read {name}: {error}"))?;
    judge(context, args, &name, &bytes)
}

fn judge(context: &Context, args: &Args, name: &str, bytes: &[u8]) -> Result<Outcome, Failure> {
    let started = std::time::Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let bar = progress(context, bytes);
    let report = verify(bytes, args.pin, threads, &|done| bar.set_position(done))?;
    bar.finish_and_clear();
    show(context, args, name, &report, started.elapsed());
    let pin_missing = args.pin.is_some() && report.after_pin.is_none();
    Ok(match (pin_missing, report.is_sound()) {
        (true, _) => Outcome::OtherHistory,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::Faults,
    })
}

/// Shows what was found of one estate.
fn show(context: &Context, args: &Args, name: &str, report: &Report, took: Duration) {
    let as_of = args.as_of.unwrap_or_else(|| SystemClock.now().day());
    let findings = report.findings(as_of);
    if context.json {
        println!("{}", to_json(name, report, &findings, as_of, took.as_secs_f64()));
    } else {
        tell(context, report, &findings, as_of);
    }
}

fn progress(context: &Context, bytes: &[u8]) -> indicatif::ProgressBar {
    // A bar for what takes a moment only.
    if context.quiet || context.json || bytes.len() < BAR_FROM_BYTES {
        return indicatif::ProgressBar::hidden();
    }
    let lines = bytes.split(|byte| *byte == b'\n').count();
    indicatif::ProgressBar::new(u64::try_from(lines).unwrap_or_default())
}

fn tell(context: &Context, report: &Report, findings: &[Finding], as_of: NaiveDate) {
    let english = context.english();
    if report.is_sound() {
        for (account, balance) in report.book.balances().accounts() {
            let name = report.book.account_name(account).unwrap_or_default();
            context.tell(format!("{account:<14} {:>18}  {name}", grouped(balance)));
        }
    }
    for fault in &report.faults {
        let words = if english { &fault.en } else { &fault.zh };
        println!("{} {}: {words}", context.say("错误", "fault"), fault.rule);
        if fault.seq.is_some() {
            println!(
                "    {} {}",
                context.say("此前最后一笔完好的哈希", "last good hash before it"),
                fault.last_good
            );
        }
    }
    for finding in findings {
        let words = if english { &finding.en } else { &finding.zh };
        let grade = match finding.grade.word() {
            "fact" => context.say("事实", "fact"),
            "doubt" => context.say("疑点", "doubt"),
            _ => context.say("提示", "hint"),
        };
        context.tell(format!("{grade}  {words}  [{}]", finding.id()));
    }
    let (entries, head) = (report.entries, report.head);
    let verdict = match (report.is_sound(), english) {
        (true, false) => format!(
            "账本完好：{entries} 笔，截至 {as_of} 有 {} 条提示；无人签署过这个账本头（未锚定）",
            findings.len()
        ),
        (true, true) => format!(
            "sound, not anchored: nobody has signed this head; {entries} entries, {} findings as of {as_of}",
            findings.len()
        ),
        (false, false) => format!("账本有错：{entries} 笔，{} 处错误", report.faults.len()),
        (false, true) => format!("not sound: {entries} entries, {} faults", report.faults.len()),
    };
    context.tell(verdict);
    context.tell(format!("{} {head}", context.say("账本头", "head")));
    match report.after_pin {
        Some(after) => context.tell(format!(
            "{} {after}",
            context.say(
                "所给的账本头在链上，其后笔数",
                "the pinned head is in the chain; entries after it:"
            )
        )),
        None => context.tell(
            context.say("账里没有记的事，它看不出来。", "It can't see what was never recorded."),
        ),
    }
}

fn to_json(
    source: &str,
    report: &Report,
    findings: &[Finding],
    as_of: NaiveDate,
    seconds: f64,
) -> Value {
    let balances: serde_json::Map<String, Value> = report
        .book
        .balances()
        .accounts()
        .map(|(account, balance)| (account.to_string(), balance.to_string().into()))
        .collect();
    json!({
        "format": "verify/1",
        "source": source,
        "estate": report.estate.map(|estate| estate.to_string()),
        "entries": report.entries,
        "head": report.head.to_string(),
        "sound": report.is_sound(),
        "anchored": false,
        "as_of": as_of.to_string(),
        "balances": balances,
        "after_pin": report.after_pin,
        "faults": report.faults.iter().map(fault_json).collect::<Vec<_>>(),
        "findings": findings.iter().map(finding_json).collect::<Vec<_>>(),
        "seconds": (seconds * 1000.0).round() / 1000.0,
    })
}

fn fault_json(fault: &Fault) -> Value {
    json!({
        "seq": fault.seq,
        "rule": fault.rule,
        "field": fault.field,
        "expected": fault.expected,
        "found": fault.found,
        "last_good": fault.last_good.to_string(),
        "zh": fault.zh,
        "en": fault.en,
    })
}

fn finding_json(finding: &Finding) -> Value {
    let figures: serde_json::Map<String, Value> = finding
        .figures
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
        .collect();
    json!({
        "id": finding.id(),
        "code": finding.code,
        "grade": finding.grade.word(),
        "of": finding.of,
        "figures": figures,
        "cite": finding.cite,
        "zh": finding.zh,
        "en": finding.en,
    })
}
