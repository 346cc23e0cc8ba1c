//! What questions are asked with: a moment, a part of a list, filters and an order.

use super::order::{EntryKey, InvitationKey, MemberKey, Order, OrganizationKey, TeamKey};
use super::{Given, InParts, Moments, Search};
use crate::facts::{Actor, OrganizationKind, Permission, RoleSet};
use crate::projections::{InvitationStatus, MemberStatus};
use crate::words::{Email, InvitationId, MemberId, RoleName, Slug, TeamId, UserId, Username};
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use super::schema::{EventType, Instant, Moment};

/// What is so now.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Now {
    /// The answer counts at least the entry with that seq.
    pub min_seq: Option<u64>,
}

impl Moments for Now {
    fn min_seq(&self) -> Option<u64> {
        self.min_seq
    }
}

/// Which moment is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct When {
    /// A seq, a date or an RFC 3339 time: what had happened by then.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
    pub as_of: Option<String>,
    /// A date or an RFC 3339 time: what had been recorded by then.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Instant>"))]
    pub recorded_as_of: Option<String>,
    /// The ledger holds at least the entry with that seq.
    pub min_seq: Option<u64>,
}

impl Moments for When {
    fn min_seq(&self) -> Option<u64> {
        self.min_seq
    }
}

macro_rules! lists_asked {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// A seq, a date or an RFC 3339 time: what had happened by then.
            #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
            pub as_of: Option<String>,
            /// A date or an RFC 3339 time: what had been recorded by then.
            #[cfg_attr(feature = "schema", schemars(with = "Option<Instant>"))]
            pub recorded_as_of: Option<String>,
            /// The ledger holds at least the entry with that seq.
            pub min_seq: Option<u64>,
            /// At most that many rows.
            #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
            pub limit: Option<usize>,
            /// The `next` of the part before; everything but `limit` and `min_seq` is asked again
            /// as it was.
            pub cursor: Option<String>,
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl Moments for $name {
            fn min_seq(&self) -> Option<u64> {
                self.min_seq
            }
        }

        impl InParts for $name {
            fn when(&self) -> When {
                let (as_of, recorded_as_of) = (self.as_of.clone(), self.recorded_as_of.clone());
                When { as_of, recorded_as_of, min_seq: self.min_seq }
            }

            fn limit(&self) -> Option<usize> {
                self.limit
            }

            fn cursor(&self) -> Option<&str> {
                self.cursor.as_deref()
            }

            fn go_on(&mut self, next: &str) {
                self.cursor = Some(next.to_owned());
            }

            fn without_part(&self) -> Self {
                Self { min_seq: None, limit: None, cursor: None, ..self.clone() }
            }
        }
    )+};
}

lists_asked! {
    /// What a list is asked for.
    Listed {}
    /// What organizations are asked for.
    ListedOrganizations {
        /// The one with that slug.
        slug: Option<Given<Slug>>,
        /// Those of that kind.
        kind: Option<OrganizationKind>,
        /// Those with that role set.
        role_set: Option<RoleSet>,
        /// Those whose name or slug contains that.
        q: Option<Search>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<OrganizationKey>>,
    }
    /// What members are asked for.
    ListedMembers {
        /// Who holds that role.
        role: Option<Given<RoleName>>,
        /// Those in that state.
        status: Option<MemberStatus>,
        /// Who is in that team.
        team: Option<TeamId>,
        /// Those of that user.
        user: Option<UserId>,
        /// Whose address that is.
        email: Option<Given<Email>>,
        /// Who signs in by that name.
        username: Option<Given<Username>>,
        /// Whose name, username or address contains that.
        q: Option<Search>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<MemberKey>>,
    }
    /// What invitations are asked for.
    ListedInvitations {
        /// Those that had become that.
        status: Option<InvitationStatus>,
        /// Those for that address.
        email: Option<Given<Email>>,
        /// Those that give that role.
        role: Option<Given<RoleName>>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<InvitationKey>>,
    }
    /// What teams are asked for.
    ListedTeams {
        /// Those that a membership is in.
        member: Option<MemberId>,
        /// Those directly below that team.
        parent: Option<TeamId>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<TeamKey>>,
    }
    /// What tokens and auditors are asked for.
    ListedGrants {
        /// Only those that held.
        #[serde(default)]
        active: bool,
    }
    /// What API keys are asked for.
    ListedApiKeys {
        /// Only those that could be used.
        #[serde(default)]
        active: bool,
        /// Only those of one membership.
        member: Option<MemberId>,
    }
    /// What a history is asked for: entries about one thing at most.
    Asked {
        /// Those of that membership.
        member: Option<MemberId>,
        /// Those of that user.
        user: Option<UserId>,
        /// A username, or the identifier of a user or a member.
        who: Option<String>,
        /// Those about that invitation.
        invitation: Option<InvitationId>,
        /// Those about that team.
        team: Option<TeamId>,
        /// Only what that actor did.
        actor: Option<Actor>,
        /// Only events of that type.
        #[serde(rename = "type")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<EventType>"))]
        event_type: Option<String>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<EntryKey>>,
    }
    /// What the deployment's own history is asked for.
    AskedDeployment {
        /// Those of that user.
        user: Option<UserId>,
        /// Only what that actor did.
        actor: Option<Actor>,
        /// Only events of that type.
        #[serde(rename = "type")]
        #[cfg_attr(feature = "schema", schemars(with = "Option<EventType>"))]
        event_type: Option<String>,
        /// In which order; behind a minus, the last comes first.
        sort: Option<Order<EntryKey>>,
    }
}

/// From where a history is followed.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follow {
    /// Entries behind the one with that `org_seq`; absent: those that are still to come. The header
    /// `Last-Event-ID` goes before it.
    pub after: Option<u64>,
}

/// Who is asked about, and what they may do.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// The user; or the membership, by `member`.
    pub user: Option<UserId>,
    /// The membership.
    pub member: Option<MemberId>,
    /// What they may do or not.
    pub permission: Permission,
    /// A seq, a date or an RFC 3339 time: what had happened by then.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
    pub as_of: Option<String>,
    /// A date or an RFC 3339 time: what had been recorded by then.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Instant>"))]
    pub recorded_as_of: Option<String>,
    /// The ledger holds at least the entry with that seq.
    pub min_seq: Option<u64>,
}

impl Moments for Checked {
    fn min_seq(&self) -> Option<u64> {
        self.min_seq
    }
}

/// Which moments are compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// A seq, a date or an RFC 3339 time.
    #[cfg_attr(feature = "schema", schemars(with = "Moment"))]
    pub from: String,
    /// The same; now, where it is absent.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Moment>"))]
    pub to: Option<String>,
    /// The ledger holds at least the entry with that seq.
    pub min_seq: Option<u64>,
    /// At most that many differences.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub limit: Option<usize>,
    /// The `next` of the part before; everything but `limit` and `min_seq` is asked again as it
    /// was.
    pub cursor: Option<String>,
}

impl Moments for Between {
    fn min_seq(&self) -> Option<u64> {
        self.min_seq
    }
}

impl InParts for Between {
    fn when(&self) -> When {
        When { as_of: self.to.clone(), recorded_as_of: None, min_seq: self.min_seq }
    }

    fn limit(&self) -> Option<usize> {
        self.limit
    }

    fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    fn go_on(&mut self, next: &str) {
        self.cursor = Some(next.to_owned());
    }

    fn without_part(&self) -> Self {
        Self { min_seq: None, limit: None, cursor: None, ..self.clone() }
    }
}
