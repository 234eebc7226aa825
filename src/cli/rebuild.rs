//! `rebuild`: makes the directory, the tree's nodes and the snapshots anew from the entries.

use mingzhang::ledger::id::EstateCode;
use mingzhang::services::keeper;

use super::{Context, Failure, Outcome, bar};

/// Arguments of `rebuild`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this estate's row and snapshot
    #[arg(long)]
    estate: Option<EstateCode>,
}

pub async fn run(context: &Context, args: Args) -> Result<Outcome, Failure> {
    let books = context.books().await?;
    if let Some(code) = args.estate
        && !books.store().primary().has_estate(code).await?
    {
        return Err(format!("there is no estate {code}").into());
    }
    let bar = bar(context, 0);
    let step = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let every = context.settings.limits.snapshot_every;
    let done = keeper::rebuild(&books, args.estate, every, &step).await?;
    bar.finish_and_clear();
    if context.json {
        let (entries, snapshots) = (done.entries, done.snapshots);
        println!(
            "{}",
            serde_json::json!({
                "format": "rebuild/1",
                "entries": entries,
                "mended": done.mended,
                "snapshots": snapshots,
            })
        );
        return Ok(Outcome::Done);
    }
    for row in &done.mended {
        context.tell(format!("{} {row}", context.say("已改正", "mended")));
    }
    context.tell(if context.english() {
        format!(
            "rebuilt from {} entries: {} rows mended, {} snapshots",
            done.entries,
            done.mended.len(),
            done.snapshots
        )
    } else {
        format!(
            "已由 {} 笔记录重建：改正 {} 行，快照 {} 份",
            done.entries,
            done.mended.len(),
            done.snapshots
        )
    });
    Ok(Outcome::Done)
}
