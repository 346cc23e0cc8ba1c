//! The publisher: signs where the ledger stands, behind the writer and off every answer's path.
//!
//! In this order, and a crash between any two leaves a prefix of it: the entries are durable; they
//! are hashed again from what is stored; the root is the one that the writer has; the guard is
//! durable; the checkpoint is signed and shown. One size never gets two roots.

mod error;

use super::known::{Known, Publisher as KnownTo};
use super::machine::Clock;
use super::submission::Submission;
use super::writer::Waiting;
use crate::facts::{Actor, System};
use crate::ground::guard::Guard;
use crate::ground::log::Log;
use crate::ground::log_key::LogKey;
use crate::ground::tiles::Tiles;
use crate::law::command::PublicationWish;
use crate::law::{Action, Command, Publication};
use crate::proof::checkpoint::{ledger_origin, organization_origin};
use crate::proof::key::KeyError;
use crate::proof::{Chains, Checkpoint, KeyKind, Note, SigningKey, VerificationKey, path};
use crate::words::{OrganizationId, Origin, Timestamp, TreeHash};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use error::PublishError;

/// How often a checkpoint is published while the ledger grows: each costs a sync of the guard.
const PERIOD: Duration = Duration::from_millis(100);

/// How often the heads of organizations are committed to while they change.
const HEADS_PERIOD: Duration = Duration::from_secs(60);

/// How many entries are hashed again at a time.
const READ_ENTRIES: usize = 4096;

/// What is published: the ledger at one size.
#[derive(Debug)]
pub struct Published {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The same with its signature.
    pub note: Note,
    /// Every chain at that size; organizations' checkpoints are signed from here alone.
    pub chains: Chains,
    /// Under which name and key that is.
    pub publication: Publication,
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
}

/// A publisher that works, as everybody else sees it.
pub(super) struct Publishing {
    pub(super) tiles: Arc<Tiles>,
    pub(super) keys: Arc<Keys>,
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
    /// Refuses a ledger that is behind its guard; publishes where it stands, and goes on in a
    /// thread of its own.
    pub(super) fn begin(mut worker: Worker) -> Result<Self, PublishError> {
        let known = worker.known.latest();
        worker.hold_against_guard(&known)?;
        let shared = Arc::new(Shared::default());
        shared.lock().latest = Some(Arc::new(worker.publish(&known)?));
        let (tiles, keys) = (Arc::clone(&worker.tiles), Arc::clone(&worker.keys));
        let with = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("publisher".to_owned())
            .spawn(move || worker.run(&with))
            .map_err(PublishError::Tiles)?;
        Ok(Self { tiles, keys, shared, thread: Mutex::new(Some(thread)) })
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

    /// Why nothing is signed any more.
    pub(super) fn fault(&self) -> Option<&Arc<PublishError>> {
        self.shared.fault.get()
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

/// What the publisher's thread owns.
pub(super) struct Worker {
    pub(super) log: Arc<dyn Log>,
    pub(super) known: KnownTo,
    pub(super) tiles: Arc<Tiles>,
    pub(super) guard: Guard,
    pub(super) keys: Arc<Keys>,
    pub(super) clock: Clock,
    pub(super) queue: SyncSender<Waiting>,
    pub(super) heads_at: Timestamp,
    pub(super) heads: HeadsSeen,
}

/// How many entries organizations had when their heads were committed to, as far as that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct HeadsSeen(u64);

impl HeadsSeen {
    fn of(chains: &Chains) -> Self {
        let own = chains.organization(OrganizationId::DEPLOYMENT).size();
        Self(chains.whole().size() - own)
    }
}

impl Worker {
    fn run(mut self, shared: &Shared) {
        loop {
            let shown = shared.lock();
            let idle = |shown: &mut Shown| !shown.ended && shown.wanted <= shown.size();
            let waited = shared.changed.wait_timeout_while(shown, PERIOD, idle);
            let (shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let (size, ended) = (shown.size(), shown.ended);
            drop(shown);
            let known = self.known.latest();
            if known.size > size {
                match self.publish(&known) {
                    Ok(published) => shared.lock().latest = Some(Arc::new(published)),
                    Err(error) => {
                        let _ = shared.fault.set(Arc::new(error));
                        shared.changed.notify_all();
                        return;
                    }
                }
            }
            // What nobody has appended yet is waited for by whoever asks, not here.
            let mut shown = shared.lock();
            shown.wanted = shown.wanted.min(shown.size());
            drop(shown);
            shared.changed.notify_all();
            if ended {
                return;
            }
            self.commit_heads_if_due(&known);
        }
    }

    /// What was signed is a prefix of what is here.
    fn hold_against_guard(&mut self, known: &Known) -> Result<(), PublishError> {
        let (signed, found) = (self.guard.last().clone(), known.size);
        let expected = ledger_origin(self.log.origin(), known.state.publication.restored);
        if signed.origin != expected {
            return Err(PublishError::Foreign { found: signed.origin, expected });
        }
        if signed.size > found {
            return Err(PublishError::Rollback { signed: signed.size, found });
        }
        self.catch_up(known)?;
        if path::root(&*self.tiles, signed.size)? != signed.root {
            return Err(PublishError::Fork { signed: signed.size, found });
        }
        Ok(())
    }

    /// Hashes what is stored, and gives the tiles as many leaves as are known.
    fn catch_up(&mut self, known: &Known) -> Result<(), PublishError> {
        if self.tiles.size() > known.size || !self.has_root(known)? {
            self.tiles.clear()?;
            self.extend(known.size)?;
        }
        if self.has_root(known)? { Ok(()) } else { Err(PublishError::Root { size: known.size }) }
    }

    /// Whether the tiles, as far as they go and extended by what follows, have the root that the
    /// writer has.
    fn has_root(&mut self, known: &Known) -> Result<bool, PublishError> {
        self.extend(known.size)?;
        let root = path::root(&*self.tiles, known.size)?;
        Ok(root == known.chains.whole().frontier.root())
    }

    fn extend(&mut self, size: u64) -> Result<(), PublishError> {
        while self.tiles.size() < size {
            let missing = usize::try_from(size - self.tiles.size()).unwrap_or(usize::MAX);
            let records = self.log.read(self.tiles.size(), missing.min(READ_ENTRIES))?;
            let leaves: Vec<_> =
                records.iter().map(|record| TreeHash::leaf(&record.bytes)).collect();
            if leaves.is_empty() {
                return Err(PublishError::Root { size });
            }
            self.tiles.append(&leaves)?;
        }
        Ok(())
    }

    fn publish(&mut self, known: &Known) -> Result<Published, PublishError> {
        self.catch_up(known)?;
        let publication = known.state.publication;
        let checkpoint = Checkpoint {
            origin: ledger_origin(self.log.origin(), publication.restored),
            size: known.size,
            root: known.chains.whole().frontier.root(),
        };
        let key = self.keys.of(publication, None)?;
        self.guard.advance(&checkpoint)?;
        let note = checkpoint.unsigned().signed(&key);
        let (chains, at) = (known.chains.clone(), known.at);
        Ok(Published { checkpoint, note, chains, publication, at })
    }

    fn commit_heads_if_due(&mut self, known: &Known) {
        let (now, seen) = ((self.clock)(), HeadsSeen::of(&known.chains));
        if seen == self.heads || now.until(self.heads_at.after(HEADS_PERIOD)) > Duration::ZERO {
            return;
        }
        let action = Action::Publication(PublicationWish::CommitHeads);
        let command = Command::new(Actor::System(System::Publisher), None, action);
        let submission: Submission = command.into();
        // A full queue, or a writer that stopped: the next round tries again.
        if self.queue.try_send(Waiting { submission, reply: Box::new(drop) }).is_ok() {
            (self.heads_at, self.heads) = (now, seen);
        }
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

    /// Signs where chains stood that this size begins with. What lies behind the guard is never
    /// signed.
    pub(super) fn sign_prefix(
        &self,
        keys: &Keys,
        chains: &Chains,
        org: Option<OrganizationId>,
    ) -> Result<Note, PublishError> {
        let size = chains.whole().size();
        if size > self.checkpoint.size {
            return Err(PublishError::Root { size });
        }
        let ledger = &self.checkpoint.origin;
        let (origin, frontier) = match org {
            None => (ledger.clone(), chains.whole().frontier.clone()),
            Some(org) => {
                (organization_origin(ledger, org), chains.organization(org).frontier.clone())
            }
        };
        let checkpoint = Checkpoint { origin, size: frontier.size(), root: frontier.root() };
        Ok(checkpoint.unsigned().signed(&keys.of(self.publication, org)?))
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
        let note = checkpoint.unsigned().signed(&keys.of(self.publication, Some(org))?);
        Ok((checkpoint, note))
    }
}
