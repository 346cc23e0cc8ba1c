//! What the ledger states about itself: where every organization stands, with which key that is
//! signed, what was handed out, and that it was taken back to an old copy.

use super::body::body;
use super::lists::sorted;
use crate::facts::Sealed;
use crate::facts::roles::named;
use crate::words::{ExportId, PublicKey, TreeHash};
use serde::{Deserialize, Serialize};

named! {
    /// A kind of personal value, as far as exports disclose any. Digests of tokens and passwords
    /// are never among them.
    PersonalField {
        /// E-mail addresses.
        Email = "email",
        /// Names of people, and of personal organizations.
        Name = "name",
        /// Why something was done, in words.
        Reason = "reason",
        /// Slugs of personal organizations.
        Slug = "slug",
        /// Login names.
        Username = "username",
    }
}

impl PersonalField {
    /// The kind of value at a JSON pointer into `data`; none where exports never disclose it.
    pub fn at(pointer: &str) -> Option<Self> {
        Self::from_name(pointer.strip_prefix('/')?.split('/').next()?)
    }
}

/// A bundle of an organization's history was handed out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportCreated {
    /// Which kinds of personal values it discloses, sorted, each once.
    #[serde(deserialize_with = "sorted")]
    pub disclosed: Vec<PersonalField>,
    /// The export.
    pub export: ExportId,
    /// The `org_seq` of the first entry in it.
    pub from: u64,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The `org_seq` behind the last entry in it; absent: this entry is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
}

/// Where every organization stands just before this entry. What it says is computed where the entry
/// gets its place, because only there is it known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationHeadsCommitted {
    /// How many organizations there are.
    pub organizations: u64,
    /// The root over their heads, in the order in which they were created.
    pub root: TreeHash,
}

impl OrganizationHeadsCommitted {
    /// The fact before it has its place.
    pub fn unplaced() -> Self {
        Self { organizations: 0, root: TreeHash::empty() }
    }
}

/// From here on another key signs the checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointKeyRotated {
    /// The public key that signs the ledger's checkpoints from here on (Ed25519).
    pub key: PublicKey,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// How many rotations there were, this one included. The keys of organizations rotate with it.
    pub rotation: u32,
}

/// The ledger was taken back to an old copy, which checkpoints that were signed since contradict:
/// from here on it is another log to whoever compares checkpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRestored {
    /// The root of the last checkpoint that may have been signed before.
    pub guarded_root: TreeHash,
    /// Its size. Entries from this one's own place up to there were lost.
    pub guarded_size: u64,
    /// Why. Never without.
    pub reason: Sealed,
    /// How often the ledger was taken back, this time included.
    pub restored: u32,
}

body!(ExportCreated, |_event, org| vec![org.into()], { "/reason" => reason });
body!(OrganizationHeadsCommitted, |_event, _org| Vec::new(), {});
body!(CheckpointKeyRotated, |_event, org| vec![org.into()], { "/reason" => reason });
body!(LedgerRestored, |_event, org| vec![org.into()], { "/reason" => reason });
