//! `export`: an estate's books as a file, for verifying (jsonl) or for other programs.

use std::io::Write;
use std::path::PathBuf;

use super::{Context, Failure, Outcome};
use mingzhang::exchange::out::Scope;
use mingzhang::exchange::out::words::Words;
use mingzhang::ledger::account::Fund;
use mingzhang::ledger::id::EstateCode;
use mingzhang::ledger::kinds::kind;
use mingzhang::ledger::listing::{Direction, Filter};
use mingzhang::ledger::money::Money;
use mingzhang::ledger::period::Month;
use mingzhang::services::exporter::{self, FileFormat};

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The estate's code
    #[arg(long)]
    estate: EstateCode,
    /// The format; only jsonl can be verified
    #[arg(
        long,
        default_value = "jsonl",
        value_parser = ["jsonl", "csv", "xlsx", "hledger", "beancount", "u8", "kis"]
    )]
    format: String,
    /// Where to write; standard output when left out
    #[arg(short, long)]
    output: Option<PathBuf>,
    #[command(flatten)]
    only: Only,
}

/// Which lines; each narrows, none of them for jsonl.
#[derive(Debug, clap::Args)]
struct Only {
    /// One fund: R or F
    #[arg(long)]
    fund: Option<Fund>,
    /// From this month, like 2025-03
    #[arg(long)]
    from: Option<Month>,
    /// To this month
    #[arg(long)]
    to: Option<Month>,
    /// One kind, like income
    #[arg(long)]
    kind: Option<String>,
    /// Money that came in, or went out
    #[arg(long, value_parser = ["in", "out"])]
    side: Option<String>,
    /// At least this much, like 100.00
    #[arg(long)]
    min: Option<Money>,
    /// At most this much
    #[arg(long)]
    max: Option<Money>,
    /// One contract
    #[arg(long)]
    contract: Option<String>,
    /// Words in memo, contract, site, payer or account
    #[arg(long)]
    search: Option<String>,
}

impl Only {
    fn filter(self) -> Result<Filter, Failure> {
        if let Some(name) = self.kind.as_deref().filter(|name| kind(name).is_none()) {
            return Err(format!("--kind {name}: there is no such kind").into());
        }
        Ok(Filter {
            fund: self.fund,
            from: self.from,
            to: self.to,
            kind: self.kind,
            direction: self.side.map(|side| match side.as_str() {
                "in" => Direction::In,
                _ => Direction::Out,
            }),
            min: self.min,
            max: self.max,
            text: self.search,
            contract: self.contract,
        })
    }
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let format = FileFormat::from_name(&args.format).unwrap_or(FileFormat::Jsonl);
    let filter = args.only.filter()?;
    if !format.takes(&filter) {
        let why = match format {
            FileFormat::Jsonl => "jsonl is the whole chain: a part of it could not be verified",
            _ => "vouchers are whole: choose them by --fund, --from and --to",
        };
        return Err(format!("{why}; leave the filter out or choose another --format").into());
    }
    let books = context.books().await?;
    let Some(book) = books.book(args.estate).await? else {
        return Err(format!("there is no estate {}", args.estate).into());
    };
    let words = Words::of(context.say("zh", "en"));
    let scope = Scope { filter, ..Scope::whole(books.today(), words) };
    let mut pieces = exporter::export(&books, &book, format, scope)?;
    let mut sink: Box<dyn Write> = match &args.output {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => Box::new(
            std::fs::File::create(path)
                .map_err(|error| format!("couldn't write {}: {error}", path.display()))?,
        ),
    };
    while let Some(piece) = pieces.next().await? {
        sink.write_all(&piece)?;
    }
    sink.flush()?;
    if let Some(path) = args.output {
        let head = book.head();
        let done = context.say("已导出", "exported");
        context.tell(format!("{done} {}: {} · {}", path.display(), head.entries, head.hash));
    }
    Ok(Outcome::Done)
}
