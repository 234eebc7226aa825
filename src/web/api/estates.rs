//! Estates: the directory and one of them, with what each fund holds and whose it is.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::query::limit;
use super::wire::{Day, Hash, Yuan, as_of, head};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::findings::findings;
use crate::ledger::id::EstateCode;
use crate::ledger::statements::{gap_of_book, position};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::portal::book;
use crate::web::show;
use crate::web::visit::Visit;

/// What a fund holds, and whose it is.
#[derive(Serialize, JsonSchema)]
pub struct FundState {
    /// `R` shared revenue, `F` maintenance fund.
    fund: &'static str,
    /// In bank accounts.
    bank: Yuan,
    /// With payment platforms.
    clearing: Yuan,
    /// Collected by the operator and not handed in.
    operator_held: Yuan,
    /// Paid and not proven yet.
    unproven: Yuan,
    /// Due from a former operator.
    predecessor_due: Yuan,
    /// Deposits and other people's money in the accounts.
    others: Yuan,
    /// What belongs to the owners: accounts less others' money.
    own: Yuan,
}

/// An estate.
#[derive(Serialize, JsonSchema)]
pub struct Estate {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Its address.
    address: String,
    /// How many households.
    households: u64,
    /// Floor area in m².
    area: String,
    /// First day of its book.
    since: Day,
    /// The company that manages it today.
    #[serde(skip_serializing_if = "Option::is_none")]
    manager: Option<String>,
    /// The last day that its book speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<Day>,
    /// The funds that have moved.
    funds: Vec<FundState>,
    /// What contracts owe up to the last day.
    gap: Yuan,
    /// How many findings there are today.
    findings: usize,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// The directory.
#[derive(Serialize, JsonSchema)]
pub struct Estates {
    /// Estates by code.
    estates: Vec<Estate>,
    /// How many entries the log of all estates has.
    log_size: u64,
}

fn estate(book: &Book, today: frame::Day) -> Estate {
    let profile = book.profile();
    let fund = |fund: Fund| {
        let at = position(book, fund);
        FundState {
            fund: fund.letter(),
            bank: Yuan(at.bank),
            clearing: Yuan(at.clearing),
            operator_held: Yuan(at.operator_held),
            unproven: Yuan(at.unproven),
            predecessor_due: Yuan(at.predecessor_due),
            others: Yuan(at.others),
            own: Yuan(at.own()),
        }
    };
    let moved = |fund: &Fund| book.fund(*fund).last_day.is_some();
    Estate {
        code: book.estate().to_string(),
        name: profile.name.clone(),
        address: profile.address.clone(),
        households: profile.households,
        area: profile.area.to_string(),
        since: Day(profile.since),
        manager: profile.holder_of("manager", today).map(|org| org.name.clone()),
        last_day: book.last_day().map(Day),
        funds: Fund::ALL.into_iter().filter(moved).map(fund).collect(),
        gap: Yuan(gap_of_book(book)),
        findings: findings(book, today).len(),
        as_of_seq: as_of(book),
        head: head(book),
    }
}

/// `GET /api/v1/estates`
pub async fn list(State(room): State<Room>, visit: Visit) -> Result<Response, WebError> {
    let size = room.site.books.log_size().await?;
    let edition = Edition::of_api(&room, &size);
    answer::json(&visit, &edition, async {
        let (limit, search) = (limit(&visit), visit.value("q").unwrap_or_default());
        let after = visit.value("after").and_then(|text| text.parse::<EstateCode>().ok());
        let mut books = room.site.books.directory(search, after, limit + 1).await?;
        let more = books.len() > limit as usize;
        books.truncate(limit as usize);
        let last = books.last().filter(|_| more).map(|book| book.estate().to_string());
        let next = last.map(|code| visit.address(&[("after", &code)]));
        let today = room.site.books.today();
        let estates = books.iter().map(|book| estate(book, today)).collect();
        Ok((Estates { estates, log_size: size }, next))
    })
    .await
}

/// `GET /api/v1/estates/{estate}`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    let today = room.site.books.today();
    answer::json(&visit, &edition, async { Ok((estate(&book, today), None)) }).await
}

/// An account with its balance.
#[derive(Serialize, JsonSchema)]
pub struct AccountState {
    /// `R.1001.01`
    account: String,
    /// Its name, in Chinese.
    name_zh: String,
    /// Its name, in English.
    name_en: String,
    /// Debit less credit.
    balance: Yuan,
}

/// Every account.
#[derive(Serialize, JsonSchema)]
pub struct Balances {
    /// Accounts that ever moved, by code.
    accounts: Vec<AccountState>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

/// `GET /api/v1/estates/{estate}/balances`
pub async fn balances(
    State(room): State<Room>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let edition = Edition::of_api(&room, &book.head().hash);
    let only = visit.value("fund").and_then(|text| text.parse::<Fund>().ok());
    answer::json(&visit, &edition, async {
        let accounts = book.balances().accounts();
        let accounts = accounts.filter(|(code, _)| only.is_none_or(|only| only == code.fund()));
        let accounts = accounts.map(|(code, balance)| AccountState {
            account: code.to_string(),
            name_zh: show::account(&book, code, crate::web::Lang::Zh),
            name_en: show::account(&book, code, crate::web::Lang::En),
            balance: Yuan(balance),
        });
        let accounts = accounts.collect();
        Ok((Balances { accounts, as_of_seq: as_of(&book), head: head(&book) }, None))
    })
    .await
}
