//! Invitations: sent with a one-time token, answered with it.

use super::{About, Order, Wished};
use crate::doors::desk::Desk;
use crate::doors::wire::{
    AcceptInvitation, Acceptance, DeclineInvitation, ExpireInvitations, INVITATION, NewInvitation,
    OneTimeToken, Pending, Problem, ResendInvitation, Resending, RevokeInvitation, SendInvitation,
    read_token, write_token,
};
use crate::facts::Actor;
use crate::law::Action;
use crate::law::command::{Acceptor, IfPending, Invite, Proof, TokenDigest};
use crate::words::hash::token_digest;
use std::time::Duration;

impl From<Pending> for IfPending {
    fn from(pending: Pending) -> Self {
        match pending {
            Pending::Refuse => Self::Refuse,
            Pending::Resend => Self::Resend,
            Pending::Supersede => Self::Supersede,
        }
    }
}

impl Desk {
    fn validity(&self, seconds: Option<u64>) -> Duration {
        seconds.map_or(self.invitation_validity, Duration::from_secs)
    }

    /// A fresh one-time token, and what is kept of it.
    fn draw_token(&self) -> (OneTimeToken, TokenDigest) {
        let bytes = self.draw();
        (OneTimeToken(write_token(INVITATION, &bytes)), TokenDigest(token_digest(&bytes)))
    }
}

impl Wished for SendInvitation {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewInvitation { email, roles, teams, expires_in_seconds, if_pending, reason } =
            self.body;
        let org = desk.org(&self.org)?;
        let (told, token) = desk.draw_token();
        let (expires_in, if_pending) = (desk.validity(expires_in_seconds), if_pending.into());
        let (email, roles) = (email.0, roles.0);
        let wish = Invite { org, email, roles, teams, expires_in, if_pending, token };
        let order = Order::new(actor, Action::Invite(wish), reason, About::Created);
        Ok(Order { token: Some(told), ..order })
    }
}

impl Wished for ResendInvitation {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let Resending { expires_in_seconds, reason } = self.body;
        let (org, invitation) = (desk.org(&self.org)?, self.invitation);
        let (told, token) = desk.draw_token();
        let expires_in = desk.validity(expires_in_seconds);
        let action = Action::ResendInvitation { org, invitation, expires_in, token };
        let order = Order::new(actor, action, reason, About::Invitation(invitation));
        Ok(Order { token: Some(told), ..order })
    }
}

impl Wished for RevokeInvitation {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, invitation) = (desk.org(&self.org)?, self.invitation);
        let action = Action::RevokeInvitation { org, invitation };
        Ok(Order::new(actor, action, self.body.reason, About::Invitation(invitation)))
    }
}

/// By the token of the link, or without one as a user who is signed in where the caller knows it.
pub(in crate::doors) fn proof(token: Option<&OneTimeToken>) -> Proof {
    let Some(OneTimeToken(token)) = token else { return Proof::SignedIn };
    // A text that cannot be a token is not the one that was sent: the law refuses it as any other.
    let digest = read_token(INVITATION, token).map_or([0; 32], |bytes| token_digest(&bytes));
    Proof::Token(TokenDigest(digest))
}

impl Wished for AcceptInvitation {
    const BY_OUTSIDERS: bool = true;

    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let Acceptance { user_id, name, username, token, password: _, reason } = self.body;
        let (org, invitation) = (desk.org(&self.org)?, self.invitation);
        let proof = proof(token.as_ref());
        let (user, acceptor) = match (user_id, &name, &username) {
            (Some(user), None, None) => (user, Acceptor::User(user)),
            (None, ..) => {
                let user = desk.newcomer();
                let (name, username) = (name.map(|name| name.0), username.map(|it| it.0));
                (user, Acceptor::Newcomer { user, name, username })
            }
            (Some(_), ..) => {
                let detail = "either user_id, or name and username of somebody who comes to exist";
                return Err(Problem::unfit("wrong_body", detail));
            }
        };
        // Whoever has the token acts for themselves; the operator only passes it on.
        let actor = match (actor, proof) {
            (Actor::Operator(_), Proof::Token(_)) => Actor::User(user),
            (actor, Proof::Token(_) | Proof::SignedIn) => actor,
        };
        let action = Action::AcceptInvitation { org, invitation, acceptor, proof, password: None };
        Ok(Order::new(actor, action, reason, About::Created))
    }
}

impl Wished for DeclineInvitation {
    const BY_OUTSIDERS: bool = true;

    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, invitation) = (desk.org(&self.org)?, self.invitation);
        let proof = proof(self.body.token.as_ref());
        let action = Action::DeclineInvitation { org, invitation, proof };
        Ok(Order::new(actor, action, self.body.reason, About::Invitation(invitation)))
    }
}

impl Wished for ExpireInvitations {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let org = desk.org(&self.org)?;
        let action = Action::ExpireInvitations { org };
        let order = Order::new(actor, action, self.body.reason, About::Organization);
        // There may be none: then nothing is recorded, and the answer says where that was.
        Ok(Order { org: Some(org), ..order })
    }
}
