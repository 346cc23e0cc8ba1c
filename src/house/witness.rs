//! A witness: it signs what continues what it signed before, of logs whose keys it was given (C2SP
//! tlog-witness). It has no ledger.

use crate::ground::witness::{WitnessFileError, WitnessState, origin_digest};
use crate::proof::witness::{Refused, decide, read};
use crate::proof::{Checkpoint, Note, SigningKey, VerificationKey};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// A witness that works.
pub struct Witness {
    logs: Vec<VerificationKey>,
    key: SigningKey,
    /// By origin. One request is decided and made durable at a time: two from one size would
    /// otherwise both continue it, and the smaller could come last.
    held: Mutex<Held>,
}

struct Held {
    state: WitnessState,
    logs: BTreeMap<String, (Checkpoint, Note)>,
    fault: Option<Arc<WitnessFileError>>,
}

/// Why a checkpoint is not signed.
#[derive(Debug, Clone, Error)]
pub enum AddError {
    /// The rules say so.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody knows whether it was written down. Nothing is signed until a restart reads it.
    #[error("what is signed cannot be kept, and nothing is signed until a restart: {0}")]
    Stopped(Arc<WitnessFileError>),
}

impl Witness {
    /// A witness of some logs, with what it signed of them before.
    ///
    /// # Errors
    /// What it signed before cannot be read.
    pub fn new(
        logs: Vec<VerificationKey>,
        key: SigningKey,
        state: WitnessState,
    ) -> Result<Self, WitnessFileError> {
        let mut held = BTreeMap::new();
        for log in &logs {
            if let Some(last) = state.held(log.name(), &key)? {
                held.insert(log.name().to_owned(), last);
            }
        }
        Ok(Self { logs, key, held: Mutex::new(Held { state, logs: held, fault: None }) })
    }

    /// Its key, as others write it into their policies.
    pub fn vkey(&self) -> &VerificationKey {
        self.key.public()
    }

    /// Signs a checkpoint, at a moment since 1970; durable when it returns. The line of its
    /// signature.
    pub fn add(&self, body: &[u8], now: Duration) -> Result<String, AddError> {
        let given = read(body, &self.logs)?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = &held.fault {
            return Err(AddError::Stopped(Arc::clone(fault)));
        }
        let origin = given.checkpoint.origin.clone();
        let last = held.logs.get(&origin).map(|(checkpoint, _)| checkpoint);
        decide(&given, last)?;
        let is_same = last == Some(&given.checkpoint);
        let bare = Note::unsigned(given.note.text().to_owned()).signed_at(&self.key, now);
        let line = bare.lines().next().unwrap_or_default();
        // A note that is full of the log's own signatures has no room for another.
        let note = given.note.with_line(&line).ok_or(Refused::Form)?;
        // Whoever asks again for the same gets a later moment, and nothing has to be written.
        if !is_same && let Err(error) = held.state.keep(&origin, &note) {
            let fault = Arc::new(error);
            held.fault = Some(Arc::clone(&fault));
            return Err(AddError::Stopped(fault));
        }
        held.logs.insert(origin, (given.checkpoint, note));
        Ok(line)
    }

    /// What was signed last of a log, by the digest of its origin.
    pub fn latest(&self, digest: &str) -> Option<String> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let found = held.logs.iter().find(|(origin, _)| origin_digest(origin) == digest);
        found.map(|(_, (_, note))| note.to_string())
    }
}
