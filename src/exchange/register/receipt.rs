//! What came in, and for which months.

use rust_decimal::Decimal;

use super::entry::Context;
use super::model::{Field, Source};
use super::reading::Row;
use super::said::{flag, trouble};
use crate::exchange::grammar::attribution::{self, Attributed};
use crate::exchange::grammar::number::{self, NotMoney};
use crate::exchange::grammar::text::{compact, mended, normal};
use crate::exchange::table::Cell;
use crate::ledger::money::Money;
use crate::ledger::period::Period;

/// Reads the received amount and its attribution.
pub fn read(context: &Context<'_>, row: &mut Row) {
    row.read.received = received(context, row);
    let came = row.read.received.is_some_and(Money::is_positive);
    if let Some(period) = context.answered(|answer| answer.period) {
        let before = context.text(Field::Attribution).unwrap_or_default();
        row.fix(Field::Attribution, &before, period.to_string(), "answer");
        settle(context, row, period, Source::Answer);
    } else if let Some(cell) = context.cell(Field::Attribution).filter(|_| came) {
        said(context, row, cell);
    } else if came {
        from_title(context, row);
    }
}

fn received(context: &Context<'_>, row: &mut Row) -> Option<Money> {
    if let Some(answer) = context.answered(|answer| answer.received) {
        let before = context.text(Field::Received).unwrap_or_default();
        row.fix(Field::Received, &before, answer.to_string(), "answer");
        return Some(answer);
    }
    let cell = context.cell(Field::Received)?;
    let raw = cell.text();
    let unit = context.layout.of(Field::Received).next().map(|column| column.unit);
    let scale = unit.unwrap_or_default().scale;
    let read = match cell.value() {
        Cell::Number(value) => {
            value.checked_mul(scale).ok_or(NotMoney::TooLarge).and_then(number::money)
        }
        Cell::Text(text) if matches!(compact(text).as_str(), "-" | "--" | "/" | "无") => {
            return None;
        }
        Cell::Text(text) => number::amount(text, scale),
        Cell::Empty | Cell::Date(_) | Cell::Broken(_) | Cell::Formula(_) => {
            Err(NotMoney::NotUnderstood)
        }
    };
    match read {
        Ok(money) => {
            let wan = scale != Decimal::ONE || raw.contains('万');
            let reason = mended(&raw).or(wan.then_some("wan"));
            if let Some(why) = reason {
                row.fix(Field::Received, &raw, money.to_string(), why);
            }
            Some(money)
        }
        Err(wrong) => {
            not_money(row, &raw, wrong);
            None
        }
    }
}

fn not_money(row: &mut Row, raw: &str, wrong: NotMoney) {
    let raw = normal(raw);
    match wrong {
        NotMoney::Decimals => row.refuse(trouble(
            Field::Received,
            &raw,
            "decimals",
            ("金额只能有两位小数", "An amount of money has two decimals"),
            ("请核对回单，用 received 写明", "Look at the slip and answer with received"),
        )),
        NotMoney::Negative => {
            let words = ("负数：是退款还是更正？", "Below zero: a refund or a correction?");
            row.ask(Field::Received, "skip", words, &[]);
        }
        NotMoney::TooLarge | NotMoney::NotUnderstood => {
            let zh = format!("实收没读懂：{raw}");
            let en = format!("The amount received isn't understood: {raw}");
            row.ask(Field::Received, "received", (&zh, &en), &[]);
        }
    }
}

fn said(context: &Context<'_>, row: &mut Row, cell: &Cell) {
    let raw = cell.text();
    let text = compact(&raw);
    if matches!(text.as_str(), "-" | "--" | "/") {
        return from_title(context, row);
    }
    let found = match cell.value() {
        Cell::Number(number) => attribution::of_number(*number, context.month),
        Cell::Date(day) => attribution::of_day(*day),
        // A text table can't say whether 2018.1 was a number, so it is taken as one.
        Cell::Text(_) if !context.sheet.typed && is_number_y_1(&text) => text
            .parse()
            .map_or(Attributed::Unknown, |number| attribution::of_number(number, context.month)),
        Cell::Text(text) => attribution::of_text(text, context.month),
        Cell::Empty | Cell::Formula(_) | Cell::Broken(_) => Attributed::Unknown,
    };
    match found {
        Attributed::Plain(period) => {
            if let Some(why) = mended(&raw) {
                row.fix(Field::Attribution, &raw, period.to_string(), why);
            }
            settle(context, row, period, Source::Cell);
        }
        Attributed::Completed(period, why) => {
            row.fix(Field::Attribution, &raw, period.to_string(), why);
            settle(context, row, period, Source::Cell);
        }
        Attributed::Either(one, other) => {
            let (one, other) = (one.to_string(), other.to_string());
            let words = ("所属月份是哪一个？", "Which month is it for?");
            row.ask(Field::Attribution, "period", words, &[&one, &other]);
        }
        Attributed::Unknown => {
            let zh = format!("所属月份没读懂：{}", normal(&raw));
            let en = format!("The months aren't understood: {}", normal(&raw));
            row.ask(Field::Attribution, "period", (&zh, &en), &[]);
        }
    }
}

fn is_number_y_1(text: &str) -> bool {
    text.len() == 6 && text.ends_with(".1") && text[..4].bytes().all(|b| b.is_ascii_digit())
}

fn from_title(context: &Context<'_>, row: &mut Row) {
    if let Some(month) = context.month {
        row.fix(Field::Attribution, "", month.to_string(), "title");
        settle(context, row, Period::month(month), Source::Title);
    } else {
        let words = ("没有写所属月份，表头也没有月份", "No month is said, nor in the title");
        row.ask(Field::Attribution, "period", words, &[]);
    }
}

fn settle(context: &Context<'_>, row: &mut Row, period: Period, source: Source) {
    row.read.attribution = Some(period);
    row.read.attribution_source = Some(source);
    if context.month.is_some_and(|month| period.to < month) {
        row.read.for_earlier_periods = true;
        row.flag(flag::EARLIER_PERIODS);
    }
}
