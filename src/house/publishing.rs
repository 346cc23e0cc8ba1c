//! The publisher: signs where the ledger stands, behind the writer and off every answer's path.
//!
//! In this order, and a crash between any two leaves a prefix of it: the entries are durable; they
//! are hashed again from what is stored; the root is the one that the writer has; the guard is
//! durable; the checkpoint is signed and shown. One size never gets two roots.

mod error;
mod found;
mod guarded;
mod trees;
mod worker;

pub use error::PublishError;
pub(super) use guarded::Guarded;
pub(super) use trees::{Trees, has_root};
pub(super) use worker::{HeadsSeen, Worker};

use crate::ground::log_key::LogKey;
use crate::ground::tiles::Tiles;
use crate::law::Publication;
use crate::proof::checkpoint::{ledger_origin, organization_origin};
use crate::proof::key::KeyError;
use crate::proof::{Chains, Checkpoint, KeyKind, Note, SigningKey, VerificationKey};
use crate::words::{OrganizationId, Origin, Timestamp};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// What is published: the ledger at one size.
#[derive(Debug, Clone)]
pub struct Published {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The same with its signature, and with what witnesses signed under it so far.
    pub note: Note,
    /// Every chain at that size; organizations' checkpoints are signed from here alone.
    pub chains: Chains,
    /// Under which name and key that is.
    pub publication: Publication,
    /// The key that signed before, where this is the first checkpoint under another: it signs this
    /// one too, so that whoever trusts it hears of the next.
    pub before: Option<Publication>,
    /// When its last entry was recorded.
    pub at: Timestamp,
}

/// The secret of a ledger, and what it signs with.
pub(super) struct Keys {
    secret: LogKey,
    log: Origin,
}

impl Keys {
    pub(super) fn new(secret: LogKey, log: Origin) -> Self {
        Self { secret, log }
    }

    /// The key of the ledger's checkpoints, or of an organization's.
    pub(super) fn of(
        &self,
        publication: Publication,
        org: Option<OrganizationId>,
    ) -> Result<SigningKey, KeyError> {
        let ledger = ledger_origin(&self.log, publication.restored);
        let origin = org.map_or(ledger.clone(), |org| organization_origin(&ledger, org));
        let seed = self.secret.seed(&origin, publication.rotation);
        SigningKey::from_seed(&origin, KeyKind::Log, &seed)
    }

    fn signed(
        &self,
        checkpoint: &Checkpoint,
        org: Option<OrganizationId>,
        before: Option<Publication>,
        now: Publication,
    ) -> Result<Note, KeyError> {
        let mut both = before.into_iter().chain([now]);
        both.try_fold(checkpoint.unsigned(), |note, by| Ok(note.signed(&self.of(by, org)?)))
    }
}

/// A publisher that works, as everybody else sees it.
pub(super) struct Publishing {
    pub(super) tiles: Arc<Tiles>,
    pub(super) keys: Arc<Keys>,
    pub(super) trees: Trees,
    /// One rotates at a time: keys are numbered.
    pub(super) rotating: Mutex<()>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<Shown>,
    changed: Condvar,
    fault: OnceLock<Arc<PublishError>>,
}

#[derive(Default)]
struct Shown {
    latest: Option<Arc<Published>>,
    /// Somebody waits for a checkpoint of at least that size.
    wanted: u64,
    /// Somebody found that the tiles are wrong that were computed then.
    distrusted: Option<u64>,
    ended: bool,
}

impl Shown {
    fn size(&self) -> u64 {
        self.latest.as_ref().map_or(0, |latest| latest.checkpoint.size)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Publishing {
    /// Publishes where the ledger stands, and goes on in a thread of its own.
    pub(super) fn begin(mut worker: Worker) -> Result<Self, PublishError> {
        let known = worker.known.latest();
        let shared = Arc::new(Shared::default());
        shared.lock().latest = Some(Arc::new(worker.publish(&known)?));
        let (tiles, keys) = (worker.tiles(), Arc::clone(&worker.keys));
        let with = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("publisher".to_owned())
            .spawn(move || worker.run(&with))
            .map_err(PublishError::Tiles)?;
        Ok(Self {
            tiles,
            keys,
            trees: Trees::default(),
            rotating: Mutex::default(),
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// What was published last.
    pub(super) fn latest(&self) -> Option<Arc<Published>> {
        self.shared.lock().latest.clone()
    }

    /// Waits for a checkpoint of at least that size, but not for ever.
    pub(super) fn wait(&self, size: u64, patience: Duration) -> Option<Arc<Published>> {
        let mut shown = self.shared.lock();
        shown.wanted = shown.wanted.max(size);
        self.shared.changed.notify_all();
        let is_short =
            |shown: &mut Shown| shown.size() < size && !shown.ended && self.fault().is_none();
        let waited = self.shared.changed.wait_timeout_while(shown, patience, is_short);
        let (shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
        shown.latest.clone().filter(|latest| latest.checkpoint.size >= size)
    }

    /// Waits for one that is larger than what was seen; none where nothing is signed any more.
    pub(super) fn await_beyond(&self, seen: Option<u64>) -> Option<Arc<Published>> {
        let beyond = |shown: &Shown| {
            shown.latest.clone().filter(|latest| seen < Some(latest.checkpoint.size))
        };
        let goes_on =
            |shown: &mut Shown| beyond(shown).is_none() && !shown.ended && self.fault().is_none();
        let waited = self.shared.changed.wait_while(self.shared.lock(), goes_on);
        let shown = waited.unwrap_or_else(PoisonError::into_inner);
        if shown.ended { None } else { beyond(&shown) }
    }

    /// Why nothing is signed any more.
    pub(super) fn fault(&self) -> Option<&Arc<PublishError>> {
        self.shared.fault.get()
    }

    /// Waits until nothing is signed any more; says why, unless it was ended.
    pub(super) fn await_end(&self) -> Option<Arc<PublishError>> {
        let goes_on = |shown: &mut Shown| !shown.ended && self.fault().is_none();
        let waited = self.shared.changed.wait_while(self.shared.lock(), goes_on);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        self.fault().cloned()
    }

    /// Has the tiles computed again, unless they were since whoever asks has read them.
    pub(super) fn distrust(&self, computed: u64) {
        self.shared.lock().distrusted = Some(computed);
        self.shared.changed.notify_all();
    }

    /// Ends the thread, once what is under way is published.
    pub(super) fn end(&self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A publisher that panicked has signed nothing that its guard does not hold.
        let _ = thread.map(JoinHandle::join);
    }
}

impl Published {
    /// The vkey of the ledger's checkpoints, or of an organization's.
    pub(super) fn vkey(
        &self,
        keys: &Keys,
        org: Option<OrganizationId>,
    ) -> Result<VerificationKey, KeyError> {
        Ok(keys.of(self.publication, org)?.public().clone())
    }

    /// Signs what is said of a size that this one begins with, as it was signed under earlier names
    /// and keys. What lies behind the guard is never signed.
    pub(super) fn sign_as(
        &self,
        keys: &Keys,
        (size, unsigned): (u64, Note),
        org: Option<OrganizationId>,
        by: &[Publication],
    ) -> Result<Note, PublishError> {
        if size > self.checkpoint.size {
            return Err(PublishError::Root { size });
        }
        by.iter().try_fold(unsigned, |note, by| Ok(note.signed(&keys.of(*by, org)?)))
    }

    /// An organization's checkpoint at this size of the ledger, signed.
    pub(super) fn organization(
        &self,
        keys: &Keys,
        org: OrganizationId,
    ) -> Result<(Checkpoint, Note), KeyError> {
        let chain = self.chains.organization(org);
        let origin = organization_origin(&self.checkpoint.origin, org);
        let checkpoint = Checkpoint { origin, size: chain.size(), root: chain.frontier.root() };
        let note = keys.signed(&checkpoint, Some(org), self.before, self.publication)?;
        Ok((checkpoint, note))
    }
}
