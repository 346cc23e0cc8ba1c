//! Every wish there is, and where it is sent.

use super::given::present;
use super::{
    Given, GivenRoles, Method, OneTimeToken, OrganizationName, Parts, Problem, Typed, Wish,
};
use crate::facts::event::{Budget, RateLimit, Scope};
use crate::facts::{OrganizationKind, Permission, RoleSet, TeamRole};
use crate::words::{
    ApiKeyId, Email, InvitationId, KeyPrefix, MemberId, Name, Reason, RoleName, Slug, TeamId,
    Timestamp, TokenId, UserId, Username,
};
use serde::{Deserialize, Serialize};

macro_rules! wishes {
    ($($name:ident { $($part:ident: $kind:ty),* } $body:ty => $method:ident $path:literal;)+) => {$(
        #[derive(Debug, Clone)]
        pub(in crate::doors) struct $name {
            $(pub(in crate::doors) $part: $kind,)*
            pub(in crate::doors) body: $body,
        }

        impl Wish for $name {
            type Body = $body;
            const METHOD: Method = Method::$method;

            fn path(&self) -> String {
                let Self { $($part,)* body: _ } = self;
                format!($path)
            }

            fn body(&self) -> &$body {
                &self.body
            }

            fn read(_parts: &impl Parts, body: $body) -> Result<Self, Problem> {
                Ok(Self { $($part: _parts.part(stringify!($part))?,)* body })
            }
        }
    )+};
}

wishes! {
    CreateOrganization {} NewOrganization => Post "/v1/organizations";
    UpdateOrganization { org: OrganizationName } ChangedOrganization => Patch
        "/v1/organizations/{org}";
    CertifyOrganization { org: OrganizationName } Why => Post "/v1/organizations/{org}/certify";
    DissolveOrganization { org: OrganizationName } Why => Post "/v1/organizations/{org}/dissolve";
    TransferSuperAdmin { org: OrganizationName } Successor => Post
        "/v1/organizations/{org}/transfer";
    Leave { org: OrganizationName } Why => Post "/v1/organizations/{org}/leave";

    AddMember { org: OrganizationName } NewMember => Post "/v1/organizations/{org}/members";
    RemoveMember { org: OrganizationName, member: MemberId } Why => Delete
        "/v1/organizations/{org}/members/{member}";
    ChangeRoles { org: OrganizationName, member: MemberId } HeldRoles => Put
        "/v1/organizations/{org}/members/{member}/roles";
    DeprovisionMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/deprovision";
    SuspendMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/suspend";
    ReactivateMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/reactivate";

    SendInvitation { org: OrganizationName } NewInvitation => Post
        "/v1/organizations/{org}/invitations";
    ExpireInvitations { org: OrganizationName } Why => Post
        "/v1/organizations/{org}/invitations/expire";
    ResendInvitation { org: OrganizationName, invitation: InvitationId } Resending => Post
        "/v1/organizations/{org}/invitations/{invitation}/resend";
    RevokeInvitation { org: OrganizationName, invitation: InvitationId } Why => Post
        "/v1/organizations/{org}/invitations/{invitation}/revoke";
    AcceptInvitation { org: OrganizationName, invitation: InvitationId } Acceptance => Post
        "/v1/organizations/{org}/invitations/{invitation}/accept";
    DeclineInvitation { org: OrganizationName, invitation: InvitationId } Declining => Post
        "/v1/organizations/{org}/invitations/{invitation}/decline";

    IssueToken { org: OrganizationName } NewToken => Post "/v1/organizations/{org}/tokens";
    RevokeToken { org: OrganizationName, token: TokenId } Why => Delete
        "/v1/organizations/{org}/tokens/{token}";
    GrantAuditor { org: OrganizationName, user: UserId } Granted => Put
        "/v1/organizations/{org}/auditors/{user}";
    WithdrawAuditor { org: OrganizationName, user: UserId } Why => Delete
        "/v1/organizations/{org}/auditors/{user}";
    TakeOver { org: OrganizationName } Taken => Post "/v1/organizations/{org}/take-over";
    IssueApiKey { org: OrganizationName } NewApiKey => Post "/v1/organizations/{org}/api-keys";
    RevokeApiKey { org: OrganizationName, key: ApiKeyId } Why => Delete
        "/v1/organizations/{org}/api-keys/{key}";
    ChangeLimits { org: OrganizationName, member: MemberId } Bounds => Put
        "/v1/organizations/{org}/members/{member}/limits";

    DefineRole { org: OrganizationName } NewRole => Post "/v1/organizations/{org}/roles";
    RedefineRole { org: OrganizationName, role: Given<RoleName> } Allowed => Put
        "/v1/organizations/{org}/roles/{role}";
    RetireRole { org: OrganizationName, role: Given<RoleName> } Why => Delete
        "/v1/organizations/{org}/roles/{role}";

    CreateTeam { org: OrganizationName } NewTeam => Post "/v1/organizations/{org}/teams";
    UpdateTeam { org: OrganizationName, team: TeamId } ChangedTeam => Patch
        "/v1/organizations/{org}/teams/{team}";
    RemoveTeam { org: OrganizationName, team: TeamId } Why => Delete
        "/v1/organizations/{org}/teams/{team}";
    PutTeamMember { org: OrganizationName, team: TeamId, member: MemberId } TeamPlace => Put
        "/v1/organizations/{org}/teams/{team}/members/{member}";
    RemoveTeamMember { org: OrganizationName, team: TeamId, member: MemberId } Why => Delete
        "/v1/organizations/{org}/teams/{team}/members/{member}";
}

macro_rules! bodies {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::doors) struct $name {
            $($(#[$field_meta])* pub(in crate::doors) $field: $kind,)*
            /// Why, in the words of whoever wishes it.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(in crate::doors) reason: Option<Given<Reason>>,
        }
    )+};
}

bodies! {
    /// Nothing but why.
    Why {}
    NewOrganization {
        kind: OrganizationKind,
        role_set: RoleSet,
        name: Given<Name>,
        slug: Given<Slug>,
        #[serde(skip_serializing_if = "Option::is_none")]
        seats: Option<u32>,
        owner: Somebody,
    }
    /// What is absent stays; `seats` of null are no limit.
    ChangedOrganization {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        slug: Option<Given<Slug>>,
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        seats: Option<Option<u32>>,
        /// Whether members are to need a second factor.
        #[serde(skip_serializing_if = "Option::is_none")]
        second_factor: Option<bool>,
    }
    Successor {
        to_member_id: MemberId,
    }
    /// Somebody who exists, by `user_id`, or who comes to exist.
    NewMember {
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Given<Email>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Given<Username>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        roles: Option<GivenRoles>,
    }
    /// Many who join, each by a command of their own; `reason` is that of all who have none.
    NewMembers {
        members: Vec<NewMember>,
    }
    HeldRoles {
        roles: GivenRoles,
    }
    NewInvitation {
        email: Given<Email>,
        roles: GivenRoles,
        #[serde(default)]
        teams: Vec<TeamId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_in_seconds: Option<u64>,
        #[serde(default)]
        if_pending: Pending,
    }
    Resending {
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_in_seconds: Option<u64>,
    }
    /// Whoever has no `user_id` yet comes to exist, at the address that was invited.
    Acceptance {
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<UserId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Given<Username>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
        /// Of whoever comes to exist, and could not sign in so far.
        #[serde(skip_serializing_if = "Option::is_none")]
        password: Option<Typed>,
    }
    Declining {
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
    }
    /// Shown once, it does what its scopes say until it expires.
    NewToken {
        name: Given<Name>,
        scopes: Vec<Scope>,
        expires_in_seconds: u64,
    }
    /// Until when; absent: until it is withdrawn.
    Granted {
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    }
    Taken {
        user_id: UserId,
    }
    /// A key that is used elsewhere; the key itself is never told here.
    NewApiKey {
        member_id: MemberId,
        #[serde(skip_serializing_if = "Option::is_none")]
        key_id: Option<ApiKeyId>,
        name: Given<Name>,
        #[serde(skip_serializing_if = "Option::is_none")]
        prefix: Option<Given<KeyPrefix>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        environment: Option<Given<Name>>,
    }
    /// What is to bound a member's use; what is absent bounds nothing from here on.
    Bounds {
        #[serde(skip_serializing_if = "Option::is_none")]
        budget: Option<Budget>,
        #[serde(skip_serializing_if = "Option::is_none")]
        rate: Option<RateLimit>,
    }
    NewRole {
        role: Given<RoleName>,
        permissions: Vec<Permission>,
    }
    Allowed {
        permissions: Vec<Permission>,
    }
    NewTeam {
        name: Given<Name>,
        #[serde(skip_serializing_if = "Option::is_none")]
        parent: Option<TeamId>,
    }
    /// What is absent stays; a `parent` of null makes it a team at the top.
    ChangedTeam {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Given<Name>>,
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        parent: Option<Option<TeamId>>,
    }
    TeamPlace {
        role: TeamRole,
    }
}

/// Somebody who exists, by their identifier, or who comes to exist.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Somebody {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) user_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) email: Option<Given<Email>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) name: Option<Given<Name>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::doors) username: Option<Given<Username>>,
}

/// What a second invitation of one address does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::doors) enum Pending {
    /// It is refused.
    #[default]
    Refuse,
    /// The pending one is sent again; its roles stay.
    Resend,
    /// It takes the pending one's place.
    Supersede,
}
