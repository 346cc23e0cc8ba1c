//! What an answer says of a member.

use super::PersonalValue;
use crate::facts::event::{Admission, RemovalCause};
use crate::facts::{Actor, Roles, roles::named};
use crate::words::{InvitationId, MemberId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

named! {
    /// Whether a member can do anything.
    MemberStatus {
        /// As their roles say.
        Active = "active",
        /// Nothing, until reactivated.
        Suspended = "suspended",
    }
}

/// How somebody became a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The user came to exist with the membership.
    Created,
    /// An existing user was given a membership.
    Added,
    /// The user accepted that invitation.
    Invited(InvitationId),
}

impl From<Admission> for Via {
    fn from(admission: Admission) -> Self {
        match admission {
            Admission::Created => Self::Created,
            Admission::Added => Self::Added,
        }
    }
}

/// A member as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberRow {
    /// The membership.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// What they are called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonalValue>,
    /// Their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<PersonalValue>,
    /// What they held.
    pub roles: Roles,
    /// Whether they could do anything.
    pub status: MemberStatus,
    /// When they joined.
    pub joined_at: Timestamp,
    /// The entry with which they joined.
    pub joined_org_seq: u64,
    /// How they joined.
    pub via: Via,
    /// Who added them; for an accepted invitation, who accepted.
    pub added_by: Actor,
    /// Since when they held those roles.
    pub role_since: Timestamp,
}

/// One joining of a user, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Membership {
    /// The member as they are, or as they were when the membership ended.
    #[serde(flatten)]
    pub member: MemberRow,
    /// Its end; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<Leaving>,
}

/// The end of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Leaving {
    /// When.
    pub left_at: Timestamp,
    /// With which entry.
    pub left_org_seq: u64,
    /// Why.
    pub cause: RemovalCause,
}
