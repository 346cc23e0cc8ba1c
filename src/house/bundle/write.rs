//! Writing a bundle: what the ledger holds at one moment, proven.

mod again;
mod names;
mod stated;

use super::check::erased;
use super::container::Files;
use super::form::{
    Counts, DISCLOSURES, FORMAT, HEADS, HOWTO, HeadsFile, LEDGER_CHECKPOINT, Listed, MANIFEST,
    Manifest, ORGANIZATION, ORGANIZATION_CHECKPOINT, proof_path, request_path, timestamp_path,
};
use super::howto;
use crate::facts::event::PersonalField;
use crate::facts::{Content, Entry, Event};
use crate::ground::log::{LogError, Record};
use crate::house::export::form::{Disclosed, DisclosureLine};
use crate::house::publishing::{PublishError, Published};
use crate::house::unseal::{Opened, UnsealError};
use crate::house::{Ledger, Receipt};
use crate::proof::checkpoint::{ledger_origin, organization_origin};
use crate::proof::key::KeyError;
use crate::proof::path::{consistency, inclusion, root};
use crate::proof::{
    AddCheckpoint, Chains, Checkpoint, EntryBundle, Heads, TILE_WIDTH, Tile, TileLevels, TlogProof,
};
use crate::words::{ExportId, OrganizationId, canonical};
pub use again::recorded;
use names::Names;
pub use stated::statement;
use stated::{resting_on, sign, signed};
use std::collections::BTreeSet;
use std::time::Duration;
use thiserror::Error;

/// How long the signature is waited for: the publisher signs within a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most entries of a bundle: it is put together in memory.
pub const ENTRIES_LIMIT: u64 = 1_000_000;

/// The most sizes that a bundle continues.
pub const SINCE_LIMIT: usize = 16;

/// Why a bundle cannot be written.
#[derive(Debug, Error)]
pub enum BundleError {
    /// Without a guard nothing is signed, and a bundle rests on signatures.
    #[error("nothing is signed here: start with --guard FILE, outside the data directory")]
    Unsigned,
    /// The publisher has stopped, or takes too long.
    #[error("no checkpoint of {size} entries was signed: {because}")]
    NotSigned {
        /// What would have to be signed.
        size: u64,
        /// Why it was not.
        because: String,
    },
    /// Witnesses are required, and have not signed.
    #[error(
        "the export is recorded, and not handed out: no checkpoint of {size} entries was signed by as \
         many witnesses as are required; {missing} did not"
    )]
    Uncosigned {
        /// What they would have to sign.
        size: u64,
        /// Whoever did not.
        missing: String,
    },
    /// What is proven is not what is stored.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// No key has that name.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record cannot be opened.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// The tiles cannot be read.
    #[error("the tiles cannot be read: {0}")]
    Tiles(#[from] std::io::Error),
    /// What is stored does not have the root that was signed.
    #[error(
        "the entries that are stored do not lead to the root that is signed; run `rollbook verify`"
    )]
    Root,
    /// More than a bundle holds.
    #[error("a bundle holds at most {ENTRIES_LIMIT} entries: export ranges, with --from and --to")]
    TooLarge,
    /// The record of the export is not the one that a bundle rests on.
    #[error("the export was not recorded as a bundle needs it; report this")]
    Unrecorded,
    /// What a witness gave is no signature, or there are too many.
    #[error("a cosignature is no line of a signed note, or there are more than a note holds")]
    Cosignature,
    /// A file has no canonical form.
    #[error("a file cannot be written: {0}")]
    Form(#[from] serde_json::Error),
}

/// What is put into a bundle beside what was recorded of it.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Sizes of the ledger that somebody knows, to be continued from.
    pub since: BTreeSet<u64>,
    /// Whether every entry is proven in the ledger, not the first and the last alone.
    pub proves_all: bool,
    /// What witnesses signed under the statement that the bundle rests on, a line each.
    pub cosignatures: Vec<String>,
}

/// Writes the bundle of an export that was just recorded.
///
/// The same receipt gives the same bytes, unless witnesses are asked: then it rests on the newest
/// checkpoint that they signed, and that is another one in a moment.
pub fn write(ledger: &Ledger, receipt: &Receipt, beside: &Beside) -> Result<Files, BundleError> {
    let ([exported, heads], Some(chains)) = (&receipt.entries[..], &receipt.chains) else {
        return Err(BundleError::Unrecorded);
    };
    let Event::ExportCreated(export) = &exported.fact.event else {
        return Err(BundleError::Unrecorded);
    };
    let (org, size) = (exported.fact.org, heads.seq + 1);
    let ledger_note = resting_on(ledger, chains, size, &beside.cosignatures)?;
    let stated = Checkpoint::of(ledger_note.text()).ok_or(BundleError::Unrecorded)?;
    // Witnesses may have signed a larger one, under another key or name.
    let published = signed(ledger, stated.size)?;
    let org_size = chains.organization(org).size();
    let to = export.to.unwrap_or(org_size).min(org_size);
    let from = export.from.min(to);
    if to - from > ENTRIES_LIMIT {
        return Err(BundleError::TooLarge);
    }
    let disclosed = export.disclosed.iter().copied().collect();
    let tree = ledger.organization_tiles(org, org_size)?;
    let Ok(found) = root(&tree, org_size);
    if found != chains.organization(org).frontier.root() {
        return Err(BundleError::Root);
    }
    let (published, tree, names) = (&*published, &tree, Names::at(ledger, stated.size)?);
    let writing = Writing { ledger, chains, published, org, tree, disclosed, names };
    writing.files(export.export, heads, (from, to), beside, (&stated, &ledger_note.to_string()))
}

struct Writing<'a> {
    ledger: &'a Ledger,
    chains: &'a Chains,
    published: &'a Published,
    org: OrganizationId,
    tree: &'a TileLevels,
    disclosed: BTreeSet<PersonalField>,
    names: Names,
}

/// What stands in the range of a bundle.
#[derive(Default)]
struct Range {
    entries: Vec<Entry>,
    disclosures: Vec<u8>,
    counts: Counts,
}

impl Writing<'_> {
    fn files(
        &self,
        export: ExportId,
        heads: &Entry,
        (from, to): (u64, u64),
        beside: &Beside,
        (stated, ledger_note): (&Checkpoint, &str),
    ) -> Result<Files, BundleError> {
        let mut files = Files::default();
        let (org, size) = (self.org, stated.size);
        if let Some(timestamp) = self.ledger.timestamp_of(stated) {
            files.insert(timestamp_path(size), timestamp);
        }
        let by = self.names.of_organization(heads.seq);
        let org_note = sign(self.ledger, self.published, self.chains, Some(org), by)?;
        self.tiles(&mut files);
        let range = self.entries(&mut files, (from, to))?;
        if !range.disclosures.is_empty() {
            files.insert(DISCLOSURES, range.disclosures.as_slice());
        }
        let committed = Heads::of(self.chains);
        let (head, index, path) = committed.find(org).ok_or(BundleError::Unrecorded)?;
        let heads_bytes = self.record(heads.seq)?.bytes;
        let entry = String::from_utf8_lossy(&heads_bytes).into_owned();
        let (last, org_size, root) = (head.last, head.size, head.root);
        let heads_file = HeadsFile { entry, index, last, org_size, path, root };
        files.insert(HEADS, canonical::write(&heads_file)?);
        let ends = range.entries.first().into_iter().chain(range.entries.last());
        let all = range.entries.iter().filter(|_| beside.proves_all);
        let proven = ends.chain(all).map(|entry| entry.seq).chain([heads.seq]);
        let proven = proven.chain(self.names.restored_at()).collect();
        self.proofs(&mut files, &proven, size, ledger_note)?;
        self.names(&mut files, heads.seq)?;
        let since = beside.since.iter().copied().filter(|old| *old <= size).take(SINCE_LIMIT);
        let since = since.chain(self.names.handovers()).collect();
        self.requests(&mut files, &since, size, ledger_note)?;
        files.insert(LEDGER_CHECKPOINT, ledger_note);
        files.insert(ORGANIZATION_CHECKPOINT, org_note.to_string());
        let origin = ledger_origin(self.ledger.origin(), self.names.publication.restored);
        let mut manifest = Manifest {
            counts: range.counts,
            export,
            files: Vec::new(),
            format: FORMAT,
            from,
            heads: heads.seq,
            log: self.ledger.origin().clone(),
            org,
            org_origin: organization_origin(&origin, org),
            org_size,
            origin,
            size,
            to,
        };
        files.insert(HOWTO, howto::text(&manifest));
        manifest.files = files.iter().map(|(path, bytes)| Listed::of(path, bytes)).collect();
        files.insert(MANIFEST, canonical::write(&manifest)?);
        Ok(files)
    }

    fn tiles(&self, files: &mut Files) {
        for tile in Tile::all(self.tree.size()) {
            let Ok(hashes) = tile.read(self.tree);
            let bytes: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            files.insert(format!("{ORGANIZATION}{tile}"), bytes);
        }
    }

    fn entries(&self, files: &mut Files, (from, to): (u64, u64)) -> Result<Range, BundleError> {
        let mut range = Range::default();
        if from == to {
            return Ok(range);
        }
        let mut opened = Vec::new();
        for index in from / TILE_WIDTH..to.div_ceil(TILE_WIDTH) {
            let Some(bundle) = EntryBundle::of(index, self.tree.size()) else { break };
            let mut bytes = Vec::new();
            let width = usize::try_from(bundle.width).unwrap_or(usize::MAX);
            let seqs = self.ledger.organization(self.org, bundle.first(), width)?;
            if seqs.len() as u64 != bundle.width {
                return Err(BundleError::Root);
            }
            for (place, seq) in (bundle.first()..).zip(seqs) {
                let record = self.record(seq)?;
                EntryBundle::add(&mut bytes, &record.bytes);
                if (from..to).contains(&place) {
                    opened.push(self.ledger.unseal(&record)?);
                }
            }
            files.insert(format!("{ORGANIZATION}{bundle}"), bytes);
        }
        let gone = erased(opened.iter().map(|opened| &opened.entry));
        for Opened { entry, disclosures } in opened {
            for (field, sealed) in entry.fact.event.sealed() {
                let is_gone = gone.contains(&sealed.of);
                let asked = PersonalField::at(field).is_some_and(|it| self.disclosed.contains(&it));
                let found = disclosures.iter().find(|it| it.field == field);
                match found.filter(|_| asked && !is_gone) {
                    Some(found) if matches!(sealed.content, Content::Open(_)) => {
                        range.counts.disclosed += 1;
                        let disclosure = Disclosed {
                            field: found.field.clone(),
                            of: sealed.of,
                            salt: found.salt,
                            seq: entry.seq,
                            value: found.value.clone(),
                        };
                        let line = canonical::write(&DisclosureLine { disclosure })?;
                        range.disclosures.extend(line);
                        range.disclosures.push(b'\n');
                    }
                    _ if is_gone => range.counts.erased += 1,
                    _ => range.counts.withheld += 1,
                }
            }
            range.entries.push(entry);
        }
        Ok(range)
    }

    fn record(&self, seq: u64) -> Result<Record, BundleError> {
        self.ledger.read(seq, 1)?.pop().ok_or(BundleError::Root)
    }

    fn proofs(
        &self,
        files: &mut Files,
        proven: &BTreeSet<u64>,
        size: u64,
        checkpoint: &str,
    ) -> Result<(), BundleError> {
        let tiles = self.ledger.tiles().ok_or(BundleError::Unsigned)?;
        for &index in proven {
            let path = inclusion(&*tiles, index, size)?;
            files.insert(proof_path(index), TlogProof { index, path, checkpoint }.write());
        }
        Ok(())
    }

    fn requests(
        &self,
        files: &mut Files,
        since: &BTreeSet<u64>,
        size: u64,
        checkpoint: &str,
    ) -> Result<(), BundleError> {
        let tiles = self.ledger.tiles().ok_or(BundleError::Unsigned)?;
        for &old in since {
            let proof = consistency(&*tiles, old, size)?;
            files.insert(request_path(old, size), AddCheckpoint { old, proof, checkpoint }.write());
        }
        Ok(())
    }
}
