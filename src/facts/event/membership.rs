//! Who joins, what they hold, who leaves.

use super::body::body;
use super::profile::{Profile, profile_body};
use crate::facts::roles::named;
use crate::facts::{Roles, Sealed};
use crate::words::{MemberId, UserId};
use serde::{Deserialize, Serialize};

named! {
    /// How somebody became a member without an invitation.
    Admission {
        /// The user came to exist with this membership.
        Created = "created",
        /// An existing user was given a membership.
        Added = "added",
    }

    /// Why a membership ended.
    RemovalCause {
        /// Somebody removed the member.
        Removed = "removed",
        /// The member left.
        Left = "left",
        /// The organization ended.
        OrganizationDissolved = "organization_dissolved",
        /// An identity provider withdrew the user.
        Deprovisioned = "deprovisioned",
        /// The person's data was erased.
        Erased = "erased",
    }
}

impl RemovalCause {
    /// Whether the end of a membership signs somebody out. Whoever goes by themselves, or with
    /// everybody else, stays signed in for their other organizations.
    #[must_use]
    pub fn ends_sessions(self) -> bool {
        match self {
            Self::Removed | Self::Deprovisioned | Self::Erased => true,
            Self::Left | Self::OrganizationDissolved => false,
        }
    }
}

/// Somebody became a member, active at once, without an invitation. E-mail, name and username are
/// committed again on this organization's own key of the user, so that its history stands alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberCreated {
    /// The user's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Sealed>,
    /// The membership.
    pub member: MemberId,
    /// The user's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What they hold from the start.
    pub roles: Roles,
    /// The user.
    pub user: UserId,
    /// The user's login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<Sealed>,
    /// Whether the user came to exist with it.
    pub via: Admission,
}

/// What is said of a member's person changed, in their account and in each of their organizations
/// by one command. Only what changed is present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberUpdated {
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Profile,
    /// The membership.
    pub member: MemberId,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Profile,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
    /// The login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Profile,
}

/// What a member holds changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleChanged {
    /// What they hold from here on.
    pub after: Roles,
    /// What they held.
    pub before: Roles,
    /// The membership.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// A member can do nothing until reactivated; what they hold stays theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberSuspended {
    /// The membership.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// A suspended member is active again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberReactivated {
    /// The membership.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// A membership ended, and with it the user's place in every team of the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRemoved {
    /// Why it ended.
    pub cause: RemovalCause,
    /// The membership.
    pub member: MemberId,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// What they held when it ended.
    pub roles: Roles,
    /// The user.
    pub user: UserId,
}

/// The one super admin handed the role over: one atomic fact, so that there is always exactly one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuperAdminTransferred {
    /// What the old super admin holds from here on.
    pub becomes: Roles,
    /// The old super admin.
    pub from: UserId,
    /// Their membership.
    pub from_member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The new super admin.
    pub to: UserId,
    /// What the new super admin held before.
    pub to_before: Roles,
    /// Their membership.
    pub to_member: MemberId,
}

body!(MemberCreated, |event, _org| vec![event.user.into()], {
    "/email" => email, "/name" => name, "/reason" => reason, "/username" => username,
});
profile_body!(MemberUpdated);
body!(RoleChanged, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(MemberSuspended, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(MemberReactivated, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(MemberRemoved, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(SuperAdminTransferred, |event, _org| vec![event.from.into(), event.to.into()], {
    "/reason" => reason,
});
