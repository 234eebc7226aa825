//! The command line: one file a command. It parses, calls a service, prints.
//!
//! Exit codes: 0 done, sound · 1 faults, refused or open rows · 2 could not run · 3 the pinned
//! head is not in the chain.

mod backup;
mod completions;
mod config;
mod demo;
mod doctor;
mod erase;
mod estate;
mod export;
mod import;
mod logging;
mod officer;
mod rebuild;
mod serve;
mod verify;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use mingzhang::exchange::columns::TableError;
use mingzhang::exchange::register::RegisterError;
use mingzhang::exchange::statement::StatementError;
use mingzhang::services::bookkeeper::{EraseError, OpenError};
use mingzhang::services::books::{Books, PostError};
use mingzhang::services::clock::{Clock, SystemClock, SystemEntropy};
use mingzhang::services::importer::ImportError;
use mingzhang::services::people::{People, PeopleError};
use mingzhang::settings::{Overrides, Settings};
use mingzhang::store::{Location, Store};
use mingzhang::web::Lang;

/// 明账: the accounts of common money, open to every owner.
#[derive(Debug, Parser)]
#[command(name = "mingzhang", version, about, propagate_version = true)]
pub struct Cli {
    /// Where the books are: `sqlite:PATH` or `postgres://USER@HOST/NAME`
    #[arg(long, global = true, env = "MINGZHANG_DATABASE")]
    database: Option<String>,
    /// A streaming replica that pages read from (PostgreSQL)
    #[arg(long, global = true)]
    read_database_url: Option<String>,
    /// Settings file (default: mingzhang.toml, when it is there)
    #[arg(long, global = true, env = "MINGZHANG_CONFIG")]
    config: Option<std::path::PathBuf>,
    /// Machine-readable output
    #[arg(long, global = true)]
    json: bool,
    /// Only errors
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Language of output: zh or en
    #[arg(long, global = true, value_parser = ["zh", "en"])]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a demonstration county and show it in the browser
    Demo(demo::Args),
    /// Serve the pages
    Serve(serve::Args),
    /// Open, list and show estates
    Estate(estate::Args),
    /// Organisations, officers, and what they may do
    Officer(officer::Args),
    /// Delete private values that an entry binds; the entry stays as it is
    Erase(erase::Args),
    /// Read a file into the books: preview, then --commit
    Import(import::Args),
    /// Write an estate's books to a file that anyone can verify
    Export(export::Args),
    /// Verify an export, or the whole database; trusts nobody
    Verify(verify::Args),
    /// Make what is derived from the entries anew
    Rebuild(rebuild::Args),
    /// Copy everything into one verified file
    Backup(backup::BackupArgs),
    /// Put a backup into an empty database
    Restore(backup::RestoreArgs),
    /// Look at database and settings, and say what to mend
    Doctor(doctor::Args),
    /// Show the settings in force and where each comes from
    Config(config::Args),
    /// Print completions for a shell
    Completions(completions::Args),
}

/// How a command ended, short of failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, sound.
    Done,
    /// Faults, refusals or open rows.
    Faults,
    /// The pinned head isn't in the chain.
    OtherHistory,
}

/// Any error, as a chain of causes.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What every command gets.
pub struct Context {
    settings: Settings,
    json: bool,
    quiet: bool,
}

impl Context {
    /// True where output is English.
    fn english(&self) -> bool {
        self.settings.lang == "en"
    }

    /// One of two texts.
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.english() { en } else { zh }
    }

    /// Prints a line for people, unless asked to be quiet or to print JSON.
    fn tell(&self, line: impl std::fmt::Display) {
        if !self.quiet && !self.json {
            println!("{line}");
        }
    }

    fn location(&self) -> Result<Location, Failure> {
        Ok(self.settings.database.parse()?)
    }

    /// The database as it may be shown: without a password.
    fn shown_database(&self) -> String {
        match self.settings.database.split_once("://") {
            Some((scheme, rest)) => {
                format!("{scheme}://{}", rest.rsplit_once('@').map_or(rest, |(_, place)| place))
            }
            None => self.settings.database.clone(),
        }
    }

    /// The books of a database that is there.
    async fn books(&self) -> Result<Books, Failure> {
        let store = Store::open(&self.location()?).await?;
        Ok(self.books_of(store, Arc::new(SystemClock)))
    }

    /// The people of a database; those of a demonstration need no second factor.
    fn people(&self, store: &Store, demonstration: bool) -> People {
        let mut limits = self.settings.session;
        limits.require_totp &= !demonstration;
        People::of(store.clone(), Arc::new(SystemClock), Arc::new(SystemEntropy), limits)
    }

    fn books_of(&self, store: Store, clock: Arc<dyn Clock>) -> Books {
        Books::open(store, clock, self.settings.limits)
    }
}

/// A bar for what may take a while; hidden where nobody watches.
fn bar(context: &Context, of: u64) -> indicatif::ProgressBar {
    if context.quiet || context.json {
        indicatif::ProgressBar::hidden()
    } else {
        indicatif::ProgressBar::new(of)
    }
}

/// Parses the command line and runs it.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::from(error.use_stderr()) * 2;
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Faults) => ExitCode::from(1),
        Ok(Outcome::OtherHistory) => ExitCode::from(3),
        Err(failure) => {
            eprintln!("mingzhang: {}", causes(failure.as_ref()));
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<Outcome, Failure> {
    let overrides = Overrides {
        database: cli.database,
        read_database_url: cli.read_database_url,
        lang: cli.lang,
    };
    let settings = Settings::load(cli.config.as_deref(), &overrides)?;
    let context = Context { settings, json: cli.json, quiet: cli.quiet };
    // Commands without books need no runtime.
    match &cli.command {
        Command::Completions(args) => return Ok(completions::run(args)),
        Command::Config(args) => return config::run(&context, args),
        Command::Verify(args) => {
            if let Some(file) = args.file() {
                return verify::run_file(&context, args, file);
            }
        }
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Demo(args) => demo::run(&context, args).await,
            Command::Serve(args) => serve::run(&context, args).await,
            Command::Estate(args) => estate::run(&context, args).await,
            Command::Officer(args) => officer::run(&context, args).await,
            Command::Erase(args) => erase::run(&context, args).await,
            Command::Import(args) => import::run(&context, args).await,
            Command::Export(args) => export::run(&context, args).await,
            Command::Verify(args) => verify::run_database(&context, &args).await,
            Command::Rebuild(args) => rebuild::run(&context, args).await,
            Command::Backup(args) => backup::backup(&context, args).await,
            Command::Restore(args) => backup::restore(&context, args).await,
            Command::Doctor(_) => doctor::run(&context).await,
            Command::Config(_) | Command::Completions(_) => Ok(Outcome::Done),
        }
    });
    let lang = if context.english() { Lang::En } else { Lang::Zh };
    let outcome = outcome.map_err(|failure| of_people(failure, lang));
    outcome.map_err(|failure| if context.english() { failure } else { in_chinese(failure) })
}

/// What was typed wrong about people, in a language: the sentences are those of the pages.
fn of_people(failure: Failure, lang: Lang) -> Failure {
    match failure.downcast_ref::<PeopleError>() {
        Some(PeopleError::Fault(fault)) => lang.word("people_fault", fault.word()).into(),
        _ => failure,
    }
}

/// A failure in the words that it has in Chinese, with what to do; else as it is.
fn in_chinese(failure: Failure) -> Failure {
    if let Some(error) = failure.downcast_ref::<RegisterError>() {
        return error.zh().into();
    }
    if let Some(error) = failure.downcast_ref::<StatementError>() {
        return error.zh().into();
    }
    if let Some(error) = failure.downcast_ref::<TableError>() {
        return error.zh().into();
    }
    let (place, error) = match failure.downcast_ref::<ImportError>() {
        Some(ImportError::Refused { row, error }) => (format!("{row}："), Some(error)),
        _ => (String::new(), refused(&failure)),
    };
    match error {
        Some(PostError::Refused { violation, .. }) => {
            let text = violation.text();
            let rule = violation.rule().code();
            format!("{place}{}（{rule}）。{}", text.zh, text.do_zh).into()
        }
        _ => failure,
    }
}

/// The refusal that a command failed for.
fn refused(failure: &Failure) -> Option<&PostError> {
    match (failure.downcast_ref::<OpenError>(), failure.downcast_ref::<EraseError>()) {
        (Some(OpenError::Post(error)), _) | (_, Some(EraseError::Post(error))) => Some(error),
        _ => failure.downcast_ref::<PostError>(),
    }
}

/// An error and what caused it, outermost first.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
