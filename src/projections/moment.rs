//! Which moment an answer holds for.

use crate::facts::Entry;
use crate::words::Timestamp;
use crate::words::time::TimeError;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use thiserror::Error;

/// An `org_seq` as projections keep it: the place of an entry in its organization, from 0.
///
/// 32 bits, because projections hold some 100 bytes for every entry: an organization of 2³² entries
/// would need 400 GB before this bound is felt. An entry beyond it is refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(u32);

impl Place {
    /// The last place there can be.
    pub(super) const LAST: Self = Self(u32::MAX - 1);
    /// Later than every place.
    pub(super) const NEVER: Self = Self(u32::MAX);

    /// A place by its number, for tests of what is kept by place.
    #[cfg(test)]
    pub(super) const fn new(place: u32) -> Self {
        Self(place)
    }

    /// The place with that `org_seq`; none beyond the bound.
    pub fn of(org_seq: u64) -> Option<Self> {
        u32::try_from(org_seq).ok().map(Self).filter(|place| *place <= Self::LAST)
    }

    /// The `org_seq`.
    pub fn org_seq(self) -> u64 {
        u64::from(self.0)
    }

    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What moment is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// After everything that is recorded.
    Now,
    /// After the entry with that `seq` of the whole ledger.
    Seq(u64),
    /// After everything that had happened by then: the last entry of the organization whose
    /// effective time is not later.
    Time(Timestamp),
    /// After everything that had been recorded by then.
    Recorded(Timestamp),
    /// After the entry with that `org_seq`.
    OrgSeq(u64),
    /// After the entry with that `seq`, seen at an instant: a moment that was resolved before.
    Again {
        /// The seq.
        seq: u64,
        /// The instant.
        instant: Timestamp,
    },
}

/// Why a moment has no answer.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum AsOfError {
    /// Neither a seq nor a time.
    #[error(
        "{text:?} is no moment: expected a seq (digits only), a date like 2026-11-22 or an RFC 3339 time like 2026-11-22T02:25:05Z"
    )]
    Form {
        /// What was given, cut at 64 characters.
        text: String,
    },
    /// A time outside the years that can be written.
    #[error(transparent)]
    Time(TimeError),
    /// The organization did not exist yet.
    #[error("the organization did not exist yet: it begins with seq {seq}, at {time}")]
    BeforeBeginning {
        /// The seq of its first entry.
        seq: u64,
        /// The effective time of its first entry.
        time: Timestamp,
    },
    /// A seq that no entry has yet.
    #[error("{what} {asked} does not exist yet: there are {size}, counted from 0")]
    Beyond {
        /// `seq` or `org_seq`.
        what: &'static str,
        /// What was asked for.
        asked: u64,
        /// How many there are.
        size: u64,
    },
}

impl FromStr for AsOf {
    type Err = AsOfError;

    /// Digits are a seq, everything else is a time.
    fn from_str(text: &str) -> Result<Self, AsOfError> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Seq).map_err(|_| form(text));
        }
        Timestamp::parse_any(text).map(Self::Time).map_err(|error| match error {
            TimeError::OutOfRange(_) => AsOfError::Time(error),
            TimeError::NotATime(_) | TimeError::NotExact(_) => form(text),
        })
    }
}

fn form(text: &str) -> AsOfError {
    AsOfError::Form { text: text.chars().take(64).collect() }
}

/// The moment that an answer holds for: a place in one organization's history, and the instant at
/// which time-bound things (an invitation's expiry) are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moment {
    /// The place of the last entry that counts, in its organization.
    #[serde(rename = "org_seq")]
    #[cfg_attr(feature = "schema", schemars(with = "u32"))]
    pub(super) place: Place,
    /// The place of the last entry that counts, in the ledger.
    seq: u64,
    /// The instant it holds for.
    time: Timestamp,
}

impl Moment {
    /// The place of the last entry that counts, in its organization.
    pub fn org_seq(self) -> u64 {
        self.place.org_seq()
    }

    /// The place of the last entry that counts, in the ledger.
    pub fn seq(self) -> u64 {
        self.seq
    }

    /// The instant it holds for; never before the last entry that counts.
    pub fn time(self) -> Timestamp {
        self.time
    }
}

/// Where and when each entry of one organization stands: 24 bytes an entry, in columns, so that
/// every search is binary over one dense vector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sequence {
    seqs: Vec<u64>,
    effective: Vec<Timestamp>,
    recorded: Vec<Timestamp>,
}

impl Sequence {
    /// The place of an entry that may follow: gapless, and no order goes back. None otherwise.
    pub(super) fn follows(&self, entry: &Entry) -> Option<Place> {
        let in_order = entry.org_seq == self.size()
            && self.seqs.last().is_none_or(|last| *last < entry.seq)
            && self.effective.last().is_none_or(|last| *last <= entry.effective_time())
            && self.recorded.last().is_none_or(|last| *last <= entry.time);
        Place::of(entry.org_seq).filter(|_| in_order)
    }

    pub(super) fn push(&mut self, entry: &Entry) {
        self.seqs.push(entry.seq);
        self.effective.push(entry.effective_time());
        self.recorded.push(entry.time);
    }

    pub(super) fn size(&self) -> u64 {
        self.seqs.len() as u64
    }

    pub(super) fn seq(&self, place: Place) -> Option<u64> {
        self.seqs.get(place.index()).copied()
    }

    /// When the entry at a place counts as having happened.
    pub(super) fn time(&self, place: Place) -> Timestamp {
        // Rows hold only places that were pushed here.
        self.effective.get(place.index()).copied().unwrap_or(Timestamp::MAX)
    }

    /// Resolves a wish to the place that answers it. `now` is the instant for [`AsOf::Now`].
    pub(super) fn moment(&self, as_of: AsOf, now: Timestamp) -> Result<Moment, AsOfError> {
        let (count, instant) = match as_of {
            AsOf::Now => (self.seqs.len(), Some(now)),
            AsOf::Seq(seq) => (self.seqs.partition_point(|known| *known <= seq), None),
            AsOf::Again { seq, instant } => {
                (self.seqs.partition_point(|known| *known <= seq), Some(instant))
            }
            AsOf::Time(time) => (self.effective.partition_point(|at| *at <= time), Some(time)),
            AsOf::Recorded(time) => (self.recorded.partition_point(|at| *at <= time), Some(time)),
            AsOf::OrgSeq(org_seq) => match Place::of(org_seq) {
                Some(place) if org_seq < self.size() => (place.index() + 1, None),
                Some(_) | None => {
                    return Err(AsOfError::Beyond {
                        what: "org_seq",
                        asked: org_seq,
                        size: self.size(),
                    });
                }
            },
        };
        match count.checked_sub(1) {
            Some(index) => {
                let held = self.effective[index];
                let place = Place(u32::try_from(index).unwrap_or(u32::MAX));
                let time = instant.map_or(held, |instant| instant.max(held));
                Ok(Moment { place, seq: self.seqs[index], time })
            }
            None => Err(AsOfError::BeforeBeginning {
                seq: self.seqs.first().copied().unwrap_or_default(),
                time: self.effective.first().copied().unwrap_or(Timestamp::MAX),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_seq_and_everything_else_is_a_time() {
        let table = [
            ("0", AsOf::Seq(0)),
            ("25192", AsOf::Seq(25_192)),
            ("2019-01-01", AsOf::Time(Timestamp::from_micros(1_546_300_800_000_000))),
            (
                "2019-01-01T01:00:00+01:00",
                AsOf::Time(Timestamp::from_micros(1_546_300_800_000_000)),
            ),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for wrong in ["", "-1", "1.5", "yesterday", "2019-02-30", "99999999999999999999999"] {
            let error = wrong.parse::<AsOf>().unwrap_err().to_string();
            assert!(error.contains("is no moment: expected a seq"), "{wrong}: {error}");
        }
        let error = "1969-01-01".parse::<AsOf>().unwrap_err().to_string();
        assert!(error.contains("outside the years 1970 to 9999"), "{error}");
    }
}
