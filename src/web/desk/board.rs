//! What waits for somebody: drafts of their own, returned ones, those to post, findings that
//! ask for an answer, statements and notices.

use super::guard::Officer;
use super::{bank, drafts, record};
use crate::ledger::book::Book;
use crate::ledger::findings::{Grade, findings};
use crate::ledger::format::grouped;
use crate::ledger::publications::{Standing, calendar};
use crate::ledger::typed;
use crate::services::drafts::{Drafts, Kept, State};
use crate::services::people::Permission;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Day;
use crate::web::show;
use crate::web::text::Lang;

/// A draft in a list.
pub struct DraftItem {
    /// Its page.
    pub href: String,
    /// What it is about.
    pub what: String,
    /// The amount, where it can be read.
    pub amount: String,
    /// Who prepared it, and when it last changed.
    pub who: String,
    /// When it last changed.
    pub at: String,
}

/// Things of one sort that wait.
pub struct Task {
    /// What is to do.
    pub title: String,
    /// Each of them: page, words, what else is said.
    pub items: Vec<(String, String, String)>,
}

/// A draft as a row.
pub async fn item(room: &Room, book: &Book, kept: &Kept, lang: Lang) -> DraftItem {
    let said = ["payer", "payee", "channel"].map(|field| kept.typed.value(field));
    let contract = book.contracts().contracts.get(kept.typed.value("contract"));
    let mut words = vec![record::title(kept.form, lang)];
    words.extend(contract.map(|contract| contract.site.clone()));
    words.extend(said.into_iter().find(|text| !text.is_empty()).map(str::to_owned));
    let mut whole = ["total", "amount"].into_iter().map(|field| kept.typed.value(field));
    let amount = whole.find_map(typed::amount);
    DraftItem {
        href: drafts::href(kept),
        what: words.join(" · "),
        amount: amount.map(|amount| format!("¥{}", grouped(amount))).unwrap_or_default(),
        who: drafts::name(room, kept.prepared_by()).await,
        at: kept.changed_at().local(),
    }
}

/// What waits for an officer at an estate's desk.
pub async fn tasks(
    room: &Room,
    officer: &Officer,
    book: &Book,
    lang: Lang,
) -> Result<Vec<Task>, WebError> {
    let estate = book.estate();
    let may = |permission| officer.rights().may(permission, Some(estate));
    let mut tasks = Vec::new();
    if may(Permission::Draft) {
        let of = async |state| Drafts::of(&room.site.books).in_state(estate, state).await;
        let mut add = async |key: &str, kept: Vec<Kept>| {
            let mut items = Vec::new();
            for one in &kept {
                let item = item(room, book, one, lang).await;
                let sub = [item.amount, item.who].into_iter().filter(|text| !text.is_empty());
                items.push((item.href, item.what, sub.collect::<Vec<_>>().join(" · ")));
            }
            if !items.is_empty() {
                tasks.push(Task { title: lang.t(key).into_owned(), items });
            }
        };
        let own = |kept: &Kept| kept.is_of(officer.id());
        let (mine, others): (Vec<_>, Vec<_>) =
            of(State::Prepared).await?.into_iter().partition(own);
        add("board.returned", of(State::Returned).await?.into_iter().filter(own).collect()).await;
        add("board.open", of(State::Open).await?.into_iter().filter(own).collect()).await;
        if may(Permission::Post) {
            add("board.to_post", others).await;
            let unsettled = of(State::Posting).await?;
            add("board.unsettled", unsettled.into_iter().filter(|kept| !own(kept)).collect()).await;
        }
        add("board.waiting", mine).await;
    }
    if may(Permission::Reconcile) {
        tasks.extend(of_bank(book, lang));
    }
    if may(Permission::Draft) || may(Permission::Reconcile) {
        tasks.extend(of_book(book, room.site.books.today(), may(Permission::Draft), lang));
    }
    Ok(tasks)
}

/// Accounts with lines of the bank that nothing in the book is matched to.
fn of_bank(book: &Book, lang: Lang) -> Option<Task> {
    let open = bank::accounts(book).into_iter().filter_map(|code| {
        let open = &book.bank_book(code)?.bank_open;
        let sum = open.values().map(|item| item.amount).sum();
        let said = lang.with("board.bank_n", &[("n", open.len())]);
        let more = format!("{} · ¥{}", show::account(book, code, lang), grouped(sum));
        (!open.is_empty()).then(|| (bank::href(book, code), said, more))
    });
    let items: Vec<_> = open.collect();
    (!items.is_empty()).then(|| Task { title: lang.t("board.bank").into_owned(), items })
}

/// What the book itself asks for.
fn of_book(book: &Book, today: Day, may_draft: bool, lang: Lang) -> Vec<Task> {
    let code = book.estate();
    // Who may draft is led to the form, others to what owners see.
    let leads = |form: String, page: &str| {
        if may_draft {
            format!("/desk/e/{code}/record/{form}")
        } else {
            format!("/e/{code}/{page}")
        }
    };
    let found = findings(book, today);
    let mut tasks = Vec::new();
    let missing = found.iter().filter(|finding| finding.code == "statement_missing");
    let missing: Vec<_> = missing
        .map(|finding| {
            let said = lang.pick(&finding.zh, &finding.en).to_owned();
            (format!("/e/{code}/findings"), said, String::new())
        })
        .collect();
    if !missing.is_empty() {
        tasks.push(Task { title: lang.t("board.statements").into_owned(), items: missing });
    }
    let asks = found.iter().filter(|finding| finding.grade != Grade::Hint).count();
    if asks > 0 {
        let said = lang.with("board.findings_n", &[("n", asks)]);
        let items = vec![(leads("reply".to_owned(), "findings"), said, String::new())];
        tasks.push(Task { title: lang.t("board.findings").into_owned(), items });
    }
    // A notice that was put up is in time for this list, whenever it was.
    let calendar = calendar(book, today, &|_| Some(today));
    let open = calendar
        .iter()
        .rev()
        .filter(|one| matches!(one.standing, Standing::Missing | Standing::Waiting));
    let items: Vec<_> = open
        .take(1)
        .map(|one| {
            let period = show::period(one.period, lang);
            let due = lang.with("board.notice_due", &[("day", lang.day(one.due))]);
            (leads(format!("publication?notice={}", one.period), "notices"), period, due)
        })
        .collect();
    if !items.is_empty() {
        tasks.push(Task { title: lang.t("board.notice").into_owned(), items });
    }
    tasks
}
