//! Words on pages, in Chinese and English. They stand in `locales/`, one file a language; a
//! test names what one of them lacks and what no page uses. Sentences of findings, names of
//! kinds and accounts come from the core.

use std::borrow::Cow;
use std::fmt::Display;

use super::frame::Day;
use crate::_rust_i18n_try_translate as message;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// `zh` or `en`, as in addresses, cookies and settings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one that a reader may change to.
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The language tag of the page (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads `zh` or `en`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The first language that an `Accept-Language` header names and a page has.
    pub fn accepted(header: &str) -> Option<Self> {
        let mut ranges: Vec<(u16, &str)> = header.split(',').take(20).filter_map(range).collect();
        ranges.sort_by_key(|range| std::cmp::Reverse(range.0));
        ranges.iter().find_map(|(_, tag)| {
            let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
            Self::from_code(&primary)
        })
    }

    /// The text of a key.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        let found = message(self.code(), key);
        found.unwrap_or_else(|| Cow::Owned(key.to_owned()))
    }

    /// The text of a key with `%{name}` filled in.
    pub fn with<V: Display>(self, key: &str, values: &[(&str, V)]) -> String {
        let mut text = self.t(key).into_owned();
        for (name, value) in values {
            text = text.replace(&format!("%{{{name}}}"), &value.to_string());
        }
        text
    }

    /// The text of a word of the format, `<family>.<word>`; a word without a text as it is.
    pub fn word(self, family: &str, word: &str) -> Cow<'static, str> {
        let found = message(self.code(), format!("{family}.{word}"));
        found.unwrap_or_else(|| Cow::Owned(word.to_owned()))
    }

    /// The one of two texts that is in this language.
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// A day in a sentence: `2025年3月31日`, `31 March 2025`.
    pub fn day(self, day: Day) -> String {
        match self {
            Self::Zh => crate::ledger::format::paper_date(day),
            Self::En => day.format("%-d %B %Y").to_string(),
        }
    }
}

/// One range of `Accept-Language`: weight in thousandths and tag; nothing when its weight is 0
/// or unreadable (RFC 9110, section 12.4.2).
fn range(text: &str) -> Option<(u16, &str)> {
    let mut parts = text.split(';');
    let tag = parts.next()?.trim();
    let weight = match parts.next() {
        Some(q) => thousandths(q.trim().strip_prefix("q=")?)?,
        None => 1_000,
    };
    (weight > 0).then_some((weight, tag))
}

/// `0.85` as 850.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, parts) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || parts.len() > 3 {
        return None;
    }
    format!("{whole}{parts:0<3}").parse().ok().filter(|weight| *weight <= 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, lang) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("de, en-GB;q=0.7, zh;q=0.3", Some(Lang::En)),
            ("en;q=0, zh", Some(Lang::Zh)),
            ("fr, *;q=0.5", None),
            ("en;q=x", None),
            ("", None),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header}");
        }
    }

    #[test]
    fn texts_are_filled_in() {
        assert_eq!(Lang::Zh.with("text.dated", &[("day", "今天")]), "截至 今天");
        assert_eq!(Lang::En.word("actor", "unheard_of"), "unheard_of");
    }
}
