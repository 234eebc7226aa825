//! What is open before a period is closed, each with its figure and where to look.

use crate::ledger::book::Book;
use crate::ledger::findings::findings;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::statements::gap_of_book;
use crate::services::drafts::{Drafts, State};
use crate::services::recording::awaiting;
use crate::web::Room;
use crate::web::error::WebError;
use crate::web::show;
use crate::web::text::Lang;

/// Something that is open.
pub struct OpenItem {
    /// What.
    pub what: String,
    /// How much or how many.
    pub figure: String,
    /// Where to look.
    pub href: String,
}

/// What is open now: lines that only the bank or only the book has, drafts that wait, statements
/// that are missing, payments without papers, what contracts lack.
pub async fn open_items(room: &Room, book: &Book, lang: Lang) -> Result<Vec<OpenItem>, WebError> {
    let code = book.estate();
    let mut open = Vec::new();
    let mut tell = |what: String, figure: String, href: String| {
        open.push(OpenItem { what, figure, href });
    };
    let drafts = Drafts::of(&room.site.books);
    let mut waiting = 0;
    for state in [State::Open, State::Prepared, State::Posting, State::Returned] {
        waiting += drafts.in_state(code, state).await?.len();
    }
    if waiting > 0 {
        let figure = lang.with("open.count", &[("n", waiting)]);
        tell(lang.t("open.drafts").into_owned(), figure, format!("/desk/e/{code}/drafts"));
    }
    for account in book.profile().banks.keys() {
        let Some(bank) = book.bank_book(*account) else { continue };
        let name = show::account(book, *account, lang);
        let of_bank: Vec<Money> = bank.bank_open.values().map(|item| item.amount.abs()).collect();
        let of_book: Vec<Money> =
            bank.book_open.iter().map(|(_, item)| item.amount.abs()).collect();
        for (key, amounts) in [("open.of_bank", of_bank), ("open.of_book", of_book)] {
            if amounts.is_empty() {
                continue;
            }
            let n = amounts.len();
            let sum = grouped(amounts.into_iter().sum());
            let what = lang.with(key, &[("account", &name)]);
            let facts = [("n", n.to_string()), ("sum", sum)];
            tell(what, lang.with("open.count_sum", &facts), format!("/e/{code}/findings"));
        }
    }
    let found = findings(book, room.site.books.today());
    for finding in found.iter().filter(|finding| finding.code == "statement_missing") {
        let said = lang.pick(&finding.zh, &finding.en).to_owned();
        tell(said, String::new(), format!("/e/{code}/findings"));
    }
    let claims: Vec<Money> = awaiting(book).map(|(_, open)| open).collect();
    if !claims.is_empty() {
        let facts = [("n", claims.len().to_string()), ("sum", grouped(claims.into_iter().sum()))];
        let figure = lang.with("open.count_sum", &facts);
        tell(lang.t("open.claims").into_owned(), figure, format!("/desk/e/{code}/record/accept"));
    }
    let gap = gap_of_book(book);
    if gap.is_positive() {
        let href = format!("/e/{code}/contracts");
        tell(lang.t("open.gap").into_owned(), grouped(gap), href);
    }
    Ok(open)
}
