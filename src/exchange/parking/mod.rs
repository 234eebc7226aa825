//! The daily totals of a parking system: what came in, in cash and over a platform, how many
//! drove in and how many paid nothing, and when the platform settled.

mod check;
mod json;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::columns::{self, Columns, TableError};
use super::grammar::number::NotMoney;
use super::register::reference::hex;
use super::rows::{Row, Weight};
use super::table::{Cell, SheetRow};
use super::workbook;
use crate::ledger::money::Money;
pub use check::CLOSED;

/// A column's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Lot,
    Day,
    Visits,
    Exempt,
    Due,
    Waived,
    Cash,
    Platform,
    Amount,
    Fee,
    SettledOn,
    Settled,
}

/// Each field's words in headings.
const NAMES: &[(Field, &str)] = &[
    (Field::Lot, "车场 停车场 车场名称 停车场名称 出入口 通道 岗亭 lot"),
    (Field::Day, "日期 营业日期 收费日期 统计日期 交易日期 日 day date"),
    (Field::Visits, "车次 进场车次 入场车次 进出车次 停车次数 车流量 总车次 入场数 visits entries"),
    (Field::Exempt, "免费车次 免费 免费次数 免费车辆 减免车次 优惠车次 exempt"),
    (Field::Due, "应收 应收金额 应收合计 due"),
    (Field::Waived, "减免 减免金额 优惠金额 抵扣金额 waived"),
    (Field::Cash, "现金 现金金额 现金收入 现金收费 人工收费 cash"),
    (
        Field::Platform,
        "平台 平台收入 平台金额 线上 线上收入 线上支付 电子支付 扫码支付 移动支付 微信支付宝 platform",
    ),
    (Field::Amount, "金额 实收 实收金额 合计 收入合计 合计金额 总金额 总收入 amount total"),
    (Field::Fee, "手续费 服务费 通道费 平台手续费 fee"),
    (Field::SettledOn, "到账日期 结算日期 到账日 清算日期 结算日 settled_on"),
    (Field::Settled, "到账金额 结算金额 净额 清算金额 入账金额 settled net"),
];

const NEEDED: &str = "日期 day; 现金 cash or 平台 platform";

/// What the caller says beside the file.
#[derive(Clone, Debug)]
pub struct Options {
    /// The sheet, where there are several.
    pub sheet: Option<String>,
    /// Days after this one can't be.
    pub today: NaiveDate,
    /// Days before this one are closed, or not in the book.
    pub since: NaiveDate,
}

/// Money that a platform passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The bank's day.
    pub on: NaiveDate,
    /// What reached the account.
    pub net: Money,
    /// What the platform kept.
    pub fee: Money,
}

/// One day's totals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daily {
    /// Which gate or ground, where the file has several.
    pub lot: Option<String>,
    /// The day.
    pub day: Option<NaiveDate>,
    /// Cars that came in.
    pub visits: Option<u64>,
    /// Of them, cars that paid nothing.
    pub exempt: Option<u64>,
    /// In cash.
    pub cash: Money,
    /// Over the platform, before its fee.
    pub platform: Money,
    /// Both together.
    pub amount: Money,
    /// The platform's fee, as the row says it.
    pub fee: Option<Money>,
    /// The settlement that the row tells of.
    pub settlement: Option<Settlement>,
}

/// A printed sum beside the computed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The row it is printed in.
    pub row: u32,
    /// As printed.
    pub printed: Money,
    /// The days' sum.
    pub computed: Money,
}

/// A file of daily totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parking {
    /// The file's name.
    pub file: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// The sheet's name.
    pub sheet: String,
    /// Rows with content, in order.
    pub rows: Vec<Row<Daily>>,
    /// The sheet's own sums.
    pub sums: Vec<Sum>,
    /// Headings of columns that aren't read.
    pub unread: Vec<String>,
}

/// Control totals of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Days.
    pub days: u64,
    /// In cash.
    pub cash: Money,
    /// Over the platform.
    pub platform: Money,
    /// Cash and platform.
    pub amount: Money,
    /// What settlements brought to the account.
    pub settled: Money,
    /// What settlements cost.
    pub fee: Money,
}

impl Parking {
    /// Reads a file; only its rows may be refused, a file that is no such table is an error.
    pub fn read(name: &str, bytes: &[u8], options: &Options) -> Result<Self, TableError> {
        let sheets = workbook::sheets(name, bytes)?;
        let enough = |found: &Columns<Field>| {
            found.has(Field::Day) && (found.has(Field::Cash) || found.has(Field::Platform))
        };
        let field_of = |heading: &str| columns::listed(NAMES, heading);
        let wanted = options.sheet.as_deref();
        let (sheet, columns) = columns::choose(sheets, wanted, NEEDED, &field_of, &enough)?;
        let mut rows = Vec::with_capacity(sheet.rows.len());
        for source in &sheet.rows {
            rows.push(read_row(&columns, source));
        }
        let sums = check::all(&mut rows, &sheet, options);
        Ok(Self {
            file: name.to_owned(),
            sha256: hex(&Sha256::digest(bytes)),
            sheet: sheet.name,
            rows,
            sums,
            unread: columns.unread,
        })
    }

    /// Totals of the rows that are chosen.
    pub fn totals(&self, chosen: impl Fn(&Row<Daily>) -> bool) -> Totals {
        let mut totals = Totals::default();
        let rows = self.rows.iter().filter(|row| row.skipped.is_none() && chosen(row));
        for read in rows.map(|row| &row.read) {
            totals.days += u64::from(read.amount.is_positive());
            totals.cash = totals.cash + read.cash;
            totals.platform = totals.platform + read.platform;
            totals.amount = totals.amount + read.amount;
            if let Some(settlement) = read.settlement {
                totals.settled = totals.settled + settlement.net;
                totals.fee = totals.fee + settlement.fee;
            }
        }
        totals
    }

    /// Rows that are asked or refused.
    pub fn open_rows(&self) -> impl Iterator<Item = &Row<Daily>> {
        self.rows.iter().filter(|row| row.is_open())
    }
}

fn read_row(columns: &Columns<Field>, source: &SheetRow) -> Row<Daily> {
    let mut row = Row::new(source.number, Daily::default());
    if source.number <= columns.row {
        row.skipped = Some(if source.number == columns.row { "heading" } else { "title" });
        return row;
    }
    row.read.lot = columns.text(source, Field::Lot);
    row.read.day = columns.cell(source, Field::Day).and_then(columns::day);
    let mut money = |field, name| amount(columns.cell(source, field), name, &mut row);
    let cash = money(Field::Cash, "cash");
    let platform = money(Field::Platform, "platform");
    let said = money(Field::Amount, "amount");
    let (due, waived) = (money(Field::Due, "due"), money(Field::Waived, "waived"));
    let (fee, settled) = (money(Field::Fee, "fee"), money(Field::Settled, "settled"));
    let parts = [cash, platform].into_iter().flatten().fold(Money::ZERO, |sum, part| sum + part);
    row.read.cash = cash.unwrap_or_default();
    row.read.platform = platform.unwrap_or_default();
    row.read.amount = said.unwrap_or(parts);
    row.read.fee = fee;
    if columns::is_total(source) {
        row.skipped = Some("total");
        row.notes.clear();
        return row;
    }
    row.read.visits = columns.cell(source, Field::Visits).and_then(columns::count);
    row.read.exempt = columns.cell(source, Field::Exempt).and_then(columns::count);
    check::parts(&mut row, parts, due.zip(waived));
    let settled_on = columns.cell(source, Field::SettledOn);
    check::settlement(&mut row, settled_on.map(|cell| (cell, columns::day(cell))), settled);
    if row.read.day.is_none() {
        let empty = columns.cell(source, Field::Day).is_none();
        if empty && row.read.amount.is_zero() && row.read.settlement.is_none() {
            row.skipped = Some("title");
        } else {
            let found = columns.text(source, Field::Day).unwrap_or_default();
            row.note(
                Weight::Refuse,
                ("day", "no_day"),
                (
                    format!("日期没读懂：{found}；请写成 2025-03-01"),
                    format!("The day isn't understood: {found}; write it as 2025-03-01"),
                ),
            );
        }
    }
    row
}

/// An amount of zero or more; what isn't one is refused.
fn amount(cell: Option<&Cell>, field: &'static str, row: &mut Row<Daily>) -> Option<Money> {
    let cell = cell?;
    let text = cell.text();
    if matches!(text.trim(), "-" | "--" | "/" | "无") {
        return None;
    }
    let words = match columns::signed(cell) {
        Ok(money) if !money.is_negative() => return Some(money),
        Ok(_) => (
            format!("{text} 是负数；退款请另记“退还收入”"),
            format!("{text} is below zero; record a refund as such"),
        ),
        Err(NotMoney::Decimals) => (
            format!("{text} 多于两位小数；请核对"),
            format!("{text} has more than two decimals; look at the source"),
        ),
        Err(_) => (
            format!("{text} 不是金额；请写成 1234.56"),
            format!("{text} is no amount; write it as 1234.56"),
        ),
    };
    row.note(Weight::Refuse, (field, "no_amount"), words);
    None
}
