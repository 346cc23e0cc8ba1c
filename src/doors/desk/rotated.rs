//! From what a rotation led to, to an answer.

use crate::doors::wire::KeyRotated;
use crate::house::ledger::rotating::Rotated;

impl From<Rotated> for KeyRotated {
    fn from(rotated: Rotated) -> Self {
        let Rotated { seq, rotation, key, checkpoint } = rotated;
        Self { seq, rotation, vkey: key.to_string(), checkpoint: checkpoint.unwrap_or_default() }
    }
}
