//! `export`: an estate's books as a file that anyone can verify.

use std::io::Write;
use std::path::PathBuf;

use super::{Context, Failure, Outcome};
use mingzhang::ledger::id::EstateCode;
use mingzhang::services::exporter;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The estate's code
    #[arg(long)]
    estate: EstateCode,
    /// The format
    #[arg(long, default_value = "jsonl", value_parser = ["jsonl"])]
    format: String,
    /// Where to write; standard output when left out
    #[arg(short, long)]
    output: Option<PathBuf>,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    let Some(book) = books.book(args.estate).await? else {
        return Err(format!("there is no estate {}", args.estate).into());
    };
    let mut sink: Box<dyn Write> = match &args.output {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => Box::new(
            std::fs::File::create(path)
                .map_err(|error| format!("couldn't write {}: {error}", path.display()))?,
        ),
    };
    let mut chunks = exporter::jsonl(&books, &book);
    while let Some(chunk) = chunks.next().await? {
        sink.write_all(&chunk)?;
    }
    sink.flush()?;
    if let Some(path) = args.output {
        let head = book.head();
        let done = context.say("已导出", "exported");
        context.tell(format!("{done} {}: {} · {}", path.display(), head.entries, head.hash));
    }
    Ok(Outcome::Done)
}
