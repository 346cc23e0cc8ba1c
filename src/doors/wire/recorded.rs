//! What a command led to, and what a gateway is told of a key.

use super::{Answer, Heading, LedgerMoment, OneTimeToken, OrganizationRow, RoleRow};
use crate::facts::Roles;
use crate::facts::event::{Limits, PermissionSet};
use crate::projections::{InvitationRow, MemberRow, Moment, TeamRow};
use crate::words::{
    ApiKeyId, CommandId, InvitationId, MemberId, Name, OrganizationId, TeamId, TokenId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a command led to: it is durable.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct Recorded {
    /// Where and when.
    #[serde(flatten)]
    pub(in crate::doors) heading: Heading,
    /// The command.
    pub(in crate::doors) cmd: CommandId,
    /// How many entries of which type were recorded, the last of them at the seq of `as_of`. None
    /// where nothing had to be.
    pub(in crate::doors) recorded: BTreeMap<String, u64>,
    /// A one-time token, told once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) token: Option<OneTimeToken>,
    /// The same token as a link to this server, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) link: Option<OneTimeToken>,
    /// What it is about.
    #[serde(flatten)]
    pub(in crate::doors) subject: Subject,
    /// What ended with somebody's membership, or while they are suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) ended: Option<Ended>,
    /// What the first answer told and this one, to the same request, does not: secrets are told
    /// once, and what has ended is not counted again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::doors) omitted: Vec<String>,
}

/// What became of each row of a request of many.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct BulkAnswer {
    pub(in crate::doors) as_of: LedgerMoment,
    /// How many rows were recorded.
    pub(in crate::doors) created: usize,
    /// How many were not.
    pub(in crate::doors) refused: usize,
    /// A result for each row, in their order.
    pub(in crate::doors) results: Vec<BulkRow>,
}

/// What became of one row: a member, or a code and what it means.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct BulkRow {
    /// Which row, from 0.
    pub(in crate::doors) row: usize,
    /// The status that it would have been answered with alone.
    pub(in crate::doors) status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) as_of: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) member: Option<MemberRow>,
    /// The stable code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) code: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) detail: Option<String>,
}

/// Whether an API key is to be let in, and what bounds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct KeyStandingAnswer {
    /// The moment that the answer holds for.
    pub(in crate::doors) as_of: LedgerMoment,
    /// The organization.
    pub(in crate::doors) organization_id: OrganizationId,
    /// The key.
    pub(in crate::doors) key_id: ApiKeyId,
    /// What it is called.
    pub(in crate::doors) name: Name,
    /// False while its owner is suspended. A key that was revoked is not there.
    pub(in crate::doors) is_usable: bool,
    /// Whose it is.
    pub(in crate::doors) owner: KeyOwner,
    /// What bounds their use.
    pub(in crate::doors) limits: Limits,
}

/// Whose a key is, and what they may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct KeyOwner {
    /// The membership.
    pub(in crate::doors) member_id: MemberId,
    /// The user.
    pub(in crate::doors) user_id: UserId,
    /// They can do nothing until reactivated.
    pub(in crate::doors) is_suspended: bool,
    /// What they hold.
    pub(in crate::doors) roles: Roles,
    /// What it allowed.
    pub(in crate::doors) permissions: PermissionSet,
    /// The teams they are in.
    pub(in crate::doors) teams: Vec<TeamId>,
}

impl Answer for KeyStandingAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

/// What no longer works because somebody does not belong any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct Ended {
    /// The user.
    pub(in crate::doors) user_id: UserId,
    /// The invitations that they had sent.
    pub(in crate::doors) invitations: Vec<InvitationId>,
    /// The organization's tokens that they had issued.
    pub(in crate::doors) tokens: Vec<TokenId>,
    /// The API keys that were theirs.
    pub(in crate::doors) api_keys: Vec<ApiKeyId>,
    /// How many sessions they had; unknown where no server keeps any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) sessions: Option<u64>,
}

impl Answer for Recorded {
    fn seq(&self) -> Option<u64> {
        Some(self.heading.as_of.seq())
    }
}

/// What a command is about, as it is behind it; nothing where it is not there any more.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct Subject {
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) organization: Option<OrganizationRow>,
    /// The member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) member: Option<MemberRow>,
    /// The invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) invitation: Option<InvitationRow>,
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) role: Option<RoleRow>,
    /// The team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) team: Option<TeamRow>,
    /// The token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) token_id: Option<TokenId>,
    /// The API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) api_key_id: Option<ApiKeyId>,
}
