//! What the writer remembers of a group's idempotency keys until the group is durable.

use super::answer::{Answer, Receipt, SubmitError};
use super::submission::Once;
use crate::facts::Entry;
use crate::ground::idempotency::{Found, Idempotency, IdempotencyKey, Outcome, Written};
use crate::ground::log::Log;
use crate::words::Timestamp;
use crate::words::hash::Drawn;
use std::io;
use std::sync::Arc;

/// The keys of a group.
#[derive(Default)]
pub(super) struct Group {
    /// Decided, and not written yet.
    decided: Vec<(IdempotencyKey, Outcome)>,
    /// All keys of the group, for those that come twice in it.
    seen: Vec<IdempotencyKey>,
    written: Vec<Written>,
}

impl Group {
    /// Refuses a command whose key was used already, in this group or before.
    pub(super) fn admit(
        &self,
        once: &Once,
        (records, log): (&Idempotency, &impl Log),
        now: Timestamp,
    ) -> Result<(), SubmitError> {
        let is_same =
            |seen: &&IdempotencyKey| seen.key == once.key.key && seen.caller == once.key.caller;
        if let Some(seen) = self.seen.iter().find(is_same) {
            let is_other = seen.request != once.key.request;
            return Err(if is_other { SubmitError::KeyReused } else { SubmitError::Repeated });
        }
        match find(records, log, &once.key, now) {
            Found::Nothing if records.has_room(&once.key) => Ok(()),
            Found::Nothing => Err(SubmitError::TooManyKeys),
            Found::Other => Err(SubmitError::KeyReused),
            Found::Kept(_) => Err(SubmitError::Repeated),
        }
    }

    /// Takes in what a command came to.
    pub(super) fn decided(&mut self, once: Once, answer: &Answer) {
        let Once { key, detail, refused } = once;
        let outcome = match answer {
            Ok(Receipt { cmd, entries, size, .. }) => Outcome::Recorded {
                cmd: *cmd,
                first: entries.first().map_or(*size, |entry| entry.seq),
                entries: u32::try_from(entries.len()).unwrap_or(u32::MAX),
                size: *size,
                detail,
            },
            Err(SubmitError::Refused(refusal)) => Outcome::Refused(refused(refusal)),
            // What was not decided may be decided when it comes again.
            Err(_) => return,
        };
        self.seen.push(key.clone());
        self.decided.push((key, outcome));
    }

    /// Whether something is decided that is not written yet.
    pub(super) fn are_pending(&self) -> bool {
        !self.decided.is_empty()
    }

    /// Makes what is decided durable, before the log has it.
    pub(super) fn write(
        &mut self,
        records: &Idempotency,
        now: Timestamp,
        drawn: &mut Drawn,
    ) -> io::Result<()> {
        let decided = std::mem::take(&mut self.decided);
        self.written.push(records.write(decided, now, drawn)?);
        Ok(())
    }

    /// Shows what is durable.
    pub(super) fn keep(self, records: &Idempotency) {
        self.written.into_iter().for_each(|written| records.keep(written));
    }
}

/// What became of a request, as far as the log has it: a crash between the record and the log
/// leaves a record that speaks of nothing, or of another command.
pub(super) fn find(
    records: &Idempotency,
    log: &impl Log,
    key: &IdempotencyKey,
    now: Timestamp,
) -> Found {
    let found = records.find(key, now);
    if let Found::Kept(kept) = &found
        && let Outcome::Recorded { cmd, first, entries: 1.., .. } = &kept.outcome
    {
        let stored = log.read(*first, 1).ok().and_then(|records| records.into_iter().next());
        let entry = stored.and_then(|record| Entry::parse(&record.bytes).ok());
        if entry.is_none_or(|entry| entry.cmd != *cmd) {
            return Found::Nothing;
        }
    }
    found
}

/// Why a record could not be written, shared by everybody whom it concerns.
pub(super) fn unwritten(error: io::Error) -> SubmitError {
    SubmitError::KeyUnkept(Arc::new(error))
}
