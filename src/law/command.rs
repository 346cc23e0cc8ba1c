//! Commands: wishes, each with who wishes it and why.

pub mod access;
pub mod account;
mod credential;
mod erasure;
mod import;
mod invitation;
mod publication;
pub mod usage;

pub use access::AccessWish;
pub use account::{AccountWish, Secret};
pub use credential::Credential;
pub use erasure::{Erase, Erasee};
pub use import::{Line, LineChange, RowChange, SourceCommit, Who};
pub use invitation::{Acceptor, IfPending, Invite, Proof, TokenDigest};
pub use publication::{ExportWish, PublicationWish};
pub use usage::UsageWish;

use crate::facts::event::{PermissionSet, RemovalCause};
use crate::facts::{Actor, OrganizationKind, RoleSet, Roles, TeamRole};
use crate::words::{
    Email, InvitationId, MemberId, Name, OrganizationId, Reason, RoleName, Slug, TeamId, UserId,
    Username,
};
use std::time::Duration;

/// A wish of somebody.
#[derive(Debug, Clone)]
pub struct Command {
    /// Who wishes it.
    pub actor: Actor,
    /// By what they came in, where the ledger knows it: it must hold when the command is decided.
    pub credential: Credential,
    /// Why, in their own words.
    pub reason: Option<Reason>,
    /// What is to happen.
    pub action: Action,
}

impl Command {
    /// A wish of somebody who came in by nothing that can end: the operator's own token, an import,
    /// Rollbook itself.
    pub fn new(actor: Actor, reason: Option<Reason>, action: Action) -> Self {
        Self { actor, credential: Credential::Outside, reason, action }
    }
}

/// What is to happen. The organization stands in the action that needs one.
#[derive(Debug, Clone)]
pub enum Action {
    /// Begin an organization with its first holder of the top role.
    CreateOrganization(CreateOrganization),
    /// Change an organization's name, slug or seats.
    UpdateOrganization(UpdateOrganization),
    /// Confirm an enterprise organization.
    CertifyOrganization {
        /// The organization.
        org: OrganizationId,
    },
    /// End an organization.
    DissolveOrganization {
        /// The organization.
        org: OrganizationId,
    },
    /// Make a user and their membership at once.
    CreateMember {
        /// The organization.
        org: OrganizationId,
        /// Who comes to exist.
        person: Person,
        /// What they hold; none named: what the role set says.
        roles: Option<Roles>,
    },
    /// Give an existing user a membership, without an invitation.
    AddMember {
        /// The organization.
        org: OrganizationId,
        /// Who joins.
        user: UserId,
        /// What they hold; none named: what the role set says.
        roles: Option<Roles>,
    },
    /// Change what a member holds.
    ChangeRoles {
        /// The organization.
        org: OrganizationId,
        /// The membership.
        member: MemberId,
        /// What they are to hold.
        roles: Roles,
    },
    /// End a membership.
    RemoveMember {
        /// The organization.
        org: OrganizationId,
        /// The membership.
        member: MemberId,
        /// Whether somebody removes it or an identity provider withdraws it.
        cause: Removal,
    },
    /// End one's own membership.
    Leave {
        /// The organization.
        org: OrganizationId,
    },
    /// Let a member do nothing for the time being.
    SuspendMember {
        /// The organization.
        org: OrganizationId,
        /// The membership.
        member: MemberId,
    },
    /// Let a suspended member act again.
    ReactivateMember {
        /// The organization.
        org: OrganizationId,
        /// The membership.
        member: MemberId,
    },
    /// Hand the super admin's role to somebody else.
    TransferSuperAdmin {
        /// The organization.
        org: OrganizationId,
        /// Who is to have it.
        to: MemberId,
    },
    /// Invite an address.
    Invite(Invite),
    /// Send an invitation again.
    ResendInvitation {
        /// The organization.
        org: OrganizationId,
        /// The invitation.
        invitation: InvitationId,
        /// How long it is to be valid from here on.
        expires_in: Duration,
        /// Digest of the fresh token.
        token: TokenDigest,
    },
    /// Withdraw an invitation.
    RevokeInvitation {
        /// The organization.
        org: OrganizationId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// Accept an invitation, and join.
    AcceptInvitation {
        /// The organization.
        org: OrganizationId,
        /// The invitation.
        invitation: InvitationId,
        /// Who accepts.
        acceptor: Acceptor,
        /// How they prove that it is theirs.
        proof: Proof,
        /// The hash of the password that they are to have; only by the link, and only for somebody
        /// who has none yet.
        password: Option<Secret>,
    },
    /// Say no to an invitation.
    DeclineInvitation {
        /// The organization.
        org: OrganizationId,
        /// The invitation.
        invitation: InvitationId,
        /// How they prove that it is theirs.
        proof: Proof,
    },
    /// Record which invitations have expired.
    ExpireInvitations {
        /// The organization.
        org: OrganizationId,
    },
    /// Define a custom role.
    DefineRole {
        /// The organization.
        org: OrganizationId,
        /// Its name.
        role: RoleName,
        /// What it allows.
        permissions: PermissionSet,
    },
    /// Change what a custom role allows.
    RedefineRole {
        /// The organization.
        org: OrganizationId,
        /// Its name.
        role: RoleName,
        /// What it is to allow.
        permissions: PermissionSet,
    },
    /// Give up a custom role that nobody holds.
    RetireRole {
        /// The organization.
        org: OrganizationId,
        /// Its name.
        role: RoleName,
    },
    /// Begin a team.
    CreateTeam {
        /// The organization.
        org: OrganizationId,
        /// What it is called.
        name: Name,
        /// The team it is part of.
        parent: Option<TeamId>,
    },
    /// Change a team's name or parent.
    UpdateTeam {
        /// The organization.
        org: OrganizationId,
        /// The team.
        team: TeamId,
        /// What it is to be called, if that changes.
        name: Option<Name>,
        /// The team it is to be part of, or none, if that changes.
        parent: Option<Option<TeamId>>,
    },
    /// End a team.
    RemoveTeam {
        /// The organization.
        org: OrganizationId,
        /// The team.
        team: TeamId,
    },
    /// Put a member into a team.
    AddTeamMember {
        /// The organization.
        org: OrganizationId,
        /// The team.
        team: TeamId,
        /// The membership in the organization.
        member: MemberId,
        /// What they are to be in it.
        role: TeamRole,
    },
    /// Take a member out of a team.
    RemoveTeamMember {
        /// The organization.
        org: OrganizationId,
        /// The team.
        team: TeamId,
        /// The membership in the organization.
        member: MemberId,
    },
    /// Change what a member is in a team.
    ChangeTeamRole {
        /// The organization.
        org: OrganizationId,
        /// The team.
        team: TeamId,
        /// The membership in the organization.
        member: MemberId,
        /// What they are to be in it.
        role: TeamRole,
    },
    /// Take over one commit of another system's history.
    Import(SourceCommit),
    /// Something of a person's account.
    Account(AccountWish),
    /// Who else may reach an organization, and by which token.
    Access(AccessWish),
    /// What members have elsewhere.
    Usage(UsageWish),
    /// What the ledger states about itself.
    Publication(PublicationWish),
    /// Erase what is known of somebody, in one organization or everywhere.
    Erase(Erase),
}

/// Who comes to exist: an e-mail address or a username is needed.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their e-mail address.
    pub email: Option<Email>,
    /// Their name.
    pub name: Option<Name>,
    /// Their login name.
    pub username: Option<Username>,
}

/// See [`Action::CreateOrganization`].
#[derive(Debug, Clone)]
pub struct CreateOrganization {
    /// What it is to the deployment.
    pub kind: OrganizationKind,
    /// Which roles it uses.
    pub role_set: RoleSet,
    /// What it is called.
    pub name: Name,
    /// Its part of an address.
    pub slug: Slug,
    /// How many members and pending invitations it may have.
    pub seats: Option<u32>,
    /// Who holds the top role from the start.
    pub owner: Owner,
}

/// Who holds the top role of a beginning organization.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A user who exists.
    User(UserId),
    /// A user who comes to exist with it.
    Person(Person),
}

/// See [`Action::UpdateOrganization`]. Absent: stays as it is.
#[derive(Debug, Clone)]
pub struct UpdateOrganization {
    /// The organization.
    pub org: OrganizationId,
    /// What it is to be called.
    pub name: Option<Name>,
    /// What its slug is to be.
    pub slug: Option<Slug>,
    /// How many seats it is to have; inner `None`: no limit.
    pub seats: Option<Option<u32>>,
    /// Whether its members are to need a second factor.
    pub second_factor: Option<bool>,
}

/// How a membership is ended by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Somebody removes it.
    Removed,
    /// An identity provider withdraws it.
    Deprovisioned,
}

impl Removal {
    pub(super) fn cause(self) -> RemovalCause {
        match self {
            Self::Removed => RemovalCause::Removed,
            Self::Deprovisioned => RemovalCause::Deprovisioned,
        }
    }
}
