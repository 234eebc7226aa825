//! Amounts, months and days as people type them. What isn't plainly one is none: a form asks again.

use chrono::NaiveDate;

use super::money::Money;
use super::period::{Month, parse_date};

/// `2025-03`, also `2025-3`, `2025.03`, `2025/3`, `2025年3月`.
pub fn month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once(['-', '.', '/', '年'])?;
    let month = month.strip_suffix('月').unwrap_or(month);
    if year.len() != 4 || month.is_empty() || month.len() > 2 {
        return None;
    }
    format!("{year}-{month:0>2}").parse().ok()
}

/// `2025-03-07`, also `2025-3-7`, `2025.3.7`, `2025/3/7`, `2025年3月7日`.
pub fn day(text: &str) -> Option<NaiveDate> {
    let plain = text.trim().trim_end_matches('日').replace(['.', '/', '年', '月'], "-");
    let mut parts = plain.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    parse_date(&format!("{year}-{month:0>2}-{day:0>2}")).ok()
}

/// `1234.5` as people type it: `1234`, `1,234.50`, `¥1234`.
pub fn amount(text: &str) -> Option<Money> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '¥' | '￥' | '元')).collect();
    let (whole, cents) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if cents.len() > 2 || !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    format!("{whole}.{cents:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_amounts_as_people_type_them() {
        for text in ["2025-03", "2025-3", "2025.3", "2025/03", "2025年3月"] {
            assert_eq!(month(text).map(|m| m.to_string()).as_deref(), Some("2025-03"), "{text}");
        }
        for text in ["2025", "25-3", "2025-13", "2025-", "2025-003", "三月"] {
            assert_eq!(month(text), None, "{text}");
        }
        for (text, read) in
            [("1234", "1234.00"), ("1,234.5", "1234.50"), ("¥0.05", "0.05"), ("007元", "7.00")]
        {
            assert_eq!(amount(text).map(|m| m.to_string()).as_deref(), Some(read), "{text}");
        }
        for text in ["-1", "1.234", "一百", "", ".5", "1.2.3", "1e3", "9999999999999999"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn days_as_people_type_them() {
        for text in ["2025-03-07", "2025-3-7", "2025.3.7", "2025/03/07", "2025年3月7日"] {
            assert_eq!(day(text).map(|d| d.to_string()).as_deref(), Some("2025-03-07"), "{text}");
        }
        for text in ["", "2025-02-30", "25-3-7", "2025-3", "2025-3-7-1", "今天", "20250307"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
