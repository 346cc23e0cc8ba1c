//! The ledger: a data directory that is open, with one writer and any number of readers.

use super::machine::Machine;
use super::standing::Standing;
use super::unseal::{self, Opened, UnsealError};
use super::writer::{Answer, Reply, SubmitError, Waiting, Writer, queue};
use crate::ground::directory::{Directory, DirectoryError};
use crate::ground::embedded::{self, EmbeddedLog, Repair};
use crate::ground::keyring::{Keyring, KeyringError};
use crate::ground::log::{Head, Log, LogError, Record};
use crate::law::Command;
use crate::projections::{ApplyError, Views};
use crate::proof::LinkFault;
use crate::words::{OrganizationId, Origin};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;
use thiserror::Error;

/// How many records are read at a time: far below a read's own limit in bytes.
const READ_RECORDS: usize = 4096;

/// Why a ledger cannot be made or opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The log cannot be opened.
    #[error(transparent)]
    Log(#[from] embedded::OpenError),
    /// The keyring cannot be opened.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] LogError),
    /// An entry or its sealed values cannot be read.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// An entry does not follow the one before it.
    #[error("entry {seq} does not follow the entry before it: {fault}")]
    Link {
        /// The entry.
        seq: u64,
        /// The first thing that is wrong.
        fault: LinkFault,
    },
    /// An entry cannot follow from what stands before it.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The writer's thread could not be started.
    #[error("the writer could not be started: {0}")]
    Writer(std::io::Error),
}

/// A data directory that is open.
pub struct Ledger {
    log: Arc<EmbeddedLog>,
    keyring: Arc<RwLock<Keyring>>,
    views: Arc<RwLock<Views>>,
    queue: Mutex<Option<SyncSender<Waiting>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    stopped: Arc<AtomicBool>,
    repairs: Vec<Repair>,
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

/// Where the keyring stands in a data directory.
pub fn keyring_path(directory: &Path) -> PathBuf {
    directory.join("keyring")
}

impl Ledger {
    /// Makes an empty ledger in a directory that does not exist or is empty.
    pub fn create(path: &Path, origin: Origin, mut machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::create(path)?;
        let keyring = keyring_path(path);
        let (seed, savepoint_key) = (machine.drawn.bytes(), machine.drawn.bytes());
        let keyring = Keyring::create(&keyring, seed, savepoint_key)?;
        let log = EmbeddedLog::create(directory, origin, machine.options)?;
        Self::start(log, keyring, machine, Vec::new())
    }

    /// Opens a ledger: everything stored is read, compared and replayed.
    pub fn open(path: &Path, machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::open(path)?;
        let keyring = Keyring::open(keyring_path(path))?;
        let (log, repairs) = EmbeddedLog::open(directory, machine.options)?;
        Self::start(log, keyring, machine, repairs)
    }

    /// Drops what sled holds, builds it again from the journal, and opens.
    pub fn rebuild(path: &Path, machine: Machine) -> Result<Self, OpenError> {
        let directory = Directory::open(path)?;
        let keyring = Keyring::open(keyring_path(path))?;
        let (log, repairs) = EmbeddedLog::rebuild(directory, machine.options)?;
        Self::start(log, keyring, machine, repairs)
    }

    fn start(
        log: EmbeddedLog,
        keyring: Keyring,
        machine: Machine,
        repairs: Vec<Repair>,
    ) -> Result<Self, OpenError> {
        let (standing, views) = replay(&log, &keyring)?;
        let log = Arc::new(log);
        let keyring = Arc::new(RwLock::new(keyring));
        let views = Arc::new(RwLock::new(views));
        let stopped = Arc::new(AtomicBool::new(false));
        let writer = Writer {
            head: log.head(),
            log: Arc::clone(&log),
            committed: standing.chains.whole().frontier.clone(),
            standing,
            keyring: Arc::clone(&keyring),
            views: Arc::clone(&views),
            clock: machine.clock,
            drawn: machine.drawn,
            stopped: Arc::clone(&stopped),
        };
        let (sender, receiver) = queue();
        let writer = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(OpenError::Writer)?;
        let (queue, writer) = (Mutex::new(Some(sender)), Mutex::new(Some(writer)));
        Ok(Self { log, keyring, views, queue, writer, stopped, repairs })
    }

    /// What was put right when it was opened.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
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
            let _ = queue.send(Waiting { command, reply });
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
        let waiting = Waiting { command, reply: Box::new(reply) };
        let Some(queue) = self.queue() else { return Ok(()) };
        match queue.try_send(waiting) {
            Err(TrySendError::Full(_)) => Err(QueueFull),
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
        }
    }

    fn queue(&self) -> Option<SyncSender<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the writer takes commands: it was not closed, and no append failed.
    pub fn takes_commands(&self) -> bool {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let works = writer.as_ref().is_some_and(|writer| !writer.is_finished());
        works && !self.stopped.load(Ordering::Acquire)
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

    /// Ends the writer and feeds what is left to sled.
    pub fn close(&self) -> Result<(), LogError> {
        self.end_writer();
        self.log.close()
    }

    fn end_writer(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            // A panicked writer has answered nobody; there is nothing left to tell.
            let _ = writer.join();
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.end_writer();
    }
}

/// Folds the whole log: the same path that every command takes behind its commit.
pub fn replay(log: &dyn Log, keyring: &Keyring) -> Result<(Standing, Views), OpenError> {
    let mut standing = Standing::begin(log.origin().clone());
    let mut views = Views::default();
    let mut keys = keyring.walk();
    loop {
        let records = log.read(standing.chains.whole().size(), READ_RECORDS)?;
        if records.is_empty() {
            return Ok((standing, views));
        }
        for record in records {
            let Opened { entry, .. } = unseal::open(&record, &mut keys)?;
            if let Some(fault) = standing.chains.check(&entry).into_iter().next() {
                return Err(OpenError::Link { seq: record.seq, fault });
            }
            standing.replay(&entry, &record.bytes);
            views.apply(&entry)?;
        }
    }
}
