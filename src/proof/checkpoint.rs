//! Checkpoints (C2SP tlog-checkpoint): the published statement of how many entries a log has, and
//! of the root over them.

use super::note::{Note, NoteError};
use crate::words::{OrganizationId, Origin, TreeHash};
use std::fmt;
use thiserror::Error;

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: TreeHash,
}

/// Why bytes are no checkpoint.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum CheckpointError {
    /// No signed note.
    #[error("it is no signed note: {0}")]
    Note(#[from] NoteError),
    /// The text is not what a checkpoint has.
    #[error("its text is not the three lines of a checkpoint: origin, size, root")]
    Lines,
}

/// The largest size that is read: what the entry format can count.
const SIZE_LIMIT: u64 = 1 << 53;

/// A number in its one decimal spelling.
pub(super) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text && number <= SIZE_LIMIT).then_some(number)
}

impl Checkpoint {
    /// Reads a signed checkpoint.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Note), CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::of(note.text()).ok_or(CheckpointError::Lines)?;
        Ok((checkpoint, note))
    }

    /// Reads the text of a checkpoint.
    pub fn of(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let is_whole = lines.next().is_none() && super::key::is_key_name(origin);
        let (size, root) = (number(size)?, TreeHash::parse(root).ok()?);
        is_whole.then(|| Self { origin: origin.to_owned(), size, root })
    }

    /// The text that is signed, as a note without signatures.
    pub fn unsigned(&self) -> Note {
        Note::unsigned(self.to_string())
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}

/// The origin of a ledger's checkpoints: its own, until it was restored from an old copy. Then what
/// was signed before might contradict what is signed from there on, so it becomes another log.
pub fn ledger_origin(log: &Origin, restored: u32) -> String {
    if restored == 0 { log.to_string() } else { format!("{log}/r{restored}") }
}

/// The origin of an organization's checkpoints, under that of the ledger's.
pub fn organization_origin(ledger: &str, org: OrganizationId) -> String {
    format!("{ledger}/o/{org}")
}
