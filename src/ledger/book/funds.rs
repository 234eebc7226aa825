//! Balances, month sums and others' money, by fund.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::entry::{Line, Side};
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::serial;

/// Both funds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balances {
    r: FundBook,
    f: FundBook,
}

/// One fund: what stands on each account now, and what moved in each month.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundBook {
    /// The watermark: dates up to it are closed (I8).
    #[serde(with = "serial::day")]
    pub closed_to: NaiveDate,
    /// The last day of the last year that was closed.
    #[serde(with = "serial::day_opt")]
    pub year_closed_to: Option<NaiveDate>,
    /// Debit less credit that closing a year moved, by its last month, account and part.
    #[serde(with = "serial::rows")]
    pub closings: BTreeMap<(Month, AccountCode, Option<String>), Money>,
    /// Debit less credit by which corrections changed closed years, by the month of what they
    /// correct, account and part. It stands on what the account was closed to.
    #[serde(with = "serial::rows")]
    pub past: BTreeMap<(Month, AccountCode, Option<String>), Money>,
    /// What the owners of a part have, with open income, cost and use (I3b); credit positive.
    pub parts: BTreeMap<String, Money>,
    /// The last accounting day of an entry with lines.
    #[serde(with = "serial::day_opt")]
    pub last_day: Option<NaiveDate>,
    /// True once something other than an opening was recorded.
    pub started: bool,
    /// Debit less credit, by account.
    pub accounts: BTreeMap<AccountCode, Money>,
    /// Debit less credit of others' money, by account and item (contract, payer, unit).
    #[serde(with = "serial::rows")]
    pub items: BTreeMap<(AccountCode, String), Money>,
    /// What moved, by month of `date`.
    pub months: BTreeMap<Month, Arc<MonthSums>>,
}

/// What moved in one month.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthSums {
    /// By account, and by the part of the estate it concerns.
    #[serde(with = "serial::rows")]
    pub accounts: BTreeMap<(AccountCode, Option<String>), Turnover>,
    /// Debit less credit by day, for accounts that hold money.
    #[serde(with = "serial::day_sums")]
    pub days: BTreeMap<(AccountCode, NaiveDate), Money>,
}

/// Debit and credit of an account in a month. A correction counts on the side of what it
/// corrects, as a red figure, so that turnover is not blown up by mistakes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(Money, Money, Money)", into = "(Money, Money, Money)")]
pub struct Turnover {
    /// Σ debit.
    pub debit: Money,
    /// Σ credit.
    pub credit: Money,
    /// Debit less credit of corrections to earlier months, contained in the two above.
    pub earlier: Money,
}

impl From<Turnover> for (Money, Money, Money) {
    fn from(Turnover { debit, credit, earlier }: Turnover) -> Self {
        (debit, credit, earlier)
    }
}

impl From<(Money, Money, Money)> for Turnover {
    fn from((debit, credit, earlier): (Money, Money, Money)) -> Self {
        Self { debit, credit, earlier }
    }
}

impl Turnover {
    /// Debit less credit.
    pub fn net(self) -> Money {
        self.debit - self.credit
    }

    /// Adds what a closing moved.
    pub fn count_closing(&mut self, moved: Money) {
        if moved.is_negative() {
            self.credit = self.credit - moved;
        } else {
            self.debit = self.debit + moved;
        }
    }

    /// Adds another account's or month's.
    pub fn add(&mut self, other: Self) {
        self.debit = self.debit + other.debit;
        self.credit = self.credit + other.credit;
        self.earlier = self.earlier + other.earlier;
    }
}

/// How a line counts in its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// On its own side.
    Plainly,
    /// Not at all: an opening is where the months begin, it moved nothing.
    Opening,
    /// Not in its month: closing a year moves what is there already.
    Closing,
    /// As the mirror of a line of that month: a red figure on the other side.
    AsMirrorOf(Month),
    /// As the right line of a correction to that month.
    AsRightOf(Month),
}

impl Balances {
    /// One fund.
    pub const fn fund(&self, fund: Fund) -> &FundBook {
        match fund {
            Fund::R => &self.r,
            Fund::F => &self.f,
        }
    }

    pub(super) const fn fund_mut(&mut self, fund: Fund) -> &mut FundBook {
        match fund {
            Fund::R => &mut self.r,
            Fund::F => &mut self.f,
        }
    }

    /// Debit less credit of an account.
    pub fn balance(&self, account: AccountCode) -> Money {
        self.fund(account.fund()).accounts.get(&account).copied().unwrap_or_default()
    }

    /// Every account that was ever posted to, with debit less credit, ordered by code.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountCode, Money)> {
        let both = self.f.accounts.iter().chain(&self.r.accounts);
        both.map(|(code, balance)| (*code, *balance))
    }

    /// Books a line. The sums were checked against overflow before.
    pub(super) fn post(
        &mut self,
        line: &Line,
        date: NaiveDate,
        holds_money: bool,
        item: Option<&str>,
        counted: Counted,
    ) {
        let book = self.fund_mut(line.account.fund());
        let signed = line.signed();
        let balance = book.accounts.entry(line.account).or_default();
        *balance = *balance + signed;
        if let Some(item) = item {
            let balance = book.items.entry((line.account, item.to_owned())).or_default();
            *balance = *balance + signed;
        }
        book.last_day = book.last_day.max(Some(date));
        match counted {
            Counted::Opening => return,
            Counted::Closing => {
                let key = (Month::of(date), line.account, line.part.clone());
                let moved = book.closings.entry(key).or_default();
                *moved = *moved + signed;
                return;
            }
            Counted::Plainly | Counted::AsMirrorOf(_) | Counted::AsRightOf(_) => {}
        }
        let month = Arc::make_mut(book.months.entry(Month::of(date)).or_default());
        let key = (line.account, line.part.clone());
        month.accounts.entry(key).or_default().count(line, Month::of(date), counted);
        if holds_money {
            let day = month.days.entry((line.account, date)).or_default();
            *day = *day + signed;
        }
    }
}

impl Turnover {
    fn count(&mut self, line: &Line, month: Month, counted: Counted) {
        let red = matches!(counted, Counted::AsMirrorOf(_));
        let amount = if red { -line.amount } else { line.amount };
        let side = if red { line.side.mirrored() } else { line.side };
        match side {
            Side::Debit => self.debit = self.debit + amount,
            Side::Credit => self.credit = self.credit + amount,
        }
        if let Counted::AsMirrorOf(of) | Counted::AsRightOf(of) = counted
            && of < month
        {
            self.earlier = self.earlier + line.signed();
        }
    }
}
