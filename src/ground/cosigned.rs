//! What witnesses signed last, in a file of the data directory: the checkpoint with their
//! cosignatures, as it is given away.
//!
//! Nothing rests on it alone: it is held against the tree and the witnesses' keys when it is read,
//! and without it they are asked anew.

use super::whole;
use crate::proof::note::NOTE_LIMIT_BYTES;
use crate::proof::{Checkpoint, Note};
use std::io;
use std::path::{Path, PathBuf};

/// The file of a data directory.
#[derive(Debug)]
pub struct CosignedFile(PathBuf);

impl CosignedFile {
    /// That of a data directory.
    pub fn of(directory: &Path) -> Self {
        Self(directory.join("cosigned"))
    }

    /// What stands in it; none where there is no such file, or something else in it.
    pub fn read(&self) -> io::Result<Option<(Checkpoint, Note)>> {
        let bytes = whole::read(&self.0, NOTE_LIMIT_BYTES as u64)?;
        Ok(bytes.and_then(|bytes| Checkpoint::parse(&bytes).ok()))
    }

    /// Keeps a cosigned checkpoint in place of the one before; durable when it returns.
    pub fn keep(&self, note: &Note) -> io::Result<()> {
        whole::replace(&self.0, note.to_string().as_bytes())
    }
}
