//! `rollbook member`

use super::command::To;
use super::failure::Failure;
use super::names;
use super::output::Output;
use crate::doors::desk::Wished;
use crate::doors::wire::{
    AddMember, ChangeRoles, DeprovisionMember, Given, GivenRoles, HeldRoles, Leave, NewMember,
    OrganizationName, ReactivateMember, RemoveMember, SuspendMember, Why,
};
use crate::facts::Roles;
use crate::words::{Email, MemberId, Name, RoleName, UserId, Username};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum Member {
    /// Make a user and their membership at once.
    Create(Create),
    /// Give a user who exists a membership, without an invitation.
    Add(Add),
    /// Change what a member holds.
    Role(Role),
    /// End a membership.
    Remove(Named),
    /// End a membership because an identity provider withdraws it.
    Deprovision(Named),
    /// Let a member do nothing for the time being.
    Suspend(Named),
    /// Let a suspended member act again.
    Reactivate(Named),
    /// End one's own membership: --actor says whose.
    Leave(Leaving),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    to: To,
    /// Their e-mail address; this or a username is needed.
    #[arg(long)]
    email: Option<Given<Email>>,
    /// What they are called.
    #[arg(long)]
    name: Option<Given<Name>>,
    /// Their login name.
    #[arg(long)]
    username: Option<Given<Username>>,
    #[command(flatten)]
    roles: IfNamed,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    to: To,
    /// The user.
    #[arg(long, value_name = "ID")]
    user: UserId,
    #[command(flatten)]
    roles: IfNamed,
}

/// Roles that need not be named.
#[derive(Debug, Args)]
struct IfNamed {
    /// What they hold; may be given several times. Without it: what the role set says.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<Given<RoleName>>,
}

/// A member, by the name people have for them.
#[derive(Debug, Args)]
pub(super) struct Named {
    #[command(flatten)]
    to: To,
    /// The member: a username, an e-mail address or a member's identifier.
    #[arg(long, value_name = "WHO")]
    member: String,
}

#[derive(Debug, Args)]
pub(super) struct Role {
    #[command(flatten)]
    named: Named,
    /// What they are to hold; may be given several times.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Given<RoleName>>,
}

#[derive(Debug, Args)]
pub(super) struct Leaving {
    #[command(flatten)]
    to: To,
}

/// The roles that were named.
pub(super) fn roles(named: Vec<Given<RoleName>>) -> Result<GivenRoles, Failure> {
    let roles = Roles::new(named.into_iter().map(|Given(role)| role));
    roles.map(GivenRoles).map_err(|error| Failure::Roles(error.to_string()))
}

impl IfNamed {
    fn read(self) -> Result<Option<GivenRoles>, Failure> {
        if self.roles.is_empty() { Ok(None) } else { roles(self.roles).map(Some) }
    }
}

impl Member {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Create(Create { to, email, name, username, roles }) => {
                let (site, roles, reason) = (to.open(output)?, roles.read()?, to.reason());
                let body = NewMember { user_id: None, email, name, username, roles, reason };
                to.give(site, AddMember { org: to.org(), body }, output)
            }
            Self::Add(Add { to, user, roles }) => {
                let (site, roles, reason) = (to.open(output)?, roles.read()?, to.reason());
                let (email, name, username) = (None, None, None);
                let body = NewMember { user_id: Some(user), email, name, username, roles, reason };
                to.give(site, AddMember { org: to.org(), body }, output)
            }
            Self::Role(Role { named, roles: given }) => {
                let roles = roles(given)?;
                named.give(output, |org, member, body| {
                    let body = HeldRoles { roles, reason: body.reason };
                    ChangeRoles { org, member, body }
                })
            }
            Self::Remove(named) => {
                named.give(output, |org, member, body| RemoveMember { org, member, body })
            }
            Self::Deprovision(named) => {
                named.give(output, |org, member, body| DeprovisionMember { org, member, body })
            }
            Self::Suspend(named) => {
                named.give(output, |org, member, body| SuspendMember { org, member, body })
            }
            Self::Reactivate(named) => {
                named.give(output, |org, member, body| ReactivateMember { org, member, body })
            }
            Self::Leave(Leaving { to }) => {
                let site = to.open(output)?;
                to.give(site, Leave { org: to.org(), body: to.why() }, output)
            }
        }
    }
}

impl Named {
    /// Gives a command about that member.
    fn give<W: Wished>(
        self,
        output: &mut Output,
        wish: impl FnOnce(OrganizationName, MemberId, Why) -> W,
    ) -> Result<(), Failure> {
        let Self { to, member } = self;
        let site = to.open(output)?;
        let member = names::member(&site, &to.org(), &member)?;
        to.give(site, wish(to.org(), member, to.why()), output)
    }
}
