//! A plan as rows of words: what each row is, how far it may be posted, what is said and asked
//! of it.

use super::Planned;
use crate::exchange::register;
use crate::exchange::register::Status;
use crate::exchange::rows::{Note, Row, Weight};
use crate::ledger::chain::content_hash;
use crate::ledger::money::Money;
use crate::services::importer::statement::words_of;

/// Something said of a row, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// What it does to the row.
    pub weight: Weight,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A question that a form can answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The key of the answer.
    pub key: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// What may be answered; empty for a free value.
    pub choices: Vec<String>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The sheet's own number.
    pub row: u32,
    /// How far it may be posted.
    pub status: Status,
    /// What it is, in the file's words.
    pub what: String,
    /// Its account.
    pub account: Option<String>,
    /// Its amount.
    pub amount: Option<Money>,
    /// What is said of it.
    pub said: Vec<Weighed>,
    /// What is asked.
    pub asks: Vec<Ask>,
}

/// What a file would post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Its rows.
    pub rows: Vec<Shown>,
    /// What is said of the file as a whole.
    pub notes: Vec<Weighed>,
    /// How many entries it would post, without the one that heads them.
    pub posts: usize,
    /// How many stand already.
    pub known: usize,
    /// What can be posted, together, and what waits for an answer.
    pub to_post: Money,
    /// Held back.
    pub held: Money,
    /// Digest of what was looked at.
    pub seen: String,
}

impl Preview {
    /// How many rows have a status.
    pub fn count(&self, status: Status) -> usize {
        self.rows.iter().filter(|row| row.status == status).count()
    }
}

pub(super) fn of(plan: &Planned) -> Preview {
    let (rows, notes, posts, known, sums) = match plan {
        Planned::Register(plan) => {
            let read = &plan.register;
            let rows: Vec<Shown> = read.rows.iter().map(of_register).collect();
            let flag = |f: &register::Flag| weighed(Weight::Flag, &f.zh, &f.en);
            let notes = read.flags.iter().map(flag).collect();
            let posts = plan.contracts.len() + plan.incomes.len();
            (rows, notes, posts, plan.known, (read.totals.to_post, read.totals.held))
        }
        Planned::Parking(plan) => {
            let shown = |row: &Row<crate::exchange::parking::Daily>| {
                let day = row.read.day.map(|day| day.to_string()).unwrap_or_default();
                let lot = row.read.lot.clone().unwrap_or_default();
                plain(row, format!("{day} {lot}").trim().to_owned(), Some(row.read.amount))
            };
            let rows: Vec<Shown> = plan.parking.rows.iter().map(shown).collect();
            let to_post = plan.parking.totals(Row::is_postable).amount;
            let held = plan.parking.totals(Row::is_open).amount;
            (rows, Vec::new(), plan.drafts.len(), plan.known, (to_post, held))
        }
        Planned::Statement(plan) => {
            let shown = |row: &Row<crate::exchange::statement::Line>| {
                let day = row.read.day.map(|day| day.to_string()).unwrap_or_default();
                let what = format!("{day} {} {}", row.read.serial, words_of(row));
                plain(row, what.trim().to_owned(), Some(row.read.amount))
            };
            let rows: Vec<Shown> = plan.statement.rows.iter().map(shown).collect();
            let notes = plan.statement.notes.iter().map(note).collect();
            let known = usize::try_from(plan.known).unwrap_or(usize::MAX);
            let moved = plan.moved[0].sum - plan.moved[1].sum;
            (rows, notes, plan.drafts.len(), known, (moved, Money::ZERO))
        }
    };
    let text = format!("{rows:?}{notes:?}{posts} {known}");
    let seen = content_hash(text.as_bytes()).to_string();
    let (to_post, held) = sums;
    Preview { rows, notes, posts, known, to_post, held, seen }
}

fn weighed(weight: Weight, zh: &str, en: &str) -> Weighed {
    Weighed { weight, zh: zh.to_owned(), en: en.to_owned() }
}

fn note(note: &Note) -> Weighed {
    weighed(note.weight, &note.zh, &note.en)
}

fn plain<R>(row: &Row<R>, what: String, amount: Option<Money>) -> Shown {
    let said = row.notes.iter().map(note).collect();
    let (account, asks) = (None, Vec::new());
    Shown { row: row.row, status: row.status(), what, account, amount, said, asks }
}

fn of_register(row: &register::Row) -> Shown {
    let fixed = row.fixes.iter().map(|fix| {
        let change = format!("{} → {}", fix.from, fix.to);
        weighed(Weight::Fix, &change, &change)
    });
    let flags = row.flags.iter().map(|flag| weighed(Weight::Flag, &flag.zh, &flag.en));
    let errors = row.errors.iter().map(|error| {
        let (zh, en) =
            (format!("{} {}", error.zh, error.do_zh), format!("{} {}", error.en, error.do_en));
        weighed(Weight::Refuse, &zh, &en)
    });
    let is_open = matches!(row.status, Status::Ask | Status::Refused);
    let asks = row.questions.iter().filter(|_| is_open).map(|question| Ask {
        key: question.key,
        zh: question.zh.clone(),
        en: question.en.clone(),
        choices: question.choices.clone(),
    });
    let is_entry = row.class.is_entry();
    let what = if is_entry { row.read.name.clone() } else { row.cells.join(" ") };
    Shown {
        row: row.row,
        status: row.status,
        what: what.chars().take(80).collect(),
        account: row.read.account.map(|account| account.to_string()),
        amount: row.read.received.filter(|_| is_entry),
        said: flags.chain(fixed).chain(errors).collect(),
        asks: asks.collect(),
    }
}
