//! Every wish there is, and where it is sent.

use super::bodies::*;
use super::{Given, Method, OrganizationName, Parts, Problem, Wish};
use crate::words::{ApiKeyId, InvitationId, MemberId, RoleName, TeamId, TokenId, UserId};

#[cfg(feature = "schema")]
use super::{SchemaOf, Told, schema_of};

macro_rules! wishes {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $($part:ident: $kind:ty),* } $body:ty => $method:ident $path:literal;
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $(#[doc = concat!("The `", stringify!($part), "` of its path.")] pub $part: $kind,)*
            /// What it is sent with.
            pub body: $body,
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
    /// Erases what is known of somebody everywhere, for good: in every organization that ever named
    /// them or an invitation to their address, and in their account. A membership ends first.
    EraseEverywhere {} Erasure => Post "/v1/erasures";
    /// Erases what an organization knows of somebody, for good. A membership ends first; their
    /// account and what other organizations know of them stay.
    EraseHere { org: OrganizationName } Erasure => Post "/v1/organizations/{org}/erasures";
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
