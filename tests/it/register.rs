//! Dirty registers: what is read in two real ones, in thousands of generated ones, and in files
//! made to do harm.

mod answered;
mod cells;
mod generated;
mod hostile;
mod october;
mod shapes;
mod sites;
mod writer;

use mingzhang::exchange::grammar::rate::Rate;
use mingzhang::exchange::register::{Options, Register, Row};

/// The real files, read without any answer.
fn october() -> Register {
    let bytes = include_bytes!("../data/lease-register-2018-10.xlsx");
    Register::read("lease-register-2018-10.xlsx", bytes, &Options::default()).unwrap()
}

fn sites() -> Register {
    let bytes = include_bytes!("../data/site-contracts-2018-12.csv");
    Register::read("site-contracts-2018-12.csv", bytes, &Options::default()).unwrap()
}

/// A row's figures on one line, in the order of a register's columns; `–` for what isn't said.
fn line(row: &Row) -> String {
    let read = &row.read;
    let or = |text: Option<String>| text.unwrap_or_else(|| "–".into());
    let rates: Vec<String> = read.rates.iter().map(Rate::text).collect();
    let term = match (read.term_from, read.term_to) {
        (None, None) => "–".into(),
        (from, to) => format!(
            "{}…{}",
            or(from.map(|day| day.to_string())),
            to.map_or_else(|| "open".into(), |day| day.to_string())
        ),
    };
    [
        or(read.number.clone()),
        read.site.clone(),
        or(read.counterparty.clone()),
        or(read.account.map(|account| account.to_string())),
        if rates.is_empty() { "–".into() } else { rates.join(" + ") },
        or(read.quantity.map(|n| n.normalize().to_string())),
        or(read.due_month.map(|due| due.rounded().to_string())),
        term,
        read.paper.word().into(),
        or(read.received.map(|money| money.to_string())),
        or(read.attribution.map(|period| period.to_string())),
        row.status.word().into(),
    ]
    .join(" | ")
}

fn codes(row: &Row) -> Vec<&str> {
    row.flags.iter().map(|flag| flag.code).collect()
}

fn whys(row: &Row) -> Vec<&str> {
    row.fixes.iter().map(|fix| fix.why).collect()
}
