//! What an erasure is answered with.

use crate::words::{CommandId, InvitationId, OrganizationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What can be shown of an erasure: who, where, how much, and until when an older copy of the
/// keyring may still open it. It holds nothing personal, so it can be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErasureCertificate {
    /// The command.
    pub cmd: CommandId,
    /// The user who was erased; absent where only invitations to an address were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Where, in the order of the log. The deployment's own chain is the nil UUID.
    pub erased: Vec<ErasedIn>,
    /// How many values were erased.
    pub values: u64,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// How many erasures the keyring has carried out. This one is among them: every key was
    /// destroyed before this was answered.
    pub keyring_epoch: u64,
    /// When the last copy of the keyring from before it is to be deleted; absent: none was noted.
    /// Until then whoever has that copy can open what was erased. Copies that were made otherwise
    /// than by `rollbook keyring backup` are not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_keyring_copies_until: Option<Timestamp>,
}

/// What was erased in one chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErasedIn {
    /// The organization, or the nil UUID.
    pub organization_id: OrganizationId,
    /// The entry.
    pub seq: u64,
    /// Its place there.
    pub org_seq: u64,
    /// The invitations to the person's address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invitations: Vec<InvitationId>,
    /// How many values stand there for ever closed.
    pub values: u64,
}
