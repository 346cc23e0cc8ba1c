//! Moments, in microseconds, always UTC.

use crate::words::spelling;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// A moment: microseconds since 1970-01-01T00:00:00Z, in the years 1970 to 9999.
///
/// Written with exactly six decimals, `2026-11-22T02:25:05.502913Z`, so that texts sort as moments
/// do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text is not a moment.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum TimeError {
    /// Not the exact form that entries use.
    #[error("{0:?} is not a recorded time: expected 2026-11-22T02:25:05.502913Z, six decimals")]
    NotExact(String),
    /// Neither a date nor an RFC 3339 time.
    #[error(
        "{0:?} is not a time: expected a date like 2026-11-22 or an RFC 3339 time like 2026-11-22T02:25:05Z"
    )]
    NotATime(String),
    /// Outside the years that can be written.
    #[error("{0:?} lies outside the years 1970 to 9999")]
    OutOfRange(String),
}

const WRITTEN_BYTES: usize = "2026-11-22T02:25:05.502913Z".len();
/// 9999-12-31T23:59:59.999999Z.
const MAX_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// The first moment there is.
    pub const EPOCH: Self = Self(0);
    /// The last moment that can be written.
    pub const MAX: Self = Self(MAX_MICROS);

    /// From microseconds since 1970; what lies outside the writable years is moved to their edge.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < 0 {
            Self(0)
        } else if micros > MAX_MICROS {
            Self(MAX_MICROS)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The next moment that can be told apart.
    pub const fn next(self) -> Self {
        Self::from_micros(self.0.saturating_add(1))
    }

    /// The moment `duration` later.
    pub fn after(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// How long `self` lies behind `later`; zero when it does not.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_micros(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// The one form in which it is recorded.
    fn written(self, text: &mut [u8; WRITTEN_BYTES]) -> &str {
        let moment = DateTime::<Utc>::from_timestamp_micros(self.0).unwrap_or_default();
        text.copy_from_slice(b"0000-00-00T00:00:00.000000Z");
        let mut number = |from: usize, to: usize, mut value: u32| {
            for digit in text[from..to].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
        };
        number(0, 4, moment.year().cast_unsigned());
        number(5, 7, moment.month());
        number(8, 10, moment.day());
        number(11, 13, moment.hour());
        number(14, 16, moment.minute());
        number(17, 19, moment.second());
        number(20, 26, moment.timestamp_subsec_micros());
        std::str::from_utf8(text).expect("digits and marks are ASCII")
    }

    /// Parses the exact written form only.
    pub fn parse_exact(text: &str) -> Result<Self, TimeError> {
        let refuse = || TimeError::NotExact(text.chars().take(64).collect());
        if text.len() != WRITTEN_BYTES {
            return Err(refuse());
        }
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| -> Option<u32> {
            bytes[from..to].iter().try_fold(0u32, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))
            })
        };
        let marks =
            [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (26, b'Z')];
        if marks.iter().any(|&(at, mark)| bytes[at] != mark) {
            return Err(refuse());
        }
        let part = |from, to| number(from, to).ok_or_else(refuse);
        let date = NaiveDate::from_ymd_opt(part(0, 4)?.cast_signed(), part(5, 7)?, part(8, 10)?)
            .ok_or_else(refuse)?;
        let moment = date
            .and_hms_micro_opt(part(11, 13)?, part(14, 16)?, part(17, 19)?, part(20, 26)?)
            .ok_or_else(refuse)?
            .and_utc()
            .timestamp_micros();
        if !(0..=MAX_MICROS).contains(&moment) {
            return Err(TimeError::OutOfRange(text.to_owned()));
        }
        Ok(Self(moment))
    }

    /// Parses what people and other systems write: a date (its first moment, UTC) or any RFC 3339
    /// time. Digits beyond the microsecond are dropped.
    pub fn parse_any(text: &str) -> Result<Self, TimeError> {
        let shown = || text.chars().take(64).collect::<String>();
        let micros = if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros()
        } else {
            DateTime::parse_from_rfc3339(text)
                .map_err(|_| TimeError::NotATime(shown()))?
                .timestamp_micros()
        };
        if !(0..=MAX_MICROS).contains(&micros) {
            return Err(TimeError::OutOfRange(shown()));
        }
        Ok(Self(micros))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.written(&mut [0; WRITTEN_BYTES]))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// In text the written form, elsewhere the microseconds.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.written(&mut [0; WRITTEN_BYTES]))
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return spelling::read(deserializer, Self::parse_exact);
        }
        let micros = i64::deserialize(deserializer)?;
        if (0..=MAX_MICROS).contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(serde::de::Error::custom(TimeError::OutOfRange(micros.to_string())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exact_form_is_the_only_one_in_entries() {
        let written = "2026-11-22T02:25:05.502913Z";
        assert_eq!(Timestamp::parse_exact(written).unwrap().to_string(), written);
        for wrong in [
            "2026-11-22T02:25:05Z",
            "2026-11-22T02:25:05.502913+00:00",
            "2026-13-22T02:25:05.502913Z",
            "2026-11-22T24:25:05.502913Z",
            "2026-11-22 02:25:05.502913Z",
            "2026-11-22T02:25:05.50291xZ",
            "1969-11-22T02:25:05.502913Z",
            "2026-11-22T02:25:05.5029é",
        ] {
            assert!(Timestamp::parse_exact(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn people_may_write_dates_and_offsets() {
        let table = [
            ("2019-01-01", "2019-01-01T00:00:00.000000Z"),
            ("2019-01-01T02:00:00+02:00", "2019-01-01T00:00:00.000000Z"),
            ("2019-01-01T00:00:00.5Z", "2019-01-01T00:00:00.500000Z"),
        ];
        for (given, expected) in table {
            assert_eq!(Timestamp::parse_any(given).unwrap().to_string(), expected);
        }
        for wrong in ["yesterday", "2019-02-30", "12", ""] {
            assert!(Timestamp::parse_any(wrong).is_err(), "{wrong}");
        }
    }
}
