//! What became of requests that came with an idempotency key.

use super::Ledger;
use crate::ground::idempotency::{Found, IdempotencyKey, Note};
use crate::house::once;
use crate::words::Timestamp;

impl Ledger {
    /// Whether a key was used, as far as is known without reading the log.
    pub fn was_sent(&self, key: &IdempotencyKey, now: Timestamp) -> bool {
        self.idempotency.find(key, now) != Found::Nothing
    }

    /// What became of a request that came with an idempotency key.
    pub fn answered(&self, key: &IdempotencyKey, now: Timestamp) -> Found {
        once::find(&self.idempotency, &*self.log, key, now)
    }

    /// Files of idempotency records that could not be read wholly when it was opened.
    pub fn unread_keys(&self) -> &[Note] {
        &self.unread_keys
    }
}
