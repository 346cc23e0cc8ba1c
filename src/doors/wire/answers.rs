//! Every answer there is.

use super::{Answer, OneTimeToken, Part, StateTag};
use crate::facts::event::{Limits, PermissionSet};
use crate::facts::{RoleSet, Roles};
use crate::projections::{
    ApiKeyRow, AuditRow, AuditorRow, Diff, Header, InvitationRow, LimitsRow, MemberRow, Moment,
    PersonalValue, Resting, TeamRow, TokenRow,
};
use crate::words::{
    ApiKeyId, ChainHash, CommandId, InvitationId, MemberId, Name, OrganizationId, Origin, TeamId,
    Timestamp, TokenId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands at the beginning of every answer about one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct Heading {
    /// The organization.
    pub(in crate::doors) organization_id: OrganizationId,
    /// Its slug at the moment that the answer holds for.
    pub(in crate::doors) slug: PersonalValue,
    /// When the organization ended; absent: it had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) dissolved_at: Option<Timestamp>,
    /// The moment that the answer holds for.
    pub(in crate::doors) as_of: Moment,
}

/// What an answer about the whole ledger holds for; no seq while there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct LedgerMoment {
    /// The seq of the last entry that counts; null while there is none.
    pub(in crate::doors) seq: Option<u64>,
}

/// Where the ledger stands: two ledgers with equal heads hold the same entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct HeadAnswer {
    /// The moment that the answer holds for.
    pub(in crate::doors) as_of: LedgerMoment,
    /// The name of the ledger.
    pub(in crate::doors) origin: Origin,
    /// How many entries it has.
    pub(in crate::doors) size: u64,
    /// The link of the last entry, which binds all before it.
    pub(in crate::doors) hash: ChainHash,
}

impl Answer for HeadAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

/// An organization with what is counted in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct OrganizationRow {
    /// Its own data.
    #[serde(flatten)]
    pub(in crate::doors) header: Header,
    /// How many members it had.
    pub(in crate::doors) members: u64,
    /// How many entries its history had.
    pub(in crate::doors) entries: u64,
}

/// A role with what it allowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct RoleRow {
    /// Its name.
    pub(in crate::doors) role: String,
    /// It belongs to the role set, and cannot be changed.
    pub(in crate::doors) built_in: bool,
    /// When it was defined; absent: it belongs to the role set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) defined_at: Option<Timestamp>,
    /// How many members held it.
    pub(in crate::doors) holders: u64,
    /// What it allowed.
    pub(in crate::doors) permissions: PermissionSet,
}

/// The organizations that existed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct OrganizationList {
    /// The moment that the answer holds for.
    pub(in crate::doors) as_of: LedgerMoment,
    /// The organizations.
    pub(in crate::doors) organizations: Vec<OrganizationRow>,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) next: Option<String>,
}

impl Answer for OrganizationList {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

impl Part for OrganizationList {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    fn join(&mut self, next: Self) {
        self.organizations.extend(next.organizations);
        self.next = next.next;
    }
}

/// What happened in the deployment's own chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct DeploymentHistoryList {
    /// The moment that the answer holds for.
    pub(in crate::doors) as_of: LedgerMoment,
    /// The entries.
    pub(in crate::doors) history: Vec<AuditRow>,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) next: Option<String>,
}

impl Answer for DeploymentHistoryList {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

impl Part for DeploymentHistoryList {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    fn join(&mut self, next: Self) {
        self.history.extend(next.history);
        self.next = next.next;
    }
}

macro_rules! of_one_organization {
    ($($name:ident { $field:ident: $kind:ty } $(tagged by $state:expr)?;)+) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub(in crate::doors) struct $name {
            /// Where and when.
            #[serde(flatten)]
            pub(in crate::doors) heading: Heading,
            /// What was asked for.
            pub(in crate::doors) $field: $kind,
        }

        impl Answer for $name {
            fn seq(&self) -> Option<u64> {
                Some(self.heading.as_of.seq())
            }

            $(fn tag(&self) -> Option<StateTag> {
                let tagged: fn(&$kind) -> StateTag = $state;
                Some(tagged(&self.$field))
            })?
        }
    )+};
}

of_one_organization! {
    OrganizationAnswer { organization: OrganizationRow } tagged by |row| StateTag::of(&row.header);
    MemberAnswer { member: MemberRow } tagged by |row| StateTag::of(row);
    InvitationAnswer { invitation: InvitationRow } tagged by |row| StateTag::of(row);
    RoleAnswer { role: RoleRow } tagged by RoleRow::tag;
    TeamAnswer { team: TeamRow } tagged by |row| StateTag::of(row);
    ApiKeyAnswer { api_key: ApiKeyRow } tagged by |row| StateTag::of(row);
    LimitsAnswer { limits: LimitsRow } tagged by |row| StateTag::of(row);
    RemovalAnswer { removal: Removed };
}

impl RoleRow {
    /// Who holds it changes nothing about it.
    pub(in crate::doors) fn tag(&self) -> StateTag {
        StateTag::of(&(&self.role, self.built_in, self.defined_at, &self.permissions))
    }
}

/// What ends with a membership.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct Removed {
    /// How many pending invitations end. Only so many of them stand here as in one part of a list;
    /// tokens and API keys are few by law.
    pub(in crate::doors) invitation_count: u64,
    /// What they are.
    #[serde(flatten)]
    pub(in crate::doors) resting: Resting,
}

macro_rules! lists {
    ($($name:ident { $($field:ident: $kind:ty,)? [$rows:ident: $row:ty] })+) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub(in crate::doors) struct $name {
            /// Where and when.
            #[serde(flatten)]
            pub(in crate::doors) heading: Heading,
            $(
                /// Which roles the organization uses.
                pub(in crate::doors) $field: $kind,
            )?
            /// The rows of this part.
            pub(in crate::doors) $rows: Vec<$row>,
            /// Where the list goes on: the `cursor` of the next request.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(in crate::doors) next: Option<String>,
        }

        impl Answer for $name {
            fn seq(&self) -> Option<u64> {
                Some(self.heading.as_of.seq())
            }
        }

        impl Part for $name {
            fn next(&self) -> Option<&str> {
                self.next.as_deref()
            }

            fn join(&mut self, next: Self) {
                self.$rows.extend(next.$rows);
                self.next = next.next;
            }
        }
    )+};
}

lists! {
    MemberList { [members: MemberRow] }
    InvitationList { [invitations: InvitationRow] }
    RoleList { role_set: RoleSet, [roles: RoleRow] }
    TeamList { [teams: TeamRow] }
    TokenList { [tokens: TokenRow] }
    AuditorList { [auditors: AuditorRow] }
    ApiKeyList { [api_keys: ApiKeyRow] }
    HistoryList { [history: AuditRow] }
}

/// What became different.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::doors) struct DiffAnswer {
    /// Where and when.
    #[serde(flatten)]
    pub(in crate::doors) heading: Heading,
    /// What became different.
    pub(in crate::doors) difference: Diff,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) next: Option<String>,
}

impl Answer for DiffAnswer {
    fn seq(&self) -> Option<u64> {
        Some(self.heading.as_of.seq())
    }
}

impl Part for DiffAnswer {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    fn join(&mut self, next: Self) {
        self.difference.join(next.difference);
        self.next = next.next;
    }
}

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
