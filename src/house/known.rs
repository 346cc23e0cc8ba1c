//! What the law knows, for readers: who somebody is and what they may see.

use super::standing::Standing;
use crate::law::State;
use crate::words::Timestamp;
use std::sync::{Arc, PoisonError, RwLock};

/// The law's state behind a committed group.
#[derive(Debug, Clone)]
pub struct Known {
    /// What decisions rest on.
    pub state: State,
    /// When the last entry was recorded: whatever rests on this state rests on nothing later.
    pub at: Timestamp,
    /// How many entries it counts.
    pub size: u64,
}

impl Known {
    pub(super) fn of(standing: &Standing) -> Self {
        let whole = standing.chains.whole();
        Self { state: standing.state.clone(), at: whole.last_time, size: whole.size() }
    }
}

/// Where the writer leaves what it knows. It never shows what is not durable.
#[derive(Debug, Clone)]
pub(super) struct Publisher(Arc<RwLock<Arc<Known>>>);

impl Publisher {
    pub(super) fn new(known: Known) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(known))))
    }

    pub(super) fn publish(&self, known: Known) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }

    pub(super) fn latest(&self) -> Arc<Known> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
