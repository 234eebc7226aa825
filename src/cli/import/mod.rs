//! `import`: files into the books. Each reads first and posts with `--commit`.

mod journal;
mod register;

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
    /// Drafts as JSON Lines, of any estates; - reads standard input
    Journal(journal::Args),
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    match args.command {
        Command::Register(args) => register::run(context, args).await,
        Command::Journal(args) => journal::run(context, args).await,
    }
}
