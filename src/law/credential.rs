//! Whether what an actor came in by still holds.

use super::command::Credential;
use super::draft::Draft;
use super::refusal::Refusal;
use super::state::{State, Token};
use crate::facts::event::Scope;
use crate::facts::{Actor, Holder};
use crate::words::{Timestamp, TokenId};

/// Refuses a session that ended, and a token that ended, lacks the scope, or is not the actor's.
pub(super) fn holds(draft: &Draft<'_>) -> Result<(), Refusal> {
    match (draft.command.credential, draft.actor()) {
        (Credential::Outside, Actor::Token(_)) => Err(Refusal::TokenEnded),
        (Credential::Outside, Actor::User(_) | Actor::Operator(_) | Actor::System(_)) => Ok(()),
        (Credential::Session { since }, Actor::User(user)) => {
            if draft.state.session_holds(user, since) { Ok(()) } else { Err(Refusal::SessionEnded) }
        }
        (Credential::Session { .. }, Actor::Token(_) | Actor::Operator(_) | Actor::System(_)) => {
            Err(Refusal::SessionEnded)
        }
        (Credential::Token(id), actor) => {
            let token = draft.state.token(id).ok_or(Refusal::TokenEnded)?;
            if !is_holder(actor, id, token) || draft.now() >= token.expires_at {
                return Err(Refusal::TokenEnded);
            }
            if token.allows(Scope::Write, draft.now()) {
                Ok(())
            } else {
                Err(Refusal::ScopeMissing { scope: Scope::Write })
            }
        }
    }
}

/// Refuses a token: what opens doors for longer than itself is done by people.
pub(super) fn no_token(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.command.credential {
        Credential::Token(_) => Err(Refusal::SessionNeeded),
        Credential::Outside | Credential::Session { .. } => Ok(()),
    }
}

fn is_holder(actor: Actor, id: TokenId, token: &Token) -> bool {
    actor == token.actor(id)
}

impl Token {
    /// As whom a token acts. An operator's token is an operator of its own.
    pub fn actor(&self, id: TokenId) -> Actor {
        match self.holder {
            Holder::Organization => Actor::Token(id),
            Holder::User(user) => Actor::User(user),
            Holder::Operator => Actor::Operator(crate::words::OperatorId::from_uuid(id.uuid())),
        }
    }
}

impl State {
    /// Whether a session of a user still holds that rests on what was recorded by `since`.
    pub fn session_holds(&self, user: crate::words::UserId, since: Timestamp) -> bool {
        self.account(user).is_some_and(|account| account.sessions_from <= since)
    }
}
