//! A frame: one batch in its slot, as the bytes that are hashed, written and fetched.
//!
//! Every engine holds the same frames, so the head of a log does not depend on where it is kept.
//! All numbers are big-endian.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `RBF1` |
//! | 4 | 4 | length of the whole frame, from `RBF1` to the end of its hash |
//! | 8 | 8 | slot: batches before this one |
//! | 16 | 8 | first seq: entries before this batch |
//! | 24 | 4 | number of entries, at least 1 |
//! | 28 | 4 | number of vault rows |
//! | 32 | | the entries: organization (16), org_seq (8), length (4), bytes |
//! | | | the vault rows by (seq, owner): seq (8), owner (16), leaf (8), length (4), sealed |
//! | length − 96 | 32 | root of the RFC 6962 tree over all entries up to this batch's last |
//! | length − 64 | 32 | hash of the frame before (the first: of the genesis) |
//! | length − 32 | 32 | the frame's hash |
//!
//! The hash is `derive("rollbook 2026-11 frame v1", hash before ‖ all bytes of this frame before
//! its hash)`; the hash before thus goes in twice, once as what is followed and once as written.
//!
//! The hash stands last, so a frame that was written in part is recognised; the hash before stands
//! inside, so a frame can be checked when its neighbours are lost. One batch at one head has
//! exactly one encoding: a lost frame can be built again from its parts and be known to be the
//! same.

use crate::ground::log::{
    BATCH_LIMIT_BYTES, Batch, BatchFault, ENTRY_LIMIT_BYTES, Fault, Head, NewEntry, Record,
    SEALED_LIMIT_BYTES, VaultRow,
};
use crate::words::{ChainHash, FrameHash, OrganizationId, SubjectId, TreeHash};
use uuid::Uuid;

/// What every frame begins with.
pub const MAGIC: [u8; 4] = *b"RBF1";

/// What stands before the first entry.
pub const HEADER_BYTES: usize = 32;

const TRAILER_BYTES: usize = 96;
const HASH_BYTES: usize = 32;

/// The length of a frame without entries and vault rows.
pub const EMPTY_BYTES: usize = HEADER_BYTES + TRAILER_BYTES;

/// A batch in its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Batches before this one.
    pub slot: u64,
    /// Entries before this batch.
    pub first_seq: u64,
    /// The entries, in order.
    pub entries: Vec<NewEntry>,
    /// The vault rows, ascending by (seq, owner).
    pub vault: Vec<VaultRow>,
    /// The RFC 6962 root over all entries up to this batch's last.
    pub root: TreeHash,
    /// The hash of the frame before.
    pub previous: FrameHash,
    /// The frame's own hash.
    pub hash: FrameHash,
}

impl Batch {
    /// How long the batch is as a frame; at most [`BATCH_LIMIT_BYTES`] can be appended.
    pub fn frame_bytes(&self) -> usize {
        EMPTY_BYTES
            + self.entries.iter().map(NewEntry::frame_bytes).sum::<usize>()
            + self.vault.iter().map(VaultRow::frame_bytes).sum::<usize>()
    }
}

impl NewEntry {
    /// What the entry takes in a frame.
    pub fn frame_bytes(&self) -> usize {
        16 + 8 + 4 + self.bytes.len()
    }
}

impl VaultRow {
    /// What the row takes in a frame.
    pub fn frame_bytes(&self) -> usize {
        8 + 16 + 8 + 4 + self.sealed.len()
    }
}

impl Frame {
    /// Puts a batch behind `head`; gives the frame and its bytes.
    pub fn follow(batch: Batch, head: &Head) -> Result<(Self, Vec<u8>), BatchFault> {
        let Batch { entries, vault, root } = batch;
        let mut frame = Self {
            slot: head.slot,
            first_seq: head.size,
            entries,
            vault,
            root,
            previous: head.frame,
            hash: head.frame,
        };
        frame.check()?;
        let mut bytes = frame.unhashed();
        frame.hash = head.frame.follow(&bytes);
        bytes.extend_from_slice(frame.hash.as_bytes());
        Ok((frame, bytes))
    }

    /// The head that the frame leads to.
    pub fn head(&self) -> Head {
        let last = self.entries.last().expect("a frame holds at least one entry");
        Head {
            slot: self.slot + 1,
            size: self.size(),
            entry: ChainHash::of_entry(&last.bytes),
            frame: self.hash,
        }
    }

    /// Entries up to this batch's last.
    pub fn size(&self) -> u64 {
        self.first_seq + self.entries.len() as u64
    }

    /// Whether the frame takes the place right behind `head`.
    pub fn follows(&self, head: &Head) -> bool {
        self.slot == head.slot && self.first_seq == head.size && self.previous == head.frame
    }

    /// What the frame takes in memory and on disk, in bytes.
    pub fn weight(&self) -> usize {
        EMPTY_BYTES
            + self.entries.iter().map(NewEntry::frame_bytes).sum::<usize>()
            + self.vault.iter().map(VaultRow::frame_bytes).sum::<usize>()
    }

    /// The batch's entries as records, from seq `from` on.
    pub fn records(&self, from: u64) -> impl Iterator<Item = Record> + '_ {
        let skipped = from.saturating_sub(self.first_seq).min(self.entries.len() as u64);
        let mut rows = self.vault.as_slice();
        let entries = self.entries.iter().enumerate().skip(skipped as usize);
        entries.map(move |(index, entry)| {
            let seq = self.first_seq + index as u64;
            rows = &rows[rows.partition_point(|row| row.seq < seq)..];
            let count = rows.partition_point(|row| row.seq == seq);
            Record {
                seq,
                org: entry.org,
                org_seq: entry.org_seq,
                bytes: entry.bytes.clone(),
                vault: rows[..count].to_vec(),
            }
        })
    }

    /// The frame's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.unhashed();
        bytes.extend_from_slice(self.hash.as_bytes());
        bytes
    }

    /// Reads the frame that `bytes` begins with, and gives its length. Whether it follows the frame
    /// before is the caller's question.
    pub fn decode(bytes: &[u8]) -> Result<(Self, usize), Fault> {
        let length = stated_length(bytes).ok_or(Fault::Form)?;
        let bytes = bytes.get(..length).ok_or(Fault::Hash)?;
        let (hashed, hash) = bytes.split_at(length - HASH_BYTES);
        let mut trailer = Reader(&hashed[length - TRAILER_BYTES..]);
        let root = TreeHash::from_bytes(trailer.take().ok_or(Fault::Form)?);
        let previous = FrameHash::from_bytes(trailer.take().ok_or(Fault::Form)?);
        if previous.follow(hashed).as_bytes() != hash {
            return Err(Fault::Hash);
        }
        let frame = Self::parse(&bytes[8..length - TRAILER_BYTES], root, previous, hash);
        let frame = frame.ok_or(Fault::Form)?;
        frame.check().map_err(|_| Fault::Form)?;
        Ok((frame, length))
    }

    fn parse(body: &[u8], root: TreeHash, previous: FrameHash, hash: &[u8]) -> Option<Self> {
        let mut body = Reader(body);
        let (slot, first_seq) = (body.u64()?, body.u64()?);
        let (entry_count, row_count) = (body.u32()?, body.u32()?);
        // Every part has its own header, so a count above this is wrong before anything is
        // reserved.
        if entry_count as usize + row_count as usize > BATCH_LIMIT_BYTES / 28 {
            return None;
        }
        first_seq.checked_add(u64::from(entry_count))?;
        slot.checked_add(1)?;
        let entries = (0..entry_count).map(|_| body.entry()).collect::<Option<Vec<_>>>()?;
        let vault = (0..row_count).map(|_| body.vault_row()).collect::<Option<Vec<_>>>()?;
        let hash = FrameHash::from_bytes(hash.try_into().ok()?);
        body.0.is_empty().then_some(Self { slot, first_seq, entries, vault, root, previous, hash })
    }

    fn unhashed(&self) -> Vec<u8> {
        let length = self.weight();
        let mut bytes = Vec::with_capacity(length);
        bytes.extend_from_slice(&MAGIC);
        put_length(&mut bytes, length);
        bytes.extend_from_slice(&self.slot.to_be_bytes());
        bytes.extend_from_slice(&self.first_seq.to_be_bytes());
        put_length(&mut bytes, self.entries.len());
        put_length(&mut bytes, self.vault.len());
        for entry in &self.entries {
            put_entry(&mut bytes, entry);
        }
        for row in &self.vault {
            bytes.extend_from_slice(&row.seq.to_be_bytes());
            bytes.extend_from_slice(row.owner.as_bytes());
            bytes.extend_from_slice(&row.leaf.to_be_bytes());
            put_length(&mut bytes, row.sealed.len());
            bytes.extend_from_slice(&row.sealed);
        }
        bytes.extend_from_slice(self.root.as_bytes());
        bytes.extend_from_slice(self.previous.as_bytes());
        bytes
    }

    fn check(&self) -> Result<(), BatchFault> {
        if self.entries.is_empty() {
            return Err(BatchFault::Empty);
        }
        for (index, entry) in self.entries.iter().enumerate() {
            match entry.bytes.len() {
                0 => return Err(BatchFault::EntryEmpty { index }),
                1..=ENTRY_LIMIT_BYTES => {}
                bytes => return Err(BatchFault::EntryTooLong { index, bytes }),
            }
        }
        let mut before = None;
        for row in &self.vault {
            let (seq, bytes) = (row.seq, row.sealed.len());
            if seq < self.first_seq || seq >= self.size() {
                return Err(BatchFault::VaultRowOutside { seq });
            }
            if bytes > SEALED_LIMIT_BYTES {
                return Err(BatchFault::VaultRowTooLong { seq, bytes });
            }
            if before >= Some((seq, row.owner)) {
                return Err(BatchFault::VaultRowsOutOfOrder { seq });
            }
            before = Some((seq, row.owner));
        }
        match self.weight() {
            0..=BATCH_LIMIT_BYTES => Ok(()),
            bytes => Err(BatchFault::TooLarge { bytes }),
        }
    }
}

/// The length that a frame's first bytes state, if a frame can be that long.
pub fn stated_length(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader(bytes);
    let magic: [u8; 4] = reader.take()?;
    let length = reader.u32()? as usize;
    (magic == MAGIC && (EMPTY_BYTES..=BATCH_LIMIT_BYTES).contains(&length)).then_some(length)
}

/// How many entries a log has behind the frame that bytes begin with, and the frame's length, as
/// its header states them. Only decoding tells whether they are true.
pub fn extent(bytes: &[u8]) -> Option<(u64, usize)> {
    let length = stated_length(bytes)?;
    let mut header = Reader(bytes.get(16..HEADER_BYTES)?);
    let (first_seq, entries) = (header.u64()?, header.u32()?);
    Some((first_seq.checked_add(u64::from(entries))?, length))
}

fn put_length(bytes: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).expect("a batch is bounded far below 4 GiB");
    bytes.extend_from_slice(&length.to_be_bytes());
}

/// Writes an entry as it stands in frames and in stored blocks.
pub fn put_entry(bytes: &mut Vec<u8>, entry: &NewEntry) {
    bytes.extend_from_slice(entry.org.as_bytes());
    bytes.extend_from_slice(&entry.org_seq.to_be_bytes());
    put_length(bytes, entry.bytes.len());
    bytes.extend_from_slice(&entry.bytes);
}

/// Takes parts off the front of stored bytes; `None` when they do not suffice.
#[derive(Debug)]
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `N` bytes.
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (part, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*part)
    }

    /// The next four bytes as a number.
    pub fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// The next eight bytes as a number.
    pub fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    /// Bytes behind their length.
    pub fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    /// An entry as [`put_entry`] wrote it.
    pub fn entry(&mut self) -> Option<NewEntry> {
        let org = OrganizationId::from_uuid(Uuid::from_bytes(self.take()?));
        let org_seq = self.u64()?;
        Some(NewEntry { org, org_seq, bytes: self.sized()?.into() })
    }

    fn vault_row(&mut self) -> Option<VaultRow> {
        let seq = self.u64()?;
        let owner = SubjectId::from_uuid(Uuid::from_bytes(self.take()?));
        let leaf = self.u64()?;
        Some(VaultRow { seq, owner, leaf, sealed: self.sized()?.to_vec() })
    }
}
