//! 记账凭证: an entry as a voucher of each fund that it touches.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::wire::{Day, Hash, Yuan, as_of, head};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::entry::Entry;
use crate::ledger::format::capitals;
use crate::ledger::money::Money;
use crate::ledger::vouchers::{Posting, Vouchers};
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::portal::book;
use crate::web::portal::entry::{number, stored};
use crate::web::visit::Visit;
use crate::web::{Lang, Room, show};

/// A line; what a correction takes back is negative on the side where it stood.
#[derive(Serialize, JsonSchema)]
pub struct PostingView {
    /// The account.
    account: String,
    /// Its name, in Chinese.
    name_zh: String,
    /// Its name, in English.
    name_en: String,
    /// 借.
    debit: Yuan,
    /// 贷.
    credit: Yuan,
}

/// The voucher of a fund.
#[derive(Serialize, JsonSchema)]
pub struct Slip {
    /// The fund.
    fund: &'static str,
    /// `记-202503-0007`
    number: String,
    /// Its lines.
    lines: Vec<PostingView>,
    /// Sum of the debits.
    debit: Yuan,
    /// Sum of the credits.
    credit: Yuan,
    /// The sum in capitals.
    capitals: String,
}

/// Who did something to it: organisation and role.
#[derive(Serialize, JsonSchema)]
pub struct ActView {
    /// `prepare`, `review`, `approve`, `cosign`, `confirm` or `post`.
    act: &'static str,
    /// The organisation.
    org: String,
    /// The role.
    role: String,
    /// When.
    at: String,
}

/// An entry as vouchers.
#[derive(Serialize, JsonSchema)]
pub struct VoucherView {
    /// The entry.
    seq: u64,
    /// Its accounting date.
    date: Day,
    /// Its hash.
    hash: Hash,
    /// How many papers it names.
    documents: usize,
    /// A voucher a fund.
    slips: Vec<Slip>,
    /// Who signed, in order; who posted last.
    acts: Vec<ActView>,
    /// The correction that took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected_by: Option<u64>,
    /// The entry that it corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<u64>,
    /// Number of the newest entry.
    as_of_seq: u64,
    /// Its hash.
    head: Hash,
}

fn slip(book: &Book, vouchers: &Vouchers, entry: &Entry, fund: Fund) -> Option<Slip> {
    let number = vouchers.number(fund, entry)?;
    let postings = vouchers.postings(entry);
    let lines: Vec<&Posting<'_>> =
        postings.iter().filter(|posting| posting.line.account.fund() == fund).collect();
    let debit: Money = lines.iter().map(|posting| posting.debit).sum();
    let credit: Money = lines.iter().map(|posting| posting.credit).sum();
    let name = |code: AccountCode, lang| show::account(book, code, lang);
    let line = |posting: &&Posting<'_>| PostingView {
        account: posting.line.account.to_string(),
        name_zh: name(posting.line.account, Lang::Zh),
        name_en: name(posting.line.account, Lang::En),
        debit: Yuan(posting.debit),
        credit: Yuan(posting.credit),
    };
    Some(Slip {
        fund: fund.letter(),
        number: number.to_string(),
        lines: lines.iter().map(line).collect(),
        debit: Yuan(debit),
        credit: Yuan(credit),
        capitals: capitals(debit),
    })
}

fn acts(entry: &Entry) -> Vec<ActView> {
    let act = |act, by: &crate::ledger::entry::Actor, at: String| ActView {
        act,
        org: by.org.clone(),
        role: by.role.clone(),
        at,
    };
    let signs = entry.signs.iter();
    let signs = signs.map(|sign| act(sign.act.word(), &sign.by, sign.at.to_string()));
    signs.chain([act("post", &entry.by, entry.time.to_string())]).collect()
}

/// `GET /api/v1/estates/{estate}/entries/{seq}/voucher`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = book(&room, &code).await?;
    let found = stored(&room, &book, &code, number(&code, &seq)?).await?;
    let only = visit.value("fund").and_then(|text| text.parse::<Fund>().ok());
    let edition = Edition::of_api(&room, &book.head().hash);
    answer::json(&visit, &edition, async {
        let vouchers = room.site.books.vouchers(&book).await?;
        let entry = &found.posted.entry;
        let funds = Fund::ALL.into_iter().filter(|fund| only.is_none_or(|only| only == *fund));
        let told = VoucherView {
            seq: entry.seq,
            date: Day(entry.date),
            hash: Hash(found.posted.hash),
            documents: entry.docs.len(),
            slips: funds.filter_map(|fund| slip(&book, &vouchers, entry, fund)).collect(),
            acts: acts(entry),
            corrected_by: vouchers.corrected_by(entry.seq),
            corrects: vouchers.corrected(entry.seq).map(|corrected| corrected.root),
            as_of_seq: as_of(&book),
            head: head(&book),
        };
        Ok((told, None))
    })
    .await
}
