//! The lines of an entry as tables: as they stand, as they were recorded, what a correction took
//! back and what it put in their place.

use crate::ledger::account::Fund;
use crate::ledger::book::{Book, Live};
use crate::ledger::entry::{Entry, Line, Side};
use crate::ledger::format::grouped;
use crate::ledger::statements::lines_total;
use crate::services::books::StoredEntry;
use crate::web::show::{self, contract_href};
use crate::web::text::Lang;

/// A line of the entry, as text.
pub struct LineText {
    pub code: String,
    pub name: String,
    pub debit: Option<String>,
    pub credit: Option<String>,
    pub contract: Option<(String, String)>,
    pub words: Vec<String>,
}

/// Lines under one caption.
pub struct Postings {
    pub caption: String,
    pub rows: Vec<LineText>,
    pub debit: String,
    pub credit: String,
    /// Taken back: shown, no longer standing.
    pub struck: bool,
}

/// The entry's own lines; what stands instead where it was corrected; for a correction what it
/// takes back and what it puts in its place.
pub fn postings(
    book: &Book,
    entry: &Entry,
    live: Option<&Live>,
    root: Option<&StoredEntry>,
    lang: Lang,
) -> Vec<Postings> {
    if entry.lines.is_empty() {
        return Vec::new();
    }
    let table = |key: &str, lines: &[Line], struck| table(book, lines, lang.t(key), struck, lang);
    let effective = |live: &Live| -> Vec<Line> {
        (0..live.lines.len()).filter_map(|at| live.effective(at)).collect()
    };
    if let Some(root) = root {
        let standing = book.corrections().get(&root.posted.entry.seq);
        let right = standing.filter(|live| live.version == entry.seq).map(|l| l.lines.len());
        let Some(right) = right else { return vec![table("entry.lines", &entry.lines, false)] };
        let (mirror, right) = entry.lines.split_at(entry.lines.len().saturating_sub(right));
        return vec![table("entry.mirror", mirror, false), table("entry.right", right, false)];
    }
    match live {
        None => vec![table("entry.lines", &entry.lines, false)],
        Some(live) if live.is_corrected(entry.seq) => vec![
            table("entry.right", &effective(live), false),
            table("entry.as_recorded", &entry.lines, true),
        ],
        Some(live) => vec![
            table("entry.attributed", &effective(live), false),
            table("entry.as_recorded", &entry.lines, true),
        ],
    }
}

/// Lines under a caption.
pub fn table(
    book: &Book,
    lines: &[Line],
    caption: impl Into<String>,
    struck: bool,
    lang: Lang,
) -> Postings {
    let (debit, credit) = lines_total(lines);
    Postings {
        caption: caption.into(),
        rows: lines.iter().map(|line| line_text(book, line, lang)).collect(),
        debit: grouped(debit),
        credit: grouped(credit),
        struck,
    }
}

fn line_text(book: &Book, line: &Line, lang: Lang) -> LineText {
    let labelled = |key: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        Some(format!("{} {value}", lang.word("key", key)))
    };
    let words = [
        line.period.map(|p| format!("{} {}", lang.t("key.period"), show::period(p, lang))),
        labelled("part", &line.part),
        labelled("item", &line.item),
        labelled("holder", &line.holder),
    ];
    let on = |side| (line.side == side).then(|| grouped(line.amount));
    let of_r = Fund::R == line.account.fund();
    LineText {
        code: line.account.to_string(),
        name: show::account(book, line.account, lang),
        debit: on(Side::Debit),
        credit: on(Side::Credit),
        contract: line
            .contract
            .as_ref()
            .filter(|_| of_r)
            .map(|no| (no.clone(), contract_href(book, no))),
        words: words.into_iter().flatten().collect(),
    }
}
