//! Reading an entry from its bytes: every key known, of its sort, within its limits.

use chrono::NaiveDate;

use super::{
    Act, Actor, BATCH_MAX, DOCS_MAX, Doc, DocKind, Entry, LINES_MAX, Line, RowOrigin, SEALED_MAX,
    SIGNS_MAX, Side, Sign, SignAct,
};
use crate::ledger::event::{Event, Fields};
use crate::ledger::id::EntryHash;
use crate::ledger::json::{FormatError, FormatFault, Pair, Tree};
use crate::ledger::period::parse_date;
use crate::ledger::schema::{Key, Sort, check, optional, required};

/// Keys of `by`, and of a sign beside `act` and `at`.
const ACTOR: &[Key] = &[
    required("org", Sort::Id("o_")),
    required("role", Sort::Name),
    required("user", Sort::Id("u_")),
];
const ACT: &[Key] = &[required("no", Sort::Integer), required("of", Sort::Integer)];
const SIGN: &[Key] = &[
    required("act", Sort::Word(SignAct::WORDS)),
    required("at", Sort::Name),
    required("org", Sort::Id("o_")),
    required("role", Sort::Name),
    required("user", Sort::Id("u_")),
];
const DOC: &[Key] = &[
    required("kind", Sort::Word(DocKind::WORDS)),
    required("sha256", Sort::Hash),
    required("size", Sort::Integer),
    required("type", Sort::Text),
];
const LINE: &[Key] = &[
    required("account", Sort::Account),
    optional("contract", Sort::Name),
    optional("credit", Sort::Money),
    optional("debit", Sort::Money),
    optional("holder", Sort::Name),
    optional("item", Sort::Name),
    optional("part", Sort::Name),
    optional("period", Sort::Period),
];
const ORIGIN: &[Key] = &[required("file", Sort::Hash), required("row", Sort::Text)];

/// Collects the keys of the bytes; each is moved out once.
pub(super) fn from_keys(keys: Vec<Pair<'_>>) -> Result<Entry, FormatError> {
    let mut keys = Taker(keys);
    let version = keys.parse("v", Sort::Integer, integer)?;
    if version != 1 {
        let newer = FormatFault::Newer(format!("version {version} of the format"));
        return Err(FormatError::here(newer).under("v"));
    }
    let entry = Entry {
        act: keys.parse_opt("act", Sort::Object(ACT), act)?,
        by: keys.parse("by", Sort::Object(ACTOR), |v| actor(v.as_fields()?))?,
        date: keys.parse("date", Sort::Date, day)?,
        docs: keys.list("docs", DOCS_MAX, DOC, doc)?,
        estate: keys.parse("estate", Sort::Name, parsed)?,
        event: event(keys.take("event"))?,
        lines: keys.list("lines", LINES_MAX, LINE, line)?,
        log: keys.parse("log", Sort::Name, text)?,
        memo: keys.parse_opt("memo", Sort::Text, text)?,
        occurred: keys.parse_opt("occurred", Sort::Date, day)?,
        origin: keys.parse_opt("origin", Sort::Object(ORIGIN), origin)?,
        prev: keys.parse("prev", Sort::Hash, parsed)?,
        r#ref: keys.parse("ref", Sort::Text, parsed)?,
        sealed: sealed(keys.take("sealed"))?,
        seq: keys.parse("seq", Sort::Integer, integer)?,
        signs: keys.list("signs", SIGNS_MAX, SIGN, sign)?,
        time: keys.parse("time", Sort::Name, parsed)?,
    };
    match keys.0.first() {
        Some((key, _)) => Err(FormatError::here(FormatFault::UnknownKey).under(key)),
        None => Ok(entry),
    }
}

/// The keys not yet taken.
struct Taker<'a>(Vec<Pair<'a>>);

impl<'a> Taker<'a> {
    fn take(&mut self, key: &str) -> Option<Tree<'a>> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    fn parse_opt<T>(
        &mut self,
        key: &str,
        sort: Sort,
        read: impl Fn(&Tree<'_>) -> Option<T>,
    ) -> Result<Option<T>, FormatError> {
        let Some(value) = self.take(key) else { return Ok(None) };
        check(&value, sort).map_err(|e| e.under(key))?;
        let fault = FormatFault::Expected("the form that the format gives it");
        read(&value).map(Some).ok_or_else(|| FormatError::here(fault).under(key))
    }

    fn parse<T>(
        &mut self,
        key: &str,
        sort: Sort,
        read: impl Fn(&Tree<'_>) -> Option<T>,
    ) -> Result<T, FormatError> {
        let missing = || FormatError::here(FormatFault::MissingKey).under(key);
        self.parse_opt(key, sort, read)?.ok_or_else(missing)
    }

    fn list<T>(
        &mut self,
        key: &str,
        max: usize,
        keys: &'static [Key],
        read: impl Fn(Fields<'_>) -> Result<T, FormatError>,
    ) -> Result<Vec<T>, FormatError> {
        let Some(value) = self.take(key) else { return Ok(Vec::new()) };
        let read_list = || {
            let Tree::List(values) = &value else {
                return Err(FormatFault::Expected("a list").into());
            };
            if values.len() > max {
                return Err(FormatFault::Rows.into());
            }
            let read_one = |(no, value): (usize, &Tree<'_>)| {
                check(value, Sort::Object(keys))
                    .and_then(|()| read(value.as_fields().unwrap_or(Fields(&[]))))
                    .map_err(|e| e.under(no))
            };
            values.iter().enumerate().map(read_one).collect()
        };
        read_list().map_err(|e: FormatError| e.under(key))
    }
}

fn integer(value: &Tree<'_>) -> Option<u64> {
    value.as_integer()
}

fn text(value: &Tree<'_>) -> Option<String> {
    value.as_text().map(str::to_owned)
}

fn parsed<T: std::str::FromStr>(value: &Tree<'_>) -> Option<T> {
    value.as_text()?.parse().ok()
}

fn day(value: &Tree<'_>) -> Option<NaiveDate> {
    parse_date(value.as_text()?).ok()
}

fn event(value: Option<Tree<'_>>) -> Result<Event, FormatError> {
    let read = match value {
        None => Err(FormatFault::MissingKey.into()),
        Some(Tree::Map(keys)) => Event::from_keys(keys),
        Some(_) => Err(FormatFault::Expected("an object").into()),
    };
    read.map_err(|e: FormatError| e.under("event"))
}

fn act(value: &Tree<'_>) -> Option<Act> {
    let fields = value.as_fields()?;
    let act = Act { no: fields.integer("no")?, of: fields.integer("of")? };
    (1 <= act.no && act.no <= act.of && (2..=BATCH_MAX).contains(&act.of)).then_some(act)
}

fn actor(fields: Fields<'_>) -> Option<Actor> {
    let text = |key| fields.text(key).map(str::to_owned);
    Some(Actor { org: text("org")?, role: text("role")?, user: text("user")? })
}

fn origin(value: &Tree<'_>) -> Option<RowOrigin> {
    let fields = value.as_fields()?;
    Some(RowOrigin { file: fields.hash("file")?, row: fields.text("row")?.to_owned() })
}

fn missing(key: &str) -> FormatError {
    FormatError::here(FormatFault::MissingKey).under(key)
}

fn sign(fields: Fields<'_>) -> Result<Sign, FormatError> {
    let at = fields.text("at").and_then(|at| at.parse().ok()).ok_or_else(|| {
        let fault = FormatFault::Expected("an instant like \"2026-01-31T08:15:30.125Z\"");
        FormatError::here(fault).under("at")
    })?;
    let act = fields.text("act").and_then(SignAct::from_word).ok_or_else(|| missing("act"))?;
    let by = actor(fields).ok_or_else(|| missing("user"))?;
    Ok(Sign { act, at, by })
}

fn doc(fields: Fields<'_>) -> Result<Doc, FormatError> {
    let read = || {
        Some(Doc {
            kind: DocKind::from_word(fields.text("kind")?)?,
            sha256: fields.hash("sha256")?,
            size: fields.integer("size")?,
            media_type: fields.text("type")?.to_owned(),
        })
    };
    read().ok_or_else(|| missing("sha256"))
}

fn line(fields: Fields<'_>) -> Result<Line, FormatError> {
    let text = |key| fields.text(key).map(str::to_owned);
    let (side, amount) = match (fields.money("debit"), fields.money("credit")) {
        (Some(amount), None) => (Side::Debit, amount),
        (None, Some(amount)) => (Side::Credit, amount),
        (None, None) => return Err(missing("debit")),
        (Some(_), Some(_)) => {
            let fault = FormatFault::Expected("a line on one side only");
            return Err(FormatError::here(fault).under("debit"));
        }
    };
    Ok(Line {
        account: fields.account("account").ok_or_else(|| missing("account"))?,
        side,
        amount,
        contract: text("contract"),
        holder: text("holder"),
        item: text("item"),
        part: text("part"),
        period: fields.period("period"),
    })
}

fn sealed(value: Option<Tree<'_>>) -> Result<Vec<EntryHash>, FormatError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let read = || {
        check(&value, Sort::List(&Sort::Hash))?;
        let digests: Vec<EntryHash> = value.cells().iter().filter_map(parsed).collect();
        if digests.len() > SEALED_MAX {
            return Err(FormatFault::Rows.into());
        }
        if !digests.is_sorted_by(|a, b| a < b) {
            return Err(FormatFault::Expected("digests in ascending order").into());
        }
        Ok(digests)
    };
    read().map_err(|e: FormatError| e.under("sealed"))
}
