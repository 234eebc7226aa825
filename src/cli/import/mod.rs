//! `import`: files into the books. Each reads first and posts with `--commit`.

mod journal;
mod parking;
mod register;
mod rows;
mod statement;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use mingzhang::exchange::table::FILE_BYTES_MAX;
use mingzhang::services::importer::SourceKind;
use serde_json::Value;

use super::{Context, Failure, Outcome};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// A register of leases and what was received, XLSX or CSV
    Register(register::Args),
    /// A list of contracts, XLSX or CSV
    Contracts(register::Args),
    /// Daily totals of a parking system, XLSX or CSV
    Parking(parking::Args),
    /// A bank's or a platform's statement: CSV, XLS, XLSX, or CAMT.053
    Statement(statement::Args),
    /// Drafts as JSON Lines, of any estates; - reads standard input
    Journal(journal::Args),
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    match args.command {
        Command::Register(args) => register::run(context, args, SourceKind::Register).await,
        Command::Contracts(args) => register::run(context, args, SourceKind::Contracts).await,
        Command::Parking(args) => parking::run(context, args).await,
        Command::Statement(args) => statement::run(context, args).await,
        Command::Journal(args) => journal::run(context, args).await,
    }
}

/// A file's bytes, at most one more than a reader takes: it says by itself that they are too many.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error| format!("couldn't read {}: {error}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// The end of an import of rows: how many entries were posted, the report for programs, and
/// whether rows are still open.
fn end(context: &Context, mut json: Value, posted: Option<usize>, is_open: bool) -> Outcome {
    if let Some(entries) = posted {
        json["posted"] = entries.into();
        context.tell(format!("{} {entries}", context.say("已记账（笔）：", "entries posted:")));
    }
    if context.json {
        println!("{json}");
    }
    if is_open { Outcome::Faults } else { Outcome::Done }
}
