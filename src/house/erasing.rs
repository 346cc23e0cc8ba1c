//! What an erasure does behind the log: the keys go, and with them whatever was kept of their
//! values.
//!
//! The order is what makes it whole: the entry is durable first, so that a crash anywhere behind it
//! is finished by opening; the answer comes last, so that nobody is told of what is not done.

use super::ledger::Ledger;
use super::standing::Standing;
use crate::ground::idempotency::Idempotency;
use crate::ground::keyring::{Copied, Keyring, KeyringError};
use crate::ground::savepoints::Savepoints;
use crate::words::hash::Drawn;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why keys are not known to be destroyed, or what was kept of their values to be gone.
#[derive(Debug, Error)]
pub enum EraseError {
    /// The keys of idempotency records could not be sealed anew; the keyring is as it was.
    #[error("the files of idempotency keys could not be prepared for another key: {0}")]
    Idempotency(io::Error),
    /// The keyring was not replaced, or not for certain.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The keys are gone; files that were sealed under them still lie there and open no more.
    #[error("the savepoints of before could not be removed: {0}; nothing opens them any more")]
    Savepoints(io::Error),
}

/// Where the keyring stands in a data directory.
pub fn keyring_path(directory: &Path) -> PathBuf {
    directory.join("keyring")
}

/// Destroys the keys of leaves, as far as they are there. False where none is: nothing was done.
pub(super) fn destroy(
    keyring: &mut Keyring,
    leaves: &[u64],
    (idempotency, savepoints): (&Idempotency, &Savepoints),
    drawn: &mut Drawn,
) -> Result<bool, EraseError> {
    if leaves.iter().all(|leaf| !keyring.has(*leaf)) {
        return Ok(false);
    }
    let fresh_savepoint_key = Zeroizing::new(drawn.bytes());
    idempotency.prepare(&fresh_savepoint_key, drawn).map_err(EraseError::Idempotency)?;
    let erased = keyring.erase(leaves, *fresh_savepoint_key);
    idempotency.follow(keyring.savepoint_key());
    erased?;
    savepoints.remove_all().map_err(EraseError::Savepoints)?;
    Ok(true)
}

/// Destroys the keys that the log says were erased and that a crash, or an older copy of the
/// keyring, left; before anything is served.
pub(super) fn finish(
    keyring: &mut Keyring,
    standing: &Standing,
    kept: (&Idempotency, &Savepoints),
    drawn: &mut Drawn,
) -> Result<bool, EraseError> {
    let erased: Vec<u64> = standing.leaves.erased().collect();
    destroy(keyring, &erased, kept, drawn)
}

impl Ledger {
    /// The keyring's epoch, and the copies that were made of it.
    pub fn keyring_copies(&self) -> Result<(u64, Vec<Copied>), KeyringError> {
        let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
        Ok((keyring.epoch(), keyring.copies()?))
    }
}
