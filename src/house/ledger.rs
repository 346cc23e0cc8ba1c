//! The ledger: a data directory that is open, with one writer and any number of readers.

mod answered;
mod closing;
mod published;
pub mod rotating;
pub mod shown;
mod timestamped;
mod witnessed;

use super::answer::{Answer, Reply, SubmitError};
use super::erasing;
use super::known::{Follower, Known, Publisher};
use super::machine::Machine;
use super::publishing::Publishing;
use super::savepoint::{Ignored, SaveError};
use super::saver::{self, Saved};
use super::start;
use super::submission::Submission;
use super::timestamping::Timestamping;
use super::unseal::{self, Opened, UnsealError};
use super::witnessing::Witnessing;
use super::writer::{AtRest, Waiting, Writer, queue};
use crate::ground::directory::Directory;
use crate::ground::embedded::{ClosedLog, EmbeddedLog, Repair, Scrub};
use crate::ground::idempotency::{Idempotency, Note};
use crate::ground::keyring::Keyring;
use crate::ground::log::{Head, Log, LogError, Record};
use crate::ground::savepoints::Savepoints;
use crate::law::Command;
use crate::projections::Views;
use crate::words::{OrganizationId, Origin};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;
use thiserror::Error;

pub use super::erasing::keyring_path;
pub(super) use published::shown_guard;
pub use start::{OpenError, Start, replay};

/// A data directory that is open.
pub struct Ledger {
    log: Arc<EmbeddedLog>,
    pub(super) keyring: Arc<RwLock<Keyring>>,
    views: Arc<RwLock<Views>>,
    publisher: Publisher,
    queue: Mutex<Option<SyncSender<Waiting>>>,
    writer: Mutex<Option<JoinHandle<Option<AtRest>>>>,
    saver: Mutex<Option<JoinHandle<Saved>>>,
    stopped: Arc<AtomicBool>,
    repairs: Vec<Repair>,
    savepoints: Savepoints,
    /// The size of the savepoint that opening began with; 0 without one.
    began_at: u64,
    ignored: Vec<Ignored>,
    unsaved: OnceLock<SaveError>,
    idempotency: Arc<Idempotency>,
    unread_keys: Vec<Note>,
    publishing: OnceLock<Arc<Publishing>>,
    witnessing: OnceLock<Witnessing>,
    timestamping: OnceLock<Timestamping>,
}

/// As many commands wait as may; nothing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("as many commands wait as may: give it again in a moment")]
pub struct QueueFull;

/// A command that was handed to the writer.
pub struct Pending(Receiver<Answer>);

impl Pending {
    /// Waits for the answer.
    pub fn wait(self) -> Answer {
        self.0.recv().unwrap_or(Err(SubmitError::Stopped))
    }
}

impl Ledger {
    /// Makes an empty ledger in a directory that does not exist or is empty.
    pub fn create(path: &Path, origin: Origin, mut machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::create(path)?;
        let keyring = keyring_path(path);
        let (seed, savepoint_key) = (machine.drawn.bytes(), machine.drawn.bytes());
        let keyring = Keyring::create(&keyring, seed, savepoint_key)?;
        let log = EmbeddedLog::create(directory, origin, machine.options)?;
        let start = Start { folded: replay(&log, &keyring)?, began_at: 0, ignored: Vec::new() };
        Self::start(log, keyring, machine, Vec::new(), start)
    }

    /// Opens a ledger that was closed cleanly without reading all of it: the journal is verified
    /// from the newest savepoint on, sled follows in a thread of its own, and the scrub says what
    /// is known of the rest. Every other ledger is opened wholly.
    ///
    /// For whoever stays: what the scrub finds is put right or told only after a while.
    pub fn open_quickly(path: &Path, machine: Machine) -> Result<Self, OpenError> {
        match Self::begin_quickly(path, &machine)? {
            Some((log, keyring, start)) => Self::start(log, keyring, machine, Vec::new(), start),
            None => Self::open(path, machine),
        }
    }

    /// Whatever cannot be read or does not fit is told by opening wholly.
    fn begin_quickly(
        path: &Path,
        machine: &Machine,
    ) -> Result<Option<(EmbeddedLog, Keyring, Start)>, OpenError> {
        let directory = Directory::open(path)?;
        let keyring = Keyring::open_by(keyring_path(path), &machine.unlock)?;
        let savepoints = Savepoints::of(path);
        let newest = savepoints.sizes().first().and_then(|size| size.checked_sub(1));
        let Some(last) = newest else { return Ok(None) };
        let Some(closed) = ClosedLog::find(directory, machine.options, last)? else {
            return Ok(None);
        };
        let start = Start::from_savepoint(&savepoints, closed.log(), &keyring);
        let Ok(Ok(start)) = start else { return Ok(None) };
        let chains = start.folded.0.chains.organizations();
        let sizes: Vec<_> = chains.map(|(org, chain)| (org, chain.size())).collect();
        Ok(Some((closed.begin(sizes)?, keyring, start)))
    }

    /// Opens a ledger: everything stored is read and compared, and what follows the newest usable
    /// savepoint is replayed.
    pub fn open(path: &Path, machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::open(path)?;
        let keyring = Keyring::open_by(keyring_path(path), &machine.unlock)?;
        let (log, repairs) = EmbeddedLog::open(directory, machine.options)?;
        let start = Start::from_newest(&Savepoints::of(path), &log, &keyring)?;
        Self::start(log, keyring, machine, repairs, start)
    }

    /// Drops what sled holds, builds it again from the journal, and opens without a savepoint.
    pub fn rebuild(path: &Path, machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::open(path)?;
        let keyring = Keyring::open_by(keyring_path(path), &machine.unlock)?;
        let (log, repairs) = EmbeddedLog::rebuild(directory, machine.options)?;
        let start = Start { folded: replay(&log, &keyring)?, began_at: 0, ignored: Vec::new() };
        Self::start(log, keyring, machine, repairs, start)
    }

    fn start(
        log: EmbeddedLog,
        mut keyring: Keyring,
        mut machine: Machine,
        repairs: Vec<Repair>,
        start: Start,
    ) -> Result<Self, OpenError> {
        let Start { folded: (standing, views), began_at, ignored } = start;
        let savepoints = Savepoints::of(log.directory().path());
        let (idempotency, unread_keys) =
            Idempotency::open(log.directory().path(), keyring.savepoint_key())
                .map_err(OpenError::Idempotency)?;
        let kept = (&idempotency, &savepoints);
        let destroyed = erasing::finish(&mut keyring, &standing, kept, &mut machine.drawn)?;
        let began_at = if destroyed { 0 } else { began_at };
        let (saver, saving) =
            saver::start(savepoints.clone(), began_at).map_err(OpenError::Writer)?;
        let idempotency = Arc::new(idempotency);
        let log = Arc::new(log);
        let keyring = Arc::new(RwLock::new(keyring));
        let views = Arc::new(RwLock::new(views));
        let stopped = Arc::new(AtomicBool::new(false));
        let publisher = Publisher::new(Known::of(&standing));
        let writer = Writer {
            head: log.head(),
            log: Arc::clone(&log),
            committed: standing.chains.whole().frontier.clone(),
            standing,
            keyring: Arc::clone(&keyring),
            views: Arc::clone(&views),
            publisher: publisher.clone(),
            clock: machine.clock,
            drawn: machine.drawn,
            saver,
            idempotency: Arc::clone(&idempotency),
            savepoints: savepoints.clone(),
            condemned: Vec::new(),
            erased_at: 0,
            stopped: Arc::clone(&stopped),
        };
        let (sender, receiver) = queue();
        let writer = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(OpenError::Writer)?;
        let (queue, writer) = (Mutex::new(Some(sender)), Mutex::new(Some(writer)));
        let (saver, unsaved) = (Mutex::new(Some(saving)), OnceLock::new());
        Ok(Self {
            log,
            keyring,
            views,
            publisher,
            queue,
            writer,
            saver,
            stopped,
            repairs,
            savepoints,
            began_at,
            ignored,
            unsaved,
            idempotency,
            unread_keys,
            publishing: OnceLock::new(),
            witnessing: OnceLock::new(),
            timestamping: OnceLock::new(),
        })
    }

    /// What was put right when it was opened, and behind that.
    pub fn repairs(&self) -> Vec<Repair> {
        [self.repairs.clone(), self.log.repairs()].concat()
    }

    /// How far journal and sled are known to be whole and the same.
    pub fn scrub(&self) -> Scrub {
        self.log.scrub()
    }

    /// Waits until the scrub is over, or cannot be any more.
    pub fn await_scrub(&self) -> Scrub {
        self.log.await_scrub()
    }

    /// The savepoints that opening could not use.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// The size of the savepoint that opening began with; 0 when it replayed everything.
    pub fn began_at(&self) -> u64 {
        self.began_at
    }

    /// Why closing wrote no savepoint, if one was due and could not be written.
    pub fn unsaved(&self) -> Option<&SaveError> {
        self.unsaved.get()
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        self.log.origin()
    }

    /// Where the log stands.
    pub fn head(&self) -> Head {
        self.log.head()
    }

    /// Hands a command to the writer. Waits while the queue is full.
    pub fn enqueue(&self, command: Command) -> Pending {
        let (reply, answer) = sync_channel(1);
        // Whoever asked may have gone; the ledger does not mind.
        let reply: Reply = Box::new(move |answer| drop(reply.send(answer)));
        if let Some(queue) = self.queue() {
            // A writer that has stopped drops the reply, and waiting for it says so.
            let _ = queue.send(Waiting { submission: command.into(), reply });
        }
        Pending(answer)
    }

    /// Hands a command to the writer unless the queue is full. `reply` gets the answer, on the
    /// writer's thread: it only passes it on. It is dropped uncalled when the writer has stopped.
    pub fn try_enqueue(
        &self,
        command: Command,
        reply: impl FnOnce(Answer) + Send + 'static,
    ) -> Result<(), QueueFull> {
        self.try_submit(command.into(), reply)
    }

    /// The same of a command for which more has to hold than the law.
    pub fn try_submit(
        &self,
        submission: Submission,
        reply: impl FnOnce(Answer) + Send + 'static,
    ) -> Result<(), QueueFull> {
        let waiting = Waiting { submission, reply: Box::new(reply) };
        let Some(queue) = self.queue() else { return Ok(()) };
        match queue.try_send(waiting) {
            Err(TrySendError::Full(_)) => Err(QueueFull),
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
        }
    }

    fn queue(&self) -> Option<SyncSender<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the writer takes commands: it was not closed, no append failed, and the journal is
    /// not known to be damaged.
    pub fn takes_commands(&self) -> bool {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let works = writer.as_ref().is_some_and(|writer| !writer.is_finished());
        let whole = self.log.damage().is_none();
        works && whole && !self.stopped.load(Ordering::Acquire)
    }

    /// Why sled is not fed any more; none while it is. Reading goes on until the tail is full.
    pub fn feed_stopped(&self) -> Option<String> {
        self.log.feed_stopped()
    }

    /// Records what a command leads to; durable when it returns.
    pub fn submit(&self, command: Command) -> Answer {
        self.enqueue(command).wait()
    }

    /// What can be read. Holds back the writer's publishing while it is held: read, then let go.
    pub fn views(&self) -> RwLockReadGuard<'_, Views> {
        self.views.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the law knows behind the last answer that was given, or later.
    pub fn known(&self) -> Arc<Known> {
        self.publisher.latest()
    }

    /// Tells the size behind every group that is published, on the writer's thread. One follows;
    /// false where somebody does already.
    pub fn follow(&self, follower: Follower) -> bool {
        self.publisher.follow(follower)
    }

    /// The records of entries from `seq` on, at most `limit` of them.
    pub fn read(&self, seq: u64, limit: usize) -> Result<Vec<Record>, LogError> {
        self.log.read(seq, limit)
    }

    /// The seqs of an organization's entries from an `org_seq` on, at most `limit` of them.
    pub fn organization(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError> {
        self.log.organization(org, from_org_seq, limit)
    }

    /// Parses a record and opens its values.
    pub fn unseal(&self, record: &Record) -> Result<Opened, UnsealError> {
        let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
        unseal::open(record, &mut &*keyring)
    }
}
