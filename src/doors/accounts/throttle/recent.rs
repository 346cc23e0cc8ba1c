//! Values by key, of which the oldest is forgotten when there are too many.

use crate::words::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

#[derive(Debug)]
pub(super) struct Recent<K, V> {
    values: HashMap<K, (Timestamp, V)>,
    by_age: BTreeSet<(Timestamp, K)>,
    limit: usize,
}

impl<K: Copy + Ord + Hash, V> Recent<K, V> {
    pub(super) fn bounded(limit: usize) -> Self {
        Self { values: HashMap::new(), by_age: BTreeSet::new(), limit }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key).map(|(_, value)| value)
    }

    /// Keeps a value as of a moment, in place of another; forgets the oldest when it is one too
    /// many.
    pub(super) fn set(&mut self, key: K, value: V, at: Timestamp) {
        self.remove(&key);
        if self.values.len() >= self.limit
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.values.remove(&oldest);
        }
        self.by_age.insert((at, key));
        self.values.insert(key, (at, value));
    }

    pub(super) fn remove(&mut self, key: &K) {
        if let Some((at, _)) = self.values.remove(key) {
            self.by_age.remove(&(at, *key));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.values.len(), self.by_age.len());
        self.values.len()
    }
}
