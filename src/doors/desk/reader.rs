//! Whoever asks: what they may see is what the law says they may, at the moment of asking.

use super::{Answered, Desk, found};
use crate::doors::wire::{Guard, OrganizationName, Problem};
use crate::facts::{Actor, Permission};
use crate::house::Known;
use crate::law::Refusal;
use crate::law::sight::Sight;
use crate::words::{OrganizationId, Timestamp};
use std::sync::Arc;

/// Somebody who asks.
pub(in crate::doors) struct Reader {
    pub(in crate::doors) actor: Actor,
    pub(in crate::doors) known: Arc<Known>,
    pub(in crate::doors) now: Timestamp,
}

impl Reader {
    /// Whether they have something to do with an organization.
    pub(in crate::doors) fn knows(&self, org: OrganizationId) -> bool {
        self.known.state.knows(self.actor, org, self.now)
    }

    /// Refuses what they may not do there: asked before an answer would tell them who exists. The
    /// decision asks again.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn may(
        &self,
        org: OrganizationId,
        permission: Permission,
    ) -> Result<(), Refusal> {
        self.known.state.may(self.actor, org, permission, self.now)
    }

    fn sight(&self, org: OrganizationId, permission: Permission) -> Result<Sight, Refusal> {
        self.known.state.sight(self.actor, org, permission, self.now)
    }
}

/// What is not theirs to see is refused as what is not theirs to do.
pub(in crate::doors) fn lacks(permission: Permission) -> Problem {
    Refusal::NotPermitted { permission }.into()
}

impl Desk {
    /// Whoever asks, with what the law knows now.
    pub(in crate::doors) fn reader(&self, actor: Actor) -> Reader {
        Reader { actor, known: self.ledger.known(), now: (self.now)() }
    }

    /// The organization of that name, as far as somebody has something to do with it: to others it
    /// is not there.
    pub(in crate::doors) fn meant(
        &self,
        reader: &Reader,
        name: &OrganizationName,
    ) -> Result<OrganizationId, Problem> {
        let org = found(&self.ledger.views(), name)?.id();
        if reader.knows(org) { Ok(org) } else { Err(super::no_such_organization(name)) }
    }

    /// Whether an organization has that name.
    pub(in crate::doors) fn is_named(&self, org: OrganizationId, name: &OrganizationName) -> bool {
        found(&self.ledger.views(), name).is_ok_and(|view| view.id() == org)
    }

    /// Answers a question as far as whoever asks may see the answer. `org` is the organization that
    /// the question names.
    pub(in crate::doors) fn answer_to<Q: Answered>(
        &self,
        question: &Q,
        reader: &Reader,
        org: Option<&OrganizationName>,
    ) -> Result<Q::Answer, Problem> {
        match self.sight_of(Q::GUARD, reader, org)? {
            Sight::All => question.answer_known(self, reader),
            Sight::Own(user) => question.answer_own(self, user),
            Sight::Nothing => Err(not_for_them(Q::GUARD)),
        }
    }

    /// How much of what stands behind a guard somebody sees.
    pub(in crate::doors) fn sight_of(
        &self,
        guard: Guard,
        reader: &Reader,
        org: Option<&OrganizationName>,
    ) -> Result<Sight, Problem> {
        let org = org.map(|name| self.meant(reader, name)).transpose()?;
        Ok(match (guard, org) {
            (Guard::CameIn, _) => Sight::All,
            (Guard::Belongs, Some(org)) => {
                reader.sight(org, Permission::OrganizationRead)?;
                Sight::All
            }
            (Guard::Sees(permission), Some(org)) => match reader.sight(org, permission)? {
                Sight::All => Sight::All,
                Sight::Own(_) | Sight::Nothing => Sight::Nothing,
            },
            (Guard::SeesOwn(permission), Some(org)) => reader.sight(org, permission)?,
            // Without an organization only the operator's own questions are left.
            (Guard::Operator, _) | (Guard::Belongs | Guard::Sees(_) | Guard::SeesOwn(_), None) => {
                match reader.actor {
                    Actor::Operator(_) => Sight::All,
                    Actor::User(_) | Actor::Token(_) | Actor::System(_) => Sight::Nothing,
                }
            }
        })
    }
}

/// Why somebody does not see what stands behind a guard.
pub(in crate::doors) fn not_for_them(guard: Guard) -> Problem {
    match guard {
        Guard::Sees(permission) | Guard::SeesOwn(permission) => lacks(permission),
        Guard::Operator | Guard::CameIn | Guard::Belongs => Refusal::OperatorOnly.into(),
    }
}
