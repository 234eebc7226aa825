//! `erase`: private values that an entry binds are deleted beside the log, and an entry says so.

use mingzhang::ledger::id::{EntryHash, EstateCode};
use mingzhang::services::bookkeeper::{command_line, erase};
use serde_json::json;

use super::{Context, Failure, Outcome};

/// Arguments of `erase`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The estate's code
    #[arg(long)]
    estate: EstateCode,
    /// Number of the entry that binds the values
    #[arg(long)]
    entry: u64,
    /// Digest of a value, as the entry has it; may be given again; without, all of the entry's
    #[arg(long)]
    digest: Vec<EntryHash>,
    /// Why: a request, or that the purpose has ended
    #[arg(long)]
    reason: String,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    let by = command_line(&context.settings.operator_org);
    let of = (args.estate, args.entry);
    let posted = erase(&books, of, &args.digest, &args.reason, by).await?;
    if context.json {
        println!("{}", json!({"entry": posted.seq, "hash": posted.hash.to_string()}));
    }
    let said = context.say("已删除，记在第", "erased; recorded as entry");
    context.tell(format!("{said} {} {} · {}", posted.seq, context.say("笔", ""), posted.hash));
    Ok(Outcome::Done)
}
