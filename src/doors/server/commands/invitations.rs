//! Invitations: sent with a one-time token, answered with it.

use super::{INVITATION, Subject, Why, Wish, draw_token};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::given::{Given, GivenRoles};
use crate::doors::server::operator::read;
use crate::doors::server::problem::Problem;
use crate::facts::Actor;
use crate::law::Action;
use crate::law::command::{Acceptor, IfPending, Invite, Proof, TokenDigest};
use crate::words::hash::token_digest;
use crate::words::{Email, Name, Reason, TeamId, UserId, Username};
use serde::Deserialize;
use std::sync::PoisonError;
use std::time::Duration;

/// What a second invitation of one address does.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    #[default]
    Refuse,
    Resend,
    Supersede,
}

impl From<Pending> for IfPending {
    fn from(pending: Pending) -> Self {
        match pending {
            Pending::Refuse => Self::Refuse,
            Pending::Resend => Self::Resend,
            Pending::Supersede => Self::Supersede,
        }
    }
}

fn validity(seconds: Option<u64>) -> Duration {
    seconds.map_or(Invite::EXPIRES_IN, Duration::from_secs)
}

pub(in crate::doors::server) fn send(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        email: Given<Email>,
        roles: GivenRoles,
        #[serde(default)]
        teams: Vec<TeamId>,
        expires_in_seconds: Option<u64>,
        #[serde(default)]
        if_pending: Pending,
        reason: Option<Given<Reason>>,
    }
    let Body { email, roles, teams, expires_in_seconds, if_pending, reason } = call.body()?;
    let org = call.org(site)?;
    let (told, token) = draw_token(site);
    let (expires_in, if_pending) = (validity(expires_in_seconds), if_pending.into());
    let (email, roles) = (email.0, roles.0);
    let wish = Invite { org, email, roles, teams, expires_in, if_pending, token };
    let wish = Wish::new(call, Action::Invite(wish), reason, Subject::Created);
    Ok(Wish { token: Some(told), ..wish })
}

pub(in crate::doors::server) fn resend(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        expires_in_seconds: Option<u64>,
        reason: Option<Given<Reason>>,
    }
    let Body { expires_in_seconds, reason } = call.body()?;
    let (org, invitation) = (call.org(site)?, call.id("invitation")?);
    let (told, token) = draw_token(site);
    let expires_in = validity(expires_in_seconds);
    let action = Action::ResendInvitation { org, invitation, expires_in, token };
    let wish = Wish::new(call, action, reason, Subject::Invitation(invitation));
    Ok(Wish { token: Some(told), ..wish })
}

pub(in crate::doors::server) fn revoke(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, invitation) = (call.org(site)?, call.id("invitation")?);
    let action = Action::RevokeInvitation { org, invitation };
    Ok(Wish::new(call, action, reason, Subject::Invitation(invitation)))
}

/// By the token of the link, or without one as a user who is signed in where the caller knows it.
fn proof(token: Option<&str>) -> Proof {
    let Some(token) = token else { return Proof::SignedIn };
    // A text that cannot be a token is not the one that was sent: the law refuses it as any other.
    let digest = read(INVITATION, token).map_or([0; 32], |bytes| token_digest(&bytes));
    Proof::Token(TokenDigest(digest))
}

/// Whoever has no `user_id` yet comes to exist, at the address that was invited.
pub(in crate::doors::server) fn accept(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        user_id: Option<UserId>,
        name: Option<Given<Name>>,
        username: Option<Given<Username>>,
        token: Option<String>,
        reason: Option<Given<Reason>>,
    }
    let Body { user_id, name, username, token, reason } = call.body()?;
    let (org, invitation) = (call.org(site)?, call.id("invitation")?);
    let proof = proof(token.as_deref());
    let (user, acceptor) = match (user_id, &name, &username) {
        (Some(user), None, None) => (user, Acceptor::User(user)),
        (None, ..) => {
            let drawn = site.drawn.lock().unwrap_or_else(PoisonError::into_inner).bytes();
            let user = UserId::from_uuid(uuid::Builder::from_random_bytes(drawn).into_uuid());
            let (name, username) = (name.map(|name| name.0), username.map(|it| it.0));
            (user, Acceptor::Newcomer { user, name, username })
        }
        (Some(_), ..) => {
            let detail = "either user_id, or name and username of somebody who comes to exist";
            return Err(Problem::wrong("wrong_body", detail));
        }
    };
    let action = Action::AcceptInvitation { org, invitation, acceptor, proof };
    let wish = Wish::new(call, action, reason, Subject::Created);
    // Whoever has the token acts for themselves; the operator only passes it on.
    let actor = match (wish.actor, proof) {
        (Actor::Operator(_), Proof::Token(_)) => Actor::User(user),
        (actor, Proof::Token(_) | Proof::SignedIn) => actor,
    };
    Ok(Wish { actor, ..wish })
}

pub(in crate::doors::server) fn decline(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        token: Option<String>,
        reason: Option<Given<Reason>>,
    }
    let Body { token, reason } = call.body()?;
    let (org, invitation) = (call.org(site)?, call.id("invitation")?);
    let action = Action::DeclineInvitation { org, invitation, proof: proof(token.as_deref()) };
    Ok(Wish::new(call, action, reason, Subject::Invitation(invitation)))
}
