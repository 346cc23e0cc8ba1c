//! What a command led to, and what a gateway is told of a key.

use super::{
    Answer, ErasureCertificate, Heading, LedgerMoment, OneTimeToken, OrganizationRow, RoleRow,
};
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
pub struct Recorded {
    /// Where and when.
    #[serde(flatten)]
    pub heading: Heading,
    /// The command.
    pub cmd: CommandId,
    /// How many entries of which type were recorded, the last of them at the seq of `as_of`. None
    /// where nothing had to be.
    pub recorded: BTreeMap<String, u64>,
    /// A one-time token, told once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<OneTimeToken>,
    /// The same token as a link to this server, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<OneTimeToken>,
    /// What it is about.
    #[serde(flatten)]
    pub subject: Subject,
    /// What ended with somebody's membership, or while they are suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// What the first answer told and this one, to the same request, does not: secrets are told
    /// once, and what has ended is not counted again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<String>,
}

/// What became of each row of a request of many.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// What it holds for.
    pub as_of: LedgerMoment,
    /// How many rows were recorded.
    pub created: usize,
    /// How many were not.
    pub refused: usize,
    /// A result for each row, in their order.
    pub results: Vec<BulkRow>,
}

/// What became of one row: a member, or a code and what it means.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BulkRow {
    /// Which row, from 0.
    pub row: usize,
    /// The status that it would have been answered with alone.
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// What it holds for, where something was recorded.
    pub as_of: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    /// Who joined.
    pub member: Option<MemberRow>,
    /// The stable code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Whether an API key is to be let in, and what bounds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyStandingAnswer {
    /// The moment that the answer holds for.
    pub as_of: LedgerMoment,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The key.
    pub key_id: ApiKeyId,
    /// What it is called.
    pub name: Name,
    /// False while its owner is suspended. A key that was revoked is not there.
    pub is_usable: bool,
    /// Whose it is.
    pub owner: KeyOwner,
    /// What bounds their use.
    pub limits: Limits,
}

/// Whose a key is, and what they may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyOwner {
    /// The membership.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// They can do nothing until reactivated.
    pub is_suspended: bool,
    /// What they hold.
    pub roles: Roles,
    /// What it allowed.
    pub permissions: PermissionSet,
    /// The teams they are in.
    pub teams: Vec<TeamId>,
}

impl Answer for KeyStandingAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

/// What no longer works because somebody does not belong any more.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ended {
    /// The user.
    pub user_id: UserId,
    /// The invitations that they had sent.
    pub invitations: Vec<InvitationId>,
    /// The organization's tokens that they had issued.
    pub tokens: Vec<TokenId>,
    /// The API keys that were theirs.
    pub api_keys: Vec<ApiKeyId>,
    /// How many sessions they had; unknown where no server keeps any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
}

impl Answer for Recorded {
    fn seq(&self) -> Option<u64> {
        Some(self.heading.as_of.seq())
    }
}

/// What a command is about, as it is behind it; nothing where it is not there any more.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// The organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationRow>,
    /// The member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberRow>,
    /// The invitation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationRow>,
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleRow>,
    /// The team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamRow>,
    /// The token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<TokenId>,
    /// The API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_id: Option<ApiKeyId>,
    /// What was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureCertificate>,
}
