//! `rollbook man`

use super::Arguments;
use super::failure::Failure;
use super::output::Output;
use crate::ground::directory::{ANYBODY, make};
use clap::{Args, Command, CommandFactory};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Man {
    /// The directory to write all pages into. Without it the first page goes to standard output.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let mut command = Arguments::command().disable_help_subcommand(true);
        // Names the verbs of verbs after all that stands before them.
        command.build();
        let Some(directory) = self.output else {
            let mut text = Vec::new();
            page(command).render(&mut text).map_err(Failure::Output)?;
            return output.bytes(&text);
        };
        let at_directory = |error| Failure::File { path: directory.clone(), error };
        make(&directory, ANYBODY).map_err(at_directory)?;
        write(command, &directory).map_err(at_directory)?;
        output.line(directory.display())
    }
}

/// The page of a verb and those of the verbs below it.
fn write(command: Command, directory: &Path) -> io::Result<()> {
    for verb in command.get_subcommands() {
        write(verb.clone(), directory)?;
    }
    page(command).generate_to(directory).map(drop)
}

fn page(command: Command) -> clap_mangen::Man {
    clap_mangen::Man::new(command).source(concat!("Rollbook ", env!("CARGO_PKG_VERSION")))
}
