//! `completions SHELL`: completions for bash, zsh, fish, elvish or PowerShell.

use clap::CommandFactory;

use super::{Cli, Outcome};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub fn run(args: &Args) -> Outcome {
    clap_complete::generate(args.shell, &mut Cli::command(), "mingzhang", &mut std::io::stdout());
    Outcome::Done
}
