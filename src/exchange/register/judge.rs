//! What a row's values say together, and how far it may be posted.

use super::due::over_before;
use super::entry::Context;
use super::model::{Class, Field, Source, Status};
use super::reading::Row;
use super::said::{flag, flagged_with};
use crate::exchange::grammar::note::Remark;
use crate::exchange::grammar::rate::{Per, What};
use crate::exchange::grammar::words::HEADS;
use crate::ledger::money::Money;

/// Flags of a row by itself; only leases have terms and dues to speak of.
pub fn flags(context: &Context<'_>, row: &mut Row, remarks: &[Remark]) {
    if row.class != Class::Lease {
        row.flags.retain(|flag| flag.code != flag::NO_PAPER.0);
        return;
    }
    let came = row.read.received.is_some_and(Money::is_positive);
    let held = remarks.contains(&Remark::WithServiceFee);
    let priced = row.read.due_month.is_some();
    if over_before(row.read.term_to, context.month) {
        row.flag(flag::EXPIRED);
    }
    if row.read.open_ended {
        row.flag(flag::OPEN_ENDED);
    }
    if context.layout.has(Field::Received) && priced && !came {
        row.flag(flag::NOTHING_RECEIVED);
        if held {
            row.flag(flag::DEDUCTED_NOT_RECEIVED);
        }
    }
    if came && row.read.held_by_operator {
        row.flag(flag::HELD_BY_OPERATOR);
    }
    unpriced(context, row, came);
    unnamed(row);
    months(row);
}

fn unpriced(context: &Context<'_>, row: &mut Row, came: bool) {
    let rent = row.read.rent().copied();
    let asked = row.questions.iter().any(|q| matches!(q.field, Field::Due | Field::Quantity));
    let refused = row.errors.iter().any(|error| error.field == Field::Due);
    match rent {
        Some(rent) if !rent.per.is_some_and(Per::by_calendar) => {
            row.flag(flag::BY_USE);
            if row.read.term_from.is_none() && row.read.term_to.is_none() {
                row.flag(flag::NO_TERM);
            }
            if row.read.quantity.is_none() {
                row.flag(flag::NO_QUANTITY);
            }
        }
        Some(_) => {}
        None if asked || refused => {}
        None if row.read.rates.iter().any(|rate| rate.what == What::Energy) => {
            row.flag(flag::BY_METER);
        }
        None if came => row.flag(flag::NO_RATE),
        None => {
            let words =
                ("没有应收也没有实收：租金是多少？", "Neither a rate nor a receipt: what is due?");
            if context.answer.is_none_or(|answer| answer.accept.is_none()) {
                row.ask(Field::Due, "rate", words, &[]);
            }
        }
    }
}

/// A site that names no place: only a payer, or only a medium.
fn unnamed(row: &mut Row) {
    if row.read.site.is_empty() {
        let advert = row.read.account.is_some_and(|code| code.as_str().starts_with("R.4501"));
        row.read.site = if advert { "广告".into() } else { "未写明".into() };
        row.flag(flag::SITE_NOT_NAMED);
    }
}

/// Received must be the due of its months, where the row itself says them.
fn months(row: &mut Row) {
    let (Some(due), Some(received), Some(period)) =
        (row.read.due_month, row.read.received, row.read.attribution)
    else {
        return;
    };
    let by_day = row.read.rates.iter().any(|rate| rate.per == Some(Per::Day));
    if row.read.attribution_source == Some(Source::Title) || by_day || received.is_zero() {
        return;
    }
    let months = u32::try_from(period.months().count()).unwrap_or(u32::MAX);
    if due.months(months) != Some(received) {
        let expected = due.months(months).unwrap_or_default();
        let figures = format!("{received} ≠ {months} × {} = {expected}", due.rounded());
        row.flags.push(flagged_with(flag::MONTHS_DIFFER, &figures));
    }
}

/// A thing sold is named by its word alone.
fn goods(row: &mut Row) {
    if row.class == Class::Sale {
        let word = HEADS.iter().map(|(word, _)| *word).find(|word| row.read.site.starts_with(word));
        row.read.site = word.unwrap_or("出售").to_owned();
    }
}

/// The row's status, from what was mended, asked and refused.
pub fn settle(row: &mut Row) {
    goods(row);
    if row.status == Status::Skipped {
        return;
    }
    row.status = if !row.errors.is_empty() {
        Status::Refused
    } else if row.questions.iter().any(|question| question.required) {
        Status::Ask
    } else if row.fixes.is_empty() {
        Status::Read
    } else {
        Status::Fixed
    };
}
