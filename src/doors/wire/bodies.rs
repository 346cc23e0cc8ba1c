//! What wishes are given with.

use super::given::present;
use super::somebody::{Pending, Somebody};
use super::{Given, GivenRoles, OneTimeToken, Typed};
use crate::facts::event::{Budget, RateLimit, Scope};
use crate::facts::{OrganizationKind, Permission, RoleSet, TeamRole};
use crate::words::{
    ApiKeyId, Email, KeyPrefix, MemberId, Name, Reason, RoleName, Slug, TeamId, Timestamp, UserId,
    Username,
};
use serde::{Deserialize, Serialize};

macro_rules! bodies {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)*
            /// Why, in the words of whoever wishes it.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub reason: Option<Given<Reason>>,
        }
    )+};
}

bodies! {
    /// Nothing but why.
    Why {}
    /// What an organization begins with.
    NewOrganization {
        /// What it is to the deployment.
        kind: OrganizationKind,
        /// Which roles it uses; it keeps them.
        role_set: RoleSet,
        /// What it is called.
        name: Given<Name>,
        /// Its part of an address.
        slug: Given<Slug>,
        /// How many members and pending invitations it may have; absent: no limit.
        #[serde(skip_serializing_if = "Option::is_none")]
        seats: Option<u32>,
        /// Who is to hold its top role.
        owner: Somebody,
    }
    /// What is absent stays; `seats` of null are no limit.
    ChangedOrganization {
        /// What they, or it, are to be called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        /// Its new part of an address.
        #[serde(skip_serializing_if = "Option::is_none")]
        slug: Option<Given<Slug>>,
        /// How many members and pending invitations it may have; null: no limit.
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        seats: Option<Option<u32>>,
        /// Whether members are to need a second factor.
        #[serde(skip_serializing_if = "Option::is_none")]
        second_factor: Option<bool>,
    }
    /// Who is to hold the super admin's role.
    Successor {
        /// The member who is to hold it.
        to_member_id: MemberId,
    }
    /// Somebody who exists, by `user_id`, or who comes to exist.
    #[derive(Default)]
    NewMember {
        /// The user, where they exist.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        /// The address of whoever comes to exist.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Given<Email>>,
        /// What they, or it, are to be called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        /// The login name of whoever comes to exist.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Given<Username>>,
        /// What they are to hold; absent: the role with which members join.
        #[serde(skip_serializing_if = "Option::is_none")]
        roles: Option<GivenRoles>,
    }
    /// Many who join, each by a command of their own; `reason` is that of all who have none.
    NewMembers {
        /// A row for each, at most 1,000.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1000)))]
        members: Vec<NewMember>,
    }
    /// What a member is to hold.
    HeldRoles {
        /// What they are to hold.
        roles: GivenRoles,
    }
    /// Whom to invite, and to what.
    NewInvitation {
        /// The address.
        email: Given<Email>,
        /// What they are to hold.
        roles: GivenRoles,
        /// The teams that whoever accepts joins.
        #[cfg_attr(feature = "schema", schemars(length(max = 32)))]
        #[serde(default)]
        teams: Vec<TeamId>,
        /// How long it holds, up to 365 days; absent: as the settings say.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_536_000)))]
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_in_seconds: Option<u64>,
        /// What is to happen where one is pending for the address.
        #[serde(default)]
        if_pending: Pending,
    }
    /// How an invitation is sent again.
    Resending {
        /// How long it holds, up to 365 days; absent: as the settings say.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_536_000)))]
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_in_seconds: Option<u64>,
    }
    /// Whoever has no `user_id` yet comes to exist, at the address that was invited.
    Acceptance {
        /// The user, where they exist.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        /// What they, or it, are to be called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        /// The login name of whoever comes to exist.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Given<Username>>,
        /// The token of the link; not needed by whoever is signed in with the address.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
        /// Of whoever comes to exist, and could not sign in so far.
        #[serde(skip_serializing_if = "Option::is_none")]
        password: Option<Typed>,
    }
    /// By what an invitation is declined.
    Declining {
        /// The token of the link; not needed by whoever is signed in with the address.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
    }
    /// Shown once, it does what its scopes say until it expires.
    NewToken {
        /// What it is called.
        name: Given<Name>,
        /// What it may be used for.
        #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
        scopes: Vec<Scope>,
        /// How long it holds, up to 365 days.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31_536_000)))]
        expires_in_seconds: u64,
    }
    /// Until when; absent: until it is withdrawn.
    Granted {
        /// From this moment on it does not hold.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    }
    /// Who takes an organization over.
    Taken {
        /// The user.
        user_id: UserId,
    }
    /// Whose data is to be erased: one of both.
    Erasure {
        /// The user, and the invitations to their addresses.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        /// Whoever has the address: the user, where there is one, and all invitations to it.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Given<Email>>,
    }
    /// A key that is used elsewhere; the key itself is never told here.
    NewApiKey {
        /// Whose it is.
        member_id: MemberId,
        /// Its identifier elsewhere; absent: one is drawn.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_id: Option<ApiKeyId>,
        /// What it is called.
        name: Given<Name>,
        /// The first characters of it, by which people tell keys apart.
        #[serde(skip_serializing_if = "Option::is_none")]
        prefix: Option<Given<KeyPrefix>>,
        /// Where it is used.
        #[serde(skip_serializing_if = "Option::is_none")]
        environment: Option<Given<Name>>,
    }
    /// What is to bound a member's use; what is absent bounds nothing from here on.
    Bounds {
        /// How much they may spend.
        #[serde(skip_serializing_if = "Option::is_none")]
        budget: Option<Budget>,
        /// How often they may ask.
        #[serde(skip_serializing_if = "Option::is_none")]
        rate: Option<RateLimit>,
    }
    /// A role and what it allows.
    NewRole {
        /// Its name.
        role: Given<RoleName>,
        /// What it allows.
        permissions: Vec<Permission>,
    }
    /// What a role is to allow.
    Allowed {
        /// What it allows.
        permissions: Vec<Permission>,
    }
    /// What a team begins with.
    NewTeam {
        /// What it is called.
        name: Given<Name>,
        /// The team it is part of; absent: it stands at the top.
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<TeamId>,
    }
    /// What is absent stays; a `parent` of null makes it a team at the top.
    ChangedTeam {
        /// What they, or it, are to be called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        /// The team it is to be part of; null: it stands at the top.
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        parent: Option<Option<TeamId>>,
    }
    /// A place in a team.
    TeamPlace {
        /// What they are in it.
        role: TeamRole,
    }
}
