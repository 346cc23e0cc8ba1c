//! The one writer: takes what is waiting, decides it in order, appends it as one batch, publishes
//! it, answers.
//!
//! The commit point is the single call of [`Log::append`]. Before it nothing can be seen; behind it
//! the answer is only a matter of time. After an append that failed the writer takes nothing more:
//! reading goes on, and opening the ledger again settles what became of it.

use super::machine::Clock;
use super::place::{PlaceError, Placed, place};
use super::standing::Standing;
use crate::facts::Entry;
use crate::ground::keyring::Keyring;
use crate::ground::log::{AppendError, BATCH_LIMIT_BYTES, Batch, Head, Log};
use crate::law::{Command, Context, Refusal, decide};
use crate::projections::{ApplyError, Views};
use crate::proof::Frontier;
use crate::words::hash::Drawn;
use crate::words::{CommandId, Timestamp, TreeHash};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use thiserror::Error;

/// The most commands that wait. Enough for four full groups; whoever comes later waits in line.
pub(super) const QUEUE_LIMIT: usize = 1024;

/// The most commands in one batch. Larger groups gain nothing (measured: 147 k/s at 256, the same
/// at 1,024), and the first in a group waits for the last.
const GROUP_LIMIT: usize = 256;

/// How far the clock may lie behind the last entry. A smaller step back is bridged by counting
/// microseconds on; a larger one means that somebody set the clock, and recorded times would be
/// wrong.
const CLOCK_BEHIND_LIMIT: Duration = Duration::from_secs(10);

/// What a command led to, durably.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The command.
    pub cmd: CommandId,
    /// Its entries, with their values open. None where everything was recorded already.
    pub entries: Vec<Arc<Entry>>,
    /// How many entries the ledger has behind it: a reader who asks for at least this many sees it.
    pub size: u64,
}

/// Why a command was not recorded, or why nobody knows.
#[derive(Debug, Clone, Error)]
pub enum SubmitError {
    /// The law says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The clock was set back.
    #[error(
        "the clock says {now}, the last entry was recorded at {last}: set the clock, nothing was recorded"
    )]
    ClockBehind {
        /// What the clock says.
        now: Timestamp,
        /// When the last entry was recorded.
        last: Timestamp,
    },
    /// A part of the command that must be committed at once is larger than a batch.
    #[error(
        "the command is too large: {bytes} bytes would have to be recorded at once, at most {BATCH_LIMIT_BYTES} can be"
    )]
    TooLarge {
        /// How large.
        bytes: usize,
    },
    /// The facts cannot be written down.
    #[error("{0}")]
    Unplaceable(Arc<PlaceError>),
    /// The log did not take it. [`AppendError`] says whether that is certain.
    #[error("{0}; no commands are taken until the ledger is opened again")]
    Append(Arc<AppendError>),
    /// The log took the first batches of a command that needs several, and then no more. What is
    /// recorded stays and keeps every rule; an import continues behind it.
    #[error(
        "only the first {recorded} of {entries} entries are recorded: {}; no commands are taken until \
         the ledger is opened again, give this one again then",
        cause(because)
    )]
    CutShort {
        /// How many entries are there.
        recorded: u64,
        /// How many the command has.
        entries: u64,
        /// Why the next batch was not taken.
        because: Arc<AppendError>,
    },
    /// It is recorded, but cannot be shown: law and projections disagree, which is a fault of
    /// Rollbook.
    #[error("recorded, but it cannot be shown: {0}; restart the ledger and report this")]
    Unshowable(ApplyError),
    /// An earlier append failed; nothing is recorded until the ledger is opened again.
    #[error("the ledger takes no commands: it was closed, or an append failed; open it again")]
    Stopped,
}

impl SubmitError {
    /// The stable code of the refusal or error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.innermost().code(),
            Self::ClockBehind { .. } => "clock_behind",
            Self::TooLarge { .. } => "command_too_large",
            Self::Unplaceable(_) => "unplaceable",
            Self::Append(error) => match error.as_ref() {
                AppendError::OutcomeUnknown { .. } => "outcome_unknown",
                AppendError::Conflict(_) | AppendError::Unfit(_) | AppendError::Rejected(_) => {
                    "not_appended"
                }
            },
            Self::CutShort { .. } => "cut_short",
            Self::Unshowable(_) => "unshowable",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a batch was not taken, where it would be wrong that nothing was.
fn cause(error: &AppendError) -> String {
    match error {
        AppendError::Rejected(rejection) => rejection.to_string(),
        AppendError::Conflict(_) | AppendError::Unfit(_) | AppendError::OutcomeUnknown { .. } => {
            error.to_string()
        }
    }
}

/// What a command is answered.
pub type Answer = Result<Receipt, SubmitError>;

/// Where an answer goes. It is called on the writer's thread and must return at once; dropped
/// without a call it says that the writer has stopped.
pub(super) type Reply = Box<dyn FnOnce(Answer) + Send>;

pub(super) struct Waiting {
    pub(super) command: Command,
    pub(super) reply: Reply,
}

/// Everything the writer owns; nobody else moves the ledger.
pub(super) struct Writer<L: Log> {
    pub(super) log: Arc<L>,
    pub(super) head: Head,
    pub(super) standing: Standing,
    /// The tree over what is committed; `standing` may be ahead of it by the group at hand.
    pub(super) committed: Frontier,
    pub(super) keyring: Arc<RwLock<Keyring>>,
    pub(super) views: Arc<RwLock<Views>>,
    pub(super) clock: Clock,
    pub(super) drawn: Drawn,
    /// Set when nothing more is taken.
    pub(super) stopped: Arc<AtomicBool>,
}

/// The writer's queue.
pub(super) fn queue() -> (SyncSender<Waiting>, Receiver<Waiting>) {
    sync_channel(QUEUE_LIMIT)
}

/// What waits to be appended together.
#[derive(Default)]
struct Gathered {
    placed: Vec<Placed>,
    bytes: usize,
}

/// A command of the group: decided, with the answer it gets when everything up to `size` is
/// durable.
struct Decided {
    reply: Reply,
    answer: Answer,
    size: u64,
}

impl<L: Log> Writer<L> {
    /// Works until nobody can send any more.
    pub(super) fn run(mut self, queue: &Receiver<Waiting>) {
        while let Ok(first) = queue.recv() {
            let group = gather(first, queue);
            if self.work(group).is_err() {
                self.stopped.store(true, Ordering::Release);
                refuse_everything(queue);
                return;
            }
        }
    }

    /// Decides, appends, publishes and answers one group.
    fn work(&mut self, group: Vec<Waiting>) -> Result<(), SubmitError> {
        let mut gathered = Gathered::default();
        let mut decided = Vec::with_capacity(group.len());
        let mut failure = None;
        for Waiting { command, reply } in group {
            if failure.is_some() {
                let answer = Err(SubmitError::Stopped);
                decided.push(Decided { reply, answer, size: u64::MAX });
                continue;
            }
            match self.decide(&command) {
                Ok((receipt, segments)) => {
                    let size = receipt.size;
                    failure = self.gather(&mut gathered, segments).err();
                    decided.push(Decided { reply, answer: Ok(receipt), size });
                }
                Err(error) => {
                    let size = self.standing.chains.whole().size();
                    decided.push(Decided { reply, answer: Err(error), size });
                }
            }
        }
        if failure.is_none() {
            failure = self.commit(&mut gathered).err();
        }
        for Decided { reply, answer, size } in decided {
            // An answer rests on everything before it: it is given only when that is durable.
            let answer = match &failure {
                Some(error) if size > self.head.size => Err(self.failed(error, answer)),
                Some(_) | None => answer,
            };
            reply(answer);
        }
        failure.map_or(Ok(()), Err)
    }

    /// What a command is answered that did not become durable wholly.
    fn failed(&self, error: &SubmitError, answer: Answer) -> SubmitError {
        let Ok(Receipt { entries, .. }) = answer else { return error.clone() };
        let behind = |entry: &&Arc<Entry>| entry.seq < self.head.size;
        let recorded = entries.iter().take_while(behind).count() as u64;
        match error {
            SubmitError::Append(because) if recorded > 0 => {
                let (entries, because) = (entries.len() as u64, Arc::clone(because));
                SubmitError::CutShort { recorded, entries, because }
            }
            other => other.clone(),
        }
    }

    /// Decides a command and gives its facts their places, in segments that can each be committed
    /// alone. A command that fails leaves `standing` where it was.
    fn decide(&mut self, command: &Command) -> Result<(Receipt, Vec<Vec<Placed>>), SubmitError> {
        let last = self.standing.chains.whole().last_time;
        let now = (self.clock)();
        if now.until(last) > CLOCK_BEHIND_LIMIT {
            return Err(SubmitError::ClockBehind { now, last });
        }
        // Each command draws from a seed of its own: what a failed one drew is never drawn again.
        let drawn = Drawn::from_seed(&self.drawn.bytes());
        let mut context = Context { now: now.max(last.next()), drawn };
        let before = self.standing.clone();
        let outcome = self.decide_in(command, &mut context);
        if outcome.is_err() {
            self.standing = before;
        }
        outcome
    }

    fn decide_in(
        &mut self,
        command: &Command,
        context: &mut Context,
    ) -> Result<(Receipt, Vec<Vec<Placed>>), SubmitError> {
        let decision = decide(&self.standing.state, command, context)?;
        let (cmd, cuts) = (decision.cmd, decision.cuts.clone());
        let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
        let placed = place(&mut self.standing, &keyring, command, decision, context)
            .map_err(|error| SubmitError::Unplaceable(Arc::new(error)))?;
        drop(keyring);
        let entries = placed.iter().map(|placed| Arc::clone(&placed.entry)).collect();
        let segments = segments(placed, &cuts);
        for segment in &segments {
            let bytes = frame_bytes(segment.iter());
            if bytes > BATCH_LIMIT_BYTES {
                return Err(SubmitError::TooLarge { bytes });
            }
        }
        let size = self.standing.chains.whole().size();
        Ok((Receipt { cmd, entries, size }, segments))
    }

    /// Puts a command's segments to what waits, and commits whenever a batch is full. A command
    /// that fits into one batch is never divided.
    fn gather(
        &mut self,
        gathered: &mut Gathered,
        segments: Vec<Vec<Placed>>,
    ) -> Result<(), SubmitError> {
        let whole = entry_bytes(segments.iter().flatten());
        let divided = whole + EMPTY_FRAME_BYTES > BATCH_LIMIT_BYTES;
        let units = if divided { segments } else { vec![segments.into_iter().flatten().collect()] };
        for unit in units {
            let bytes = entry_bytes(unit.iter());
            if gathered.bytes + bytes + EMPTY_FRAME_BYTES > BATCH_LIMIT_BYTES {
                self.commit(gathered)?;
            }
            gathered.bytes += bytes;
            gathered.placed.extend(unit);
        }
        Ok(())
    }

    /// Appends what was gathered and publishes it.
    fn commit(&mut self, gathered: &mut Gathered) -> Result<(), SubmitError> {
        let Gathered { placed, .. } = std::mem::take(gathered);
        if placed.is_empty() {
            return Ok(());
        }
        let mut frontier = self.committed.clone();
        let mut entries = Vec::with_capacity(placed.len());
        let mut batch = Batch {
            entries: Vec::with_capacity(placed.len()),
            vault: Vec::new(),
            root: TreeHash::empty(),
        };
        for Placed { entry, new, rows, leaf } in placed {
            frontier.push(leaf);
            batch.entries.push(new);
            batch.vault.extend(rows);
            entries.push(entry);
        }
        batch.root = frontier.root();
        let head = self
            .log
            .append(batch, &self.head)
            .map_err(|error| SubmitError::Append(Arc::new(error)))?;
        self.head = head;
        self.committed = frontier;
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        for entry in &entries {
            views.apply(entry).map_err(SubmitError::Unshowable)?;
        }
        Ok(())
    }
}

fn gather(first: Waiting, queue: &Receiver<Waiting>) -> Vec<Waiting> {
    let mut group = vec![first];
    while group.len() < GROUP_LIMIT {
        match queue.try_recv() {
            Ok(waiting) => group.push(waiting),
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
        }
    }
    group
}

/// Answers until nobody can send any more.
fn refuse_everything(queue: &Receiver<Waiting>) {
    while let Ok(Waiting { reply, .. }) = queue.recv() {
        reply(Err(SubmitError::Stopped));
    }
}

/// Divides placed facts at the places where every invariant holds.
fn segments(placed: Vec<Placed>, cuts: &[usize]) -> Vec<Vec<Placed>> {
    let mut segments = Vec::with_capacity(cuts.len());
    let mut placed = placed.into_iter();
    let mut done = 0;
    for &cut in cuts {
        segments.push(placed.by_ref().take(cut - done).collect());
        done = cut;
    }
    segments
}

const EMPTY_FRAME_BYTES: usize = crate::ground::frame::EMPTY_BYTES;

fn entry_bytes<'a>(placed: impl Iterator<Item = &'a Placed>) -> usize {
    placed
        .map(|placed| {
            placed.new.frame_bytes()
                + placed.rows.iter().map(crate::ground::log::VaultRow::frame_bytes).sum::<usize>()
        })
        .sum()
}

fn frame_bytes<'a>(placed: impl Iterator<Item = &'a Placed>) -> usize {
    EMPTY_FRAME_BYTES + entry_bytes(placed)
}
