//! Bookkeeping verbs: forms and commands become drafts here, and nowhere else.

use chrono::NaiveDate;
use thiserror::Error;

use super::books::{Books, BooksError, PostError, Posted};
use super::packs::{OwnParam, PackError, rules_event};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::area::Area;
use crate::ledger::chain::content_hash;
use crate::ledger::draft::Draft;
use crate::ledger::entry::Actor;
use crate::ledger::event::{Event, Party};
use crate::ledger::id::{EntryHash, EstateCode, IdError, Ref};
use crate::ledger::json::{FormatError, Value};
use crate::ledger::kinds::BOOK_NEWEST;

/// An estate's book to open.
#[derive(Clone, Debug)]
pub struct OpenEstate {
    /// Its code.
    pub code: EstateCode,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Floor area.
    pub area: Area,
    /// Households.
    pub households: u64,
    /// The property company: credit code where known, name.
    pub manager: Party,
    /// The committee, where there is one.
    pub committee: Option<Party>,
    /// The community.
    pub community: Option<Party>,
    /// Bank accounts in order: fund, bank, masked number.
    pub banks: Vec<(Fund, String, String)>,
    /// The first day of the book.
    pub since: NaiveDate,
    /// The rule pack.
    pub rules: String,
}

/// Why a book was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is one already.
    #[error("the estate {0} has a book already")]
    Exists(EstateCode),
    /// A value that an entry can't hold.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A reference of its own that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The rule pack can't be used.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// It was refused.
    #[error(transparent)]
    Post(#[from] PostError),
}

/// The administrator who acts through commands.
pub fn command_line(org: &str) -> Actor {
    Actor { org: org.to_owned(), role: "administrator".to_owned(), user: "u_cli".to_owned() }
}

/// Opens an estate's book: `open` and `rules`, one batch.
pub async fn open_estate(
    books: &Books,
    estate: &OpenEstate,
    by: Actor,
) -> Result<Vec<Posted>, OpenError> {
    if books.store().primary().has_estate(estate.code).await.map_err(PostError::from)? {
        return Err(OpenError::Exists(estate.code));
    }
    let reference = |what: &str| format!("{what}:{}", estate.code).parse::<Ref>();
    let open = Draft::new(estate.code, open_event(estate)?, reference("open")?);
    let rules = rules_event(&estate.rules, estate.since, &[])?;
    let rules = Draft::new(estate.code, rules, reference("rules")?);
    Ok(books.post(vec![open, rules], by).await?)
}

/// Rules that a running book adopts: a pack, with what the estate sets for itself.
#[derive(Clone, Debug)]
pub struct AdoptRules {
    /// The estate.
    pub code: EstateCode,
    /// The pack.
    pub pack: String,
    /// In force from this day; not before today.
    pub from: NaiveDate,
    /// Parameters of its own.
    pub own: Vec<OwnParam>,
}

/// Lets a book go on under other rules. What is dated before their day stays judged by those
/// before. The same adoption said again is the same entry.
pub async fn adopt_rules(
    books: &Books,
    adopt: &AdoptRules,
    by: Actor,
) -> Result<Posted, OpenError> {
    let event = rules_event(&adopt.pack, adopt.from, &adopt.own)?;
    let named: Vec<_> = adopt.own.iter().map(|o| format!("{}={}", o.key, o.value)).collect();
    let named = named.join("\n");
    let sum = content_hash(format!("{}\n{named}", adopt.pack).as_bytes()).to_string();
    let reference = format!("rules:{}:{}:{}", adopt.code, adopt.from, &sum[..12]).parse::<Ref>()?;
    let mut posted = books.post(vec![Draft::new(adopt.code, event, reference)], by).await?;
    Ok(posted.remove(0))
}

fn open_event(estate: &OpenEstate) -> Result<Event, FormatError> {
    let mut nth = [0_u8; 2];
    let banks = estate.banks.iter().map(|(fund, bank, number)| {
        let count = &mut nth[usize::from(*fund == Fund::F)];
        *count += 1;
        Value::List(vec![
            Value::text(format!("{fund}.1001.{count:02}")),
            Value::text(bank),
            Value::text(number),
        ])
    });
    let banks: Vec<_> = banks.collect();
    let mut keys = vec![
        ("address", Value::text(&estate.address)),
        ("area", Value::text(estate.area)),
        ("book", Value::Integer(BOOK_NEWEST)),
        ("households", Value::Integer(estate.households)),
        ("manager", estate.manager.to_value()),
        ("name", Value::text(&estate.name)),
        ("since", Value::text(estate.since)),
    ];
    if !banks.is_empty() {
        keys.push(("banks", Value::List(banks)));
    }
    keys.extend(estate.committee.iter().map(|party| ("committee", party.to_value())));
    keys.extend(estate.community.iter().map(|party| ("community", party.to_value())));
    Event::new("open", keys)
}

/// Why private values were not erased.
#[derive(Debug, Error)]
pub enum EraseError {
    /// No such entry.
    #[error("the estate {0} has no entry {1}")]
    Unknown(EstateCode, u64),
    /// The entry binds no private value.
    #[error("entry {1} of the estate {0} binds no private value")]
    Nothing(EstateCode, u64),
    /// The books can't be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// A value that an entry can't hold.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It was refused.
    #[error(transparent)]
    Post(#[from] PostError),
}

/// Erases private values of an entry: those of some digests, or all of them. The digests stay in
/// the bytes; the values and their salts are deleted with the posting of the `erasure`.
pub async fn erase(
    books: &Books,
    (estate, seq): (EstateCode, u64),
    digests: &[EntryHash],
    reason: &str,
    by: Actor,
) -> Result<Posted, EraseError> {
    let found = books.entry(estate, seq).await?;
    let found = found.ok_or(EraseError::Unknown(estate, seq))?.posted;
    let digests = if digests.is_empty() { &found.entry.sealed } else { digests };
    if digests.is_empty() {
        return Err(EraseError::Nothing(estate, seq));
    }
    let keys = [
        ("digests", Value::List(digests.iter().map(Value::text).collect())),
        ("of", Value::text(found.hash)),
        ("reason", Value::text(reason)),
        ("seq", Value::Integer(seq)),
    ];
    let event = Event::new("erasure", keys)?;
    let draft = Draft::new(estate, event, erasure_ref(seq, digests));
    let mut posted = books.post(vec![draft], by).await?;
    Ok(posted.remove(0))
}

/// The same values erased again are the same draft.
fn erasure_ref(seq: u64, digests: &[EntryHash]) -> Ref {
    let named: String = digests.iter().map(ToString::to_string).collect();
    let sum = content_hash(named.as_bytes()).to_string();
    format!("erase:{seq}:{}", &sum[..16]).parse().expect("digits and hex make a reference")
}

/// The first bank account of a fund that takes postings.
pub fn first_bank(book: &crate::ledger::book::Book, fund: Fund) -> Option<AccountCode> {
    let banks = book.profile().banks.iter();
    banks.filter(|(code, bank)| code.fund() == fund && bank.open).map(|(code, _)| *code).next()
}
