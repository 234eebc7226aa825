//! What rows say about each other: sums in remarks, and rows alike.

use std::collections::HashMap;

use super::due::term_sum;
use super::entry::Draft;
use super::model::{Class, Field, Status};
use super::reading::Row;
use super::said::{flag, flagged_with, trouble};
use crate::exchange::answers::Answers;
use crate::exchange::grammar::note::Span;
use crate::exchange::grammar::term::months_between;
use crate::ledger::money::Money;

/// Holds the sums in remarks against the schedules of their rows, to the fen.
pub fn check_sums(drafts: &mut [Draft], answers: &Answers) {
    for at in 0..drafts.len() {
        for sum in std::mem::take(&mut drafts[at].sums) {
            let other = match sum.span {
                Span::Own => None,
                Span::WithNext => drafts.get(at + 1),
                Span::WithPrevious => at.checked_sub(1).and_then(|before| drafts.get(before)),
            };
            let beside = match sum.span {
                Span::Own => Some(Money::ZERO),
                Span::WithNext | Span::WithPrevious => {
                    other.and_then(|other| term_sum(&other.row.read))
                }
            };
            let row = &mut drafts[at].row;
            let own = term_sum(&row.read);
            let computed = own.zip(beside).and_then(|(own, beside)| own.checked_add(beside));
            let accepted = answers.rows.get(&row.row).is_some_and(|answer| answer.accept.is_some());
            say_sum(row, sum.amount, computed, accepted);
            say_years(row, sum.years, accepted);
        }
    }
}

fn say_sum(row: &mut Row, printed: Money, computed: Option<Money>, accepted: bool) {
    match computed {
        None => row.flag(flag::SUM_UNCHECKED),
        Some(computed) if computed == printed => {
            row.flags.push(flagged_with(flag::SUM_AGREES, &printed.to_string()));
        }
        Some(computed) if !accepted => {
            let zh = format!("备注合计 {printed}，按期限和租金算是 {computed}：以哪个为准？");
            let en = format!("The remark says {printed}, term and rate make {computed}");
            row.ask(Field::Note, "accept", (&zh, &en), &[]);
        }
        Some(_) => {}
    }
}

fn say_years(row: &mut Row, years: Option<u32>, accepted: bool) {
    let (Some(years), Some(from), Some(to)) = (years, row.read.term_from, row.read.term_to) else {
        return;
    };
    let months = months_between(from, to);
    if months != i32::try_from(years).ok().and_then(|years| years.checked_mul(12)) && !accepted {
        let zh = format!("备注说 {years} 年，期限 {from} 到 {to} 不是");
        let en = format!("The remark says {years} years, the term {from} to {to} isn't that");
        row.ask(Field::Note, "accept", (&zh, &en), &[]);
    }
}

/// Numbers rows of the same site and counterparty, and tells equal terms from equal rows.
pub fn mark_alike(drafts: &mut [Draft]) {
    let mut seen: HashMap<(String, Option<String>), Vec<usize>> = HashMap::new();
    for at in 0..drafts.len() {
        let row = &drafts[at].row;
        if row.class != Class::Lease || row.status == Status::Skipped {
            continue;
        }
        let (site, party) = row.read.contract_key();
        let before = seen.entry((site.to_owned(), party.map(str::to_owned))).or_default();
        let read = &row.read;
        let alike = before.iter().map(|other| &drafts[*other].row).find(|other| {
            let same_term =
                (other.read.term_from, other.read.term_to) == (read.term_from, read.term_to);
            same_term && read.term_from.is_some() && read.counterparty.is_some()
        });
        let flag = alike.map(|other| {
            let same = other.read.rates == read.rates && other.read.received == read.received;
            let words = if same { flag::SAME_ROW } else { flag::SAME_PARTY };
            flagged_with(words, &other.row.to_string())
        });
        before.push(at);
        let nth = u32::try_from(before.len()).unwrap_or(u32::MAX);
        let row = &mut drafts[at].row;
        row.read.contract_nth = nth;
        row.flags.extend(flag);
    }
}

/// A printed total that the rows don't add up to.
pub fn total_disagrees(row: &mut Row, printed: Option<Money>, computed: Option<Money>) {
    let show = |money: Option<Money>| money.map_or_else(|| "?".to_owned(), |m| m.to_string());
    let (printed, computed) = (show(printed), show(computed));
    row.refuse(trouble(
        Field::Received,
        &printed,
        "total",
        (
            &format!("合计对不上：表上 {printed}，逐行相加 {computed}"),
            &format!("The total disagrees: printed {printed}, the rows make {computed}"),
        ),
        (
            "请查漏行或错数；确认无误用 accept 写明理由",
            "Look for a missing row or a wrong amount, or answer with accept and the reason",
        ),
    ));
    row.ask(
        Field::Row,
        "accept",
        ("合计对不上，仍要入账吗？", "Post although the total disagrees?"),
        &[],
    );
}
