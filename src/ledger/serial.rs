//! How the values of a book stand in a snapshot: names and days as the texts they print as,
//! amounts as whole fen, maps with composite keys as rows in ascending order.
//!
//! Reading goes through each type's own constructor, so what is read could have been made.
//! Days and months reach further back than those of an entry: a book that begins in 1980 is
//! closed to the last day of 1979. Entries are never written by this; that is
//! [`super::encoding`]. Read next: [`super::book`], whose `snapshot` uses all of it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::account::AccountCode;
use super::area::Area;
use super::id::{EntryHash, EstateCode};
use super::money::Money;
use super::period::{Month, Period, parse_day};
use super::time::Timestamp;

/// Years of the days that a book can hold; an empty one stands at 1970-01-01.
const YEARS: std::ops::RangeInclusive<u32> = 1970..=2199;
/// The first millisecond after them.
const MILLIS_END: i64 = 7_258_118_400_000;

/// Reads a text by a function that knows its spelling.
pub(super) fn read_text<'de, T, D, F>(
    deserializer: D,
    what: &'static str,
    read: F,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(&str) -> Option<T>,
{
    struct Text<T, F>(&'static str, F, PhantomData<T>);

    impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Text<T, F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.1)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self.0))
        }
    }

    deserializer.deserialize_str(Text(what, read, PhantomData))
}

/// Types that print as the text they are read from.
macro_rules! as_text {
    ($($type:ty, $what:literal;)+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_text(deserializer, $what, |text| text.parse().ok())
            }
        }
    )+};
}

as_text! {
    AccountCode, "an account's code";
    EstateCode, "an estate's code";
    EntryHash, "a hash";
    Period, "an attribution period";
    Area, "an area";
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.fen())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from_fen)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.millis())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        if (0..MILLIS_END).contains(&millis) {
            return Ok(Self::from_millis(millis));
        }
        Err(D::Error::invalid_value(Unexpected::Signed(millis), &"milliseconds since 1970"))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Its first day has the one grammar of days; `Month::from_str` is narrower, for entries.
        let read = |text: &str| parse_day(&format!("{text}-01"), YEARS).ok().map(Self::of);
        read_text(deserializer, "a month", read)
    }
}

/// A day with the years of a book.
struct Day(NaiveDate);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer, "a day", |text| parse_day(text, YEARS).ok().map(Self))
    }
}

/// `with` for a day.
pub(super) mod day {
    use super::{Day, Deserialize, Deserializer, NaiveDate, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in the field so")]
    pub fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        Day(*day).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<NaiveDate, D::Error> {
        Day::deserialize(d).map(|day| day.0)
    }
}

/// `with` for a day that may be missing.
pub(super) mod day_opt {
    use super::{Day, Deserialize, Deserializer, NaiveDate, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in the field so")]
    #[expect(clippy::ref_option, reason = "serde hands in the field so")]
    pub fn serialize<S: Serializer>(
        day: &Option<NaiveDate>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        day.map(Day).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<NaiveDate>, D::Error> {
        Option::<Day>::deserialize(d).map(|day| day.map(|day| day.0))
    }
}

/// `with` for rows that begin with a day.
pub(super) mod from_day {
    use super::{Day, Deserialize, Deserializer, NaiveDate, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(
        rows: &[(NaiveDate, T)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows.iter().map(|(day, rest)| (Day(*day), rest)))
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Vec<(NaiveDate, T)>, D::Error> {
        let rows = Vec::<(Day, T)>::deserialize(d)?;
        Ok(rows.into_iter().map(|(day, rest)| (day.0, rest)).collect())
    }
}

/// `with` for spans of days.
pub(super) mod spans {
    use super::{Day, Deserialize, Deserializer, NaiveDate, Serializer};

    pub fn serialize<S: Serializer>(
        spans: &[(NaiveDate, NaiveDate)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(spans.iter().map(|(from, to)| (Day(*from), Day(*to))))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Vec<(NaiveDate, NaiveDate)>, D::Error> {
        let spans = Vec::<(Day, Day)>::deserialize(d)?;
        Ok(spans.into_iter().map(|(from, to)| (from.0, to.0)).collect())
    }
}

/// `with` for a map whose keys are no text: rows of key and value, ascending.
pub(super) mod rows {
    use super::{BTreeMap, Deserialize, Deserializer, Serialize, Serializer, ascending};

    pub fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, K, V, D>(d: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        ascending(Vec::deserialize(d)?)
    }
}

/// `with` for sums by account and day: rows of the three.
pub(super) mod day_sums {
    use super::{
        AccountCode, BTreeMap, Day, Deserialize, Deserializer, Money, NaiveDate, Serializer,
        ascending,
    };

    type Sums = BTreeMap<(AccountCode, NaiveDate), Money>;

    pub fn serialize<S: Serializer>(sums: &Sums, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(sums.iter().map(|((account, day), sum)| (account, Day(*day), sum)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Sums, D::Error> {
        let rows = Vec::<(AccountCode, Day, Money)>::deserialize(d)?;
        ascending(rows.into_iter().map(|(account, day, sum)| ((account, day.0), sum)).collect())
    }
}

/// A map from rows that ascend: none twice, one order for one map.
fn ascending<K: Ord, V, E: Error>(rows: Vec<(K, V)>) -> Result<BTreeMap<K, V>, E> {
    if rows.is_sorted_by(|a, b| a.0 < b.0) {
        Ok(rows.into_iter().collect())
    } else {
        Err(E::custom("rows out of order"))
    }
}
