//! Looking at what is stored without changing it: the journal alone, and sled alone.

use crate::ground::directory::Directory;
use crate::ground::embedded::closed;
use crate::ground::embedded::open::{OpenError, journal_path, sled_path};
use crate::ground::embedded::spare::Spare;
use crate::ground::journal::frames::JournalFrames;
use crate::ground::journal::survey::Survey;
use crate::ground::log::{Damage, Fault, Head, LogError, Place};
use crate::ground::sled_store::walk::SledFrames;
use crate::ground::sled_store::{SledStore, claimed};
use crate::words::Origin;
use std::path::PathBuf;
use std::sync::Arc;

/// A data directory as it is, with nothing mended.
///
/// A copy of sled is opened; it is deleted again.
#[derive(Debug)]
pub struct Inspection {
    origin: Origin,
    journal: PathBuf,
    store: Result<Arc<SledStore>, LogError>,
    held: u64,
    _spare: Option<Spare>,
}

impl Inspection {
    /// Looks at a data directory.
    pub fn open(directory: &Directory, sled_cache_bytes: u64) -> Result<Self, OpenError> {
        let journal = journal_path(directory.path());
        let (store, spare) = match Spare::of(directory) {
            Ok(spare) => {
                (SledStore::open(spare.path(), sled_cache_bytes).map(Arc::new), Some(spare))
            }
            Err(error) => (Err(error), None),
        };
        let origin = Survey::of(&journal).ok().and_then(|survey| survey.origin().cloned());
        let of_sled = || store.as_ref().ok().and_then(|store| store.origin().ok().flatten());
        let nothing = || OpenError::NothingLeft { path: directory.path().to_owned() };
        let origin = origin.or_else(of_sled).ok_or_else(nothing)?;
        let closed_slot = closed::read(directory.path(), &origin).map_or(0, |head| head.slot);
        let held = claimed(&sled_path(directory.path()), &origin).max(closed_slot);
        Ok(Self { origin, journal, store, held, _spare: spare })
    }

    /// How many batches both copies are known to have held, durably: by the last clean stop, and by
    /// what was claimed of sled, which is fed from the journal. 0 where nothing says so any more.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Every frame of the journal, from the genesis on, each checked against the one before. What
    /// is found wrong is the last item.
    pub fn journal_frames(&self) -> Result<JournalFrames, LogError> {
        JournalFrames::open(&self.journal, &self.origin, u64::MAX)
    }

    /// Every frame that sled holds, built again from its rows and checked against its hash, and at
    /// the end the index. What is found wrong is the last item.
    pub fn sled_frames(&self) -> Result<SledFrames, LogError> {
        let store = self.store.as_ref().map_err(again)?;
        if store.origin()?.as_ref() != Some(&self.origin) {
            return Err(Damage { place: Place::Sled, fault: Fault::Chain }.into());
        }
        SledFrames::from(Arc::clone(store), 0, 0, Head::genesis(&self.origin).frame)
    }
}

/// The same error once more; an operating system's error cannot be copied whole.
fn again(error: &LogError) -> LogError {
    match error {
        LogError::Io { path, source } => {
            LogError::Io { path: path.clone(), source: source.kind().into() }
        }
        LogError::Damaged(damage) => LogError::Damaged(damage.clone()),
        LogError::Closed => LogError::Closed,
    }
}
