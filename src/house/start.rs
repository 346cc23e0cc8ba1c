//! What a ledger begins with: the newest usable savepoint, and what the log holds behind it.

use super::erasing::EraseError;
use super::savepoint::{self, Fault, Folded, Ignored};
use super::standing::Standing;
use super::unseal::{self, Opened, UnsealError};
use crate::ground::directory::DirectoryError;
use crate::ground::embedded;
use crate::ground::keyring::{Keyring, KeyringError};
use crate::ground::log::{Log, LogError};
use crate::ground::savepoints::Savepoints;
use crate::projections::{ApplyError, Views};
use crate::proof::LinkFault;
use thiserror::Error;

/// How many records are read at a time: far below a read's own limit in bytes.
const READ_RECORDS: usize = 4096;

/// Why a ledger cannot be made or opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The log cannot be opened.
    #[error(transparent)]
    Log(#[from] embedded::OpenError),
    /// The keyring cannot be opened.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The log cannot be read.
    #[error(transparent)]
    Read(#[from] LogError),
    /// An entry or its sealed values cannot be read.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// An entry does not follow the one before it.
    #[error("entry {seq} does not follow the entry before it: {fault}")]
    Link {
        /// The entry.
        seq: u64,
        /// The first thing that is wrong.
        fault: LinkFault,
    },
    /// An entry cannot follow from what stands before it.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The files of idempotency records cannot be read.
    #[error("the files of idempotency keys cannot be read: {0}")]
    Idempotency(std::io::Error),
    /// An erasure that the log holds cannot be finished.
    #[error("an erasure is recorded and cannot be finished, so nothing is served: {0}")]
    Erase(#[from] EraseError),
    /// The writer's thread could not be started.
    #[error("the writer could not be started: {0}")]
    Writer(std::io::Error),
}

/// What opening begins to work with.
pub struct Start {
    /// What is known at the end of the log.
    pub folded: Folded,
    /// The size of the savepoint it began with; 0 where everything was replayed.
    pub began_at: u64,
    /// The newer savepoints that could not be used.
    pub ignored: Vec<Ignored>,
}

impl Start {
    /// Folds what follows the newest savepoint that can be used; everything, where there is none.
    pub fn from_newest(
        savepoints: &Savepoints,
        log: &dyn Log,
        keyring: &Keyring,
    ) -> Result<Self, OpenError> {
        match Self::from_savepoint(savepoints, log, keyring)? {
            Ok(start) => Ok(start),
            Err(ignored) => Ok(Self { folded: replay(log, keyring)?, began_at: 0, ignored }),
        }
    }

    /// Folds what follows the newest savepoint that can be used; or says why none can.
    pub(super) fn from_savepoint(
        savepoints: &Savepoints,
        log: &dyn Log,
        keyring: &Keyring,
    ) -> Result<Result<Self, Vec<Ignored>>, OpenError> {
        let mut ignored = Vec::new();
        for size in savepoints.sizes().into_iter().take(savepoint::TRIED) {
            let path = savepoints.path(size);
            let fault = match savepoint::load(savepoints, size, log, keyring)? {
                Ok(folded) => match replay_behind(folded, log, keyring) {
                    Ok(folded) => return Ok(Ok(Self { folded, began_at: size, ignored })),
                    Err(error) => Fault::Continuation(error.to_string()),
                },
                Err(fault) => fault,
            };
            ignored.push(Ignored { path, fault });
        }
        Ok(Err(ignored))
    }
}

/// Folds the whole log: the same path that every command takes behind its commit.
pub fn replay(log: &dyn Log, keyring: &Keyring) -> Result<Folded, OpenError> {
    replay_behind((Standing::begin(log.origin().clone()), Views::default()), log, keyring)
}

/// Folds what the log holds behind what was folded before.
fn replay_behind(
    (mut standing, mut views): Folded,
    log: &dyn Log,
    keyring: &Keyring,
) -> Result<Folded, OpenError> {
    let mut keys = keyring.walk();
    loop {
        let records = log.read(standing.chains.whole().size(), READ_RECORDS)?;
        if records.is_empty() {
            return Ok((standing, views));
        }
        for record in records {
            let Opened { entry, .. } = unseal::recall(&record, &mut keys)?;
            if let Some(fault) = standing.chains.check(&entry).into_iter().next() {
                return Err(OpenError::Link { seq: record.seq, fault });
            }
            standing.replay(&entry, &record.bytes);
            views.apply(&entry)?;
        }
    }
}
