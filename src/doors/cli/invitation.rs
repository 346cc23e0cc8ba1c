//! `rollbook invitation`

use super::command::To;
use super::failure::Failure;
use super::member::roles;
use super::names;
use super::output::Output;
use crate::doors::wire::{
    AcceptInvitation, Acceptance, DeclineInvitation, Declining, ExpireInvitations, Given,
    NewInvitation, OneTimeToken, Pending, ResendInvitation, Resending, RevokeInvitation,
    SendInvitation,
};
use crate::words::{Email, Name, RoleName, UserId, Username};
use clap::{Args, Subcommand, ValueEnum};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The longest file that holds a one-time token.
const TOKEN_FILE_LIMIT_BYTES: u64 = 4096;

const DAY_SECONDS: u64 = 24 * 60 * 60;

#[derive(Debug, Subcommand)]
pub(super) enum Invitation {
    /// Invite an address. The answer tells the one-time token once.
    Send(Send),
    /// Send an invitation again, with a fresh token.
    Resend(Resend),
    /// Withdraw an invitation.
    Revoke(Named),
    /// Accept an invitation, and join.
    Accept(Accept),
    /// Say no to an invitation.
    Decline(Decline),
    /// Record which invitations have expired.
    Expire(Expire),
}

#[derive(Debug, Args)]
pub(super) struct Send {
    #[command(flatten)]
    to: To,
    /// The address.
    #[arg(long)]
    email: Given<Email>,
    /// What whoever accepts will hold; may be given several times.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Given<RoleName>>,
    /// A team they will belong to, by name or identifier; may be given several times.
    #[arg(long = "team", value_name = "TEAM")]
    teams: Vec<String>,
    #[command(flatten)]
    valid: Valid,
    /// What happens if one is pending for that address.
    #[arg(long, value_enum, default_value_t = IfPending::Refuse)]
    if_pending: IfPending,
}

#[derive(Debug, Args)]
struct Valid {
    /// How many days it can be accepted, 1 to 365. Without it: 7.
    #[arg(long, value_name = "DAYS")]
    days: Option<u16>,
}

impl Valid {
    fn seconds(&self) -> Option<u64> {
        self.days.map(|days| u64::from(days) * DAY_SECONDS)
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum IfPending {
    /// It is refused.
    Refuse,
    /// The pending one is sent again; its roles stay.
    Resend,
    /// It takes the pending one's place.
    Supersede,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    #[command(flatten)]
    to: To,
    /// The invitation: the address it was sent to, or its identifier.
    #[arg(long, value_name = "EMAIL|ID")]
    invitation: String,
}

#[derive(Debug, Args)]
pub(super) struct Resend {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    valid: Valid,
}

/// By the one-time token, which proves that the invitation is theirs.
#[derive(Debug, Args)]
struct Proven {
    /// The file that holds the one-time token; - for standard input. It is no argument itself,
    /// because every user of the machine can read those. Without it --actor is believed to be
    /// signed in at the address that was invited.
    #[arg(long, value_name = "FILE")]
    invitation_token: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Accept {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    proven: Proven,
    /// Who accepts, if they are a user already.
    #[arg(long, value_name = "ID", conflicts_with_all = ["name", "username"])]
    user: Option<UserId>,
    /// What a newcomer is called.
    #[arg(long)]
    name: Option<Given<Name>>,
    /// A newcomer's login name.
    #[arg(long)]
    username: Option<Given<Username>>,
}

#[derive(Debug, Args)]
pub(super) struct Decline {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    proven: Proven,
}

#[derive(Debug, Args)]
pub(super) struct Expire {
    #[command(flatten)]
    to: To,
}

impl Proven {
    fn read(&self) -> Result<Option<OneTimeToken>, Failure> {
        let Some(path) = &self.invitation_token else { return Ok(None) };
        let read = |mut from: &mut dyn Read| {
            let mut text = String::new();
            (&mut from).take(TOKEN_FILE_LIMIT_BYTES).read_to_string(&mut text)?;
            Ok(text.lines().next().unwrap_or_default().trim().to_owned())
        };
        let text = match path.as_path() {
            stdin if stdin == Path::new("-") => read(&mut io::stdin().lock()),
            path => File::open(path).and_then(|mut file| read(&mut file)),
        };
        let text = text.map_err(|error| Failure::File { path: path.clone(), error })?;
        Ok(Some(OneTimeToken(text)))
    }
}

impl Invitation {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Send(verb) => verb.run(output),
            Self::Resend(Resend { named: Named { to, invitation }, valid }) => {
                let site = to.open(output)?;
                let invitation = names::invitation(&site, &to.org(), &invitation)?;
                let body = Resending { expires_in_seconds: valid.seconds(), reason: to.reason() };
                to.give(site, ResendInvitation { org: to.org(), invitation, body }, output)
            }
            Self::Revoke(Named { to, invitation }) => {
                let site = to.open(output)?;
                let invitation = names::invitation(&site, &to.org(), &invitation)?;
                let body = to.why();
                to.give(site, RevokeInvitation { org: to.org(), invitation, body }, output)
            }
            Self::Accept(verb) => verb.run(output),
            Self::Decline(Decline { named: Named { to, invitation }, proven }) => {
                let (token, site) = (proven.read()?, to.open(output)?);
                let invitation = names::invitation(&site, &to.org(), &invitation)?;
                let body = Declining { token, reason: to.reason() };
                to.give(site, DeclineInvitation { org: to.org(), invitation, body }, output)
            }
            Self::Expire(Expire { to }) => {
                let site = to.open(output)?;
                to.give(site, ExpireInvitations { org: to.org(), body: to.why() }, output)
            }
        }
    }
}

impl Send {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { to, email, roles: given, teams, valid, if_pending } = self;
        let (roles, site) = (roles(given)?, to.open(output)?);
        let teams = teams.iter().map(|team| names::team(&site, &to.org(), team));
        let teams = teams.collect::<Result<_, _>>()?;
        let if_pending = match if_pending {
            IfPending::Refuse => Pending::Refuse,
            IfPending::Resend => Pending::Resend,
            IfPending::Supersede => Pending::Supersede,
        };
        let (expires_in_seconds, reason) = (valid.seconds(), to.reason());
        let body = NewInvitation { email, roles, teams, expires_in_seconds, if_pending, reason };
        to.give(site, SendInvitation { org: to.org(), body }, output)
    }
}

impl Accept {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { named: Named { to, invitation }, proven, user, name, username } = self;
        let (token, site) = (proven.read()?, to.open(output)?);
        let invitation = names::invitation(&site, &to.org(), &invitation)?;
        let (password, reason) = (None, to.reason());
        let body = Acceptance { user_id: user, name, username, token, password, reason };
        to.give(site, AcceptInvitation { org: to.org(), invitation, body }, output)
    }
}
