//! Where the ledger stands: everything that the next decision and the next entry depend on.

use crate::facts::{Entry, Event};
use crate::law::{State, evolve};
use crate::proof::Chains;
use crate::words::{OrganizationId, Origin, SubjectId};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};

/// State, chains and key leaves behind the same entry. A clone shares everything and is cheap, so a
/// command that fails is undone by going back to the clone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// What decisions need.
    pub state: State,
    /// What the next entry must name.
    pub chains: Chains,
    /// Which leaf of the keyring a subject's key derives from.
    pub leaves: Leaves,
}

impl Standing {
    /// Before the first entry.
    pub fn begin(origin: Origin) -> Self {
        Self { state: State::default(), chains: Chains::new(origin), leaves: Leaves::default() }
    }

    /// Takes in an entry that was read back, with its exact bytes.
    pub fn replay(&mut self, entry: &Entry, bytes: &[u8]) {
        let at = entry.effective_time();
        evolve(&mut self.state, &entry.fact, entry.actor, entry.cmd, at);
        self.chains.extend(entry, bytes);
        self.leaves.introduce(entry);
    }
}

/// A subject's leaf is the seq of the entry that first names it in an organization, so that the
/// organization can erase its own member without reaching any other organization's values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Leaves {
    by_subject: OrdMap<(OrganizationId, SubjectId), u64>,
    /// Those whose keys are to be destroyed, or were.
    erased: OrdSet<u64>,
}

impl Leaves {
    /// The leaf, if the subject was named there.
    pub fn of(&self, org: OrganizationId, subject: SubjectId) -> Option<u64> {
        self.by_subject.get(&(org, subject)).copied()
    }

    /// The leaves that the log says were erased, ascending.
    pub fn erased(&self) -> impl Iterator<Item = u64> {
        self.erased.iter().copied()
    }

    /// Gives every subject that the entry names for the first time its leaf. Answers how many there
    /// were: an entry introduces at most one, because its seq can be only one key's leaf.
    pub fn introduce(&mut self, entry: &Entry) -> usize {
        let org = entry.fact.org;
        let subjects = entry.fact.event.subjects(org);
        let unknown: Vec<SubjectId> =
            subjects.into_iter().filter(|subject| self.of(org, *subject).is_none()).collect();
        for subject in &unknown {
            self.by_subject.insert((org, *subject), entry.seq);
        }
        if let Event::PersonalDataErased(erased) = &entry.fact.event {
            let leaves = erased.erased(org).filter_map(|subject| self.of(org, subject));
            let leaves: Vec<u64> = leaves.collect();
            self.erased.extend(leaves);
        }
        unknown.len()
    }
}
