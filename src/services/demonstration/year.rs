//! One estate's year as an accountant wrote it out: the text, and what each of its rows records.
//! The demonstration plays it; a test posts it row by row and compares every figure.

use super::DemonstrationError;
use super::deed::Deed;
use super::words::{By, Lease, decision, fee_clause};
use crate::ledger::entry::{DocKind, Side};
use crate::ledger::money::Money;

/// The rows in posting order.
const YEAR: &str = include_str!("../../../tests/data/worked-year-2025.txt");

/// A row of the year.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// Its number: `R20`.
    pub no: &'a str,
    /// Month and day: `03-22`.
    pub day: &'a str,
    /// The kind of event.
    pub kind: &'a str,
    /// Its lines, and after ` @` a key.
    pub rest: &'a str,
    /// Who pays or is paid.
    pub party: Option<&'a str>,
    /// What people call it.
    pub memo: Option<&'a str>,
}

/// The rows of the year.
pub fn rows() -> impl Iterator<Item = Row<'static>> {
    YEAR.lines().filter(|line| !line.starts_with('#')).filter_map(row)
}

fn row(text: &str) -> Option<Row<'_>> {
    let (text, memo) = split(text, " # ");
    let (text, party) = split(text, " > ");
    let mut words = text.splitn(4, ' ');
    let mut word = || words.next();
    Some(Row { no: word()?, day: word()?, kind: word()?, rest: word()?, party, memo })
}

fn split<'a>(text: &'a str, mark: &str) -> (&'a str, Option<&'a str>) {
    match text.split_once(mark) {
        Some((text, rest)) => (text, Some(rest)),
        None => (text, None),
    }
}

/// What stands before the first row: decisions, the clause on fees, contracts.
pub fn standing() -> Vec<Deed> {
    let from = "2025-01-01";
    let limited = |no, matter, limit| decision(no, "assembly", matter, from, Some(limit));
    let mut deeds = vec![
        limited("2025-02", "更换地库排水泵", "25000.00"),
        limited("2025-05", "3幢门禁维修", "5000.00"),
        limited("2025-07", "业委会秘书补贴", "14400.00"),
        limited("2025-09", "按面积分配公共收益", "32000.00"),
        decision("2024-11", "assembly", "共用部位出租经营", from, None),
        fee_clause("8", 2_000, "前期物业服务合同第八条", from),
    ];
    deeds.extend(LEASES.iter().map(Lease::signed));
    deeds
}

const fn lease(
    no: &'static str,
    site: &'static str,
    party: &'static str,
    account: &'static str,
    rate: (&'static str, &'static str),
    term: (&'static str, &'static str),
) -> Lease {
    let (amount, per) = rate;
    let by = By::Decision("2024-11");
    Lease { no, site, party, account, amount, per, pieces: 1, term, by }
}

/// The contracts of the year.
pub const LEASES: [Lease; 5] = [
    lease(
        "C-01",
        "电梯轿厢框架与液晶广告",
        "甲广告公司",
        "R.4501.01",
        ("60600.00", "year"),
        ("2025-01-15", "2026-01-14"),
    ),
    lease(
        "C-02",
        "通信机房",
        "乙通信公司",
        "R.4504.01",
        ("7800.00", "quarter"),
        ("2025-01-01", "2027-12-31"),
    ),
    lease(
        "C-03",
        "智能快递柜",
        "丙快递公司",
        "R.4503.02",
        ("3900.00", "year"),
        ("2025-01-01", "2026-12-31"),
    ),
    lease(
        "C-04",
        "电动自行车充电桩",
        "丁充电公司",
        "R.4503.05",
        ("3000.00", "year"),
        ("2025-01-01", "2026-12-31"),
    ),
    lease(
        "C-05",
        "3幢屋顶灯箱",
        "戊广告公司",
        "R.4501.06",
        ("6000.00", "year"),
        ("2025-01-01", "2026-12-31"),
    ),
];

/// What a row records.
pub fn deed(row: &Row<'_>) -> Result<Deed, DemonstrationError> {
    let unread = || DemonstrationError::Value(format!("{} {}", row.no, row.rest));
    let date = format!("2025-{}", row.day);
    if row.kind == "close" {
        let (fund, to) = row.rest.split_once(' ').ok_or_else(unread)?;
        let close = Deed::new("close").text("fund", fund).text("period_kind", "month");
        return Ok(close.text("to", &format!("2025-{to}")));
    }
    let (rest, key) = split(row.rest, " @");
    let mut named = Deed::new(kind(row)?).named(row.no).dated(date);
    named.memo = row.memo.map(str::to_owned);
    if row.kind == "correct" {
        let (no, lines) = rest.split_once(' ').ok_or_else(unread)?;
        let correct = named.of(no).text("reason", "金额误记").occurred("2025-03-22");
        return Ok(correct.lines(lines));
    }
    with_keys(named.lines(rest), row, key, &debited(rest)?).ok_or_else(unread)
}

fn kind(row: &Row<'_>) -> Result<&'static str, DemonstrationError> {
    let found = crate::ledger::kinds::kind(row.kind);
    found.map(|kind| kind.name).ok_or_else(|| DemonstrationError::Value(row.kind.to_owned()))
}

fn debited(lines: &str) -> Result<String, DemonstrationError> {
    let lines = super::lines::lines(lines)?;
    let debits = lines.iter().filter(|line| line.side == Side::Debit);
    Ok(debits.map(|line| line.amount).sum::<Money>().to_string())
}

/// The keys that a kind asks for.
fn with_keys(deed: Deed, row: &Row<'_>, key: Option<&str>, amount: &str) -> Option<Deed> {
    let party = row.party.unwrap_or("收款单位");
    let shown = |deed: Deed, kind: &str| deed.shown(kind, &format!("A{}", row.no), party, amount);
    Some(match row.kind {
        "opening" if row.no == "R02" => deed.text("fund", "R").text("unproven", "yes"),
        "opening" => shown(deed, "settlement").text("fund", "R").paper(DocKind::BankSlip),
        "settle" => deed.text("channel", row.party.unwrap_or("平台")),
        "income_refund" => deed.party("payee", party).text("reason", "多收退还"),
        "deposit.in" => deed.party("party", party),
        "deposit.out" | "held.out" | "unproven.out" | "distribute.pay" => {
            deed.party("payee", party)
        }
        "deposit.forfeit" => shown(deed, "settlement").text("reason", "损坏赔偿"),
        "held.in" | "held.to_fund" => deed.text("purpose", "代收"),
        "cost" => match key {
            Some(clause) => deed.text("clause", clause).party("payee", party),
            None => shown(deed, "invoice").party("payee", party),
        },
        "spend" => deed.text("decision", key?).party("payee", party).paper(DocKind::Invoice),
        "unproven.accept" => shown(deed, "invoice").party("payee", party).of(key?),
        "unproven.return" => deed.party("party", party).of(key?),
        "top_up" => deed.text("rule", "top_up_share_percent"),
        "top_up.return" => deed.text("reason", "多转退回").of(key?),
        "opening.confirm" => shown(deed, "settlement").text("reason", "原物业移交"),
        "distribute.declare" => deed.text("decision", key?),
        _ => deed,
    })
}
