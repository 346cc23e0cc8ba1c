//! Members: who comes, what they hold, who goes.

use super::{About, Order, Wished, whom};
use crate::doors::desk::Desk;
use crate::doors::wire::{
    AddMember, ChangeRoles, DeprovisionMember, Leave, NewMember, Problem, ReactivateMember,
    RemoveMember, Somebody, SuspendMember,
};
use crate::facts::Actor;
use crate::law::Action;
use crate::law::command::Removal;

/// Somebody who exists is added by `user_id`; anybody else comes to exist.
impl Wished for AddMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewMember { user_id, email, name, username, roles, reason } = self.body;
        let somebody = Somebody { user_id, email, name, username };
        let (org, roles) = (desk.org(&self.org)?, roles.map(|roles| roles.0));
        let action = match whom(somebody, "")? {
            Ok(user) => Action::AddMember { org, user, roles },
            Err(person) => Action::CreateMember { org, person, roles },
        };
        Ok(Order::new(actor, action, reason, About::Created))
    }
}

impl Wished for ChangeRoles {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, member, roles) = (desk.org(&self.org)?, self.member, self.body.roles.0);
        let action = Action::ChangeRoles { org, member, roles };
        Ok(Order::new(actor, action, self.body.reason, About::Member(member)))
    }
}

impl Wished for RemoveMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, member, cause) = (desk.org(&self.org)?, self.member, Removal::Removed);
        let action = Action::RemoveMember { org, member, cause };
        Ok(Order::new(actor, action, self.body.reason, About::Member(member)))
    }
}

impl Wished for DeprovisionMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, member, cause) = (desk.org(&self.org)?, self.member, Removal::Deprovisioned);
        let action = Action::RemoveMember { org, member, cause };
        Ok(Order::new(actor, action, self.body.reason, About::Member(member)))
    }
}

/// Nobody leaves in somebody else's name: whoever acts is who leaves.
impl Wished for Leave {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let action = Action::Leave { org: desk.org(&self.org)? };
        Ok(Order::new(actor, action, self.body.reason, About::Organization))
    }
}

impl Wished for SuspendMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, member) = (desk.org(&self.org)?, self.member);
        let action = Action::SuspendMember { org, member };
        Ok(Order::new(actor, action, self.body.reason, About::Member(member)))
    }
}

impl Wished for ReactivateMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, member) = (desk.org(&self.org)?, self.member);
        let action = Action::ReactivateMember { org, member };
        Ok(Order::new(actor, action, self.body.reason, About::Member(member)))
    }
}
