//! Bundles: exports that prove themselves.

use super::Given;
use crate::facts::event::PersonalField;
use crate::words::Reason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What stands in a bundle beside what was recorded of its export: asked for as it was then, it
/// comes out in the same bytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BundleAgain {
    /// Sizes of the ledger that it is to continue from, with commas between them, at most 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Whether it proves every entry in the ledger, not the first and the last alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proves_all: Option<bool>,
}

impl BundleAgain {
    /// The same sizes, and as many proofs.
    pub fn new(since: &BTreeSet<u64>, proves_all: bool) -> Self {
        let sizes: Vec<String> = since.iter().map(ToString::to_string).collect();
        let since = (!sizes.is_empty()).then(|| sizes.join(","));
        Self { since, proves_all: proves_all.then_some(true) }
    }

    /// The sizes; none where they cannot be read.
    pub fn sizes(&self) -> Option<BTreeSet<u64>> {
        let sizes = self.since.as_deref().into_iter().flat_map(|sizes| sizes.split(','));
        sizes.map(|size| size.parse().ok()).collect()
    }
}

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
