//! What an authority for timestamps says of what a ledger publishes.

use super::Ledger;
use crate::house::timestamping::{Authority, StampError, Timestamping};
use crate::proof::Checkpoint;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Ledger {
    /// Begins to have checkpoints timestamped. Once, behind [`publish`](Self::publish).
    ///
    /// # Errors
    /// Timestamps cannot be kept.
    pub fn ask_for_timestamps(&self, authority: Authority) -> Result<(), StampError> {
        let publishing = self.publishing.get().ok_or(StampError::Off)?;
        let directory = self.log.directory().path();
        let timestamping = Timestamping::begin(Arc::clone(publishing), directory, authority)?;
        // Whoever began twice keeps the first.
        if let Err(second) = self.timestamping.set(timestamping) {
            second.end();
        }
        Ok(())
    }

    /// A timestamp of just that checkpoint, asked for now unless it is kept; none where there is
    /// nobody to ask, or none is given.
    pub fn timestamp_of(&self, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
        self.timestamping.get()?.of(checkpoint)
    }

    /// How often each outcome of asking for timestamps came.
    pub fn timestamp_outcomes(&self) -> BTreeMap<&'static str, u64> {
        self.timestamping.get().map(Timestamping::outcomes).unwrap_or_default()
    }
}
