//! The log on one machine: journal, tail in memory, sled.
//!
//! An append writes one frame to the journal and syncs it; that is the commit. The frame then
//! stands in the tail, where readers find it, until the feeder has put it into sled. So the newest
//! entries are read from memory and all others from sled, and the answer to an append waits for
//! neither.

mod backup;
mod closed;
mod compare;
mod fallback;
mod feeder;
pub mod inspect;
pub mod open;
pub mod quick;
pub mod repair;
pub mod scrub;
mod settle;
mod spare;
mod tail;

use crate::ground::directory::Directory;
use crate::ground::frame::Frame;
use crate::ground::journal::writer::JournalWriter;
use crate::ground::log::{
    AppendError, Batch, Damage, Fault, Head, Log, LogError, Place, READ_LIMIT_BYTES, Record,
    Rejection,
};
use crate::ground::memory::check_organizations;
use crate::ground::sled_store::SledStore;
use crate::words::{OrganizationId, Origin};
use fallback::Asked;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;
use tail::Tail;

pub use inspect::Inspection;
pub use open::OpenError;
pub use quick::ClosedLog;
pub use repair::Repair;
pub use scrub::Scrub;

/// What may be set about an embedded log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Length of a journal segment. It is reserved at once, so a new ledger takes this much.
    pub segment_bytes: u64,
    /// How much may be committed and not yet be in sled. When it is used up, appending waits.
    pub tail_limit_bytes: usize,
    /// sled's page cache. More than 64 MiB is measured to gain nothing.
    pub sled_cache_bytes: u64,
}

impl Options {
    /// What a server runs with.
    pub const STANDARD: Self = Self {
        segment_bytes: 64 * 1024 * 1024,
        tail_limit_bytes: 64 * 1024 * 1024,
        sled_cache_bytes: 64 * 1024 * 1024,
    };
}

/// A log in a data directory. Closing it feeds what is left; so does dropping it.
#[derive(Debug)]
pub struct EmbeddedLog {
    /// Held over write and sync, so appends are done one after the other.
    writer: Mutex<JournalWriter>,
    shared: Arc<Shared>,
    feeder: Mutex<Option<JoinHandle<()>>>,
    /// Dropped last: the lock outlives everything that writes.
    directory: Directory,
}

/// What appending, reading and feeding share.
#[derive(Debug)]
struct Shared {
    origin: Origin,
    options: Options,
    /// The data directory.
    data: PathBuf,
    state: Mutex<State>,
    /// The head moved, or the log was closed.
    appended: Condvar,
    /// There is something for the feeder to do.
    work: Condvar,
    /// The tail got shorter, or nothing is fed any more.
    room: Condvar,
    /// The scrub is over, or cannot be any more.
    scrubbed: Condvar,
}

#[derive(Debug)]
struct State {
    head: Head,
    tail: Tail,
    sled: Sled,
    /// Entries of each organization.
    organizations: HashMap<OrganizationId, u64>,
    scrub: Scrub,
    /// Where the journal is damaged first, known before the scrub has named every place.
    damage: Option<Damage>,
    /// What was put right behind the opening.
    repairs: Vec<Repair>,
    /// Why nothing is fed any more.
    feed_stopped: Option<String>,
    closed: bool,
}

/// Where sled is.
#[derive(Debug)]
enum Sled {
    /// Still being opened, or built again: reads go to the journal, and a full tail lets go of its
    /// oldest frames, which the journal has.
    Away,
    /// Being fed what stands before the tail, which keeps what it has.
    Near,
    /// It holds everything before the tail.
    Here(Arc<SledStore>),
}

impl State {
    fn new(
        head: Head,
        organizations: HashMap<OrganizationId, u64>,
        sled: Sled,
        scrub: Scrub,
    ) -> Self {
        Self {
            head,
            tail: Tail::default(),
            sled,
            organizations,
            scrub,
            damage: None,
            repairs: Vec::new(),
            feed_stopped: None,
            closed: false,
        }
    }

    fn store(&self) -> Option<Arc<SledStore>> {
        match &self.sled {
            Sled::Here(store) => Some(Arc::clone(store)),
            Sled::Away | Sled::Near => None,
        }
    }

    /// Whether the tail may let go of frames that sled does not have.
    fn sheds(&self) -> bool {
        matches!(self.sled, Sled::Away) && self.feed_stopped.is_none()
    }
}

impl Shared {
    fn new(origin: Origin, options: Options, data: &Path, state: State) -> Self {
        Self {
            origin,
            options,
            data: data.to_owned(),
            state: Mutex::new(state),
            appended: Condvar::new(),
            work: Condvar::new(),
            room: Condvar::new(),
            scrubbed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no code panics while it holds this lock")
    }
}

impl EmbeddedLog {
    fn with(writer: JournalWriter, shared: Arc<Shared>, directory: Directory) -> Self {
        Self { writer: Mutex::new(writer), shared, feeder: Mutex::new(None), directory }
    }

    /// Starts the feeder; `closed_at` is the head of a log whose sled was not opened yet.
    fn start(&self, closed_at: Option<Head>) -> Result<(), LogError> {
        let feeder = feeder::start(Arc::clone(&self.shared), closed_at);
        let feeder = feeder.map_err(LogError::io(self.directory.path()))?;
        *self.feeder.lock().expect("no code panics while it holds this lock") = Some(feeder);
        Ok(())
    }

    /// The data directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// How far journal and sled are known to be whole and the same.
    pub fn scrub(&self) -> Scrub {
        self.shared.state().scrub.clone()
    }

    /// Waits until the scrub is over, the log is closed, or sled takes nothing more.
    pub fn await_scrub(&self) -> Scrub {
        self.shared.await_scrub()
    }

    /// The first place where the journal was found damaged; from then on nothing is appended.
    pub fn damage(&self) -> Option<Damage> {
        self.shared.state().damage.clone()
    }

    /// What was put right since it is open.
    pub fn repairs(&self) -> Vec<Repair> {
        self.shared.state().repairs.clone()
    }

    /// Why sled is not fed any more; none while it is.
    pub fn feed_stopped(&self) -> Option<String> {
        self.shared.state().feed_stopped.clone()
    }

    /// Feeds everything to sled, makes it durable there, and ends the log: whatever is asked
    /// afterwards is answered with `Closed`. The directory stays locked until the log is dropped.
    pub fn close(&self) -> Result<(), LogError> {
        let feeder = {
            // No append is under way while the writer is held.
            let _writer = self.writer.lock().expect("no code panics while it holds this lock");
            self.shared.state().closed = true;
            self.feeder.lock().expect("no code panics while it holds this lock").take()
        };
        self.shared.work.notify_all();
        self.shared.appended.notify_all();
        self.shared.room.notify_all();
        self.shared.scrubbed.notify_all();
        if let Some(feeder) = feeder {
            feeder.join().expect("the feeder contains its panics");
            self.leave_word();
        }
        match &self.shared.state().feed_stopped {
            None => Ok(()),
            Some(why) => Err(Damage { place: Place::Sled, fault: Fault::Sled(why.clone()) }.into()),
        }
    }

    /// Says where the log ended, if both places hold all of it and neither is known to be damaged.
    fn leave_word(&self) {
        let writer = self.writer.lock().expect("no code panics while it holds this lock");
        let state = self.shared.state();
        let fed = state.feed_stopped.is_none() && state.store().is_some() && state.tail.is_empty();
        let whole = state.damage.is_none() && !writer.is_poisoned();
        if fed && whole {
            // Without it the next opening compares wholly, which is never wrong.
            let _ = closed::write(&self.shared.data, &self.shared.origin, &state.head);
        }
    }

    /// Records from one of the two places in which they are: sled, or the tail behind it.
    fn read_part(&self, from: u64, limit: usize) -> Result<Vec<Record>, LogError> {
        let (frames, until, sled) = {
            let state = self.shared.state();
            if state.closed {
                return Err(LogError::Closed);
            }
            let until = state.tail.first_seq().unwrap_or(state.head.size);
            let behind = from >= until;
            let frames = if behind { state.tail.frames_from(from, limit) } else { Vec::new() };
            (frames, until, Asked::of(&state))
        };
        if from < until {
            // sled was fed all of these before they left the tail.
            let read = |store: &SledStore| store.read(from, until, limit);
            return sled.answer(read, || self.read_journal(from, until, limit));
        }
        Ok(tail::records(&frames, from, limit))
    }

    /// Waits until the tail has room for a frame.
    fn wait_for_room(&self, bytes: usize) -> Result<(), Rejection> {
        let limit = self.shared.options.tail_limit_bytes;
        let full = |state: &mut State| {
            // A frame longer than the whole limit goes through an empty tail.
            let fits = state.tail.is_empty() || state.tail.bytes() + bytes <= limit;
            let ended = state.feed_stopped.is_some() || state.closed || state.damage.is_some();
            !fits && !state.sheds() && !ended
        };
        let state = self.shared.state();
        let state = self.shared.room.wait_while(state, full);
        let state = state.expect("no code panics while it holds this lock");
        if state.closed {
            return Err(Rejection::Closed);
        }
        if let Some(damage) = &state.damage {
            return Err(Rejection::JournalDamaged(damage.clone()));
        }
        match &state.feed_stopped {
            Some(why) if state.tail.bytes() + bytes > limit => {
                Err(Rejection::FeedStopped(why.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Log for EmbeddedLog {
    fn origin(&self) -> &Origin {
        &self.shared.origin
    }

    fn head(&self) -> Head {
        self.shared.state().head
    }

    fn append(&self, batch: Batch, expected: &Head) -> Result<Head, AppendError> {
        let mut writer = self.writer.lock().expect("no code panics while it holds this lock");
        if writer.head() != expected {
            return Err(AppendError::Conflict(*writer.head()));
        }
        let (frame, bytes) = Frame::follow(batch, expected)?;
        let sizes = {
            let state = self.shared.state();
            let size = |org| state.organizations.get(&org).copied().unwrap_or(0);
            check_organizations(&frame.entries, size)?
        };
        self.wait_for_room(bytes.len())?;
        writer.append(&frame, &bytes)?;
        let mut state = self.shared.state();
        state.head = *writer.head();
        state.organizations.extend(sizes);
        let wake = state.tail.push(Arc::new(frame));
        while state.sheds() && state.tail.bytes() > self.shared.options.tail_limit_bytes {
            state.tail.drop_first(1);
        }
        let head = state.head;
        drop(state);
        self.shared.appended.notify_all();
        if wake {
            self.shared.work.notify_all();
        }
        Ok(head)
    }

    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, LogError> {
        let (mut records, mut bytes) = (Vec::new(), 0);
        loop {
            let part = self.read_part(from + records.len() as u64, limit - records.len())?;
            if part.is_empty() {
                return Ok(records);
            }
            for record in part {
                bytes += record.weight();
                records.push(record);
                if records.len() == limit || bytes >= READ_LIMIT_BYTES {
                    return Ok(records);
                }
            }
        }
    }

    fn organization(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError> {
        let (recent, fed, sled) = {
            let state = self.shared.state();
            if state.closed {
                return Err(LogError::Closed);
            }
            let size = state.organizations.get(&org).copied().unwrap_or(0);
            let fed = size - state.tail.count(org);
            let recent = state.tail.seqs(org, from_org_seq.saturating_sub(fed), limit);
            (recent, fed, Asked::of(&state))
        };
        let missing = fed.saturating_sub(from_org_seq);
        let wanted = usize::try_from(missing).unwrap_or(usize::MAX).min(limit);
        let all = |seqs: Vec<u64>| match seqs.len() < wanted {
            true => {
                let fault = Fault::Missing;
                Err(Damage { place: Place::Organization(org), fault }.into())
            }
            false => Ok(seqs),
        };
        let read = |store: &SledStore| store.organization(org, from_org_seq, wanted).and_then(all);
        let journal = || self.organization_in_journal(org, from_org_seq, wanted).and_then(all);
        let mut seqs = sled.answer(read, journal)?;
        seqs.extend(recent.into_iter().take(limit - wanted));
        Ok(seqs)
    }

    fn tail(&self, beyond: u64, timeout: Duration) -> Head {
        let waiting = |state: &mut State| state.head.size <= beyond && !state.closed;
        let waited = self.shared.appended.wait_timeout_while(self.shared.state(), timeout, waiting);
        waited.expect("no code panics while it holds this lock").0.head
    }
}

impl Drop for EmbeddedLog {
    fn drop(&mut self) {
        // What could not be fed is in the journal, and opening feeds it.
        let _ = self.close();
    }
}
