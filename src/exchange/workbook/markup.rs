//! The guard before a workbook's XML: references and counts that the spreadsheet reader would
//! believe and reserve memory for.
//!
//! It looks at every `<`, in comments and quotes too, so nothing can hide from it; at worst it
//! refuses a sheet that is merely odd.

use std::collections::BTreeSet;

use crate::exchange::table::{COLUMNS_MAX, FileError, ROWS_MAX};

/// The most strings or shared formulas a workbook may claim to hold.
const COUNT_MAX: u64 = 1_000_000;
/// The longest element name, prefix included; both limits keep the search linear.
const NAME_BYTES_MAX: usize = 64;
/// The longest tag of a cell or row.
const TAG_BYTES_MAX: usize = 4_096;
/// Elements whose references or counts the reader believes.
const CHECKED: [&str; 6] = ["sst", "f", "c", "row", "dimension", "mergeCell"];

/// Checks one part.
pub fn check(name: &str, content: &[u8]) -> Result<(), FileError> {
    let text = std::str::from_utf8(content)
        .map_err(|_| FileError::Unreadable { cause: format!("{name} is not UTF-8") })?;
    if declares_entities(content) {
        return Err(FileError::HostileXml { what: "a document type" });
    }
    // Every part: a workbook's relations may call any of them its sheet.
    for tag in tags(text) {
        let tag = tag?;
        if !CHECKED.contains(&tag.name) {
            continue;
        }
        if tag.attributes().is_none() {
            return Err(FileError::HostileXml { what: "a tag without an end" });
        }
        match tag.name {
            "sst" => check_count(tag.attribute("uniqueCount"), "uniqueCount")
                .and(check_count(tag.attribute("count"), "count"))?,
            "f" => {
                check_count(tag.attribute("si"), "si")?;
                check_range(tag.attribute("ref"))?;
            }
            "c" | "row" => check_range(tag.attribute("r"))?,
            _ => check_range(tag.attribute("ref"))?,
        }
    }
    Ok(())
}

/// True where XML declares a document type or an entity, which could grow without end.
pub fn declares_entities(content: &[u8]) -> bool {
    let says = |wanted: &[u8]| content.windows(wanted.len()).any(|window| window == wanted);
    says(b"<!DOCTYPE") || says(b"<!ENTITY")
}

/// The rows a sheet hides, by number from 1; empty where rows carry no number.
pub fn hidden_rows(content: &[u8]) -> BTreeSet<u32> {
    let text = std::str::from_utf8(content).unwrap_or_default();
    tags(text)
        .filter_map(Result::ok)
        .filter(|tag| tag.name == "row" && matches!(tag.attribute("hidden"), Some("1" | "true")))
        .filter_map(|tag| tag.attribute("r")?.parse().ok())
        .collect()
}

/// The first element of a name that satisfies a test.
pub fn find<'a>(
    content: &'a [u8],
    element: &str,
    wanted: impl Fn(&Tag<'a>) -> bool,
) -> Option<Tag<'a>> {
    let text = std::str::from_utf8(content).ok()?;
    tags(text).filter_map(Result::ok).find(|tag| tag.name == element && wanted(tag))
}

/// A start tag: its name without prefix, and what follows the name.
#[derive(Clone, Copy)]
pub struct Tag<'a> {
    name: &'a str,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The attribute's raw value, by name without prefix.
    pub fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.attributes()?;
        loop {
            let (name, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after[1..].split_once(quote)?;
            if local(name.trim()) == wanted {
                return Some(value);
            }
            rest = next;
        }
    }

    /// Up to the first `>` outside quotes; nothing where that is too far away.
    fn attributes(&self) -> Option<&'a str> {
        let mut open = None;
        for (at, byte) in self.rest.bytes().take(TAG_BYTES_MAX).enumerate() {
            match (open, byte) {
                (None, b'>') => return self.rest.get(..at),
                (None, b'"' | b'\'') => open = Some(byte),
                (Some(quote), byte) if quote == byte => open = None,
                _ => {}
            }
        }
        None
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn tags(text: &str) -> impl Iterator<Item = Result<Tag<'_>, FileError>> {
    text.match_indices('<').filter_map(|(at, _)| {
        let inside = &text[at + 1..];
        if inside.starts_with(['!', '?', '/']) {
            return None;
        }
        let ends = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
        let Some(end) = inside.bytes().take(NAME_BYTES_MAX).position(ends) else {
            return Some(Err(FileError::HostileXml { what: "an endless element name" }));
        };
        Some(Ok(Tag { name: local(&inside[..end]), rest: &inside[end..] }))
    })
}

fn check_count(value: Option<&str>, what: &'static str) -> Result<(), FileError> {
    match value.map(str::parse::<u64>) {
        Some(Ok(count)) if count > COUNT_MAX => Err(FileError::HostileXml { what }),
        Some(Err(_)) => Err(FileError::HostileXml { what }),
        _ => Ok(()),
    }
}

/// `C7`, `7`, `A1:H32`: every corner within the limits.
fn check_range(value: Option<&str>) -> Result<(), FileError> {
    let Some(range) = value else { return Ok(()) };
    for corner in range.split(':') {
        let out = || FileError::OutOfRange { cell: corner.chars().take(24).collect() };
        let corner = corner.replace('$', "");
        let digits_at = corner.find(|c: char| c.is_ascii_digit()).unwrap_or(corner.len());
        let (letters, digits) = corner.split_at(digits_at);
        if letters.len() > 3 || digits.len() > 7 {
            return Err(out());
        }
        let column = letters.bytes().try_fold(0_u32, |n, byte| match byte {
            b'A'..=b'Z' => Some(n * 26 + u32::from(byte - b'A') + 1),
            b'a'..=b'z' => Some(n * 26 + u32::from(byte - b'a') + 1),
            _ => None,
        });
        let row: u32 = digits.parse().map_err(|_| out())?;
        if row == 0 || row > ROWS_MAX || column.is_none_or(|column| column > COLUMNS_MAX) {
            return Err(out());
        }
    }
    Ok(())
}
