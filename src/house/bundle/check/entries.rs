//! The entries: their places in the tree, their exact bytes, and how they follow each other.

use super::super::finding::{Code, Finding};
use super::super::form::{Kind, ORGANIZATION};
use super::{Checking, SKEW};
use crate::facts::Entry;
use crate::proof::{EntryBundle, TILE_WIDTH, TileLevels};
use crate::words::{ChainHash, Timestamp, TreeHash};
use std::time::Duration;

/// An entry of the range that could be read.
pub(super) struct Read {
    pub(super) entry: Entry,
    pub(super) leaf: TreeHash,
}

/// What was read of the range.
pub(super) struct Entries {
    /// In the order of their places.
    pub(super) read: Vec<Read>,
    /// Whether nothing of the range is missing or unreadable.
    pub(super) is_whole: bool,
    /// The hash of the last entry of the range, where it is there.
    pub(super) last: Option<ChainHash>,
}

/// What the next entry has to follow.
struct Before {
    org_prev: Option<ChainHash>,
    /// The seq of the entry before and its hash, where it could be read.
    neighbour: Option<(u64, ChainHash)>,
    seq: Option<u64>,
    time: Option<Timestamp>,
    effective: Option<Timestamp>,
}

impl<'a> Checking<'a> {
    pub(super) fn entries(
        &mut self,
        tree: Option<&TileLevels>,
        witnesses: &[(String, Duration)],
    ) -> Entries {
        let manifest = self.manifest;
        let (from, to, size) = (manifest.from, manifest.to, manifest.org_size);
        let needed = if from == to { 0..0 } else { from / TILE_WIDTH..to.div_ceil(TILE_WIDTH) };
        for (path, _) in self.files.iter() {
            if let Some(Kind::Entries(bundle)) = Kind::at(path)
                && !(needed.contains(&bundle.index)
                    && EntryBundle::of(bundle.index, size) == Some(bundle))
            {
                let detail = "none of its entries belongs here";
                self.findings.add(Finding::new(Code::EntriesExtra, detail).in_file(path));
            }
        }
        let genesis = ChainHash::organization_genesis(&manifest.log, manifest.org);
        let mut before = Before {
            org_prev: (from == 0).then_some(genesis),
            neighbour: None,
            seq: None,
            time: None,
            effective: None,
        };
        let mut entries = Entries { read: Vec::new(), is_whole: true, last: None };
        let deadline = witnesses.iter().map(|(_, time)| *time).min();
        let deadline = deadline.map(|time| Timestamp::EPOCH.after(time + SKEW));
        // A missing bundle ends it: its places could be as many as somebody pleases to write.
        for bundle in needed.map_while(|index| EntryBundle::of(index, size)) {
            let Some(bytes) = self.bundle(bundle) else {
                entries.is_whole = false;
                break;
            };
            for (place, bytes) in (bundle.first()..).zip(bytes) {
                let leaf = TreeHash::leaf(bytes);
                if tree.is_some_and(|tree| tree.leaf(place) != Some(leaf)) {
                    let detail = format!("the bytes of org_seq {place} are not those in the tree");
                    let path = format!("{ORGANIZATION}{bundle}");
                    self.find(Finding::new(Code::EntryLeaf, detail).in_file(path));
                }
                if (from..to).contains(&place) {
                    self.entry(place, bytes, leaf, &mut before, &mut entries, deadline);
                }
            }
        }
        entries
    }

    fn bundle(&mut self, bundle: EntryBundle) -> Option<Vec<&'a [u8]>> {
        let (path, files) = (format!("{ORGANIZATION}{bundle}"), self.files);
        let Some(bytes) = files.get(&path) else {
            self.find(Finding::new(Code::EntriesMissing, "it is not there").in_file(path));
            return None;
        };
        let entries = bundle.entries(bytes);
        if entries.is_none() {
            let detail =
                format!("it does not hold {} entries, each behind its length", bundle.width);
            self.find(Finding::new(Code::EntriesForm, detail).in_file(path));
        }
        entries
    }

    fn entry(
        &mut self,
        place: u64,
        bytes: &[u8],
        leaf: TreeHash,
        before: &mut Before,
        entries: &mut Entries,
        deadline: Option<Timestamp>,
    ) {
        let hash = ChainHash::of_entry(bytes);
        entries.last = (place + 1 == self.manifest.to).then_some(hash);
        let org_prev = before.org_prev.replace(hash);
        let entry = match Entry::parse(bytes) {
            Ok(entry) => entry,
            Err(error) => {
                self.find(Finding::new(Code::EntryForm, format!("org_seq {place}: {error}")));
                before.neighbour = None;
                entries.is_whole = false;
                return;
            }
        };
        for (code, detail) in self.faults(place, &entry, org_prev, before) {
            self.find(Finding::new(code, detail).at(entry.seq));
        }
        if deadline.is_some_and(|deadline| entry.time > deadline) {
            let detail = "it says that it was recorded after a witness had seen it";
            self.find(Finding::new(Code::EntryAfterCosignature, detail).at(entry.seq));
        }
        before.neighbour = Some((entry.seq, hash));
        before.seq = Some(entry.seq);
        before.time = Some(entry.time);
        before.effective = Some(entry.effective_time());
        entries.read.push(Read { entry, leaf });
    }

    fn faults(
        &self,
        place: u64,
        entry: &Entry,
        org_prev: Option<ChainHash>,
        before: &Before,
    ) -> Vec<(Code, &'static str)> {
        let manifest = self.manifest;
        let prev = match before.neighbour {
            Some((seq, hash)) if seq.checked_add(1) == Some(entry.seq) => Some(hash),
            _ => (entry.seq == 0).then(|| ChainHash::genesis(&manifest.log)),
        };
        let (seq, time, effective) = (before.seq, before.time, before.effective);
        let table = [
            (entry.log != manifest.log, Code::EntryLog, "it belongs to another ledger"),
            (entry.fact.org != manifest.org, Code::EntryOrg, "it belongs to another organization"),
            (entry.org_seq != place, Code::OrgSeq, "its org_seq is another than its place"),
            (
                org_prev.is_some_and(|hash| hash != entry.org_prev),
                Code::OrgPrev,
                "org_prev is not the hash of the organization's entry before it",
            ),
            (
                prev.is_some_and(|hash| hash != entry.prev),
                Code::Prev,
                "prev is not the hash of the ledger's entry before it",
            ),
            (
                seq.is_some_and(|seq| entry.seq <= seq),
                Code::SeqOrder,
                "its seq does not lie behind that of the entry before it",
            ),
            (
                time.is_some_and(|time| entry.time <= time),
                Code::TimeOrder,
                "it was not recorded after the entry before it",
            ),
            (
                effective.is_some_and(|time| entry.effective_time() < time),
                Code::EffectiveOrder,
                "it took effect before the entry before it did",
            ),
        ];
        let found = table.into_iter().filter(|(is_wrong, ..)| *is_wrong);
        found.map(|(_, code, detail)| (code, detail)).collect()
    }
}
