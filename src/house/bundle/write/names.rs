//! Under which name and key the ledger stood at an earlier size, and how its keys followed each
//! other until then.

use super::{BundleError, Writing};
use crate::facts::{Entry, Event};
use crate::house::Ledger;
use crate::house::bundle::container::Files;
use crate::house::bundle::form::{restoration_path, rotation_paths};
use crate::law::Publication;
use crate::projections::HistoryFilter;
use crate::proof::path::{inclusion, root};
use crate::proof::{Checkpoint, Handover, TlogProof};
use crate::words::{OrganizationId, TreeHash};

/// What the ledger says of its names and keys up to a size.
pub(super) struct Names {
    /// Under what it signed at that size.
    pub(super) publication: Publication,
    /// Where that name began.
    begun: u64,
    /// The rotations, as seq, number and bytes.
    rotations: Vec<(u64, u32, Vec<u8>)>,
    /// Everything that took it back, as seq, number and bytes.
    restorations: Vec<(u64, u32, Vec<u8>)>,
}

/// The entries of a type in the deployment's chain that lie below a size, with their bytes.
fn found(ledger: &Ledger, size: u64, name: &str) -> Result<Vec<(Entry, Vec<u8>)>, BundleError> {
    let seqs: Vec<u64> = {
        let views = ledger.views();
        let deployment = views.deployment();
        let filter = HistoryFilter { event_type: Some(name), ..HistoryFilter::default() };
        // Only a membership that is not there can be asked about in vain, and none is.
        let places = deployment.history(filter, 0..u64::MAX).map_err(|_| BundleError::Root)?;
        places.filter_map(|place| deployment.seq_of(place)).filter(|seq| *seq < size).collect()
    };
    let mut found = Vec::new();
    for seq in seqs {
        let record = ledger.read(seq, 1)?.pop().ok_or(BundleError::Root)?;
        let entry = Entry::parse(&record.bytes).map_err(|_| BundleError::Root)?;
        found.push((entry, record.bytes.to_vec()));
    }
    Ok(found)
}

impl Names {
    pub(super) fn at(ledger: &Ledger, size: u64) -> Result<Self, BundleError> {
        let mut restorations = Vec::new();
        for (entry, bytes) in found(ledger, size, "LedgerRestored")? {
            let Event::LedgerRestored(event) = &entry.fact.event else { continue };
            restorations.push((entry.seq, event.restored, bytes));
        }
        let (begun, restored) = restorations.last().map_or((0, 0), |(seq, k, _)| (*seq, *k));
        let mut rotations = Vec::new();
        for (entry, bytes) in found(ledger, size, "CheckpointKeyRotated")? {
            let Event::CheckpointKeyRotated(event) = &entry.fact.event else { continue };
            rotations.push((entry.seq, event.rotation, bytes));
        }
        let rotation = rotations.last().map_or(0, |(_, rotation, _)| *rotation);
        let publication = Publication { rotation, restored };
        Ok(Self { publication, begun, rotations, restorations })
    }

    /// Under what an organization's checkpoint is signed of which heads at a place tell: the
    /// ledger's may be a later one.
    pub(super) fn of_organization(&self, heads: u64) -> Publication {
        let before = self.rotations.iter().rev();
        let rotation = before.map(|(seq, rotation, _)| (*seq, *rotation));
        let mut rotation = rotation.filter(|(seq, _)| *seq < heads.max(self.begun));
        let rotation = rotation.next().map_or(0, |(_, rotation)| rotation);
        Publication { rotation, ..self.publication }
    }

    /// The rotations under the last name. Those of an earlier one are about other keys.
    fn followed(&self) -> impl Iterator<Item = &(u64, u32, Vec<u8>)> {
        self.rotations.iter().filter(|(seq, ..)| *seq >= self.begun)
    }

    /// Where the ledger handed over to another key: the sizes.
    pub(super) fn handovers(&self) -> impl Iterator<Item = u64> {
        self.followed().map(|(seq, ..)| seq + 1)
    }

    /// Where the entries stand that took it back.
    pub(super) fn restored_at(&self) -> impl Iterator<Item = u64> {
        self.restorations.iter().map(|(seq, ..)| *seq)
    }
}

impl Writing<'_> {
    /// How keys followed each other, and that the ledger was taken back. What is told of the
    /// organization ends at the heads.
    pub(super) fn names(&self, files: &mut Files, heads: u64) -> Result<(), BundleError> {
        for (_, restored, bytes) in &self.names.restorations {
            files.insert(restoration_path(*restored), bytes.as_slice());
        }
        let tiles = self.ledger.tiles().ok_or(BundleError::Unsigned)?;
        for (seq, rotation, bytes) in self.names.followed() {
            let size = seq + 1;
            let whole = root(&*tiles, size)?;
            let handover = self.handover(*rotation, size, None, (size, whole))?;
            let path = inclusion(&*tiles, *seq, size)?;
            let proof = TlogProof { index: *seq, path, checkpoint: &handover }.write();
            let [entry_path, proof_path, own_path] = rotation_paths(*rotation);
            files.insert(entry_path, bytes.as_slice());
            files.insert(proof_path, proof);
            if *seq < heads {
                let org_size = self.organization_size(size)?;
                let Ok(org_root) = root(self.tree, org_size);
                let own = self.handover(*rotation, size, Some(self.org), (org_size, org_root))?;
                files.insert(own_path, own);
            }
        }
        Ok(())
    }

    /// How many of the organization's entries lie below a size of the ledger.
    fn organization_size(&self, size: u64) -> Result<u64, BundleError> {
        let (mut low, mut high) = (0, self.tree.size());
        while low < high {
            let middle = low.midpoint(high);
            let seq = self.ledger.organization(self.org, middle, 1)?;
            if seq.first().ok_or(BundleError::Root)? < &size {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// A handover of the ledger, or of the organization, signed by the key before and by the one
    /// that it names.
    fn handover(
        &self,
        rotation: u32,
        below: u64,
        org: Option<OrganizationId>,
        (size, root): (u64, TreeHash),
    ) -> Result<String, BundleError> {
        let restored = self.names.publication.restored;
        let next = Publication { rotation, restored };
        let before = Publication { rotation: rotation.saturating_sub(1), restored };
        let key = self.ledger.publication_key(next, org).ok_or(BundleError::Unsigned)??;
        let origin = key.name().to_owned();
        let checkpoint = Checkpoint { origin, size, root };
        let text = Handover { checkpoint, rotation, key }.unsigned();
        let signed = self.ledger.sign_as(self.published, below, text, org, &[before, next]);
        Ok(signed.ok_or(BundleError::Unsigned)??.to_string())
    }
}
