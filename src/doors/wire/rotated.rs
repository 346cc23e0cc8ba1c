//! What is answered where checkpoints are signed by another key.

use serde::{Deserialize, Serialize};

/// From here on another key signs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyRotated {
    /// The entry that says so.
    pub seq: u64,
    /// How many rotations there were, this one included.
    pub rotation: u32,
    /// The key that signs the ledger's checkpoints now, as a vkey.
    pub vkey: String,
    /// The first checkpoint that it signed. The key before signed it too, so that whoever trusts
    /// that one hears of the next; unless another checkpoint came between.
    pub checkpoint: String,
}
