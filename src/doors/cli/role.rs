//! `rollbook role`

use super::command::To;
use super::failure::Failure;
use super::output::Output;
use crate::doors::wire::{Allowed, DefineRole, Given, NewRole, RedefineRole, RetireRole};
use crate::facts::Permission;
use crate::words::RoleName;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum Role {
    /// Define a custom role.
    Define(Meant),
    /// Change what a custom role allows.
    Redefine(Meant),
    /// Give up a custom role that nobody holds.
    Retire(Retire),
}

#[derive(Debug, Args)]
pub(super) struct Meant {
    #[command(flatten)]
    to: To,
    /// Its name.
    #[arg(long)]
    role: Given<RoleName>,
    /// What it allows, such as member.read; may be given several times.
    #[arg(long = "permission", value_name = "PERMISSION", required = true, value_parser = permission)]
    permissions: Vec<Permission>,
}

#[derive(Debug, Args)]
pub(super) struct Retire {
    #[command(flatten)]
    to: To,
    /// Its name.
    #[arg(long)]
    role: Given<RoleName>,
}

fn permission(text: &str) -> Result<Permission, String> {
    Permission::from_name(text)
        .ok_or_else(|| "no permission is called so; `rollbook roles` lists them".to_owned())
}

impl Role {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Define(Meant { to, role, permissions }) => {
                let site = to.open(output)?;
                let body = NewRole { role, permissions, reason: to.reason() };
                to.give(site, DefineRole { org: to.org(), body }, output)
            }
            Self::Redefine(Meant { to, role, permissions }) => {
                let site = to.open(output)?;
                let body = Allowed { permissions, reason: to.reason() };
                to.give(site, RedefineRole { org: to.org(), role, body }, output)
            }
            Self::Retire(Retire { to, role }) => {
                let site = to.open(output)?;
                to.give(site, RetireRole { org: to.org(), role, body: to.why() }, output)
            }
        }
    }
}
