//! Rows of a preview in words.

use mingzhang::exchange::register::Status;
use mingzhang::exchange::rows::{Row, Weight};

use crate::cli::Context;

/// A status as people read it.
pub fn status_word(context: &Context, status: Status) -> &'static str {
    match status {
        Status::Read => context.say("读取", "read"),
        Status::Fixed => context.say("修正", "fixed"),
        Status::Ask => context.say("提问", "ask"),
        Status::Refused => context.say("拒绝", "refused"),
        Status::Skipped => context.say("略过", "skipped"),
    }
}

/// A row with what is said of it.
pub fn show<R>(context: &Context, row: &Row<R>, words: &str) {
    let why = row.skipped.map(|why| format!("  ({why})")).unwrap_or_default();
    context.tell(format!("{:>4}  {}  {words}{why}", row.row, status_word(context, row.status())));
    for note in &row.notes {
        let mark = match note.weight {
            Weight::Flag => '·',
            Weight::Fix => '~',
            Weight::Ask => '?',
            Weight::Refuse => '!',
        };
        let words = if context.english() { &note.en } else { &note.zh };
        context.tell(format!("          {mark} {words}"));
    }
}
