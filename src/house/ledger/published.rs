//! What a ledger publishes of itself: checkpoints, and where the proofs to them come from.

use super::Ledger;
use crate::ground::backup::{BackupError, Stated};
use crate::ground::guard::{Guard, GuardError};
use crate::ground::log::{Log, LogError};
use crate::ground::log_key::LogKey;
use crate::ground::tiles::Tiles;
use crate::house::machine::Clock;
use crate::house::publishing::{
    Guarded, HeadsSeen, Keys, PublishError, Published, Publishing, Worker,
};
use crate::law::Publication;
use crate::proof::key::KeyError;
use crate::proof::{Checkpoint, Hashes, Note, TileLevels, VerificationKey};
use crate::words::OrganizationId;
use crate::words::hash::Drawn;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How many of an organization's entries are looked up at a time.
const LOOKED_UP: usize = 4096;

/// What stands in a guard that is only looked at.
pub(in crate::house) fn shown_guard(
    ledger: &Ledger,
    guard: &Path,
) -> Result<Checkpoint, GuardError> {
    let directory = ledger.log.directory().path();
    let guard = Guard::open(guard, directory, ledger.origin().as_str(), true)?;
    Ok(guard.last().clone())
}

impl Ledger {
    /// Begins to sign checkpoints, with a guard outside the data directory. Once.
    ///
    /// # Errors
    /// What makes signing wrong: a guard that is ahead of the ledger, or of another one.
    pub fn publish(
        &self,
        guard: &Path,
        clock: Clock,
        drawn: &mut Drawn,
    ) -> Result<(), PublishError> {
        let heads = HeadsSeen::find(&*self.log, &self.known())?;
        self.begin_signing(guard, drawn, Some((clock, heads)))
    }

    /// The same, and records nothing: for whoever opens the ledger for a moment.
    pub fn sign(&self, guard: &Path, drawn: &mut Drawn) -> Result<(), PublishError> {
        self.begin_signing(guard, drawn, None)
    }

    fn begin_signing(
        &self,
        guard: &Path,
        drawn: &mut Drawn,
        heads: Option<(Clock, HeadsSeen)>,
    ) -> Result<(), PublishError> {
        let directory = self.log.directory().path();
        let known = self.known();
        let log = Arc::clone(&self.log) as Arc<dyn Log>;
        let (guarded, signed) = Guarded::open(log, (directory, guard), &known)?;
        let secret = LogKey::open(directory, drawn, guarded.was_signed())?;
        let Some(queue) = self.queue() else { return Err(LogError::Closed.into()) };
        let worker = Worker {
            guarded,
            known: self.publisher.clone(),
            keys: Arc::new(Keys::new(secret, self.origin().clone())),
            queue,
            heads,
            signed,
        };
        let publishing = Arc::new(Publishing::begin(worker)?);
        // Whoever began twice keeps the first.
        if let Err(second) = self.publishing.set(publishing) {
            second.end();
        }
        Ok(())
    }

    /// Holds what is stored against a guard, and signs nothing.
    ///
    /// # Errors
    /// A guard that is ahead of the ledger, or of another one.
    pub fn hold_against(&self, guard: &Path) -> Result<(), PublishError> {
        let (log, known) = (Arc::clone(&self.log) as Arc<dyn Log>, self.known());
        Guarded::open(log, (self.log.directory().path(), guard), &known).map(drop)
    }

    /// Sends a copy of everything that is committed now, without any secret.
    pub fn back_up(&self, writer: &mut dyn Write) -> Result<Stated, BackupError> {
        self.log.back_up(writer)
    }

    /// Whether checkpoints are signed.
    pub fn signs(&self) -> bool {
        self.publishing.get().is_some()
    }

    /// How many entries stand under the checkpoint that was signed last; 0 where nothing is signed.
    pub fn signed_size(&self) -> u64 {
        let latest = self.publishing.get().and_then(|publishing| publishing.latest());
        latest.map_or(0, |latest| latest.checkpoint.size)
    }

    /// The checkpoint that was signed last, with what witnesses signed under it so far; where they
    /// are required, the newest that has all it needs. None where there is none.
    pub fn published(&self) -> Option<Arc<Published>> {
        let latest = self.publishing.get()?.latest()?;
        match self.witnessing.get() {
            None => Some(latest),
            Some(witnessing) => witnessing.shown(latest),
        }
    }

    /// Waits for a checkpoint of at least that size that may be shown, but not longer than
    /// `patience`.
    pub fn await_published(&self, size: u64, patience: Duration) -> Option<Arc<Published>> {
        match self.witnessing.get().filter(|witnessing| witnessing.is_required()) {
            None => self.publishing.get()?.wait(size, patience),
            Some(witnessing) => witnessing.wait(size, patience)?.published.clone(),
        }
    }

    /// Why nothing is signed any more, although it should be.
    pub fn publishing_fault(&self) -> Option<Arc<PublishError>> {
        self.publishing.get()?.fault().cloned()
    }

    /// Waits until nothing is signed any more; says why, unless the ledger was closed.
    pub fn await_publishing_end(&self) -> Option<Arc<PublishError>> {
        self.publishing.get()?.await_end()
    }

    /// An organization's checkpoint at the size of the ledger that is published.
    pub fn organization_checkpoint(
        &self,
        published: &Published,
        org: OrganizationId,
    ) -> Option<Result<(Checkpoint, Note), KeyError>> {
        Some(published.organization(&self.publishing.get()?.keys, org))
    }

    /// Signs a text about the ledger's first `size` entries, or about an organization's among them,
    /// with the keys that these stand for. What is published begins with them.
    pub fn sign_as(
        &self,
        published: &Published,
        size: u64,
        unsigned: Note,
        org: Option<OrganizationId>,
        by: &[Publication],
    ) -> Option<Result<Note, PublishError>> {
        let keys = &self.publishing.get()?.keys;
        Some(published.sign_as(keys, (size, unsigned), org, by))
    }

    /// The key of an earlier name or behind fewer rotations, of the ledger or an organization.
    pub fn publication_key(
        &self,
        publication: Publication,
        org: Option<OrganizationId>,
    ) -> Option<Result<VerificationKey, KeyError>> {
        let key = self.publishing.get()?.keys.of(publication, org);
        Some(key.map(|key| key.public().clone()))
    }

    /// The key that verifies the ledger's checkpoints, or an organization's.
    pub fn log_key(
        &self,
        published: &Published,
        org: Option<OrganizationId>,
    ) -> Option<Result<VerificationKey, KeyError>> {
        Some(published.vkey(&self.publishing.get()?.keys, org))
    }

    /// The tiles of the whole ledger, as far as they are published.
    pub fn tiles(&self) -> Option<Arc<Tiles>> {
        Some(Arc::clone(&self.publishing.get()?.tiles))
    }

    /// The tree of an organization's first `size` entries, put together from the leaves of the
    /// whole ledger's.
    ///
    /// Costs a look at 32 bytes for each entry; nothing of it is stored.
    pub fn organization_tiles(
        &self,
        org: OrganizationId,
        size: u64,
    ) -> Result<TileLevels, PublishError> {
        let tiles = self.tiles().ok_or(LogError::Closed)?;
        let mut levels = TileLevels::default();
        while levels.size() < size {
            let missing = usize::try_from(size - levels.size()).unwrap_or(usize::MAX);
            let seqs = self.organization(org, levels.size(), missing.min(LOOKED_UP))?;
            if seqs.is_empty() {
                return Err(PublishError::Root { size });
            }
            for seq in seqs {
                let leaf = tiles.hashes(0, seq, 1)?;
                leaf.into_iter().for_each(|leaf| levels.push(leaf));
            }
        }
        Ok(levels)
    }
}
