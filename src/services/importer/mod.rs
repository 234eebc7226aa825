//! From a register that was read to drafts: contracts by site and counterparty, receipts, and
//! the entry that heads the batch.
//!
//! A contract is known by what is let and to whom, so next month's register adds receipts only;
//! a rate or term that changed is asked, never overwritten. A row's own bytes give its `ref`, so
//! the same row posted again is answered, not doubled.

use std::collections::HashMap;

use chrono::NaiveDate;
use thiserror::Error;

mod batch;

use super::bookkeeper::first_bank;
use super::books::{Books, BooksError, PostError};
use super::clock::{Entropy, EntropyError};
use super::sealing::{self, fresh_id, seal};
use crate::exchange::grammar::name::PartyKind;
use crate::exchange::grammar::rate::Per as RatePer;
use crate::exchange::grammar::term::Paper as RegisterPaper;
use crate::exchange::register::due::fixed_part;
use crate::exchange::register::reference::row_ref;
use crate::exchange::register::{Field, Question, Register, Row, Status};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::{Book, Contract, Paper};
use crate::ledger::draft::{Draft, SealedValue};
use crate::ledger::due::Mode;
use crate::ledger::entry::{Line, RowOrigin, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::id::{EntryHash, EstateCode, IdError, Ref};
use crate::ledger::json::{FormatError, Value};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::store::StoreError;

/// What a register would post.
#[derive(Debug)]
pub struct Plan {
    /// The register, with what the books have to ask about its rows.
    pub register: Register,
    /// New contracts, by row.
    pub contracts: Vec<Draft>,
    /// New receipts, by row.
    pub incomes: Vec<Draft>,
    /// Rows whose entries stand already.
    pub known: usize,
    estate: EstateCode,
}

/// Why a register could not be planned or posted.
#[derive(Debug, Error)]
pub enum ImportError {
    /// No such estate.
    #[error("there is no estate {0}; open its book first")]
    UnknownEstate(EstateCode),
    /// The month isn't in the file.
    #[error("the file doesn't say which month it is for; say --month 2018-10")]
    NoMonth,
    /// The shared revenue has no bank account to receive on.
    #[error("the estate has no open bank account of the shared revenue (R.1001.NN)")]
    NoBank,
    /// A value that an entry can't hold.
    #[error("row {row}: {error}")]
    Format {
        /// The sheet's row.
        row: u32,
        /// What is wrong.
        error: FormatError,
    },
    /// A digest or reference of its own that can't be read.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The books could not be read.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The batch was refused; nothing of it was posted.
    #[error("row {row}: {error}")]
    Refused {
        /// The sheet's row.
        row: String,
        /// Why.
        error: PostError,
    },
}

pub use batch::commit;

/// A site and who rents it: what a contract is known by.
type ContractKey = (String, Option<String>);

/// What planning knows of the books.
struct Planner<'a> {
    estate: EstateCode,
    month: Month,
    bank: AccountCode,
    book: &'a Book,
    file: EntryHash,
    /// Rows that were posted before: their reference, and the number of the entry.
    known_refs: HashMap<String, u64>,
    today: NaiveDate,
    contracts: HashMap<ContractKey, Vec<String>>,
    next_no: u32,
    entropy: &'a dyn Entropy,
}

/// Plans what a register would post to an estate; posts nothing.
pub async fn plan(
    books: &Books,
    estate: EstateCode,
    mut register: Register,
    entropy: &dyn Entropy,
) -> Result<Plan, ImportError> {
    let book = books.book(estate).await?.ok_or(ImportError::UnknownEstate(estate))?;
    let month = register.month.ok_or(ImportError::NoMonth)?;
    let bank = first_bank(&book, Fund::R).ok_or(ImportError::NoBank)?;
    let key =
        RowKey { secret: books.store().primary().secret().await?, sheet: public_sheet(&register) };
    let keys: Vec<String> = register
        .rows
        .iter()
        .filter(|row| is_postable(row))
        .flat_map(|row| [key.of("contract", row), key.of("income", row)])
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let known = books.store().primary().known_refs(estate, &keys).await?;
    let mut planner = Planner {
        estate,
        month,
        bank,
        book: &book,
        file: register.sha256.parse()?,
        known_refs: known.into_iter().collect(),
        today: books.today(),
        contracts: known_contracts(books, &book).await?,
        next_no: next_number(&book),
        entropy,
    };
    let mut plan = Plan {
        register: Register { rows: Vec::new(), ..register.clone() },
        contracts: Vec::new(),
        incomes: Vec::new(),
        known: 0,
        estate,
    };
    for row in &mut register.rows {
        if is_postable(row) {
            planner.plan_row(&key, row, &mut plan)?;
        }
    }
    hold_asked(&mut register);
    plan.register = register;
    Ok(plan)
}

impl Planner<'_> {
    fn plan_row(
        &mut self,
        key: &RowKey,
        row: &mut Row,
        plan: &mut Plan,
    ) -> Result<(), ImportError> {
        let (contract_ref, income_ref) = (key.of("contract", row), key.of("income", row));
        let mut sealed = Vec::new();
        let posted = self.known_refs.get(&contract_ref).and_then(|seq| self.contract_of(*seq));
        let contract = match posted.or_else(|| self.standing_contract(row)) {
            Some(no) => {
                let known = self.known_refs.contains_key(&contract_ref);
                let stands = &self.book.contracts().contracts[&no];
                if !known && let Some(question) = Self::changed(stands, row) {
                    row.status = Status::Ask;
                    row.questions.push(question);
                    return Ok(());
                }
                plan.known += usize::from(known);
                Some(no)
            }
            None if row.read.rent().is_some() => {
                let no = format!("C-{:03}", self.next_no);
                self.next_no += 1;
                let draft = self.contract(&no, &contract_ref, row, key, &mut sealed)?;
                plan.contracts.push(draft);
                Some(no)
            }
            None => None,
        };
        let received = row.read.received.filter(|received| received.is_positive());
        let Some(received) = received else { return Ok(()) };
        if self.known_refs.contains_key(&income_ref) {
            plan.known += 1;
            return Ok(());
        }
        let Some(account) = row.read.account else { return Ok(()) };
        let draft = self.income(contract, account, received, &income_ref, row, key)?;
        plan.incomes.push(draft);
        Ok(())
    }

    /// The contract that an entry recorded, whatever became of it.
    fn contract_of(&self, seq: u64) -> Option<String> {
        let mut contracts = self.book.contracts().contracts.values();
        contracts.find(|contract| contract.entries.first() == Some(&seq)).map(|c| c.no.clone())
    }

    /// The contract that the books know for a row: the n-th of its site and counterparty.
    fn standing_contract(&self, row: &Row) -> Option<String> {
        row.read.rent()?;
        let nth = usize::try_from(row.read.contract_nth.max(1) - 1).ok()?;
        self.contracts.get(&key_of(row))?.get(nth).cloned()
    }

    /// What a register says otherwise than the contract that stands.
    fn changed(stands: &Contract, row: &Row) -> Option<Question> {
        let read = row.read.rent().map(|rate| (fixed_part(rate), row.read.account));
        let (fixed, account) = read?;
        let first = stands.parts.first();
        let same_rate = match (fixed, first) {
            (Some((amount, pieces, per)), Some(part)) => {
                (part.amount, part.pieces, part.per) == (amount, pieces, per)
                    && (row.read.steps.is_empty() || part.steps == row.read.steps)
            }
            (None, part) => part.is_none_or(|part| part.mode != Mode::Fixed),
            (Some(_), None) => false,
        };
        let same_term = row.read.term_from.is_none_or(|from| stands.term.from == Some(from))
            && row.read.term_to.is_none_or(|to| stands.term.to == Some(to));
        let same_account = account.is_none() || first.map(|part| part.account) == account;
        if same_rate && same_term && same_account {
            return None;
        }
        let no = &stands.no;
        Some(Question {
            field: if same_rate { Field::Term } else { Field::Due },
            key: "skip",
            zh: format!("合同 {no} 的计费、期限或科目与账上不同；先记合同变更，或跳过本行"),
            en: format!(
                "{no} has another rate, term or account in the books; amend it first, or skip"
            ),
            choices: Vec::new(),
            required: true,
        })
    }

    fn contract(
        &self,
        no: &str,
        reference: &str,
        row: &Row,
        key: &RowKey,
        sealed: &mut Vec<SealedValue>,
    ) -> Result<Draft, ImportError> {
        let read = &row.read;
        let mut keys = vec![
            ("authority", Value::map([("none", Value::text("登记表未注明依据"))])),
            ("counted_from", Value::text(self.month)),
            ("no", Value::text(no)),
            ("paper", Value::text(paper_word(read.paper))),
            ("site", Value::text(&read.site)),
        ];
        keys.extend(read.term_from.map(|from| ("from", Value::text(from))));
        keys.extend(read.term_to.map(|to| ("to", Value::text(to))));
        if let Some(name) = &read.counterparty {
            let party = self.party(name, read.counterparty_kind, sealed)?;
            keys.push(("party", party.to_value()));
        }
        if let Some(schedule) = schedule(row) {
            keys.push(("schedule", schedule));
        }
        let event = Event::new("contract", keys).map_err(|error| format_error(row, error))?;
        let mut draft = self.draft(event, reference, row, key)?;
        draft.sealed = std::mem::take(sealed);
        Ok(draft)
    }

    fn income(
        &self,
        contract: Option<String>,
        account: AccountCode,
        received: Money,
        reference: &str,
        row: &Row,
        key: &RowKey,
    ) -> Result<Draft, ImportError> {
        let held = "R.1221.01".parse().ok().filter(|_| row.read.held_by_operator);
        let event = Event::new("income", []).map_err(|error| format_error(row, error))?;
        let item = batch::kept_by(self.book, account, contract.as_deref());
        let period = row.read.attribution.or(Some(Period::month(self.month)));
        let credit = Line { contract, item, period, ..Line::new(account, Side::Credit, received) };
        let debit = Line::new(held.unwrap_or(self.bank), Side::Debit, received);
        let mut draft = self
            .draft(event, reference, row, key)?
            .with_lines(self.month.last_day().min(self.today), vec![debit, credit]);
        draft.memo = Some(row.read.site.clone()).filter(|site| !site.is_empty());
        Ok(draft)
    }

    fn draft(
        &self,
        event: Event,
        reference: &str,
        row: &Row,
        key: &RowKey,
    ) -> Result<Draft, ImportError> {
        let reference = reference_of(reference)?;
        let mut draft = Draft::new(self.estate, event, reference);
        let row = format!("{}!{}", key.sheet, row.row);
        draft.origin = Some(RowOrigin { file: self.file, row });
        Ok(draft)
    }

    /// An organisation by name; anyone else by a fresh id, the name sealed.
    fn party(
        &self,
        name: &str,
        kind: PartyKind,
        sealed: &mut Vec<SealedValue>,
    ) -> Result<Party, ImportError> {
        if kind == PartyKind::Organisation {
            return Ok(Party::Organisation { code: None, org: name.to_owned() });
        }
        let id = fresh_id("pt_", self.entropy)?;
        sealed.push(seal(&id, "party", name, self.entropy)?);
        Ok(Party::Person(id))
    }
}

/// What makes a row's own reference.
struct RowKey {
    secret: Vec<u8>,
    sheet: String,
}

impl RowKey {
    fn of(&self, kind: &str, row: &Row) -> String {
        row_ref(&self.secret, kind, &self.sheet, &row.cells, row.nth)
    }
}

/// A table of text has no sheet but its file name: that may name a person, and the same table
/// under another name is the same table.
fn public_sheet(register: &Register) -> String {
    if register.sheet == register.file { "csv".to_owned() } else { register.sheet.clone() }
}

fn is_postable(row: &Row) -> bool {
    matches!(row.status, Status::Read | Status::Fixed) && row.class.is_entry()
}

fn reference_of(key: &str) -> Result<Ref, ImportError> {
    Ok(key.parse()?)
}

fn format_error(row: &Row, error: FormatError) -> ImportError {
    ImportError::Format { row: row.row, error }
}

fn key_of(row: &Row) -> ContractKey {
    (row.read.site.clone(), row.read.counterparty.clone())
}

/// The priced parts of a row: the owners' rent. The manager's own fee beside it isn't theirs.
fn schedule(row: &Row) -> Option<Value> {
    let (rate, account) = (row.read.rent()?, row.read.account?);
    let mut keys = vec![("account", Value::text(account))];
    if let Some((amount, pieces, per)) = fixed_part(rate) {
        keys.push(("amount", Value::text(amount)));
        keys.push(("mode", Value::text(Mode::Fixed.word())));
        keys.push(("per", Value::text(per.word())));
        if pieces != 1 {
            keys.push(("pieces", Value::Integer(pieces)));
        }
        let steps = row.read.steps.iter();
        let steps: Vec<_> = steps
            .map(|(day, bp)| Value::List(vec![Value::text(day), Value::Integer(*bp)]))
            .collect();
        if !steps.is_empty() {
            keys.push(("steps", Value::List(steps)));
        }
    } else {
        let mode = match rate.per {
            Some(RatePer::Kwh) => Mode::Metered,
            Some(RatePer::Once | RatePer::Hours(_)) => Mode::PerUse,
            _ => Mode::Unknown,
        };
        keys.push(("mode", Value::text(mode.word())));
    }
    Some(Value::List(vec![Value::map(keys)]))
}

const fn paper_word(paper: RegisterPaper) -> &'static str {
    let paper = match paper {
        RegisterPaper::Signed => Paper::Signed,
        RegisterPaper::Sealing => Paper::Sealing,
        RegisterPaper::Renewing => Paper::Renewing,
        RegisterPaper::Framework => Paper::Framework,
        RegisterPaper::None => Paper::None,
        RegisterPaper::Unknown => Paper::Unknown,
    };
    paper.word()
}

/// Contracts of the books by site and counterparty; persons' names are opened from beside the
/// log, so an erased name is a new counterparty.
async fn known_contracts(
    books: &Books,
    book: &Book,
) -> Result<HashMap<ContractKey, Vec<String>>, ImportError> {
    let sealed = books.store().primary().sealed_values(book.estate()).await?;
    let names: HashMap<String, String> = sealed
        .into_iter()
        .filter_map(|row| Some((row.subject, sealing::open(&row.disclosure)?.1)))
        .collect();
    let mut contracts: HashMap<ContractKey, Vec<String>> = HashMap::new();
    let mut in_order: Vec<_> = book.contracts().contracts.values().collect();
    in_order.sort_by_key(|contract| contract.entries.first().copied());
    for contract in in_order {
        let party = match &contract.party {
            Some(Party::Organisation { org, .. }) => Some(org.clone()),
            Some(Party::Person(id)) => names.get(id).cloned(),
            None => None,
        };
        contracts.entry((contract.site.clone(), party)).or_default().push(contract.no.clone());
    }
    Ok(contracts)
}

/// The first number after those that imports gave.
fn next_number(book: &Book) -> u32 {
    let numbers = book.contracts().contracts.keys();
    let given = numbers.filter_map(|no| no.strip_prefix("C-")?.parse::<u32>().ok());
    given.max().unwrap_or(0).saturating_add(1)
}

/// Rows that the books asked about no longer count as to be posted.
fn hold_asked(register: &mut Register) {
    let sum = |register: &Register, postable: bool| -> Money {
        let rows = register.rows.iter().filter(|row| row.class.is_entry());
        rows.filter(|row| is_postable(row) == postable && row.status != Status::Skipped)
            .filter_map(|row| row.read.received)
            .sum()
    };
    register.totals.to_post = sum(register, true);
    register.totals.held = sum(register, false);
}
