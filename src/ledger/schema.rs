//! The sorts of values that keys hold, and the check of a value against its sort.
//!
//! One table of keys ([`super::kinds`]) drives decoding, drafts, forms and docs; this file
//! gives that table its vocabulary.

use super::account::{AccountCode, Fund};
use super::area::Area;
use super::id::{EntryHash, is_id};
use super::json::{FormatError, FormatFault, Pair, Tree};
use super::money::Money;
use super::period::{Month, Period, parse_date};

/// The most characters (code points) of a text, unless its sort says less.
pub const TEXT_MAX: usize = 200;
/// The most characters of an id chosen by people: a contract's or a decision's number.
pub const NAME_MAX: usize = 40;

/// A sort of value.
#[derive(Clone, Copy, Debug)]
pub enum Sort {
    /// 1…200 characters for people.
    Text,
    /// 1…40 characters: a number or name that other entries cite.
    Name,
    /// A pseudonymous id with this prefix.
    Id(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// Yuan, two decimals.
    Money,
    /// m², two decimals.
    Area,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM`.
    Month,
    /// An attribution period.
    Period,
    /// An entry's or file's SHA-256, hex.
    Hash,
    /// `R` or `F`.
    Fund,
    /// An account's code.
    Account,
    /// An object with these keys.
    Object(&'static [Key]),
    /// A list of values of one sort.
    List(&'static Sort),
    /// A list of arrays with these columns.
    Rows(&'static [Column]),
    /// One of several objects, told apart by the key that only it has.
    Either(&'static [(&'static str, &'static [Key])]),
}

/// A key of an object.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the bytes.
    pub name: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Must it be there.
    pub required: bool,
}

/// A column of a row.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in the docs; the bytes carry the position only.
    pub name: &'static str,
    /// What it holds.
    pub sort: Sort,
}

/// A key that must be there.
pub const fn required(name: &'static str, sort: Sort) -> Key {
    Key { name, sort, required: true }
}

/// A key that may be left out.
pub const fn optional(name: &'static str, sort: Sort) -> Key {
    Key { name, sort, required: false }
}

/// A column.
pub const fn column(name: &'static str, sort: Sort) -> Column {
    Column { name, sort }
}

/// An organisation: its name, with the unified social credit code where known (GB 32100).
pub const ORGANISATION: &[Key] = &[optional("code", Sort::Name), required("org", Sort::Text)];
/// A person: a pseudonymous id; the name is a sealed value.
pub const PERSON: &[Key] = &[required("party", Sort::Id("pt_"))];
/// A payer or payee.
pub const PARTY: Sort = Sort::Either(&[("org", ORGANISATION), ("party", PERSON)]);
/// A paper that proves an amount: invoice, tax receipt, meter reading with its bill.
pub const EVIDENCE: Sort = Sort::List(&Sort::Object(&[
    required("amount", Sort::Money),
    optional("doc", Sort::Hash),
    optional("issued", Sort::Date),
    required("issuer", Sort::Text),
    required("kind", Sort::Word(&["invoice", "tax_receipt", "receipt", "payroll", "settlement"])),
    required("no", Sort::Name),
]));

/// Checks a map against its keys: each known, each required one there, each of its sort.
pub fn check_keys(entries: &[Pair<'_>], keys: &[Key]) -> Result<(), FormatError> {
    for (name, value) in entries {
        let key = keys.iter().find(|key| key.name == name.as_ref());
        let key = key.ok_or_else(|| FormatError::here(FormatFault::UnknownKey).under(name))?;
        check(value, key.sort).map_err(|e| e.under(name))?;
    }
    let missing = |key: &&Key| key.required && !entries.iter().any(|(name, _)| name == key.name);
    match keys.iter().find(missing) {
        Some(key) => Err(FormatError::here(FormatFault::MissingKey).under(key.name)),
        None => Ok(()),
    }
}

/// Checks one value against its sort.
pub fn check(value: &Tree<'_>, sort: Sort) -> Result<(), FormatError> {
    match (sort, value) {
        (Sort::Integer, Tree::Integer(_)) => Ok(()),
        (Sort::Object(keys), Tree::Map(entries)) => check_keys(entries, keys),
        (Sort::Either(choices), Tree::Map(entries)) => check_either(entries, choices),
        (Sort::List(sort), Tree::List(values)) => check_each(values, |value| check(value, *sort)),
        (Sort::Rows(columns), Tree::List(rows)) => check_each(rows, |row| check_row(row, columns)),
        (Sort::Integer | Sort::Object(_) | Sort::Either(_) | Sort::List(_) | Sort::Rows(_), _)
        | (_, Tree::Integer(_) | Tree::List(_) | Tree::Map(_)) => {
            Err(FormatFault::Expected(expected(sort)).into())
        }
        (_, Tree::Text(text)) => Ok(check_word(text, sort)?),
    }
}

fn check_each(
    values: &[Tree<'_>],
    check: impl Fn(&Tree<'_>) -> Result<(), FormatError>,
) -> Result<(), FormatError> {
    values.iter().enumerate().try_for_each(|(no, value)| check(value).map_err(|e| e.under(no)))
}

fn check_row(row: &Tree<'_>, columns: &[Column]) -> Result<(), FormatError> {
    let Tree::List(cells) = row else {
        return Err(FormatFault::Expected("a row: a list of cells").into());
    };
    if cells.len() != columns.len() {
        return Err(FormatFault::Expected("a row with one cell a column").into());
    }
    let mut pairs = cells.iter().zip(columns).enumerate();
    pairs.try_for_each(|(no, (cell, column))| check(cell, column.sort).map_err(|e| e.under(no)))
}

fn check_either(entries: &[Pair<'_>], choices: &[(&str, &[Key])]) -> Result<(), FormatError> {
    let has = |name: &str| entries.iter().any(|(key, _)| key == name);
    match choices.iter().find(|(name, _)| has(name)) {
        Some((_, keys)) => check_keys(entries, keys),
        None => Err(FormatFault::Expected("one of the objects that the format lists").into()),
    }
}

/// Checks a text against a sort that is written as text.
fn check_word(text: &str, sort: Sort) -> Result<(), FormatFault> {
    let fits = match sort {
        Sort::Text => return check_len(text, TEXT_MAX),
        Sort::Name => return check_len(text, NAME_MAX),
        Sort::Money if text.starts_with(['-', '+']) => return Err(FormatFault::SignedMoney),
        Sort::Money => text.parse::<Money>().is_ok(),
        Sort::Area => text.parse::<Area>().is_ok(),
        Sort::Id(prefix) => is_id(prefix, text),
        Sort::Word(words) => words.contains(&text),
        Sort::Date => parse_date(text).is_ok(),
        Sort::Month => text.parse::<Month>().is_ok(),
        Sort::Period => text.parse::<Period>().is_ok(),
        Sort::Hash => text.parse::<EntryHash>().is_ok(),
        Sort::Fund => text.parse::<Fund>().is_ok(),
        Sort::Account => text.parse::<AccountCode>().is_ok(),
        Sort::Integer | Sort::Object(_) | Sort::List(_) | Sort::Rows(_) | Sort::Either(_) => false,
    };
    if fits { Ok(()) } else { Err(FormatFault::Expected(expected(sort))) }
}

/// Checks the length of a text in code points.
pub fn check_len(text: &str, max: usize) -> Result<(), FormatFault> {
    // A code point has at most four bytes, so most texts need no counting.
    if text.len() <= max {
        return Ok(());
    }
    let len = text.chars().count();
    if len > max { Err(FormatFault::TextTooLong { len, max }) } else { Ok(()) }
}

/// What a sort looks like, for an error's sentence.
pub const fn expected(sort: Sort) -> &'static str {
    match sort {
        Sort::Text | Sort::Name => "a text",
        Sort::Id(_) => "a pseudonymous id",
        Sort::Word(_) => "one of the words that the format lists",
        Sort::Integer => "a whole number",
        Sort::Money => "an amount like \"12000.00\"",
        Sort::Area => "an area like \"68450.00\"",
        Sort::Date => "a day like \"2026-01-31\"",
        Sort::Month => "a month like \"2026-01\"",
        Sort::Period => "a period like \"2026-01\", \"2026-Q1\", \"2026\" or \"2026-01..2026-03\"",
        Sort::Hash => "64 lower-case hex digits",
        Sort::Fund => "\"R\" or \"F\"",
        Sort::Account => "an account like \"R.4501.01\"",
        Sort::Object(_) | Sort::Either(_) => "an object",
        Sort::List(_) => "a list",
        Sort::Rows(_) => "a list of rows",
    }
}
