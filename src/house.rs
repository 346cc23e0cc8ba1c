//! Floor 4. The house: where the law meets the log.

#[cfg(feature = "store")]
mod answer;
pub mod bundle;
#[cfg(feature = "store")]
mod erasing;
pub mod export;
#[cfg(feature = "store")]
pub mod import;
#[cfg(feature = "store")]
pub mod known;
#[cfg(feature = "store")]
pub mod ledger;
#[cfg(feature = "store")]
pub mod machine;
#[cfg(feature = "store")]
pub mod moving;
#[cfg(feature = "store")]
mod once;
#[cfg(feature = "store")]
pub mod outside;
#[cfg(feature = "store")]
mod place;
#[cfg(feature = "store")]
pub mod publishing;
#[cfg(feature = "store")]
pub mod restore;
#[cfg(feature = "store")]
pub mod savepoint;
#[cfg(feature = "store")]
mod saver;
#[cfg(feature = "store")]
mod segments;
#[cfg(feature = "store")]
pub mod source;
#[cfg(feature = "store")]
pub mod standing;
#[cfg(feature = "store")]
mod start;
#[cfg(feature = "store")]
mod submission;
#[cfg(feature = "store")]
pub mod timestamping;
#[cfg(feature = "store")]
pub mod unseal;
#[cfg(feature = "store")]
pub mod verify;
#[cfg(feature = "store")]
pub mod witness;
#[cfg(feature = "store")]
pub mod witnessing;
#[cfg(feature = "store")]
mod writer;

#[cfg(feature = "store")]
pub use answer::{Answer, Receipt, SubmitError};
#[cfg(feature = "store")]
pub use erasing::EraseError;
#[cfg(feature = "store")]
pub use known::{Follower, Known};
#[cfg(feature = "store")]
pub use ledger::{Ledger, OpenError, QueueFull};
#[cfg(feature = "store")]
pub use machine::Machine;
#[cfg(feature = "store")]
pub use submission::{Condition, Holds, Once, Submission};
