//! The export of an estate, `estate-ledger/1`: a canonical header line, then one entry a line,
//! exactly the hashed bytes. `docs/spec/export.md`.

use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::json::{self, FormatError, FormatFault, Tree, Value};
use crate::ledger::schema::{Key, Sort, check_keys, required};

/// The name of the format in the header.
pub const FORMAT: &str = "estate-ledger/1";

/// Line 1 of an export; every key is checked against what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// How many entries follow.
    pub entries: u64,
    /// The estate.
    pub estate: EstateCode,
    /// Hash of the last entry.
    pub head: EntryHash,
    /// Origin of the log.
    pub log: String,
}

const KEYS: &[Key] = &[
    required("entries", Sort::Integer),
    required("estate", Sort::Name),
    required("format", Sort::Name),
    required("head", Sort::Hash),
    required("log", Sort::Name),
];

impl Header {
    /// Its line, without the line feed.
    pub fn encode(&self) -> Vec<u8> {
        let header = Value::map([
            ("entries", Value::Integer(self.entries)),
            ("estate", Value::text(self.estate)),
            ("format", Value::text(FORMAT)),
            ("head", Value::text(self.head)),
            ("log", Value::text(&self.log)),
        ]);
        let mut line = Vec::with_capacity(256);
        json::write(&mut line, &header);
        line
    }

    /// Reads line 1.
    pub fn decode(line: &[u8]) -> Result<Self, FormatError> {
        let Tree::Map(keys) = json::read(line)? else {
            return Err(FormatFault::Expected("an object").into());
        };
        let format = keys.iter().find(|(key, _)| key == "format");
        match format.and_then(|(_, value)| value.as_text()) {
            Some(FORMAT) => {}
            Some(other) if other.starts_with("estate-ledger/") => {
                let newer = FormatFault::Newer(format!("the format {other}"));
                return Err(FormatError::here(newer).under("format"));
            }
            _ => {
                let fault = FormatFault::Expected("\"estate-ledger/1\"");
                return Err(FormatError::here(fault).under("format"));
            }
        }
        check_keys(&keys, KEYS)?;
        let fields = crate::ledger::event::Fields(&keys);
        let wrong = |key, what| FormatError::here(FormatFault::Expected(what)).under(key);
        let estate = fields.text("estate").and_then(|code| code.parse().ok());
        Ok(Self {
            entries: fields.integer("entries").unwrap_or_default(),
            estate: estate.ok_or_else(|| wrong("estate", "an estate code"))?,
            head: fields.hash("head").ok_or_else(|| wrong("head", "a hash"))?,
            log: fields.text("log").unwrap_or_default().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_reads_back_and_nothing_else_does() {
        let header = Header {
            entries: 33,
            estate: "620722-0013".parse().unwrap(),
            head: EntryHash::NONE,
            log: "demo.invalid/estates".to_owned(),
        };
        let line = header.encode();
        assert_eq!(Header::decode(&line), Ok(header));
        let text = String::from_utf8(line).unwrap();
        for wrong in [
            text.replace("33", "33.0"),
            text.replace("\"log\"", "\"lag\""),
            text.replace("ledger/1", "ledger/2"),
            text.replace("\"entries\":33,", ""),
            format!("{text} "),
        ] {
            assert!(Header::decode(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
