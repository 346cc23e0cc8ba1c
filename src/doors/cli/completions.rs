//! `rollbook completions`

use super::failure::Failure;
use super::output::Output;
use super::{Arguments, NAME};
use crate::ground::directory::{ANYBODY, make};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate, generate_to};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell that reads it.
    #[arg(value_enum)]
    shell: Shell,
    /// The directory to write the file into, under the name that the shell looks for. Without it:
    /// standard output.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let mut command = Arguments::command();
        let Some(directory) = self.output else {
            // It ends the process where it cannot write, so it writes into memory.
            let mut script = Vec::new();
            generate(self.shell, &mut command, NAME, &mut script);
            return output.bytes(&script);
        };
        let at_directory = |error| Failure::File { path: directory.clone(), error };
        make(&directory, ANYBODY).map_err(at_directory)?;
        let file = generate_to(self.shell, &mut command, NAME, &directory).map_err(at_directory)?;
        output.line(file.display())
    }
}
