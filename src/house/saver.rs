//! Savepoints while the ledger runs: written by a thread of their own, off the answers' path.

use super::savepoint::{self, SaveError};
use super::standing::Standing;
use crate::ground::keyring::SavepointKey;
use crate::ground::savepoints::Savepoints;
use crate::projections::Views;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// What is to be kept: all of one moment, the key too, so that nothing from before an erasure is
/// ever sealed under the key from behind it.
pub(super) struct Taken {
    pub(super) standing: Standing,
    pub(super) views: Views,
    pub(super) key: SavepointKey,
    pub(super) nonce: [u8; 24],
}

/// The thread's side that the writer holds. One is written at a time and none waits: while the
/// thread works, the writer takes none.
pub(super) struct Saver {
    sender: SyncSender<Taken>,
    /// Answers the thread's readiness, and so holds at most one.
    ready: Receiver<()>,
    is_ready: bool,
    /// The size of the last savepoint that was taken or opened from.
    taken_at: u64,
    /// None is taken before this size.
    not_before: u64,
}

/// What the thread came to: the size of the last savepoint that it wrote, or why it wrote none.
pub(super) type Saved = Result<Option<u64>, SaveError>;

/// Starts the thread; it ends when the saver is dropped.
pub(super) fn start(
    savepoints: Savepoints,
    began_at: u64,
) -> io::Result<(Saver, JoinHandle<Saved>)> {
    let (sender, receiver) = sync_channel::<Taken>(1);
    let (done, ready) = sync_channel(1);
    let work = move || {
        let mut last = None;
        while let Ok(Taken { standing, views, key, nonce }) = receiver.recv() {
            savepoint::save(&savepoints, (&standing, &views), &key, nonce)?;
            last = Some(views.size());
            drop((standing, views));
            // Whoever has gone takes no more savepoints.
            let _ = done.send(());
        }
        Ok(last)
    };
    let thread = std::thread::Builder::new().name("savepoint".to_owned()).spawn(work)?;
    Ok((Saver { sender, ready, is_ready: true, taken_at: began_at, not_before: 0 }, thread))
}

impl Saver {
    /// Whether a savepoint at `size` is due and the thread is free. A thread that failed never is.
    pub(super) fn wants(&mut self, size: u64) -> bool {
        if size < self.not_before || !savepoint::is_due(size, self.taken_at) {
            return false;
        }
        self.is_ready |= self.ready.try_recv().is_ok();
        self.is_ready
    }

    /// Behind an erasure at `size` there is no savepoint any more. The next one is taken soon, and
    /// not at once: one erasure seldom comes alone.
    pub(super) fn begin_anew(&mut self, size: u64) {
        self.taken_at = 0;
        self.not_before = size + savepoint::RUNNING_DUE_ENTRIES;
    }

    /// Hands it over.
    pub(super) fn take(&mut self, taken: Taken) {
        self.taken_at = taken.views.size();
        self.is_ready = false;
        // A thread that failed has said why, and closing tells.
        let _ = self.sender.try_send(taken);
    }
}
