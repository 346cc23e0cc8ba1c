//! What the tests of the ground share: small ledgers in real directories.

pub(crate) use crate::support::files::copy;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, OpenError, Options, Repair};
use rollbook::ground::{Batch, Head, Log, NewEntry, Record, VaultRow};
use rollbook::words::{OrganizationId, Origin, SubjectId, TreeHash};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

/// Small segments, so that a short test fills several.
pub(crate) const SMALL: Options =
    Options { segment_bytes: 4096, tail_limit_bytes: 64 * 1024, sled_cache_bytes: 4 * 1024 * 1024 };

/// A directory for a test that is not about durability: in memory where there is such a place,
/// because hundreds of syncs on a busy disk take minutes.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

pub(crate) fn origin() -> Origin {
    Origin::parse("ledger.example/test").unwrap()
}

pub(crate) fn organization(number: u8) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_bytes([number; 16]))
}

pub(crate) fn owner(number: u8) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_bytes([number; 16]))
}

pub(crate) fn entry(org: u8, org_seq: u64, text: &str) -> NewEntry {
    NewEntry { org: organization(org), org_seq, bytes: text.as_bytes().into() }
}

pub(crate) fn row(seq: u64, number: u8) -> VaultRow {
    VaultRow { seq, owner: owner(number), leaf: seq, sealed: vec![number; 100] }
}

pub(crate) fn batch(entries: Vec<NewEntry>, vault: Vec<VaultRow>) -> Batch {
    let root = TreeHash::leaf(&entries.first().map_or(Vec::new(), |entry| entry.bytes.to_vec()));
    Batch { entries, vault, root }
}

/// Batch `number` of a fixed history: 1 to 5 entries of three organizations, some with vault rows.
pub(crate) fn nth_batch(log: &dyn Log, number: u64) -> Batch {
    let size = log.head().size;
    let mut at =
        [1, 2, 3].map(|org| log.organization(organization(org), 0, usize::MAX).unwrap().len());
    let mut entries = Vec::new();
    let mut vault = Vec::new();
    for index in 0..=number % 5 {
        let org = ((number + index) % 3) as usize;
        let text =
            format!("batch {number} entry {index} {}", "x".repeat((number as usize * 37) % 300));
        if index % 2 == 0 {
            vault.push(row(size + index, number as u8));
        }
        entries.push(entry(org as u8 + 1, at[org] as u64, &text));
        at[org] += 1;
    }
    batch(entries, vault)
}

/// Appends batches of the fixed history.
pub(crate) fn grow(log: &dyn Log, batches: u64) -> Head {
    for _ in 0..batches {
        let head = log.head();
        log.append(nth_batch(log, head.slot), &head).unwrap();
    }
    log.head()
}

pub(crate) fn everything(log: &dyn Log) -> Vec<Record> {
    let mut records = Vec::new();
    loop {
        let more = log.read(records.len() as u64, 1000).unwrap();
        if more.is_empty() {
            return records;
        }
        records.extend(more);
    }
}

pub(crate) fn create(path: &Path) -> EmbeddedLog {
    create_with(path, SMALL)
}

pub(crate) fn create_with(path: &Path, options: Options) -> EmbeddedLog {
    EmbeddedLog::create(Directory::create(path).unwrap(), origin(), options).unwrap()
}

pub(crate) fn open(path: &Path) -> Result<(EmbeddedLog, Vec<Repair>), OpenError> {
    EmbeddedLog::open(Directory::open(path)?, SMALL)
}

/// A closed ledger of `batches` batches, and what was in it.
pub(crate) fn ledger(path: &Path, batches: u64) -> (Head, Vec<Record>) {
    let log = create(path);
    let head = grow(&log, batches);
    let records = everything(&log);
    log.close().unwrap();
    (head, records)
}

/// The segments of a ledger's journal, in order.
pub(crate) fn segments(path: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(path.join("journal")).unwrap();
    let mut paths: Vec<_> = items.map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "segment"));
    paths.sort();
    paths
}

pub(crate) fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// sled in the hands of a test; a log that opens it waits for a while.
pub(crate) fn held_sled(path: &Path) -> sled::Db {
    let mut attempts = 0;
    loop {
        match sled::open(path.join("sled")) {
            Err(sled::Error::Io(_)) if attempts < 500 => attempts += 1,
            opened => return opened.unwrap(),
        }
        thread::sleep(Duration::from_millis(10));
    }
}
