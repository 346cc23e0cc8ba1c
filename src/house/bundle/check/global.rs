//! That what the organization's tree holds is in the ledger that others see.

use super::super::finding::{Code, Finding};
use super::super::form::{HEADS, HeadsFile, Kind, file, proof_path};
use super::Checking;
use super::entries::{Entries, Read};
use super::restorations::Restorations;
use super::signed::Signed;
use crate::facts::{Entry, Event};
use crate::proof::path::root_of_inclusion;
use crate::proof::{AddCheckpoint, OrganizationHead, TlogProof};
use crate::words::{OrganizationId, Timestamp, TreeHash};
use std::collections::BTreeMap;
use std::time::Duration;

impl<'a> Checking<'a> {
    /// That entries are in the ledger.
    pub(super) fn proofs(
        &mut self,
        ledger: Option<&Signed<'a>>,
        entries: &Entries,
        restorations: &Restorations,
    ) {
        let mut all_known = entries.is_whole && restorations.is_whole;
        let mut leaves: BTreeMap<u64, TreeHash> =
            entries.read.iter().map(|Read { entry, leaf }| (entry.seq, *leaf)).collect();
        leaves.extend(restorations.read.iter().map(|it| (it.seq, it.leaf)));
        match self.heads_entry() {
            Some(bytes) => {
                leaves.insert(self.manifest.heads, TreeHash::leaf(bytes.as_bytes()));
            }
            None => all_known = false,
        }
        let ends = entries.read.first().into_iter().chain(entries.read.last());
        let restored = restorations.read.iter().map(|it| it.seq);
        let needed = ends.map(|read| read.entry.seq).chain([self.manifest.heads]).chain(restored);
        for seq in needed {
            if self.files.get(&proof_path(seq)).is_none() {
                let detail = "a proof that a bundle must hold is not there";
                let finding = Finding::new(Code::ProofMissing, detail).at(seq);
                self.find(finding.in_file(proof_path(seq)));
            }
        }
        let files = self.files;
        for (path, bytes) in files.iter() {
            if let Some(Kind::Proof(seq)) = Kind::at(path)
                && let Some((code, detail)) = wrong(seq, bytes, ledger, leaves.get(&seq), all_known)
            {
                self.find(Finding::new(code, detail).at(seq).in_file(path));
            }
        }
    }

    fn heads_entry(&self) -> Option<String> {
        let heads: HeadsFile = file(self.files.get(HEADS)?).ok()?;
        self.committing(&heads).ok()?;
        Some(heads.entry)
    }

    /// That the ledger commits to where the organization stands. Answers when it did, in time since
    /// 1970.
    pub(super) fn heads(
        &mut self,
        org: Option<&Signed<'a>>,
        entries: &Entries,
    ) -> Option<Duration> {
        let wrong = |code, detail: String| Finding::new(code, detail).in_file(HEADS);
        let heads: HeadsFile = match file(self.files.get(HEADS).unwrap_or_default()) {
            Ok(heads) => heads,
            Err(error) => {
                self.find(wrong(Code::HeadsForm, error.to_string()));
                return None;
            }
        };
        let entry = match self.committing(&heads) {
            Ok(entry) => entry,
            Err(detail) => {
                self.find(wrong(Code::HeadsForm, detail));
                return None;
            }
        };
        let seq = entry.seq;
        let Event::OrganizationHeadsCommitted(committed) = &entry.fact.event else { return None };
        let (size, root, last) = (heads.org_size, heads.root, heads.last);
        let head = OrganizationHead { org: self.manifest.org, size, root, last };
        let reached =
            root_of_inclusion(head.leaf(), heads.index, committed.organizations, &heads.path);
        if reached != Some(committed.root) {
            let detail = "the path does not lead to the root that the entry holds".to_owned();
            self.find(wrong(Code::HeadsPath, detail).at(seq));
        }
        let manifest = self.manifest;
        if size > manifest.org_size {
            let detail = format!(
                "the ledger had {size} entries of the organization, the bundle knows of {}",
                manifest.org_size
            );
            self.find(wrong(Code::HeadsBehind, detail).at(seq));
        } else {
            let other_last = manifest.to == manifest.org_size
                && manifest.from < manifest.to
                && entries.last.is_some_and(|hash| hash != last);
            let other_root = org.is_some_and(|org| org.checkpoint.root != root);
            if size != manifest.org_size || other_root || other_last {
                let detail = "the ledger committed to another history than is here".to_owned();
                self.find(wrong(Code::HeadsLeaf, detail).at(seq));
            }
        }
        let since = Timestamp::EPOCH.until(entry.time);
        Some(since)
    }

    /// The entry that commits to all heads.
    fn committing(&self, heads: &HeadsFile) -> Result<Entry, String> {
        let entry = Entry::parse(heads.entry.as_bytes()).map_err(|error| error.to_string())?;
        let commits = matches!(entry.fact.event, Event::OrganizationHeadsCommitted(_));
        if !commits || entry.fact.org != OrganizationId::DEPLOYMENT {
            return Err("its entry does not commit to the heads of organizations".to_owned());
        }
        if entry.log != self.manifest.log {
            return Err("its entry belongs to another ledger".to_owned());
        }
        if entry.seq != self.manifest.heads {
            return Err(format!("its entry has the seq {}", entry.seq));
        }
        if let Event::OrganizationHeadsCommitted(committed) = &entry.fact.event
            && heads.index >= committed.organizations
        {
            return Err("its index is above the organizations there".to_owned());
        }
        Ok(entry)
    }

    /// What could be given to a witness is about this checkpoint.
    pub(super) fn requests(&mut self, ledger: Option<&Signed<'a>>) {
        let (files, size) = (self.files, self.manifest.size);
        for (path, bytes) in files.iter() {
            let Some(Kind::Request(old, new)) = Kind::at(path) else { continue };
            let Some(ledger) = ledger else { continue };
            let text = std::str::from_utf8(bytes).ok();
            let is_right = text.and_then(AddCheckpoint::parse).is_some_and(|request| {
                let same = ledger.bytes == request.checkpoint.as_bytes();
                let proves = old > 0 && old < new || request.proof.is_empty();
                request.old == old && new == size && old <= new && same && proves
            });
            if !is_right {
                let detail = "it is not what a witness takes of this checkpoint, from that size on";
                self.find(Finding::new(Code::ConsistencyForm, detail).in_file(path));
            }
        }
    }
}

/// What is wrong with a proof.
fn wrong(
    seq: u64,
    bytes: &[u8],
    ledger: Option<&Signed<'_>>,
    leaf: Option<&TreeHash>,
    all_known: bool,
) -> Option<(Code, &'static str)> {
    let ledger = ledger?;
    let text = std::str::from_utf8(bytes).ok();
    let Some(proof) = text.and_then(TlogProof::parse).filter(|proof| proof.index == seq) else {
        return Some((Code::ProofForm, "it is no proof of the entry that it is named after"));
    };
    if proof.checkpoint.as_bytes() != ledger.bytes {
        return Some((Code::ProofCheckpoint, "it leads to another checkpoint"));
    }
    if leaf.is_none() && !all_known {
        return None;
    }
    let (size, root) = (ledger.checkpoint.size, ledger.checkpoint.root);
    let reached = leaf.and_then(|leaf| root_of_inclusion(*leaf, seq, size, &proof.path));
    (reached != Some(root)).then_some((
        Code::ProofInclusion,
        "it does not lead from an entry of the bundle to the root that is signed",
    ))
}
