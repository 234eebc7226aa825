//! Closing (I8): months move the watermark; a year also carries income and expense to what the
//! owners have, by lines that the fold computes and compares.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::funds::Counted;
use super::lines::{Meaning, check_balanced};
use super::{Book, Violation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::chart::{AccountType, Role};
use crate::ledger::entry::{Entry, Line, Side};
use crate::ledger::event::Event;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::rules::Rules;

impl Book {
    /// A period of a fund is closed.
    pub(super) fn close(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let fund = fields.fund("fund").unwrap_or(Fund::R);
        let to = fields.date("to").unwrap_or(entry.date);
        let rules = Arc::clone(self.rules.as_ref().ok_or(Violation::NoRules)?);
        let closed_to = self.fund(fund).closed_to;
        let (today, last_day) = (entry.time.day(), Month::of(to).last_day());
        let month = fields.text("period_kind") == Some("month");
        // December is closed with its year: a watermark on its last day would keep the lines out.
        let fits = month != (to.month() == 12);
        if to != last_day || to <= closed_to || to >= today || !fits {
            return Err(Violation::CloseDay { to, closed_to, today });
        }
        Self::check_two_persons(entry)?;
        Self::check_apart(entry)?;
        // It may be the last part of a batch, whose accounts are judged with it.
        self.check_sides(&rules, &Meaning::of(&entry.event, entry.seq), entry)?;
        if month {
            if !entry.lines.is_empty() {
                return Err(Violation::LinesForbidden { kind: "close" });
            }
        } else {
            self.close_year(&rules, fund, to, entry)?;
        }
        let balances = Arc::make_mut(&mut self.balances);
        balances.fund_mut(fund).closed_to = to;
        Ok(())
    }

    fn close_year(
        &mut self,
        rules: &Rules,
        fund: Fund,
        to: NaiveDate,
        entry: &Entry,
    ) -> Result<(), Violation> {
        // A year in which nothing moved has no lines, so its entry bears the posting day.
        if !entry.lines.is_empty() && entry.date != to {
            let (closed_to, today) = (self.fund(fund).closed_to, entry.time.day());
            return Err(Violation::CloseDay { to, closed_to, today });
        }
        let wanted = self.closing_lines(rules, fund, to);
        let differs = (0..wanted.len().max(entry.lines.len()))
            .find(|at| wanted.get(*at) != entry.lines.get(*at));
        if let Some(line) = differs {
            return Err(Violation::ClosingDiffers { line, lines: wanted.len() });
        }
        // A chart without an account to carry to can't close its year.
        check_balanced(&entry.lines)?;
        let meaning = Meaning::of(&entry.event, entry.seq);
        self.book_lines(rules, &meaning, entry, &entry.lines, Counted::Closing);
        let balances = Arc::make_mut(&mut self.balances);
        balances.fund_mut(fund).year_closed_to = Some(to);
        Ok(())
    }

    /// The lines that close a fund's year: each account of income and expense, by part, to
    /// nothing, and what is left to the accounts of what the owners have. Ordered by account
    /// and part, income and expense first.
    pub fn closing_lines(&self, rules: &Rules, fund: Fund, to: NaiveDate) -> Vec<Line> {
        let book = self.fund(fund);
        let after = book.year_closed_to.map_or(NaiveDate::MIN, |day| day);
        let months = book
            .months
            .iter()
            .filter(|(month, _)| month.first_day() > after && month.last_day() <= to);
        let mut open: BTreeMap<(AccountCode, Option<String>), Money> = BTreeMap::new();
        for ((account, part), turnover) in months.flat_map(|(_, sums)| &sums.accounts) {
            if is_closed(rules, *account) {
                let sum = open.entry((*account, part.clone())).or_default();
                *sum = *sum + turnover.net();
            }
        }
        let mut carried: BTreeMap<(AccountCode, Option<String>), Money> = BTreeMap::new();
        let mut lines = Vec::new();
        for ((account, part), net) in open.into_iter().filter(|(_, net)| !net.is_zero()) {
            if let Some(target) = carried_to(rules, account, part.as_deref()) {
                let part_kept = part.clone().filter(|_| is_net_part(rules, target));
                let sum = carried.entry((target, part_kept)).or_default();
                *sum = *sum + net;
            }
            lines.push(line_of(account, part, -net));
        }
        let carried = carried.into_iter().filter(|(_, net)| !net.is_zero());
        lines.extend(carried.map(|((account, part), net)| line_of(account, part, net)));
        lines
    }

    /// The account that a line of a closed year is corrected on: what it was closed to.
    pub(super) fn carried_line(&self, rules: &Rules, line: &Line, date: NaiveDate) -> Line {
        let closed = self.fund(line.account.fund()).year_closed_to;
        let is_past = closed.is_some_and(|to| date <= to) && is_closed(rules, line.account);
        match carried_to(rules, line.account, line.part.as_deref()).filter(|_| is_past) {
            Some(account) => Line { account, ..line.clone() },
            None => line.clone(),
        }
    }

    /// What the right lines of a correction into a closed year are about: where one stands on
    /// what income and expense were closed to, an account that was closed to it, so that
    /// decisions, clauses, toppings-up and receipts count it. That is the account of the line it
    /// replaces, or of another that it may replace; else the first that the event's kind allows.
    /// Carrying it gives the line again.
    pub(super) fn meant_lines(
        &self,
        rules: &Rules,
        event: &Event,
        (right, stood): (&[Line], &[Line]),
        date: NaiveDate,
    ) -> Vec<Line> {
        let meant = right.iter().enumerate().map(|(at, line)| {
            let sides = event.kind().lines.sides(line.account.fund());
            let allowed = sides.map_or(&[][..], |sides| match line.side {
                Side::Debit => sides.debit,
                Side::Credit => sides.credit,
            });
            if !self.is_past_year(line.account.fund(), date) || is_closed(rules, line.account) {
                return line.clone();
            }
            let replaced = stood.get(at).into_iter().chain(stood);
            let replaced = replaced.filter(|stood| {
                let carried = carried_to(rules, stood.account, line.part.as_deref());
                stood.side == line.side
                    && is_closed(rules, stood.account)
                    && stood.account.fund() == line.account.fund()
                    && carried == Some(line.account)
            });
            let behind = replaced.map(|stood| stood.account).next();
            match behind.or_else(|| flow_behind(rules, event, line, allowed)) {
                Some(account) => Line { account, ..line.clone() },
                None => line.clone(),
            }
        });
        meant.collect()
    }

    /// Counts what a correction changes of a closed year, in the month of what it corrects.
    pub(super) fn book_past(&mut self, rules: &Rules, change: &[Line], date: NaiveDate) {
        for line in change.iter().filter(|line| is_closed(rules, line.account)) {
            if self.is_past_year(line.account.fund(), date) {
                let book = Arc::make_mut(&mut self.balances).fund_mut(line.account.fund());
                let key = (Month::of(date), line.account, line.part.clone());
                let sum = book.past.entry(key).or_default();
                *sum = *sum + line.signed();
            }
        }
    }

    /// True where an account of income or expense on that day belongs to a closed year.
    pub(super) fn is_past_year(&self, fund: Fund, date: NaiveDate) -> bool {
        self.fund(fund).year_closed_to.is_some_and(|to| date <= to)
    }
}

fn line_of(account: AccountCode, part: Option<String>, signed: Money) -> Line {
    let side = if signed.is_negative() { Side::Credit } else { Side::Debit };
    let amount = if signed.is_negative() { -signed } else { signed };
    Line { part, ..Line::new(account, side, amount) }
}

/// Income and expense.
fn is_closed(rules: &Rules, account: AccountCode) -> bool {
    let found = rules.chart.nearest(account).map(|found| found.account_type);
    matches!(found, Some(AccountType::Income | AccountType::Expense))
}

fn is_net_part(rules: &Rules, account: AccountCode) -> bool {
    rules.chart.nearest(account).is_some_and(|found| found.role == Role::NetPart)
}

/// Where an account of income or expense is closed to. In the shared revenue: to all owners, or
/// to those of the part. In the maintenance fund, for each kind of housing (the last segment of
/// the code): contributions, works and refunds to the units' capital, the rest to the yield.
fn carried_to(rules: &Rules, account: AccountCode, part: Option<&str>) -> Option<AccountCode> {
    let of_role = |role: Role| {
        rules
            .chart
            .accounts()
            .filter(move |(code, found)| code.fund() == account.fund() && found.role == role)
    };
    match account.fund() {
        Fund::R => {
            let role = if part.is_some() { Role::NetPart } else { Role::NetAll };
            of_role(role).map(|(code, _)| code).next()
        }
        Fund::F => {
            let role = rules.chart.nearest(account)?.role;
            let kind = account.as_str().rsplit('.').next()?.parse::<usize>().ok()?;
            match role {
                Role::Contribution | Role::Works | Role::Refund => {
                    of_role(Role::UnitCapital).map(|(code, _)| code).nth(kind.checked_sub(1)?)
                }
                _ => of_role(Role::Undistributed).map(|(code, _)| code).nth(kind.checked_sub(1)?),
            }
        }
    }
}

/// I7: whether a right line in a closed year is of the event's kind: on an account of a role that
/// the kind allows, but for income and expense, which are what they were closed to.
pub(super) fn stands_for(rules: &Rules, event: &Event, line: &Line, allowed: &[Role]) -> bool {
    let role = rules.chart.nearest(line.account).map(|found| found.role);
    let itself = !is_closed(rules, line.account) && role.is_some_and(|r| allowed.contains(&r));
    itself || flow_behind(rules, event, line, allowed).is_some()
}

/// The account of income or expense that a line in a closed year stands for: the first of an
/// allowed role that is closed to the line's account; a fee by clause where the event cites one.
fn flow_behind(rules: &Rules, event: &Event, line: &Line, allowed: &[Role]) -> Option<AccountCode> {
    let own = rules.chart.nearest(line.account)?.role;
    if allowed.contains(&own) {
        return None;
    }
    let by_clause = event.fields().text("clause").is_some();
    let fits = |code: AccountCode, role: Role| {
        code.fund() == line.account.fund()
            && allowed.contains(&role)
            && is_closed(rules, code)
            && carried_to(rules, code, line.part.as_deref()) == Some(line.account)
    };
    let accounts = rules.chart.accounts().filter(|(code, found)| fits(*code, found.role));
    let first =
        |(code, role): &(AccountCode, Role)| (!(by_clause && *role == Role::ClauseCost), *code);
    accounts.map(|(code, found)| (code, found.role)).min_by_key(first).map(|(code, _)| code)
}
