//! Daily totals of a parking system to drafts: an income a day, gross, and what the platform
//! settled, its fee in the same entry.
//!
//! A day is known by its ground and date, so a file may overlap the last one; a day that comes
//! again with other figures is asked, never posted a second time.

use std::collections::HashMap;

use super::batch::{Heading, post};
use super::{ImportError, SourceKind, reference_of};
use crate::exchange::parking::{CLOSED, Daily, Options, Parking, Settlement};
use crate::exchange::register::Status;
use crate::exchange::register::reference::row_ref;
use crate::exchange::rows::{Row, Weight};
use crate::ledger::account::{AccountCode, Fund};
use crate::ledger::book::Book;
use crate::ledger::draft::Draft;
use crate::ledger::entry::{Actor, Entry, Line, RowOrigin, Side};
use crate::ledger::event::Event;
use crate::ledger::id::{EntryHash, EstateCode};
use crate::ledger::json::{FormatError, Value};
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};
use crate::services::bookkeeper::first_bank;
use crate::services::books::{Books, Posted};

/// Where the money of a parking system is booked.
#[derive(Clone, Debug)]
pub struct Places {
    /// The income.
    pub income: AccountCode,
    /// What the platform owes until it settles.
    pub platform: AccountCode,
    /// Cash: with the company, or paid into a bank account.
    pub cash: AccountCode,
    /// What the platform keeps.
    pub fee: AccountCode,
    /// What settlements reach; the first bank account where none is named.
    pub bank: Option<AccountCode>,
    /// The platform's name in settlements.
    pub channel: String,
}

impl Default for Places {
    fn default() -> Self {
        let account = |code: &str| code.parse().expect("an account of the shipped chart");
        Self {
            income: account("R.4502.01"),
            platform: account("R.1002"),
            cash: account("R.1221.01"),
            fee: account("R.5501.05"),
            bank: None,
            channel: "停车平台".to_owned(),
        }
    }
}

/// What a file of daily totals would post.
#[derive(Debug)]
pub struct ParkingPlan {
    /// The file, with what the books have to say of its rows.
    pub parking: Parking,
    /// Incomes and settlements in the order of their days.
    pub drafts: Vec<Draft>,
    /// How many of them are settlements.
    pub settlements: usize,
    /// Entries that stand already.
    pub known: usize,
    estate: EstateCode,
}

/// The days that a file may have, by the book and the clock.
pub async fn options(
    books: &Books,
    estate: EstateCode,
    sheet: Option<String>,
) -> Result<Options, ImportError> {
    let book = books.book(estate).await?.ok_or(ImportError::UnknownEstate(estate))?;
    let closed = book.fund(Fund::R).closed_to;
    Ok(Options { sheet, today: books.today(), since: closed.succ_opt().unwrap_or(closed) })
}

/// Plans what a file would post to an estate; posts nothing.
pub async fn plan(
    books: &Books,
    estate: EstateCode,
    parking: Parking,
    places: &Places,
) -> Result<ParkingPlan, ImportError> {
    let book = books.book(estate).await?.ok_or(ImportError::UnknownEstate(estate))?;
    let secret = books.store().primary().secret().await?;
    let planner = Planner { estate, book: &book, file: parking.sha256.parse()?, places, secret };
    let mut wanted = Vec::new();
    for (at, row) in parking.rows.iter().enumerate() {
        wanted.extend(planner.drafts(row)?.into_iter().map(|draft| (at, draft)));
    }
    let keys: Vec<&str> = wanted.iter().map(|(_, draft)| draft.r#ref.as_str()).collect();
    let known = books.store().primary().known_refs(estate, &keys).await?;
    let known: HashMap<String, u64> = known.into_iter().collect();
    let mut plan = ParkingPlan { drafts: Vec::new(), settlements: 0, known: 0, estate, parking };
    let mut fresh: HashMap<usize, Vec<Draft>> = HashMap::new();
    for (at, draft) in wanted {
        let row = &mut plan.parking.rows[at];
        let Some(seq) = known.get(draft.r#ref.as_str()) else {
            fresh.entry(at).or_default().push(draft);
            continue;
        };
        let stands = books.entry(estate, *seq).await?;
        if stands.is_some_and(|stands| says_the_same(&stands.posted.entry, &draft)) {
            plan.known += 1;
            row.notes.retain(|note| note.code != CLOSED);
            row.skipped = Some("known");
        } else {
            let words = (
                format!("这一天已在第 {seq} 笔，数额不同；请更正那一笔"),
                format!("Entry {seq} has this day with other figures; correct that entry"),
            );
            row.note(Weight::Ask, ("day", "day_differs"), words);
        }
    }
    for (at, drafts) in fresh {
        let row = &mut plan.parking.rows[at];
        if row.is_open() {
            continue;
        }
        // The day stands and its settlement is new.
        row.skipped = None;
        plan.drafts.extend(drafts);
    }
    plan.drafts.sort_by_key(|draft| (draft.date, is_settlement(draft), row_no(draft)));
    plan.settlements = plan.drafts.iter().filter(|draft| is_settlement(draft)).count();
    Ok(plan)
}

/// Posts a plan, as many headed batches as it needs; nothing where nothing is new.
pub async fn commit(
    books: &Books,
    plan: &ParkingPlan,
    by: &Actor,
) -> Result<Vec<Posted>, ImportError> {
    let totals = plan.parking.totals(Row::is_postable);
    let why = |row: &Row<Daily>| {
        let note = row.notes.iter().max_by_key(|note| note.weight);
        let word = row.skipped.unwrap_or_else(|| row.status().word());
        note.map_or_else(|| word.to_owned(), |note| format!("{}: {}", note.field, note.code))
    };
    let rows = |wanted: &[Status]| {
        let chosen = plan.parking.rows.iter().filter(|row| wanted.contains(&row.status()));
        chosen.map(|row| (row.row, why(row))).collect()
    };
    let heading = Heading {
        estate: plan.estate,
        source: SourceKind::Parking,
        file: &plan.parking.sha256,
        month: None,
        totals: vec![
            ("received", totals.amount),
            ("cash", totals.cash),
            ("platform", totals.platform),
            ("settled", totals.settled),
            ("fee", totals.fee),
        ],
        refused: rows(&[Status::Ask, Status::Refused]),
        skipped: rows(&[Status::Skipped]),
    };
    let drafts: Vec<&Draft> = plan.drafts.iter().collect();
    post(books, &heading, &drafts, by).await
}

struct Planner<'a> {
    estate: EstateCode,
    book: &'a Book,
    file: EntryHash,
    places: &'a Places,
    secret: Vec<u8>,
}

impl Planner<'_> {
    /// The entries of a row that is read, or that only its day keeps from being posted.
    fn drafts(&self, row: &Row<Daily>) -> Result<Vec<Draft>, ImportError> {
        let closed = |code: &str| code == CLOSED;
        let in_the_way = row
            .notes
            .iter()
            .any(|note| matches!(note.weight, Weight::Ask | Weight::Refuse) && !closed(note.code));
        let Some(day) = row.read.day.filter(|_| !in_the_way && row.skipped.is_none()) else {
            return Ok(Vec::new());
        };
        let lot = row.read.lot.clone().unwrap_or_default();
        let cells = [lot, day.to_string()];
        let mut drafts = Vec::new();
        if row.read.amount.is_positive() {
            drafts.push(self.income(row, day, &cells)?);
        }
        if let Some(settlement) = row.read.settlement {
            drafts.push(self.settle(row, settlement, &cells)?);
        }
        Ok(drafts)
    }

    fn income(
        &self,
        row: &Row<Daily>,
        day: chrono::NaiveDate,
        cells: &[String],
    ) -> Result<Draft, ImportError> {
        let read = &row.read;
        let facts = [("exempt", read.exempt), ("visits", read.visits)];
        let facts =
            facts.into_iter().filter_map(|(key, count)| Some((key, Value::Integer(count?))));
        let event = Event::new("income", facts).map_err(|error| format(row, error))?;
        let debit = |account, amount| Line::new(account, Side::Debit, amount);
        let mut lines = Vec::new();
        for (account, amount) in
            [(self.places.platform, read.platform), (self.places.cash, read.cash)]
        {
            if amount.is_positive() {
                lines.push(debit(account, amount));
            }
        }
        let period = Some(Period::month(Month::of(day)));
        let credit = Line::new(self.places.income, Side::Credit, read.amount);
        lines.push(Line { period, ..credit });
        let draft = self.draft(row, event, ("parking", cells))?.with_lines(day, lines);
        Ok(Draft { memo: Some("停车日报".to_owned()), ..draft })
    }

    fn settle(
        &self,
        row: &Row<Daily>,
        settlement: Settlement,
        cells: &[String],
    ) -> Result<Draft, ImportError> {
        let keys = [("channel", Value::text(&self.places.channel))];
        let event = Event::new("settle", keys).map_err(|error| format(row, error))?;
        let bank = self.places.bank.or_else(|| first_bank(self.book, Fund::R));
        let bank = bank.ok_or(ImportError::NoBank)?;
        let Settlement { on, net, fee } = settlement;
        let mut lines = vec![Line::new(bank, Side::Debit, net)];
        if fee.is_positive() {
            lines.push(Line::new(self.places.fee, Side::Debit, fee));
        }
        let gross = net.checked_add(fee).unwrap_or(Money::LINE_MAX);
        lines.push(Line::new(self.places.platform, Side::Credit, gross));
        let mut cells = cells.to_vec();
        cells.push(on.to_string());
        Ok(self.draft(row, event, ("parking.settle", &cells))?.with_lines(on, lines))
    }

    fn draft(
        &self,
        row: &Row<Daily>,
        event: Event,
        (kind, cells): (&str, &[String]),
    ) -> Result<Draft, ImportError> {
        let reference = reference_of(&row_ref(&self.secret, kind, "", cells, 1))?;
        let mut draft = Draft::new(self.estate, event, reference);
        draft.origin = Some(RowOrigin { file: self.file, row: format!("parking!{}", row.row) });
        Ok(draft)
    }
}

/// The same day, event and lines; another file may have brought them.
fn says_the_same(stands: &Entry, draft: &Draft) -> bool {
    stands.event == draft.event && stands.lines == draft.lines && Some(stands.date) == draft.date
}

fn is_settlement(draft: &Draft) -> bool {
    draft.event.kind().name == "settle"
}

fn row_no(draft: &Draft) -> Option<u32> {
    draft.origin.as_ref()?.row.rsplit_once('!')?.1.parse().ok()
}

fn format(row: &Row<Daily>, error: FormatError) -> ImportError {
    ImportError::Format { row: row.row, error }
}
