//! Feeding committed frames into sled.

use crate::ground::frame::Frame;
use crate::ground::log::{Damage, Fault, Head, LogError, Place};
use crate::ground::sled_store::SledStore;
use crate::ground::sled_store::row::{
    self, BLOCK_ENTRIES, BLOCK_LIMIT_BYTES, BLOCKS, BlockEntry, FRAMES, FrameRow, INDEX_SEQS,
};
use crate::words::OrganizationId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The block that is being filled.
struct OpenBlock {
    first_seq: u64,
    entries: Vec<BlockEntry>,
    bytes: usize,
}

impl SledStore {
    /// How many frames were fed, and how many entries are in them.
    pub fn fed(&self) -> Result<(u64, u64), LogError> {
        let last = self.last_frame()?;
        Ok(last.map_or((0, 0), |row| (row.slot + 1, row.first_seq + u64::from(row.entries))))
    }

    /// Whether what was fed ends at a head.
    pub fn ends_at(&self, head: &Head) -> Result<bool, LogError> {
        let hash = self.last_frame()?.map(|row| row.hash);
        let fits = hash.map_or(head.slot == 0, |hash| hash == head.frame);
        Ok(fits && self.fed()? == (head.slot, head.size))
    }

    fn last_frame(&self) -> Result<Option<FrameRow>, LogError> {
        let last = self.run(|db| db.scan_prefix([FRAMES]).next_back().transpose())?;
        let read = last.map(|(key, value)| row::read_frame(&key, &value)).transpose();
        read.map_err(LogError::from)
    }

    /// Feeds frames that follow what was fed, as one atomic batch.
    pub fn feed(&self, frames: &[Arc<Frame>]) -> Result<(), LogError> {
        let Some(first) = frames.first() else { return Ok(()) };
        let mut batch = sled::Batch::default();
        let mut block = self.open_block(first.first_seq)?;
        let mut index = BTreeMap::new();
        for frame in frames {
            let mut rows = frame.vault.as_slice();
            for (seq, entry) in (frame.first_seq..).zip(&frame.entries) {
                let (own, others) = rows.split_at(rows.partition_point(|row| row.seq == seq));
                rows = others;
                let vault_rows = u32::try_from(own.len()).expect("a batch is bounded");
                block.push(seq, BlockEntry { vault_rows, entry: entry.clone() }, &mut batch);
                self.index(&mut index, entry.org, entry.org_seq)?.push(seq);
            }
            for row in &frame.vault {
                let (key, value) = row::vault(row);
                batch.insert(&key, value);
            }
            let (key, value) = row::frame(frame);
            batch.insert(&key, value);
        }
        block.write(&mut batch);
        for ((org, org_seq), seqs) in &index {
            let (key, value) = row::index(*org, *org_seq, seqs);
            batch.insert(&key, value);
        }
        self.run(|db| db.apply_batch(batch))
    }

    /// The last block, if there is room in it, else an empty one.
    fn open_block(&self, first_seq: u64) -> Result<OpenBlock, LogError> {
        let last = self.run(|db| db.scan_prefix([BLOCKS]).next_back().transpose())?;
        let mut end = 0;
        if let Some((key, value)) = last {
            let (first, entries) = row::read_block(&key, &value)?;
            let bytes = entries.iter().map(BlockEntry::stored_bytes).sum();
            end = first + entries.len() as u64;
            if end == first_seq && entries.len() < BLOCK_ENTRIES && bytes < BLOCK_LIMIT_BYTES {
                return Ok(OpenBlock { first_seq: first, entries, bytes });
            }
        }
        if end != first_seq {
            return Err(Damage::at_seq(end, Fault::Chain).into());
        }
        Ok(OpenBlock { first_seq, entries: Vec::with_capacity(BLOCK_ENTRIES), bytes: 0 })
    }

    /// The index block that an `org_seq` goes to, read when the feed comes to it first.
    fn index<'a>(
        &self,
        blocks: &'a mut BTreeMap<(OrganizationId, u64), Vec<u64>>,
        org: OrganizationId,
        org_seq: u64,
    ) -> Result<&'a mut Vec<u64>, LogError> {
        let start = org_seq - org_seq % INDEX_SEQS;
        let block = match blocks.entry((org, start)) {
            std::collections::btree_map::Entry::Occupied(block) => block.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => {
                let key = row::index_key(org, start);
                let stored = match org_seq - start {
                    0 => None,
                    _ => self.run(|db| db.get(key))?,
                };
                let seqs = stored.map(|value| row::read_index(&key, &value)).transpose()?;
                vacant.insert(seqs.map(|(_, _, seqs)| seqs).unwrap_or_default())
            }
        };
        if block.len() as u64 != org_seq - start {
            return Err(Damage { place: Place::Organization(org), fault: Fault::Missing }.into());
        }
        Ok(block)
    }
}

impl OpenBlock {
    fn push(&mut self, seq: u64, entry: BlockEntry, batch: &mut sled::Batch) {
        let bytes = self.bytes + entry.stored_bytes();
        let full = self.entries.len() == BLOCK_ENTRIES || bytes > BLOCK_LIMIT_BYTES;
        if full && !self.entries.is_empty() {
            self.write(batch);
            *self = Self { first_seq: seq, entries: Vec::with_capacity(BLOCK_ENTRIES), bytes: 0 };
        }
        self.bytes += entry.stored_bytes();
        self.entries.push(entry);
    }

    fn write(&self, batch: &mut sled::Batch) {
        if !self.entries.is_empty() {
            let (key, value) = row::block(self.first_seq, &self.entries);
            batch.insert(&key, value);
        }
    }
}
