//! Funds and account codes: `R.1001.01`, `F.4101.02`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// One of the two pots of common money; each is a book of its own inside an estate's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fund {
    /// The maintenance fund (住宅专项维修资金), Civil Code article 281.
    F,
    /// The shared revenue (公共收益), Civil Code article 282.
    R,
}

impl Fund {
    /// Both funds, shared revenue first, as pages show them.
    pub const ALL: [Self; 2] = [Self::R, Self::F];

    /// `R` or `F`.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::R => "R",
        }
    }
}

impl fmt::Display for Fund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

/// Why a text is no fund or account code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    /// Not `R` or `F`.
    #[error("a fund is R or F")]
    Fund,
    /// Not `^[RF]\.[0-9]{4}(\.[0-9]{2}){0,2}$`.
    #[error("an account is like R.4501.01: fund, four digits, up to two levels of two digits")]
    Grammar,
}

impl FromStr for Fund {
    type Err = AccountError;
    fn from_str(text: &str) -> Result<Self, AccountError> {
        match text {
            "R" => Ok(Self::R),
            "F" => Ok(Self::F),
            _ => Err(AccountError::Fund),
        }
    }
}

/// The longest code: `R.4501.01.01`.
const CODE_LEN_MAX: usize = 12;

/// An account's code with its fund in front, like `R.4501.01`.
///
/// Ordered as text, so a heading stands directly before its children.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountCode {
    text: [u8; CODE_LEN_MAX],
    len: u8,
}

impl AccountCode {
    /// The fund the account belongs to.
    pub fn fund(&self) -> Fund {
        if self.text[0] == b'R' { Fund::R } else { Fund::F }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.len)])
            .expect("a code holds only the ASCII that from_str accepted")
    }

    /// True for an account under a heading, at whatever level.
    pub fn is_below(&self, heading: Self) -> bool {
        let rest = self.as_str().strip_prefix(heading.as_str());
        rest.is_some_and(|rest| rest.starts_with('.'))
    }

    /// The heading one level up; none for a first-level account.
    pub fn parent(&self) -> Option<Self> {
        let len = usize::from(self.len);
        (len > 6).then(|| {
            let mut text = self.text;
            text[len - 3..].fill(0);
            Self { text, len: self.len - 3 }
        })
    }

    /// The first-level account it stands under (itself when it is one).
    pub fn first_level(&self) -> Self {
        let mut code = *self;
        while let Some(parent) = code.parent() {
            code = parent;
        }
        code
    }
}

impl FromStr for AccountCode {
    type Err = AccountError;
    fn from_str(code: &str) -> Result<Self, AccountError> {
        let bytes = code.as_bytes();
        let shape: &[u8] = match bytes.len() {
            6 => b"f.dddd",
            9 => b"f.dddd.dd",
            12 => b"f.dddd.dd.dd",
            _ => return Err(AccountError::Grammar),
        };
        let fits = bytes.iter().zip(shape).all(|(byte, kind)| match kind {
            b'f' => matches!(byte, b'R' | b'F'),
            b'd' => byte.is_ascii_digit(),
            _ => byte == kind,
        });
        if !fits {
            return Err(AccountError::Grammar);
        }
        let mut text = [0; CODE_LEN_MAX];
        text[..bytes.len()].copy_from_slice(bytes);
        let len = u8::try_from(bytes.len()).map_err(|_| AccountError::Grammar)?;
        Ok(Self { text, len })
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_know_their_fund_and_headings() {
        let code: AccountCode = "F.5001.01.02".parse().unwrap();
        assert_eq!(code.fund(), Fund::F);
        assert_eq!(code.parent().map(|c| c.to_string()), Some("F.5001.01".to_owned()));
        assert_eq!(code.first_level().as_str(), "F.5001");
        for wrong in ["", "R", "R.45", "R.4501.1", "G.4501", "R.4501.01.01.01", "R-4501", "R.４501"]
        {
            assert!(wrong.parse::<AccountCode>().is_err(), "{wrong}");
        }
    }
}
