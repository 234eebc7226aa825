//! One spelling for many: full-width to half-width, NFC, dashes, brackets, blanks; and the
//! scanner.

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use super::number::{self, Number};

/// The text in one spelling, trimmed, inner blanks single.
pub fn normal(text: &str) -> String {
    let one_width: String = if text.chars().all(composes_with_nothing) {
        text.chars().filter_map(one_spelling).collect()
    } else {
        text.nfc().filter_map(one_spelling).collect()
    };
    one_width.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same without blanks, but for those between two digits: `5 000` isn't 5000 for certain.
pub fn compact(text: &str) -> String {
    let normal = normal(text);
    let mut out = String::with_capacity(normal.len());
    let mut chars = normal.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        let next_digit = chars.peek().is_some_and(char::is_ascii_digit);
        if c != ' ' || (last.is_ascii_digit() && next_digit) {
            out.push(c);
            last = c;
        }
    }
    out
}

/// ASCII, CJK and full-width forms are NFC as they stand: most cells need no tables.
fn composes_with_nothing(c: char) -> bool {
    matches!(c, '\0'..='\u{7F}' | '\u{3000}'..='\u{3020}' | '\u{4E00}'..='\u{9FFF}')
        || matches!(c, '\u{FF01}'..='\u{FF60}' | '\u{FFE5}')
}

fn one_spelling(c: char) -> Option<char> {
    Some(match c {
        // Zero-width and byte-order marks carry nothing.
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {
            return None;
        }
        '【' | '〔' | '［' | '｛' | '[' | '{' => '(',
        '】' | '〕' | '］' | '｝' | ']' | '}' => ')',
        '—' | '–' | '―' | '‐' | '‑' | '−' | '─' | '－' => '-',
        '～' | '∼' | '〜' => '~',
        '￥' => '¥',
        '·' | '•' | '・' => '·',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0)?,
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    })
}

/// What had to be mended before the text could be read, as a reason for the report.
pub fn mended(raw: &str) -> Option<&'static str> {
    let full_width = |c: char| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '／');
    if raw.chars().any(char::is_whitespace) {
        Some("blank")
    } else if raw.chars().any(full_width) {
        Some("full_width")
    } else {
        None
    }
}

/// True for the marks people put where nothing is to be said.
pub fn says_nothing(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "/" | "\\" | "、" | "." | "空")
}

/// A cursor over normalised text.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    /// From the beginning.
    pub const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What hasn't been read.
    pub const fn rest(&self) -> &'a str {
        self.rest
    }

    /// Nothing left.
    pub const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads one of these words, the first that fits.
    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// Reads this word.
    pub fn eat(&mut self, word: &str) -> bool {
        self.rest.strip_prefix(word).map(|rest| self.rest = rest).is_some()
    }

    /// Reads the first word of a table that fits; longer words stand before their beginnings.
    pub fn eat_of<T: Copy>(&mut self, table: &[(&str, T)]) -> Option<T> {
        table.iter().find(|(word, _)| self.eat(word)).map(|(_, value)| *value)
    }

    /// Reads a decimal number, with or without thousands separators.
    pub fn number(&mut self) -> Option<Number> {
        let (found, len) = number::leading(self.rest)?;
        self.rest = &self.rest[len..];
        Some(found)
    }

    /// Reads one to `max` digits as a whole number.
    pub fn digits(&mut self, max: usize) -> Option<(u32, usize)> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > max.min(9) {
            return None;
        }
        let value = self.rest[..len].parse().ok()?;
        self.rest = &self.rest[len..];
        Some((value, len))
    }

    /// Reads exactly so many digits.
    pub fn exactly(&mut self, len: usize) -> Option<u32> {
        let mut ahead = *self;
        let (value, _) = ahead.digits(len).filter(|(_, found)| *found == len)?;
        *self = ahead;
        Some(value)
    }

    /// Reads a count in digits or Chinese numerals.
    pub fn count(&mut self) -> Option<u32> {
        if let Some((value, _)) = self.digits(4) {
            return Some(value);
        }
        let (value, len) = number::chinese(self.rest)?;
        self.rest = &self.rest[len..];
        Some(value)
    }

    /// Reads up to and over the closing bracket of a bracket just opened.
    pub fn bracketed(&mut self) -> Option<&'a str> {
        let mut depth = 1_u32;
        for (at, c) in self.rest.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let inside = &self.rest[..at];
                self.rest = &self.rest[at + 1..];
                return Some(inside);
            }
        }
        None
    }
}

/// Yuan as text, at least two decimals: `2062.50`, `1.0577`.
pub fn yuan(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_many() {
        assert_eq!(normal(" ５０００元／月　"), "5000元/月");
        assert_eq!(normal("【每间】——"), "(每间)--");
        assert_eq!(compact("备  注"), "备注");
        assert_eq!(normal("e\u{301}\u{F900}"), "\u{E9}\u{8C48}");
        assert_eq!(compact("5 000元 / 月"), "5 000元/月");
    }
}
