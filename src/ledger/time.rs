//! Instants: UTC with milliseconds, `2026-01-31T08:15:30.125Z`, and the day they fall on in
//! Asia/Shanghai (UTC+8 without daylight saving since 1991, a constant of book 1).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Timelike};

use super::period::{PeriodError, parse_date};

const MILLIS_A_DAY: i64 = 86_400_000;
const SHANGHAI_MILLIS: i64 = 8 * 3_600_000;

/// Milliseconds since 1970-01-01T00:00:00Z; no leap seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The day in Asia/Shanghai: the posting day of an entry.
    pub fn day(self) -> NaiveDate {
        let days = (self.0 + SHANGHAI_MILLIS).div_euclid(MILLIS_A_DAY);
        let epoch = NaiveDate::default();
        let offset = Days::new(days.unsigned_abs());
        let day =
            if days < 0 { epoch.checked_sub_days(offset) } else { epoch.checked_add_days(offset) };
        day.unwrap_or(NaiveDate::MAX)
    }

    /// Noon in Asia/Shanghai of a day.
    pub fn noon_of(day: NaiveDate) -> Self {
        let days = (day - NaiveDate::default()).num_days();
        Self(days * MILLIS_A_DAY + MILLIS_A_DAY / 2 - SHANGHAI_MILLIS)
    }

    /// The wall clock in Asia/Shanghai, for pages: `2026-01-31 16:15:30`.
    pub fn local(self) -> String {
        let local = Self(self.0 + SHANGHAI_MILLIS).utc();
        local.format("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn utc(self) -> NaiveDateTime {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default().naive_utc()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.utc();
        let (date, time) = (utc.date(), utc.time());
        let millis = time.nanosecond() / 1_000_000;
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        f.pad(&format!("{date}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"))
    }
}

impl FromStr for Timestamp {
    type Err = PeriodError;

    /// Reads `YYYY-MM-DDTHH:MM:SS.mmmZ` only (a profile of RFC 3339).
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let bytes = text.as_bytes();
        let marks = [(10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
        if bytes.len() != 24 || marks.iter().any(|&(at, mark)| bytes[at] != mark) {
            return Err(PeriodError::Date);
        }
        let number = |range: std::ops::Range<usize>, below: i64| {
            let number = bytes[range].iter().try_fold(0, |n, byte| match byte {
                b'0'..=b'9' => Some(n * 10 + i64::from(byte - b'0')),
                _ => None,
            });
            number.filter(|&n| n < below).ok_or(PeriodError::Date)
        };
        let date = text.get(..10).ok_or(PeriodError::Date).and_then(parse_date)?;
        let (hours, minutes) = (number(11..13, 24)?, number(14..16, 60)?);
        let (seconds, millis) = (number(17..19, 60)?, number(20..23, 1000)?);
        let days = (date - NaiveDate::default()).num_days();
        let seconds = (hours * 60 + minutes) * 60 + seconds;
        Ok(Self(days * MILLIS_A_DAY + seconds * 1000 + millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_spelling_and_a_day_in_shanghai() {
        let text = "2026-01-31T16:00:00.000Z";
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(time.day().to_string(), "2026-02-01");
        assert_eq!(time.local(), "2026-02-01 00:00:00");
        assert_eq!(Timestamp::noon_of(time.day()).day(), time.day());
        for wrong in [
            "2026-01-31T16:00:00Z",
            "2026-01-31T24:00:00.000Z",
            "2026-01-31T16:00:60.000Z",
            "2026-01-31 16:00:00.000Z",
            "2026-02-30T16:00:00.000Z",
            "",
        ] {
            assert!(wrong.parse::<Timestamp>().is_err(), "{wrong}");
        }
    }
}
