//! A row's entries: its contract, with a person's name sealed, and its receipt.

use super::planner::Planner;
use super::{ImportError, RowKey, batch, format_error, reference_of};
use crate::exchange::grammar::name::PartyKind;
use crate::exchange::grammar::rate::{Per as RatePer, What};
use crate::exchange::grammar::term::Paper as RegisterPaper;
use crate::exchange::register::Row;
use crate::exchange::register::due::fixed_part;
use crate::ledger::account::AccountCode;
use crate::ledger::book::Paper;
use crate::ledger::draft::{Draft, SealedValue};
use crate::ledger::due::Mode;
use crate::ledger::entry::{Line, RowOrigin, Side};
use crate::ledger::event::{Event, Party};
use crate::ledger::json::Value;
use crate::ledger::money::Money;
use crate::ledger::period::Period;
use crate::services::sealing::{fresh_id, seal};

impl Planner<'_> {
    pub(super) fn contract(
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
            ("counted_from", Value::text(self.counted_from)),
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

    pub(super) fn income(
        &self,
        contract: Option<String>,
        account: AccountCode,
        received: Money,
        reference: &str,
        row: &Row,
        key: &RowKey,
    ) -> Result<Draft, ImportError> {
        let month = self.month.ok_or(ImportError::NoMonth)?;
        let held = "R.1221.01".parse().ok().filter(|_| row.read.held_by_operator);
        let event = Event::new("income", []).map_err(|error| format_error(row, error))?;
        let item = batch::kept_by(self.book, account, contract.as_deref());
        let period = row.read.attribution.or(Some(Period::month(month)));
        let credit = Line { contract, item, period, ..Line::new(account, Side::Credit, received) };
        let place = held.or(self.bank).ok_or(ImportError::NoBank)?;
        let debit = Line::new(place, Side::Debit, received);
        let mut draft = self
            .draft(event, reference, row, key)?
            .with_lines(month.last_day().min(self.today), vec![debit, credit]);
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

/// The priced parts of a row: the owners' rent, or else energy by meter. The manager's own fee
/// beside it isn't theirs.
fn schedule(row: &Row) -> Option<Value> {
    let metered = || row.read.rates.iter().find(|rate| rate.what == What::Energy);
    let (rate, account) = (row.read.rent().or_else(metered)?, row.read.account?);
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
