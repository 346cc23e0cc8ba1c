//! What the actor of a command may do.

use crate::facts::event::PermissionSet;
use crate::facts::{Actor, Holder, Permission, Roles, System};
use crate::law::refusal::Refusal;
use crate::law::state::{Organization, State, Token};
use crate::words::{OrganizationId, RoleName, Timestamp, TokenId, UserId};

/// The rights of an actor in one organization.
pub(super) enum Rights {
    /// The operator, and Rollbook itself: everything, in every organization.
    All,
    /// What the roles of an active member allow.
    Some(PermissionSet),
}

impl Rights {
    /// The rights of `actor` there at `now`.
    pub(super) fn of(
        actor: Actor,
        (state, org): (&State, OrganizationId),
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let organization = state.organization(org).ok_or(Refusal::UnknownOrganization)?;
        match actor {
            Actor::Operator(_) | Actor::System(System::Import) => Ok(Self::All),
            Actor::User(user) => Self::of_user(user, state, organization),
            Actor::Token(token) => Ok(Self::of_token(token, state, (org, organization), now)),
            Actor::System(System::Expiry | System::Publisher) => {
                Ok(Self::Some(PermissionSet::default()))
            }
        }
    }

    fn of_user(user: UserId, state: &State, organization: &Organization) -> Result<Self, Refusal> {
        match organization.member(user) {
            None => Ok(Self::Some(PermissionSet::default())),
            Some(member) if member.suspended => Err(Refusal::ActorSuspended),
            Some(_) if organization.second_factor && !state.has_second_factor(user) => {
                Err(Refusal::SecondFactorNeeded)
            }
            Some(member) => Ok(Self::Some(organization.permissions(&member.roles))),
        }
    }

    /// An organization's token does what the top role does, except what only people do: hand over
    /// or end the organization, and issue tokens. Its scopes say what it may be used for at all: a
    /// command asks for the one, a look for the other, and neither lowers what it ranks beside.
    fn of_token(
        id: TokenId,
        state: &State,
        (org, organization): (OrganizationId, &Organization),
        now: Timestamp,
    ) -> Self {
        let own = |token: &&Token| {
            token.org == org && token.holder == Holder::Organization && now < token.expires_at
        };
        if state.token(id).filter(own).is_none() {
            return Self::Some(PermissionSet::default());
        }
        let top = organization.definition().roles[0].permissions.iter().copied();
        let people_only = [
            Permission::OrganizationDissolve,
            Permission::OrganizationTransfer,
            Permission::TokenWrite,
        ];
        let allowed = top.filter(|permission| !people_only.contains(permission));
        Self::Some(PermissionSet::new(allowed))
    }

    /// Whether that is allowed.
    pub(super) fn allow(&self, permission: Permission) -> bool {
        match self {
            Self::All => true,
            Self::Some(permissions) => permissions.contains(permission),
        }
    }

    /// Refuses what is not allowed.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Refusal> {
        if self.allow(permission) { Ok(()) } else { Err(Refusal::NotPermitted { permission }) }
    }

    /// Whether everything in `permissions` is allowed: only then may they be given away.
    pub(super) fn cover(&self, permissions: &PermissionSet) -> bool {
        match self {
            Self::All => true,
            Self::Some(own) => permissions.within(own),
        }
    }

    /// Whether everything is allowed that the top role allows: nobody ranks above that. The roles
    /// that stand beside a main role rank below, though they allow what the top role does not.
    fn top(&self, organization: &Organization) -> bool {
        let top = organization.definition().roles[0].permissions;
        self.cover(&PermissionSet::new(top.iter().copied()))
    }

    /// Nobody grants a role that outranks their own.
    pub(super) fn may_grant(
        &self,
        organization: &Organization,
        roles: &Roles,
    ) -> Result<(), Refusal> {
        let definition = organization.definition();
        let outranked = |role: &&RoleName| {
            definition.role(role.as_str()).is_some_and(|built_in| built_in.beside)
        };
        let counted: Vec<&RoleName> = if self.top(organization) {
            roles.iter().filter(|role| !outranked(role)).collect()
        } else {
            roles.iter().collect()
        };
        let permissions = counted.into_iter().filter_map(|role| organization.permissions_of(role));
        if self.cover(&permissions.fold(PermissionSet::default(), |all, one| all.and(&one))) {
            Ok(())
        } else {
            Err(Refusal::RoleOutranksActor)
        }
    }

    /// Nobody touches a member who may do more than they.
    pub(super) fn may_touch(
        &self,
        organization: &Organization,
        roles: &Roles,
    ) -> Result<(), Refusal> {
        if self.top(organization) || self.cover(&organization.permissions(roles)) {
            Ok(())
        } else {
            Err(Refusal::MemberOutranksActor)
        }
    }
}
