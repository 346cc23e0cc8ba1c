//! What the law knows, for readers: who somebody is and what they may see.

use super::standing::Standing;
use crate::law::State;
use crate::proof::Chains;
use crate::words::Timestamp;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// The law's state behind a committed group.
#[derive(Debug, Clone)]
pub struct Known {
    /// What decisions rest on.
    pub state: State,
    /// When the last entry was recorded: whatever rests on this state rests on nothing later.
    pub at: Timestamp,
    /// How many entries it counts.
    pub size: u64,
    /// The chains and trees behind them.
    pub chains: Chains,
}

impl Known {
    pub(super) fn of(standing: &Standing) -> Self {
        let whole = standing.chains.whole();
        Self {
            state: standing.state.clone(),
            at: whole.last_time,
            size: whole.size(),
            chains: standing.chains.clone(),
        }
    }
}

/// Told of each size that is published. It only passes it on: the writer waits for it.
pub type Follower = Box<dyn Fn(u64) + Send + Sync>;

/// Where the writer leaves what it knows. It never shows what is not durable.
#[derive(Clone)]
pub(super) struct Publisher {
    latest: Arc<RwLock<Arc<Known>>>,
    follower: Arc<OnceLock<Follower>>,
}

impl Publisher {
    pub(super) fn new(known: Known) -> Self {
        let latest = Arc::new(RwLock::new(Arc::new(known)));
        Self { latest, follower: Arc::default() }
    }

    /// False where somebody follows already.
    pub(super) fn follow(&self, follower: Follower) -> bool {
        self.follower.set(follower).is_ok()
    }

    pub(super) fn publish(&self, known: Known) {
        let size = known.size;
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        if let Some(follower) = self.follower.get() {
            follower(size);
        }
    }

    pub(super) fn latest(&self) -> Arc<Known> {
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }
}
