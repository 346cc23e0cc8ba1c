//! Who else reaches an organization: tokens, auditors, the operator who takes over.

use super::{About, Order, Wished};
use crate::doors::desk::Desk;
use crate::doors::wire::{
    GrantAuditor, Granted, IssueToken, NewToken, ORGANIZATION_TOKEN, OneTimeToken, Problem,
    RevokeToken, TakeOver, WithdrawAuditor, write_token,
};
use crate::facts::Actor;
use crate::law::Action;
use crate::law::command::access::TokenOf;
use crate::law::command::{AccessWish, TokenDigest};
use crate::words::hash::credential_digest;
use std::time::Duration;

impl Desk {
    /// A token to be issued, and the wish for it.
    pub(in crate::doors) fn draw_credential(
        &self,
        (of, prefix): (TokenOf, &str),
        body: NewToken,
    ) -> (OneTimeToken, AccessWish) {
        let NewToken { name, scopes, expires_in_seconds, reason: _ } = body;
        let bytes = self.draw();
        let wish = AccessWish::IssueToken {
            of,
            name: name.0,
            scopes: scopes.into_iter().collect(),
            // Beyond the end of time it is beyond the law's bound too.
            expires_at: (self.now)().after(Duration::from_secs(expires_in_seconds)),
            digest: TokenDigest(credential_digest(&bytes)),
        };
        (OneTimeToken(write_token(prefix, &bytes)), wish)
    }
}

impl Wished for IssueToken {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let of = TokenOf::Organization(desk.org(&self.org)?);
        let reason = self.body.reason.clone();
        let (told, wish) = desk.draw_credential((of, ORGANIZATION_TOKEN), self.body);
        let order = Order::new(actor, Action::Access(wish), reason, About::Created);
        Ok(Order { token: Some(told), ..order })
    }
}

impl Wished for RevokeToken {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (of, token) = (TokenOf::Organization(desk.org(&self.org)?), self.token);
        let action = Action::Access(AccessWish::RevokeToken { of, token });
        Ok(Order::new(actor, action, self.body.reason, About::Token(token)))
    }
}

impl Wished for GrantAuditor {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, user) = (desk.org(&self.org)?, self.user);
        let Granted { expires_at, reason } = self.body;
        let action = Action::Access(AccessWish::GrantAuditor { org, user, expires_at });
        Ok(Order::new(actor, action, reason, About::Organization))
    }
}

impl Wished for WithdrawAuditor {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, user) = (desk.org(&self.org)?, self.user);
        let action = Action::Access(AccessWish::WithdrawAuditor { org, user });
        Ok(Order::new(actor, action, self.body.reason, About::Organization))
    }
}

impl Wished for TakeOver {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, user) = (desk.org(&self.org)?, self.body.user_id);
        let action = Action::Access(AccessWish::TakeOver { org, user });
        Ok(Order::new(actor, action, self.body.reason, About::Organization))
    }
}
