//! The one writer: takes what is waiting, decides it in order, appends it as one batch, publishes
//! it, answers.
//!
//! The commit point is the single call of [`Log::append`]. Before it nothing can be seen; behind it
//! the answer is only a matter of time. After an append that failed the writer takes nothing more:
//! reading goes on, and opening the ledger again settles what became of it.

use super::answer::{Answer, Receipt, Reply, SubmitError};
use super::erasing;
use super::known::{Known, Publisher};
use super::machine::Clock;
use super::once::{Group, unwritten};
use super::place::{Placed, place};
use super::saver::{Saver, Taken};
use super::segments::{EMPTY_FRAME_BYTES, entry_bytes, frame_bytes, segments};
use super::standing::Standing;
use super::submission::{Condition, Submission};
use crate::facts::{Entry, Event};
use crate::ground::idempotency::Idempotency;
use crate::ground::keyring::{Keyring, Walk};
use crate::ground::log::{BATCH_LIMIT_BYTES, Batch, Head, Log};
use crate::ground::savepoints::Savepoints;
use crate::law::{Command, Context, decide};
use crate::projections::{AsOf, Views};
use crate::proof::Frontier;
use crate::words::hash::Drawn;
use crate::words::{OrganizationId, TreeHash};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The most commands that wait. Enough for four full groups; whoever comes later waits in line.
pub(super) const QUEUE_LIMIT: usize = 1024;

/// The most commands in one batch. Larger groups gain nothing (measured: 147 k/s at 256, the same
/// at 1,024), and the first in a group waits for the last.
const GROUP_LIMIT: usize = 256;

/// How far the clock may lie behind the last entry. A smaller step back is bridged by counting
/// microseconds on; a larger one means that somebody set the clock, and recorded times would be
/// wrong.
const CLOCK_BEHIND_LIMIT: Duration = Duration::from_secs(10);

/// A command in the queue.
pub(super) struct Waiting {
    pub(super) submission: Submission,
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
    pub(super) publisher: Publisher,
    pub(super) clock: Clock,
    pub(super) drawn: Drawn,
    pub(super) saver: Saver,
    pub(super) idempotency: Arc<Idempotency>,
    pub(super) savepoints: Savepoints,
    /// Leaves whose erasure is durable and whose keys are still to be destroyed.
    pub(super) condemned: Vec<u64>,
    /// The size behind the last erasure: there is no savepoint from before.
    pub(super) erased_at: u64,
    /// Set when nothing more is taken.
    pub(super) stopped: Arc<AtomicBool>,
}

/// What a writer leaves that was never refused an append.
pub(super) struct AtRest {
    pub(super) standing: Standing,
    pub(super) drawn: Drawn,
    pub(super) erased_at: u64,
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
    /// What becomes of the group's idempotency keys: durable before what was gathered is.
    keys: Group,
}

/// A command of the group: decided, with the answer it gets when everything up to `size` is
/// durable.
struct Decided {
    reply: Reply,
    answer: Answer,
    size: u64,
}

impl<L: Log> Writer<L> {
    /// Works until nobody can send any more. Answers where it came to rest; nothing, when an append
    /// failed and what it knows may be ahead of the log.
    pub(super) fn run(mut self, queue: &Receiver<Waiting>) -> Option<AtRest> {
        while let Ok(first) = queue.recv() {
            let group = gather(first, queue);
            if self.work(group).is_err() {
                refuse_everything(queue);
                return None;
            }
            self.save_if_due();
        }
        let Self { standing, drawn, erased_at, .. } = self;
        Some(AtRest { standing, drawn, erased_at })
    }

    /// Hands what is known to the saver, when that is due. Behind a group, so that everything in it
    /// is committed. What it costs here: clones that share, and later one copy of each organization
    /// that changes while the file is written.
    fn save_if_due(&mut self) {
        if self.saver.wants(self.head.size) {
            let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
            let key = keyring.savepoint_key().clone();
            let views = self.views.read().unwrap_or_else(PoisonError::into_inner).clone();
            let (standing, nonce) = (self.standing.clone(), self.drawn.bytes());
            self.saver.take(Taken { standing, views, key, nonce });
        }
    }

    /// Decides, appends, publishes and answers one group.
    fn work(&mut self, group: Vec<Waiting>) -> Result<(), SubmitError> {
        let mut gathered = Gathered::default();
        let mut decided = Vec::with_capacity(group.len());
        let mut failure = None;
        let keyring = Arc::clone(&self.keyring);
        let keyring = keyring.read().unwrap_or_else(PoisonError::into_inner);
        // The leaves of one group lie close together, and so do the ways down to them.
        let mut keys = keyring.walk();
        for Waiting { submission, reply } in group {
            if failure.is_some() {
                let answer = Err(SubmitError::Stopped);
                decided.push(Decided { reply, answer, size: u64::MAX });
                continue;
            }
            let answer;
            (answer, failure) = self.take(submission, &mut gathered, &mut keys);
            let behind = |_: &SubmitError| self.standing.chains.whole().size();
            let size = answer.as_ref().map_or_else(behind, |receipt| receipt.size);
            decided.push(Decided { reply, answer, size });
        }
        drop(keyring);
        if failure.is_none() {
            failure = self.commit(&mut gathered).err();
        }
        if failure.is_none() {
            std::mem::take(&mut gathered.keys).keep(&self.idempotency);
        }
        let unerased = self.destroy().err();
        if failure.is_none() {
            self.publisher.publish(Known::of(&self.standing));
        }
        let stops = failure.is_some() || unerased.is_some();
        // Before anybody is answered: whoever hears of the failure sees that nothing is taken.
        self.stopped.store(stops, Ordering::Release);
        for Decided { reply, answer, size } in decided {
            // An answer rests on everything before it: it is given only when that is durable.
            let answer = match &failure {
                Some(error) if size > self.head.size => Err(self.failed(error, answer)),
                Some(_) | None => answer,
            };
            reply(match &unerased {
                Some(error) if answer.as_ref().is_ok_and(Receipt::erases) => Err(error.clone()),
                Some(_) | None => answer,
            });
        }
        failure.or(unerased).map_or(Ok(()), Err)
    }

    /// Destroys the keys of what the log says was erased. Where that fails, nothing more is opened
    /// with them here, and opening the ledger again finishes it.
    fn destroy(&mut self) -> Result<(), SubmitError> {
        let leaves = std::mem::take(&mut self.condemned);
        if leaves.is_empty() {
            return Ok(());
        }
        let mut keyring = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        let kept = (&*self.idempotency, &self.savepoints);
        erasing::destroy(&mut keyring, &leaves, kept, &mut self.drawn).map_err(|error| {
            keyring.forget(&leaves);
            SubmitError::Unerased(Arc::new(error))
        })?;
        self.erased_at = self.head.size;
        self.saver.begin_anew(self.head.size);
        Ok(())
    }

    /// Decides one command of a group and gathers what it leads to. Beside the answer stands why
    /// the group cannot go on, where it cannot.
    fn take(
        &mut self,
        submission: Submission,
        gathered: &mut Gathered,
        keys: &mut Walk<'_>,
    ) -> (Answer, Option<SubmitError>) {
        let Submission { command, condition, once } = submission;
        if let Some(once) = &once {
            let admitted =
                gathered.keys.admit(once, (&self.idempotency, &*self.log), (self.clock)());
            if let Err(error) = admitted {
                return (Err(error), None);
            }
        }
        if let Some(condition) = condition {
            if let Err(because) = self.settle(condition.org, gathered) {
                return (Err(SubmitError::Stopped), Some(because));
            }
            if !self.holds(condition) {
                return (Err(SubmitError::ConditionFailed), None);
            }
        }
        let (answer, segments) = match self.decide(&command, keys) {
            Ok((receipt, segments)) => (Ok(receipt), segments),
            Err(error) => (Err(error), Vec::new()),
        };
        if let Some(once) = once {
            gathered.keys.decided(once, &answer);
        }
        let failure = self.gather(gathered, segments).err();
        (answer, failure)
    }

    /// Commits what was gathered where it concerns an organization: what is asked of that one is
    /// asked of its projections.
    fn settle(&mut self, org: OrganizationId, gathered: &mut Gathered) -> Result<(), SubmitError> {
        if gathered.placed.iter().all(|placed| placed.entry.fact.org != org) {
            return Ok(());
        }
        self.commit(gathered)
    }

    fn holds(&mut self, condition: Condition) -> bool {
        let now = (self.clock)();
        let views = self.views.read().unwrap_or_else(PoisonError::into_inner);
        let Some(view) = views.organization(condition.org) else { return false };
        let at = views.moment(view, AsOf::Now, now);
        at.is_ok_and(|at| (condition.holds)(view, at))
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
    fn decide(
        &mut self,
        command: &Command,
        keys: &mut Walk<'_>,
    ) -> Result<(Receipt, Vec<Vec<Placed>>), SubmitError> {
        let last = self.standing.chains.whole().last_time;
        let now = (self.clock)();
        if now.until(last) > CLOCK_BEHIND_LIMIT {
            return Err(SubmitError::ClockBehind { now, last });
        }
        // Each command draws from a seed of its own: what a failed one drew is never drawn again.
        let drawn = Drawn::from_seed(&self.drawn.bytes());
        let mut context = Context { now: now.max(last.next()), drawn };
        let before = self.standing.clone();
        let outcome = self.decide_in(command, keys, &mut context);
        if outcome.is_err() {
            self.standing = before;
        }
        outcome
    }

    fn decide_in(
        &mut self,
        command: &Command,
        keys: &mut Walk<'_>,
        context: &mut Context,
    ) -> Result<(Receipt, Vec<Vec<Placed>>), SubmitError> {
        let decision = decide(&self.standing.state, command, context)?;
        let (cmd, cuts) = (decision.cmd, decision.cuts.clone());
        let placed = place(&mut self.standing, keys, command, decision, context)
            .map_err(|error| SubmitError::Unplaceable(Arc::new(error)))?;
        let entries = placed.iter().map(|placed| Arc::clone(&placed.entry)).collect();
        let segments = segments(placed, &cuts);
        for segment in &segments {
            let bytes = frame_bytes(segment.iter());
            if bytes > BATCH_LIMIT_BYTES {
                return Err(SubmitError::TooLarge { bytes });
            }
        }
        let chains = self.standing.chains.clone();
        let size = chains.whole().size();
        Ok((Receipt { cmd, entries, size, chains: Some(Arc::new(chains)) }, segments))
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
        if gathered.keys.are_pending() {
            let now = (self.clock)();
            let written = gathered.keys.write(&self.idempotency, now, &mut self.drawn);
            written.map_err(unwritten)?;
        }
        let placed = std::mem::take(&mut gathered.placed);
        gathered.bytes = 0;
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
        for entry in &entries {
            if let Event::PersonalDataErased(erased) = &entry.fact.event {
                let (org, leaves) = (entry.fact.org, &self.standing.leaves);
                let leaves = erased.erased(org).filter_map(|subject| leaves.of(org, subject));
                self.condemned.extend(leaves);
            }
        }
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
