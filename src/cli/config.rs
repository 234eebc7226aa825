//! `config show`: every setting with its value and where it comes from.

use super::{Context, Failure, Outcome};

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show the settings in force
    Show,
}

pub fn run(context: &Context, args: &Args) -> Result<Outcome, Failure> {
    let Command::Show = args.command;
    let shown = context.settings.shown();
    if context.json {
        println!("{}", serde_json::to_string_pretty(&shown)?);
        return Ok(Outcome::Done);
    }
    for row in shown {
        println!("{:<24} {:<40} {}", row.key, row.value, row.source);
    }
    Ok(Outcome::Done)
}
