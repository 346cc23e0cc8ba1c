//! The entry: an event in its place, and the exact bytes in which it is hashed, stored, exported
//! and verified.
//!
//! ```json
//! {"actor":"user:9b1c…","cmd":"5e0f…","data":{…},"log":"ledger.example",
//!  "occurred":"2019-01-18T03:14:01.000000Z",
//!  "org":"3d7a…","org_prev":"<base64>","org_seq":41,"prev":"<base64>","seq":12345,
//!  "source":{"commit":"ee02…","repo":"kubernetes/org","seq":4692},"subjects":["9b1c…"],
//!  "time":"2026-11-22T02:25:05.502913Z","tv":1,"type":"RoleChanged","v":1}
//! ```
//!
//! `occurred` and `source` stand only in imported entries.

use super::event::EventError;
use super::{Actor, Event};
use crate::words::canonical::{self, NotCanonical};
use crate::words::{ChainHash, CommandId, Name, OrganizationId, Origin, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use thiserror::Error;

/// The algorithm suite: BLAKE3 chains, SHA-256 trees, canonical JSON.
pub const SUITE: u32 = 1;

/// The most bytes an entry may have. sled keeps values up to here inside its log file; larger ones
/// spill into files of their own that it does not sync.
pub const LIMIT_BYTES: usize = 8 * 1024;

/// Where an imported fact comes from: one line of another system's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The line describes what was there when the source began, not something that happened then.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub baseline: bool,
    /// The commit that made the change; lines of one commit are one command.
    pub commit: Name,
    /// The history it belongs to.
    pub repo: Name,
    /// The line's own number in that history.
    pub seq: u64,
}

/// An event of an organization that has no place yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Where it happened.
    pub org: OrganizationId,
    /// What happened.
    pub event: Event,
    /// Where it was recorded before.
    pub source: Option<Source>,
}

/// An event in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What happened, and where.
    pub fact: Fact,
    /// Who did it.
    pub actor: Actor,
    /// The command it belongs to.
    pub cmd: CommandId,
    /// The ledger.
    pub log: Origin,
    /// When the outside world says it happened (imports).
    pub occurred: Option<Timestamp>,
    /// The hash of the entry before, in the organization.
    pub org_prev: ChainHash,
    /// Its place in the organization, from 0.
    pub org_seq: u64,
    /// The hash of the entry before, in the ledger.
    pub prev: ChainHash,
    /// Its place in the ledger, from 0.
    pub seq: u64,
    /// When the ledger recorded it.
    pub time: Timestamp,
}

/// Why bytes are not an entry, or an entry cannot be written.
#[derive(Debug, Error)]
pub enum EntryError {
    /// More bytes than an entry may have.
    #[error("the entry has {0} bytes, at most 8192 are allowed")]
    TooLong(usize),
    /// Not canonical JSON.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// Canonical, but not the fields of an entry.
    #[error("not an entry: {0}")]
    Fields(serde_json::Error),
    /// The algorithm suite is unknown.
    #[error("algorithm suite {0} is unknown; this version reads suite 1")]
    Suite(u32),
    /// The event does not fit its type.
    #[error(transparent)]
    Event(#[from] EventError),
    /// `subjects` are not those of the event.
    #[error("subjects are not those that the event names")]
    Subjects,
    /// A sealed value belongs to somebody the entry does not concern.
    #[error("{field} is sealed for {of}, whom the entry does not concern")]
    Owner {
        /// The value's JSON pointer.
        field: &'static str,
        /// Whose key seals it.
        of: SubjectId,
    },
    /// Read and written again, other bytes come out: the same entry in another spelling.
    #[error(
        "the same entry is written in other bytes: an empty list or false is left out, an object is no array"
    )]
    Spelling,
    /// `occurred` lies behind `time`.
    #[error("it occurred at {occurred}, after it was recorded at {time}")]
    OccurredLater {
        /// When it is said to have happened.
        occurred: Timestamp,
        /// When it was recorded.
        time: Timestamp,
    },
    /// A sealed value has no commitment.
    #[error("cannot be written: {0}")]
    Unwritable(serde_json::Error),
}

/// The fields as they stand in the bytes, in canonical order: what is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded<'a> {
    actor: Actor,
    cmd: CommandId,
    #[serde(borrow)]
    data: &'a RawValue,
    log: Origin,
    occurred: Option<Timestamp>,
    org: OrganizationId,
    org_prev: ChainHash,
    org_seq: u64,
    prev: ChainHash,
    seq: u64,
    source: Option<Source>,
    subjects: Vec<SubjectId>,
    time: Timestamp,
    tv: u32,
    #[serde(rename = "type", borrow)]
    type_name: Cow<'a, str>,
    v: u32,
}

/// The same fields: what is written.
#[derive(Serialize)]
struct Recording<'a> {
    actor: Actor,
    cmd: CommandId,
    data: &'a Event,
    log: &'a Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred: Option<Timestamp>,
    org: OrganizationId,
    org_prev: ChainHash,
    org_seq: u64,
    prev: ChainHash,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
    subjects: Vec<SubjectId>,
    time: Timestamp,
    tv: u32,
    #[serde(rename = "type")]
    type_name: &'static str,
    v: u32,
}

/// Enough for most entries, so that one is written without moving it.
const USUAL_BYTES: usize = 1024;

impl Entry {
    /// When it counts as having happened: as the outside world says, else as recorded.
    pub fn effective_time(&self) -> Timestamp {
        self.occurred.unwrap_or(self.time)
    }

    /// Reads an entry from its exact bytes. What is accepted here is what a verifier in another
    /// language must accept, byte for byte.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > LIMIT_BYTES {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let text = canonical::check(bytes)?;
        let (entry, subjects) = Self::read(text)?;
        let Fact { org, event, .. } = &entry.fact;
        if event.subjects(*org) != subjects {
            return Err(EntryError::Subjects);
        }
        if let Some(occurred) = entry.occurred
            && occurred > entry.time
        {
            return Err(EntryError::OccurredLater { occurred, time: entry.time });
        }
        for (field, sealed) in event.sealed() {
            if sealed.of != (*org).into() && !subjects.contains(&sealed.of) {
                return Err(EntryError::Owner { field, of: sealed.of });
            }
        }
        if entry.encode()? == bytes { Ok(entry) } else { Err(EntryError::Spelling) }
    }

    /// Reads an entry from bytes that [`Entry::write`] is known to have written: a log that was
    /// appended to by this ledger gives no others, and checks their hash. Of other bytes it may
    /// make an entry that [`Entry::parse`] refuses.
    pub fn recall(bytes: &[u8]) -> Result<Self, EntryError> {
        let text = canonical::text(bytes)?;
        Self::read(text).map(|(entry, _)| entry)
    }

    /// The entry, and the subjects that its bytes name.
    fn read(text: &str) -> Result<(Self, Vec<SubjectId>), EntryError> {
        let recorded: Recorded<'_> = serde_json::from_str(text).map_err(EntryError::Fields)?;
        if recorded.v != SUITE {
            return Err(EntryError::Suite(recorded.v));
        }
        let event = Event::parse(&recorded.type_name, recorded.tv, recorded.data.get())?;
        let entry = Self {
            fact: Fact { org: recorded.org, event, source: recorded.source },
            actor: recorded.actor,
            cmd: recorded.cmd,
            log: recorded.log,
            occurred: recorded.occurred,
            org_prev: recorded.org_prev,
            org_seq: recorded.org_seq,
            prev: recorded.prev,
            seq: recorded.seq,
            time: recorded.time,
        };
        Ok((entry, recorded.subjects))
    }

    /// Writes the exact bytes. Every sealed value must have been committed to.
    pub fn write(&self) -> Result<Vec<u8>, EntryError> {
        let bytes = self.encode()?;
        if bytes.len() > LIMIT_BYTES {
            return Err(EntryError::TooLong(bytes.len()));
        }
        // What a verifier would refuse never reaches the log.
        canonical::check(&bytes)?;
        Ok(bytes)
    }

    fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let event = &self.fact.event;
        let recording = Recording {
            actor: self.actor,
            cmd: self.cmd,
            data: event,
            log: &self.log,
            occurred: self.occurred,
            org: self.fact.org,
            org_prev: self.org_prev,
            org_seq: self.org_seq,
            prev: self.prev,
            seq: self.seq,
            source: self.fact.source.as_ref(),
            subjects: event.subjects(self.fact.org),
            time: self.time,
            tv: event.version(),
            type_name: event.type_name(),
            v: SUITE,
        };
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        serde_json::to_writer(&mut bytes, &recording).map_err(EntryError::Unwritable)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::event::{Admission, MemberCreated};
    use crate::facts::{Content, Roles, Sealed, System};
    use crate::words::{Commitment, RoleName, UserId};

    fn example() -> Entry {
        let user: UserId = "9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d".parse().unwrap();
        let origin = Origin::parse("ledger.example").unwrap();
        let org = "3d7a2b1c-0000-4000-8000-000000000001".parse().unwrap();
        let sealed =
            Sealed { of: user.into(), content: Content::Withheld(Commitment::from_bytes([7; 32])) };
        let event = MemberCreated {
            email: Some(sealed),
            member: "9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8e".parse().unwrap(),
            name: None,
            reason: None,
            roles: Roles::one(RoleName::parse("member").unwrap()),
            user,
            username: None,
            via: Admission::Created,
        };
        Entry {
            fact: Fact { org, event: event.into(), source: None },
            actor: Actor::System(System::Import),
            cmd: "9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8f".parse().unwrap(),
            org_prev: ChainHash::organization_genesis(&origin, org),
            prev: ChainHash::genesis(&origin),
            log: origin,
            occurred: Some(Timestamp::parse_any("2019-01-01").unwrap()),
            org_seq: 0,
            seq: 0,
            time: Timestamp::parse_any("2026-11-22").unwrap(),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let entry = example();
        let bytes = entry.write().unwrap();
        assert_eq!(Entry::parse(&bytes).unwrap(), entry);
    }

    #[test]
    fn an_open_value_is_never_written() {
        let mut entry = example();
        for (_, sealed) in entry.fact.event.sealed_mut() {
            sealed.content = Content::Open("a@b.example".into());
        }
        let error = entry.write().unwrap_err().to_string();
        assert!(error.contains("committed to before"), "{error}");
        assert!(!format!("{entry:?}").contains("a@b.example"));
    }

    #[test]
    fn each_refusal_names_what_does_not_fit() {
        let text = String::from_utf8(example().write().unwrap()).unwrap();
        let table = [
            ("\"v\":1}", "\"v\":2}", "algorithm suite 2"),
            ("\"v\":1}", "\"v\":1,\"w\":1}", "unknown field `w`"),
            ("\"via\":\"created\"", "\"via\":\"created\",\"when\":1", "unknown field `when`"),
            ("\"via\":\"created\"", "\"via\":\"sneaked\"", "unknown variant `sneaked`"),
            ("\"tv\":1", "\"tv\":2", "MemberCreated has no version 2"),
            ("MemberCreated", "MemberConjured", "unknown event type \"MemberConjured\""),
            (
                "\"subjects\":[\"",
                "\"subjects\":[\"00000000-0000-4000-8000-000000000001\",\"",
                "subjects",
            ),
            ("2019-01-01", "2027-01-01", "after it was recorded"),
            ("\"seq\":0", "\"seq\":00", "not canonical"),
            (
                "\"of\":\"9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d\"",
                "\"of\":\"9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8e\"",
                "whom the entry does not concern",
            ),
            (
                "{\"commit\":\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\",\"of\":\"9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d\"}",
                "[\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\",\"9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d\"]",
                "other bytes",
            ),
        ];
        for (from, to, expected) in table {
            assert!(text.contains(from), "{from}");
            let error = Entry::parse(text.replace(from, to).as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{to}: {error}");
        }
        let long = text.replace("system:import", &"x".repeat(9000));
        assert!(matches!(Entry::parse(long.as_bytes()), Err(EntryError::TooLong(_))));
    }
}
