//! `rollbook team`

use super::command::To;
use super::failure::Failure;
use super::names;
use super::output::Output;
use super::place::Site;
use crate::doors::wire::{
    ChangedTeam, CreateTeam, Given, NewTeam, PutTeamMember, RemoveTeam, RemoveTeamMember,
    TeamPlace, UpdateTeam,
};
use crate::facts::TeamRole;
use crate::words::{Name, TeamId};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum Team {
    /// Begin one.
    Create(Create),
    /// Change its name, or which team it is part of.
    Update(Update),
    /// End it. Teams below it stand at the top from then on.
    Remove(Named),
    /// Put a member into it, or give one who is in it another role there.
    PutMember(PutMember),
    /// Take a member out of it.
    RemoveMember(OfMember),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    to: To,
    /// What it is called.
    #[arg(long)]
    name: Given<Name>,
    /// The team it is part of, by name or identifier.
    #[arg(long, value_name = "TEAM")]
    parent: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    #[command(flatten)]
    to: To,
    /// The team, by name or identifier.
    #[arg(long, value_name = "TEAM")]
    team: String,
}

#[derive(Debug, Args)]
pub(super) struct Update {
    #[command(flatten)]
    named: Named,
    /// What it is to be called.
    #[arg(long)]
    name: Option<Given<Name>>,
    /// The team it is to be part of, by name or identifier.
    #[arg(long, value_name = "TEAM")]
    parent: Option<String>,
    /// It is to be part of no team.
    #[arg(long, conflicts_with = "parent")]
    top: bool,
}

#[derive(Debug, Args)]
pub(super) struct OfMember {
    #[command(flatten)]
    named: Named,
    /// The member: a username, an e-mail address or a member's identifier.
    #[arg(long, value_name = "WHO")]
    member: String,
}

#[derive(Debug, Args)]
pub(super) struct PutMember {
    #[command(flatten)]
    of_member: OfMember,
    /// What they are to be in it: member or maintainer.
    #[arg(long, default_value = "member", value_parser = team_role)]
    role: TeamRole,
}

fn team_role(text: &str) -> Result<TeamRole, String> {
    TeamRole::from_name(text).ok_or_else(|| "expected member or maintainer".to_owned())
}

impl Team {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Create(Create { to, name, parent }) => {
                let site = to.open(output)?;
                let body =
                    NewTeam { name, parent: found(&site, &to, parent)?, reason: to.reason() };
                to.give(site, CreateTeam { org: to.org(), body }, output)
            }
            Self::Update(Update { named: Named { to, team }, name, parent, top }) => {
                let site = to.open(output)?;
                let team = names::team(&site, &to.org(), &team)?;
                let parent = found(&site, &to, parent)?;
                let parent = if top { Some(None) } else { parent.map(Some) };
                let body = ChangedTeam { name, parent, reason: to.reason() };
                to.give(site, UpdateTeam { org: to.org(), team, body }, output)
            }
            Self::Remove(Named { to, team }) => {
                let site = to.open(output)?;
                let team = names::team(&site, &to.org(), &team)?;
                to.give(site, RemoveTeam { org: to.org(), team, body: to.why() }, output)
            }
            Self::PutMember(PutMember { of_member, role }) => {
                let OfMember { named: Named { to, team }, member } = of_member;
                let site = to.open(output)?;
                let team = names::team(&site, &to.org(), &team)?;
                let member = names::member(&site, &to.org(), &member)?;
                let body = TeamPlace { role, reason: to.reason() };
                to.give(site, PutTeamMember { org: to.org(), team, member, body }, output)
            }
            Self::RemoveMember(OfMember { named: Named { to, team }, member }) => {
                let site = to.open(output)?;
                let team = names::team(&site, &to.org(), &team)?;
                let member = names::member(&site, &to.org(), &member)?;
                let body = to.why();
                to.give(site, RemoveTeamMember { org: to.org(), team, member, body }, output)
            }
        }
    }
}

fn found(site: &Site, to: &To, team: Option<String>) -> Result<Option<TeamId>, Failure> {
    team.map(|team| names::team(site, &to.org(), &team)).transpose()
}
