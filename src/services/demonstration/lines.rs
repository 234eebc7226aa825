//! Lines of entries as a short text: `D R.1001.01 600.00; C R.4503.02(C-02) 600.00 2026-01`.
//!
//! `D` and `C` say the side; then the account, after it `{item}`, `[part]` and `(contract)`, the
//! amount, and the months it is for.

use std::str::FromStr;

use thiserror::Error;

use crate::ledger::entry::{Line, Side};
use crate::ledger::money::Money;

/// A text that says no line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is no line")]
pub struct Misread(String);

/// Reads the lines of a text; of an empty one there are none.
pub fn lines(text: &str) -> Result<Vec<Line>, Misread> {
    let lines = text.split(';').map(str::trim).filter(|line| !line.is_empty());
    lines.map(|text| line(text).ok_or_else(|| Misread(text.to_owned()))).collect()
}

fn line(text: &str) -> Option<Line> {
    let (side, rest) = text.split_once(' ')?;
    let side = match side {
        "D" => Side::Debit,
        "C" => Side::Credit,
        _ => return None,
    };
    let (code, mut rest) = rest.split_at(rest.find(['{', '[', '(', ' '])?);
    let mut line = Line::new(read(code)?, side, Money::ZERO);
    while !rest.starts_with(' ') {
        let key = match rest.chars().next()? {
            '{' => (&mut line.item, '}'),
            '[' => (&mut line.part, ']'),
            '(' => (&mut line.contract, ')'),
            _ => return None,
        };
        let (value, after) = rest[1..].split_once(key.1)?;
        *key.0 = Some(value.to_owned());
        rest = after;
    }
    let mut words = rest.split_whitespace();
    line.amount = read(words.next()?)?;
    if let Some(period) = words.next() {
        line.period = Some(read(period)?);
    }
    words.next().is_none().then_some(line)
}

fn read<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_it_is_for() {
        let text = "D R.1001.01 9000.00; C R.2242{F 应收}[3幢](C-02) 9000.00 2026-Q1";
        let read = lines(text).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].side, read[1].side), (Side::Debit, Side::Credit));
        assert_eq!(read[1].item.as_deref(), Some("F 应收"));
        assert_eq!(read[1].part.as_deref(), Some("3幢"));
        assert_eq!(read[1].contract.as_deref(), Some("C-02"));
        assert_eq!(read[1].period, "2026-Q1".parse().ok());
        assert_eq!(lines(""), Ok(vec![]));
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for wrong in [
            "R.1001.01 1.00",
            "X R.1001.01 1.00",
            "D R.1001.01",
            "D R.1001.01 1",
            "D R.2242{a 1.00",
            "D R.1001.01 1.00 2026-13",
            "D R.1001.01 1.00 2026-01 x",
        ] {
            assert!(lines(wrong).is_err(), "{wrong}");
        }
    }
}
