//! `rollbook policy`

use super::failure::Failure;
use super::output::Output;
use super::place::Place;
use super::selection::Of;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct Policy {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    of: Of,
}

impl Policy {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let policy = self.place.open_signing(output)?.policy(&self.of.org)?;
        if output.is_json() {
            output.value(&json!({"policy": policy}))
        } else {
            output.text(policy)
        }
    }
}
