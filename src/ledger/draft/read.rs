//! Reading drafts from JSON in any spelling: one object, or a batch, a list of objects of one
//! estate. `docs/spec/draft.md`.
//!
//! A draft is not hashed, so white space, the order of keys and escapes are free; everything
//! else is as strict as an entry, by the same tables.

use super::{Draft, SealedValue};
use crate::ledger::chain::content_hash;
use crate::ledger::entry::read::{DOC, LINE, ORIGIN, SIGN, Said, Taker, missing, parsed, text};
use crate::ledger::entry::{BATCH_MAX, SEALED_MAX};
use crate::ledger::id::Ref;
use crate::ledger::json::{FormatError, FormatFault, Objects, Pair, Tree, read_objects};
use crate::ledger::schema::{Key, Sort, check_len, optional, required};

/// The longest disclosure, in characters: a salt, a name and the longest text.
const DISCLOSURE_LEN_MAX: usize = 2_000;

/// Keys of a draft beside `event`, for descriptions; `ref` may be left out where a key stands
/// for it.
pub const DRAFT_KEYS: &[Key] = &[
    optional("date", Sort::Date),
    optional("docs", Sort::List(&Sort::Object(DOC))),
    required("estate", Sort::Name),
    optional("lines", Sort::List(&Sort::Object(LINE))),
    optional("memo", Sort::Text),
    optional("occurred", Sort::Date),
    optional("origin", Sort::Object(ORIGIN)),
    optional("ref", Sort::Name),
    optional("sealed_values", Sort::List(&Sort::Object(SEALED_VALUE))),
    optional("signs", Sort::List(&Sort::Object(SIGN))),
];

const SEALED_VALUE: &[Key] = &[
    optional("digest", Sort::Hash),
    required("disclosure", Sort::Text),
    required("subject", Sort::Name),
];

/// Drafts that are posted together, all or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The drafts: at least one, all of one estate.
    pub drafts: Vec<Draft>,
    /// They were written as a list, so a pointer begins with a draft's place in it.
    pub is_list: bool,
}

impl Batch {
    /// Reads one draft, or a list of 1 to 256 drafts of one estate.
    pub fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        Self::read_keyed(bytes, None)
    }

    /// The same where a key stands for the references: a draft may leave `ref` out, and one that
    /// doesn't says the key; in a list the key with `.1`, `.2` … behind it.
    pub fn read_with_key(bytes: &[u8], key: &Ref) -> Result<Self, FormatError> {
        Self::read_keyed(bytes, Some(key))
    }

    fn read_keyed(bytes: &[u8], key: Option<&Ref>) -> Result<Self, FormatError> {
        let max = usize::try_from(BATCH_MAX).unwrap_or(usize::MAX);
        let objects = match read_objects(bytes, max)? {
            Objects::One(object) => {
                return Ok(Self {
                    drafts: vec![draft(object, key.map(Ref::to_string))?],
                    is_list: false,
                });
            }
            Objects::Many(objects) => objects,
        };
        let mut drafts: Vec<Draft> = Vec::with_capacity(objects.len());
        for (no, object) in objects.into_iter().enumerate() {
            let key = key.map(|key| format!("{key}.{}", no + 1));
            let draft = draft(object, key).map_err(|e| e.under(no))?;
            if drafts.first().is_some_and(|first| first.estate != draft.estate) {
                let fault = FormatFault::Expected("drafts of one estate in a batch");
                return Err(FormatError::here(fault).under("estate").under(no));
            }
            drafts.push(draft);
        }
        Ok(Self { drafts, is_list: true })
    }

    /// Where a place in one of its drafts is in what was read (RFC 6901).
    pub fn pointer(&self, no: usize, pointer: &str) -> String {
        if self.is_list { format!("/{no}{pointer}") } else { pointer.to_owned() }
    }
}

fn draft(object: Tree<'_>, key: Option<String>) -> Result<Draft, FormatError> {
    let mut keys = Taker(keys_of(object)?);
    if let Some(key) = key {
        match keys.0.iter().find(|(name, _)| name == "ref") {
            None => keys.0.push(("ref".into(), Tree::Text(key.into()))),
            Some((_, said)) if said.as_text() == Some(&key) => {}
            Some(_) => {
                let fault = FormatFault::Expected("the key of the request, or nothing");
                return Err(FormatError::here(fault).under("ref"));
            }
        }
    }
    let Said { date, docs, estate, event, lines, memo, occurred, origin, r#ref, signs } =
        keys.said()?;
    let sealed = sealed(keys.take("sealed_values")).map_err(|e| e.under("sealed_values"))?;
    keys.end()?;
    if date.is_none() && !lines.is_empty() {
        return Err(missing("date"));
    }
    Ok(Draft { date, docs, estate, event, lines, memo, occurred, origin, r#ref, sealed, signs })
}

fn keys_of(value: Tree<'_>) -> Result<Vec<Pair<'_>>, FormatFault> {
    match value {
        Tree::Map(keys) => Ok(keys),
        _ => Err(FormatFault::Expected("an object")),
    }
}

fn sealed(value: Option<Tree<'_>>) -> Result<Vec<SealedValue>, FormatError> {
    match value {
        None => Ok(Vec::new()),
        Some(Tree::List(values)) if values.len() > SEALED_MAX => Err(FormatFault::Rows.into()),
        Some(Tree::List(values)) => values
            .into_iter()
            .enumerate()
            .map(|(no, value)| sealed_value(value).map_err(|e| e.under(no)))
            .collect(),
        Some(_) => Err(FormatFault::Expected("a list").into()),
    }
}

fn sealed_value(value: Tree<'_>) -> Result<SealedValue, FormatError> {
    let mut keys = Taker(keys_of(value)?);
    let digest = keys.parse_opt("digest", Sort::Hash, parsed)?;
    let subject = keys.parse("subject", Sort::Name, text)?;
    let disclosure = match keys.take("disclosure") {
        None => return Err(missing("disclosure")),
        Some(Tree::Text(disclosure)) => disclosure.into_owned(),
        Some(_) => {
            let fault = FormatFault::Expected("a text");
            return Err(FormatError::here(fault).under("disclosure"));
        }
    };
    keys.end()?;
    check_disclosure(&disclosure).map_err(|e| FormatError::here(e).under("disclosure"))?;
    let digest = digest.unwrap_or_else(|| content_hash(disclosure.as_bytes()));
    Ok(SealedValue { digest, subject, disclosure })
}

fn check_disclosure(text: &str) -> Result<(), FormatFault> {
    let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if !text.bytes().all(base64url) {
        return Err(FormatFault::Expected("base64url without padding"));
    }
    check_len(text, DISCLOSURE_LEN_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FormatFault as F;

    const COST: &str = r#" { "ref" : "paper:0001", "estate": "620722-0013",
        "date": "2026-01-05", "event": {"kind": "income"}, "memo": "\u94f6\u884c \/ \ud83c\udfe0",
        "lines": [{"debit": "1.00", "account": "R.1001.01"},
                  {"account": "R.4509", "credit": "1.00"}] } "#;

    #[test]
    fn any_spelling_of_json_gives_the_same_draft() {
        let batch = Batch::read(COST.as_bytes()).unwrap();
        assert_eq!(batch.drafts[0].memo.as_deref(), Some("银行 / 🏠"));
        let strict = COST.replace("\n        ", "").replace("\\/", "/");
        assert_eq!(Batch::read(strict.as_bytes()).unwrap(), batch);
        let list = format!("[{COST},{}]", COST.replace("0001", "0002"));
        let list = Batch::read(list.as_bytes()).unwrap();
        assert_eq!((list.drafts.len(), list.is_list), (2, true));
        assert_eq!(list.pointer(1, "/lines"), "/1/lines");
        assert_eq!(batch.pointer(0, "/lines"), "/lines");
    }

    #[test]
    fn a_key_stands_for_references() {
        let key: Ref = "order-0001".parse().unwrap();
        let bare = COST.replacen(r#""ref" : "paper:0001","#, "", 1);
        let of = |text: &str| {
            let batch = Batch::read_with_key(text.as_bytes(), &key)?;
            Ok(batch.drafts.iter().map(|draft| draft.r#ref.to_string()).collect::<Vec<_>>())
        };
        assert_eq!(of(&bare), Ok(vec!["order-0001".to_owned()]));
        let list = format!("[{bare},{}]", COST.replace("paper:0001", "order-0001.2"));
        assert_eq!(of(&list), Ok(vec!["order-0001.1".to_owned(), "order-0001.2".to_owned()]));
        let error: FormatError = of(COST).unwrap_err();
        assert_eq!(error.pointer, "/ref");
    }

    #[test]
    fn what_is_no_draft_is_refused_by_name() {
        let with = |from: &str, to: &str| COST.replacen(from, to, 1);
        let many = format!("[{}]", vec![COST; 257].join(","));
        let cases = [
            (with(r#""memo""#, r#""ref""#), "/ref", F::DuplicateKey),
            (with(r#""debit""#, r#""account""#), "/lines/0/account", F::DuplicateKey),
            (with(r#""income""#, "null"), "/event/kind", F::Null),
            (with(r#""1.00""#, "1.0"), "/lines/0/debit", F::NumberGrammar),
            (with(r#""1.00""#, "true"), "/lines/0/debit", F::Boolean),
            (with(r#""memo""#, r#""seq""#), "/seq", F::UnknownKey),
            (with(r#""memo""#, r#""Memo""#), "", F::KeyGrammar),
            (with(r#""kind": "income""#, ""), "/event", F::EmptyMap),
            (with("\\u94f6", "\\ud800"), "/memo", F::LoneSurrogate),
            (with("\\u94f6", "\\u0007"), "/memo", F::Character(7)),
            (with("\\u94f6", "\\n"), "/memo", F::Character(10)),
            (with("\\u94f6", "\\u+041"), "/memo", F::Escape),
            (with(r#""date": "2026-01-05","#, ""), "/date", F::MissingKey),
            (format!("{COST} 1"), "", F::Trailing(COST.len() + 1)),
            (format!("[{COST},[{COST}]]"), "/1", F::Syntax(COST.len() + 2)),
            ("[]".to_owned(), "", F::EmptyList),
            (many, "", F::Expected("a list that is no longer than a batch")),
            (
                format!("[{COST},{}]", with("-0013", "-0014")),
                "/1/estate",
                F::Expected("drafts of one estate in a batch"),
            ),
        ];
        for (text, pointer, fault) in cases {
            let error = Batch::read(text.as_bytes()).expect_err(&text);
            assert_eq!((error.pointer.as_str(), error.fault), (pointer, fault), "{text}");
        }
    }

    #[test]
    fn a_private_value_is_bound_by_its_digest() {
        let disclosure = "WyJBQUVDQXdRRkJnY0lDUW9MREEwT0R3IiwicGFydHkiLCLlvKDkuIkiXQ";
        let sealed = |value: &str| {
            let text = format!(r#"{{"sealed_values":[{value}],{}"#, &COST[2..]);
            Batch::read(text.as_bytes()).map(|batch| batch.drafts[0].sealed[0].digest.to_string())
        };
        let digest = "610faede688fca589e2e8a7436af71d8e882a056456deca40acf85c1e5df0dd1";
        let value = format!(r#"{{"subject":"pt_1","disclosure":"{disclosure}"}}"#);
        assert_eq!(sealed(&value), Ok(digest.to_owned()));
        for (wrong, pointer) in [
            (value.replace("pt_1", ""), "/sealed_values/0/subject"),
            (value.replace("WyJ", "W=="), "/sealed_values/0/disclosure"),
            (value.replace("disclosure", "disclosed"), "/sealed_values/0/disclosure"),
            (value.replacen('{', r#"{"digest":"00","#, 1), "/sealed_values/0/digest"),
        ] {
            assert_eq!(sealed(&wrong).unwrap_err().pointer, pointer, "{wrong}");
        }
    }
}
