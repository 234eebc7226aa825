//! 记账凭证: one entry as a voucher to print, for each fund that it touches.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::entry::{acts_of, number, stored, what};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::entry::{Entry, SignAct};
use crate::ledger::format::{capitals, grouped};
use crate::ledger::money::Money;
use crate::ledger::vouchers::{Posting, Vouchers};
use crate::web::Room;
use crate::web::answer::{self, Edition};
use crate::web::error::WebError;
use crate::web::frame::{Frame, Here, short};
use crate::web::show;
use crate::web::text::Lang;
use crate::web::visit::Visit;

/// A line of a voucher.
struct Line {
    what: String,
    account: String,
    detail: String,
    debit: String,
    credit: String,
}

/// A voucher: the lines of one fund.
struct Slip {
    fund: String,
    number: String,
    lines: Vec<Line>,
    debit: String,
    credit: String,
    capitals: String,
}

/// Who prepared, reviewed, co-signed, posted: roles, never names.
struct Signs {
    label: String,
    who: Vec<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "voucher.html")]
struct VoucherPage {
    f: Frame,
    seq: u64,
    date: String,
    docs: usize,
    slips: Vec<Slip>,
    signs: Vec<Signs>,
    mark: Option<(String, u64)>,
    hash: String,
}

/// `GET /e/{estate}/entries/{seq}/voucher`
pub async fn show(
    State(room): State<Room>,
    visit: Visit,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let book = super::book(&room, &code).await?;
    let number = number(&code, &seq)?;
    let edition = Edition::of_book(&room, &visit, &book);
    answer::page(&room, &visit, &edition, async {
        let found = stored(&room, &book, &code, number).await?;
        let vouchers = room.site.books.vouchers(&book).await?;
        let (entry, lang) = (&found.posted.entry, visit.lang);
        let only = visit.value("fund").and_then(|text| text.parse::<Fund>().ok());
        let funds = Fund::ALL.into_iter().filter(|fund| only.is_none_or(|only| only == *fund));
        let title = lang.t("voucher.title");
        answer::render(&VoucherPage {
            f: Frame::of(&room, &visit, &book, Here::Lines, &title),
            seq: number,
            date: lang.day(entry.date),
            docs: entry.docs.len(),
            slips: funds.filter_map(|fund| slip(&book, &vouchers, entry, fund, lang)).collect(),
            signs: signs(entry, lang),
            mark: mark(&vouchers, number, lang),
            hash: short(&found.posted.hash.to_string()),
        })
    })
    .await
}

/// The voucher of a fund, where the entry has lines in it.
fn slip(book: &Book, vouchers: &Vouchers, entry: &Entry, fund: Fund, lang: Lang) -> Option<Slip> {
    let number = vouchers.number(fund, entry)?;
    let postings = vouchers.postings(entry);
    let lines: Vec<&Posting<'_>> =
        postings.iter().filter(|posting| posting.line.account.fund() == fund).collect();
    let debit: Money = lines.iter().map(|posting| posting.debit).sum();
    let credit: Money = lines.iter().map(|posting| posting.credit).sum();
    Some(Slip {
        fund: show::fund(fund, lang),
        number: number.to_string(),
        lines: lines.into_iter().map(|posting| line(book, entry, posting, lang)).collect(),
        debit: grouped(debit),
        credit: grouped(credit),
        capitals: capitals(debit),
    })
}

fn line(book: &Book, entry: &Entry, posting: &Posting<'_>, lang: Lang) -> Line {
    let of = posting.line;
    let figure = |amount: Money| {
        if amount.is_zero() { String::new() } else { grouped(amount) }
    };
    let further = [&of.item, &of.contract, &of.part, &of.holder];
    let further: Vec<&str> = further.into_iter().filter_map(|text| text.as_deref()).collect();
    Line {
        what: what(book, entry, lang),
        account: format!("{} {}", of.account, show::account(book, of.account, lang)),
        detail: further.join(" · "),
        debit: figure(posting.debit),
        credit: figure(posting.credit),
    }
}

/// Corrected, or a correction, with the other entry.
fn mark(vouchers: &Vouchers, seq: u64, lang: Lang) -> Option<(String, u64)> {
    if let Some(corrected) = vouchers.corrected(seq) {
        return Some((lang.t("entry.corrects_says").into_owned(), corrected.root));
    }
    let by = vouchers.corrected_by(seq)?;
    Some((lang.word("column", "corrected").into_owned(), by))
}

/// The rows that a voucher has, empty where nobody signed.
fn signs(entry: &Entry, lang: Lang) -> Vec<Signs> {
    let of = |acts: &[&str]| -> Vec<String> {
        let done = acts_of(entry, lang).into_iter().filter(|(act, _, _)| acts.contains(act));
        done.map(|(_, who, at)| format!("{who} {at}")).collect()
    };
    let prepare = [SignAct::Prepare.word()];
    let review = [SignAct::Review.word(), SignAct::Approve.word()];
    let cosign = [SignAct::Cosign.word(), SignAct::Confirm.word()];
    [
        ("voucher.prepared", &prepare[..]),
        ("voucher.reviewed", &review[..]),
        ("voucher.cosigned", &cosign[..]),
        ("voucher.posted", &["post"][..]),
    ]
    .map(|(key, acts)| Signs { label: lang.t(key).into_owned(), who: of(acts) })
    .into()
}
