//! A tree of folders as it is in memory and as it may be on the disk.

use crate::support::chance::Chance;
use std::collections::BTreeMap;

/// A file or folder, whatever its names are.
pub(crate) type Node = usize;

/// A folder's names: those that are durable, and what was done to them since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    durable: BTreeMap<String, Node>,
    unsynced: Vec<Change>,
}

/// What happens to the names of one folder at once. A rename takes a name and gives another.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) taken: Option<String>,
    pub(crate) given: Option<(String, Node)>,
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<String, Node>) {
        if let Some(name) = &self.taken {
            names.remove(name);
        }
        if let Some((name, node)) = &self.given {
            names.insert(name.clone(), *node);
        }
    }
}

impl Names {
    pub(crate) fn durable(names: BTreeMap<String, Node>) -> Self {
        Self { durable: names, unsynced: Vec::new() }
    }

    pub(crate) fn change(&mut self, change: Change) {
        self.unsynced.push(change);
    }

    pub(crate) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    pub(crate) fn current(&self) -> BTreeMap<String, Node> {
        self.with(|_| true)
    }

    pub(crate) fn lost(&self) -> BTreeMap<String, Node> {
        self.durable.clone()
    }

    /// What may be found after a power cut: each change since the last sync is there or not.
    pub(crate) fn torn(&self, chance: &mut Chance) -> BTreeMap<String, Node> {
        self.with(|_| chance.percent(50))
    }

    /// The same on a file system that keeps the order of what happens to names: a beginning.
    pub(crate) fn ordered(&self, chance: &mut Chance) -> BTreeMap<String, Node> {
        let kept = chance.below(self.unsynced.len() + 1);
        self.with(|index| index < kept)
    }

    fn with(&self, mut kept: impl FnMut(usize) -> bool) -> BTreeMap<String, Node> {
        let mut names = self.durable.clone();
        for (index, change) in self.unsynced.iter().enumerate() {
            if kept(index) {
                change.apply(&mut names);
            }
        }
        names
    }
}
