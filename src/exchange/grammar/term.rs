//! Terms: two days, one of them, or the words that stand in their place.
//!
//! `2018.01.01-2018.12.31` · `2018年9月1日至2020年8月31日` · `20180101~20181231` · `2018.1.1起` ·
//! `长期` · `无合同` · `协商续签`. A day that isn't in the calendar is never mended.

use chrono::{Datelike, NaiveDate};

use super::text::{Scan, compact, says_nothing};
use crate::ledger::period::Month;

/// What stands on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Paper {
    /// A term is given, so a contract is.
    Signed,
    /// 正在盖章: agreed, not signed yet.
    Sealing,
    /// 协商续签: the old one is over.
    Renewing,
    /// 统一签订: part of a framework contract elsewhere.
    Framework,
    /// 无合同
    None,
    /// Nothing is said.
    Unknown,
}

impl Paper {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Sealing => "sealing",
            Self::Renewing => "renewing",
            Self::Framework => "framework",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

const PAPERS: &[(&str, Paper)] = &[
    ("无书面合同", Paper::None),
    ("没有合同", Paper::None),
    ("未签订合同", Paper::None),
    ("未签合同", Paper::None),
    ("未签订", Paper::None),
    ("无合同", Paper::None),
    ("无协议", Paper::None),
    ("未签", Paper::None),
    ("协商续签中", Paper::Renewing),
    ("协商续签", Paper::Renewing),
    ("正在续签", Paper::Renewing),
    ("续签中", Paper::Renewing),
    ("待续签", Paper::Renewing),
    ("续签", Paper::Renewing),
    ("统一签订", Paper::Framework),
    ("统一签约", Paper::Framework),
    ("框架合同", Paper::Framework),
    ("框架协议", Paper::Framework),
    ("统签", Paper::Framework),
    ("合同正在盖章", Paper::Sealing),
    ("正在盖章", Paper::Sealing),
    ("盖章中", Paper::Sealing),
    ("待盖章", Paper::Sealing),
    ("正在签订", Paper::Sealing),
    ("签订中", Paper::Sealing),
    ("已签订", Paper::Signed),
    ("已签", Paper::Signed),
    ("有合同", Paper::Signed),
];

/// No end is agreed.
const OPEN: &[&str] = &["长期有效", "长期合同", "长期", "不定期", "无固定期限", "至今"];

/// The words in a longer text that say what stands on paper.
pub fn paper_in(text: &str) -> Option<Paper> {
    let text = compact(text);
    PAPERS.iter().find(|(word, _)| text.contains(word)).map(|(_, paper)| *paper)
}

/// What a term's cell says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// It says that there is no end.
    pub open: bool,
    /// A word about the paper.
    pub paper: Option<Paper>,
    /// A month stood where a day belongs; its first or last day was taken.
    pub whole_months: bool,
}

/// Why a text is no term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotATerm {
    /// A day that the calendar doesn't have.
    NoSuchDay {
        /// As written.
        written: String,
        /// The month's last day, where that may have been meant.
        suggestion: Option<NaiveDate>,
        /// True for the last day of the term.
        is_end: bool,
        /// The first day, where that could be read.
        from: Option<NaiveDate>,
    },
    /// It ends before it begins.
    Reversed,
    /// Something else.
    NotUnderstood,
}

enum Written {
    Day(NaiveDate),
    Month(Month),
    NoSuchDay(String, Option<NaiveDate>),
}

/// Reads a term's cell.
pub fn read(text: &str) -> Result<Term, NotATerm> {
    let text = compact(text);
    let mut scan = Scan::new(&text);
    let mut term = Term::default();
    scan.eat_any(&["合同期限", "合同期", "租赁期限", "租期", "期限"]);
    scan.eat(":");
    let mut dated = false;
    while !scan.is_done() {
        if let Some(paper) = scan.eat_of(PAPERS) {
            if term.paper.replace(paper).is_some() {
                return Err(NotATerm::NotUnderstood);
            }
        } else if scan.eat_any(OPEN) {
            term.open = true;
        } else if dated {
            return Err(NotATerm::NotUnderstood);
        } else {
            dated = true;
            span(&mut scan, &mut term)?;
        }
        while scan.eat_any(&[",", ";", "、", "(", ")", "。"]) {}
    }
    if let (Some(from), Some(to)) = (term.from, term.to)
        && to < from
    {
        return Err(NotATerm::Reversed);
    }
    if term.open && term.to.is_some() {
        return Err(NotATerm::NotUnderstood);
    }
    Ok(term)
}

/// Reads one day in a cell of its own: the begin or the end of a term. Nothing for no content.
pub fn read_day(text: &str, is_end: bool) -> Result<Term, NotATerm> {
    let text = compact(text);
    let mut term = Term::default();
    if says_nothing(&text) {
        return Ok(term);
    }
    let mut scan = Scan::new(&text);
    if scan.eat_any(OPEN) && scan.is_done() && is_end {
        term.open = true;
        return Ok(term);
    }
    let written = written(&mut scan).ok_or(NotATerm::NotUnderstood)?;
    if !scan.is_done() {
        return Err(NotATerm::NotUnderstood);
    }
    let day = settle(written, is_end, &mut term)?;
    *(if is_end { &mut term.to } else { &mut term.from }) = Some(day);
    Ok(term)
}

/// `begin - end`, `begin 起`, `begin - 长期`, `至 end`.
fn span(scan: &mut Scan<'_>, term: &mut Term) -> Result<(), NotATerm> {
    const TO: &[&str] = &["至", "到", "~", "--", "-"];
    scan.eat_any(&["自", "从"]);
    if !scan.eat_any(&["至", "到"]) {
        let begin = written(scan).ok_or(NotATerm::NotUnderstood)?;
        term.from = Some(settle(begin, false, term)?);
        let begins = scan.eat_any(&["起算", "开始", "起"]);
        let goes_on = scan.eat_any(TO);
        if !begins && !goes_on {
            // One day alone: is it the first or the last? Nobody can say.
            return Err(NotATerm::NotUnderstood);
        }
        if !goes_on || scan.is_done() || scan.eat("今") || scan.eat_any(OPEN) {
            term.open = true;
            return Ok(());
        }
    }
    let end = written(scan).ok_or(NotATerm::NotUnderstood)?;
    scan.eat_any(&["为止", "止"]);
    term.to = Some(settle(end, true, term)?);
    Ok(())
}

fn settle(written: Written, is_end: bool, term: &mut Term) -> Result<NaiveDate, NotATerm> {
    match written {
        Written::Day(day) => Ok(day),
        Written::Month(month) => {
            term.whole_months = true;
            Ok(if is_end { month.last_day() } else { month.first_day() })
        }
        Written::NoSuchDay(written, suggestion) => {
            Err(NotATerm::NoSuchDay { written, suggestion, is_end, from: term.from })
        }
    }
}

/// Reads a day of the calendar at the scanner.
pub fn day(scan: &mut Scan<'_>) -> Option<NaiveDate> {
    match written(scan)? {
        Written::Day(day) => Some(day),
        Written::Month(_) | Written::NoSuchDay(..) => None,
    }
}

/// A day, or a month where the day is left out; years 1980 to 2199.
fn written(scan: &mut Scan<'_>) -> Option<Written> {
    let before = scan.rest();
    let mut ahead = *scan;
    let numbers = if let Some(all) = ahead.exactly(8) {
        (all / 10_000, all / 100 % 100, Some(all % 100))
    } else {
        spaced(&mut ahead)?
    };
    let (year, month, day) = numbers;
    if !(1980..=2199).contains(&year) {
        return None;
    }
    *scan = ahead;
    let text = before[..before.len() - scan.rest().len()].to_owned();
    let Some(month) = Month::new(year.cast_signed(), month) else {
        return Some(Written::NoSuchDay(text, None));
    };
    let Some(day) = day else { return Some(Written::Month(month)) };
    Some(match month.first_day().with_day(day) {
        Some(day) => Written::Day(day),
        None => Written::NoSuchDay(text, (29..=31).contains(&day).then(|| month.last_day())),
    })
}

/// `2018.9.1`, `2018-09-01`, `2018/9/1`, `2018年9月1日`, and each without the day.
fn spaced(scan: &mut Scan<'_>) -> Option<(u32, u32, Option<u32>)> {
    let year = scan.exactly(4)?;
    if scan.eat("年") {
        let (month, _) = scan.digits(2)?;
        if !scan.eat("月") {
            return None;
        }
        scan.eat("份");
        let day = scan.digits(2).map(|(day, _)| day);
        if day.is_some() {
            scan.eat_any(&["日", "号"]);
        }
        return Some((year, month, day));
    }
    let mark = [".", "/", "-"].into_iter().find(|mark| scan.eat(mark))?;
    let (month, _) = scan.digits(2)?;
    let mut ahead = *scan;
    let day = if ahead.eat(mark) { ahead.digits(2).map(|(day, _)| day) } else { None };
    if day.is_some() {
        *scan = ahead;
    }
    Some((year, month, day))
}

/// A month of the calendar as a term's first and last day.
pub fn months_between(from: NaiveDate, to: NaiveDate) -> Option<i32> {
    let after = to.succ_opt()?;
    (after.day() == from.day()).then(|| Month::of(from).until(Month::of(after)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> String {
        let term = read(text).unwrap();
        let show = |day: Option<NaiveDate>| day.map_or("…".into(), |day| day.to_string());
        format!("{}..{}", show(term.from), show(term.to))
    }

    #[test]
    fn two_days_in_any_spelling() {
        for text in [
            "2018.01.01-2018.12.31",
            "2018-1-1-2018-12-31",
            "2018/1/1~2018/12/31",
            "2018年1月1日至2018年12月31日",
            "自2018.1.1起至2018.12.31止",
            "２０１８．１．１—２０１８．１２．３１",
            "20180101-20181231",
            "2018.1-2018.12",
            "租期：2018.1.1 – 2018.12.31（正在盖章）",
        ] {
            assert_eq!(days(text), "2018-01-01..2018-12-31", "{text}");
        }
        assert_eq!(read("2018.1.1-2018.12.31正在盖章").unwrap().paper, Some(Paper::Sealing));
        for text in ["2018.1.1起", "2018.1.1-长期", "2018.1.1至今", "2018.1.1-", "2018.1.1~长期"]
        {
            assert_eq!(days(text), "2018-01-01..…", "{text}");
            assert!(read(text).unwrap().open, "{text}");
        }
    }

    #[test]
    fn a_day_that_is_none_is_never_mended() {
        let Err(NotATerm::NoSuchDay { suggestion, is_end, .. }) =
            read("2018年12月1日至2023年11月31日")
        else {
            panic!()
        };
        assert_eq!(suggestion.map(|day| day.to_string()).as_deref(), Some("2023-11-30"));
        assert!(is_end);
        assert_eq!(read("2019.1.1-2018.12.31"), Err(NotATerm::Reversed));
        for text in
            ["2018.1.1", "18.1.1-18.12.31", "三年", "2018.1.1-12.31", "2018.1.1-2018.12.31元"]
        {
            assert_eq!(read(text), Err(NotATerm::NotUnderstood), "{text}");
        }
    }
}
