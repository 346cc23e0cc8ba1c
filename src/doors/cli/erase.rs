//! `rollbook erase`

use super::command::By;
use super::failure::Failure;
use super::output::Output;
use super::place::Place;
use crate::doors::wire::{EraseEverywhere, EraseHere, Erasure, Given, OrganizationName};
use crate::words::{Email, UserId};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Erase {
    #[command(flatten)]
    place: Place,
    /// In this organization alone: its slug or identifier. Without it everywhere.
    #[arg(long, value_name = "ORG")]
    org: Option<OrganizationName>,
    /// The user.
    #[arg(long, value_name = "ID", required_unless_present = "email", conflicts_with = "email")]
    user: Option<UserId>,
    /// Whoever has this address, and all invitations to it.
    #[arg(long, value_name = "EMAIL")]
    email: Option<Given<Email>>,
    #[command(flatten)]
    by: By,
}

impl Erase {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.place.open(output)?;
        let Self { org, user: user_id, email, by, place: _ } = self;
        let body = Erasure { user_id, email, reason: by.reason.clone() };
        match org {
            Some(org) => by.give(site, EraseHere { org, body }, output),
            None => by.give(site, EraseEverywhere { body }, output),
        }
    }
}
