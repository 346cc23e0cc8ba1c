//! Reading from the journal what sled cannot give.
//!
//! sled answers nothing more once it has met a full disk. The journal is complete, so reading goes
//! on from there: slower by a segment's length a read, and right.

use super::open::{journal_path, sled_path};
use super::{EmbeddedLog, Scrub, Shared, State};
use crate::ground::journal::frames::JournalFrames;
use crate::ground::log::{Damage, LogError, Place, READ_LIMIT_BYTES, Record};
use crate::ground::sled_store::SledStore;
use crate::words::OrganizationId;
use std::path::PathBuf;
use std::sync::Arc;

/// sled at the moment of a read.
pub(super) struct Asked {
    store: Option<Arc<SledStore>>,
    /// Whether it was compared with the journal.
    compared: bool,
}

impl Asked {
    pub(super) fn of(state: &State) -> Self {
        Self { store: state.store(), compared: matches!(state.scrub, Scrub::Whole { .. }) }
    }

    /// Asks the journal where sled is not here or as a whole gave no answer. Damage in one place of
    /// a sled that was compared is an answer: it is told, so that somebody opens the log again and
    /// has it put right. Before, the scrub is still to find it.
    pub(super) fn answer<T>(
        self,
        sled: impl FnOnce(&SledStore) -> Result<T, LogError>,
        journal: impl FnOnce() -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        let Some(store) = self.store else { return journal() };
        match sled(&store) {
            Err(LogError::Io { .. } | LogError::Damaged(Damage { place: Place::Sled, .. })) => {
                journal()
            }
            Err(LogError::Damaged(_)) if !self.compared => journal(),
            other => other,
        }
    }
}

impl EmbeddedLog {
    /// Records from `from` on, without `until`, as [`crate::ground::log::Log::read`] gives them.
    pub(super) fn read_journal(
        &self,
        from: u64,
        until: u64,
        limit: usize,
    ) -> Result<Vec<Record>, LogError> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        for frame in self.frames_from(from)? {
            for record in frame?.records(from) {
                if record.seq >= until || records.len() >= limit || bytes >= READ_LIMIT_BYTES {
                    return Ok(records);
                }
                bytes += record.weight();
                records.push(record);
            }
        }
        Ok(records)
    }

    /// An organization's seqs from an `org_seq` on, at most `limit` of them.
    pub(super) fn organization_in_journal(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError> {
        let mut seqs = Vec::new();
        for frame in self.frames_from(0)? {
            let frame = frame?;
            for (seq, entry) in (frame.first_seq..).zip(&frame.entries) {
                if seqs.len() >= limit {
                    return Ok(seqs);
                }
                if entry.org == org && entry.org_seq >= from_org_seq {
                    seqs.push(seq);
                }
            }
        }
        Ok(seqs)
    }

    /// The committed frames of the segments that may hold `seq` and what follows.
    fn frames_from(&self, seq: u64) -> Result<JournalFrames, LogError> {
        let until_slot = self.shared.state().head.slot;
        self.shared.frames(seq, until_slot)
    }
}

impl Shared {
    /// Where the journal stands.
    pub(super) fn journal(&self) -> PathBuf {
        journal_path(&self.data)
    }

    /// Where sled stands.
    pub(super) fn sled(&self) -> PathBuf {
        sled_path(&self.data)
    }

    /// Frames of the segments that may hold `seq` and what follows, without `until_slot`.
    pub(super) fn frames(&self, seq: u64, until_slot: u64) -> Result<JournalFrames, LogError> {
        JournalFrames::open_at(&self.journal(), &self.origin, seq, until_slot)
    }
}
