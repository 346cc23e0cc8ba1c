//! The thread that feeds sled from the tail, in few and large batches. Behind an opening that did
//! not wait for sled it brings sled first, and compares it with the journal between the feeds.

use crate::ground::embedded::scrub;
use crate::ground::embedded::settle::settle;
use crate::ground::embedded::tail::FEED_BYTES;
use crate::ground::embedded::{Shared, State};
use crate::ground::log::{Head, LogError};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a short tail may wait for more. Each feed writes the last, half-filled blocks again, so
/// a feed for every single append would write most bytes many times.
const PAUSE: Duration = Duration::from_millis(20);

/// After this much sled is made durable, so that opening finds little to feed.
const SYNC_BYTES: usize = 16 * 1024 * 1024;

/// Without appends for this long sled is made durable too.
const IDLE: Duration = Duration::from_secs(1);

/// While there is always a feed's worth, the scrub does a step behind so many feeds. They take
/// longer than its pause, and it is not forgotten.
const SCRUBBED_FEEDS: u32 = 16;

/// Starts feeding; it ends when the log is closed and everything is fed, or with the first error.
/// `closed_at` is the head of a log whose sled was not opened yet.
pub(super) fn start(shared: Arc<Shared>, closed_at: Option<Head>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("rollbook feeder".to_owned()).spawn(move || {
        // Whatever ends the feeding early is told to those who wait for room.
        let ended = panic::catch_unwind(AssertUnwindSafe(|| run(&shared, closed_at)));
        let why = match ended {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the feeder panicked".to_owned(),
        };
        shared.state().feed_stopped = Some(why);
        shared.room.notify_all();
        shared.scrubbed.notify_all();
    })
}

fn run(shared: &Shared, closed_at: Option<Head>) -> Result<(), LogError> {
    let mut scrubbing = match closed_at {
        Some(end) => settle(shared, end)?,
        None => None,
    };
    let (mut unsynced, mut quiet, mut busy) = (0, Duration::ZERO, 0_u32);
    loop {
        let wait = if scrubbing.is_some() { scrub::PAUSE } else { IDLE };
        let timeout = (unsynced > 0 || scrubbing.is_some()).then_some(wait);
        let Woken { closed, rested } = wait_for_work(shared, timeout);
        let fed = feed(shared)?;
        unsynced += fed;
        quiet = if fed > 0 { Duration::ZERO } else { quiet + wait };
        if unsynced >= SYNC_BYTES || (unsynced > 0 && (quiet >= IDLE || closed)) {
            sync(shared)?;
            unsynced = 0;
        }
        if closed && fed == 0 {
            return claim(shared);
        }
        busy = if rested { 0 } else { busy + 1 };
        scrubbing = match scrubbing {
            Some(_) if closed => None,
            Some(under_way) if busy.is_multiple_of(SCRUBBED_FEEDS) => under_way.step(shared)?,
            other => other,
        };
    }
}

/// Feeds sled the first frames of the tail; gives their bytes. Without sled nothing is fed: closing
/// leaves it to the next opening.
fn feed(shared: &Shared) -> Result<usize, LogError> {
    let (store, frames) = {
        let state = shared.state();
        (state.store(), state.tail.next_feed())
    };
    let Some(store) = store.filter(|_| !frames.is_empty()) else { return Ok(0) };
    store.feed(&frames)?;
    shared.state().tail.drop_first(frames.len());
    shared.room.notify_all();
    Ok(frames.iter().map(|frame| frame.weight()).sum())
}

fn sync(shared: &Shared) -> Result<(), LogError> {
    let store = shared.state().store();
    store.map_or(Ok(()), |store| store.sync())
}

/// Closing leaves a claim that is true, also where it was lost since.
fn claim(shared: &Shared) -> Result<(), LogError> {
    let (store, slot) = {
        let state = shared.state();
        (state.store(), state.head.slot)
    };
    store.filter(|store| store.claimed(&shared.origin) != slot).map_or(Ok(()), |store| store.sync())
}

/// How waiting ended.
struct Woken {
    /// The log is closed.
    closed: bool,
    /// Some time passed in which there was no feed's worth.
    rested: bool,
}

/// Returns when there is a feed's worth, when the first of it waited long enough, when `timeout` is
/// over, or when the log is closed.
fn wait_for_work(shared: &Shared, timeout: Option<Duration>) -> Woken {
    let idle = |state: &mut State| !state.has_work() && !state.closed;
    let little = |state: &mut State| state.tail.bytes() < FEED_BYTES && !state.closed;
    let held = "no code panics while it holds this lock";
    let state = shared.state();
    let state = match timeout {
        Some(timeout) => shared.work.wait_timeout_while(state, timeout, idle).expect(held).0,
        None => shared.work.wait_while(state, idle).expect(held),
    };
    if !state.has_work() {
        return Woken { closed: state.closed, rested: true };
    }
    let (state, waited) = shared.work.wait_timeout_while(state, PAUSE, little).expect(held);
    Woken { closed: state.closed, rested: waited.timed_out() }
}

impl State {
    /// Whether something waits that sled can be fed.
    fn has_work(&self) -> bool {
        self.store().is_some() && !self.tail.is_empty()
    }
}
