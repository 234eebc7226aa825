//! Remarks: what changes the rate, what can be checked, who holds the money.
//!
//! `自2020-04-01起上浮8%` · `三年合计25200` · `与下行合计两年7200` · `电费1.5元/度` ·
//! `每月和管理费一起扣款` · `两家商户` · `正在盖章`. A remark with figures that isn't understood
//! is handed back as such: it may change what is due.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::number;
use super::rate::{self, Rate, Unit, What};
use super::term::{self, Paper};
use super::text::{Scan, compact, normal};
use crate::ledger::money::Money;

/// Which rows a sum in a remark adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The row it stands in.
    Own,
    /// That and the next.
    WithNext,
    /// That and the one before.
    WithPrevious,
}

/// One thing a remark says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// From a day on, the first rate times so many hundredths of a percent: 8 % more is 10,800.
    Step(NaiveDate, u64),
    /// The whole term's rent, to be checked against the schedule.
    Sum {
        /// What is printed.
        amount: Money,
        /// Years it says.
        years: Option<u32>,
        /// Rows it adds up.
        span: Span,
    },
    /// Energy at a unit price beside the rent.
    Energy(Rate),
    /// Collected or deducted together with the manager's own fee.
    WithServiceFee,
    /// So many payers, none named.
    Payers(u32),
    /// A word about the paper.
    Paper(Paper),
    /// Not understood, and it speaks of figures.
    Figures(String),
    /// Not understood, and it changes no figure.
    Words(String),
}

/// Reads a remark's cell.
pub fn read(text: &str) -> Vec<Remark> {
    clauses(&normal(text)).iter().map(|clause| remark(clause)).collect()
}

/// At `;`, `。`, and a comma that groups no thousands.
fn clauses(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let digit =
        |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let mut clauses = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        let groups = *c == ',' && digit(at.checked_sub(1)) && digit(Some(at + 1));
        if matches!(c, ';' | '。' | '\n') || (*c == ',' && !groups) {
            clauses.push(String::new());
        } else if let Some(last) = clauses.last_mut() {
            last.push(*c);
        }
    }
    clauses.into_iter().map(|clause| compact(&clause)).filter(|c| !c.is_empty()).collect()
}

fn remark(clause: &str) -> Remark {
    let understood = step(clause)
        .or_else(|| sum(clause))
        .or_else(|| energy(clause))
        .or_else(|| with_service_fee(clause))
        .or_else(|| payers(clause))
        .or_else(|| term::paper_in(clause).map(Remark::Paper));
    understood.unwrap_or_else(|| {
        const SIGNS: &[&str] =
            &["元", "%", "¥", "涨", "递增", "上浮", "上调", "下浮", "下调", "打折"];
        let figures = changes(clause) || SIGNS.iter().any(|sign| clause.contains(sign));
        let clause = clause.to_owned();
        if figures { Remark::Figures(clause) } else { Remark::Words(clause) }
    })
}

/// Words that end, pause or waive a rent.
pub fn changes(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "减免", "免租", "免收", "减半", "停租", "退租", "终止", "解除", "空置", "暂停", "已搬",
        "撤场",
    ];
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// `自2020-04-01起租金上浮8%`
fn step(clause: &str) -> Option<Remark> {
    const UP: &[&str] = &["上浮", "上调", "上涨", "递增", "增长", "增加", "涨"];
    const DOWN: &[&str] = &["下浮", "下调", "下降", "降"];
    let mut scan = Scan::new(clause);
    scan.eat_any(&["自", "从"]);
    let from = term::day(&mut scan)?;
    scan.eat_any(&["起", "开始"]);
    scan.eat_any(&["租金", "租费", "价格"]);
    let up = scan.eat_any(UP);
    if !up && !scan.eat_any(DOWN) {
        return None;
    }
    let hundredths = scan.number()?.value.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    if !scan.eat("%") || !scan.is_done() || hundredths.scale() > 0 {
        return None;
    }
    let change = u64::try_from(hundredths.mantissa()).ok().filter(|bp| *bp < 10_000)?;
    Some(Remark::Step(from, if up { 10_000 + change } else { 10_000 - change }))
}

/// `三年合计25200`, `与下行合计两年7200`, `合计3600元`
fn sum(clause: &str) -> Option<Remark> {
    let mut scan = Scan::new(clause);
    let rows = if scan.eat_any(&["与下一行", "与下行", "和下行"]) {
        Span::WithNext
    } else if scan.eat_any(&["与上一行", "与上行", "和上行"]) {
        Span::WithPrevious
    } else {
        Span::Own
    };
    let before = years(&mut scan);
    if !scan.eat_any(&["租金合计", "合计", "共计", "总计", "总额", "共"]) {
        return None;
    }
    let years = before.or_else(|| years(&mut scan));
    scan.eat_any(&["租金", ":"]);
    let amount = number::amount(scan.rest(), Decimal::ONE).ok()?;
    Some(Remark::Sum { amount, years, span: rows })
}

fn years(scan: &mut Scan<'_>) -> Option<u32> {
    let mut ahead = *scan;
    let count = ahead.count()?;
    ahead.eat("年").then(|| {
        *scan = ahead;
        count
    })
}

fn energy(clause: &str) -> Option<Remark> {
    let rates = rate::read(clause, Unit::default()).ok()?;
    match rates.all.as_slice() {
        [rate] if rate.what == What::Energy && rates.check.is_none() => Some(Remark::Energy(*rate)),
        _ => None,
    }
}

fn with_service_fee(clause: &str) -> Option<Remark> {
    let fee = ["管理费", "物业费", "服务费"].iter().any(|word| clause.contains(word));
    let together = ["一起", "一并", "一同", "同时", "随", "合并", "代扣", "扣款", "代收"];
    let figures = clause.contains('元') || clause.contains('%');
    let held = fee && together.iter().any(|word| clause.contains(word)) && !figures;
    held.then_some(Remark::WithServiceFee)
}

fn payers(clause: &str) -> Option<Remark> {
    let mut scan = Scan::new(clause);
    scan.eat("共");
    let count = scan.count()?;
    (scan.eat("家") && (scan.eat_any(&["商户", "商家", "单位", "公司"]) || scan.is_done()))
        .then_some(Remark::Payers(count))
        .filter(|_| scan.is_done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_say_what_they_say() {
        let step = Remark::Step("2020-04-01".parse().unwrap(), 10_800);
        assert_eq!(read("自2020-04-01起上浮8%"), [step]);
        let sum = |fen, years, span| Remark::Sum { amount: Money::from_fen(fen), years, span };
        assert_eq!(read("三年合计25,200"), [sum(2_520_000, Some(3), Span::Own)]);
        assert_eq!(read("与下行合计两年7200"), [sum(720_000, Some(2), Span::WithNext)]);
        assert_eq!(read("合计3600"), [sum(360_000, None, Span::Own)]);
        assert_eq!(read("电费1.5元/度；三年合计25200").len(), 2);
        assert_eq!(read("每月和管理费一起扣款"), [Remark::WithServiceFee]);
        assert_eq!(read("两家商户"), [Remark::Payers(2)]);
        assert_eq!(read("正在盖章"), [Remark::Paper(Paper::Sealing)]);
        assert!(matches!(read("10月起涨到6000").as_slice(), [Remark::Figures(_)]));
        assert!(matches!(read("电话联系").as_slice(), [Remark::Words(_)]));
    }
}
