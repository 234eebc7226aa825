//! Names of things: estates, entries, people, drafts.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Why a text is no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not `NNNNNN-NNNN`.
    #[error("an estate code is six digits, a hyphen, four digits, like 620722-0013")]
    Estate,
    /// Not 64 lower-case hex digits.
    #[error("a hash is 64 lower-case hex digits")]
    Hash,
    /// Not 8…64 of `[A-Za-z0-9._:-]`.
    #[error("a reference is 8 to 64 letters, digits or . _ : -")]
    Ref,
}

/// An estate: administrative division of six digits (GB/T 2260), `-`, serial of four.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EstateCode([u8; 11]);

impl EstateCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a code holds only the ASCII that from_str accepted")
    }
}

impl FromStr for EstateCode {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes: [u8; 11] = text.as_bytes().try_into().map_err(|_| IdError::Estate)?;
        let fits = bytes.iter().enumerate().all(|(at, byte)| match at {
            6 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        if fits { Ok(Self(bytes)) } else { Err(IdError::Estate) }
    }
}

impl fmt::Display for EstateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for EstateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `SHA-256(0x00 || bytes)` of an entry: its link in the chain and its leaf in the log
/// (RFC 6962, section 2.1).
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryHash([u8; 32]);

impl EntryHash {
    /// What entry 0 names as its predecessor: 64 zeros.
    pub const NONE: Self = Self([0; 32]);

    /// From its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for EntryHash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(IdError::Hash),
        };
        let text: &[u8; 64] = text.as_bytes().try_into().map_err(|_| IdError::Hash)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        f.pad(std::str::from_utf8(&text).expect("hex digits are ASCII"))
    }
}

impl fmt::Debug for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A draft's own key, unique within the estate; a repeat is answered, never posted twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref(Box<str>);

impl Ref {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ref {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-');
        if (8..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Ref)
        }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// True for a pseudonymous id: `prefix`, then 1 to 37 of Crockford's lower-case base32 (and
/// `_`); issued ids have twelve.
pub fn is_id(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (1..=37).contains(&rest.len())
            && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z' | b'_'))
    })
}

/// Issues an id from twelve random bytes: `prefix` and twelve letters of Crockford's base32.
pub fn issue_id(prefix: &str, random: [u8; 12]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letters = random.map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
    std::iter::once(prefix.to_owned()).chain(letters.map(String::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_one_spelling() {
        assert!("620722-0013".parse::<EstateCode>().is_ok());
        for wrong in ["620722-13", "62072-00133", "620722_0013", "", "６20722-001"] {
            assert!(wrong.parse::<EstateCode>().is_err(), "{wrong}");
        }
        let hash = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(hash.parse::<EntryHash>().map(|h| h.to_string()), Ok(hash.to_owned()));
        assert!(hash.to_uppercase().parse::<EntryHash>().is_err());
        assert!("short".parse::<Ref>().is_err());
        assert!("imp:0a1b2c3d".parse::<Ref>().is_ok());
        assert!(is_id("u_", "u_cli"));
        assert!(!is_id("u_", "U_cli"));
        assert_eq!(issue_id("pt_", [0; 12]), "pt_000000000000");
    }
}
