//! Another key for checkpoints.

use super::Ledger;
use crate::facts::Actor;
use crate::house::SubmitError;
use crate::law::command::{Credential, PublicationWish};
use crate::law::{Action, Command, Publication};
use crate::proof::VerificationKey;
use crate::proof::key::KeyError;
use crate::words::{PublicKey, Reason};
use std::sync::PoisonError;
use std::time::Duration;
use thiserror::Error;

/// How long the first checkpoint under the next key is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Who wishes another key, and why.
#[derive(Debug)]
pub struct KeyRotation {
    /// Whoever wishes it.
    pub actor: Actor,
    /// By what they came in.
    pub credential: Credential,
    /// Why.
    pub reason: Option<Reason>,
}

/// What came of it.
#[derive(Debug)]
pub struct Rotated {
    /// The entry that says so.
    pub seq: u64,
    /// How many rotations there were, this one included.
    pub rotation: u32,
    /// The key that signs from there on.
    pub key: VerificationKey,
    /// The first checkpoint that it signed, or a later one; none where signing stopped.
    pub checkpoint: Option<String>,
}

/// Why there is no other key.
#[derive(Debug, Error)]
pub enum RotateError {
    /// Nothing is signed.
    #[error("no checkpoints are signed")]
    Off,
    /// No key has that name.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It was not recorded.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl Ledger {
    /// Signs with the next key from now on, and records which that is. The secret stays the same:
    /// the next key derives from it by its number.
    pub fn rotate_log_key(&self, wished: KeyRotation) -> Result<Rotated, RotateError> {
        let publishing = self.publishing.get().ok_or(RotateError::Off)?;
        // Whoever rotates at the same time gets the number behind this one.
        let rotating = publishing.rotating.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.known().state.publication;
        let rotation = now.rotation + 1;
        let key = publishing.keys.of(Publication { rotation, ..now }, None)?.public().clone();
        let KeyRotation { actor, credential, reason } = wished;
        let action = Action::Publication(PublicationWish::RotateKey {
            key: PublicKey::from_bytes(*key.bytes()),
        });
        let receipt = self.submit(Command { actor, credential, reason, action })?;
        drop(rotating);
        let checkpoint = self.await_published(receipt.size, PATIENCE);
        let checkpoint = checkpoint.map(|published| published.note.to_string());
        Ok(Rotated { seq: receipt.size - 1, rotation, key, checkpoint })
    }
}
