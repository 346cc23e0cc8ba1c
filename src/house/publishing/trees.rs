//! Trees of organizations, as far as they were asked for: put together, never stored.

use crate::proof::{TileLevels, path};
use crate::words::{OrganizationId, TreeHash};
use std::sync::{Arc, Mutex, PoisonError};

/// The most leaves that are kept, of all trees together: 64 MiB of hashes.
const LEAVES_LIMIT: u64 = 2 * 1024 * 1024;

/// The trees that were asked for last, the newest at the end.
#[derive(Default)]
pub(in crate::house) struct Trees(Mutex<Vec<(OrganizationId, Arc<TileLevels>)>>);

impl Trees {
    /// What is kept of an organization's tree.
    pub(in crate::house) fn find(&self, org: OrganizationId) -> Option<Arc<TileLevels>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| *known == org).map(|(_, tree)| Arc::clone(tree))
    }

    /// Keeps a tree, and lets go of those that nobody asked for the longest.
    pub(in crate::house) fn keep(&self, org: OrganizationId, tree: &Arc<TileLevels>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| *known != org);
        kept.push((org, Arc::clone(tree)));
        let mut leaves: u64 = kept.iter().map(|(_, tree)| tree.size()).sum();
        while leaves > LEAVES_LIMIT {
            leaves -= kept.remove(0).1.size();
        }
    }

    /// Forgets a tree that turned out wrong.
    pub(in crate::house) fn forget(&self, org: OrganizationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| *known != org);
    }
}

/// Whether the first leaves of a tree have a root.
pub(in crate::house) fn has_root(tree: &TileLevels, size: u64, root: TreeHash) -> bool {
    let Ok(found) = path::root(tree, size);
    tree.size() >= size && found == root
}
