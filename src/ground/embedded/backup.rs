//! The log as a copy takes it, while it grows.

use super::EmbeddedLog;
use super::open::journal_path;
use crate::ground::backup::{BackupError, Stated, send};
use crate::ground::journal::frames::JournalFrames;
use crate::ground::log::Log;
use std::io::Write;

impl EmbeddedLog {
    /// Sends a copy of everything that is committed now. What follows while it is sent is not in
    /// it.
    pub fn back_up(&self, writer: &mut dyn Write) -> Result<Stated, BackupError> {
        let stated = Stated { origin: self.origin().clone(), head: self.head() };
        let journal = journal_path(self.directory().path());
        let frames = JournalFrames::open(&journal, self.origin(), stated.head.slot)?;
        send(&stated, frames, writer)?;
        Ok(stated)
    }
}
