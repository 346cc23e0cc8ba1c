//! `rollbook checkpoint`

use super::failure::Failure;
use super::output::Output;
use super::place::Place;
use crate::doors::wire::OrganizationName;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct Checkpoint {
    #[command(flatten)]
    place: Place,
    /// The organization, by its current slug or its identifier. Without it: the whole ledger.
    #[arg(long, value_name = "SLUG|ID")]
    org: Option<OrganizationName>,
}

impl Checkpoint {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let note = self.place.open_signing(output)?.checkpoint(self.org.as_ref())?;
        if output.is_json() {
            output.value(&json!({"checkpoint": note}))
        } else {
            output.text(note)
        }
    }
}
