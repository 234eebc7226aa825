//! What reading a register yields: rows with what was read, mended, asked and refused.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::due::MonthlyDue;
use super::model::{Class, Fix, Flag, Question, Source, Status, Step, Trouble};
use crate::exchange::grammar::name::PartyKind;
use crate::exchange::grammar::rate::{Aside, Rate, What};
use crate::exchange::grammar::term::Paper;
use crate::ledger::account::AccountCode;
use crate::ledger::money::Money;
use crate::ledger::period::{Month, Period};

/// What was read in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// 序号 as it stands; it may start again in a later section.
    pub number: Option<String>,
    /// The whole name in one spelling: private, since it may hold a person's.
    pub name: String,
    /// What is let and where, in public words only.
    pub site: String,
    /// Who pays.
    pub counterparty: Option<String>,
    /// What sort that is; a name is public only of an organisation.
    pub counterparty_kind: PartyKind,
    /// Where receipts are booked; none while it is asked.
    pub account: Option<AccountCode>,
    /// Rates, the rent first.
    pub rates: Vec<Rate>,
    /// How many pieces there are, whether or not the rate is for one.
    pub quantity: Option<Decimal>,
    /// The owners' rent a month, exact; none for what goes by use or isn't priced.
    pub due_month: Option<MonthlyDue>,
    /// The manager's own fee beside it, a month.
    pub fee_month: Option<MonthlyDue>,
    /// What stands on paper.
    pub paper: Paper,
    /// First day.
    pub term_from: Option<NaiveDate>,
    /// Last day.
    pub term_to: Option<NaiveDate>,
    /// It says that there is no end, or names a begin only.
    pub open_ended: bool,
    /// Rises agreed.
    pub steps: Vec<Step>,
    /// What came in.
    pub received: Option<Money>,
    /// The months it came in for.
    pub attribution: Option<Period>,
    /// Where those come from.
    pub attribution_source: Option<Source>,
    /// Every month of it lies before the sheet's.
    pub for_earlier_periods: bool,
    /// The manager collected it together with the service fee and still holds it (R.1221.01).
    pub held_by_operator: bool,
    /// What else the rate's cell says.
    pub asides: Vec<Aside>,
    /// The remark as it stands: private.
    pub note: Option<String>,
    /// The how-manieth row of the same site and counterparty this is, from 1.
    pub contract_nth: u32,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            number: None,
            name: String::new(),
            site: String::new(),
            counterparty: None,
            counterparty_kind: PartyKind::Unknown,
            account: None,
            rates: Vec::new(),
            quantity: None,
            due_month: None,
            fee_month: None,
            paper: Paper::Unknown,
            term_from: None,
            term_to: None,
            open_ended: false,
            steps: Vec::new(),
            received: None,
            attribution: None,
            attribution_source: None,
            for_earlier_periods: false,
            held_by_operator: false,
            asides: Vec::new(),
            note: None,
            contract_nth: 0,
        }
    }
}

impl Reading {
    /// The owners' rate.
    pub fn rent(&self) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.what == What::Rent)
    }

    /// What a contract is known by from register to register.
    pub fn contract_key(&self) -> (&str, Option<&str>) {
        (&self.site, self.counterparty.as_deref())
    }

    /// The account that is debited: the common account, or what the manager still holds.
    pub fn place(&self) -> &'static str {
        if self.held_by_operator { "R.1221.01" } else { "R.1001" }
    }
}

/// A printed sum and the program's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetTotal {
    /// The row it is printed in.
    pub row: u32,
    /// What is printed; none where that is no amount.
    pub printed: Option<Money>,
    /// What the rows add up to; none where one of them can't be read.
    pub computed: Option<Money>,
}

impl SheetTotal {
    /// True where both are known and equal.
    pub fn agrees(&self) -> bool {
        self.printed.is_some() && self.printed == self.computed
    }
}

/// One row of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sheet's own number.
    pub row: u32,
    /// How far it may be posted.
    pub status: Status,
    /// What sort of row.
    pub class: Class,
    /// Hidden in the sheet.
    pub hidden: bool,
    /// The cells as text, for the row's identity and for quoting.
    pub cells: Vec<String>,
    /// The how-manieth row with the same cells, from 1.
    pub nth: u32,
    /// What was read; empty for rows that are no entry.
    pub read: Reading,
    /// What was mended.
    pub fixes: Vec<Fix>,
    /// What is asked.
    pub questions: Vec<Question>,
    /// What should be known.
    pub flags: Vec<Flag>,
    /// What can't be.
    pub errors: Vec<Trouble>,
    /// The comparison, for a sum.
    pub total: Option<SheetTotal>,
}

impl Row {
    /// A row of which nothing is known yet.
    pub fn new(row: u32, class: Class, cells: Vec<String>) -> Self {
        Self {
            row,
            status: Status::Skipped,
            class,
            hidden: false,
            cells,
            nth: 1,
            read: Reading::default(),
            fixes: Vec::new(),
            questions: Vec::new(),
            flags: Vec::new(),
            errors: Vec::new(),
            total: None,
        }
    }

    /// True for a flag of this code.
    pub fn has_flag(&self, code: &str) -> bool {
        self.flags.iter().any(|flag| flag.code == code)
    }
}

/// The figures to hold against the sheet before anything is posted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Due a month at the first rates: exact rates added, divided once.
    pub due_month: MonthlyDue,
    /// Everything received.
    pub received: Money,
    /// Due a month of the rows that say they have no contract.
    pub due_month_without_contract: MonthlyDue,
    /// Received in rows that can be posted.
    pub to_post: Money,
    /// Received in rows that are asked or refused.
    pub held: Money,
    /// The sheet's own sums.
    pub sheet: Vec<SheetTotal>,
}

/// A sheet, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The file's name.
    pub file: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
    /// The sheet's name.
    pub sheet: String,
    /// The month it is about, when it says one or was told.
    pub month: Option<Month>,
    /// Rows with content, in order.
    pub rows: Vec<Row>,
    /// The control totals.
    pub totals: Totals,
    /// What should be known of the sheet as a whole.
    pub flags: Vec<Flag>,
}

impl Register {
    /// A row by the sheet's number.
    pub fn row(&self, number: u32) -> Option<&Row> {
        self.rows.iter().find(|row| row.row == number)
    }

    /// Rows that stop a commit.
    pub fn open_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| matches!(row.status, Status::Ask | Status::Refused))
    }

    /// How many rows have each status.
    pub fn counts(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.status).or_default() += 1;
        }
        counts
    }
}
