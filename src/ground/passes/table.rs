//! The passes as they stand in memory, and how many there may be.

use super::record::{Record, length_of};
use super::{Digest, Kind, Pass};
use crate::words::{Timestamp, UserId};
use std::collections::{BTreeSet, HashMap};

/// The most passes there are: a person's two sessions, for 100,000 people. They take about 80 MB of
/// memory, and each opening reads and writes them once.
pub(super) const LIMIT: usize = 200_000;

/// Those of one kind that one user has, or that nobody has, by age.
type Owned = HashMap<(Option<UserId>, Kind), BTreeSet<(Timestamp, Digest)>>;

#[derive(Default)]
pub(super) struct Table {
    passes: HashMap<(Kind, Digest), Pass>,
    owned: Owned,
    /// Used since that was last written. Each is one of `passes`.
    used: BTreeSet<(Kind, Digest)>,
    bytes: usize,
}

impl Table {
    /// How many there are, expired ones with them.
    pub(super) fn len(&self) -> usize {
        self.passes.len()
    }

    /// What all of them take in a file.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, kind: Kind, digest: &Digest) -> Option<&Pass> {
        self.passes.get(&(kind, *digest))
    }

    /// All of them, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = &Pass> {
        self.passes.values()
    }

    /// Those of a kind that one user has, the oldest first.
    pub(super) fn of(&self, user: Option<UserId>, kind: Kind) -> impl Iterator<Item = &Pass> {
        let owned = self.owned.get(&(user, kind)).into_iter().flatten();
        owned.filter_map(move |(_, digest)| self.get(kind, digest))
    }

    /// The pass that has to end so that this one can be: its owner's oldest of the kind.
    pub(super) fn in_the_way_of(&self, pass: &Pass) -> Option<Digest> {
        let owned = self.owned.get(&(pass.user, pass.kind))?;
        let full = owned.len() >= pass.kind.limit(pass.user);
        let replaces = self.get(pass.kind, &pass.digest).is_some();
        (full && !replaces).then(|| owned.first().map(|(_, digest)| *digest))?
    }

    /// Takes a pass in, in place of another under the same digest.
    pub(super) fn insert(&mut self, pass: Pass) {
        self.remove(pass.kind, &pass.digest);
        let owned = self.owned.entry((pass.user, pass.kind)).or_default();
        owned.insert((pass.created, pass.digest));
        self.bytes += length_of(&pass);
        self.passes.insert((pass.kind, pass.digest), pass);
    }

    pub(super) fn remove(&mut self, kind: Kind, digest: &Digest) -> Option<Pass> {
        let pass = self.passes.remove(&(kind, *digest))?;
        self.used.remove(&(kind, *digest));
        self.bytes -= length_of(&pass);
        if let Some(owned) = self.owned.get_mut(&(pass.user, kind)) {
            owned.remove(&(pass.created, *digest));
            if owned.is_empty() {
                self.owned.remove(&(pass.user, kind));
            }
        }
        Some(pass)
    }

    pub(super) fn remove_expired(&mut self, now: Timestamp) {
        let expired: Vec<_> =
            self.all().filter(|pass| !pass.is_valid(now)).map(Pass::key).collect();
        for (kind, digest) in expired {
            self.remove(kind, &digest);
        }
    }

    /// Notes the hour in which a pass is used; true when it had not been noted.
    pub(super) fn use_in(&mut self, kind: Kind, digest: &Digest, hour: Timestamp) -> bool {
        let Some(pass) = self.passes.get_mut(&(kind, *digest)) else { return false };
        if pass.last_used >= hour {
            return false;
        }
        pass.last_used = hour;
        self.used.insert((kind, *digest));
        true
    }

    /// What was used and is not written yet, `most` of it.
    pub(super) fn unwritten(&self, most: usize) -> Vec<Record> {
        let used = self.used.iter().take(most);
        let passes = used.filter_map(|(kind, digest)| self.get(*kind, digest));
        passes.map(|pass| Record::Used(pass.kind, pass.digest, pass.last_used)).collect()
    }

    /// Those are written.
    pub(super) fn written(&mut self, records: &[Record]) {
        for record in records {
            if let Record::Used(kind, digest, at) = record
                && self.get(*kind, digest).is_some_and(|pass| pass.last_used == *at)
            {
                self.used.remove(&(*kind, *digest));
            }
        }
    }

    /// Does what a record says.
    pub(super) fn apply(&mut self, record: Record) {
        match record {
            Record::Issued(pass) => self.insert(pass),
            Record::Ended(kind, digest) => {
                self.remove(kind, &digest);
            }
            Record::Used(kind, digest, at) => {
                if let Some(pass) = self.passes.get_mut(&(kind, digest)) {
                    pass.last_used = at;
                }
            }
        }
    }
}
