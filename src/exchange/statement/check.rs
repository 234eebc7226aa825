//! What the lines must say together: one running balance, days within the period, a serial once.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{Line, Statement};
use crate::exchange::rows::{Row, Weight};
use crate::ledger::format::grouped;
use crate::ledger::money::Money;

/// Checks a statement; lines are put into the order of time first.
pub fn all(statement: &mut Statement) {
    turn(statement);
    serials(&mut statement.rows);
    period(statement);
    balances(statement);
}

/// Many banks print the newest line first.
fn turn(statement: &mut Statement) {
    let lines: Vec<&Line> = statement.lines().map(|row| &row.read).collect();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let falls = first.day > last.day;
    let one_day = first.day == last.day && !runs(lines.iter().copied());
    if falls || (one_day && runs(lines.iter().rev().copied())) {
        statement.rows.reverse();
        statement.turned = true;
    }
}

/// True where every printed balance is the one before and the line's amount.
fn runs<'a>(mut lines: impl Iterator<Item = &'a Line>) -> bool {
    let Some(mut balance) = lines.next().and_then(|line| line.balance) else { return true };
    lines.all(|line| {
        balance = balance + line.amount;
        line.balance.is_none_or(|printed| printed == balance)
    })
}

/// A line without a number gets one by its day and place in it; a number stands once.
fn serials(rows: &mut [Row<Line>]) {
    let mut of_day: HashMap<NaiveDate, u32> = HashMap::new();
    let mut seen: HashSet<String> = HashSet::new();
    for row in rows.iter_mut().filter(|row| row.skipped.is_none()) {
        let Some(day) = row.read.day else { continue };
        let nth = of_day.entry(day).or_default();
        *nth += 1;
        if row.read.serial.is_empty() {
            row.read.serial = format!("{}-{nth:02}", day.format("%Y%m%d"));
            let words = (
                format!("没有流水号，按日期和次序记作 {}", row.read.serial),
                format!("No serial: by day and place it is {}", row.read.serial),
            );
            row.note(Weight::Fix, ("serial", "serial_made"), words);
        }
        if !seen.insert(row.read.serial.clone()) {
            let words = (
                format!("流水号 {} 在文件里出现过", row.read.serial),
                format!("The serial {} stood in the file before", row.read.serial),
            );
            row.note(Weight::Refuse, ("serial", "serial_twice"), words);
        }
    }
}

fn period(statement: &mut Statement) {
    let (from, to) = (statement.from, statement.to);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        let words = (format!("期间从 {from} 到 {to} 倒了"), format!("{from} to {to} is reversed"));
        statement.note(Weight::Refuse, ("to", "reversed"), words);
    }
    let mut before: Option<NaiveDate> = None;
    for row in statement.rows.iter_mut().filter(|row| row.skipped.is_none()) {
        let Some(day) = row.read.day else { continue };
        if from.is_some_and(|from| day < from) || to.is_some_and(|to| day > to) {
            let ends = [from, to].map(|day| day.map(|day| day.to_string()).unwrap_or_default());
            let words = (
                format!("{day} 不在对账单的期间 {} 至 {} 以内", ends[0], ends[1]),
                format!("{day} is outside the statement's period, {} to {}", ends[0], ends[1]),
            );
            row.note(Weight::Refuse, ("day", "outside"), words);
        }
        if before.is_some_and(|before| day < before) {
            let words = ("日期比上一行早", "The day is before that of the line above");
            row.note(Weight::Flag, ("day", "order"), words);
        }
        before = before.max(Some(day));
    }
}

/// Opening + in − out = every printed balance; the first line that disagrees is named.
fn balances(statement: &mut Statement) {
    let unread = statement.lines().any(Row::is_open);
    let first = statement.lines().next().map(|row| &row.read);
    let printed_first = first.and_then(|line| Some(line.balance? - line.amount));
    let printed_any = statement.lines().any(|row| row.read.balance.is_some());
    let Some(opening) = statement.opening.or(printed_first) else {
        if statement.closing.is_none() || unread {
            let words = (
                "没有余额列，也没有期初或期末余额；请用 --opening 或 --closing 写明",
                "No balances at all; say --opening or --closing",
            );
            return statement.note(Weight::Ask, ("opening", "no_balance"), words);
        }
        let moved: Money = statement.lines().map(|row| row.read.amount).sum();
        let closing = statement.closing.unwrap_or_default();
        statement.opening = Some(closing - moved);
        return;
    };
    statement.opening = Some(opening);
    let mut running = opening;
    if !unread {
        for row in statement.rows.iter_mut().filter(|row| row.skipped.is_none()) {
            running = running + row.read.amount;
            if let Some(printed) = row.read.balance.filter(|printed| *printed != running) {
                let (printed, running) = (grouped(printed), grouped(running));
                let words = (
                    format!("印的余额 {printed}，算得 {running}：这是第一处不符"),
                    format!(
                        "Balance printed {printed}, computed {running}: the first that differs"
                    ),
                );
                return row.note(Weight::Refuse, ("balance", "balance_differs"), words);
            }
        }
        closing(statement, running, printed_any);
    }
}

fn closing(statement: &mut Statement, running: Money, printed_any: bool) {
    match statement.closing {
        Some(printed) if printed != running => {
            let (printed, running) = (grouped(printed), grouped(running));
            let words = (
                format!("期末余额印的是 {printed}，算得 {running}"),
                format!("Closing balance printed {printed}, computed {running}"),
            );
            statement.note(Weight::Refuse, ("closing", "closing_differs"), words);
        }
        None if !printed_any => {
            let words = (
                "没有余额列也没有期末余额，算出的期末没有可对的数；请用 --closing 写明",
                "Neither balances nor a closing one to hold the sum against; say --closing",
            );
            statement.note(Weight::Ask, ("closing", "no_closing"), words);
        }
        _ => statement.closing = Some(running),
    }
}
