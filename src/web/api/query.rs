//! What an address of the API may ask for: each parameter with its grammar, which the gate checks
//! and the description shows. Anything else is refused: a misspelt filter must not answer with
//! everything.

use std::collections::HashSet;

use axum::extract::Query;
use axum::http::Uri;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::problem::Problem;
use crate::ledger::account::AccountCode;
use crate::ledger::id::EstateCode;
use crate::ledger::period::{Month, Period};
use crate::services::books::DIGITS_MIN;
use crate::web::portal::check::read as read_head;
use crate::web::show::{known_kind, listed_kinds};
use crate::web::visit::Visit;

/// What a list answers where nobody says how much.
pub const LIMIT_DEFAULT: u32 = 50;
/// The most that it answers.
pub const LIMIT_MAX: u32 = 200;
/// The largest number that every program reads exactly.
const SEQ_MAX: u64 = 9_007_199_254_740_991;

/// A grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// Words to search for, so many characters at most.
    Words(usize),
    /// An estate's code.
    Estate,
    /// How many rows.
    Limit,
    /// An entry's number.
    Seq,
    /// An account's code.
    Account,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A head as paper has it.
    Head,
    /// `R` or `F`.
    Fund,
    /// `2025-03`.
    Month,
    /// A kind that lists show.
    Kind,
    /// `in` or `out`.
    Way,
    /// `1200`, `1200.5`, `1200.50`.
    Amount,
    /// `2025-03-31`.
    Day,
    /// `2025`, `2025-Q1`, `2025-03`, `2025-01..2025-03`.
    Period,
}

/// A parameter of the query. Its name is that of its label and of what is accepted (`locales/`).
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its grammar.
    pub grammar: Grammar,
    /// An example.
    pub example: &'static str,
}

/// A row of a table of parameters.
pub const fn param(name: &'static str, grammar: Grammar, example: &'static str) -> Param {
    Param { name, grammar, example }
}

const YEAR: &str = "2[01][0-9]{2}";
const MONTH: &str = "(0[1-9]|1[0-2])";

impl Grammar {
    /// True for what is of this grammar.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Words(max) => text.chars().count() <= max && text.chars().any(|c| !is_blank(c)),
            Self::Estate => text.parse::<EstateCode>().is_ok(),
            Self::Limit => number(text).is_some_and(|n| (1..=u64::from(LIMIT_MAX)).contains(&n)),
            Self::Seq => number(text).is_some_and(|n| n <= SEQ_MAX),
            Self::Account => text.parse::<AccountCode>().is_ok(),
            Self::Word(known) => known.contains(&text),
            Self::Head => read_head(text).is_some(),
            Self::Fund => matches!(text, "R" | "F"),
            Self::Month => text.parse::<Month>().is_ok(),
            Self::Kind => known_kind(text).is_some(),
            Self::Way => matches!(text, "in" | "out"),
            Self::Amount => is_amount(text),
            Self::Day => text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            Self::Period => is_period(text),
        }
    }

    /// The same for programs (JSON Schema 2020-12).
    pub fn schema(self) -> Value {
        let text = |pattern: String| json!({"type": "string", "pattern": format!("^{pattern}$")});
        match self {
            Self::Words(max) => {
                json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": "\\S"})
            }
            Self::Estate => text("[0-9]{6}-[0-9]{4}".to_owned()),
            Self::Limit => {
                json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT})
            }
            Self::Seq => json!({"type": "integer", "minimum": 0, "maximum": SEQ_MAX}),
            Self::Account => text(r"[RF]\.[0-9]{4}(\.[0-9]{2}){0,2}".to_owned()),
            Self::Word(known) => json!({"type": "string", "enum": known}),
            Self::Head => text(format!(
                r"([0-9]{{6}}-[0-9]{{4}}\.[0-9]{{1,9}}\.)?[0-9a-f]{{{DIGITS_MIN},64}}"
            )),
            Self::Fund => json!({"type": "string", "enum": ["R", "F"]}),
            Self::Month => text(format!("{YEAR}-{MONTH}")),
            Self::Kind => {
                let names: Vec<&str> = listed_kinds().map(|kind| kind.name).collect();
                json!({"type": "string", "enum": names})
            }
            Self::Way => json!({"type": "string", "enum": ["in", "out"]}),
            Self::Amount => text(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?".to_owned()),
            Self::Day => json!({"type": "string", "format": "date"}),
            Self::Period => {
                let month = format!("{YEAR}-{MONTH}");
                text(format!(r"({YEAR}|{YEAR}-Q[1-4]|{month}|{month}\.\.{month})"))
            }
        }
    }
}

/// What no program takes for a word.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A number in the one spelling that JSON has for it.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

fn is_amount(text: &str) -> bool {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    (1..=13).contains(&whole.len())
        && (whole == "0" || !whole.starts_with('0'))
        && (1..=2).contains(&cents.len())
        && digits(whole)
        && digits(cents)
}

/// The shape of a period; one that runs backwards is of the shape and refused as a value.
fn is_period(text: &str) -> bool {
    match text.split_once("..") {
        Some((from, to)) => from.parse::<Month>().is_ok() && to.parse::<Month>().is_ok(),
        None => text.parse::<Period>().is_ok(),
    }
}

/// Refuses a query that isn't of some parameters: one not known, one twice, one that can't be
/// read.
pub fn check(uri: &Uri, params: &[Param]) -> Result<(), Problem> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Ok(Query(pairs)) = pairs else { return Err(Problem::of("parameter")) };
    let mut seen = HashSet::new();
    for (name, value) in &pairs {
        let Some(known) = params.iter().find(|param| param.name == name) else {
            return Err(Problem::parameter(name, value, None));
        };
        if !seen.insert(known.name) || !known.grammar.accepts(value) {
            return Err(Problem::parameter(name, value, Some(known)));
        }
    }
    Ok(())
}

/// How many rows are wanted.
pub fn limit(visit: &Visit) -> u32 {
    visit.value("limit").and_then(|text| text.parse().ok()).unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammars_are_strict() {
        for (grammar, fine, wrong) in [
            (Grammar::Words(3), vec!["a", " a", "三个字"], vec!["", "  ", "abcd", "\u{1c}"]),
            (Grammar::Limit, vec!["1", "200"], vec!["0", "201", "01", "+1", "1.0", ""]),
            (Grammar::Seq, vec!["0", "9007199254740991"], vec!["-1", "9007199254740992", "00"]),
            (Grammar::Month, vec!["2025-03", "2199-12"], vec!["2025-3", "1999-12", "2025-13"]),
            (Grammar::Amount, vec!["0", "12.5", "12.50"], vec!["012", ".5", "1.", "1,2", "-1"]),
            (Grammar::Day, vec!["2025-02-28"], vec!["2025-02-29", "2025-2-28", "2025-02-28T"]),
            (Grammar::Period, vec!["2025", "2025-Q4", "2025-03..2025-01"], vec!["2025-Q5", "25"]),
        ] {
            for text in fine {
                assert!(grammar.accepts(text), "{grammar:?} {text}");
            }
            for text in wrong {
                assert!(!grammar.accepts(text), "{grammar:?} {text}");
            }
        }
    }
}
