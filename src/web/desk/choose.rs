//! What a form is about, asked before it: which contracts paid, what was wrong with an entry,
//! which finding is answered.

use askama::Template;
use axum::response::Response;

use super::guard::Officer;
use super::record::title;
use super::{frame, page, see_other};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::findings::findings;
use crate::ledger::format::grouped;
use crate::ledger::statements::{contract_dues, is_money, role};
use crate::services::recording::{CONTRACTS_MAX, Form as About, Ground, Typed, What, asked_lines};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::portal::contracts::{ContractRow, row};
use crate::web::portal::entry::what;
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::{Visit, encoded};

/// Fields of a receipt that a bank line fills in.
const KEPT: [&str; 3] = ["amount", "day", "to"];

/// Choosing the contracts that paid.
#[derive(Template)]
#[template(path = "record_choose.html")]
struct ContractsPage {
    f: Frame,
    code: String,
    estate: String,
    contracts: Vec<ContractRow>,
    most: usize,
    /// The form without a contract.
    none: String,
    /// Fields that the page that led here has filled in.
    filled: Vec<(&'static str, String)>,
}

/// Choosing one of several things.
#[derive(Template)]
#[template(path = "record_offer.html")]
struct OfferPage {
    f: Frame,
    code: String,
    estate: String,
    lead: String,
    /// What it is about: label, value.
    facts: Vec<(String, String)>,
    /// Something to know first.
    note: Option<String>,
    /// Where it leads, what it is called, what else is said.
    items: Vec<(String, String, String)>,
}

/// A page that asks what a form is about, where that isn't known yet.
pub async fn first(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (about, book, typed): (About, &Book, &Typed),
) -> Result<Option<Response>, WebError> {
    let has = |field: &str| !typed.value(field).is_empty();
    match about {
        About::Income => {
            let chosen = visit.value("contract").is_some();
            if chosen || book.contracts().contracts.is_empty() {
                return Ok(None);
            }
            contracts(room, visit, officer, book).map(Some)
        }
        About::Correct | About::Attribute if !has("seq") => {
            Ok(Some(see_other(&format!("/desk/e/{}/entries", book.estate()))))
        }
        About::Correct if What::of(typed.value("what")).is_none() => {
            wrong(room, visit, officer, (book, typed)).await.map(Some)
        }
        About::Reply if !has("finding") => replies(room, visit, officer, book).map(Some),
        _ => Ok(None),
    }
}

fn contracts(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    book: &Book,
) -> Result<Response, WebError> {
    let (lang, code) = (visit.lang, book.estate());
    let f = frame(room, visit, officer, &lang.t("record.choose_contract"));
    let contracts = contract_dues(book, f.today)
        .iter()
        .map(|due| {
            let href = visit.address(&[("contract", &due.contract.no)]);
            ContractRow { href, ..row(book, due, f.today, lang) }
        })
        .collect();
    let (estate, code) = (book.profile().name.clone(), code.to_string());
    let none = visit.address(&[("contract", "-")]);
    let given = |name| visit.value(name).map(|value| (name, value.to_owned()));
    let filled = KEPT.into_iter().filter_map(given).collect();
    page(false, &ContractsPage { f, code, estate, contracts, most: CONTRACTS_MAX, none, filled })
}

/// What was wrong with an entry: only what it can have wrong is offered.
async fn wrong(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (book, typed): (&Book, &Typed),
) -> Result<Response, WebError> {
    let (lang, code) = (visit.lang, book.estate());
    let none = || WebError::NoEntry(code.to_string(), typed.value("seq").to_owned());
    let seq = typed.value("seq").parse::<u64>().map_err(|_| none())?;
    let stored = room.site.books.entry(code, seq).await?.ok_or_else(none)?;
    let ground =
        Ground { book, today: room.site.books.today(), named: Some(&stored.posted), notice: None };
    let stands = book.correctable(&stored.posted);
    let stands = stands.map(|(_, counts)| counts).unwrap_or_default();
    let can = |what: &What| match what {
        What::Never => !stands.is_empty(),
        what => !asked_lines(&ground, *what).is_empty(),
    };
    let href = |what: What| format!("/desk/e/{code}/record/correct?seq={seq}&what={}", what.word());
    let items = What::ALL.into_iter().filter(can).map(|what| {
        let words = lang.word("wrong_what", what.word()).into_owned();
        (href(what), words, lang.word("wrong_says", what.word()).into_owned())
    });
    let items: Vec<_> = items.collect();
    let first = if items.is_empty() {
        Some(lang.t("record.not_correctable").into_owned())
    } else if is_matched(book, &stored.posted) {
        Some(lang.t("record.matched").into_owned())
    } else {
        None
    };
    let mut facts = facts(book, &stored.posted, lang);
    for (key, is_debit) in [("entry.debit", true), ("entry.credit", false)] {
        let of_side = stands.iter().filter(|line| line.signed().is_positive() == is_debit);
        let said = of_side.map(|line| {
            format!("{} {}", show::account(book, line.account, lang), grouped(line.amount))
        });
        let said: Vec<_> = said.collect();
        if !said.is_empty() {
            facts.push((lang.t(key).into_owned(), said.join(lang.pick("；", "; "))));
        }
    }
    let f = frame(room, visit, officer, &title(About::Correct, lang));
    page(
        false,
        &OfferPage {
            f,
            code: code.to_string(),
            estate: book.profile().name.clone(),
            lead: lang.t("record.what_was_wrong").into_owned(),
            facts,
            note: first,
            items,
        },
    )
}

/// An entry in a few words: number, what, kind, day.
pub fn facts(book: &Book, posted: &PostedEntry, lang: Lang) -> Vec<(String, String)> {
    let entry = &posted.entry;
    let number = lang.with("entry.number", &[("seq", entry.seq)]);
    let kind = show::kind_name(entry.event.kind(), lang);
    vec![
        (number, what(book, entry, lang)),
        (lang.t("field.kind").into_owned(), kind.to_owned()),
        (lang.t("entry.date").into_owned(), lang.day(entry.date)),
    ]
}

/// True where the bank has a line for what the entry moved.
fn is_matched(book: &Book, posted: &PostedEntry) -> bool {
    let moved = posted.entry.lines.iter().filter(|line| is_money(role(book, line.account)));
    let mut banks = moved.filter_map(|line| book.bank_book(line.account));
    posted.entry.event.kind().name != "opening"
        && banks.any(|bank| bank.book_open.get(posted.entry.seq).is_none())
}

fn replies(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    book: &Book,
) -> Result<Response, WebError> {
    let (lang, code) = (visit.lang, book.estate());
    let f = frame(room, visit, officer, &title(About::Reply, lang));
    let said = book.said();
    let answered = |id: &str| match said.replies.get(id) {
        Some(seq) => lang.with("record.answered", &[("seq", seq)]),
        None => String::new(),
    };
    let href = |id: &str| format!("/desk/e/{code}/record/reply?finding={}", encoded(id));
    let questions = said.questions.keys();
    let questions =
        questions.map(|no| (href(no), lang.with("record.question", &[("no", no)]), answered(no)));
    let found = findings(book, f.today);
    let found = found.iter().map(|finding| {
        let id = finding.id();
        (href(&id), lang.pick(&finding.zh, &finding.en).to_owned(), answered(&id))
    });
    let items: Vec<_> = questions.chain(found).collect();
    let note = items.is_empty().then(|| lang.t("findings.none").into_owned());
    page(
        false,
        &OfferPage {
            code: code.to_string(),
            estate: book.profile().name.clone(),
            lead: lang.t("record.which_finding").into_owned(),
            facts: Vec::new(),
            note,
            items,
            f,
        },
    )
}
