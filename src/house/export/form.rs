//! The lines of an export.

use crate::words::canonical::{self, NotCanonical};
use crate::words::hash::{read_base64, write_base64};
use crate::words::{ChainHash, OrganizationId, Origin, SubjectId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;
use thiserror::Error;

/// The format that this version writes and reads.
pub(in crate::house) const FORMAT: u32 = 1;

/// How a disclosure's line begins; no entry's does.
pub(in crate::house) const DISCLOSURE_BEGINS: &[u8] = b"{\"disclosure\":";

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The version of this form.
    pub format: u32,
    /// The hash of the last entry; the organization's genesis where there is none.
    pub head: ChainHash,
    /// The ledger.
    pub log: Origin,
    /// The organization.
    pub org: OrganizationId,
    /// How many entries follow: its history from the beginning, or a part of it from the beginning.
    pub org_size: u64,
}

/// What opens one commitment.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// JSON pointer into the entry's `data`.
    pub field: String,
    /// Whose value it is.
    pub of: SubjectId,
    /// The random bytes that hide the value in the commitment.
    #[serde(serialize_with = "write_salt", deserialize_with = "read_salt")]
    pub salt: [u8; 32],
    /// The entry.
    pub seq: u64,
    /// The value.
    pub value: Arc<str>,
}

impl std::fmt::Debug for Disclosed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Disclosed({} of entry {})", self.field, self.seq)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::house) struct HeaderLine {
    pub(in crate::house) export: Header,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::house) struct DisclosureLine {
    pub(in crate::house) disclosure: Disclosed,
}

/// Why a line is not what it should be.
#[derive(Debug, Error)]
pub enum LineError {
    /// Not canonical JSON.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// Other fields.
    #[error("{0}")]
    Fields(#[from] serde_json::Error),
    /// The same in other bytes.
    #[error("the same line is written in other bytes")]
    Spelling,
}

/// Reads a line that has only one spelling.
pub(in crate::house) fn read<T: DeserializeOwned + Serialize>(
    bytes: &[u8],
) -> Result<T, LineError> {
    canonical::check(bytes)?;
    let line: T = serde_json::from_slice(bytes)?;
    if canonical::write(&line)? == bytes { Ok(line) } else { Err(LineError::Spelling) }
}

fn write_salt<S: Serializer>(salt: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&write_base64(salt))
}

fn read_salt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    read_base64(&text).ok_or_else(|| serde::de::Error::custom("a salt is 32 bytes in base64"))
}
