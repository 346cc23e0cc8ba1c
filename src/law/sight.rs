//! Who sees what: the same rights as in a decision, asked for reading.

use super::refusal::Refusal;
use super::rights::Rights;
use super::state::State;
use crate::facts::event::Scope;
use crate::facts::{Actor, Holder, Permission};
use crate::words::{OrganizationId, Timestamp, UserId};

/// What somebody sees of one organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// That it is there.
    Nothing,
    /// What concerns themselves.
    Own(UserId),
    /// What was asked for.
    All,
}

impl State {
    /// How much of what `permission` guards an actor sees at `now`. An organization that they have
    /// nothing to do with is unknown to them.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrganization`]; [`Refusal::ActorSuspended`] and
    /// [`Refusal::SecondFactorNeeded`] for a member who can do nothing there for the time being.
    pub fn sight(
        &self,
        actor: Actor,
        org: OrganizationId,
        permission: Permission,
        now: Timestamp,
    ) -> Result<Sight, Refusal> {
        let organization = self.organization(org).ok_or(Refusal::UnknownOrganization)?;
        match actor {
            Actor::Operator(_) | Actor::System(_) => return Ok(Sight::All),
            Actor::User(user) => {
                if organization.is_auditor(user, now) {
                    return Ok(Sight::All);
                }
                if organization.member(user).is_none() {
                    return Err(Refusal::UnknownOrganization);
                }
            }
            Actor::Token(id) => {
                let token = self.token(id).filter(|token| token.org == org);
                let token = token.filter(|token| token.holder == Holder::Organization);
                let token = token.ok_or(Refusal::UnknownOrganization)?;
                if !token.allows(Scope::Read, now) {
                    return Err(Refusal::ScopeMissing { scope: Scope::Read });
                }
            }
        }
        let rights = Rights::of(actor, (self, org), now)?;
        Ok(match actor {
            _ if rights.allow(permission) => Sight::All,
            Actor::User(user) => Sight::Own(user),
            Actor::Token(_) | Actor::Operator(_) | Actor::System(_) => Sight::Nothing,
        })
    }

    /// Whether an actor may do something there at `now`, as a decision would say.
    ///
    /// # Errors
    /// The refusal that a decision would give.
    pub fn may(
        &self,
        actor: Actor,
        org: OrganizationId,
        permission: Permission,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        Rights::of(actor, (self, org), now)?.require(permission)
    }

    /// Whether an actor has something to do with an organization.
    pub fn knows(&self, actor: Actor, org: OrganizationId, now: Timestamp) -> bool {
        let Some(organization) = self.organization(org) else { return false };
        match actor {
            Actor::Operator(_) | Actor::System(_) => true,
            Actor::User(user) => {
                organization.member(user).is_some() || organization.is_auditor(user, now)
            }
            Actor::Token(id) => self.token(id).is_some_and(|token| token.org == org),
        }
    }

    /// Whether codes are asked for when a user signs in.
    pub fn has_second_factor(&self, user: UserId) -> bool {
        self.account(user).is_some_and(|account| account.second_factor.is_some())
    }
}
