//! Sub-totals and totals between the rows, and the control totals.
//!
//! A sum's row has neither a number nor a rate, and says 小计, 合计 or 总计. A 小计 adds the rows
//! since the last sum, a 总计 all rows of the sheet, a 合计 either. A printed sum that disagrees
//! is an error on its row.

use super::headings::{self, Layout};
use super::model::{Class, Field, Status};
use super::neighbours::total_disagrees;
use super::reading::{Row, SheetTotal, Totals};
use super::said::{flag, flagged};
use crate::exchange::answers::Answers;
use crate::exchange::grammar::number::{self, NotMoney};
use crate::exchange::grammar::term::Paper;
use crate::exchange::grammar::text::compact;
use crate::exchange::table::{Cell, Sheet, SheetRow};
use crate::ledger::money::Money;

/// What a sum adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Since,
    Either,
    All,
    /// 累计: over other months too
    Running,
}

/// The class of a row that is no entry; nothing for an entry.
pub fn class_of(sheet: &Sheet, layout: &Layout, row: &SheetRow) -> Option<Class> {
    if super::is_above(layout, row) {
        return Some(Class::Title);
    }
    if row.number <= layout.last || headings::repeats(row) {
        return Some(Class::Heading);
    }
    if let Some(scope) = scope(layout, row) {
        return Some(if scope == Scope::All { Class::Total } else { Class::Subtotal });
    }
    let says = |field| layout.of(field).any(|column| !sheet.seen(row, column.at).is_empty());
    let own = |field| {
        layout.of(field).any(|column| row.cells.get(column.at).is_some_and(|cell| !cell.is_empty()))
    };
    let figures = [Field::Due, Field::Received, Field::Term, Field::Attribution, Field::Quantity];
    let says_figures = figures.into_iter().any(own);
    let signed = row.cells.iter().any(is_signature) && !own(Field::Number);
    let entry = (says(Field::Name) && (own(Field::Number) || says_figures)) || own(Field::Received);
    (!entry || signed).then_some(Class::Title)
}

/// 制表人：… 审核：…
fn is_signature(cell: &Cell) -> bool {
    const SIGNS: &[&str] = &["制表", "审核", "复核", "填表", "经办", "负责人", "会计", "出纳"];
    let text = compact(&cell.text());
    SIGNS.iter().any(|sign| text.starts_with(sign)) && text.contains(':')
}

fn scope(layout: &Layout, row: &SheetRow) -> Option<Scope> {
    let filled = |field| {
        layout.of(field).any(|column| row.cells.get(column.at).is_some_and(|cell| !cell.is_empty()))
    };
    let numbered = layout.of(Field::Number).any(|column| {
        row.cells
            .get(column.at)
            .is_some_and(|cell| compact(&cell.text()).starts_with(|c: char| c.is_ascii_digit()))
    });
    if numbered || filled(Field::Term) {
        return None;
    }
    let aside = [Field::Note, Field::Due, Field::Received, Field::Attribution, Field::Party];
    let words = row.cells.iter().enumerate().filter(|(at, _)| {
        !layout.columns.iter().any(|column| column.at == *at && aside.contains(&column.field))
    });
    words.map(|(_, cell)| cell.text()).find_map(|text| sum_word(&text))
}

fn sum_word(text: &str) -> Option<Scope> {
    let text = compact(text);
    let text = text.split(['(', ':']).next().unwrap_or_default();
    if text.chars().count() > 20 {
        return None;
    }
    let is = |word: &str| text.ends_with(word) || text.starts_with(word);
    if is("累计") {
        Some(Scope::Running)
    } else if is("总计") || is("总合计") {
        Some(Scope::All)
    } else if is("小计") {
        Some(Scope::Since)
    } else if is("合计") || is("共计") {
        Some(Scope::Either)
    } else {
        None
    }
}

/// Compares the printed sums and adds up the control totals.
pub fn finish(rows: &mut [Row], sheet: &Sheet, layout: &Layout, answers: &Answers) -> Totals {
    let mut sheet_totals = Vec::new();
    for at in 0..rows.len() {
        if !matches!(rows[at].class, Class::Subtotal | Class::Total) {
            continue;
        }
        let Some(source) = sheet.rows.get(at) else { continue };
        let scope = scope(layout, source).unwrap_or(Scope::Either);
        let Some(printed) = printed(layout, source).filter(|_| scope != Scope::Running) else {
            rows[at].flags.push(flagged(flag::NOT_COMPARED));
            continue;
        };
        let printed = printed.ok();
        let computed = computed(rows, at, scope, printed);
        let total = SheetTotal { row: rows[at].row, printed, computed };
        let answer = answers.rows.get(&rows[at].row);
        let settled = answer.is_some_and(|answer| answer.accept.is_some() || answer.skip.is_some());
        if !total.agrees() && !settled {
            total_disagrees(&mut rows[at], printed, computed);
            rows[at].status = Status::Ask;
        }
        rows[at].total = Some(total.clone());
        sheet_totals.push(total);
    }
    control(rows, sheet_totals)
}

/// What is printed in the column of receipts, if anything; it may be no amount.
fn printed(layout: &Layout, row: &SheetRow) -> Option<Result<Money, NotMoney>> {
    let column = layout.of(Field::Received).next()?;
    let cell = row.cells.get(column.at).filter(|cell| !cell.is_empty())?;
    Some(match cell.value() {
        Cell::Number(value) => {
            let scaled = value.checked_mul(column.unit.scale).ok_or(NotMoney::TooLarge);
            scaled.and_then(number::money)
        }
        Cell::Text(text) => number::amount(text, column.unit.scale),
        _ => Err(NotMoney::NotUnderstood),
    })
}

fn computed(rows: &[Row], at: usize, scope: Scope, printed: Option<Money>) -> Option<Money> {
    let is_sum = |row: &Row| matches!(row.class, Class::Subtotal | Class::Total);
    let block_start = rows[..at].iter().rposition(is_sum).map_or(0, |sum| sum + 1);
    let mut since = &rows[block_start..at];
    if !since.iter().any(|row| row.class.is_entry()) {
        // A sum that stands above its rows.
        let after = &rows[at + 1..];
        since = &after[..after.iter().position(is_sum).unwrap_or(after.len())];
    }
    match scope {
        Scope::Since => add(since),
        Scope::All => add(rows),
        Scope::Either | Scope::Running => {
            let candidates = [add(since), add(&rows[..at]), add(rows)];
            let agreeing = candidates.iter().flatten().find(|sum| Some(**sum) == printed);
            agreeing.copied().or(candidates[0])
        }
    }
}

/// What rows received; nothing where one can't be read.
fn add(rows: &[Row]) -> Option<Money> {
    let entries = rows.iter().filter(|row| row.class.is_entry());
    entries.map(amount).try_fold(Money::ZERO, |sum, next| sum.checked_add(next?))
}

fn amount(row: &Row) -> Option<Money> {
    let unread = row.read.received.is_none()
        && (row.questions.iter().any(|question| question.field == Field::Received)
            || row.errors.iter().any(|error| error.field == Field::Received));
    (!unread).then(|| row.read.received.unwrap_or_default())
}

fn control(rows: &[Row], sheet: Vec<SheetTotal>) -> Totals {
    let entries = || rows.iter().filter(|row| row.class.is_entry());
    let live = || entries().filter(|row| row.status != Status::Skipped);
    let sum = |wanted: &dyn Fn(&Row) -> bool| {
        let chosen = entries().filter(|row| wanted(row)).filter_map(|row| row.read.received);
        chosen.fold(Money::ZERO, |sum, next| sum.checked_add(next).unwrap_or(sum))
    };
    Totals {
        due_month: live().filter_map(|row| row.read.due_month).sum(),
        received: sum(&|_| true),
        due_month_without_contract: live()
            .filter(|row| row.read.paper == Paper::None)
            .filter_map(|row| row.read.due_month)
            .sum(),
        to_post: sum(&|row| matches!(row.status, Status::Read | Status::Fixed)),
        held: sum(&|row| matches!(row.status, Status::Ask | Status::Refused)),
        sheet,
    }
}
