//! What happened: a kind with its keys, checked against the table of kinds.

use std::borrow::Cow;

use super::account::{AccountCode, Fund};
use super::id::EntryHash;
use super::json::{FormatError, FormatFault, Pair, Tree, Value, owned_pair};
use super::kinds::{Kind, kind};
use super::money::Money;
use super::period::{Month, Period, parse_date};
use super::schema::check_keys;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An event: a kind and the keys that the table of kinds lists for it.
///
/// Made only by [`Event::new`] and by decoding, so its keys are always of their sort.
#[derive(Clone, Debug)]
pub struct Event {
    kind: &'static Kind,
    keys: Vec<Pair<'static>>,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.keys == other.keys
    }
}

impl Event {
    /// An event of a kind, its keys in any order; checked as if it had been read.
    pub fn new(
        name: &str,
        keys: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Self, FormatError> {
        let mut keys: Vec<Pair<'_>> =
            keys.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
        keys.push((Cow::Borrowed("kind"), Tree::Text(Cow::Borrowed(name))));
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        Self::from_keys(keys)
    }

    /// From the keys of an `event` object as read, `kind` among them.
    pub fn from_keys(mut keys: Vec<Pair<'_>>) -> Result<Self, FormatError> {
        let at = keys.iter().position(|(key, _)| key == "kind");
        let at = at.ok_or_else(|| FormatError::here(FormatFault::MissingKey).under("kind"))?;
        let found = match &keys[at].1 {
            Tree::Text(name) => {
                kind(name).ok_or_else(|| FormatFault::Newer(format!("the kind \"{name}\"")))
            }
            _ => Err(FormatFault::Expected("the name of a kind")),
        };
        let kind = found.map_err(|fault| FormatError::here(fault).under("kind"))?;
        keys.remove(at);
        check_keys(&keys, kind.keys)?;
        // Known keys need no copy of their names.
        let owned = |(name, value): Pair<'_>| {
            let known = kind.keys.iter().find(|key| key.name == name);
            (Cow::Borrowed(known.map_or("", |key| key.name)), value.into_owned())
        };
        Ok(Self { kind, keys: keys.into_iter().map(owned).collect() })
    }

    /// Its kind.
    pub const fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The keys beside `kind`, in ascending order.
    pub fn keys(&self) -> &[Pair<'static>] {
        &self.keys
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<&Tree<'_>> {
        Fields(&self.keys).value(key)
    }

    /// Its keys as fields to read typed values from.
    pub fn fields(&self) -> Fields<'_> {
        Fields(&self.keys)
    }
}

/// Typed reading of the keys of an object whose sorts were checked before.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(pub &'a [Pair<'a>]);

impl<'a> Fields<'a> {
    /// The value of a key.
    pub fn value(self, key: &str) -> Option<&'a Tree<'a>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// A text.
    pub fn text(self, key: &str) -> Option<&'a str> {
        self.value(key).and_then(Tree::as_text)
    }

    /// A whole number.
    pub fn integer(self, key: &str) -> Option<u64> {
        match self.value(key) {
            Some(Tree::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// An amount.
    pub fn money(self, key: &str) -> Option<Money> {
        self.text(key)?.parse().ok()
    }

    /// A day.
    pub fn date(self, key: &str) -> Option<NaiveDate> {
        parse_date(self.text(key)?).ok()
    }

    /// A month.
    pub fn month(self, key: &str) -> Option<Month> {
        self.text(key)?.parse().ok()
    }

    /// An attribution period.
    pub fn period(self, key: &str) -> Option<Period> {
        self.text(key)?.parse().ok()
    }

    /// A hash.
    pub fn hash(self, key: &str) -> Option<EntryHash> {
        self.text(key)?.parse().ok()
    }

    /// A fund.
    pub fn fund(self, key: &str) -> Option<Fund> {
        self.text(key)?.parse().ok()
    }

    /// An account.
    pub fn account(self, key: &str) -> Option<AccountCode> {
        self.text(key)?.parse().ok()
    }

    /// The same keys and values, owning their texts.
    pub fn to_owned_pairs(self) -> Vec<Pair<'static>> {
        self.0.iter().cloned().map(owned_pair).collect()
    }

    /// An object's keys.
    pub fn object(self, key: &str) -> Option<Fields<'a>> {
        self.value(key).and_then(Tree::as_fields)
    }

    /// A list; empty when the key is absent.
    pub fn list(self, key: &str) -> &'a [Tree<'a>] {
        match self.value(key) {
            Some(Tree::List(values)) => values,
            _ => &[],
        }
    }
}

impl Tree<'_> {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub const fn as_integer(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The keys, if it is an object.
    pub fn as_fields(&self) -> Option<Fields<'_>> {
        match self {
            Self::Map(keys) => Some(Fields(keys)),
            _ => None,
        }
    }

    /// The cells of a row.
    pub fn cells(&self) -> &[Self] {
        match self {
            Self::List(cells) => cells,
            _ => &[],
        }
    }

    /// The text of a row's cell.
    pub fn cell(&self, at: usize) -> Option<&str> {
        self.cells().get(at).and_then(Self::as_text)
    }
}

impl Value {
    /// An object from keys in any order.
    pub fn map(keys: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let mut keys: Vec<Pair<'static>> =
            keys.into_iter().map(|(key, value)| (Cow::Borrowed(key), value)).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        Self::Map(keys)
    }

    /// A text from anything that prints.
    #[expect(clippy::needless_pass_by_value, reason = "callers hand in literals and references")]
    pub fn text(text: impl ToString) -> Self {
        Self::Text(Cow::Owned(text.to_string()))
    }
}

/// A payer or payee as the bytes name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Party {
    /// An organisation, by name.
    Organisation {
        /// Its unified social credit code, where known.
        code: Option<String>,
        /// Its name.
        org: String,
    },
    /// A person, by pseudonymous id; pages say 个人.
    Person(String),
}

impl Party {
    /// Reads `{"code"?,"org"}` or `{"party"}`.
    pub fn from_fields(fields: Fields<'_>) -> Option<Self> {
        if let Some(party) = fields.text("party") {
            return Some(Self::Person(party.to_owned()));
        }
        Some(Self::Organisation {
            code: fields.text("code").map(str::to_owned),
            org: fields.text("org")?.to_owned(),
        })
    }

    /// As a value of the format.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Person(party) => Value::map([("party", Value::text(party))]),
            Self::Organisation { code, org } => {
                let code = code.iter().map(|code| ("code", Value::text(code)));
                Value::map(code.chain([("org", Value::text(org))]))
            }
        }
    }
}
