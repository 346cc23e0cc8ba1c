//! Bundles: exports that prove themselves.

use super::Given;
use crate::facts::event::PersonalField;
use crate::words::Reason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a bundle is to hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBundle {
    /// The `org_seq` of its first entry; absent: 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// The `org_seq` behind its last entry; absent: up to the record of the export.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// A seq, a date or an RFC 3339 time: what had happened by then, in place of `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Which personal values it discloses; absent: none.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub disclose: BTreeSet<PersonalField>,
    /// Sizes of the ledger that it is to continue from, at most 16: those of checkpoints that
    /// somebody holds.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub since: BTreeSet<u64>,
    /// Whether it proves every entry in the ledger, not the first and the last alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proves_all: bool,
    /// Why, in the words of whoever wishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Given<Reason>>,
}
