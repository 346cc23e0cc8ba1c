//! What the house needs from the machine; only the doors ask the machine itself.

use crate::ground::embedded::Options;
use crate::ground::keyring::Unlock;
use crate::words::Timestamp;
use crate::words::hash::Drawn;

/// What tells the time.
pub type Clock = Box<dyn FnMut() -> Timestamp + Send>;

/// A clock, a source of chance and a layout of files.
pub struct Machine {
    /// What tells the time.
    pub clock: Clock,
    /// Where identifiers, keys, salts and nonces are drawn from; it begins at a seed of fresh
    /// random bytes.
    pub drawn: Drawn,
    /// How the log lays out its files.
    pub options: Options,
    /// What opens the keyring, where it is protected.
    pub unlock: Unlock,
}
