//! Everything in sled, one frame after the other: built again from its rows and compared with its
//! hash.

use crate::ground::frame::Frame;
use crate::ground::log::{Damage, Fault, Head, LogError, Place, VaultRow};
use crate::ground::sled_store::SledStore;
use crate::ground::sled_store::row::{
    self, BLOCKS, BlockEntry, FRAMES, FrameRow, INDEX, ORIGIN_KEY, VAULT,
};
use crate::words::hash::checksum;
use crate::words::{FrameHash, OrganizationId};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

/// Streams the frames in sled from a slot on; ends with the first error.
///
/// From slot 0 it is a full check: each frame follows the one before, every index block is the one
/// that the entries demand, and no row is left over. Up to a head it is one of everything before
/// that head, while what stands behind it may grow.
pub struct SledFrames {
    store: Arc<SledStore>,
    frames: sled::Iter,
    blocks: sled::Iter,
    vault: sled::Iter,
    /// Entries of the current block that no frame has taken yet.
    entries: VecDeque<(u64, BlockEntry)>,
    /// What the frames so far say about each organization; `None` for a partial walk.
    organizations: Option<BTreeMap<OrganizationId, Trail>>,
    previous: Option<FrameHash>,
    slot: u64,
    size: u64,
    /// The slot and the seq that are not walked any more.
    until: (u64, u64),
    done: bool,
}

impl fmt::Debug for SledFrames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledFrames").field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// A digest of an organization's seqs, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Trail {
    size: u64,
    digest: [u8; 32],
}

impl Trail {
    fn push(&mut self, seq: u64) {
        let mut bytes = [0; 40];
        bytes[..32].copy_from_slice(&self.digest);
        bytes[32..].copy_from_slice(&seq.to_be_bytes());
        *self = Self { size: self.size + 1, digest: checksum(&bytes) };
    }
}

impl SledFrames {
    /// Frames from a slot on, whose first entry would be `first_seq`.
    pub fn from(
        store: Arc<SledStore>,
        slot: u64,
        first_seq: u64,
        previous: FrameHash,
    ) -> Result<Self, LogError> {
        let begins = row::numbered(BLOCKS, first_seq);
        let below = row::numbered(BLOCKS, 0);
        let block = store.run(|db| db.range(below..=begins).next_back().transpose())?;
        let begins = block.map_or(begins.to_vec(), |(key, _)| key.to_vec());
        let range =
            |from: Vec<u8>, kind: u8| store.run(|db| Ok(db.range(from..[kind + 1].to_vec())));
        Ok(Self {
            frames: range(row::numbered(FRAMES, slot).to_vec(), FRAMES)?,
            blocks: range(begins, BLOCKS)?,
            vault: range(row::numbered(VAULT, first_seq).to_vec(), VAULT)?,
            entries: VecDeque::new(),
            organizations: (slot == 0).then(BTreeMap::new),
            previous: Some(previous),
            slot,
            size: first_seq,
            until: (u64::MAX, u64::MAX),
            done: false,
            store,
        })
    }

    /// Only the frames before a head.
    pub fn until(self, head: &Head) -> Self {
        Self { until: (head.slot, head.size), ..self }
    }

    fn advance(&mut self) -> Result<Option<Frame>, LogError> {
        let within = self.slot < self.until.0;
        let row =
            self.store.run(|_| if within { self.frames.next().transpose() } else { Ok(None) });
        let Some((key, value)) = row? else {
            self.finish()?;
            return Ok(None);
        };
        let row = row::read_frame(&key, &value)?;
        if row.slot != self.slot {
            return Err(Damage::at_slot(self.slot, Fault::Missing).into());
        }
        if row.first_seq != self.size || Some(row.previous) != self.previous {
            return Err(Damage::at_slot(row.slot, Fault::Chain).into());
        }
        let frame = self.build(&row)?;
        // A frame is its hash: equal hashes here mean that every part of it was read as it was fed.
        let bytes = frame.encode();
        let hashed = &bytes[..bytes.len() - row.hash.as_bytes().len()];
        if row.previous.follow(hashed) != row.hash || Frame::decode(&bytes).is_err() {
            return Err(Damage::at_slot(row.slot, Fault::Hash).into());
        }
        self.slot += 1;
        self.size = frame.size();
        self.previous = Some(frame.hash);
        if let Some(organizations) = &mut self.organizations {
            for (seq, entry) in (frame.first_seq..).zip(&frame.entries) {
                organizations.entry(entry.org).or_default().push(seq);
            }
        }
        Ok(Some(frame))
    }

    fn build(&mut self, row: &FrameRow) -> Result<Frame, LogError> {
        let mut entries = Vec::new();
        let mut rows_of_entries = 0;
        for seq in (row.first_seq..).take(row.entries as usize) {
            let stored = self.entry(seq)?;
            rows_of_entries += stored.vault_rows;
            entries.push(stored.entry);
        }
        if rows_of_entries != row.vault_rows {
            return Err(Damage::at_slot(row.slot, Fault::Chain).into());
        }
        let vault = (0..row.vault_rows)
            .map(|_| self.vault_row(row.slot))
            .collect::<Result<Vec<_>, LogError>>()?;
        let FrameRow { slot, first_seq, root, previous, hash, .. } = *row;
        Ok(Frame { slot, first_seq, entries, vault, root, previous, hash })
    }

    fn entry(&mut self, seq: u64) -> Result<BlockEntry, LogError> {
        while self.entries.is_empty() {
            let block = self.store.run(|_| self.blocks.next().transpose())?;
            let (key, value) = block.ok_or(Damage::at_seq(seq, Fault::Missing))?;
            let (first_seq, entries) = row::read_block(&key, &value)?;
            self.entries.extend((first_seq..).zip(entries).filter(|(found, _)| *found >= seq));
        }
        match self.entries.pop_front() {
            Some((found, entry)) if found == seq => Ok(entry),
            _ => Err(Damage::at_seq(seq, Fault::Missing).into()),
        }
    }

    fn vault_row(&mut self, slot: u64) -> Result<VaultRow, LogError> {
        let row = self.store.run(|_| self.vault.next().transpose())?;
        let (key, value) = row.ok_or(Damage::at_slot(slot, Fault::Missing))?;
        Ok(row::read_vault(&key, &value)?)
    }

    /// Behind the last frame: nothing may be left over, and the index must be complete.
    fn finish(&mut self) -> Result<(), LogError> {
        let Some(expected) = self.organizations.take() else { return Ok(()) };
        let block = self.store.run(|_| self.blocks.next().transpose())?;
        let row = self.store.run(|_| self.vault.next().transpose())?;
        let seq_of = |(key, _): (sled::IVec, sled::IVec)| {
            row::number(&key[..key.len().min(9)]).unwrap_or(self.size)
        };
        let left = [self.entries.front().map(|(seq, _)| *seq), block.map(seq_of), row.map(seq_of)];
        if let Some(seq) = left.into_iter().flatten().find(|seq| *seq < self.until.1) {
            return Err(Damage::at_seq(seq, Fault::Stray).into());
        }
        let outside = self.store.run(|db| {
            let before = db.range(..ORIGIN_KEY).next().transpose()?;
            let between = db.range([ORIGIN_KEY[0], 0].to_vec()..[FRAMES].to_vec()).next();
            let behind = db.range([VAULT + 1].to_vec()..).next().transpose()?;
            Ok(before.or(between.transpose()?).or(behind))
        })?;
        if outside.is_some() {
            return Err(Damage { place: Place::Sled, fault: Fault::Stray }.into());
        }
        self.check_index(&expected)
    }

    fn check_index(&self, expected: &BTreeMap<OrganizationId, Trail>) -> Result<(), LogError> {
        // How many seqs were found, and the trail of those that are compared.
        let mut found: BTreeMap<OrganizationId, (u64, Trail)> = BTreeMap::new();
        let mut rows = self.store.run(|db| Ok(db.scan_prefix([INDEX])))?;
        while let Some((key, value)) = self.store.run(|_| rows.next().transpose())? {
            let (org, org_seq, seqs) = row::read_index(&key, &value)?;
            let (count, trail) = found.entry(org).or_default();
            if *count != org_seq {
                let fault = Fault::Missing;
                return Err(Damage { place: Place::Organization(org), fault }.into());
            }
            *count += seqs.len() as u64;
            seqs.into_iter().filter(|seq| *seq < self.until.1).for_each(|seq| trail.push(seq));
        }
        let found: BTreeMap<_, _> =
            found.into_iter().map(|(org, (_, trail))| (org, trail)).collect();
        let differs = expected.iter().find(|(org, trail)| found.get(org) != Some(trail));
        let stray = found.iter().find(|(org, trail)| trail.size > 0 && !expected.contains_key(org));
        let stray = stray.map(|(org, _)| org);
        let differs = differs.map(|(org, _)| (*org, Fault::Chain));
        match differs.or(stray.map(|org| (*org, Fault::Stray))) {
            Some((org, fault)) => Err(Damage { place: Place::Organization(org), fault }.into()),
            None => Ok(()),
        }
    }
}

impl Iterator for SledFrames {
    type Item = Result<Frame, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}
