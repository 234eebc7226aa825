//! The strict grammar under an entry: the subset of JSON in which a value has one spelling.
//!
//! `docs/spec/entry.md`, section 1. Reading refuses every other spelling by name, so what was
//! read writes back to the same bytes. Nothing here knows what a key means; that is
//! [`super::schema`].

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

mod read;
mod write;

pub use read::{Objects, read, read_objects};
pub use write::{write, write_integer, write_text};

/// The longest entry, in bytes.
pub const ENTRY_LEN_MAX: usize = 32 * 1024;
/// The deepest nesting; the entry itself is level 1.
pub const DEPTH_MAX: usize = 6;
/// The most rows a list may have.
pub const ROWS_MAX: usize = 150;
/// The largest integer: 2^53 − 1, which every JSON reader keeps exact (RFC 8259, section 6).
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

/// A value as the bytes spell it; what is read borrows from the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// An integer, at most [`INTEGER_MAX`].
    Integer(u64),
    /// A list, never empty.
    List(Vec<Tree<'a>>),
    /// Keys in ascending order, never empty.
    Map(Vec<Pair<'a>>),
}

/// A key with its value.
pub type Pair<'a> = (Cow<'a, str>, Tree<'a>);

/// A value that owns its texts.
pub type Value = Tree<'static>;

impl Tree<'_> {
    /// The same value, owning its texts.
    pub fn into_owned(self) -> Value {
        match self {
            Tree::Text(text) => Tree::Text(Cow::Owned(text.into_owned())),
            Tree::Integer(number) => Tree::Integer(number),
            Tree::List(values) => Tree::List(values.into_iter().map(Tree::into_owned).collect()),
            Tree::Map(pairs) => Tree::Map(pairs.into_iter().map(owned_pair).collect()),
        }
    }
}

/// The same key and value, owning their texts.
pub fn owned_pair((key, value): Pair<'_>) -> Pair<'static> {
    (Cow::Owned(key.into_owned()), value.into_owned())
}

/// What is wrong with bytes that should be an entry; the pointer says where (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {fault}", if pointer.is_empty() { "the entry" } else { pointer })]
pub struct FormatError {
    /// Where: `/lines/0/account`, empty for the whole.
    pub pointer: String,
    /// What.
    pub fault: FormatFault,
}

/// The ways in which bytes fail to be an entry; each is a refusal of its own.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatFault {
    /// More than [`ENTRY_LEN_MAX`] bytes.
    #[error("{0} bytes, at most 32768 are allowed")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("byte {0} is not UTF-8")]
    NotUtf8(usize),
    /// A byte order mark at the start.
    #[error("a byte order mark is not allowed")]
    ByteOrderMark,
    /// White space between tokens.
    #[error("white space between tokens at byte {0}")]
    WhiteSpace(usize),
    /// Not JSON at all.
    #[error("not readable at byte {0}")]
    Syntax(usize),
    /// Bytes after the object.
    #[error("something follows the entry at byte {0}")]
    Trailing(usize),
    /// A key twice.
    #[error("the key stands twice")]
    DuplicateKey,
    /// Keys out of ascending order.
    #[error("keys are not in ascending order")]
    KeyOrder,
    /// A key that isn't `[a-z][a-z0-9_]*`.
    #[error("a key is lower-case letters, digits and _")]
    KeyGrammar,
    /// `null`.
    #[error("null is not allowed: leave the key out")]
    Null,
    /// `true` or `false`.
    #[error("true and false are not allowed: say \"yes\" or leave the key out")]
    Boolean,
    /// A fraction, an exponent, a sign or a leading zero.
    #[error("a number is a whole number without sign, fraction, exponent or leading zero")]
    NumberGrammar,
    /// Above 2^53 − 1.
    #[error("the number is above 9007199254740991")]
    NumberRange,
    /// `""`.
    #[error("an empty text is not allowed: leave the key out")]
    EmptyText,
    /// `[]`.
    #[error("an empty list is not allowed: leave the key out")]
    EmptyList,
    /// `{}`.
    #[error("an empty object is not allowed: leave the key out")]
    EmptyMap,
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("nested deeper than 6 levels")]
    Depth,
    /// More than [`ROWS_MAX`] rows in a list.
    #[error("more than 150 rows in a list")]
    Rows,
    /// A character that text may not hold.
    #[error("the character U+{0:04X} is not allowed in text")]
    Character(u32),
    /// Half a surrogate pair.
    #[error("half a surrogate pair")]
    LoneSurrogate,
    /// An escape where the character itself belongs.
    #[error("only \\\" and \\\\ are written as escapes")]
    Escape,
    /// A blank at either end of a text.
    #[error("a text has no blank at its ends")]
    OuterBlank,
    /// A text longer than its key allows.
    #[error("{len} characters, at most {max} are allowed")]
    TextTooLong {
        /// Code points found.
        len: usize,
        /// Code points allowed.
        max: usize,
    },
    /// A key the format doesn't know here.
    #[error("the key is not known here")]
    UnknownKey,
    /// A required key is absent.
    #[error("the key is missing")]
    MissingKey,
    /// Another sort of value than the key wants.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A signed amount, such as `-0.00`.
    #[error("an amount carries no sign; the side of the line says it")]
    SignedMoney,
    /// `v`, `book` or `kind` from a newer program.
    #[error("needs a newer program: {0} is not known to this one")]
    Newer(String),
    /// Read, but the bytes would be written otherwise.
    #[error("the bytes are not the canonical spelling")]
    NotCanonical,
}

impl FormatError {
    /// The fault at the place itself.
    pub fn here(fault: FormatFault) -> Self {
        Self { pointer: String::new(), fault }
    }

    /// The same fault one level further out, under `key`.
    pub fn under(mut self, key: impl fmt::Display) -> Self {
        self.pointer = format!("/{key}{}", self.pointer);
        self
    }
}

impl From<FormatFault> for FormatError {
    fn from(fault: FormatFault) -> Self {
        Self::here(fault)
    }
}

/// True for a code point that no text may hold: controls, invisible and directional marks,
/// private use, non-characters and tags (`docs/spec/entry.md`, section 1.3).
pub const fn is_forbidden(c: char) -> bool {
    let code = c as u32;
    matches!(code,
        0x00..=0x1f | 0x7f..=0x9f | 0xad | 0x61c | 0x200b..=0x200f | 0x2028..=0x202e
        | 0x2060..=0x206f | 0xfdd0..=0xfdef | 0xfeff | 0xfff9..=0xffff | 0xe000..=0xf8ff
        | 0xe_0000..=0xe_0fff | 0xf_0000..=0x10_ffff)
        || code & 0xfffe == 0xfffe
}

/// Checks the content of a text: not empty, no forbidden character, no blank at an end.
pub fn check_text(text: &str) -> Result<(), FormatFault> {
    if text.is_empty() {
        return Err(FormatFault::EmptyText);
    }
    let printable_ascii = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !printable_ascii && let Some(c) = text.chars().find(|&c| is_forbidden(c)) {
        return Err(FormatFault::Character(c as u32));
    }
    let blank = |c: Option<char>| c.is_some_and(char::is_whitespace);
    if blank(text.chars().next()) || blank(text.chars().next_back()) {
        return Err(FormatFault::OuterBlank);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use FormatFault as F;

    #[test]
    fn each_wrong_spelling_has_its_own_refusal() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(7), "}".repeat(7));
        let rows = format!(r#"{{"a":[{}1]}}"#, "1,".repeat(150));
        let cases: Vec<(&str, &str, F)> = vec![
            (r#"{"a":"b","a":"c"}"#, "/a", F::DuplicateKey),
            (r#"{"b":"b","a":"c"}"#, "/a", F::KeyOrder),
            (r#"{"A":"b"}"#, "", F::KeyGrammar),
            (r#"{"1a":"b"}"#, "", F::KeyGrammar),
            (r#"{"a":1.0}"#, "/a", F::NumberGrammar),
            (r#"{"a":1e3}"#, "/a", F::NumberGrammar),
            (r#"{"a":-1}"#, "/a", F::NumberGrammar),
            (r#"{"a":-0}"#, "/a", F::NumberGrammar),
            (r#"{"a":01}"#, "/a", F::NumberGrammar),
            (r#"{"a":9007199254740992}"#, "/a", F::NumberRange),
            (r#"{"a":9007199254740993}"#, "/a", F::NumberRange),
            (r#"{"a":123456789012345678901234567890}"#, "/a", F::NumberRange),
            (r#"{"a":null}"#, "/a", F::Null),
            (r#"{"a":true}"#, "/a", F::Boolean),
            (r#"{"a":[false]}"#, "/a/0", F::Boolean),
            (r#"{"a":""}"#, "/a", F::EmptyText),
            (r#"{"a":[]}"#, "/a", F::EmptyList),
            (r#"{"a":{}}"#, "/a", F::EmptyMap),
            ("{}", "", F::EmptyMap),
            (r#"{"a": 1}"#, "/a", F::WhiteSpace(5)),
            (r#" {"a":1}"#, "", F::WhiteSpace(0)),
            ("{\"a\":1}\n", "", F::Trailing(7)),
            ("\u{feff}{\"a\":1}", "", F::ByteOrderMark),
            (r#"{"a":"\u0041"}"#, "/a", F::Escape),
            (r#"{"a":"\n"}"#, "/a", F::Escape),
            (r#"{"a":"\/"}"#, "/a", F::Escape),
            (r#"{"a":"\ud800"}"#, "/a", F::LoneSurrogate),
            (r#"{"a":"\udc00x"}"#, "/a", F::LoneSurrogate),
            (r#"{"a":"\u0007"}"#, "/a", F::Character(7)),
            ("{\"a\":\"x\u{7}\"}", "/a", F::Character(7)),
            ("{\"a\":\"x\u{202e}y\"}", "/a", F::Character(0x202e)),
            ("{\"a\":\"x\u{2028}y\"}", "/a", F::Character(0x2028)),
            ("{\"a\":\"x\u{85}y\"}", "/a", F::Character(0x85)),
            ("{\"a\":\"x\u{fffe}\"}", "/a", F::Character(0xfffe)),
            ("{\"a\":\"x\u{1fffe}\"}", "/a", F::Character(0x1fffe)),
            ("{\"a\":\"x\u{e001}\"}", "/a", F::Character(0xe001)),
            (r#"{"a":" x"}"#, "/a", F::OuterBlank),
            ("{\"a\":\"x\u{3000}\"}", "/a", F::OuterBlank),
            (r#"{"a":1"#, "", F::Syntax(6)),
            (r#"["a"]"#, "", F::Syntax(0)),
            ("", "", F::Syntax(0)),
            (&deep, "/a/a/a/a/a/a", F::Depth),
            (&rows, "/a", F::Rows),
        ];
        for (bytes, pointer, fault) in cases {
            let error = read(bytes.as_bytes()).expect_err(bytes);
            assert_eq!((error.pointer.as_str(), error.fault), (pointer, fault), "{bytes}");
        }
        assert_eq!(read(b"{\"a\":\"\xff\"}"), Err(F::NotUtf8(6).into()));
        let long = vec![b' '; ENTRY_LEN_MAX + 1];
        assert_eq!(read(&long), Err(F::TooLong(ENTRY_LEN_MAX + 1).into()));
    }

    #[test]
    fn what_is_read_writes_back() {
        for text in [
            r#"{"a":"x","b":[1,"二",{"c":"\"\\"}],"c_1":9007199254740991}"#,
            r#"{"a":{"a":{"a":{"a":{"a":1}}}}}"#,
            r#"{"a":"emoji 🏠 x"}"#,
        ] {
            let value = read(text.as_bytes()).expect(text);
            let mut out = Vec::new();
            write(&mut out, &value);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
