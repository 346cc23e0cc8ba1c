//! `rollbook rebuild`

use super::data::{GuardedData, tell, tell_unsaved};
use super::failure::Failure;
use super::machine::machine;
use super::output::Output;
use crate::ground::embedded::Repair;
use crate::house::Ledger;
use clap::Args;
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct Rebuild {
    #[command(flatten)]
    data: GuardedData,
}

impl Rebuild {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let ledger = Ledger::rebuild(&self.data.data.directory, machine()?)?;
        // That sled was built again is what was asked for.
        let mut beside = ledger.repairs();
        beside.retain(|repair| !matches!(repair, Repair::SledRebuilt { .. }));
        tell(&beside, output);
        self.data.hold(&ledger)?;
        let (head, organizations) = (ledger.head(), ledger.views().organizations().len());
        ledger.close()?;
        tell_unsaved(&ledger, output);
        if output.is_json() {
            let head = json!({"size": head.size, "hash": head.entry});
            return output.value(&json!({"head": head, "organizations": organizations}));
        }
        output.line(format_args!(
            "sled and the projections of {organizations} organizations were built again from {} entries \
             of the journal, head {}",
            head.size, head.entry
        ))
    }
}
