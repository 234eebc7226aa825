//! The check before lines are matched: each group with both sides and their sums. And what is
//! wrong with what was ticked, in words.

use askama::Template;
use axum::response::Response;

use super::bank::{Asked, href};
use super::bank_lines::Line;
use super::{frame, page};
use crate::ledger::entry::Entry;
use crate::ledger::format::grouped;
use crate::services::reconciling::{Fault, Group, Named};
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::show;
use crate::web::text::Lang;

/// A group to be matched.
struct Shown {
    value: String,
    sum: String,
    bank: Vec<Line>,
    book: Vec<Line>,
    /// Somebody's own entry: they recorded it, and say now that the bank has it.
    is_own: bool,
}

/// The check.
#[derive(Template)]
#[template(path = "desk_bank_check.html")]
struct CheckPage {
    f: Frame,
    code: String,
    base: String,
    token: String,
    key: String,
    account: String,
    groups: Vec<Shown>,
}

/// Shows groups that fit, before they are posted under a key.
pub async fn show(asked: &Asked<'_>, groups: &[Group], key: String) -> Result<Response, WebError> {
    let (lang, officer) = (asked.visit.lang, asked.officer);
    let maker = asked.maker(None);
    let mut shown = Vec::with_capacity(groups.len());
    for group in groups {
        let seqs: Vec<u64> = group.book.iter().map(|(seq, _)| *seq).collect();
        let stored = asked.room.site.books.entries_named(asked.book.estate(), &seqs).await?;
        let named = Named {
            bank: group.bank.iter().map(|(serial, _)| serial.clone()).collect(),
            book: seqs,
        };
        let bank = group.bank.iter().map(|(serial, item)| maker.of_bank(serial, *item, ""));
        let book = group.book.iter().zip(&stored);
        let book = book.map(|((_, item), stored)| maker.of_book(&stored.posted, *item));
        shown.push(Shown {
            value: serde_json::to_string(&named).unwrap_or_default(),
            sum: grouped(group.sums()[0]),
            bank: bank.collect(),
            book: book.collect(),
            is_own: stored.iter().any(|stored| is_of(&stored.posted.entry, officer.id())),
        });
    }
    page(
        false,
        &CheckPage {
            f: frame(asked.room, asked.visit, officer, &lang.t("bank.check_title")),
            code: asked.book.estate().to_string(),
            base: href(asked.book, asked.account),
            token: officer.form_token(),
            key,
            account: show::account(asked.book, asked.account, lang),
            groups: shown,
        },
    )
}

/// True where somebody posted or prepared an entry.
fn is_of(entry: &Entry, user: &str) -> bool {
    entry.by.user == user || entry.signs.iter().any(|sign| sign.by.user == user)
}

/// What is wrong with what was ticked, and what to do.
pub fn sentence(fault: &Fault, lang: Lang) -> String {
    match fault {
        Fault::Nothing => lang.t("bank.fault_nothing").into_owned(),
        Fault::Serial(name) => lang.with("bank.fault_serial", &[("name", name)]),
        Fault::Entry(seq) => lang.with("bank.fault_entry", &[("seq", seq)]),
        Fault::Twice(name) => lang.with("bank.fault_twice", &[("name", name)]),
        Fault::TooMany => lang.t("bank.fault_too_many").into_owned(),
        Fault::Unequal { group, bank, book } => {
            let differ = (*bank - *book).abs();
            let figures = [
                ("group", group.to_string()),
                ("bank", grouped(*bank)),
                ("book", grouped(*book)),
                ("differ", grouped(differ)),
            ];
            lang.with("bank.fault_unequal", &figures)
        }
    }
}
