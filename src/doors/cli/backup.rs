//! `rollbook backup`

use super::failure::Failure;
use super::output::Output;
use super::place::Place;
use crate::ground::backup::Stated;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Backup {
    #[command(flatten)]
    place: Place,
    /// The directory to make; it must not exist, or be empty.
    #[arg(value_name = "DIR")]
    into: PathBuf,
}

impl Backup {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Stated { origin, head } = self.place.open(output)?.back_up(&self.into)?;
        let into = self.into.display();
        if output.is_json() {
            let head = json!({"size": head.size, "hash": head.entry});
            return output.value(&json!({"origin": origin, "copy": self.into, "head": head}));
        }
        output.line(format_args!(
            "{origin}: {} entries, head {}, copied to {into}",
            head.size, head.entry
        ))?;
        output.line(
            "Not in it: the keyring and the log key, which are kept apart; the guard, which is never \
             copied.",
        )
    }
}
