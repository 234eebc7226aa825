//! The fold: the only code that knows what an entry means.
//!
//! [`Book::apply`] either takes an entry or refuses it with the invariant and the figures, and
//! a refused entry leaves the book as it was: every check stands before the first change. The
//! writer asks it before posting, `verify` asks it on somebody else's bytes; given the same
//! bytes it decides the same. No clock, no database, no configuration.
//!
//! A book is a handful of `Arc`s, one per subject, so a copy is cheap and a posting touches only
//! its subject. Nothing is kept per entry: its size grows with contracts and months.

mod bank;
mod bank_ahead;
mod clauses;
mod closing;
mod contract_acts;
mod contracts;
mod corrections;
mod crossings;
mod decisions;
mod funds;
mod lines;
mod open_items;
mod parts;
mod persons;
mod profile;
mod said;
mod snapshot;
mod statement;
mod violation;
mod violation_figures;
mod violation_text;
mod violation_text_later;
mod watch;
mod weight;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::account::{AccountCode, Fund};
use super::chart::name_en;
use super::entry::{Act, Entry, PostedEntry};
use super::event::Event;
use super::id::{EntryHash, EstateCode};
use super::kinds::{BOOK_NEWEST, LineRule};
use super::money::Money;
use super::rules::Rules;
use super::serial;
use super::time::Timestamp;

pub use bank::{BankBook, BankBooks, Boxes, Early, Statement, boxes};
pub use bank_ahead::Pair;
pub use clauses::{Clause, Clauses};
pub use contracts::{Asset, Authority, Contract, Contracts, MonthDue, Paper};
pub use corrections::{Corrections, Live};
pub use crossings::{TopUp, TopUps};
pub use decisions::{Claim, Claims, Decision, Decisions};
pub use funds::{Balances, FundBook, MonthSums, Turnover};
pub use open_items::{OpenItem, OpenItems};
pub use profile::{Appointment, BankAccount, Organisation, Profile};
pub use said::{Question, Said};
pub use snapshot::{FOLD, SnapshotError};
pub use violation::{Rule, Violation};
pub use violation_text::ViolationText;
pub use watch::{Near, Twice, Watch};

/// The state of one estate's books after some entry.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    head: Head,
    profile: Arc<Profile>,
    rules: Option<Arc<Rules>>,
    balances: Arc<Balances>,
    contracts: Arc<Contracts>,
    decisions: Arc<Decisions>,
    claims: Arc<Claims>,
    clauses: Arc<Clauses>,
    top_ups: Arc<TopUps>,
    banks: Arc<BankBooks>,
    said: Arc<Said>,
    corrections: Arc<Corrections>,
    delays: Arc<Delays>,
    watch: Arc<Watch>,
    batch: Option<Act>,
    /// What the open batch moved so far; judged with its last part (I5).
    touched: Arc<Touched>,
}

/// Debit less credit by account, and by what others' money on it is kept by.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Touched(#[serde(with = "serial::rows")] BTreeMap<(AccountCode, Option<String>), Money>);

/// The end of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many entries there are.
    pub entries: u64,
    /// Hash of the last one.
    pub hash: EntryHash,
    /// When it was posted.
    pub time: Timestamp,
}

/// Entries recorded long after what they record; imports, openings and closings are exempt.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delays {
    /// How many were later than the rules allow.
    pub late: u64,
    /// The longest delay in days.
    pub days_max: i64,
    /// The first of them, at most [`DELAYS_NAMED`].
    pub first: Vec<u64>,
}

/// How many late entries a finding names; the rest are counted.
pub const DELAYS_NAMED: usize = 20;

impl Book {
    /// Takes the next entry, or refuses it and stays as it was.
    ///
    /// `named` is the entry that the event's `of` names, where [`Book::names`] asks for one; it
    /// is checked against the hash, so a wrong one is refused.
    pub fn apply(
        &mut self,
        posted: &PostedEntry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let entry = &posted.entry;
        self.check_chain(entry)?;
        if entry.seq == 0 {
            self.open(entry)?;
        } else {
            self.check_dates(entry)?;
            self.check_statement_batch(entry)?;
            self.apply_event(posted, named)?;
            self.note_delay(entry);
        }
        self.head = Head { entries: entry.seq + 1, hash: posted.hash, time: entry.time };
        self.batch = entry.act.filter(|act| act.no < act.of);
        if self.batch.is_none() && !self.touched.0.is_empty() {
            self.touched = Arc::default();
        }
        Ok(())
    }

    /// The entry that the caller must hand in with an event: number and hash.
    pub fn names(event: &Event) -> Option<(u64, EntryHash)> {
        const NAMING: [&str; 6] =
            ["correct", "attach", "attribute", "erasure", "statement.replace", "statement.unmatch"];
        if !NAMING.contains(&event.kind().name) {
            return None;
        }
        Some((event.fields().integer("seq")?, event.fields().hash("of")?))
    }

    /// I1: the entry continues this chain.
    fn check_chain(&self, entry: &Entry) -> Result<(), Violation> {
        let expected = self.head.entries;
        if entry.seq != expected {
            return Err(Violation::Seq { expected, found: entry.seq });
        }
        if entry.prev != self.head.hash {
            return Err(Violation::Prev { expected: self.head.hash, found: entry.prev });
        }
        if entry.time < self.head.time {
            return Err(Violation::TimeBack { last: self.head.time, found: entry.time });
        }
        match (self.batch, entry.act) {
            (None, None | Some(Act { no: 1, .. })) => {}
            (Some(open), Some(act)) if act.of == open.of && act.no == open.no + 1 => {}
            (None, Some(act)) => {
                return Err(Violation::BatchBroken { no: act.no, of: act.of });
            }
            (Some(open), _) => {
                return Err(Violation::BatchBroken { no: open.no + 1, of: open.of });
            }
        }
        let is_open = entry.event.kind().name == "open";
        match (entry.seq, is_open) {
            (0, false) => return Err(Violation::NotOpened),
            (1.., true) => return Err(Violation::OpenedTwice),
            _ => {}
        }
        if entry.seq > 0 && entry.estate != self.profile.code {
            return Err(Violation::OtherEstate);
        }
        if entry.seq > 0 && entry.log != self.profile.log {
            return Err(Violation::OtherLog);
        }
        let book = entry.event.fields().integer("book").unwrap_or(BOOK_NEWEST);
        if book == BOOK_NEWEST { Ok(()) } else { Err(Violation::Newer(book)) }
    }

    /// I8: dates lie in the open period and not ahead of the posting day.
    fn check_dates(&self, entry: &Entry) -> Result<(), Violation> {
        let (date, today) = (entry.date, entry.time.day());
        if date > today {
            return Err(Violation::DateAhead { date, today });
        }
        if entry.lines.is_empty() && date != today {
            return Err(Violation::DateNotToday { date, today });
        }
        if let Some(occurred) = entry.occurred.filter(|occurred| *occurred >= date) {
            return Err(Violation::OccurredLate { occurred, date });
        }
        for fund in entry.lines.iter().map(|line| line.account.fund()) {
            let closed_to = self.balances.fund(fund).closed_to;
            if date <= closed_to {
                return Err(Violation::DateClosed { fund, date, closed_to });
            }
        }
        Ok(())
    }

    /// Checks the lines and the kind's own rules, then lets the event take effect.
    fn apply_event(
        &mut self,
        posted: &PostedEntry,
        named: Option<&PostedEntry>,
    ) -> Result<(), Violation> {
        let entry = &posted.entry;
        let kind = entry.event.kind();
        if let LineRule::None = kind.lines {
            if !entry.lines.is_empty() {
                return Err(Violation::LinesForbidden { kind: kind.name });
            }
            if let Some(rules) = self.rules.as_ref().filter(|_| !self.touched.0.is_empty()) {
                self.check_sides(rules, &lines::Meaning::of(&entry.event, entry.seq), entry)?;
            }
            return match kind.name {
                "rules" => self.set_rules(entry),
                "account" => self.change_account(entry),
                "appoint" => self.appoint(entry),
                "asset" => {
                    self.record_asset(entry);
                    Ok(())
                }
                "contract" => self.record_contract(posted),
                "contract.amend" => self.amend_contract(posted),
                "contract.end" => self.end_contract(posted),
                "decision" => self.record_decision(posted),
                "clause" => self.record_clause(entry),
                "clause.end" => self.end_clause(entry),
                "statement" => self.record_statement(entry),
                "statement.replace" => self.replace_statement(entry, named),
                "statement.lines" => self.record_statement_lines(entry),
                "statement.match" => self.record_match(entry),
                "statement.unmatch" => self.undo_match(entry, named),
                "handover" => self.record_handover(entry),
                "finding" | "reply" | "publication" => self.record_said(entry),
                "erasure" => self.erase(entry, named),
                "attach" => self.attach(entry, named),
                "attribute" => self.attribute(entry, named),
                // An import heads a batch; its figures are for readers.
                _ => Ok(()),
            };
        }
        match kind.lines {
            LineRule::Correction => self.correct(entry, named),
            LineRule::Closing => self.close(entry),
            _ => self.record_lines(posted),
        }
    }

    /// Counts an entry that was recorded later than the rules allow.
    fn note_delay(&mut self, entry: &Entry) {
        let exempt =
            entry.origin.is_some() || matches!(entry.event.kind().name, "opening" | "close");
        let Some(rules) = self.rules.as_ref().filter(|_| !exempt && !entry.lines.is_empty()) else {
            return;
        };
        let today = entry.time.day();
        let days = (today - entry.occurred_on()).num_days();
        if rules.number("late_days", today).is_some_and(|allowed| days > i64::from(allowed)) {
            let delays = Arc::make_mut(&mut self.delays);
            delays.late += 1;
            delays.days_max = delays.days_max.max(days);
            if delays.first.len() < DELAYS_NAMED {
                delays.first.push(entry.seq);
            }
        }
    }

    /// The end of the chain.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The part of a batch that is still to come, when the chain ends inside one.
    pub const fn open_batch(&self) -> Option<Act> {
        self.batch
    }

    /// The estate.
    pub fn estate(&self) -> EstateCode {
        self.profile.code
    }

    /// What was said when the book was opened, accounts and appointments.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The rules in force, once there are any.
    pub fn rules(&self) -> Option<&Rules> {
        self.rules.as_deref()
    }

    /// Balances and sums of both funds.
    pub fn balances(&self) -> &Balances {
        &self.balances
    }

    /// One fund's balances and sums.
    pub fn fund(&self, fund: Fund) -> &FundBook {
        self.balances.fund(fund)
    }

    /// Contracts and assets.
    pub fn contracts(&self) -> &Contracts {
        &self.contracts
    }

    /// Decisions and what was spent under them.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Payments that still await evidence.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Clauses on management fees.
    pub fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    /// Questions, replies, notices, handovers.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Toppings-up of the maintenance fund.
    pub fn top_ups(&self) -> &TopUps {
        &self.top_ups
    }

    /// Entries that were corrected or attributed anew.
    pub fn corrections(&self) -> &Corrections {
        &self.corrections
    }

    /// Late recordings.
    pub fn delays(&self) -> &Delays {
        &self.delays
    }

    /// The last accounting day that a line speaks of, in either fund.
    pub fn last_day(&self) -> Option<NaiveDate> {
        Fund::ALL.iter().filter_map(|fund| self.fund(*fund).last_day).max()
    }

    /// An account's name: the bank account's own, or the chart's.
    pub fn account_name(&self, code: AccountCode) -> Option<String> {
        if let Some(bank) = self.profile.bank(code) {
            return Some(format!("{} {}", bank.bank, bank.number));
        }
        Some(self.rules.as_ref()?.chart.nearest(code)?.name.clone())
    }
    /// The same in English where the account is one that ships; a bank account's name is its own.
    pub fn account_name_en(&self, code: AccountCode) -> Option<String> {
        let mut at = Some(code).filter(|code| self.profile.bank(*code).is_none());
        while let Some(heading) = at {
            if let Some(name) = name_en(heading) {
                return Some(name.to_owned());
            }
            at = heading.parent();
        }
        self.account_name(code)
    }
}
