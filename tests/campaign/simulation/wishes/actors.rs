//! Who wishes something.

use super::Wisher;
use crate::simulation::membership::Org;
use rollbook::facts::{Actor, Permission, Roles, System};
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::*;
use rollbook::words::{OperatorId, OrganizationId, TokenId, UserId};
use uuid::Uuid;

impl Wisher<'_> {
    fn operator() -> Actor {
        Actor::Operator(OperatorId::from_uuid(Uuid::from_u128(0x4000_8000_0000_0000_0001)))
    }

    /// Mostly somebody who may; else anybody.
    pub(super) fn actor(&mut self, action: &Action) -> Actor {
        match action {
            Action::Import(_) if self.chance.percent(95) => return Actor::System(System::Import),
            Action::ExpireInvitations { .. } if self.chance.percent(80) => {
                return Actor::System(System::Expiry);
            }
            Action::CertifyOrganization { .. } if self.chance.percent(85) => {
                return Self::operator();
            }
            Action::DissolveOrganization { .. } if self.chance.percent(25) => {
                return Self::operator();
            }
            Action::AcceptInvitation { acceptor, .. } if self.chance.percent(93) => {
                let (Acceptor::User(user) | Acceptor::Newcomer { user, .. }) = acceptor;
                return Actor::User(*user);
            }
            Action::DeclineInvitation { org, invitation, .. } if self.chance.percent(80) => {
                if let Some(actor) = self.invited(*org, *invitation) {
                    return actor;
                }
            }
            Action::CreateOrganization(CreateOrganization { owner: Owner::User(user), .. })
                if self.chance.percent(70) =>
            {
                return Actor::User(*user);
            }
            Action::Account(wish) if self.chance.percent(90) => return Actor::User(whose(wish)),
            Action::Publication(
                PublicationWish::CommitHeads | PublicationWish::RotateKey { .. },
            ) if self.chance.percent(50) => {
                return Actor::User(self.user());
            }
            Action::Erase(_) if self.chance.percent(60) => return Self::operator(),
            Action::Access(AccessWish::TakeOver { .. }) if self.chance.percent(90) => {
                return Self::operator();
            }
            Action::Access(_) if self.chance.percent(75) => {
                let by_token = self.chance.percent(6);
                let org = org_of(action).and_then(|org| self.told.world.org(org)).cloned();
                let token = org.as_ref().and_then(|org| self.token_of(org.id()));
                if let Some(token) = token.filter(|_| by_token) {
                    return Actor::Token(token);
                }
                return self.somebody_at_the_top(org.as_deref()).unwrap_or(Self::operator());
            }
            _ => {}
        }
        let org = org_of(action).and_then(|org| self.told.world.org(org)).cloned();
        match self.chance.below(100) {
            0..=7 => Self::operator(),
            8..=14 => {
                let token = org.as_ref().and_then(|org| self.token_of(org.id()));
                token.map_or(Self::operator(), Actor::Token)
            }
            15..=49 => self.somebody_inviting(org.as_deref()).unwrap_or(Self::operator()),
            50..=69 => self.somebody_between(org.as_deref()).unwrap_or(Self::operator()),
            70..=84 => self.somebody_of(org.as_deref()).unwrap_or(Self::operator()),
            85 => Actor::Token(TokenId::from_uuid(self.uuid())),
            86 => Actor::System(self.chance.pick(&[System::Import, System::Expiry])),
            _ => Actor::User(self.user()),
        }
    }

    /// Somebody who may invite there: they may mostly do more.
    fn somebody_inviting(&mut self, org: Option<&Org>) -> Option<Actor> {
        let org = org?;
        let may = |roles: &Roles| org.allow(roles.iter()).contains(Permission::MemberInvite);
        let rows = org.members.iter().filter(|row| may(&row.roles));
        let users: Vec<UserId> = rows.map(|row| row.user_id).collect();
        self.chance.pick_any(&users).map(Actor::User)
    }

    /// Somebody below the top who may still do something about members, roles or teams: rank
    /// matters to nobody else.
    fn somebody_between(&mut self, org: Option<&Org>) -> Option<Actor> {
        let org = org?;
        let top = org.at_the_top().iter().map(|row| row.user_id).collect::<Vec<_>>();
        let may = |roles: &Roles| {
            let allowed = org.allow(roles.iter());
            let areas = ["member.", "role.", "team.write"];
            let manages = |permission: Permission| {
                permission != Permission::MemberRead
                    && areas.iter().any(|area| permission.name().starts_with(area))
            };
            allowed.iter().any(manages)
        };
        let rows = org.members.iter().filter(|row| may(&row.roles));
        let users = rows.map(|row| row.user_id).filter(|user| !top.contains(user));
        let users: Vec<UserId> = users.collect();
        self.chance.pick_any(&users).map(Actor::User)
    }

    fn somebody_of(&mut self, org: Option<&Org>) -> Option<Actor> {
        let users: Vec<UserId> = org?.members.iter().map(|row| row.user_id).collect();
        self.chance.pick_any(&users).map(Actor::User)
    }
}

/// Whose account it is.
fn whose(wish: &AccountWish) -> UserId {
    match wish {
        AccountWish::SignUp { user, .. }
        | AccountWish::SignUpProven { user, .. }
        | AccountWish::Bring { user, .. }
        | AccountWish::VerifyEmail { user, .. }
        | AccountWish::SetPassword { user, .. }
        | AccountWish::ChangeSecondFactor { user, .. }
        | AccountWish::EndSessions { user }
        | AccountWish::UpdateUser { user, .. } => *user,
    }
}

/// The organization that an action names.
fn org_of(action: &Action) -> Option<OrganizationId> {
    Some(match action {
        Action::CreateOrganization(_) | Action::Import(_) | Action::Account(_) => return None,
        Action::Publication(PublicationWish::Export(wish)) => wish.org,
        Action::Publication(_) => return None,
        Action::Access(wish) => match wish {
            AccessWish::IssueToken { of: TokenOf::Organization(org), .. }
            | AccessWish::RevokeToken { of: TokenOf::Organization(org), .. }
            | AccessWish::GrantAuditor { org, .. }
            | AccessWish::WithdrawAuditor { org, .. }
            | AccessWish::TakeOver { org, .. } => *org,
            AccessWish::IssueToken { .. } | AccessWish::RevokeToken { .. } => return None,
        },
        Action::Erase(wish) => return wish.org,
        Action::Usage(
            UsageWish::IssueApiKey { org, .. }
            | UsageWish::RevokeApiKey { org, .. }
            | UsageWish::ChangeLimits { org, .. },
        ) => *org,
        Action::UpdateOrganization(wish) => wish.org,
        Action::Invite(wish) => wish.org,
        Action::CertifyOrganization { org }
        | Action::DissolveOrganization { org }
        | Action::CreateMember { org, .. }
        | Action::AddMember { org, .. }
        | Action::ChangeRoles { org, .. }
        | Action::RemoveMember { org, .. }
        | Action::Leave { org }
        | Action::SuspendMember { org, .. }
        | Action::ReactivateMember { org, .. }
        | Action::TransferSuperAdmin { org, .. }
        | Action::ResendInvitation { org, .. }
        | Action::RevokeInvitation { org, .. }
        | Action::AcceptInvitation { org, .. }
        | Action::DeclineInvitation { org, .. }
        | Action::ExpireInvitations { org }
        | Action::DefineRole { org, .. }
        | Action::RedefineRole { org, .. }
        | Action::RetireRole { org, .. }
        | Action::CreateTeam { org, .. }
        | Action::UpdateTeam { org, .. }
        | Action::RemoveTeam { org, .. }
        | Action::AddTeamMember { org, .. }
        | Action::RemoveTeamMember { org, .. }
        | Action::ChangeTeamRole { org, .. } => *org,
    })
}
