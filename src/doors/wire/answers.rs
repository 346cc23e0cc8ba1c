//! Every answer there is.

use super::{Answer, Part, StateTag};
use crate::facts::event::PermissionSet;
use crate::facts::{Permission, RoleSet};
use crate::projections::{
    ApiKeyRow, AuditRow, AuditorRow, Diff, Header, InvitationRow, LimitsRow, MemberRow, Moment,
    PersonalValue, Resting, TeamRow, TokenRow,
};
use crate::words::{ChainHash, MemberId, OrganizationId, Origin, RoleName, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What stands at the beginning of every answer about one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heading {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its slug at the moment that the answer holds for.
    pub slug: PersonalValue,
    /// When the organization ended; absent: it had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dissolved_at: Option<Timestamp>,
    /// The moment that the answer holds for.
    pub as_of: Moment,
}

/// What an answer about the whole ledger holds for; no seq while there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LedgerMoment {
    /// The seq of the last entry that counts; null while there is none.
    pub seq: Option<u64>,
}

/// Where the ledger stands: two ledgers with equal heads hold the same entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeadAnswer {
    /// The moment that the answer holds for.
    pub as_of: LedgerMoment,
    /// The name of the ledger.
    pub origin: Origin,
    /// How many entries it has.
    pub size: u64,
    /// The link of the last entry, which binds all before it.
    pub hash: ChainHash,
}

impl Answer for HeadAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

/// An organization with what is counted in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationRow {
    /// Its own data.
    #[serde(flatten)]
    pub header: Header,
    /// How many members it had.
    pub members: u64,
    /// How many entries its history had.
    pub entries: u64,
}

/// A role with what it allowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleRow {
    /// Its name.
    pub role: String,
    /// It belongs to the role set, and cannot be changed.
    pub built_in: bool,
    /// When it was defined; absent: it belongs to the role set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defined_at: Option<Timestamp>,
    /// How many members held it.
    pub holders: u64,
    /// What it allowed.
    pub permissions: PermissionSet,
}

/// The organizations that existed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationList {
    /// The moment that the answer holds for.
    pub as_of: LedgerMoment,
    /// The organizations.
    pub organizations: Vec<OrganizationRow>,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
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
pub struct DeploymentHistoryList {
    /// The moment that the answer holds for.
    pub as_of: LedgerMoment,
    /// The entries.
    pub history: Vec<AuditRow>,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
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
        #[doc = concat!("One `", stringify!($field), "` of an organization.")]
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            /// Where and when.
            #[serde(flatten)]
            pub heading: Heading,
            /// What was asked for.
            pub $field: $kind,
        }

        impl Answer for $name {
            fn seq(&self) -> Option<u64> {
                Some(self.heading.as_of.seq())
            }

            $(const IS_TAGGED: bool = true;

            fn tag(&self) -> Option<StateTag> {
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
    AccessAnswer { access: AccessRow };
    OrganizationHeadAnswer { head: ChainHead };
}

impl RoleRow {
    fn tag(&self) -> StateTag {
        StateTag::of_role(&self.role, self.defined_at, &self.permissions)
    }
}

/// Whether somebody had a permission, and why.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessRow {
    /// Of whom is spoken; absent where no such membership was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Their membership at that moment; absent where they did not belong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<MemberId>,
    /// What is asked about.
    pub permission: Permission,
    /// Whether they had it.
    pub is_allowed: bool,
    /// Why, or why not.
    pub because: Because,
    /// The roles that they held and that give it.
    pub roles: Vec<RoleName>,
}

/// Why somebody had a permission, or had it not.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// A role that they held gives it.
    RoleGives,
    /// No role that they held gives it.
    NoRoleGives,
    /// They were suspended.
    MemberSuspended,
    /// They did not belong.
    NotAMember,
    /// The organization had ended.
    OrganizationDissolved,
}

/// Where one organization's own chain stands.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ChainHead {
    /// How many entries it has.
    pub size: u64,
    /// The hash of the last of them.
    pub hash: ChainHash,
}

/// What ends with a membership.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Removed {
    /// How many pending invitations end. Only so many of them stand here as in one part of a list;
    /// tokens and API keys are few by law.
    pub invitation_count: u64,
    /// What they are.
    #[serde(flatten)]
    pub resting: Resting,
}

macro_rules! lists {
    ($($name:ident { $($field:ident: $kind:ty,)? [$rows:ident: $row:ty] })+) => {$(
        #[doc = concat!("A part of the `", stringify!($rows), "` of an organization.")]
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            /// Where and when.
            #[serde(flatten)]
            pub heading: Heading,
            $(
                /// Which roles the organization uses.
                pub $field: $kind,
            )?
            /// The rows of this part.
            pub $rows: Vec<$row>,
            /// Where the list goes on: the `cursor` of the next request.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub next: Option<String>,
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
pub struct DiffAnswer {
    /// Where and when.
    #[serde(flatten)]
    pub heading: Heading,
    /// What became different.
    pub difference: Diff,
    /// Where the list goes on; absent: it ends here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
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
