//! What banks print above and below the lines: the period, the balances at its ends.

use super::Statement;
use super::sheet::two_days;
use crate::exchange::columns;
use crate::exchange::grammar::text::compact;
use crate::exchange::table::{Cell, SheetRow};

const OPENING: &[&str] = &["期初余额", "上期余额", "承前余额", "openingbalance"];
const CLOSING: &[&str] = &["期末余额", "本期余额", "期末账户余额", "closingbalance"];
const PERIOD: &[&str] = &[
    "起止日期",
    "查询日期",
    "查询期间",
    "账单周期",
    "账单期间",
    "对账期间",
    "日期范围",
    "交易日期",
    "period",
];
const FROM: &[&str] = &["起始日期", "开始日期", "查询起始日期", "from"];
const TO: &[&str] = &["终止日期", "截止日期", "结束日期", "查询截止日期", "to"];

/// Takes what a row says with a label: in the same cell after a colon, or in the next one.
pub fn read(statement: &mut Statement, row: &SheetRow) {
    let cells: Vec<String> = row
        .cells
        .iter()
        .filter(|cell| !cell.is_empty())
        .map(|cell| compact(&cell.text()))
        .collect();
    for (at, cell) in cells.iter().enumerate() {
        let (label, rest) = cell.split_once(':').unwrap_or((cell, ""));
        let next = cells.get(at + 1).map_or("", String::as_str);
        let value = Cell::Text(if rest.is_empty() { next } else { rest }.to_owned());
        let label = label.split('(').next().unwrap_or_default().to_lowercase();
        let is = |words: &[&str]| words.contains(&label.as_str());
        if is(OPENING) {
            statement.opening = statement.opening.or(columns::signed(&value).ok());
        } else if is(CLOSING) {
            statement.closing = statement.closing.or(columns::signed(&value).ok());
        } else if is(FROM) {
            statement.from = statement.from.or(columns::day(&value));
        } else if is(TO) {
            statement.to = statement.to.or(columns::day(&value));
        } else if is(PERIOD)
            && let Some((from, to)) = two_days(&value.text())
        {
            statement.from = statement.from.or(Some(from));
            statement.to = statement.to.or(Some(to));
        }
    }
}
