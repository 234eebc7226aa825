//! Amounts, days and periods as people read them, in Chinese and English.

use chrono::{Datelike, NaiveDate};

use super::money::Money;
use super::period::Period;

/// `-1,234.56`: thousands grouped, two decimals.
pub fn grouped(amount: Money) -> String {
    let plain = amount.abs().to_string();
    let (whole, cents) = plain.split_at(plain.len() - 3);
    let mut text = String::with_capacity(plain.len() + plain.len() / 3);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{text}{cents}")
}

/// `21.65 万`, rounded half up to two decimals of ten thousand; small amounts stay in yuan.
pub fn wan(amount: Money) -> String {
    if amount.abs() < Money::from_fen(1_000_000) {
        return grouped(amount);
    }
    let hundredths = (amount.abs().fen() + 5_000) / 10_000;
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02} 万", hundredths / 100, hundredths % 100)
}

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// An amount in capitals as on Chinese vouchers (支付结算办法, annex 1): 壹仟肆佰零玖元伍角.
pub fn capitals(amount: Money) -> String {
    let fen = amount.fen().unsigned_abs();
    let (yuan, jiao, cents) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if amount.is_negative() {
        text.push('负');
    }
    if yuan > 0 || fen == 0 {
        text.push_str(&whole_capitals(yuan));
        text.push('元');
    }
    // 零 bridges a gap: an empty place between the last digit before and the next after.
    let gap_before_jiao = yuan > 0 && yuan % 10 == 0 && jiao > 0;
    let gap_before_cents = yuan > 0 && jiao == 0 && cents > 0;
    if gap_before_jiao || gap_before_cents {
        text.push('零');
    }
    for (digit, unit) in [(jiao, '角'), (cents, '分')] {
        if let Some(capital) = digit_capital(digit).filter(|_| digit > 0) {
            text.push(capital);
            text.push(unit);
        }
    }
    if jiao == 0 && cents == 0 {
        text.push('整');
    }
    text
}

fn digit_capital(digit: u64) -> Option<char> {
    DIGITS.get(usize::try_from(digit).ok()?).copied()
}

fn whole_capitals(mut yuan: u64) -> String {
    if yuan == 0 {
        return "零".to_owned();
    }
    let mut groups = Vec::new();
    while yuan > 0 {
        groups.push(yuan % 10_000);
        yuan /= 10_000;
    }
    let mut text = String::new();
    let mut gap = false;
    for (at, group) in groups.iter().enumerate().rev() {
        if *group == 0 {
            gap = !text.is_empty();
            continue;
        }
        if !text.is_empty() && (gap || *group < 1_000) {
            text.push('零');
        }
        gap = false;
        text.push_str(&group_capitals(*group));
        text.push_str(["", "万", "亿", "万亿"][at.min(3)]);
    }
    text
}

fn group_capitals(group: u64) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (scale, unit) in [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let digit = group / scale % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        text.extend(digit_capital(digit));
        text.push_str(unit);
    }
    text
}

/// `2025年3月31日`.
pub fn paper_date(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2025年第一季度`, `2025年3月`, `2025年`, `2025年3月至2025年5月`.
pub fn paper_period(period: Period) -> String {
    let (from, to) = (period.from, period.to);
    match (from.month(), from.until(to)) {
        (_, 0) => format!("{}年{}月", from.year(), from.month()),
        (1, 11) => format!("{}年", from.year()),
        (1 | 4 | 7 | 10, 2) => {
            let nth = ["一", "二", "三", "四"][(from.quarter() as usize - 1).min(3)];
            format!("{}年第{nth}季度", from.year())
        }
        _ => format!("{}年{}月至{}年{}月", from.year(), from.month(), to.year(), to.month()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_as_on_vouchers() {
        for (amount, text) in [
            ("1234.56", "壹仟贰佰叁拾肆元伍角陆分"),
            ("1409.50", "壹仟肆佰零玖元伍角"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("107000.53", "壹拾万柒仟元零伍角叁分"),
            ("10.00", "壹拾元整"),
            ("0.05", "伍分"),
            ("0.00", "零元整"),
            ("325.04", "叁佰贰拾伍元零肆分"),
            ("10000.00", "壹万元整"),
            ("100000001.00", "壹亿零壹元整"),
            ("10010001.00", "壹仟零壹万零壹元整"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
            ("200000000000.00", "贰仟亿元整"),
        ] {
            assert_eq!(capitals(amount.parse().unwrap()), text, "{amount}");
        }
    }

    #[test]
    fn amounts_are_grouped() {
        assert_eq!(grouped("1234567.05".parse().unwrap()), "1,234,567.05");
        assert_eq!(grouped(Money::from_fen(-99_900)), "-999.00");
        assert_eq!(wan("216493.60".parse().unwrap()), "21.65 万");
        assert_eq!(wan("9999.99".parse().unwrap()), "9,999.99");
    }
}
