//! Erasing what is known of somebody.

use super::{About, Order, Wished};
use crate::doors::desk::Desk;
use crate::doors::wire::{EraseEverywhere, EraseHere, Erasure, Problem};
use crate::facts::Actor;
use crate::law::Action;
use crate::law::command::{Erase, Erasee};
use crate::words::OrganizationId;

fn order(actor: Actor, body: Erasure, org: Option<OrganizationId>) -> Result<Order, Problem> {
    let who = match (body.user_id, body.email) {
        (Some(user), None) => Erasee::User(user),
        (None, Some(email)) => Erasee::Address(email.0),
        (None, None) | (Some(_), Some(_)) => {
            let detail = "expected either user_id or email";
            return Err(Problem::unfit("wrong_body", detail));
        }
    };
    let action = Action::Erase(Erase { who, org });
    Ok(Order { org, ..Order::new(actor, action, body.reason, About::Erasure) })
}

impl Wished for EraseEverywhere {
    fn order(self, _: &Desk, actor: Actor) -> Result<Order, Problem> {
        order(actor, self.body, None)
    }
}

impl Wished for EraseHere {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let org = desk.org(&self.org)?;
        order(actor, self.body, Some(org))
    }
}
