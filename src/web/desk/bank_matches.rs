//! What was matched lately, and taking groups apart with a reason.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::bank::{account_of, failed, href};
use super::drafts::name;
use super::form::{Fields, Wrong};
use super::guard::Officer;
use super::{actor, book_of, frame, page, refused, see_other};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{Book, OpenItem};
use crate::ledger::format::grouped;
use crate::services::people::Permission;
use crate::services::reconciling::{
    Matched, MatchedGroup, PREFIX, ReconcileError, Undo, recent, undo as undo_match,
};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// The form of a match.
const FORM: &str = "undo";

/// A group.
struct Group {
    no: u64,
    bank: Vec<String>,
    book: Vec<(String, String)>,
    sum: String,
    is_undone: bool,
    is_ticked: bool,
}

/// A match with the form that takes its groups apart.
struct Match {
    seq: u64,
    href: String,
    by: String,
    at: String,
    groups: Vec<Group>,
    can_undo: bool,
    key: String,
    reason: String,
    fault: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "desk_bank_matches.html")]
struct MatchesPage {
    f: Frame,
    code: String,
    base: String,
    token: String,
    account: String,
    wrong: Option<Wrong>,
    matches: Vec<Match>,
    older: Option<String>,
}

/// What was sent that can't be done.
struct Sent<'a> {
    seq: u64,
    groups: &'a [u64],
    reason: &'a str,
    wrong: Wrong,
}

/// `GET /desk/e/{estate}/bank/{account}/matches`
pub async fn list(
    State(room): State<Room>,
    Path((code, account)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let account = account_of(&book, &account)?;
    listed(&room, &visit, &officer, (&book, account), None).await
}

async fn listed(
    room: &Room,
    visit: &Visit,
    officer: &Officer,
    (book, account): (&Book, AccountCode),
    sent: Option<Sent<'_>>,
) -> Result<Response, WebError> {
    let before = match &sent {
        // The page begins with the match that something is wrong with.
        Some(sent) => Some(sent.seq + 1),
        None => visit.value("before").and_then(|text| text.parse().ok()),
    };
    let (found, older) = recent(&room.site.books, (book, account), before).await?;
    let mut matches = Vec::with_capacity(found.len());
    for one in &found {
        let shown = of_match(room, book, one, sent.as_ref(), visit.lang).await?;
        matches.push(shown);
    }
    let base = href(book, account);
    let shown = MatchesPage {
        f: frame(room, visit, officer, &visit.lang.t("bank.matches")),
        code: book.estate().to_string(),
        token: officer.form_token(),
        account: show::account(book, account, visit.lang),
        older: older.map(|seq| format!("{base}/matches?before={seq}")),
        wrong: sent.map(|sent| sent.wrong),
        base,
        matches,
    };
    page(shown.wrong.is_some(), &shown)
}

async fn of_match(
    room: &Room,
    book: &Book,
    matched: &Matched,
    sent: Option<&Sent<'_>>,
    lang: Lang,
) -> Result<Match, WebError> {
    let entry = &matched.stored.posted.entry;
    let sent = sent.filter(|sent| sent.seq == entry.seq);
    let group = |of: &MatchedGroup| of_group(book, of, sent, lang);
    let key = room.site.people.fresh_id(PREFIX);
    Ok(Match {
        seq: entry.seq,
        href: format!("/e/{}/entries/{}", book.estate(), entry.seq),
        by: name(room, &entry.by.user).await,
        at: entry.time.local(),
        groups: matched.groups.iter().map(group).collect(),
        can_undo: matched.groups.iter().any(|group| !group.is_undone),
        key: key.map_err(|error| WebError::People(error.into()))?,
        reason: sent.map(|sent| sent.reason.to_owned()).unwrap_or_default(),
        fault: sent.map(|sent| sent.wrong.sentence.clone()),
    })
}

fn of_group(book: &Book, of: &MatchedGroup, sent: Option<&Sent<'_>>, lang: Lang) -> Group {
    let said = |item: &OpenItem| format!("{} {}", item.day, grouped(item.amount));
    let bank = of.bank.iter().map(|(serial, item)| format!("{serial} · {}", said(item)));
    let entry = |(seq, item): &(u64, OpenItem)| {
        let words = lang.with("entry.number", &[("seq", seq)]);
        let href = format!("/e/{}/entries/{seq}", book.estate());
        (href, format!("{words} · {}", said(item)))
    };
    Group {
        no: of.no,
        bank: bank.collect(),
        book: of.book.iter().map(entry).collect(),
        sum: grouped(of.bank.iter().map(|(_, item)| item.amount).sum()),
        is_undone: of.is_undone,
        is_ticked: sent.is_some_and(|sent| sent.groups.contains(&of.no)),
    }
}

/// `POST /desk/e/{estate}/bank/{account}/unmatch`
pub async fn undo(
    State(room): State<Room>,
    Path((code, account)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let account = account_of(&book, &account)?;
    let by = actor(&officer, Permission::Reconcile, book.estate())?;
    let groups = fields.values("group").filter_map(|text| text.parse().ok());
    let (groups, reason): (Vec<u64>, &str) = (groups.collect(), fields.value("reason"));
    let seq = fields.value("seq").parse().ok();
    let named = seq.map(|seq| Undo { seq, groups: &groups, reason, key: fields.value("key") });
    let undone = match named {
        Some(named) => undo_match(&room.site.books, (&book, account), named, &by).await,
        None => Err(ReconcileError::NoMatch),
    };
    let sentence = match undone {
        Ok(seq) => {
            return Ok(see_other(&format!("{}?done=undone&seq={seq}", href(&book, account))));
        }
        Err(ReconcileError::Reason) => visit.lang.t("bank.fault_reason").into_owned(),
        Err(ReconcileError::Faults(_)) => visit.lang.t("bank.fault_no_group").into_owned(),
        Err(ReconcileError::NoMatch) => visit.lang.t("bank.fault_no_match").into_owned(),
        Err(ReconcileError::Post(error)) => match refused::sentence(&error, visit.lang) {
            Some(sentence) => sentence,
            None => return Err(failed(ReconcileError::Post(error))),
        },
        Err(other) => return Err(failed(other)),
    };
    let seq = seq.unwrap_or(u64::MAX - 1);
    let wrong = Wrong { form: FORM, field: None, sentence };
    let sent = Sent { seq, groups: &groups, reason, wrong };
    listed(&room, &visit, &officer, (&book, account), Some(sent)).await
}
