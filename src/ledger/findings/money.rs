//! Findings about money and its recording: what is not handed in, proven or decided, days below
//! zero, what came late.

use chrono::NaiveDate;

use super::{CITE_LETTING, CITE_PUBLISH, Finding, Grade, SILENT_DAYS, of_book};
use crate::ledger::account::Fund;
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::format::grouped;
use crate::ledger::money::Money;
use crate::ledger::period::Month;
use crate::ledger::statements::role;

pub(super) fn of_money(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    for (account, balance) in book.balances().accounts().filter(|(_, b)| b.is_positive()) {
        let amount = grouped(balance);
        let (code, zh, en) = match role(book, account) {
            Role::OperatorHeld => (
                "operator_held",
                format!("物业代收未缴存 {amount} 元"),
                format!("{amount} yuan collected by the manager, not handed in"),
            ),
            Role::PredecessorDue => (
                "opening_unproven",
                format!("原物业应移交或待核期初 {amount} 元"),
                format!("{amount} yuan of the opening not proven or handed over"),
            ),
            _ => continue,
        };
        let days = book.rules().and_then(|r| r.number("deposit_working_days", as_of));
        let mut figures = vec![("amount", balance.to_string())];
        figures.extend(days.map(|days| ("deposit_working_days", days.to_string())));
        let finding = of_book(code, Grade::Fact, account.to_string(), CITE_PUBLISH);
        let rule = days.map(|_| "deposit_working_days").filter(|_| code == "operator_held");
        found.push(Finding { figures, rule, zh, en, ..finding });
    }
    found
}

pub(super) fn of_claims(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let open = book.claims().iter().filter(|(_, claim)| claim.open.is_positive());
    open.map(|(seq, claim)| {
        let (amount, days) = (grouped(claim.open), (as_of - claim.date).num_days());
        Finding {
            of: vec![*seq],
            figures: vec![("open", claim.open.to_string()), ("days", days.to_string())],
            zh: format!("{} 支出 {amount} 元，{days} 天没有凭证", claim.date),
            en: format!("{amount} yuan paid on {}, {days} days without evidence", claim.date),
            ..of_book("unproven", Grade::Fact, seq.to_string(), CITE_LETTING)
        }
    })
    .collect()
}

/// Decisions under which money was spent although nobody attached their paper.
pub(super) fn of_decisions(book: &Book) -> Vec<Finding> {
    let spent = book.decisions().iter().filter(|(_, decision)| !decision.proven);
    spent
        .filter(|(_, decision)| decision.used.is_positive())
        .map(|(no, decision)| {
            let used = grouped(decision.used);
            Finding {
                of: vec![decision.seq],
                figures: vec![("used", decision.used.to_string())],
                zh: format!("决定 {no} 已据以使用 {used} 元，决定书未附"),
                en: format!("{used} yuan were spent under decision {no}; its paper isn't attached"),
                ..of_book("decision_without_paper", Grade::Fact, no.clone(), CITE_LETTING)
            }
        })
        .collect()
}

/// Days on which an account that holds money ended below zero, in order of `date`.
pub(super) fn of_days(book: &Book) -> Vec<Finding> {
    let mut found = Vec::new();
    for fund in Fund::ALL {
        let sums = book.fund(fund);
        for (account, balance) in &sums.accounts {
            let days = sums.months.values().flat_map(|month| {
                let days = month.days.range((*account, NaiveDate::MIN)..);
                days.take_while(|((code, _), _)| code == account)
                    .map(|((_, day), net)| (*day, *net))
            });
            let moved: Money = days.clone().map(|(_, net)| net).sum();
            let mut standing = *balance - moved;
            let mut below: Option<(NaiveDate, Money)> = None;
            for (day, net) in days {
                standing = standing + net;
                if standing.is_negative() && below.is_none_or(|(_, worst)| standing < worst) {
                    below = Some((day, standing));
                }
            }
            let Some((day, worst)) = below else { continue };
            found.push(Finding {
                figures: vec![("day", day.to_string()), ("balance", worst.to_string())],
                zh: format!("{account} 按日期在 {day} 日终为 {} 元", grouped(worst)),
                en: format!("{account} ends {day} at {} yuan in order of date", grouped(worst)),
                ..of_book("day_below_zero", Grade::Fact, account.to_string(), CITE_PUBLISH)
            });
        }
    }
    found
}

pub(super) fn of_recording(book: &Book, as_of: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    let delays = book.delays();
    if delays.late > 0 {
        let (late, days) = (delays.late, delays.days_max);
        found.push(Finding {
            of: delays.first.clone(),
            figures: vec![("entries", late.to_string()), ("days_max", days.to_string())],
            zh: format!("{late} 笔在发生后很久才记账，最长 {days} 天"),
            en: format!("{late} entries were recorded late, the longest after {days} days"),
            rule: Some("late_days"),
            ..of_book("late_recording", Grade::Fact, String::new(), CITE_PUBLISH)
        });
    }
    let silent = book.rules().and_then(|rules| rules.number("silent_days", as_of));
    let silent = i64::from(silent.unwrap_or(SILENT_DAYS));
    let last = book.last_day().unwrap_or(book.profile().since);
    let days = (as_of - last).num_days();
    if days > silent && book.head().entries > 0 && Month::of(last) < Month::of(as_of) {
        found.push(Finding {
            figures: vec![("last", last.to_string()), ("days", days.to_string())],
            zh: format!("{last} 以后 {days} 天没有收支记录"),
            en: format!("No money was recorded for {days} days after {last}"),
            rule: Some("silent_days"),
            ..of_book("silent", Grade::Fact, String::new(), CITE_PUBLISH)
        });
    }
    found
}
