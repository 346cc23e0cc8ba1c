//! How one key of a log introduces the next: the last checkpoint that it signs names it.
//!
//! The name stands under the signature. A second signature alone would introduce nobody: everybody
//! can add one of their own to a note.

use super::checkpoint::{Checkpoint, CheckpointError};
use super::key::{KeyKind, VerificationKey};
use super::note::Note;
use std::fmt;
use thiserror::Error;

/// How the line begins that names the next key.
const BEGINS: &str = "rotation ";

/// The last checkpoint under one key, which names the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// Where the log stood.
    pub checkpoint: Checkpoint,
    /// How many rotations there were, this one included.
    pub rotation: u32,
    /// The key that signs from here on.
    pub key: VerificationKey,
}

/// Why bytes are no handover.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum HandoverError {
    /// No signed checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No line that names the next key, or one that is no key of this log.
    #[error("it has no fourth line that names a key of the same log")]
    Next,
}

/// The number of a rotation in its one spelling: the first is 1.
pub fn rotation_number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == text)
}

impl Handover {
    /// Reads a signed handover.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Note), HandoverError> {
        let note = Note::parse(bytes).map_err(CheckpointError::Note)?;
        let handover = Self::of(note.text())?;
        Ok((handover, note))
    }

    fn of(text: &str) -> Result<Self, HandoverError> {
        let lines = text.strip_suffix('\n').and_then(|text| text.rsplit_once('\n'));
        let (above, next) = lines.ok_or(HandoverError::Next)?;
        let checkpoint = Checkpoint::of(&format!("{above}\n")).ok_or(CheckpointError::Lines)?;
        let next = next.strip_prefix(BEGINS).and_then(|next| next.split_once(' '));
        let (rotation, key) = next.ok_or(HandoverError::Next)?;
        let rotation = rotation_number(rotation).ok_or(HandoverError::Next)?;
        let key: VerificationKey = key.parse().map_err(|_| HandoverError::Next)?;
        if key.kind() != KeyKind::Log || key.name() != checkpoint.origin {
            return Err(HandoverError::Next);
        }
        Ok(Self { checkpoint, rotation, key })
    }

    /// The text that both keys sign, as a note without signatures.
    pub fn unsigned(&self) -> Note {
        Note::unsigned(self.to_string())
    }
}

impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}{BEGINS}{} {}", self.checkpoint, self.rotation, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::SigningKey;
    use crate::words::TreeHash;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed("ledger.example", KeyKind::Log, &[seed; 32]).unwrap()
    }

    #[test]
    fn it_is_read_as_it_was_written_and_in_no_other_spelling() {
        let root = TreeHash::empty();
        let checkpoint = Checkpoint { origin: "ledger.example".to_owned(), size: 7, root };
        let handover = Handover { checkpoint, rotation: 2, key: key(2).public().clone() };
        let note = handover.unsigned().signed(&key(1)).signed(&key(2)).to_string();
        let (read, _) = Handover::parse(note.as_bytes()).unwrap();
        assert_eq!(read, handover);
        assert!(Checkpoint::parse(note.as_bytes()).is_err(), "it is no plain checkpoint");
        for (from, to) in [
            ("rotation 2", "rotation 02"),
            ("rotation 2", "rotation 0"),
            ("rotation 2", "Rotation 2"),
            ("\nrotation", "\nmore\nrotation"),
            ("rotation 2 ledger.example", "rotation 2 other.example"),
            ("+ATl", "+BDl"),
        ] {
            let other = note.replacen(from, to, 1);
            assert!(other == note || Handover::parse(other.as_bytes()).is_err(), "{from} to {to}");
        }
    }
}
