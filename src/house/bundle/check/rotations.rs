//! How whoever trusts one key of a log is led to those that followed it.

use super::super::finding::{Code, Finding};
use super::super::form::{Kind, request_path, rotation_paths};
use super::Checking;
use super::signed::Signed;
use crate::facts::{Entry, Event};
use crate::proof::path::{is_consistent, root, root_of_inclusion};
use crate::proof::{
    AddCheckpoint, Checkpoint, Handover, Note, TileLevels, TlogProof, VerificationKey,
};
use crate::words::{OrganizationId, TreeHash};
use std::collections::BTreeSet;

/// What handovers say beside the policy, of the ledger's keys and the organization's.
#[derive(Default)]
pub(super) struct Succession {
    /// Keys that a trusted one named.
    introduced: Vec<VerificationKey>,
    /// Keys that named another, and the largest size that they count for.
    retired: Vec<(VerificationKey, u64)>,
    /// Where the handovers stand that were looked at.
    pub(super) handovers: Vec<Held>,
}

/// A handover of the ledger and the organization's beside it.
pub(super) struct Held {
    rotation: u32,
    ledger: Checkpoint,
    /// None behind what is told of the organization.
    org: Option<Checkpoint>,
}

/// A key's introduction, as the bundle shows it.
struct Shown {
    ledger: (Handover, Note),
    org: Option<(Handover, Note)>,
}

type Fault = (Code, String, String);

/// The previous handovers of a rotation.
#[derive(Default)]
struct Before {
    size: u64,
    org_size: u64,
    /// The keys that were named, the last ones at the end.
    named: Vec<VerificationKey>,
}

impl Succession {
    /// Whether a key counts for a size.
    pub(super) fn counts(&self, key: &VerificationKey, size: u64) -> bool {
        self.retired.iter().all(|(retired, last)| retired != key || size <= *last)
    }
}

impl<'a> Checking<'a> {
    /// Follows the handovers; the first fault ends it.
    pub(super) fn rotations(&mut self) {
        let paths = self.files.iter().filter_map(|(path, _)| Kind::at(path));
        let numbers: BTreeSet<u32> = paths.filter_map(Kind::rotation).collect();
        let is_first_name = self.manifest.origin == self.manifest.log.as_str();
        let mut last = is_first_name.then_some(0);
        let mut before = Before::default();
        for number in numbers {
            if let Err((code, detail, path)) = self.rotation(number, last, &mut before) {
                self.find(Finding::new(code, detail).in_file(path));
                return;
            }
            last = Some(number);
        }
    }

    fn rotation(
        &mut self,
        number: u32,
        last: Option<u32>,
        before: &mut Before,
    ) -> Result<(), Fault> {
        if let Some(skipped) = last.map(|last| last + 1).filter(|next| *next != number) {
            let [path, ..] = rotation_paths(skipped);
            return Err((Code::RotationMissing, "a rotation is left out".to_owned(), path));
        }
        let paths = rotation_paths(number);
        let Shown { ledger, org } = self.shown(number, &paths, before)?;
        self.succeeds(&ledger, before, &paths[1])?;
        if let Some(org) = &org {
            self.succeeds(org, before, &paths[2])?;
        }
        before.size = ledger.0.checkpoint.size;
        before.named.push(ledger.0.key);
        let org = org.map(|(handover, _)| {
            before.org_size = handover.checkpoint.size;
            before.named.push(handover.key);
            handover.checkpoint
        });
        let held = Held { rotation: number, ledger: ledger.0.checkpoint, org };
        self.succession.handovers.push(held);
        Ok(())
    }

    fn file(&self, path: &str) -> Result<&'a [u8], Fault> {
        let detail = "a file of a rotation is not there".to_owned();
        self.files.get(path).ok_or((Code::RotationMissing, detail, path.to_owned()))
    }

    /// What the files say, where it fits together.
    fn shown(&self, number: u32, paths: &[String; 3], before: &Before) -> Result<Shown, Fault> {
        let manifest = self.manifest;
        let (entry, proof) = (self.file(&paths[0])?, self.file(&paths[1])?);
        let leaf = TreeHash::leaf(entry);
        let entry = Entry::parse(entry).map_err(|error| form(&paths[0], &error.to_string()))?;
        let Event::CheckpointKeyRotated(rotated) = &entry.fact.event else {
            return Err(form(&paths[0], "the entry rotates no key"));
        };
        let is_here = entry.fact.org == OrganizationId::DEPLOYMENT && entry.log == manifest.log;
        if !is_here || rotated.rotation != number || entry.seq >= manifest.size {
            return Err(form(&paths[0], "it is another rotation, or of another ledger or chain"));
        }
        let text = std::str::from_utf8(proof).ok();
        let proof = text.and_then(TlogProof::parse).filter(|proof| proof.index == entry.seq);
        let proof = proof.ok_or_else(|| form(&paths[1], "it is no proof of that entry"))?;
        let note = proof.checkpoint.as_bytes();
        let ledger = read(note, &paths[1], (&manifest.origin, number), before)?;
        let (checkpoint, key) = (&ledger.0.checkpoint, ledger.0.key.bytes());
        let is_last = checkpoint.size == entry.seq + 1 && checkpoint.size > before.size;
        if !is_last || key != rotated.key.as_bytes() {
            return Err(form(&paths[1], "it is not what the entry says"));
        }
        let reached = root_of_inclusion(leaf, entry.seq, checkpoint.size, &proof.path);
        if reached != Some(checkpoint.root) {
            let detail = "it does not show that the entry is the last one".to_owned();
            return Err((Code::RotationProof, detail, paths[1].clone()));
        }
        // Behind the heads nothing is told of the organization.
        if entry.seq >= manifest.heads {
            if self.files.get(&paths[2]).is_some() {
                return Err(form(&paths[2], "nothing of the organization is as late as this"));
            }
            return Ok(Shown { ledger, org: None });
        }
        let org = self.file(&paths[2])?;
        let org = read(org, &paths[2], (&manifest.org_origin, number), before)?;
        if !(before.org_size..=manifest.org_size).contains(&org.0.checkpoint.size) {
            return Err(form(&paths[2], "it has no size that the organization had then"));
        }
        Ok(Shown { ledger, org: Some(org) })
    }

    /// That a handover is signed by both keys; whoever trusts the one trusts the other.
    fn succeeds(
        &mut self,
        (handover, note): &(Handover, Note),
        before: &Before,
        path: &str,
    ) -> Result<(), Fault> {
        let (next, origin) = (&handover.key, &handover.checkpoint.origin);
        let trusted = self.log_keys();
        let previous = before.named.iter().rev().find(|key| key.name() == origin);
        let mut keys: Vec<&VerificationKey> = trusted.iter().collect();
        for key in [Some(next), previous].into_iter().flatten() {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let (verified, bad) = note.judge(keys.into_iter());
        let signed = |key: &VerificationKey| verified.iter().any(|it| it.key == key);
        if !bad.is_empty() || !signed(next) || previous.is_some_and(|key| !signed(key)) {
            let detail = "it is not signed by the key before and the one that it names";
            return Err((Code::RotationSignature, detail.to_owned(), path.to_owned()));
        }
        let by: Vec<&VerificationKey> = verified
            .iter()
            .map(|it| it.key)
            .filter(|it| it.name() == origin && *it != next)
            .collect();
        if by.iter().any(|key| trusted.contains(key)) {
            self.succession.introduced.push(next.clone());
        }
        let size = handover.checkpoint.size;
        let retired = by.into_iter().map(|key| (key.clone(), size));
        self.succession.retired.extend(retired);
        Ok(())
    }

    /// That the handovers are beginnings of what was signed last. `tree` is the one that is signed.
    pub(super) fn beginnings(&mut self, ledger: Option<&Signed<'a>>, tree: Option<&TileLevels>) {
        let mut found = Vec::new();
        for Held { rotation, ledger: first, org } in &self.succession.handovers {
            let [_, proof_path, org_path] = rotation_paths(*rotation);
            let mut wrong = |code, detail: &str, path: &str| {
                found.push(Finding::new(code, detail).in_file(path));
            };
            let path = request_path(first.size, self.manifest.size);
            match self.files.get(&path) {
                None => wrong(Code::RotationMissing, "nothing continues a handover", &path),
                Some(bytes) => {
                    let request = std::str::from_utf8(bytes).ok().and_then(AddCheckpoint::parse);
                    if let (Some(request), Some(ledger)) = (request, ledger)
                        && !is_consistent(
                            (first.size, first.root),
                            (ledger.checkpoint.size, ledger.checkpoint.root),
                            &request.proof,
                        )
                    {
                        let detail = "the ledger that is signed does not begin with it";
                        wrong(Code::RotationProof, detail, &proof_path);
                    }
                }
            }
            if let (Some(tree), Some(org)) = (tree, org) {
                let Ok(begun) = root(tree, org.size);
                if begun != org.root {
                    let detail = "the organization that is signed does not begin with it";
                    wrong(Code::RotationProof, detail, &org_path);
                }
            }
        }
        found.into_iter().for_each(|finding| self.find(finding));
    }

    /// The keys of logs that are trusted, each for the checkpoints of its name.
    pub(super) fn log_keys(&self) -> Vec<VerificationKey> {
        let mut keys: Vec<VerificationKey> = Vec::new();
        for key in self.policy.all_logs().chain(&self.succession.introduced) {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        keys
    }
}

fn form(path: &str, detail: &str) -> Fault {
    (Code::RotationForm, detail.to_owned(), path.to_owned())
}

/// A handover of a log, by its origin, and of a rotation, to a key that was not named before.
fn read(
    bytes: &[u8],
    path: &str,
    (origin, number): (&str, u32),
    before: &Before,
) -> Result<(Handover, Note), Fault> {
    let handover = Handover::parse(bytes);
    let (handover, note) = handover.map_err(|error| form(path, &error.to_string()))?;
    let is_ours = handover.checkpoint.origin == origin && handover.rotation == number;
    if is_ours && !before.named.contains(&handover.key) {
        return Ok((handover, note));
    }
    Err(form(path, "it is of another log or rotation, or names a key again"))
}
