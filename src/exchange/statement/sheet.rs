//! A statement from a table.

use chrono::NaiveDate;

use super::map::{Field, Map};
use super::{Line, Options, Statement, StatementError, head};
use crate::exchange::columns::{self, Columns};
use crate::exchange::grammar::number::NotMoney;
use crate::exchange::grammar::text::compact;
use crate::exchange::rows::{Row, Weight};
use crate::exchange::table::{Cell, Sheet, SheetRow};
use crate::ledger::money::Money;

const NEEDED: &str = "交易日期 day; 金额 amount, or 收入 in and 支出 out";

/// Reads the one sheet that has such columns.
pub fn read(sheets: Vec<Sheet>, options: &Options) -> Result<Statement, StatementError> {
    let enough = |found: &Columns<Field>| {
        let sides = found.has(Field::In) && found.has(Field::Out);
        found.has(Field::Day) && (found.has(Field::Amount) || sides)
    };
    let field_of = |heading: &str| options.map.field_of(heading);
    let wanted = options.sheet.as_deref();
    let (sheet, columns) = columns::choose(sheets, wanted, NEEDED, &field_of, &enough)?;
    let mut statement = Statement::default();
    for source in &sheet.rows {
        let row = if source.number <= columns.row {
            head::read(&mut statement, source);
            let skipped = Some(if source.number == columns.row { "heading" } else { "title" });
            Row { skipped, ..Row::new(source.number, Line::default()) }
        } else {
            read_row(&mut statement, &columns, &options.map, source)
        };
        statement.rows.push(row);
    }
    statement.sheet = sheet.name;
    statement.unread = columns.unread;
    Ok(statement)
}

fn read_row(
    statement: &mut Statement,
    columns: &Columns<Field>,
    map: &Map,
    source: &SheetRow,
) -> Row<Line> {
    let mut row = Row::new(source.number, Line::default());
    let text = |field| columns.text(source, field);
    let day_cell = columns.cell(source, Field::Day);
    row.read.day = day_cell.and_then(columns::day);
    row.read.serial = text(Field::Serial).unwrap_or_default();
    (row.read.party, row.read.remark) = (text(Field::Party), text(Field::Remark));
    row.read.balance = money(&mut row, columns, source, (Field::Balance, "balance"));
    let has_figure = [Field::In, Field::Out, Field::Amount]
        .into_iter()
        .any(|field| columns.cell(source, field).is_some());
    if row.read.day.is_none() && columns::is_total(source) {
        row.skipped = Some("total");
        row.notes.clear();
        return row;
    }
    if let Some(balance) = row.read.balance.filter(|_| says_opening(source)) {
        statement.opening = statement.opening.or(Some(balance));
        row.skipped = Some("opening");
        return row;
    }
    if row.read.day.is_none() && !has_figure {
        head::read(statement, source);
        row.skipped = Some("title");
        row.notes.clear();
        return row;
    }
    row.read.amount = amount(&mut row, columns, map, source);
    no_day(&mut row, day_cell);
    if row.read.amount.is_zero() && row.notes.is_empty() {
        row.skipped = Some("zero");
    }
    row
}

/// 期初余额 or 承前页 in a row of the table itself.
fn says_opening(source: &SheetRow) -> bool {
    let words = ["期初余额", "上期余额", "承前页", "承前余额", "期初"];
    source.cells.iter().any(|cell| words.contains(&compact(&cell.text()).as_str()))
}

fn no_day(row: &mut Row<Line>, cell: Option<&Cell>) {
    if row.read.day.is_some() {
        return;
    }
    let found = cell.map(Cell::text).unwrap_or_default();
    let words = (
        format!("日期没读懂：{found}；请写成 2025-03-01"),
        format!("The day isn't understood: {found}; write it as 2025-03-01"),
    );
    row.note(Weight::Refuse, ("day", "no_day"), words);
}

/// What a line moves: in less out, or one amount with its way, or with its sign.
fn amount(row: &mut Row<Line>, columns: &Columns<Field>, map: &Map, source: &SheetRow) -> Money {
    let came = money(row, columns, source, (Field::In, "in")).unwrap_or_default();
    let went = money(row, columns, source, (Field::Out, "out")).unwrap_or_default();
    if !came.is_zero() && !went.is_zero() {
        let words = (
            format!("同一行又收 {came} 又支 {went}；请核对"),
            format!("{came} in and {went} out in one line; look at the bank's"),
        );
        row.note(Weight::Refuse, ("amount", "both_sides"), words);
        return Money::ZERO;
    }
    let Some(amount) = money(row, columns, source, (Field::Amount, "amount")) else {
        return came - went;
    };
    if !columns.has(Field::Way) {
        return amount;
    }
    let way = columns.text(source, Field::Way).unwrap_or_default();
    match map.is_in(&way) {
        Some(true) => amount,
        Some(false) => -amount,
        None => {
            let words = (
                format!("借贷方向没读懂：{way}；应是 借、贷、收入 或 支出"),
                format!("In or out? {way} isn't understood; 借, 贷, 收入 or 支出 is"),
            );
            row.note(Weight::Refuse, ("way", "no_way"), words);
            Money::ZERO
        }
    }
}

fn money(
    row: &mut Row<Line>,
    columns: &Columns<Field>,
    source: &SheetRow,
    (field, name): (Field, &'static str),
) -> Option<Money> {
    let cell = columns.cell(source, field)?;
    let text = cell.text();
    if matches!(text.trim(), "-" | "--" | "/") {
        return None;
    }
    let why = match columns::signed(cell) {
        Ok(money) => return Some(money),
        Err(NotMoney::Decimals) => ("多于两位小数", "has more than two decimals"),
        Err(NotMoney::TooLarge) => ("超出一行能记的数", "is beyond what a line may move"),
        Err(_) => ("不是金额", "is no amount"),
    };
    let words = (format!("{text} {}", why.0), format!("{text} {}", why.1));
    row.note(Weight::Refuse, (name, "no_amount"), words);
    None
}

/// Two days in a text, as `20250101-20250331` or `2025年1月1日至2025年3月31日`.
pub fn two_days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let text = compact(text);
    let cuts = text.match_indices(['-', '~', '至', '到']);
    cuts.into_iter().find_map(|(at, cut)| {
        let of = |text: &str| columns::day(&Cell::Text(text.to_owned()));
        Some((of(&text[..at])?, of(&text[at + cut.len()..])?))
    })
}
