//! `rollbook import better-auth`

use super::rows::Manner;
use crate::doors::cli::data::GuardedData;
use crate::doors::cli::failure::Failure;
use crate::doors::cli::output::Output;
use crate::doors::moving::better_auth::plan;
use crate::doors::wire::Given;
use crate::words::Name;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::doors::cli) struct BetterAuth {
    #[command(flatten)]
    data: GuardedData,
    /// By what the tables are known again.
    #[arg(long, value_name = "NAME", default_value = "better-auth")]
    source: Given<Name>,
    #[command(flatten)]
    manner: Manner,
    /// Where user.csv, account.csv, organization.csv, member.csv and the others are; .ndjson, too.
    tables: PathBuf,
}

impl BetterAuth {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { data, source: Given(source), manner, tables } = self;
        manner.run(&data, |state, drawn| plan(&tables, &source, state, drawn), output)
    }
}
