//! What members have elsewhere: API keys, and what bounds their use.

use super::{About, Order, Wished};
use crate::doors::desk::Desk;
use crate::doors::wire::{Bounds, ChangeLimits, IssueApiKey, NewApiKey, Problem, RevokeApiKey};
use crate::facts::Actor;
use crate::facts::event::Limits;
use crate::law::Action;
use crate::law::command::UsageWish;

impl Wished for IssueApiKey {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewApiKey { member_id: member, key_id: key, name, prefix, environment, reason } =
            self.body;
        let (name, prefix) = (name.0, prefix.map(|prefix| prefix.0));
        let environment = environment.map(|environment| environment.0);
        let org = desk.org(&self.org)?;
        let wish = UsageWish::IssueApiKey { org, member, key, name, prefix, environment };
        Ok(Order::new(actor, Action::Usage(wish), reason, About::Created))
    }
}

impl Wished for RevokeApiKey {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, key) = (desk.org(&self.org)?, self.key);
        let action = Action::Usage(UsageWish::RevokeApiKey { org, key });
        Ok(Order::new(actor, action, self.body.reason, About::ApiKey(key)))
    }
}

impl Wished for ChangeLimits {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let Bounds { budget, rate, reason } = self.body;
        let (org, member, limits) = (desk.org(&self.org)?, self.member, Limits { budget, rate });
        let action = Action::Usage(UsageWish::ChangeLimits { org, member, limits });
        Ok(Order::new(actor, action, reason, About::Limits(member)))
    }
}
