//! An estate told as a story: acts in the order in which they are told, each on its day.

use chrono::Datelike;

use super::DemonstrationError;
use super::cast::Cast;
use super::deed::{Deed, organisation};
use super::words::publication;
use crate::ledger::account::Fund;
use crate::ledger::period::{Month, parse_date};
use crate::services::bookkeeper::OpenEstate;

/// An estate before its story.
#[derive(Clone, Copy, Debug)]
pub struct Estate {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its address.
    pub address: &'static str,
    /// Households.
    pub households: u64,
    /// Floor area in m².
    pub area: &'static str,
    /// The property company.
    pub company: &'static str,
    /// The owners' committee, where there is one.
    pub committee: Option<&'static str>,
    /// The community.
    pub community: &'static str,
    /// Its bank accounts: fund, bank, masked number.
    pub banks: &'static [(Fund, &'static str, &'static str)],
    /// The first day of the book.
    pub since: &'static str,
}

/// What an act records.
#[derive(Debug)]
pub enum What {
    /// The book is opened.
    Open(Box<OpenEstate>),
    /// One deed, or several as a batch.
    Deeds(Vec<Deed>),
    /// The bank's statement of an account to a day, all of it matched but what is on its way.
    Statement {
        /// The account.
        account: &'static str,
        /// The last day.
        to: String,
        /// Deeds that the bank doesn't know yet, by name.
        on_the_way: Vec<&'static str>,
    },
    /// A month is closed, or with December the year.
    Close {
        /// The fund.
        fund: Fund,
        /// The last day.
        to: String,
    },
    /// Accounts are handed over to another company, with these balances.
    Handover {
        /// The company that comes.
        to: &'static str,
        /// Accounts whose balances are handed over.
        accounts: &'static [&'static str],
    },
    /// A register is imported.
    Import {
        /// The file's name.
        file: &'static str,
        /// Its bytes.
        bytes: &'static [u8],
        /// The month it is for, where the file doesn't say.
        month: Option<Month>,
    },
}

/// What happens on a day.
#[derive(Debug)]
pub struct Act {
    /// The day.
    pub day: String,
    /// What is recorded.
    pub what: What,
    /// Who acts.
    pub cast: Cast,
}

/// The story of an estate.
#[derive(Debug)]
pub struct Story {
    /// Its code.
    pub code: &'static str,
    /// What happens, in order within a day.
    pub acts: Vec<Act>,
    cast: Cast,
}

impl Story {
    /// Begins with the opening of the book, on its first day unless another is named.
    pub fn open(estate: &Estate, opened: Option<&str>) -> Result<Self, DemonstrationError> {
        let Estate { company, committee, community, .. } = *estate;
        let bank = |(fund, bank, number): &(Fund, &str, &str)| {
            (*fund, (*bank).to_owned(), (*number).to_owned())
        };
        let open = OpenEstate {
            code: estate.code.parse()?,
            name: estate.name.to_owned(),
            address: format!("{}（示例）", estate.address),
            area: estate.area.parse().map_err(|_| DemonstrationError::Value(estate.area.into()))?,
            households: estate.households,
            manager: organisation(company),
            committee: committee.map(organisation),
            community: Some(organisation(community)),
            banks: estate.banks.iter().map(bank).collect(),
            since: day(estate.since)?,
            rules: "cn-gansu-minle".to_owned(),
        };
        let mut story = Self {
            code: estate.code,
            acts: Vec::new(),
            cast: Cast { company, committee, community },
        };
        story.act(opened.unwrap_or(estate.since), What::Open(Box::new(open)));
        Ok(story)
    }

    /// One deed on a day.
    pub fn on(&mut self, day: &str, deed: Deed) {
        self.act(day, What::Deeds(vec![deed]));
    }

    /// Several deeds as one batch.
    pub fn batch(&mut self, day: &str, deeds: Vec<Deed>) {
        self.act(day, What::Deeds(deeds));
    }

    /// Anything else on a day.
    pub fn act(&mut self, day: &str, what: What) {
        self.acts.push(Act { day: day.to_owned(), what, cast: self.cast.clone() });
    }

    /// From now on another company records.
    pub const fn company(&mut self, company: &'static str) {
        self.cast.company = company;
    }

    /// The bank's statements of a month come on the eighth of the next, fully matched.
    pub fn statements(&mut self, month: Month, accounts: &[&'static str]) {
        for account in accounts {
            let to = month.last_day().to_string();
            let what = What::Statement { account, to, on_the_way: Vec::new() };
            self.act(&on(month.next(), 8), what);
        }
    }

    /// A month is closed on the ninth of the next; with December the year of these funds.
    pub fn close(&mut self, month: Month, funds: &[Fund]) {
        let is_year = month.month() == 12;
        for fund in funds.iter().filter(|fund| is_year || **fund == Fund::R) {
            let to = month.last_day().to_string();
            self.act(&on(month.next(), 9), What::Close { fund: *fund, to });
        }
    }

    /// A year of these funds is closed on the ninth of January.
    pub fn close_year(&mut self, year: i32, funds: &[Fund]) {
        if let Some(december) = Month::new(year, 12) {
            self.close(december, funds);
        }
    }

    /// The quarter that ended with a month is published in the middle of the next.
    pub fn publish(&mut self, month: Month) {
        let next = month.next();
        let period = format!("{}-Q{}", month.year(), month.quarter());
        let deed = publication(self.code, &period, &on(next, 15), &on(next, 30));
        self.on(&on(next, 15), deed);
    }
}

/// True for the first month of a quarter.
pub const fn begins_quarter(month: Month) -> bool {
    month.month() % 3 == 1
}

/// True for the last month of a quarter.
pub const fn ends_quarter(month: Month) -> bool {
    month.month().is_multiple_of(3)
}

/// A day of a month, as text.
pub fn on(month: Month, day: u32) -> String {
    let date = month.first_day().with_day(day.min(month.days()));
    date.unwrap_or(month.first_day()).to_string()
}

/// A day of the story.
pub fn day(text: &str) -> Result<chrono::NaiveDate, DemonstrationError> {
    parse_date(text).map_err(|_| DemonstrationError::Value(text.to_owned()))
}

/// Months from one to another, both included.
pub fn months(from: &str, to: &str) -> Result<Vec<Month>, DemonstrationError> {
    let read = |text: &str| text.parse().map_err(|_| DemonstrationError::Value(text.to_owned()));
    let (from, to): (Month, Month) = (read(from)?, read(to)?);
    Ok((0..=from.until(to)).map(|n| from.plus(n)).collect())
}
