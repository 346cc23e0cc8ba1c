//! Custom roles.

use super::{About, Order, Wished};
use crate::doors::desk::Desk;
use crate::doors::wire::{DefineRole, Given, NewRole, Problem, RedefineRole, RetireRole};
use crate::facts::Actor;
use crate::facts::event::PermissionSet;
use crate::law::Action;

impl Wished for DefineRole {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewRole { role: Given(role), permissions, reason } = self.body;
        let permissions = PermissionSet::new(permissions);
        let action = Action::DefineRole { org: desk.org(&self.org)?, role, permissions };
        Ok(Order::new(actor, action, reason, About::Created))
    }
}

impl Wished for RedefineRole {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, Given(role)) = (desk.org(&self.org)?, self.role);
        let permissions = PermissionSet::new(self.body.permissions);
        let about = About::Role(role.clone());
        let action = Action::RedefineRole { org, role, permissions };
        Ok(Order::new(actor, action, self.body.reason, about))
    }
}

impl Wished for RetireRole {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, Given(role)) = (desk.org(&self.org)?, self.role);
        let about = About::Role(role.clone());
        Ok(Order::new(actor, Action::RetireRole { org, role }, self.body.reason, about))
    }
}
