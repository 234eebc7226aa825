//! Numbers in text: digits with or without thousands separators, and small Chinese numerals.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::text::{Scan, normal};
use crate::ledger::money::Money;

/// The most digits before the point; more is no amount of yuan.
const WHOLE_DIGITS_MAX: usize = 12;
/// The most digits after the point; unit prices have four.
const DECIMALS_MAX: usize = 6;

/// A number as it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: Decimal,
    /// Digits written after the point.
    pub decimals: usize,
}

/// The number a text begins with, and its length in bytes.
pub fn leading(text: &str) -> Option<(Number, usize)> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let first = run(0);
    let mut digits = text[..first].to_owned();
    let mut at = first;
    // Thousands: up to three digits, then groups of exactly three; else it is no number.
    while at > 0 && bytes.get(at) == Some(&b',') {
        if first > 3 || run(at + 1) != 3 {
            return None;
        }
        digits.push_str(&text[at + 1..at + 4]);
        at += 4;
    }
    if at == 0 || digits.len() > WHOLE_DIGITS_MAX {
        return None;
    }
    let mut decimals = 0;
    if bytes.get(at) == Some(&b'.') {
        decimals = run(at + 1);
        if decimals == 0 || decimals > DECIMALS_MAX {
            return None;
        }
        digits.push_str(&text[at..=at + decimals]);
        at += decimals + 1;
    }
    let value = Decimal::from_str(&digits).ok()?;
    Some((Number { value, decimals }, at))
}

/// A small Chinese numeral at the beginning of a text, and its length in bytes: 两, 十二, 二十.
pub fn chinese(text: &str) -> Option<(u32, usize)> {
    let digit = |c| {
        "一二三四五六七八九".chars().zip(1..).find(|(d, _)| *d == c).map(|(_, n)| n).or(match c {
            '两' => Some(2),
            '零' | '〇' => Some(0),
            _ => None,
        })
    };
    let mut value = 0;
    let mut pending = None;
    let mut len = 0;
    for c in text.chars() {
        if let Some(n) = digit(c) {
            if pending.is_some() {
                break;
            }
            pending = Some(n);
        } else if c == '十' && value == 0 {
            value = pending.take().unwrap_or(1) * 10;
        } else {
            break;
        }
        len += c.len_utf8();
    }
    (len > 0).then(|| (value + pending.unwrap_or(0), len))
}

/// Why a text or number is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMoney {
    /// More than two decimals: a unit price, not an amount.
    Decimals,
    /// Below zero, with a sign or in the bookkeeper's brackets.
    Negative,
    /// Beyond what one line may move.
    TooLarge,
    /// Something else stands there.
    NotUnderstood,
}

/// A decimal as whole fen.
pub fn money(value: Decimal) -> Result<Money, NotMoney> {
    if value.is_sign_negative() && !value.is_zero() {
        return Err(NotMoney::Negative);
    }
    let fen = value.checked_mul(Decimal::ONE_HUNDRED).ok_or(NotMoney::TooLarge)?.normalize();
    if fen.scale() > 0 {
        return Err(NotMoney::Decimals);
    }
    let money = i64::try_from(fen.mantissa()).map(Money::from_fen);
    money.ok().filter(|money| *money <= Money::LINE_MAX).ok_or(NotMoney::TooLarge)
}

/// An amount in a cell of its own: `5,000.00`, `￥420`, `0.5万元`; `scale` for bare numbers.
pub fn amount(text: &str, scale: Decimal) -> Result<Money, NotMoney> {
    let text = normal(text);
    let inside = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    if inside.is_some_and(|inside| leading(inside).is_some_and(|(_, len)| len == inside.len())) {
        return Err(NotMoney::Negative);
    }
    let mut scan = Scan::new(&text);
    scan.eat_any(&["¥", "RMB", "人民币"]);
    scan.eat(" ");
    let negative = scan.eat("-");
    let number = scan.number().ok_or(NotMoney::NotUnderstood)?;
    scan.eat(" ");
    let scale = if scan.eat("万") {
        scan.eat("元");
        Decimal::from(10_000)
    } else if scan.eat_any(&["元", "圆"]) {
        Decimal::ONE
    } else {
        scale
    };
    scan.eat("整");
    if !scan.is_done() {
        return Err(NotMoney::NotUnderstood);
    }
    if negative && !number.value.is_zero() {
        return Err(NotMoney::Negative);
    }
    money(number.value.checked_mul(scale).ok_or(NotMoney::TooLarge)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_to_the_fen_or_not_at_all() {
        let fen = |text| amount(text, Decimal::ONE).map(Money::fen);
        assert_eq!(fen("5,000.00"), Ok(500_000));
        assert_eq!(fen("￥１，０００"), Ok(100_000));
        assert_eq!(fen("0.5万元"), Ok(500_000));
        assert_eq!(fen("408.9"), Ok(40_890));
        assert_eq!(fen("12,34"), Err(NotMoney::NotUnderstood));
        assert_eq!(fen("1234,567"), Err(NotMoney::NotUnderstood));
        assert_eq!(fen("1.0577"), Err(NotMoney::Decimals));
        assert_eq!(fen("-5"), Err(NotMoney::Negative));
        assert_eq!(fen("(5)"), Err(NotMoney::Negative));
        assert_eq!(fen("5000+200"), Err(NotMoney::NotUnderstood));
        assert_eq!(fen("5 000"), Err(NotMoney::NotUnderstood));
    }

    #[test]
    fn chinese_counts() {
        assert_eq!(chinese("两年"), Some((2, 3)));
        assert_eq!(chinese("十二个"), Some((12, 6)));
        assert_eq!(chinese("二十一栋"), Some((21, 9)));
        assert_eq!(chinese("年"), None);
    }
}
