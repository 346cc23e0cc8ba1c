//! Wishes become commands of the law.

mod access;
mod erasures;
mod invitations;
mod members;
mod organizations;
mod roles;
mod teams;
mod usage;

pub(in crate::doors) use super::recorded::About;
use super::{Desk, found};
use crate::doors::wire::{Given, OneTimeToken, OrganizationName, Problem, Somebody, Wish};
use crate::facts::Actor;
#[cfg(feature = "server")]
use crate::law::command::Credential;
use crate::law::command::Person;
use crate::law::{Action, Command};
use crate::words::{OrganizationId, Reason, UserId};
#[cfg(feature = "server")]
pub(in crate::doors) use invitations::proof;

/// A wish that a desk can turn into a command.
pub(in crate::doors) trait Wished: Wish {
    /// Whether somebody wishes it who has nothing to do with the organization yet.
    const BY_OUTSIDERS: bool = false;

    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem>;
}

/// A command, and what its answer tells.
pub(in crate::doors) struct Order {
    pub(in crate::doors) command: Command,
    pub(in crate::doors) subject: About,
    /// A one-time token, told once and kept nowhere.
    pub(in crate::doors) token: Option<OneTimeToken>,
    /// Where it is to happen.
    pub(in crate::doors) org: Option<OrganizationId>,
}

impl Order {
    fn new(actor: Actor, action: Action, reason: Option<Given<Reason>>, subject: About) -> Self {
        let command = Command::new(actor, reason.map(|reason| reason.0), action);
        Self { command, subject, token: None, org: None }
    }
}

impl Order {
    /// The same, by what the actor came in.
    #[cfg(feature = "server")]
    pub(in crate::doors) fn by(mut self, credential: Credential) -> Self {
        self.command.credential = credential;
        self
    }
}

impl Desk {
    pub(in crate::doors) fn org(&self, name: &OrganizationName) -> Result<OrganizationId, Problem> {
        found(&self.ledger.views(), name).map(|view| view.id())
    }
}

/// Whom somebody means: a user who exists, or a person who comes to exist.
fn whom(somebody: Somebody, what: &str) -> Result<Result<UserId, Person>, Problem> {
    match somebody {
        Somebody { user_id: Some(user), email: None, name: None, username: None } => Ok(Ok(user)),
        Somebody { user_id: None, email, name, username } => Ok(Err(Person {
            email: email.map(|email| email.0),
            name: name.map(|name| name.0),
            username: username.map(|username| username.0),
        })),
        Somebody { user_id: Some(_), .. } => {
            let detail =
                format!("{what}either user_id, or e-mail, name and username of somebody else");
            Err(Problem::unfit("wrong_body", detail))
        }
    }
}
