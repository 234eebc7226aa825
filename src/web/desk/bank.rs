//! Reconciling at the desk: each bank's and platform's account with what is open on both sides,
//! what is proposed, and what a person ticks. What is ticked goes to a check (`bank_check.rs`)
//! and only then into the book.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::bank_check::{self, sentence};
use super::bank_lines::{Line, Maker, Set};
use super::form::{Fields, Wrong};
use super::guard::Officer;
use super::{actor, book_of, done, frame, page, refused, see_other};
use crate::ledger::account::AccountCode;
use crate::ledger::book::{BankBook, Book};
use crate::ledger::format::grouped;
use crate::ledger::matching::{OfBook, proposals};
use crate::ledger::money::Money;
use crate::ledger::typed;
use crate::services::people::Permission;
use crate::services::reconciling::{Named, PREFIX, ReconcileError, judged, open, post_match};
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::frame::Frame;
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// The form of the page.
pub const FORM: &str = "bank";

/// An account in the list.
struct Account {
    href: String,
    code: String,
    name: String,
    stated: Option<(String, String)>,
    bank: (usize, String),
    book: (usize, String),
}

/// The accounts.
#[derive(Template)]
#[template(path = "desk_bank.html")]
struct ListPage {
    f: Frame,
    code: String,
    name: String,
    accounts: Vec<Account>,
}

/// One account.
#[derive(Template)]
#[template(path = "desk_bank_account.html")]
struct AccountPage {
    f: Frame,
    code: String,
    base: String,
    token: String,
    done: Option<String>,
    wrongs: Vec<Wrong>,
    account: Account,
    sets: Vec<Set>,
    bank: Vec<Line>,
    book: Vec<Line>,
    older: Option<String>,
}

/// Accounts that a bank or a platform keeps: those of the profile and those that were used.
pub fn accounts(book: &Book) -> Vec<AccountCode> {
    let of_profile = book.profile().banks.keys().copied();
    let used = book.balances().accounts().map(|(code, _)| code);
    let mut all: Vec<AccountCode> =
        of_profile.chain(used).filter(|code| book.is_reconciled(*code)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The account that a path names.
pub fn account_of(book: &Book, text: &str) -> Result<AccountCode, WebError> {
    let code = text.parse().map_err(|_| WebError::NoPage)?;
    if book.is_reconciled(code) { Ok(code) } else { Err(WebError::NoPage) }
}

/// Where an account's page is.
pub fn href(book: &Book, account: AccountCode) -> String {
    format!("/desk/e/{}/bank/{account}", book.estate())
}

impl Account {
    fn of(book: &Book, code: AccountCode, lang: Lang) -> Self {
        let none = BankBook::default();
        let bank = book.bank_book(code).unwrap_or(&none);
        let of_bank: Money = bank.bank_open.values().map(|item| item.amount).sum();
        let of_book: Money = bank.book_open.iter().map(|(_, item)| item.amount).sum();
        Self {
            href: href(book, code),
            code: code.to_string(),
            name: show::account(book, code, lang),
            stated: bank.last().map(|last| (lang.day(last.to), grouped(last.closing))),
            bank: (bank.bank_open.len(), grouped(of_bank)),
            book: (bank.book_open.len(), grouped(of_book)),
        }
    }
}

/// `GET /desk/e/{estate}/bank`
pub async fn list(
    State(room): State<Room>,
    Path(code): Path<String>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let (book, lang) = (book_of(&room, &code).await?, visit.lang);
    let accounts = accounts(&book).into_iter().map(|code| Account::of(&book, code, lang));
    let shown = ListPage {
        f: frame(&room, &visit, &officer, &lang.t("bank.title")),
        code: book.estate().to_string(),
        name: book.profile().name.clone(),
        accounts: accounts.collect(),
    };
    page(false, &shown)
}

/// What was ticked: groups that were proposed, and lines of an own one.
#[derive(Default)]
struct Ticked {
    proposed: Vec<Named>,
    own: Named,
}

impl Ticked {
    fn of(fields: &Fields) -> Self {
        let read = |text| serde_json::from_str::<Named>(text).ok();
        Self {
            proposed: fields.values("proposal").filter_map(read).collect(),
            own: Named {
                bank: fields.values("bank").map(str::to_owned).collect(),
                book: fields.values("book").filter_map(|text| text.parse().ok()).collect(),
            },
        }
    }

    fn groups(&self) -> Vec<Named> {
        let own = Some(&self.own).filter(|own| **own != Named::default());
        self.proposed.iter().chain(own).cloned().collect()
    }
}

/// `GET /desk/e/{estate}/bank/{account}`
pub async fn show(
    State(room): State<Room>,
    Path((code, account)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let account = account_of(&book, &account)?;
    let asked = Asked { room: &room, visit: &visit, officer: &officer, book: &book, account };
    asked.page(None, Vec::new()).await
}

/// Who asks, of which account.
pub(super) struct Asked<'a> {
    pub room: &'a Room,
    pub visit: &'a Visit,
    pub officer: &'a Officer,
    pub book: &'a Book,
    pub account: AccountCode,
}

impl Asked<'_> {
    /// The lines of a page are made so.
    pub fn maker<'m>(&'m self, record: Option<&'m str>) -> Maker<'m> {
        let (lang, today) = (self.visit.lang, self.room.site.books.today());
        Maker { book: self.book, lang, today, record }
    }

    /// The page; with what was ticked, where there is something to mend.
    async fn page(&self, ticked: Option<Ticked>, wrongs: Vec<Wrong>) -> Result<Response, WebError> {
        let (room, visit, lang) = (self.room, self.visit, self.visit.lang);
        let (books, estate) = (&room.site.books, self.book.estate());
        let until = visit.value("until").and_then(typed::day);
        let open = open(books, &room.site.imports, (self.book, self.account), until).await;
        let open = open.map_err(failed)?;
        let of_book: Vec<OfBook> = open.book.iter().map(|line| line.of.clone()).collect();
        let found = proposals(&open.bank, &of_book);
        let may_draft = self.officer.rights().may(Permission::Draft, Some(estate));
        let account = self.account.to_string();
        let maker = self.maker(may_draft.then_some(account.as_str()));
        let (mut sets, [mut bank, mut book]) = (maker.sets(&open, &found), maker.sides(&open));
        if let Some(ticked) = &ticked {
            let proposed = |value: &str| {
                serde_json::from_str(value).is_ok_and(|named| ticked.proposed.contains(&named))
            };
            for offer in sets.iter_mut().flat_map(|set| &mut set.offers) {
                offer.is_ticked = proposed(&offer.value);
            }
            for line in &mut bank {
                line.is_ticked = ticked.own.bank.contains(&line.value);
            }
            let own =
                |line: &Line| line.value.parse().is_ok_and(|no| ticked.own.book.contains(&no));
            for line in &mut book {
                line.is_ticked = own(line);
            }
        }
        let base = href(self.book, self.account);
        let shown = AccountPage {
            f: frame(room, visit, self.officer, &show::account(self.book, self.account, lang)),
            code: estate.to_string(),
            token: self.officer.form_token(),
            done: done(visit, &[("matched", "bank.done_matched"), ("undone", "bank.done_undone")])
                .filter(|_| wrongs.is_empty()),
            account: Account::of(self.book, self.account, lang),
            older: open.older.map(|day| format!("{base}?until={day}")),
            base,
            wrongs,
            sets,
            bank,
            book,
        };
        page(!shown.wrongs.is_empty(), &shown)
    }

    fn faults(&self, error: ReconcileError) -> Result<Vec<Wrong>, WebError> {
        let wrong = |sentence: String| Wrong { form: FORM, field: None, sentence };
        match error {
            ReconcileError::Faults(faults) => {
                Ok(faults.iter().map(|fault| wrong(sentence(fault, self.visit.lang))).collect())
            }
            ReconcileError::Post(error) => match refused::sentence(&error, self.visit.lang) {
                Some(sentence) => Ok(vec![wrong(sentence)]),
                None => Err(failed(ReconcileError::Post(error))),
            },
            other => Err(failed(other)),
        }
    }
}

/// What isn't the reader's to mend.
pub(super) fn failed(error: ReconcileError) -> WebError {
    match error {
        ReconcileError::Books(error) => error.into(),
        ReconcileError::Imports(error) => error.into(),
        ReconcileError::Post(error) => crate::services::drafts::DraftError::Post(error).into(),
        ReconcileError::Key(_) | ReconcileError::Format(_) => WebError::Foreign,
        _ => WebError::NoPage,
    }
}

/// `POST /desk/e/{estate}/bank/{account}/check`: shows what would be matched; posts nothing.
pub async fn check(
    State(room): State<Room>,
    Path((code, account)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let account = account_of(&book, &account)?;
    let asked = Asked { room: &room, visit: &visit, officer: &officer, book: &book, account };
    let ticked = Ticked::of(&fields);
    let none = BankBook::default();
    match judged(book.bank_book(account).unwrap_or(&none), &ticked.groups()) {
        Ok(groups) => {
            let key = room.site.people.fresh_id(PREFIX);
            let key = key.map_err(|error| WebError::People(error.into()))?;
            bank_check::show(&asked, &groups, key).await
        }
        Err(faults) => {
            let wrongs = asked.faults(ReconcileError::Faults(faults))?;
            asked.page(Some(ticked), wrongs).await
        }
    }
}

/// `POST /desk/e/{estate}/bank/{account}/match`
pub async fn confirm(
    State(room): State<Room>,
    Path((code, account)): Path<(String, String)>,
    visit: Visit,
    officer: Officer,
    fields: Fields,
) -> Result<Response, WebError> {
    let book = book_of(&room, &code).await?;
    let account = account_of(&book, &account)?;
    let by = actor(&officer, Permission::Reconcile, book.estate())?;
    let read = |text| serde_json::from_str::<Named>(text).ok();
    let groups: Vec<Named> = fields.values("group").filter_map(read).collect();
    let key = fields.value("key");
    match post_match(&room.site.books, (&book, account), &groups, (key, &by)).await {
        Ok(seq) => Ok(see_other(&format!("{}?done=matched&seq={seq}", href(&book, account)))),
        Err(error) => {
            let asked =
                Asked { room: &room, visit: &visit, officer: &officer, book: &book, account };
            let wrongs = asked.faults(error)?;
            asked.page(None, wrongs).await
        }
    }
}
