//! The thread that feeds sled from the tail, in few and large batches.

use crate::ground::embedded::tail::FEED_BYTES;
use crate::ground::embedded::{Shared, State};
use crate::ground::log::LogError;
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

/// Starts feeding; it ends when the log is closed and everything is fed, or with the first error.
pub(super) fn start(shared: Arc<Shared>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("rollbook feeder".to_owned()).spawn(move || {
        // Whatever ends the feeding early is told to those who wait for room.
        let ended = panic::catch_unwind(AssertUnwindSafe(|| run(&shared)));
        let why = match ended {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the feeder panicked".to_owned(),
        };
        shared.state().feed_stopped = Some(why);
        shared.room.notify_all();
    })
}

fn run(shared: &Shared) -> Result<(), LogError> {
    let mut unsynced = 0;
    loop {
        let closed = wait_for_work(shared, unsynced > 0);
        let frames = shared.state().tail.next_feed();
        if frames.is_empty() {
            if unsynced > 0 {
                shared.store.sync()?;
                unsynced = 0;
            }
            if closed {
                return Ok(());
            }
            continue;
        }
        shared.store.feed(&frames)?;
        unsynced += frames.iter().map(|frame| frame.weight()).sum::<usize>();
        shared.state().tail.drop_first(frames.len());
        shared.room.notify_all();
        if unsynced >= SYNC_BYTES {
            shared.store.sync()?;
            unsynced = 0;
        }
    }
}

/// Returns when there is a feed's worth, when the first of it waited long enough, when it is time
/// to sync, or when the log is closed; tells whether it is.
fn wait_for_work(shared: &Shared, unsynced: bool) -> bool {
    let nothing = |state: &mut State| state.tail.is_empty() && !state.closed;
    let little = |state: &mut State| state.tail.bytes() < FEED_BYTES && !state.closed;
    let held = "no code panics while it holds this lock";
    let state = shared.state();
    let state = if unsynced {
        shared.work.wait_timeout_while(state, IDLE, nothing).expect(held).0
    } else {
        shared.work.wait_while(state, nothing).expect(held)
    };
    if state.tail.is_empty() {
        return state.closed;
    }
    shared.work.wait_timeout_while(state, PAUSE, little).expect(held).0.closed
}
