//! `import journal`: a dry run over the whole file, then `--commit`.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use mingzhang::ledger::id::EstateCode;
use mingzhang::services::bookkeeper::command_line;
use mingzhang::services::clock::{Clock, SystemClock};
use mingzhang::services::journal::{Answer, Journal, Status, Totals, Trouble};

use crate::cli::{Context, Failure, Outcome};

/// A bar for what takes a moment only.
const BAR_FROM_BYTES: u64 = 4 << 20;

/// Arguments of `import journal`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, or - for standard input
    file: PathBuf,
    /// The one estate that drafts may be of
    #[arg(long)]
    estate: Option<EstateCode>,
    /// Post what the dry run finds nothing against
    #[arg(long)]
    commit: bool,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let file = open(&args.file)
        .map_err(|error| format!("couldn't read {}: {error}", args.file.display()))?;
    let books = context.books().await?;
    let by = command_line(&context.settings.operator_org);
    let now = SystemClock.now();
    let journal = |source| Journal { source, estate: args.estate, by: &by };

    let pass = Pass::new(context, &file, !args.commit);
    let source = BufReader::new(pass.bar.wrap_read(&file));
    let mut totals = journal(source).dry_run(&books, now, &mut |answer| pass.tell(answer)).await?;
    pass.bar.finish_and_clear();
    if args.commit && totals.is_clean() {
        (&file).rewind()?;
        let pass = Pass::new(context, &file, true);
        let source = BufReader::new(pass.bar.wrap_read(&file));
        totals = journal(source).post(&books, &mut |answer| pass.tell(answer)).await?;
        pass.bar.finish_and_clear();
    }
    show_totals(context, &totals);
    Ok(if totals.is_clean() { Outcome::Done } else { Outcome::Faults })
}

/// Opens the file. What can be read once only is kept in a temporary file without a name, since
/// the lines are gone through twice.
fn open(path: &Path) -> io::Result<File> {
    let mut source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            return Ok(file);
        }
        Box::new(file)
    };
    let mut kept = tempfile::tempfile()?;
    io::copy(&mut source, &mut kept)?;
    kept.rewind()?;
    Ok(kept)
}

/// One walk over the lines, and how its answers are told.
struct Pass<'a> {
    context: &'a Context,
    bar: ProgressBar,
    /// Every answer, not only what stands in the way.
    all: bool,
}

impl<'a> Pass<'a> {
    fn new(context: &'a Context, file: &File, all: bool) -> Self {
        let len = file.metadata().map_or(0, |metadata| metadata.len());
        let hidden = context.quiet || context.json || len < BAR_FROM_BYTES;
        let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(len) };
        Self { context, bar, all }
    }

    /// Tells an answer at once: whoever reads the report may count on what it says.
    fn tell(&self, answer: &Answer) -> io::Result<()> {
        let in_the_way = matches!(answer.status, Status::Refused | Status::Unknown);
        let mut out = io::stdout().lock();
        if self.context.json {
            if in_the_way || self.all {
                writeln!(out, "{}", answer.to_json())?;
                out.flush()?;
            }
        } else if in_the_way {
            let words = in_words(self.context, answer);
            self.bar.suspend(|| writeln!(out, "{words}"))?;
        }
        Ok(())
    }
}

fn in_words(context: &Context, answer: &Answer) -> String {
    let status = match answer.status {
        Status::Unknown => context.say("未定", "unknown"),
        _ => context.say("拒绝", "refused"),
    };
    let line = answer.line;
    if context.english() {
        let why = answer.errors.iter().map(|trouble| {
            let Trouble { pointer, code, en, do_en, .. } = trouble;
            format!(" {pointer}: {en} ({code}). {do_en}")
        });
        format!("line {line}: {status}{}", why.collect::<String>())
    } else {
        let why = answer.errors.iter().map(|trouble| {
            let Trouble { pointer, code, zh, do_zh, .. } = trouble;
            format!(" {pointer} {zh}（{code}）。{do_zh}")
        });
        format!("第 {line} 行：{status}{}", why.collect::<String>())
    }
}

fn show_totals(context: &Context, totals: &Totals) {
    if context.json {
        println!("{}", totals.to_json());
        return;
    }
    let counts = [
        (context.say("可记账", "ready"), totals.ready),
        (context.say("已记账", "posted"), totals.posted),
        (context.say("早已在账", "known"), totals.known),
        (context.say("拒绝", "refused"), totals.refused),
        (context.say("未定", "unknown"), totals.unknown),
    ];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts.map(|(name, count)| format!("{name} {count}")).collect();
    context.tell(format!(
        "{} {} · {}",
        context.say("行", "lines"),
        totals.lines,
        counts.join(" · ")
    ));
}
