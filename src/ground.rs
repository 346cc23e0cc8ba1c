//! Floor 3. The ground: where bytes go and how they come back.
//!
//! [`log::Log`] is the seam: ordered entries, appended in batches at an expected head. [`memory`]
//! is its reference, [`embedded`] keeps it on one machine: a batch is committed when the journal's
//! fdatasync returns, and sled, which is fed from the journal, holds what everything reads.
//!
//! Entries are opaque here, and so are the sealed values that travel with them.

pub mod frame;
pub mod log;
pub mod memory;

#[cfg(feature = "store")]
pub mod backup;
#[cfg(feature = "store")]
pub mod cosigned;
#[cfg(feature = "store")]
pub mod directory;
#[cfg(feature = "store")]
pub mod embedded;
#[cfg(feature = "store")]
pub mod guard;
#[cfg(feature = "store")]
pub mod idempotency;
#[cfg(feature = "store")]
pub mod journal;
#[cfg(feature = "store")]
pub mod keyring;
#[cfg(feature = "store")]
pub mod log_key;
#[cfg(feature = "store")]
pub mod passes;
#[cfg(feature = "store")]
mod record;
#[cfg(feature = "store")]
pub mod savepoints;
#[cfg(feature = "store")]
pub mod sled_store;
#[cfg(feature = "store")]
pub mod tiles;
#[cfg(feature = "store")]
pub mod timestamps;
#[cfg(feature = "store")]
pub mod vault;
#[cfg(feature = "store")]
mod whole;
#[cfg(feature = "store")]
pub mod witness;

pub use log::{AppendError, Batch, Head, Log, LogError, NewEntry, Record, VaultRow};
