//! The files of a bundle that are its own: the manifest, and where the organization's head stands.

use crate::house::export::form::{DisclosureLine, LineError, read};
use crate::proof::checkpoint::organization_origin;
use crate::proof::handover::rotation_number;
use crate::proof::{EntryBundle, Tile};
use crate::words::hash::{blake3, hexadecimal, sha256};
use crate::words::{ChainHash, ExportId, OrganizationId, Origin, TreeHash};
use serde::{Deserialize, Serialize};

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const HOWTO: &str = "HOWTO.txt";
pub(super) const ORGANIZATION: &str = "org/";
pub(super) const ORGANIZATION_CHECKPOINT: &str = "org/checkpoint";
pub(super) const LEDGER_CHECKPOINT: &str = "global/checkpoint";
pub(super) const HEADS: &str = "global/heads.json";
pub(super) const DISCLOSURES: &str = "disclosures.ndjson";

/// The format that this version writes and reads.
pub(super) const FORMAT: u32 = 1;

/// What a bundle is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The sealed fields of its entries, by state.
    pub counts: Counts,
    /// The export, as it was recorded.
    pub export: ExportId,
    /// Every other file, ascending by path.
    pub files: Vec<Listed>,
    /// The version of this form.
    pub format: u32,
    /// The `org_seq` of the first entry in it.
    pub from: u64,
    /// The seq of the `OrganizationHeadsCommitted` that it rests on.
    pub heads: u64,
    /// The ledger.
    pub log: Origin,
    /// The organization.
    pub org: OrganizationId,
    /// Whose the organization's checkpoint is.
    pub org_origin: String,
    /// How many entries the organization had.
    pub org_size: u64,
    /// Whose the ledger's checkpoint is.
    pub origin: String,
    /// How many entries the ledger had.
    pub size: u64,
    /// The `org_seq` behind the last entry in it.
    pub to: u64,
}

/// The sealed fields of a range of entries, by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Opened by a disclosure.
    pub disclosed: u64,
    /// Not opened, and the key of whose it is was destroyed.
    pub erased: u64,
    /// Not opened.
    pub withheld: u64,
}

/// A file, as the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// BLAKE3 in hexadecimal digits, as `b3sum` prints it.
    pub blake3: String,
    /// How long it is.
    pub bytes: u64,
    /// Where it stands.
    pub path: String,
    /// SHA-256 in hexadecimal digits, as `sha256sum` prints it.
    pub sha256: String,
}

impl Listed {
    pub(super) fn of(path: &str, bytes: &[u8]) -> Self {
        Self {
            blake3: hexadecimal(&blake3(bytes)),
            bytes: bytes.len() as u64,
            path: path.to_owned(),
            sha256: hexadecimal(&sha256(bytes)),
        }
    }
}

impl Manifest {
    /// Whether its parts fit each other.
    pub(super) fn is_sound(&self) -> bool {
        let in_order = self.files.is_sorted_by(|one, other| one.path < other.path)
            && self.files.iter().all(|listed| listed.path != MANIFEST);
        let ranges = self.from <= self.to && self.to <= self.org_size && self.heads < self.size;
        let rest = self.origin.strip_prefix(self.log.as_str());
        let restored = rest.is_some_and(|rest| restored(rest).is_some());
        let named = self.org_origin == organization_origin(&self.origin, self.org);
        in_order && ranges && restored && named
    }

    /// What has an origin, where it is a name of the ledger or of the organization there.
    pub(super) fn named(&self, origin: &str) -> Option<Named> {
        let rest = origin.strip_prefix(self.log.as_str())?;
        let of_org = rest.strip_suffix(&format!("/o/{}", self.org));
        let restored = restored(of_org.unwrap_or(rest))?;
        Some(Named { is_ledger: of_org.is_none(), restored })
    }
}

/// Whose name an origin is, which the ledger has or had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// The ledger's, and not the organization's.
    pub(super) is_ledger: bool,
    /// How often the ledger had been taken back.
    pub(super) restored: u32,
}

/// How often a ledger was taken back that has this behind its name.
fn restored(rest: &str) -> Option<u32> {
    if rest.is_empty() { Some(0) } else { rotation_number(rest.strip_prefix("/r")?) }
}

/// Where the organization's head stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadsFile {
    /// The exact bytes of the entry that commits to all heads.
    pub(super) entry: String,
    /// The organization's place among them.
    pub(super) index: u64,
    /// What the leaf says: the hash of the last entry.
    pub(super) last: ChainHash,
    /// What the leaf says: how many entries there are.
    pub(super) org_size: u64,
    /// From the leaf to the root that the entry holds.
    pub(super) path: Vec<TreeHash>,
    /// What the leaf says: the root over the entries.
    pub(super) root: TreeHash,
}

/// Reads a file that has only one spelling.
pub(super) fn file<T>(bytes: &[u8]) -> Result<T, LineError>
where
    T: serde::de::DeserializeOwned + Serialize,
{
    read(bytes)
}

/// Reads a line of the disclosures.
pub(super) fn disclosure(bytes: &[u8]) -> Result<DisclosureLine, LineError> {
    read(bytes)
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of the files with a name of its own.
    Named,
    /// A hash tile of the organization's tree.
    Tile(Tile),
    /// An entry bundle of the organization's tree.
    Entries(EntryBundle),
    /// A proof that the entry with that seq is in the ledger.
    Proof(u64),
    /// What can be given to a witness that knows the first size; the second is the ledger's.
    Request(u64, u64),
    /// The entry that says which key is the n-th.
    Rotation(u32),
    /// That this entry is the last one under the key before, which names the n-th.
    RotationProof(u32),
    /// The last checkpoint of the organization under the key before, which names the n-th.
    OrganizationRotation(u32),
    /// The entry that says that the ledger was taken back for the k-th time.
    Restoration(u32),
    /// An answer of a timestamping authority.
    Timestamp,
}

impl Kind {
    /// What stands at a path; none where no bundle has it.
    pub(super) fn at(path: &str) -> Option<Self> {
        let named =
            [HOWTO, ORGANIZATION_CHECKPOINT, LEDGER_CHECKPOINT, HEADS, DISCLOSURES, MANIFEST];
        if named.contains(&path) {
            return Some(Self::Named);
        }
        if let Some(name) = path.strip_prefix("org/rotations/") {
            return rotation_number(name).map(Self::OrganizationRotation);
        }
        if let Some(name) = path.strip_prefix("global/rotations/") {
            let entry = name.strip_suffix(".json").and_then(rotation_number).map(Self::Rotation);
            let proof = || rotation_number(name.strip_suffix(".tlog-proof")?);
            return entry.or_else(|| proof().map(Self::RotationProof));
        }
        if let Some(name) = path.strip_prefix("global/restorations/") {
            return rotation_number(name.strip_suffix(".json")?).map(Self::Restoration);
        }
        if let Some(path) = path.strip_prefix(ORGANIZATION) {
            let entries = EntryBundle::parse(path).map(Self::Entries);
            return entries.or_else(|| Tile::parse(path).map(Self::Tile));
        }
        if let Some(name) = path.strip_prefix("global/proofs/") {
            return number(name.strip_suffix(".tlog-proof")?).map(Self::Proof);
        }
        if let Some(name) = path.strip_prefix("consistency/") {
            let (old, new) = name.strip_suffix(".req")?.split_once('-')?;
            return Some(Self::Request(number(old)?, number(new)?));
        }
        let name = path.strip_prefix("timestamps/")?.strip_suffix(".tsr")?;
        (!name.is_empty() && !name.contains('/')).then_some(Self::Timestamp)
    }
}

impl Kind {
    /// The rotation that it tells of.
    pub(super) fn rotation(self) -> Option<u32> {
        match self {
            Self::Rotation(number)
            | Self::RotationProof(number)
            | Self::OrganizationRotation(number) => Some(number),
            Self::Named
            | Self::Tile(_)
            | Self::Entries(_)
            | Self::Proof(_)
            | Self::Request(..)
            | Self::Restoration(_)
            | Self::Timestamp => None,
        }
    }
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// Where the proof of an entry stands.
pub(super) fn proof_path(seq: u64) -> String {
    format!("global/proofs/{seq}.tlog-proof")
}

/// Where the timestamp of the ledger's checkpoint stands.
#[cfg(feature = "store")]
pub(super) fn timestamp_path(size: u64) -> String {
    format!("timestamps/{size}.tsr")
}

/// Where the three files of a rotation stand: its entry, the ledger's handover with its proof, the
/// organization's handover.
pub(super) fn rotation_paths(rotation: u32) -> [String; 3] {
    [
        format!("global/rotations/{rotation}.json"),
        format!("global/rotations/{rotation}.tlog-proof"),
        format!("org/rotations/{rotation}"),
    ]
}

/// Where the entry stands that says that the ledger was taken back.
pub(super) fn restoration_path(restored: u32) -> String {
    format!("global/restorations/{restored}.json")
}

/// Where what is given to a witness stands.
pub(super) fn request_path(old: u64, size: u64) -> String {
    format!("consistency/{old}-{size}.req")
}
