//! `rollbook import`

mod better_auth;
mod history;
mod members;
mod rows;

use super::failure::Failure;
use super::output::Output;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Take over a history of commits, one JSON object a line. It stops at the first fault.
    History(history::History),
    /// Take over a list of members, CSV or NDJSON, row by row.
    Members(members::Members),
    /// Take over the tables of Better Auth: accounts with their passwords, organizations, members.
    BetterAuth(better_auth::BetterAuth),
}

impl Import {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::History(verb) => verb.run(output),
            Self::Members(verb) => verb.run(output),
            Self::BetterAuth(verb) => verb.run(output),
        }
    }
}
