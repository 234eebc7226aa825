//! Who and what an estate is: its opening, bank accounts, appointments, rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Book, Violation};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::area::Area;
use crate::ledger::chart::{ChartAccount, Role};
use crate::ledger::entry::Entry;
use crate::ledger::event::Fields;
use crate::ledger::id::EstateCode;
use crate::ledger::rules::Rules;
use crate::ledger::serial;

/// An organisation by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Unified social credit code, where known.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
}

/// A bank account of a fund; numbers are masked before they reach the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    /// The bank.
    pub bank: String,
    /// `****1234`.
    pub number: String,
    /// Whose name it stands in, where said.
    pub holder: Option<Organisation>,
    /// Takes postings.
    pub open: bool,
}

/// Who holds a role in the estate, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// `manager`, `committee`, `community`, `bank` or `custodian`.
    pub role: String,
    /// Who.
    pub organisation: Organisation,
    /// From this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// To this day.
    #[serde(with = "serial::day_opt")]
    pub to: Option<NaiveDate>,
}

/// The estate as its entries describe it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its code.
    pub code: EstateCode,
    /// The log its entries are written for.
    pub log: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its floor area.
    pub area: Area,
    /// How many households.
    pub households: u64,
    /// The first day of the book.
    #[serde(with = "serial::day")]
    pub since: NaiveDate,
    /// Bank accounts by code.
    pub banks: BTreeMap<AccountCode, BankAccount>,
    /// Appointments in the order they were recorded.
    pub appointments: Vec<Appointment>,
}

impl Profile {
    /// A bank account.
    pub fn bank(&self, code: AccountCode) -> Option<&BankAccount> {
        self.banks.get(&code)
    }

    /// Who holds a role on a day: the last one recorded.
    pub fn holder_of(&self, role: &str, on: NaiveDate) -> Option<&Organisation> {
        let holds =
            |a: &&Appointment| a.role == role && a.from <= on && a.to.is_none_or(|to| on <= to);
        self.appointments.iter().rev().find(holds).map(|a| &a.organisation)
    }
}

impl Default for EstateCode {
    fn default() -> Self {
        "000000-0000".parse().expect("the code of a book before its entry 0 is well formed")
    }
}

/// Each account stands once, in its own fund's list.
fn check_chart(fields: Fields<'_>) -> Result<(), Violation> {
    let mut seen = BTreeSet::new();
    for (key, fund) in [("chart_r", Fund::R), ("chart_f", Fund::F)] {
        for row in fields.list(key) {
            let Some(account) = row.cell(0).and_then(|code| code.parse::<AccountCode>().ok())
            else {
                continue;
            };
            if account.fund() != fund || !seen.insert(account) {
                return Err(Violation::ChartBroken { account });
            }
        }
    }
    Ok(())
}

fn organisation(fields: Fields<'_>) -> Organisation {
    Organisation {
        code: fields.text("code").map(str::to_owned),
        name: fields.text("org").unwrap_or_default().to_owned(),
    }
}

impl Book {
    /// Entry 0: the estate, its accounts and who manages it.
    pub(super) fn open(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let (date, today) = (entry.date, entry.time.day());
        if date != today {
            return Err(Violation::DateNotToday { date, today });
        }
        if !entry.lines.is_empty() {
            return Err(Violation::LinesForbidden { kind: "open" });
        }
        let text = |key| fields.text(key).unwrap_or_default().to_owned();
        let since = fields.date("since").unwrap_or(today);
        if since > today {
            return Err(Violation::DateAhead { date: since, today });
        }
        let appointment = |role: &str| {
            let organisation = organisation(fields.object(role)?);
            Some(Appointment { role: role.to_owned(), organisation, from: since, to: None })
        };
        let mut banks = BTreeMap::new();
        for row in fields.list("banks") {
            let code = row.cell(0).and_then(|code| code.parse::<AccountCode>().ok());
            let Some(code) = code else { continue };
            let cell = |at| row.cell(at).unwrap_or_default().to_owned();
            let bank = BankAccount { bank: cell(1), number: cell(2), holder: None, open: true };
            if code.parent().is_none() {
                return Err(Violation::NotABank { account: code });
            }
            if banks.insert(code, bank).is_some() {
                return Err(Violation::BankAccount { account: code, exists: true });
            }
        }
        self.profile = Arc::new(Profile {
            code: entry.estate,
            log: entry.log.clone(),
            name: text("name"),
            address: text("address"),
            area: fields.text("area").and_then(|area| area.parse().ok()).unwrap_or_default(),
            households: fields.integer("households").unwrap_or_default(),
            since,
            banks,
            appointments: ["manager", "committee", "community"]
                .into_iter()
                .filter_map(appointment)
                .collect(),
        });
        let balances = Arc::make_mut(&mut self.balances);
        for fund in Fund::ALL {
            balances.fund_mut(fund).closed_to = since - Days::new(1);
        }
        Ok(())
    }

    /// Rules replace the rules before them, whole, from their day on; an account in use keeps its role.
    pub(super) fn set_rules(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let (from, today) = (fields.date("from").unwrap_or(entry.date), entry.date);
        // The first judge the book from its beginning, later ones nothing that was judged.
        match &self.rules {
            None if from > today => return Err(Violation::DateAhead { date: from, today }),
            Some(_) if from < today => return Err(Violation::RulesBackdated { from, today }),
            _ => {}
        }
        check_chart(fields)?;
        let rules = Rules::from_fields(fields).after(entry.seq, self.rules.as_deref());
        for code in self.profile.banks.keys() {
            let role = rules.chart.nearest(*code).map(|account| account.role);
            if !matches!(role, Some(Role::Bank | Role::Clearing)) {
                return Err(Violation::NotABank { account: *code });
            }
        }
        for (account, _) in self.balances.accounts() {
            let before = self.rules.as_ref().and_then(|rules| rules.chart.nearest(account));
            let after = rules.chart.nearest(account);
            let of = |found: &ChartAccount| (found.role, found.account_type);
            let kept = before.map(of) == after.map(of);
            if !kept {
                return Err(Violation::ChartBroken { account });
            }
        }
        self.rules = Some(Arc::new(rules));
        Ok(())
    }

    /// A bank account opens, changes its name, or closes when it is empty.
    pub(super) fn change_account(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let rules = self.rules.as_ref().ok_or(Violation::NoRules)?;
        let Some(account) = fields.account("account") else { return Err(Violation::NoRules) };
        let role = rules.chart.nearest(account).map(|found| found.role);
        let has_number = account.parent().is_some();
        if !matches!(role, Some(Role::Bank | Role::Clearing)) || !has_number {
            return Err(Violation::NotABank { account });
        }
        let known = self.profile.banks.get(&account).cloned();
        let opens = fields.text("act") == Some("open");
        let closes = fields.text("act") == Some("close");
        let was_closed = known.as_ref().is_some_and(|bank| !bank.open);
        if opens == known.is_some() || (was_closed && closes) {
            return Err(Violation::BankAccount { account, exists: opens });
        }
        let balance = self.balances.balance(account);
        if closes && !balance.is_zero() {
            return Err(Violation::BankNotEmpty { account, balance });
        }
        let text = |key, before: Option<String>| {
            fields.text(key).map(str::to_owned).or(before).unwrap_or_default()
        };
        let changed = BankAccount {
            bank: text("bank", known.as_ref().map(|k| k.bank.clone())),
            number: text("number", known.as_ref().map(|k| k.number.clone())),
            holder: fields.object("holder").map(organisation).or(known.and_then(|k| k.holder)),
            open: !closes && !was_closed,
        };
        Arc::make_mut(&mut self.profile).banks.insert(account, changed);
        Ok(())
    }

    /// Somebody takes a role; the one before ends the day before.
    pub(super) fn appoint(&mut self, entry: &Entry) -> Result<(), Violation> {
        let fields = entry.event.fields();
        let role = fields.text("role").unwrap_or_default().to_owned();
        let from = fields.date("from").unwrap_or(entry.date);
        let to = fields.date("to");
        if let Some(to) = to.filter(|to| *to < from) {
            return Err(Violation::TermReversed { from, to });
        }
        let organisation = fields.object("org").map(organisation).unwrap_or_default();
        let profile = Arc::make_mut(&mut self.profile);
        let before = profile.appointments.iter_mut().rev();
        for earlier in before.filter(|a| a.role == role && a.to.is_none() && a.from < from) {
            earlier.to = Some(from - Days::new(1));
        }
        profile.appointments.push(Appointment { role, organisation, from, to });
        Ok(())
    }
}
