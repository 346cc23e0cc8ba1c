//! The rows in sled, key by key. Numbers are big-endian, so rows stand in their order.
//!
//! | key | value behind its checksum |
//! |---|---|
//! | `01` | origin |
//! | `02` slot | frame: first seq (8), entries (4), vault rows (4), root, hash before, hash (32) |
//! | `03` first seq | block of entries: for each its number of vault rows (4), then as in a frame |
//! | `04` organization, org_seq | block of the seqs (8 each) of its entries from there on |
//! | `05` seq, owner | vault row: leaf (8), sealed |
//!
//! Every value begins with 32 bytes, the checksum of key and rest: a changed byte and a row in a
//! wrong place are noticed on every read, for one hash of at most 8 KiB. It is no proof against
//! somebody who writes checksums too; the frame hashes are, and are compared when all is walked.

use crate::ground::frame::{Frame, Reader, put_entry};
use crate::ground::log::{Damage, Fault, NewEntry, Place, VaultRow};
use crate::words::hash::checksum;
use crate::words::{FrameHash, OrganizationId, Origin, SubjectId, TreeHash};
use uuid::Uuid;

/// Where the origin stands.
pub const ORIGIN_KEY: [u8; 1] = [1];
/// First byte of a frame's key.
pub const FRAMES: u8 = 2;
/// First byte of a block's key.
pub const BLOCKS: u8 = 3;
/// First byte of an index block's key.
pub const INDEX: u8 = 4;
/// First byte of a vault row's key.
pub const VAULT: u8 = 5;

/// Entries in a block at most: measured to double the speed of appending and of scanning.
pub const BLOCK_ENTRIES: usize = 16;
/// Bytes of a block, unless one longer entry stands alone in it.
pub const BLOCK_LIMIT_BYTES: usize = 8 * 1024 - 32;
/// Seqs in an index block. A feed rewrites the last block of each organization it touches, so it is
/// kept at the size of an entry.
pub const INDEX_SEQS: u64 = 64;

const SUM_BYTES: usize = 32;

/// What a frame's row holds: everything of the frame that is not in other rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRow {
    /// Batches before it.
    pub slot: u64,
    /// Entries before it.
    pub first_seq: u64,
    /// Its entries.
    pub entries: u32,
    /// Its vault rows.
    pub vault_rows: u32,
    /// The tree's root behind it.
    pub root: TreeHash,
    /// The hash of the frame before.
    pub previous: FrameHash,
    /// Its own.
    pub hash: FrameHash,
}

/// One entry of a block, and how many vault rows belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockEntry {
    /// Its vault rows.
    pub vault_rows: u32,
    /// The entry.
    pub entry: NewEntry,
}

impl BlockEntry {
    /// What it takes in a block.
    pub fn stored_bytes(&self) -> usize {
        4 + self.entry.frame_bytes()
    }
}

/// A value with the checksum that binds it to its key.
fn bind(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut value = sum(key, body).to_vec();
    value.extend_from_slice(body);
    value
}

/// What stands behind a value's checksum, if key and value are those that were written.
fn unbind<'a>(key: &[u8], value: &'a [u8]) -> Result<&'a [u8], Fault> {
    let (stored, body) = value.split_at_checked(SUM_BYTES).ok_or(Fault::Form)?;
    if sum(key, body) == stored { Ok(body) } else { Err(Fault::Hash) }
}

fn sum(key: &[u8], body: &[u8]) -> [u8; SUM_BYTES] {
    checksum(&[key, body].concat())
}

/// The key of a row that stands by a number.
pub fn numbered(kind: u8, number: u64) -> [u8; 9] {
    let mut key = [kind; 9];
    key[1..].copy_from_slice(&number.to_be_bytes());
    key
}

/// The number in such a key.
pub fn number(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(1..)?.try_into().ok()?))
}

/// The row of the origin.
pub fn origin(origin: &Origin) -> ([u8; 1], Vec<u8>) {
    (ORIGIN_KEY, bind(&ORIGIN_KEY, origin.as_str().as_bytes()))
}

/// Reads the row of the origin.
pub fn read_origin(value: &[u8]) -> Result<Origin, Damage> {
    let read = unbind(&ORIGIN_KEY, value).and_then(|body| {
        let text = std::str::from_utf8(body).map_err(|_| Fault::Form)?;
        Origin::parse(text).map_err(|_| Fault::Form)
    });
    read.map_err(|fault| Damage { place: Place::Sled, fault })
}

/// The row of a frame.
pub fn frame(frame: &Frame) -> ([u8; 9], Vec<u8>) {
    let key = numbered(FRAMES, frame.slot);
    let mut body = Vec::with_capacity(112);
    let count = |parts: usize| u32::try_from(parts).expect("a batch is bounded").to_be_bytes();
    body.extend_from_slice(&frame.first_seq.to_be_bytes());
    body.extend_from_slice(&count(frame.entries.len()));
    body.extend_from_slice(&count(frame.vault.len()));
    body.extend_from_slice(frame.root.as_bytes());
    body.extend_from_slice(frame.previous.as_bytes());
    body.extend_from_slice(frame.hash.as_bytes());
    (key, bind(&key, &body))
}

/// Reads the row of a frame.
pub fn read_frame(key: &[u8], value: &[u8]) -> Result<FrameRow, Damage> {
    let slot = number(key).ok_or(Damage { place: Place::Sled, fault: Fault::Form })?;
    let body = unbind(key, value).map_err(|fault| Damage::at_slot(slot, fault))?;
    let parse = || {
        let mut body = Reader(body);
        let row = FrameRow {
            slot,
            first_seq: body.u64()?,
            entries: body.u32()?,
            vault_rows: body.u32()?,
            root: TreeHash::from_bytes(body.take()?),
            previous: FrameHash::from_bytes(body.take()?),
            hash: FrameHash::from_bytes(body.take()?),
        };
        body.0.is_empty().then_some(row)
    };
    parse().ok_or(Damage::at_slot(slot, Fault::Form))
}

/// The row of a block of entries.
pub fn block(first_seq: u64, entries: &[BlockEntry]) -> ([u8; 9], Vec<u8>) {
    let key = numbered(BLOCKS, first_seq);
    let mut body = Vec::with_capacity(entries.iter().map(BlockEntry::stored_bytes).sum());
    for BlockEntry { vault_rows, entry } in entries {
        body.extend_from_slice(&vault_rows.to_be_bytes());
        put_entry(&mut body, entry);
    }
    (key, bind(&key, &body))
}

/// Reads the row of a block: its first seq and its entries.
pub fn read_block(key: &[u8], value: &[u8]) -> Result<(u64, Vec<BlockEntry>), Damage> {
    let first_seq = number(key).ok_or(Damage { place: Place::Sled, fault: Fault::Form })?;
    let mut body = Reader(unbind(key, value).map_err(|fault| Damage::at_seq(first_seq, fault))?);
    let mut entries = Vec::with_capacity(BLOCK_ENTRIES);
    while !body.0.is_empty() {
        let read = body.u32().and_then(|rows| body.entry().map(|entry| (rows, entry)));
        let (vault_rows, entry) = read.ok_or(Damage::at_seq(first_seq, Fault::Form))?;
        entries.push(BlockEntry { vault_rows, entry });
    }
    Ok((first_seq, entries))
}

/// The key of the index block that begins with an `org_seq`.
pub fn index_key(org: OrganizationId, org_seq: u64) -> [u8; 25] {
    let mut key = [INDEX; 25];
    key[1..17].copy_from_slice(org.as_bytes());
    key[17..].copy_from_slice(&org_seq.to_be_bytes());
    key
}

/// The row of an index block.
pub fn index(org: OrganizationId, org_seq: u64, seqs: &[u64]) -> ([u8; 25], Vec<u8>) {
    let key = index_key(org, org_seq);
    let body: Vec<u8> = seqs.iter().flat_map(|seq| seq.to_be_bytes()).collect();
    (key, bind(&key, &body))
}

/// Reads the row of an index block: the organization, its first `org_seq`, the seqs.
pub fn read_index(key: &[u8], value: &[u8]) -> Result<(OrganizationId, u64, Vec<u64>), Damage> {
    let mut parts = Reader(key.get(1..).unwrap_or_default());
    let place = parts.take().zip(parts.u64()).filter(|_| parts.0.is_empty());
    let (org, org_seq) = place.ok_or(Damage { place: Place::Sled, fault: Fault::Form })?;
    let org = OrganizationId::from_uuid(Uuid::from_bytes(org));
    let damage = |fault| Damage { place: Place::Organization(org), fault };
    let body = unbind(key, value).map_err(damage)?;
    let (seqs, rest) = body.as_chunks::<8>();
    if !rest.is_empty() || seqs.is_empty() || seqs.len() as u64 > INDEX_SEQS {
        return Err(damage(Fault::Form));
    }
    Ok((org, org_seq, seqs.iter().map(|seq| u64::from_be_bytes(*seq)).collect()))
}

/// The row of a sealed value.
pub fn vault(row: &VaultRow) -> ([u8; 25], Vec<u8>) {
    let mut key = [VAULT; 25];
    key[1..9].copy_from_slice(&row.seq.to_be_bytes());
    key[9..].copy_from_slice(row.owner.as_bytes());
    (key, bind(&key, &[&row.leaf.to_be_bytes(), row.sealed.as_slice()].concat()))
}

/// Reads the row of a sealed value.
pub fn read_vault(key: &[u8], value: &[u8]) -> Result<VaultRow, Damage> {
    let mut parts = Reader(key.get(1..).unwrap_or_default());
    let place = parts.u64().zip(parts.take()).filter(|_| parts.0.is_empty());
    let (seq, owner) = place.ok_or(Damage { place: Place::Sled, fault: Fault::Form })?;
    let mut body = Reader(unbind(key, value).map_err(|fault| Damage::at_seq(seq, fault))?);
    let leaf = body.u64().ok_or(Damage::at_seq(seq, Fault::Form))?;
    let owner = SubjectId::from_uuid(Uuid::from_bytes(owner));
    Ok(VaultRow { seq, owner, leaf, sealed: body.0.to_vec() })
}
