//! The rules in force: parameters with their citation, and the charts of accounts.
//!
//! They stand complete in a `rules` entry, so anyone can judge by them. A parameter that could
//! not be read in the original law is marked unverified (未核实) and shown so.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::chart::{AccountType, Chart, ChartAccount, Role};
use super::event::Fields;
use super::json::Tree;
use super::money::Money;
use super::period::parse_date;
use super::serial;

/// One parameter from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// `=`, `>` or `>=`.
    pub compare: String,
    /// A number, a fraction like `2/3`, an amount or a word.
    pub value: String,
    /// In force from this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// Was the source read in the original.
    pub verified: bool,
    /// The law, article or agreement.
    pub cite: String,
}

/// Parameters and charts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Name of the pack they came from.
    pub pack: String,
    /// Its version.
    pub version: String,
    /// Names of the charts, R then F.
    pub charts: [String; 2],
    /// The charts, in force with the entry itself.
    pub chart: Chart,
    /// The parameters are in force from this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// The entry that carries them.
    pub seq: u64,
    params: BTreeMap<String, Vec<Param>>,
    /// What was in force before, and judges what is dated before.
    pub earlier: Option<Arc<Earlier>>,
}

/// Parameters that others followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Name of the pack they came from.
    pub pack: String,
    /// Its version.
    pub version: String,
    /// They were in force from this day.
    #[serde(with = "serial::day")]
    pub from: NaiveDate,
    /// The entry that carries them.
    pub seq: u64,
    params: BTreeMap<String, Vec<Param>>,
    /// What was in force before them.
    pub earlier: Option<Arc<Earlier>>,
}

impl Rules {
    /// Reads the keys of a `rules` event.
    pub fn from_fields(fields: Fields<'_>) -> Self {
        let text = |fields: Fields<'_>, key| fields.text(key).unwrap_or_default().to_owned();
        let charts = fields.object("charts").unwrap_or(Fields(&[]));
        let mut rules = Self {
            pack: text(fields, "pack"),
            version: text(fields, "version"),
            charts: [text(charts, "r"), text(charts, "f")],
            from: fields.date("from").unwrap_or_default(),
            ..Self::default()
        };
        for row in fields.list("chart_r").iter().chain(fields.list("chart_f")) {
            rules.insert_account(row);
        }
        for row in fields.list("params") {
            rules.insert_param(row);
        }
        for versions in rules.params.values_mut() {
            versions.sort_by_key(|param| param.from);
        }
        rules
    }

    fn insert_account(&mut self, row: &Tree<'_>) -> Option<()> {
        let account = ChartAccount {
            account_type: AccountType::from_word(row.cell(1)?)?,
            role: Role::from_word(row.cell(2)?)?,
            name: row.cell(3)?.to_owned(),
        };
        self.chart.insert(row.cell(0)?.parse().ok()?, account);
        Some(())
    }

    fn insert_param(&mut self, row: &Tree<'_>) -> Option<()> {
        let param = Param {
            compare: row.cell(1)?.to_owned(),
            value: row.cell(2)?.to_owned(),
            from: parse_date(row.cell(3)?).ok()?,
            verified: row.cell(4)? == "verified",
            cite: row.cell(5)?.to_owned(),
        };
        self.params.entry(row.cell(0)?.to_owned()).or_default().push(param);
        Some(())
    }

    /// These rules as an entry's, after others.
    pub fn after(self, seq: u64, before: Option<&Self>) -> Self {
        let earlier = before.map(|before| {
            Arc::new(Earlier {
                pack: before.pack.clone(),
                version: before.version.clone(),
                from: before.from,
                seq: before.seq,
                params: before.params.clone(),
                earlier: before.earlier.clone(),
            })
        });
        Self { seq, earlier, ..self }
    }

    /// The parameter in force on a day: of these rules, or of those before them.
    pub fn param(&self, key: &str, on: NaiveDate) -> Option<&Param> {
        let mut at = self.earlier.as_deref().filter(|_| on < self.from);
        let mut params = &self.params;
        while let Some(earlier) = at {
            params = &earlier.params;
            at = earlier.earlier.as_deref().filter(|_| on < earlier.from);
        }
        params.get(key)?.iter().rev().find(|param| param.from <= on)
    }

    /// A parameter that is a whole number.
    pub fn number(&self, key: &str, on: NaiveDate) -> Option<u32> {
        self.param(key, on)?.value.parse().ok()
    }

    /// A parameter that is an amount.
    pub fn money(&self, key: &str, on: NaiveDate) -> Option<Money> {
        self.param(key, on)?.value.parse().ok()
    }

    /// Every parameter with its versions, by key.
    pub fn params(&self) -> impl Iterator<Item = (&str, &Param)> {
        versions(&self.params)
    }
}

impl Earlier {
    /// Every parameter with its versions, by key.
    pub fn params(&self) -> impl Iterator<Item = (&str, &Param)> {
        versions(&self.params)
    }
}

fn versions(params: &BTreeMap<String, Vec<Param>>) -> impl Iterator<Item = (&str, &Param)> {
    params.iter().flat_map(|(key, versions)| versions.iter().map(move |p| (key.as_str(), p)))
}
