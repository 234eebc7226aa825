//! `backup` and `restore`: a verified copy of everything in one file, and the way back.

use std::path::PathBuf;

use mingzhang::services::clock::{Clock, SystemClock};
use mingzhang::services::keeper::{self, Manifest};
use mingzhang::store::Store;

use super::{Context, Failure, Outcome, bar};

/// Arguments of `backup`.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The file to write; its manifest stands beside it
    file: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The file that `backup` wrote
    file: PathBuf,
}

pub async fn backup(context: &Context, args: BackupArgs) -> Result<Outcome, Failure> {
    let source = Store::open(&context.location()?).await?;
    let bar = bar(context, 0);
    let step = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let done = keeper::back_up(&source, &args.file, SystemClock.now(), &step).await;
    bar.finish_and_clear();
    source.close().await;
    tell(context, context.say("已备份并核对", "backed up and verified"), &done?)
}

pub async fn restore(context: &Context, args: RestoreArgs) -> Result<Outcome, Failure> {
    let bar = bar(context, 0);
    let step = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let done = keeper::restore(&args.file, &context.location()?, &step).await;
    bar.finish_and_clear();
    tell(context, context.say("已恢复并核对", "restored and verified"), &done?)
}

fn tell(context: &Context, done: &str, manifest: &Manifest) -> Result<Outcome, Failure> {
    if context.json {
        println!("{}", serde_json::to_string(manifest)?);
    }
    let (entries, root) = (manifest.entries, manifest.root);
    context.tell(format!("{done}: {entries} {}, {root}", context.say("笔", "entries")));
    Ok(Outcome::Done)
}
