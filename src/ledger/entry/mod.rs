//! An entry: what is written, hashed and never changed. `docs/spec/entry.md`, section 2.
//!
//! Bytes become an [`Entry`] in [`Entry::decode`] and bytes again in [`super::encoding`]; what
//! an entry means is decided by [`super::book::Book::apply`] alone.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::account::AccountCode;
use super::chain::entry_hash;
use super::chart::words;
use super::encoding::encode;
use super::event::Event;
use super::id::{EntryHash, EstateCode, Ref};
use super::json::{self, FormatError, FormatFault, Tree};
use super::money::Money;
use super::period::Period;
use super::schema::{NAME_MAX, check_len};
use super::time::Timestamp;

pub(super) mod read;

/// The most lines of an entry.
pub const LINES_MAX: usize = 64;
/// The most lines of a closing: a year with many accounts and parts is still one entry.
pub const CLOSING_LINES_MAX: usize = 150;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// From 1.
    pub no: u64,
    /// How many.
    pub of: u64,
}

impl Act {
    /// The place of a draft, from 0, among those of a request; none where it is the only one.
    pub fn of(no: usize, of: usize) -> Option<Self> {
        let (no, of) = (u64::try_from(no).ok()?, u64::try_from(of).ok()?);
        (of > 1).then_some(Self { no: no + 1, of })
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

impl Entry {
    /// Reads an entry's bytes, refusing every spelling but the canonical one (I2).
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let Tree::Map(keys) = json::read(bytes)? else {
            return Err(FormatFault::Expected("an object").into());
        };
        let entry = read::from_keys(keys)?;
        // The grammar leaves one spelling; writing it again proves that for these bytes.
        if encode(&entry) == bytes { Ok(entry) } else { Err(FormatFault::NotCanonical.into()) }
    }

    /// The day it took place: `occurred`, or `date` when that is left out.
    pub fn occurred_on(&self) -> NaiveDate {
        self.occurred.unwrap_or(self.date)
    }
}

/// Checks a text that will become a name in an entry: not empty, printable, not too long.
pub fn check_name(text: &str) -> Result<(), FormatFault> {
    json::check_text(text).and_then(|()| check_len(text, NAME_MAX))
}
