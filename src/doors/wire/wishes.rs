//! Every wish there is, and where it is sent.

use super::given::present;
use super::somebody::{Pending, Somebody};
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

#[cfg(feature = "schema")]
use super::{SchemaOf, Told, schema_of};

macro_rules! wishes {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $($part:ident: $kind:ty),* } $body:ty => $method:ident $path:literal;
    )+) => {$(
        $(#[doc = $doc])+
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

        #[cfg(feature = "schema")]
        impl Told for $name {
            const NAME: &str = stringify!($name);
            const PATH: &str = $path;
            const TEXT: &str = concat!($($doc, "\n"),+);

            fn parts() -> Vec<(&'static str, SchemaOf)> {
                vec![$((stringify!($part), schema_of::<$kind>)),*]
            }
        }
    )+};
}

wishes! {
    /// Begins an organization, with its owner as the first member.
    ///
    /// For operators; for everybody, where the settings let users create organizations.
    CreateOrganization {} NewOrganization => Post "/v1/organizations";
    /// Changes an organization's name, slug, seats, or whether its members need a second factor.
    UpdateOrganization { org: OrganizationName } ChangedOrganization => Patch
        "/v1/organizations/{org}";
    /// Certifies an enterprise organization: from here on its members can be managed.
    CertifyOrganization { org: OrganizationName } Why => Post "/v1/organizations/{org}/certify";
    /// Ends an organization for good. Its history can still be read, and nobody gets its slug.
    DissolveOrganization { org: OrganizationName } Why => Post "/v1/organizations/{org}/dissolve";
    /// Hands the super admin's role to another member.
    TransferSuperAdmin { org: OrganizationName } Successor => Post
        "/v1/organizations/{org}/transfer";
    /// Ends one's own membership.
    Leave { org: OrganizationName } Why => Post "/v1/organizations/{org}/leave";

    /// Adds a member: somebody who exists, or who comes to exist by it.
    AddMember { org: OrganizationName } NewMember => Post "/v1/organizations/{org}/members";
    /// Ends somebody's membership, with what rests on it.
    RemoveMember { org: OrganizationName, member: MemberId } Why => Delete
        "/v1/organizations/{org}/members/{member}";
    /// Changes what a member holds; the answer to the same once more is that nothing changes.
    ChangeRoles { org: OrganizationName, member: MemberId } HeldRoles => Put
        "/v1/organizations/{org}/members/{member}/roles";
    /// Ends a membership as a directory that no longer knows somebody does.
    DeprovisionMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/deprovision";
    /// Suspends a member: they belong, and can do nothing.
    SuspendMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/suspend";
    /// Ends a suspension.
    ReactivateMember { org: OrganizationName, member: MemberId } Why => Post
        "/v1/organizations/{org}/members/{member}/reactivate";

    /// Invites an address. The answer holds the one-time token and, with mail, the link is sent.
    SendInvitation { org: OrganizationName } NewInvitation => Post
        "/v1/organizations/{org}/invitations";
    /// Records that the time of pending invitations has passed.
    ExpireInvitations { org: OrganizationName } Why => Post
        "/v1/organizations/{org}/invitations/expire";
    /// Sends an invitation again, with a new token; the one before no longer holds.
    ResendInvitation { org: OrganizationName, invitation: InvitationId } Resending => Post
        "/v1/organizations/{org}/invitations/{invitation}/resend";
    /// Withdraws a pending invitation.
    RevokeInvitation { org: OrganizationName, invitation: InvitationId } Why => Post
        "/v1/organizations/{org}/invitations/{invitation}/revoke";
    /// Accepts an invitation: by whoever is signed in, in whose name an operator says so, or by
    /// its link.
    AcceptInvitation { org: OrganizationName, invitation: InvitationId } Acceptance => Post
        "/v1/organizations/{org}/invitations/{invitation}/accept";
    /// Declines an invitation.
    DeclineInvitation { org: OrganizationName, invitation: InvitationId } Declining => Post
        "/v1/organizations/{org}/invitations/{invitation}/decline";

    /// Issues a token of the organization. It is told once.
    IssueToken { org: OrganizationName } NewToken => Post "/v1/organizations/{org}/tokens";
    /// Revokes a token.
    RevokeToken { org: OrganizationName, token: TokenId } Why => Delete
        "/v1/organizations/{org}/tokens/{token}";
    /// Lets a user read the organization without belonging to it.
    GrantAuditor { org: OrganizationName, user: UserId } Granted => Put
        "/v1/organizations/{org}/auditors/{user}";
    /// Withdraws an auditor's grant.
    WithdrawAuditor { org: OrganizationName, user: UserId } Why => Delete
        "/v1/organizations/{org}/auditors/{user}";
    /// Gives an organization without a reachable top role to somebody, as its history tells for
    /// good.
    TakeOver { org: OrganizationName } Taken => Post "/v1/organizations/{org}/take-over";
    /// Records that an API key, which is used elsewhere, is a member's.
    IssueApiKey { org: OrganizationName } NewApiKey => Post "/v1/organizations/{org}/api-keys";
    /// Records that an API key is not to be used any more.
    RevokeApiKey { org: OrganizationName, key: ApiKeyId } Why => Delete
        "/v1/organizations/{org}/api-keys/{key}";
    /// Sets what bounds a member's use elsewhere.
    ChangeLimits { org: OrganizationName, member: MemberId } Bounds => Put
        "/v1/organizations/{org}/members/{member}/limits";

    /// Defines a role beside those of the role set.
    DefineRole { org: OrganizationName } NewRole => Post "/v1/organizations/{org}/roles";
    /// Changes what a custom role allows.
    RedefineRole { org: OrganizationName, role: Given<RoleName> } Allowed => Put
        "/v1/organizations/{org}/roles/{role}";
    /// Gives up a custom role that nobody holds.
    RetireRole { org: OrganizationName, role: Given<RoleName> } Why => Delete
        "/v1/organizations/{org}/roles/{role}";

    /// Begins a team.
    CreateTeam { org: OrganizationName } NewTeam => Post "/v1/organizations/{org}/teams";
    /// Changes a team's name or the team it is part of.
    UpdateTeam { org: OrganizationName, team: TeamId } ChangedTeam => Patch
        "/v1/organizations/{org}/teams/{team}";
    /// Ends a team.
    RemoveTeam { org: OrganizationName, team: TeamId } Why => Delete
        "/v1/organizations/{org}/teams/{team}";
    /// Puts a member into a team, or changes what they are there.
    PutTeamMember { org: OrganizationName, team: TeamId, member: MemberId } TeamPlace => Put
        "/v1/organizations/{org}/teams/{team}/members/{member}";
    /// Takes a member out of a team.
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
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
