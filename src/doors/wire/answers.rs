//! Every answer there is.

use super::{Answer, OneTimeToken, Part, Pin};
use crate::facts::RoleSet;
use crate::facts::event::PermissionSet;
use crate::projections::{
    ApiKeyRow, AuditRow, AuditorRow, Diff, Header, InvitationRow, LimitsRow, MemberRow, Moment,
    PersonalValue, Resting, TeamRow, TokenRow,
};
use crate::words::{ChainHash, CommandId, OrganizationId, Origin, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What stands at the beginning of every answer about one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::doors) struct Heading {
    pub(in crate::doors) organization_id: OrganizationId,
    pub(in crate::doors) slug: PersonalValue,
    /// When the organization ended; absent: it had not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) dissolved_at: Option<Timestamp>,
    pub(in crate::doors) as_of: Moment,
}

/// What an answer about the whole ledger holds for; no seq while there is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::doors) struct LedgerMoment {
    pub(in crate::doors) seq: Option<u64>,
}

/// Where the ledger stands: two ledgers with equal heads hold the same entries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct HeadAnswer {
    pub(in crate::doors) as_of: LedgerMoment,
    pub(in crate::doors) origin: Origin,
    pub(in crate::doors) size: u64,
    pub(in crate::doors) hash: ChainHash,
}

impl Answer for HeadAnswer {
    fn seq(&self) -> Option<u64> {
        self.as_of.seq
    }
}

/// An organization with what is counted in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct OrganizationRow {
    #[serde(flatten)]
    pub(in crate::doors) header: Header,
    pub(in crate::doors) members: u64,
    pub(in crate::doors) entries: u64,
}

/// A role with what it allowed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct RoleRow {
    pub(in crate::doors) role: String,
    pub(in crate::doors) built_in: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) defined_at: Option<Timestamp>,
    pub(in crate::doors) holders: u64,
    pub(in crate::doors) permissions: PermissionSet,
}

/// The organizations that existed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct OrganizationList {
    pub(in crate::doors) as_of: LedgerMoment,
    pub(in crate::doors) organizations: Vec<OrganizationRow>,
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

    fn pin(&self) -> Pin {
        Pin::Seq(self.as_of.seq.unwrap_or_default())
    }

    fn fits(&self, next: &Self) -> bool {
        self.as_of == next.as_of
    }

    fn join(&mut self, next: Self) {
        self.organizations.extend(next.organizations);
        self.next = next.next;
    }
}

/// What happened in the deployment's own chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct DeploymentHistoryList {
    pub(in crate::doors) as_of: LedgerMoment,
    pub(in crate::doors) history: Vec<AuditRow>,
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

    fn pin(&self) -> Pin {
        Pin::Seq(self.as_of.seq.unwrap_or_default())
    }

    fn fits(&self, next: &Self) -> bool {
        self.as_of == next.as_of
    }

    fn join(&mut self, next: Self) {
        self.history.extend(next.history);
        self.next = next.next;
    }
}

macro_rules! of_one_organization {
    ($($name:ident { $field:ident: $kind:ty })+) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(in crate::doors) struct $name {
            #[serde(flatten)]
            pub(in crate::doors) heading: Heading,
            pub(in crate::doors) $field: $kind,
        }

        impl Answer for $name {
            fn seq(&self) -> Option<u64> {
                Some(self.heading.as_of.seq())
            }
        }
    )+};
}

of_one_organization! {
    OrganizationAnswer { organization: OrganizationRow }
    MemberAnswer { member: MemberRow }
    InvitationAnswer { invitation: InvitationRow }
    TeamAnswer { team: TeamRow }
    ApiKeyAnswer { api_key: ApiKeyRow }
    LimitsAnswer { limits: LimitsRow }
    RemovalAnswer { removal: Removed }
}

/// What ends with a membership.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct Removed {
    /// How many pending invitations end. Only so many of them stand here as in one part of a list;
    /// tokens and API keys are few by law.
    pub(in crate::doors) invitation_count: u64,
    #[serde(flatten)]
    pub(in crate::doors) resting: Resting,
}

macro_rules! lists {
    ($($name:ident { $($field:ident: $kind:ty,)? [$rows:ident: $row:ty], $pin:expr })+) => {$(
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(in crate::doors) struct $name {
            #[serde(flatten)]
            pub(in crate::doors) heading: Heading,
            $(pub(in crate::doors) $field: $kind,)?
            pub(in crate::doors) $rows: Vec<$row>,
            /// Where the list goes on: the `after` of the next request.
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

            fn pin(&self) -> Pin {
                let pin: fn(Moment) -> Pin = $pin;
                pin(self.heading.as_of)
            }

            fn fits(&self, next: &Self) -> bool {
                let at = |list: &Self| (list.heading.organization_id, list.heading.as_of.org_seq());
                at(self) == at(next)
            }

            fn join(&mut self, next: Self) {
                self.$rows.extend(next.$rows);
                self.next = next.next;
            }
        }
    )+};
}

lists! {
    MemberList { [members: MemberRow], |at| Pin::Seq(at.seq()) }
    // What has expired depends on the clock too.
    InvitationList { [invitations: InvitationRow], |at| Pin::Recorded(at.time()) }
    RoleList { role_set: RoleSet, [roles: RoleRow], |at| Pin::Seq(at.seq()) }
    TeamList { [teams: TeamRow], |at| Pin::Seq(at.seq()) }
    // What has expired depends on the clock too.
    TokenList { [tokens: TokenRow], |at| Pin::Recorded(at.time()) }
    AuditorList { [auditors: AuditorRow], |at| Pin::Recorded(at.time()) }
    ApiKeyList { [api_keys: ApiKeyRow], |at| Pin::Seq(at.seq()) }
    HistoryList { [history: AuditRow], |at| Pin::Seq(at.seq()) }
}

/// What became different.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct DiffAnswer {
    #[serde(flatten)]
    pub(in crate::doors) heading: Heading,
    pub(in crate::doors) difference: Diff,
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

    fn pin(&self) -> Pin {
        Pin::Seq(self.heading.as_of.seq())
    }

    fn fits(&self, next: &Self) -> bool {
        self.heading == next.heading && self.difference.from == next.difference.from
    }

    fn join(&mut self, next: Self) {
        self.difference.join(next.difference);
        self.next = next.next;
    }
}

/// What a command led to: it is durable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) struct Recorded {
    #[serde(flatten)]
    pub(in crate::doors) heading: Heading,
    pub(in crate::doors) cmd: CommandId,
    /// How many entries of which type were recorded, the last of them at the seq of `as_of`. None
    /// where nothing had to be.
    pub(in crate::doors) recorded: BTreeMap<String, u64>,
    /// A one-time token, told once and kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) token: Option<OneTimeToken>,
    #[serde(flatten)]
    pub(in crate::doors) subject: Subject,
}

impl Answer for Recorded {
    fn seq(&self) -> Option<u64> {
        Some(self.heading.as_of.seq())
    }
}

/// What a command is about, as it is behind it; nothing where it is not there any more.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::doors) struct Subject {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) organization: Option<OrganizationRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) member: Option<MemberRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) invitation: Option<InvitationRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) role: Option<RoleRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) team: Option<TeamRow>,
}
