//! Vouchers as other bookkeeping programs import them: of one fund, by months, as posted, what a
//! correction takes back as red figures. [`super::ufida`] and [`super::kingdee`] write them.

use chrono::NaiveDate;

use super::words::Words;
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::entry::PostedEntry;
use crate::ledger::listing::Filter;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::vouchers::Vouchers;

/// The word of every voucher (凭证字): there is one sort of them.
pub const WORD: &str = "记";

/// One line of a voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherLine {
    /// The voucher's date.
    pub date: NaiveDate,
    /// Its number in the month.
    pub no: usize,
    /// How many papers it has.
    pub papers: usize,
    /// What it is about: the memo, else the kind's name.
    pub text: String,
    /// The account's code as digits, 4-2-2.
    pub code: String,
    /// The account's name.
    pub name: String,
    /// Debit; negative where it is taken back, zero where there is none.
    pub debit: Money,
    /// Credit, likewise.
    pub credit: Money,
}

/// A walk over the entries that gives the vouchers of a fund.
#[derive(Debug, Default)]
pub struct VoucherRows {
    vouchers: Vouchers,
}

/// The fund of a file: that of the filter, else the shared revenue. The codes of both funds are
/// the same digits, so they can't stand in one file.
pub fn fund(filter: &Filter) -> Fund {
    filter.fund.unwrap_or(Fund::R)
}

impl VoucherRows {
    /// The lines of an entry's voucher; none where it has none in the fund or the months.
    pub fn of(
        &mut self,
        words: Words,
        filter: &Filter,
        book: &Book,
        posted: &PostedEntry,
    ) -> Vec<VoucherLine> {
        self.vouchers.add(book, posted);
        let (fund, entry) = (fund(filter), &posted.entry);
        let month = Month::of(entry.date);
        let is_asked =
            filter.from.is_none_or(|from| from <= month) && filter.to.is_none_or(|to| month <= to);
        let Some(voucher) = self.vouchers.number(fund, entry).filter(|_| is_asked) else {
            return Vec::new();
        };
        let kind = || words.kind(entry.event.kind()).to_owned();
        let text = entry.memo.clone().unwrap_or_else(kind);
        let postings = self.vouchers.postings(entry).into_iter();
        let postings = postings.filter(|posting| posting.line.account.fund() == fund);
        postings
            .map(|posting| VoucherLine {
                date: entry.date,
                no: voucher.no,
                papers: entry.docs.len(),
                text: text.clone(),
                code: digits(posting.line.account),
                name: words.account(book, posting.line.account),
                debit: posting.debit,
                credit: posting.credit,
            })
            .collect()
    }
}

/// `R.5501.02` → `550102`.
fn digits(account: AccountCode) -> String {
    account.as_str().chars().filter(char::is_ascii_digit).collect()
}
