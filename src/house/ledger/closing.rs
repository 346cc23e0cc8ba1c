//! Closing a ledger: its threads end in an order in which nobody waits for one that is gone.

use super::Ledger;
use crate::ground::log::LogError;
use crate::house::savepoint::{self, SaveError};
use crate::house::saver::Saved;
use crate::house::timestamping::Timestamping;
use crate::house::witnessing::Witnessing;
use crate::house::writer::AtRest;
use std::sync::PoisonError;

impl Ledger {
    /// Ends the writer, feeds what is left to sled, and writes a savepoint where one is due.
    pub fn close(&self) -> Result<(), LogError> {
        let (at_rest, saved) = self.end_threads();
        let closed = self.log.close();
        if let Some(at_rest) = at_rest
            && let Err(error) = saved.and_then(|last| self.save(at_rest, last))
        {
            // A ledger is closed once, so nothing stands there yet.
            drop(self.unsaved.set(error));
        }
        closed
    }

    fn save(&self, at_rest: AtRest, last: Option<u64>) -> Result<(), SaveError> {
        let AtRest { standing, mut drawn, erased_at } = at_rest;
        let size = standing.chains.whole().size();
        // What was written before an erasure went with it.
        let last = last.filter(|last| *last >= erased_at);
        let from = last.unwrap_or(if erased_at > 0 { 0 } else { self.began_at });
        let replaces = !self.ignored.is_empty() && last.is_none() && size > 0;
        if !replaces && !savepoint::is_due_at_close(size, from) {
            return Ok(());
        }
        let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
        let (views, key) = (self.views(), keyring.savepoint_key());
        savepoint::save(&self.savepoints, (&standing, &views), key, drawn.bytes())
    }

    /// Ends the writer, then the saver that it feeds: nothing writes to the directory behind it.
    fn end_threads(&self) -> (Option<AtRest>, Saved) {
        // It hands commands to the writer, which ends when nobody can any more.
        self.publishing.get().into_iter().for_each(|it| it.end());
        self.witnessing.get().into_iter().for_each(Witnessing::end);
        self.timestamping.get().into_iter().for_each(Timestamping::end);
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panicked writer has answered nobody; there is nothing left to tell.
        let at_rest = writer.and_then(|writer| writer.join().ok().flatten());
        let saver = self.saver.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A panicked saver has written nothing.
        let saved = saver.and_then(|saver| saver.join().ok());
        (at_rest, saved.unwrap_or(Ok(None)))
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.end_threads());
    }
}
