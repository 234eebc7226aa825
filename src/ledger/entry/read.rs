//! Reading an entry from its bytes: every key known, of its sort, within its limits.
//!
//! A draft says most of it in the same words, so [`Taker`] and [`Said`] serve both; the rest of
//! a draft is read in `ledger/draft/read.rs`.

use chrono::NaiveDate;

use super::{
    Act, Actor, BATCH_MAX, CLOSING_LINES_MAX, DOCS_MAX, Doc, DocKind, Entry, LINES_MAX, Line,
    RowOrigin, SEALED_MAX, SIGNS_MAX, Side, Sign, SignAct,
};
use crate::ledger::event::{Event, Fields};
use crate::ledger::id::{EntryHash, EstateCode, Ref};
use crate::ledger::json::{FormatError, FormatFault, Pair, Tree};
use crate::ledger::kinds::LineRule;
use crate::ledger::period::parse_date;
use crate::ledger::schema::{Key, Sort, check, optional, required};

/// Keys of `by`, and of a sign beside `act` and `at`.
const ACTOR: &[Key] = &[
    required("org", Sort::Id("o_")),
    required("role", Sort::Name),
    required("user", Sort::Id("u_")),
];
const ACT: &[Key] = &[required("no", Sort::Integer), required("of", Sort::Integer)];
pub(in crate::ledger) const SIGN: &[Key] = &[
    required("act", Sort::Word(SignAct::WORDS)),
    required("at", Sort::Name),
    required("org", Sort::Id("o_")),
    required("role", Sort::Name),
    required("user", Sort::Id("u_")),
];
pub(in crate::ledger) const DOC: &[Key] = &[
    required("kind", Sort::Word(DocKind::WORDS)),
    required("sha256", Sort::Hash),
    required("size", Sort::Integer),
    required("type", Sort::Text),
];
pub(in crate::ledger) const LINE: &[Key] = &[
    required("account", Sort::Account),
    optional("contract", Sort::Name),
    optional("credit", Sort::Money),
    optional("debit", Sort::Money),
    optional("holder", Sort::Name),
    optional("item", Sort::Name),
    optional("part", Sort::Name),
    optional("period", Sort::Period),
];
pub(in crate::ledger) const ORIGIN: &[Key] =
    &[required("file", Sort::Hash), required("row", Sort::Text)];

/// Collects the keys of the bytes; each is moved out once.
pub(super) fn from_keys(keys: Vec<Pair<'_>>) -> Result<Entry, FormatError> {
    let mut keys = Taker(keys);
    let version = keys.parse("v", Sort::Integer, integer)?;
    if version != 1 {
        let newer = FormatFault::Newer(format!("version {version} of the format"));
        return Err(FormatError::here(newer).under("v"));
    }
    let said = keys.said()?;
    let entry = Entry {
        act: keys.parse_opt("act", Sort::Object(ACT), act)?,
        by: keys.parse("by", Sort::Object(ACTOR), |v| actor(v.as_fields()?))?,
        date: said.date.ok_or_else(|| missing("date"))?,
        docs: said.docs,
        estate: said.estate,
        event: said.event,
        lines: said.lines,
        log: keys.parse("log", Sort::Name, text)?,
        memo: said.memo,
        occurred: said.occurred,
        origin: said.origin,
        prev: keys.parse("prev", Sort::Hash, parsed)?,
        r#ref: said.r#ref,
        sealed: sealed(keys.take("sealed"))?,
        seq: keys.parse("seq", Sort::Integer, integer)?,
        signs: said.signs,
        time: keys.parse("time", Sort::Name, parsed)?,
    };
    keys.end()?;
    Ok(entry)
}

/// What an entry and a draft say alike.
pub(in crate::ledger) struct Said {
    pub date: Option<NaiveDate>,
    pub docs: Vec<Doc>,
    pub estate: EstateCode,
    pub event: Event,
    pub lines: Vec<Line>,
    pub memo: Option<String>,
    pub occurred: Option<NaiveDate>,
    pub origin: Option<RowOrigin>,
    pub r#ref: Ref,
    pub signs: Vec<Sign>,
}

/// The keys not yet taken.
pub(in crate::ledger) struct Taker<'a>(pub Vec<Pair<'a>>);

impl<'a> Taker<'a> {
    pub fn said(&mut self) -> Result<Said, FormatError> {
        let (date, docs) =
            (self.parse_opt("date", Sort::Date, day)?, self.list("docs", DOCS_MAX, DOC, doc)?);
        let estate = self.parse("estate", Sort::Name, parsed)?;
        let event = event(self.take("event"))?;
        let closes = matches!(event.kind().lines, LineRule::Closing);
        let most = if closes { CLOSING_LINES_MAX } else { LINES_MAX };
        Ok(Said {
            date,
            docs,
            estate,
            event,
            lines: self.list("lines", most, LINE, line)?,
            memo: self.parse_opt("memo", Sort::Text, text)?,
            occurred: self.parse_opt("occurred", Sort::Date, day)?,
            origin: self.parse_opt("origin", Sort::Object(ORIGIN), origin)?,
            r#ref: self.parse("ref", Sort::Text, parsed)?,
            signs: self.list("signs", SIGNS_MAX, SIGN, sign)?,
        })
    }

    /// Refuses a key that nobody took.
    pub fn end(&self) -> Result<(), FormatError> {
        match self.0.first() {
            Some((key, _)) => Err(FormatError::here(FormatFault::UnknownKey).under(key)),
            None => Ok(()),
        }
    }

    pub fn take(&mut self, key: &str) -> Option<Tree<'a>> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    pub fn parse_opt<T>(
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

    pub fn parse<T>(
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

pub(in crate::ledger) fn text(value: &Tree<'_>) -> Option<String> {
    value.as_text().map(str::to_owned)
}

pub(in crate::ledger) fn parsed<T: std::str::FromStr>(value: &Tree<'_>) -> Option<T> {
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

pub(in crate::ledger) fn missing(key: &str) -> FormatError {
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
