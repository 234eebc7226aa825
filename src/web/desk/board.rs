//! What waits for somebody: drafts of their own, returned ones, those to co-sign and to post,
//! findings that ask for an answer, statements and notices.

use super::guard::Officer;
use super::{bank, drafts, record};
use crate::ledger::book::Book;
use crate::ledger::findings::{Grade, findings};
use crate::ledger::format::grouped;
use crate::ledger::publications::{Standing, calendar};
use crate::ledger::typed;
use crate::services::drafts::{Drafts, Kept, State, watches};
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
    let drafts = Drafts::of(&room.site.books);
    if may(Permission::Draft) || may(Permission::Cosign) {
        let handed_over = drafts.handed_over(estate).await?;
        let waiting = Waiting { room, officer, book, lang, handed_over };
        waiting.to_cosign(&mut tasks).await;
        if may(Permission::Draft) {
            waiting.to_record(&mut tasks).await?;
        }
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

/// Drafts that wait for whoever asks.
struct Waiting<'a> {
    room: &'a Room,
    officer: &'a Officer,
    book: &'a Book,
    lang: Lang,
    /// Those that were handed over, each with whether a co-signature is missing.
    handed_over: Vec<(Kept, bool)>,
}

impl Waiting<'_> {
    fn is_own(&self, kept: &Kept) -> bool {
        kept.is_of(self.officer.id())
    }

    /// What waits for a signature of somebody who signs for the owners.
    async fn to_cosign(&self, tasks: &mut Vec<Task>) {
        let signed = self.officer.signed().actor(Permission::Cosign, self.book.estate());
        let today = self.room.site.books.today();
        if signed.is_none_or(|by| !watches(self.book, today, &by.role)) {
            return;
        }
        let wanted = self.handed_over.iter().filter(|(kept, lacks)| *lacks && !self.is_own(kept));
        self.add(tasks, "board.to_cosign", wanted.map(|(kept, _)| kept)).await;
    }

    /// What waits for whoever records and reviews.
    async fn to_record(&self, tasks: &mut Vec<Task>) -> Result<(), WebError> {
        let estate = self.book.estate();
        let drafts = Drafts::of(&self.room.site.books);
        let of = async |state| drafts.in_state(estate, state).await;
        let own = |kept: &&Kept| self.is_own(kept);
        let (returned, open) = (of(State::Returned).await?, of(State::Open).await?);
        self.add(tasks, "board.returned", returned.iter().filter(own)).await;
        self.add(tasks, "board.open", open.iter().filter(own)).await;
        if self.officer.rights().may(Permission::Post, Some(estate)) {
            let others = |lacking: bool| {
                let here = self.handed_over.iter().filter(move |(_, lacks)| *lacks == lacking);
                here.map(|(kept, _)| kept).filter(|kept| !self.is_own(kept))
            };
            self.add(tasks, "board.to_post", others(false)).await;
            self.add(tasks, "board.lacks_cosign", others(true)).await;
            let unsettled = of(State::Posting).await?;
            let mine = |kept: &&Kept| !self.is_own(kept) || kept.is_taken_alone();
            self.add(tasks, "board.unsettled", unsettled.iter().filter(mine)).await;
        }
        let mine = self.handed_over.iter().map(|(kept, _)| kept).filter(own);
        self.add(tasks, "board.waiting", mine).await;
        Ok(())
    }

    /// A task of drafts, where there are any.
    async fn add(&self, tasks: &mut Vec<Task>, key: &str, kept: impl Iterator<Item = &Kept>) {
        let mut items = Vec::new();
        for one in kept {
            let item = item(self.room, self.book, one, self.lang).await;
            let sub = [item.amount, item.who].into_iter().filter(|text| !text.is_empty());
            items.push((item.href, item.what, sub.collect::<Vec<_>>().join(" · ")));
        }
        if !items.is_empty() {
            tasks.push(Task { title: self.lang.t(key).into_owned(), items });
        }
    }
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
