//! Everything that is held about one person.

use super::{Answer, LedgerMoment, Moments};
use crate::projections::PersonalValue;
use crate::words::{OrganizationId, SubjectId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From which entry on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FromSeq {
    /// Only entries from that seq on: the `next` of the part before.
    pub from: Option<u64>,
    /// The answer counts at least the entry with that seq.
    pub min_seq: Option<u64>,
}

impl Moments for FromSeq {
    fn min_seq(&self) -> Option<u64> {
        self.min_seq
    }
}

/// Everything that is recorded about one person, in the order of the log: what names them, what
/// they did, and the invitations to their addresses, each entry as it stands, with the values of
/// theirs that it commits to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonalDataAnswer {
    /// The moment that the answer holds for.
    pub as_of: LedgerMoment,
    /// The user; absent where somebody is known by invitations alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The entries.
    pub entries: Vec<PersonalEntry>,
    /// The seq from which it goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// An entry about a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonalEntry {
    /// Its place in the ledger.
    pub seq: u64,
    /// Where it stands; the deployment's own chain is the nil UUID.
    pub organization_id: OrganizationId,
    /// The entry, as it was recorded.
    pub entry: Value,
    /// The person's values in it; never what opens an account, and no digests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<PersonalField>,
}

/// A value of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonalField {
    /// Its place in the entry's `data`, as a JSON pointer.
    pub field: String,
    /// The user, or an invitation to them.
    pub of: SubjectId,
    /// The value, or that it was erased.
    pub value: PersonalValue,
}

impl Answer for PersonalDataAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}
