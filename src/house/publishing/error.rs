//! Why nothing is signed.

use crate::ground::guard::GuardError;
use crate::ground::log::LogError;
use crate::ground::log_key::LogKeyError;
use crate::proof::key::KeyError;
use std::io;
use thiserror::Error;

/// Why nothing is signed.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The guard cannot be used.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The secret of the log's keys cannot be used.
    #[error(transparent)]
    LogKey(#[from] LogKeyError),
    /// No key has that name.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The guard is another ledger's.
    #[error(
        "the guard holds what {found} signed, and this ledger is {expected}: give its own guard"
    )]
    Foreign {
        /// The origin in the guard.
        found: String,
        /// The ledger's.
        expected: String,
    },
    /// The ledger lost what was signed.
    #[error(
        "ROLLBACK: the ledger has {found} entries, and a checkpoint of {signed} was signed: this is an \
         old copy, or entries were lost. Put back a newer copy, or continue from this one under \
         another origin: rollbook restore --accept-rollback"
    )]
    Rollback {
        /// The size in the guard.
        signed: u64,
        /// How many entries there are.
        found: u64,
    },
    /// The ledger is another one than what was signed.
    #[error(
        "ROLLBACK: the ledger has {found} entries, but its first {signed} are not those that a \
         checkpoint was signed over: its history is another one. Put back a copy of the right one, or \
         continue from this one under another origin: rollbook restore --accept-rollback"
    )]
    Fork {
        /// The size in the guard.
        signed: u64,
        /// How many entries there are.
        found: u64,
    },
    /// What is stored hashes to something else than what was appended.
    #[error(
        "the {size} entries that are stored do not have the root they were appended with: nothing is \
         signed; run `rollbook verify`"
    )]
    Root {
        /// How many entries there are.
        size: u64,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The tiles cannot be kept.
    #[error("the tiles cannot be read or written: {0}")]
    Tiles(#[from] io::Error),
}
