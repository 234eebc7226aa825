//! Days that can't be, parts that don't add up, settlements, printed sums.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{Daily, Options, Settlement, Sum};
use crate::exchange::rows::{Row, Weight};
use crate::exchange::table::{Cell, Sheet};
use crate::ledger::format::grouped;
use crate::ledger::money::Money;

/// The code of a day that is closed or before the book.
pub const CLOSED: &str = "closed";

/// Cash and platform make up the amount; due less what was waived is the amount.
pub fn parts(row: &mut Row<Daily>, parts: Money, due: Option<(Money, Money)>) {
    let amount = row.read.amount;
    if parts != amount {
        let (parts, amount) = (grouped(parts), grouped(amount));
        row.note(
            Weight::Refuse,
            ("amount", "parts_differ"),
            (
                format!("现金加平台是 {parts}，金额却是 {amount}；请核对这一天"),
                format!("Cash and platform are {parts}, the amount is {amount}; look at the day"),
            ),
        );
    }
    if let Some((due, waived)) = due.filter(|(due, waived)| *due - *waived != amount) {
        let (due, waived, amount) = (grouped(due), grouped(waived), grouped(amount));
        row.note(
            Weight::Refuse,
            ("due", "due_differs"),
            (
                format!("应收 {due} 减免 {waived}，与实收 {amount} 不符；请核对这一天"),
                format!("{due} due less {waived} waived isn't {amount}; look at the day"),
            ),
        );
    }
    if let (Some(visits), Some(exempt)) = (row.read.visits, row.read.exempt)
        && exempt > visits
    {
        row.note(
            Weight::Refuse,
            ("exempt", "exempt_over"),
            (
                format!("免费 {exempt} 次多于总车次 {visits}"),
                format!("{exempt} free of charge of {visits} visits"),
            ),
        );
    }
}

/// Reads the settlement that a row tells of: on the bank's day, the fee with it.
pub fn settlement(
    row: &mut Row<Daily>,
    on: Option<(&Cell, Option<NaiveDate>)>,
    net: Option<Money>,
) {
    let fee = row.read.fee.unwrap_or_default();
    match (on, net.filter(|net| net.is_positive())) {
        (Some((_, Some(on))), Some(net)) => {
            row.read.settlement = Some(Settlement { on, net, fee });
        }
        (Some((_, Some(on))), None) if row.read.platform > fee => {
            let net = row.read.platform - fee;
            row.read.settlement = Some(Settlement { on, net, fee });
            let words = (
                format!("到账金额没有写，按平台收入减手续费算得 {net}"),
                format!("What arrived isn't said: platform less fee is {net}"),
            );
            row.note(Weight::Fix, ("settled", "net_computed"), words);
        }
        (Some((cell, None)), _) => {
            let text = cell.text();
            let words = (
                format!("到账日期没读懂：{text}；请写成 2025-03-01"),
                format!("The day of settlement isn't understood: {text}; write it as 2025-03-01"),
            );
            row.note(Weight::Refuse, ("settled_on", "no_day"), words);
        }
        (None, Some(_)) => {
            let words = (
                "有到账金额，没有到账日期；请补一列“到账日期”",
                "An amount arrived, but on which day? Add a column 到账日期",
            );
            row.note(Weight::Ask, ("settled_on", "settled_when"), words);
        }
        (None, None) if fee.is_positive() => {
            let words = (
                "手续费随结算一起入账，本行没有结算",
                "A fee is booked with its settlement; the row tells of none",
            );
            row.note(Weight::Flag, ("fee", "fee_waits"), words);
        }
        _ => {}
    }
}

/// What rows say together; returns the printed sums.
pub fn all(rows: &mut [Row<Daily>], sheet: &Sheet, options: &Options) -> Vec<Sum> {
    let mut seen = HashSet::new();
    for row in rows.iter_mut().filter(|row| row.skipped.is_none()) {
        let Some(day) = row.read.day else { continue };
        days(row, day, options);
        if !row.read.amount.is_zero() && !seen.insert((row.read.lot.clone(), day)) {
            let words = (
                format!("{day} 在文件里已有一行；一天只能有一行"),
                format!("{day} stands in the file already; a day has one row"),
            );
            row.note(Weight::Refuse, ("day", "day_twice"), words);
        }
        if row.read.amount.is_zero() && row.read.settlement.is_none() && !row.is_open() {
            row.skipped = Some("zero");
        }
    }
    sums(rows, sheet)
}

fn days(row: &mut Row<Daily>, day: NaiveDate, options: &Options) {
    let settled = row.read.settlement.map(|settlement| settlement.on);
    let today = options.today;
    if let Some(late) = [Some(day), settled].into_iter().flatten().find(|day| *day > today) {
        let words = (
            format!("{late} 还没有到（今天 {today}）"),
            format!("{late} hasn't come yet (today is {today})"),
        );
        row.note(Weight::Refuse, ("day", "future"), words);
    }
    let since = options.since;
    if day < since {
        let words = (
            format!("{day} 已结账或在建账以前；能记的最早一天是 {since}"),
            format!("{day} is closed or before the book; the first open day is {since}"),
        );
        row.note(Weight::Refuse, ("day", CLOSED), words);
    }
    if settled.is_some_and(|settled| settled < day) {
        let words = ("到账日期早于收费日期", "Settled before it was paid");
        row.note(Weight::Refuse, ("settled_on", "settled_early"), words);
    }
}

/// Each printed sum is the days since the last one, or all days so far.
fn sums(rows: &mut [Row<Daily>], sheet: &Sheet) -> Vec<Sum> {
    let mut sums = Vec::new();
    let (mut since, mut all) = (Money::ZERO, Money::ZERO);
    for (row, _) in rows.iter_mut().zip(&sheet.rows) {
        if row.skipped == Some("total") {
            let printed = row.read.amount;
            if printed.is_zero() {
                continue;
            }
            let computed = if printed == all { all } else { since };
            if printed != computed {
                let (printed, computed) = (grouped(printed), grouped(computed));
                let words = (
                    format!("印的合计 {printed}，各行相加 {computed}"),
                    format!("Printed {printed}, the rows add up to {computed}"),
                );
                row.note(Weight::Ask, ("amount", "total_differs"), words);
            }
            sums.push(Sum { row: row.row, printed, computed });
            since = Money::ZERO;
        } else if row.skipped.is_none() {
            (since, all) = (since + row.read.amount, all + row.read.amount);
        }
    }
    sums
}
