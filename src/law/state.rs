//! What decisions need to know, and nothing else.
//!
//! All maps are persistent: a clone shares everything, and a change copies only the path to what it
//! touches. So a command is tried on a clone and the clone is dropped when it is refused.

mod account;
mod user;

pub use account::{Account, SecondFactor, Token};
pub(super) use user::Own;
pub use user::User;

use crate::facts::event::{Budget, PermissionSet, RateLimit};
use crate::facts::{Actor, Holder, OrganizationKind, RoleSet, Roles, TeamRole};
use crate::law::command::{Person, TokenDigest, Who};
use crate::law::refusal::Refusal;
use crate::law::role_sets::{self, Definition};
use crate::words::{
    ApiKeyId, CommandId, InvitationId, MemberId, Name, OrganizationId, RoleName, TeamId, Timestamp,
    TokenId, UserId,
};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The whole deployment, as far as the law is concerned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(super) organizations: OrdMap<OrganizationId, Arc<Organization>>,
    pub(super) slugs: OrdMap<Arc<str>, OrganizationId>,
    /// Shared, so that copying a node of the map copies no texts.
    pub(super) users: OrdMap<UserId, Arc<User>>,
    /// By the folded form of the address.
    pub(super) emails: OrdMap<Arc<str>, UserId>,
    /// By the folded form of the name.
    pub(super) usernames: OrdMap<Arc<str>, UserId>,
    /// Imported lines: history and first line → the run of lines that follows.
    pub(super) imported: OrdMap<(Name, u64), ImportedLines>,
    pub(super) accounts: OrdMap<UserId, Arc<Account>>,
    pub(super) tokens: OrdMap<TokenId, Arc<Token>>,
    pub(super) token_digests: OrdMap<[u8; 32], TokenId>,
    /// Whose it is and what it is called → the token. `None` stands before every name.
    pub(super) token_names: OrdMap<(OrganizationId, Holder, Option<Name>), TokenId>,
    /// What the ledger stated about itself.
    pub publication: Publication,
}

/// What the ledger stated about itself: both decide under which name and key it signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// How often the key of checkpoints was rotated.
    pub rotation: u32,
    /// How often the ledger was taken back to an old copy.
    pub restored: u32,
}

/// A run of lines of one source commit, imported by one command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedLines {
    pub(super) last: u64,
    pub(super) commit: Name,
    pub(super) cmd: CommandId,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// What it is to the deployment.
    pub kind: OrganizationKind,
    /// Which roles it uses.
    pub role_set: RoleSet,
    /// What it is called, when the vault is open or the name is public.
    pub name: Option<Arc<str>>,
    /// Its slug, likewise.
    pub slug: Option<Arc<str>>,
    /// An operator has confirmed it.
    pub certified: bool,
    /// It has ended.
    pub dissolved: bool,
    /// How many members and pending invitations it may have.
    pub seats: Option<u32>,
    /// Its members need a second factor to do anything here.
    pub second_factor: bool,
    /// The effective time of its last entry; it never goes back.
    pub last_effective: Timestamp,
    pub(super) members: OrdMap<UserId, Member>,
    pub(super) member_ids: OrdMap<MemberId, UserId>,
    /// Active members who hold the top role.
    pub(super) top_holders: OrdSet<UserId>,
    pub(super) custom_roles: OrdMap<RoleName, PermissionSet>,
    pub(super) invitations: OrdMap<InvitationId, Invitation>,
    /// Pending ones by the folded form of the address.
    pub(super) pending: OrdMap<Arc<str>, InvitationId>,
    pub(super) teams: OrdMap<TeamId, Team>,
    pub(super) team_names: OrdMap<Name, TeamId>,
    /// Parents that were named before they exist; an import resolves them inside one commit.
    pub(super) awaited_parents: OrdSet<TeamId>,
    /// Who may read everything, and until when.
    pub(super) auditors: OrdMap<UserId, Option<Timestamp>>,
    pub(super) api_keys: OrdMap<ApiKeyId, ApiKey>,
    /// Members whose use is bounded.
    pub(super) limits: OrdMap<UserId, Bounds>,
    /// Users whose values were erased here: nothing is sealed under their keys any more.
    pub(super) erased: OrdSet<UserId>,
    /// Whom a personal organization's name and slug name.
    pub(super) personal_of: Option<UserId>,
}

/// A key that is used elsewhere and was not revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The membership whose it is.
    pub member: MemberId,
    /// The user.
    pub user: UserId,
    /// What it is called.
    pub name: Name,
}

/// What bounds a member's use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// How much they may spend.
    pub budget: Option<Budget>,
    /// How often they may ask.
    pub rate: Option<RateLimit>,
}

/// One joining of one user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The membership.
    pub id: MemberId,
    /// What they hold.
    pub roles: Roles,
    /// They can do nothing for the time being.
    pub suspended: bool,
}

/// An invitation, whatever became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// The address as written, when the vault is open.
    pub email: Option<Arc<str>>,
    /// What whoever accepts will hold.
    pub roles: Roles,
    /// The teams they will belong to.
    pub teams: Vec<TeamId>,
    /// From this moment on it can no longer be accepted.
    pub expires_at: Timestamp,
    /// Digest of the token that was sent last.
    pub token: Option<TokenDigest>,
    /// Who sent it last.
    pub inviter: Actor,
    /// What became of it.
    pub status: InvitationStatus,
    /// Who joined by it.
    pub(super) accepted_by: Option<UserId>,
    /// Its address was erased: it can only be looked at.
    pub erased: bool,
}

/// What became of an invitation. Expiry holds from `expires_at` on even where this still says
/// pending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum InvitationStatus {
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
}

/// A group inside the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// What it is called.
    pub name: Name,
    /// The team it is part of.
    pub parent: Option<TeamId>,
    pub(super) members: OrdMap<UserId, TeamRole>,
}

impl State {
    /// The organization.
    pub fn organization(&self, org: OrganizationId) -> Option<&Organization> {
        self.organizations.get(&org).map(Arc::as_ref)
    }

    /// All organizations.
    pub fn organizations(&self) -> impl Iterator<Item = (OrganizationId, &Organization)> {
        self.organizations.iter().map(|(id, organization)| (*id, organization.as_ref()))
    }

    /// Which organization has that slug.
    pub fn by_slug(&self, slug: &str) -> Option<OrganizationId> {
        self.slugs.get(slug).copied()
    }

    /// The user.
    pub fn user(&self, user: UserId) -> Option<&User> {
        self.users.get(&user).map(Arc::as_ref)
    }

    /// Which user has that address; `folded` as [`crate::words::Email::folded`] gives it.
    pub fn by_email(&self, folded: &str) -> Option<UserId> {
        self.emails.get(folded).copied()
    }

    /// Which user has that login name; `folded` as [`crate::words::Username::folded`] gives it.
    pub fn by_username(&self, folded: &str) -> Option<UserId> {
        self.usernames.get(folded).copied()
    }

    /// Whom a row of an import means, if they exist.
    pub fn meant(&self, who: &Who) -> Option<UserId> {
        match who {
            Who::User(user) => self.user(*user).map(|_| *user),
            Who::Person(Person { email: Some(email), .. }) => self.by_email(&email.folded()),
            Who::Person(Person { username, .. }) => self.by_username(&username.as_ref()?.folded()),
        }
    }

    /// The commit and command under which a line was imported.
    pub fn imported(&self, repo: &Name, seq: u64) -> Option<(&Name, CommandId)> {
        let ((run_repo, _), run) = self.imported.range(..=(repo.clone(), seq)).next_back()?;
        (run_repo == repo && seq <= run.last).then_some((&run.commit, run.cmd))
    }
}

impl Organization {
    /// The rules of its role set.
    pub fn definition(&self) -> &'static Definition {
        role_sets::definition(self.role_set)
    }

    /// The member.
    pub fn member(&self, user: UserId) -> Option<&Member> {
        self.members.get(&user)
    }

    /// All members.
    pub fn members(&self) -> impl Iterator<Item = (UserId, &Member)> {
        self.members.iter().map(|(user, member)| (*user, member))
    }

    /// Which user a membership belongs to.
    pub fn user_of(&self, member: MemberId) -> Option<UserId> {
        self.member_ids.get(&member).copied()
    }

    /// The invitation.
    pub fn invitation(&self, invitation: InvitationId) -> Option<&Invitation> {
        self.invitations.get(&invitation)
    }

    /// The invitation that is pending for an address, in the form in which addresses are compared.
    /// Its time may have passed.
    pub fn pending_for(&self, folded: &str) -> Option<(InvitationId, &Invitation)> {
        let id = *self.pending.get(folded)?;
        self.invitation(id).map(|invitation| (id, invitation))
    }

    /// All invitations.
    pub fn invitations(&self) -> impl Iterator<Item = (InvitationId, &Invitation)> {
        self.invitations.iter().map(|(id, invitation)| (*id, invitation))
    }

    /// The built-in roles by falling rank, then the custom ones by name.
    pub fn role_names(&self) -> Vec<RoleName> {
        let built_in = self.definition().roles.iter();
        let built_in = built_in.filter_map(|role| RoleName::parse(role.name).ok());
        built_in.chain(self.custom_roles.keys().cloned()).collect()
    }

    /// The team.
    pub fn team(&self, team: TeamId) -> Option<&Team> {
        self.teams.get(&team)
    }

    /// All teams.
    pub fn teams(&self) -> impl Iterator<Item = (TeamId, &Team)> {
        self.teams.iter().map(|(id, team)| (*id, team))
    }

    /// Which team has that name.
    pub fn team_named(&self, name: &Name) -> Option<TeamId> {
        self.team_names.get(name).copied()
    }

    /// Whether a user may read everything here at `now`.
    pub fn is_auditor(&self, user: UserId, now: Timestamp) -> bool {
        let grant = self.auditors.get(&user);
        grant.is_some_and(|until| until.is_none_or(|until| now < until))
    }

    /// Who was granted to read everything, and until when.
    pub fn auditors(&self) -> impl Iterator<Item = (UserId, Option<Timestamp>)> {
        self.auditors.iter().map(|(user, until)| (*user, *until))
    }

    /// A key that is used elsewhere, unless it was revoked.
    pub fn api_key(&self, key: ApiKeyId) -> Option<&ApiKey> {
        self.api_keys.get(&key)
    }

    /// All keys that were not revoked.
    pub fn api_keys(&self) -> impl Iterator<Item = (ApiKeyId, &ApiKey)> {
        self.api_keys.iter().map(|(id, key)| (*id, key))
    }

    /// What bounds a member's use.
    pub fn bounds(&self, user: UserId) -> Option<&Bounds> {
        self.limits.get(&user)
    }

    /// What a role allows here.
    pub fn permissions_of(&self, role: &RoleName) -> Option<PermissionSet> {
        match self.definition().role(role.as_str()) {
            Some(built_in) => Some(PermissionSet::new(built_in.permissions.iter().copied())),
            None => self.custom_roles.get(role).cloned(),
        }
    }

    /// What roles allow together here; unknown ones allow nothing.
    pub fn permissions(&self, roles: &Roles) -> PermissionSet {
        roles
            .iter()
            .filter_map(|role| self.permissions_of(role))
            .fold(PermissionSet::default(), |all, one| all.and(&one))
    }

    /// How many seats are taken: members, and invitations that can still be accepted at `now`.
    pub fn seats_taken(&self, now: Timestamp) -> usize {
        let pending = self.pending.values().filter_map(|id| self.invitations.get(id));
        self.members.len() + pending.filter(|invitation| now < invitation.expires_at).count()
    }

    /// What must not be so at the end of a command, if it is so.
    pub(super) fn fault(&self) -> Option<Refusal> {
        if self.dissolved {
            return None;
        }
        let definition = self.definition();
        let holders = self.top_holders.len();
        if definition.exactly_one_top && holders == 0 {
            Some(Refusal::LastSuperAdmin)
        } else if definition.exactly_one_top && holders > 1 {
            Some(Refusal::SuperAdminByTransferOnly)
        } else if holders == 0 {
            Some(Refusal::LastTopRole { role: definition.top_role() })
        } else if !self.awaited_parents.is_empty() {
            Some(Refusal::UnknownTeam)
        } else {
            None
        }
    }
}

impl Team {
    /// What a user is in it.
    pub fn role_of(&self, user: UserId) -> Option<TeamRole> {
        self.members.get(&user).copied()
    }

    /// Everybody in it.
    pub fn members(&self) -> impl Iterator<Item = (UserId, TeamRole)> {
        self.members.iter().map(|(user, role)| (*user, *role))
    }
}
