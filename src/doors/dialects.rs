//! Dialects: other systems' wire formats, spoken over the same commands and views. What is said
//! stands here; how it travels stands in the server.

pub(super) mod aisix;
pub(super) mod avisi;
pub(super) mod cloudflare;

use super::desk::{Desk, Order, Reader, Wished};
use super::wire::{AddMember, Given, GivenRoles, NewInvitation, NewMember, OrganizationName};
use super::wire::{Pending, Problem, SendInvitation};
use crate::facts::{Actor, Roles};
use crate::law::state::State;
use crate::words::{Email, UserId};
use serde_json::Value;
use std::time::Duration;

/// A wire format that is not Rollbook's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Aisix,
    Avisi,
    Cloudflare,
}

/// Where each is spoken. Cloudflare's clients leave its prefix out where they are told to.
const PREFIXES: [(&str, Dialect); 5] = [
    ("/api/members", Dialect::Aisix),
    ("/api/v1", Dialect::Avisi),
    ("/client/v4", Dialect::Cloudflare),
    ("/accounts", Dialect::Cloudflare),
    ("/memberships", Dialect::Cloudflare),
];

/// How a problem is told in a dialect.
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) body: Value,
    /// Whether clients are told not to send the request again.
    pub(super) is_final: bool,
}

impl Dialect {
    /// Whose path it is; none: Rollbook's own.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let is_below = |prefix: &str| {
            let rest = path.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        PREFIXES.iter().find(|(prefix, _)| is_below(prefix)).map(|(_, dialect)| *dialect)
    }

    pub(super) fn failure(self, problem: &Problem) -> Failure {
        match self {
            Self::Aisix => aisix::failure(problem),
            Self::Avisi => avisi::failure(problem),
            Self::Cloudflare => cloudflare::failure(problem),
        }
    }
}

/// The user who asks; tokens of organizations and operators are nobody's own.
pub(super) fn oneself(reader: &Reader) -> Result<UserId, Problem> {
    match reader.actor {
        Actor::User(user) => Ok(user),
        Actor::Token(_) | Actor::Operator(_) | Actor::System(_) => {
            let detail = "this is about a user: come in by a user's own token";
            Err(Problem::new(403, "not_a_user", detail))
        }
    }
}

/// What is known of the holder of an address.
enum Holder {
    Nobody,
    User(UserId),
    /// An account with a password that took the address and never proved it: it may be somebody
    /// else's, so nothing is given to it for its address.
    Unproven,
}

fn holder(state: &State, email: &Email) -> Holder {
    let Some(user) = state.by_email(&email.folded()) else { return Holder::Nobody };
    let is_proven = state.user(user).is_some_and(|known| known.verified);
    let has_password = state.account(user).is_some_and(|account| account.password.is_some());
    if is_proven || !has_password { Holder::User(user) } else { Holder::Unproven }
}

/// Gives an existing user a membership.
fn add(
    desk: &Desk,
    actor: Actor,
    org: OrganizationName,
    (user, roles): (UserId, Roles),
) -> Result<Order, Problem> {
    let (user_id, roles) = (Some(user), Some(GivenRoles(roles)));
    let body = NewMember { user_id, email: None, name: None, username: None, roles, reason: None };
    AddMember { org, body }.order(desk, actor)
}

/// Invites an address; one that was invited already is refused.
fn invite(
    desk: &Desk,
    actor: Actor,
    org: OrganizationName,
    (email, roles, validity): (Email, Roles, Duration),
) -> Result<Order, Problem> {
    let body = NewInvitation {
        email: Given(email),
        roles: GivenRoles(roles),
        teams: Vec::new(),
        expires_in_seconds: Some(validity.as_secs()),
        if_pending: Pending::Refuse,
        reason: None,
    };
    SendInvitation { org, body }.order(desk, actor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_ends_where_its_paths_do() {
        let table = [
            ("/api/members", Some(Dialect::Aisix)),
            ("/api/members/1", Some(Dialect::Aisix)),
            ("/api/membership", None),
            ("/api/auth/sign-out", None),
            ("/api/v1", Some(Dialect::Avisi)),
            ("/api/v10/organisations", None),
            ("/client/v4/nowhere", Some(Dialect::Cloudflare)),
            ("/accounts/1/members", Some(Dialect::Cloudflare)),
            ("/memberships", Some(Dialect::Cloudflare)),
            ("/v1/organizations", None),
            ("/", None),
        ];
        for (path, dialect) in table {
            assert_eq!(Dialect::of_path(path), dialect, "{path}");
        }
    }
}
