//! Organizations: their beginning, what changes about them, their end.

use super::{About, Order, Wished, whom};
use crate::doors::desk::Desk;
use crate::doors::wire::{
    CertifyOrganization, ChangedOrganization, CreateOrganization, DissolveOrganization,
    NewOrganization, Problem, TransferSuperAdmin, UpdateOrganization,
};
use crate::facts::Actor;
use crate::law::{Action, command};

impl Wished for CreateOrganization {
    fn order(self, _: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewOrganization { kind, role_set, name, slug, seats, owner, reason } = self.body;
        let owner = match whom(owner, "owner: ")? {
            Ok(user) => command::Owner::User(user),
            Err(person) => command::Owner::Person(person),
        };
        let (name, slug) = (name.0, slug.0);
        let wish = command::CreateOrganization { kind, role_set, name, slug, seats, owner };
        // The answer shows the organization; its first member stands in its list.
        Ok(Order::new(actor, Action::CreateOrganization(wish), reason, About::Created))
    }
}

impl Wished for UpdateOrganization {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let ChangedOrganization { name, slug, seats, second_factor, reason } = self.body;
        let (name, slug) = (name.map(|name| name.0), slug.map(|slug| slug.0));
        let org = desk.org(&self.org)?;
        let wish = command::UpdateOrganization { org, name, slug, seats, second_factor };
        let action = Action::UpdateOrganization(wish);
        Ok(Order::new(actor, action, reason, About::Organization))
    }
}

impl Wished for CertifyOrganization {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let action = Action::CertifyOrganization { org: desk.org(&self.org)? };
        Ok(Order::new(actor, action, self.body.reason, About::Organization))
    }
}

impl Wished for DissolveOrganization {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let action = Action::DissolveOrganization { org: desk.org(&self.org)? };
        Ok(Order::new(actor, action, self.body.reason, About::Organization))
    }
}

impl Wished for TransferSuperAdmin {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let to = self.body.to_member_id;
        let action = Action::TransferSuperAdmin { org: desk.org(&self.org)?, to };
        Ok(Order::new(actor, action, self.body.reason, About::Member(to)))
    }
}
