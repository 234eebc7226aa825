//! An entry: what is written, hashed and never changed. `docs/spec/entry.md`, section 2.
//!
//! Bytes become an [`Entry`] in [`Entry::decode`] and bytes again in [`super::encoding`]; what
//! an entry means is decided by [`super::book::Book::apply`] alone.

use chrono::NaiveDate;

use super::account::AccountCode;
use super::chain::entry_hash;
use super::chart::words;
use super::encoding::encode;
use super::event::{Event, Fields};
use super::id::{EntryHash, EstateCode, Ref};
use super::json::{self, FormatError, FormatFault, Value};
use super::money::Money;
use super::period::Period;
use super::schema::{Key, NAME_MAX, Sort, check, check_len, optional, required};
use super::time::Timestamp;

/// The most lines of an entry.
pub const LINES_MAX: usize = 64;
/// The most documents of an entry.
pub const DOCS_MAX: usize = 20;
/// The most sealed digests of an entry.
pub const SEALED_MAX: usize = 64;
/// The most entries of a batch.
pub const BATCH_MAX: u64 = 256;
/// The most signatures of an entry.
pub const SIGNS_MAX: usize = 256;

/// An entry as it stands in the chain: with the hash of its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct PostedEntry {
    /// What the bytes say.
    pub entry: Entry,
    /// `SHA-256(0x00 || bytes)`.
    pub hash: EntryHash,
}

impl PostedEntry {
    /// Reads bytes and hashes them.
    pub fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        Ok(Self { entry: Entry::decode(bytes)?, hash: entry_hash(bytes) })
    }
}

/// One entry of an estate's chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in a batch of more than one.
    pub act: Option<Act>,
    /// Who posted it.
    pub by: Actor,
    /// Accounting date in Asia/Shanghai.
    pub date: NaiveDate,
    /// Papers, by content.
    pub docs: Vec<Doc>,
    /// The estate whose chain it stands in.
    pub estate: EstateCode,
    /// What happened.
    pub event: Event,
    /// The postings; empty for events that move no money.
    pub lines: Vec<Line>,
    /// Origin of the log it was written for.
    pub log: String,
    /// One line for people.
    pub memo: Option<String>,
    /// The day it took place, when that isn't `date`.
    pub occurred: Option<NaiveDate>,
    /// The row of a file it was read from.
    pub origin: Option<RowOrigin>,
    /// Hash of the estate's previous entry.
    pub prev: EntryHash,
    /// The draft's own key.
    pub r#ref: Ref,
    /// Digests of private values, ascending.
    pub sealed: Vec<EntryHash>,
    /// Its number in the estate, from 0 without gap.
    pub seq: u64,
    /// Who prepared, reviewed, co-signed.
    pub signs: Vec<Sign>,
    /// When the server posted it.
    pub time: Timestamp,
}

/// A place in a batch: `no` of `of`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// From 1.
    pub no: u64,
    /// How many.
    pub of: u64,
}

/// Who acts: pseudonymous ids, never a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The organisation, `o_…`.
    pub org: String,
    /// The role in it.
    pub role: String,
    /// The person, `u_…`.
    pub user: String,
}

words! {
    /// What somebody did with an entry before it was posted.
    SignAct {
        /// Drew it up.
        Prepare = "prepare",
        /// Checked it.
        Review = "review",
        /// Signed for another organisation.
        Cosign = "cosign",
        /// Confirmed a fact.
        Confirm = "confirm",
        /// Approved it.
        Approve = "approve",
    }
}

/// One act of one person on an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// Which act.
    pub act: SignAct,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}

words! {
    /// What a document is.
    DocKind {
        /// Invoice.
        Invoice = "invoice",
        /// Receipt.
        Receipt = "receipt",
        /// Bank slip or statement.
        BankSlip = "bank_slip",
        /// Contract.
        Contract = "contract",
        /// Minutes of a meeting or vote.
        Minutes = "minutes",
        /// Photo.
        Photo = "photo",
        /// Report.
        Report = "report",
        /// Anything else.
        Other = "other",
    }
}

/// A document, addressed by content; its name and bytes are kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// What it is.
    pub kind: DocKind,
    /// SHA-256 of its bytes.
    pub sha256: EntryHash,
    /// Its length in bytes.
    pub size: u64,
    /// Its media type (RFC 6838).
    pub media_type: String,
}

/// The side of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// 借.
    Debit,
    /// 贷.
    Credit,
}

impl Side {
    /// The other side.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

/// One posting: an account, a side, an amount above zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: AccountCode,
    /// The side.
    pub side: Side,
    /// The amount, above zero.
    pub amount: Money,
    /// The contract it settles.
    pub contract: Option<String>,
    /// Fund F's sub-ledger.
    pub holder: Option<String>,
    /// Which deposit or pass-through.
    pub item: Option<String>,
    /// The building or entrance whose owners alone it concerns.
    pub part: Option<String>,
    /// The months it belongs to (归属期).
    pub period: Option<Period>,
}

impl Line {
    /// A line without further keys.
    pub fn new(account: AccountCode, side: Side, amount: Money) -> Self {
        Self {
            account,
            side,
            amount,
            contract: None,
            holder: None,
            item: None,
            part: None,
            period: None,
        }
    }

    /// The amount with the sign of its side: debit positive.
    pub fn signed(&self) -> Money {
        match self.side {
            Side::Debit => self.amount,
            Side::Credit => -self.amount,
        }
    }

    /// The same line on the other side, as a correction writes it (I7).
    pub fn mirror(&self) -> Self {
        Self { side: self.side.mirrored(), ..self.clone() }
    }
}

/// Where an imported entry was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOrigin {
    /// SHA-256 of the file.
    pub file: EntryHash,
    /// Sheet and row, `租赁收入明细!8`.
    pub row: String,
}

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

impl Entry {
    /// Reads an entry's bytes, refusing every spelling but the canonical one (I2).
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let Value::Map(keys) = json::read(bytes)? else {
            return Err(FormatFault::Expected("an object").into());
        };
        let entry = from_keys(keys)?;
        // The grammar leaves one spelling; writing it again proves that for these bytes.
        if encode(&entry) == bytes { Ok(entry) } else { Err(FormatFault::NotCanonical.into()) }
    }

    /// The day it took place: `occurred`, or `date` when that is left out.
    pub fn occurred_on(&self) -> NaiveDate {
        self.occurred.unwrap_or(self.date)
    }
}

/// Collects the keys of the bytes; each is moved out once.
fn from_keys(keys: Vec<(String, Value)>) -> Result<Entry, FormatError> {
    let mut keys = Taker(keys);
    let version = keys.parse("v", Sort::Integer, Value::as_integer)?;
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
        seq: keys.parse("seq", Sort::Integer, Value::as_integer)?,
        signs: keys.list("signs", SIGNS_MAX, SIGN, sign)?,
        time: keys.parse("time", Sort::Name, parsed)?,
    };
    match keys.0.first() {
        Some((key, _)) => Err(FormatError::here(FormatFault::UnknownKey).under(key)),
        None => Ok(entry),
    }
}

/// The keys not yet taken.
struct Taker(Vec<(String, Value)>);

impl Taker {
    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    fn parse_opt<T>(
        &mut self,
        key: &str,
        sort: Sort,
        read: impl Fn(&Value) -> Option<T>,
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
        read: impl Fn(&Value) -> Option<T>,
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
            let Value::List(values) = &value else {
                return Err(FormatFault::Expected("a list").into());
            };
            if values.len() > max {
                return Err(FormatFault::Rows.into());
            }
            let read_one = |(no, value): (usize, &Value)| {
                check(value, Sort::Object(keys))
                    .and_then(|()| read(value.as_fields().unwrap_or(Fields(&[]))))
                    .map_err(|e| e.under(no))
            };
            values.iter().enumerate().map(read_one).collect()
        };
        read_list().map_err(|e: FormatError| e.under(key))
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_text().map(str::to_owned)
}

fn parsed<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_text()?.parse().ok()
}

fn day(value: &Value) -> Option<NaiveDate> {
    super::period::parse_date(value.as_text()?).ok()
}

fn event(value: Option<Value>) -> Result<Event, FormatError> {
    let read = match value {
        None => Err(FormatFault::MissingKey.into()),
        Some(Value::Map(keys)) => Event::from_keys(keys),
        Some(_) => Err(FormatFault::Expected("an object").into()),
    };
    read.map_err(|e: FormatError| e.under("event"))
}

fn act(value: &Value) -> Option<Act> {
    let fields = value.as_fields()?;
    let act = Act { no: fields.integer("no")?, of: fields.integer("of")? };
    (1 <= act.no && act.no <= act.of && (2..=BATCH_MAX).contains(&act.of)).then_some(act)
}

fn actor(fields: Fields<'_>) -> Option<Actor> {
    let text = |key| fields.text(key).map(str::to_owned);
    Some(Actor { org: text("org")?, role: text("role")?, user: text("user")? })
}

fn origin(value: &Value) -> Option<RowOrigin> {
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

fn sealed(value: Option<Value>) -> Result<Vec<EntryHash>, FormatError> {
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

/// Checks a text that will become a name in an entry: not empty, printable, not too long.
pub fn check_name(text: &str) -> Result<(), FormatFault> {
    json::check_text(text).and_then(|()| check_len(text, NAME_MAX))
}
