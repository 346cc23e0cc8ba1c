//! What a decision needs from outside.

use crate::words::Timestamp;
use crate::words::hash::Drawn;
use uuid::{Builder, Uuid};

/// The moment, and chance.
#[derive(Debug, Clone)]
pub struct Context {
    /// When the first entry of the command is recorded; each further one a microsecond later.
    pub now: Timestamp,
    /// Where fresh identifiers, salts and nonces are drawn from.
    pub drawn: Drawn,
}

impl Context {
    /// A fresh random UUID (version 4).
    pub fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.drawn.bytes()).into_uuid()
    }
}
