//! What witnesses signed of what a ledger publishes.

use super::Ledger;
use crate::house::publishing::Published;
use crate::house::witnessing::{Cosigned, Standing, WitnessError, Witnesses, Witnessing};
use crate::words::Timestamp;
use std::sync::Arc;
use std::time::Duration;

impl Ledger {
    /// Begins to ask witnesses for their signatures on what is published. Once, behind
    /// [`publish`](Self::publish).
    ///
    /// # Errors
    /// A policy whose quorum those cannot fill who can be asked.
    pub fn ask_witnesses(&self, witnesses: Witnesses) -> Result<(), WitnessError> {
        let publishing = self.publishing.get().ok_or(WitnessError::Off)?;
        let directory = self.log.directory().path();
        let witnessing = Witnessing::begin(Arc::clone(publishing), directory, witnesses)?;
        // Whoever began twice keeps the first.
        if let Err(second) = self.witnessing.set(witnessing) {
            second.end();
        }
        Ok(())
    }

    /// Whether witnesses are asked.
    pub fn is_witnessed(&self) -> bool {
        self.witnessing.get().is_some()
    }

    /// Whether nothing is shown that witnesses did not sign.
    pub fn requires_witnesses(&self) -> bool {
        self.witnessing.get().is_some_and(Witnessing::is_required)
    }

    /// The newest checkpoint whose quorum is filled.
    pub fn cosigned(&self) -> Option<Arc<Cosigned>> {
        self.witnessing.get()?.cosigned()
    }

    /// Waits for a quorum under a checkpoint of at least that size, but not longer than `patience`
    /// for each of signing and asking.
    pub fn await_cosigned(&self, size: u64, patience: Duration) -> Option<Arc<Cosigned>> {
        self.witnessing.get()?.wait(size, patience)
    }

    /// The checkpoint that witnesses are asked to sign, with those signatures that are there.
    pub fn being_cosigned(&self) -> Option<Arc<Published>> {
        self.witnessing.get()?.round()
    }

    /// The witnesses who have not signed what they are asked for.
    pub fn missing_witnesses(&self) -> Vec<String> {
        self.witnessing.get().map(Witnessing::missing).unwrap_or_default()
    }

    /// When the first entry was recorded for which a quorum is missing; none where it is filled.
    pub fn uncosigned_since(&self) -> Option<Timestamp> {
        self.witnessing.get()?.behind_since()
    }

    /// What is known of each witness.
    pub fn witness_standings(&self) -> Vec<Standing> {
        self.witnessing.get().map(Witnessing::standings).unwrap_or_default()
    }
}
