//! What an actor may do, and which roles fit.

use super::{Code, Trial, unless};
use crate::simulation::membership::{Deployment, Org};
use crate::simulation::roles;
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{Actor, Permission, Roles, System};
use rollbook::projections::MemberStatus;
use rollbook::words::{OrganizationId, Timestamp};
use std::rc::Rc;

/// What an actor may do in one organization; none: everything.
pub(super) struct Rights(Option<PermissionSet>);

impl Rights {
    fn of(actor: Actor, org: &Org, world: &Deployment, now: Timestamp) -> Result<Self, Code> {
        Ok(Self(match actor {
            Actor::Operator(_) | Actor::System(System::Import) => None,
            Actor::System(System::Expiry | System::Publisher) => Some(PermissionSet::default()),
            Actor::Token(token) => {
                let own = org.held.token(token).is_some_and(|row| now < row.expires_at);
                Some(if own { of_tokens(org) } else { PermissionSet::default() })
            }
            Actor::User(user) => match org.member_of(user) {
                None => Some(PermissionSet::default()),
                Some(row) => {
                    unless(row.status == MemberStatus::Suspended, "actor_suspended")?;
                    let has = world.user(user).is_some_and(|user| user.second_factor);
                    unless(org.header.second_factor && !has, "second_factor_needed")?;
                    Some(org.allow(row.roles.iter()))
                }
            },
        }))
    }

    pub(super) fn are_all(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn need(&self, permission: Permission) -> Result<(), Code> {
        let allowed = self.0.as_ref().is_none_or(|own| own.contains(permission));
        unless(!allowed, "not_permitted")
    }

    pub(super) fn cover(&self, permissions: &PermissionSet) -> bool {
        self.0.as_ref().is_none_or(|own| permissions.within(own))
    }

    /// Whether they may do whatever the top role may.
    fn reach_the_top(&self, org: &Org) -> bool {
        let table = roles::table(org.set());
        self.cover(&table.roles[&table.top].permissions)
    }

    /// Nobody grants a role that outranks their own; what stands beside a main role ranks below the
    /// top.
    pub(super) fn may_grant(&self, org: &Org, wanted: &Roles) -> Result<(), Code> {
        let table = roles::table(org.set());
        let at_the_top = self.reach_the_top(org);
        let counted = wanted.iter().filter(|role| {
            let beside = table.roles.get(role.as_str()).is_some_and(|role| role.beside);
            !(at_the_top && beside)
        });
        unless(!self.cover(&org.allow(counted)), "role_outranks_actor")
    }

    /// Nobody touches a member who may do more.
    pub(super) fn may_touch(&self, org: &Org, held: &Roles) -> Result<(), Code> {
        let may = self.reach_the_top(org) || self.cover(&org.allow(held.iter()));
        unless(!may, "member_outranks_actor")
    }
}

/// What only people do: end and hand over an organization, and let others in.
fn of_tokens(org: &Org) -> PermissionSet {
    let table = roles::table(org.set());
    let people_only = ["organization.dissolve", "organization.transfer", "token.write"];
    let top = table.roles[&table.top].permissions.iter();
    PermissionSet::new(top.filter(|permission| !people_only.contains(&permission.name())))
}

impl Trial<'_> {
    /// What the actor may do in an organization.
    pub(super) fn rights(&self, org: &Org) -> Result<Rights, Code> {
        Rights::of(self.actor(), org, &self.world, self.now())
    }

    /// An organization whose members the actor may manage, if they have the permission.
    pub(super) fn managed(
        &self,
        org: OrganizationId,
        permission: Permission,
    ) -> Result<(Rc<Org>, Rights), Code> {
        let org = self.manageable(org)?;
        let rights = self.rights(&org)?;
        rights.need(permission)?;
        Ok((org, rights))
    }
}

/// Refuses roles that are not there or cannot be held together.
pub(super) fn fit(org: &Org, wanted: &Roles) -> Result<(), Code> {
    let table = roles::table(org.set());
    unless(wanted.iter().any(|role| org.allows(role).is_none()), "unknown_role")?;
    let is_beside = |name: &str| table.roles.get(name).is_some_and(|role| role.beside);
    let beside = wanted.iter().filter(|role| is_beside(role.as_str())).count();
    let main = wanted.count() - beside;
    let fits = match table.holding.as_str() {
        "one" => (main, beside) == (1, 0),
        "several" => main >= 1 && beside == 0,
        "one_and_beside" => main == 1 && beside <= 1,
        other => unreachable!("{other} is no rule for holding"),
    };
    unless(!fits, "roles_do_not_fit")
}

/// Where exactly one holds the top role, it is handed over and never given.
pub(super) fn not_the_one_top(org: &Org, wanted: &Roles) -> Result<(), Code> {
    let table = roles::table(org.set());
    unless(table.exactly_one_top && wanted.contains(&table.top), "super_admin_by_transfer_only")
}
