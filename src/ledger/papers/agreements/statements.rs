//! 账表相符: what statements say beside the book. Opening and what moved are the closing; what the
//! fund has is what it owes and what belongs to the owners; and where a notice was put up for the
//! period, its figures are those that the book gives now.

use super::{Agreement, PutUp, Verdict, both};
use crate::ledger::book::Book;
use crate::ledger::chart::Role;
use crate::ledger::money::Money;
use crate::ledger::papers::{Asked, Cell, Rank, notice, standing};
use crate::ledger::statements::{
    flows, flows_total, income_statement, is_money, role, trial_balance,
};

pub(super) fn agreement(book: &Book, asked: &Asked, put_up: Option<&PutUp>) -> Agreement {
    let (mut rows, mut verdicts) = (Vec::new(), Vec::new());
    let mut add = |(row, verdict)| {
        rows.push(row);
        verdicts.push(verdict);
    };
    let line = |name| [Cell::Word(name), Cell::Empty, Cell::Empty];
    for (name, ours, theirs) in equations(book, asked) {
        add(both(Rank::Line, line(name), ours, theirs));
    }
    if let Some(put_up) = put_up {
        let now = notice::figures(&put_up.now);
        let then = notice::figures(&put_up.then);
        let of = |figures: &[(&'static str, Money)], name| {
            figures.iter().find(|(known, _)| *known == name).map(|(_, amount)| *amount)
        };
        let mut names: Vec<&'static str> = then.iter().map(|(name, _)| *name).collect();
        names.extend(now.iter().map(|(name, _)| *name));
        let mut seen = Vec::new();
        for name in names {
            if !seen.contains(&name) {
                seen.push(name);
                let lead = [Cell::Section(name), Cell::Entry(put_up.seq), Cell::Empty];
                let [ours, theirs] = [&now, &then].map(|of_one| of(of_one, name));
                let (ours, theirs) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
                add(both(Rank::Line, lead, ours, theirs));
            }
        }
    }
    Agreement { name: "agree_statements", verdict: Verdict::over(verdicts), rows }
}

/// Figures that statements make one way and the accounts another.
fn equations(book: &Book, asked: &Asked) -> Vec<(&'static str, Money, Money)> {
    let (fund, period) = (asked.fund, asked.period);
    let trial = trial_balance(book, fund, period);
    let closing = |roles: &dyn Fn(Role) -> bool| -> Money {
        let rows = trial.iter().filter(|row| roles(role(book, row.account)));
        rows.map(|row| row.closing).sum()
    };
    let months = u16::try_from(period.from.until(period.to) + 1).unwrap_or(u16::MAX);
    let flow = flows_total(&flows(book, fund, period.to, months));
    let moved = flow.map_or(Money::ZERO, |flow| flow.opening + flow.inflow - flow.outflow);
    let statement = income_statement(book, fund, period);
    let owners = standing::owners(book, fund, period);
    let sum = |of: &dyn Fn(&standing::Owners) -> Money| owners.iter().map(of).sum::<Money>();
    let (opening, adjusted) = (sum(&|of| of.opening), sum(&|of| of.adjusted));
    let own = opening + statement.balance() + adjusted;
    let owed = closing(&Role::is_others_money) + closing(&|role| role == Role::OpeningUnproven);
    let has = closing(&Role::is_own_money);
    vec![
        ("flows_and_accounts", moved, closing(&is_money)),
        ("owners_and_result", own, sum(&|of| of.closing)),
        ("has_and_owes", has, own - owed),
    ]
}
