//! `rollbook import members`

use super::rows::Manner;
use crate::doors::cli::data::GuardedData;
use crate::doors::cli::failure::Failure;
use crate::doors::cli::organization::role_set;
use crate::doors::cli::output::Output;
use crate::doors::moving::members::{Target, plan};
use crate::doors::wire::Given;
use crate::facts::RoleSet;
use crate::words::{Name, Slug};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::doors::cli) struct Members {
    #[command(flatten)]
    data: GuardedData,
    /// The organization, by its slug.
    #[arg(long, value_name = "SLUG")]
    org: Given<Slug>,
    /// Begin the organization, which is called so.
    #[arg(long = "new", value_name = "NAME")]
    name: Option<Given<Name>>,
    /// Which roles it uses: standard, enterprise, avisi, cloudflare or basic.
    #[arg(long, default_value = "standard", value_parser = role_set, requires = "name")]
    role_set: RoleSet,
    /// By what the list is known again; without it the file's name.
    #[arg(long, value_name = "NAME")]
    source: Option<Given<Name>>,
    #[command(flatten)]
    manner: Manner,
    /// The list: a file that ends in .csv or .ndjson.
    file: PathBuf,
}

impl Members {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { data, org: Given(org), name, role_set, source, manner, file } = self;
        let source = match source {
            Some(Given(source)) => source,
            None => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                Name::parse(&name).map_err(|error| Failure::Source(error.to_string()))?
            }
        };
        let begins = name.map(|Given(name)| (name, role_set));
        let plan = plan(&file, &Target { source, org, begins })?;
        manner.run(&data, |_, _| Ok(plan), output)
    }
}
