//! One generation's file: its head, which holds the key of its digests, and what is appended.

use super::record::Record;
use crate::ground::journal::segment::sync_directory;
use crate::ground::keyring::SavepointKey;
use crate::words::Timestamp;
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const PREFIX: &str = "idempotency-";
const FIRST_LINE: &[u8] = b"rollbook idempotency 2\n";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// The key of the digests, sealed. There are two, of which one opens: before the savepoint key is
/// replaced, the other one is written under the key to come, so that a crash between leaves one.
const SLOT_BYTES: usize = NONCE_BYTES + 32 + TAG_BYTES;
const HEAD_BYTES: usize = FIRST_LINE.len() + 2 * SLOT_BYTES;

/// Only the owner reads and writes.
const MODE: u32 = 0o600;

/// The longest file that is read: as many records as a generation may have, at their longest.
const FILE_LIMIT_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// A file that is appended to.
pub(super) struct GenerationFile {
    began: Timestamp,
    file: File,
}

/// What stands in a file.
pub(super) struct ReadGeneration {
    pub(super) path: PathBuf,
    pub(super) began: Timestamp,
    pub(super) key: Zeroizing<[u8; 32]>,
    pub(super) records: Vec<Record>,
    /// What stands behind the last whole record: a write that a crash broke off, or damage.
    pub(super) unread_bytes: usize,
}

fn path_of(directory: &Path, began: Timestamp) -> PathBuf {
    directory.join(format!("{PREFIX}{:020}", began.micros()))
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

impl GenerationFile {
    /// Makes a file, with its key sealed under the keyring's savepoint key.
    pub(super) fn create(
        directory: &Path,
        began: Timestamp,
        (key, nonce): (&[u8; 32], [u8; NONCE_BYTES]),
        savepoint_key: &[u8; 32],
    ) -> io::Result<Self> {
        let path = path_of(directory, began);
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create_new(true).mode(MODE).open(path)?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        head.extend_from_slice(FIRST_LINE);
        head.extend_from_slice(&seal(key, nonce, savepoint_key)?);
        head.resize(HEAD_BYTES, 0);
        file.write_all(&head)?;
        file.sync_all()?;
        sync_directory(directory)?;
        Ok(Self { began, file })
    }

    pub(super) fn began(&self) -> Timestamp {
        self.began
    }

    /// Appends durably. Behind an error it is unknown what the file holds.
    pub(super) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let mut bytes = Vec::new();
        records.iter().for_each(|record| record.write(&mut bytes));
        self.file.write_all(&bytes)?;
        self.file.sync_data()
    }
}

/// All generations of a directory, ascending. One whose key does not open is not there: it was made
/// under a keyring that is another now.
pub(super) fn read_all(directory: &Path, key: &SavepointKey) -> io::Result<Vec<ReadGeneration>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let began = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse().ok());
        if let Some(began) = began.filter(|_| entry.file_type().is_ok_and(|it| it.is_file())) {
            found.push((Timestamp::from_micros(began), entry.path()));
        }
    }
    found.sort();
    let mut generations = Vec::new();
    for (began, path) in found {
        let mut bytes = Vec::new();
        File::open(&path)?.take(FILE_LIMIT_BYTES).read_to_end(&mut bytes)?;
        generations.extend(read(path, began, &bytes, key));
    }
    Ok(generations)
}

fn read(
    path: PathBuf,
    began: Timestamp,
    bytes: &[u8],
    savepoint_key: &SavepointKey,
) -> Option<ReadGeneration> {
    let (slots, mut rest) =
        bytes.strip_prefix(FIRST_LINE)?.split_first_chunk::<{ 2 * SLOT_BYTES }>()?;
    let (_, key) = open(slots, savepoint_key.as_bytes())?;
    let mut records = Vec::new();
    while let Some((record, length)) = Record::read(rest) {
        records.push(record);
        rest = &rest[length..];
    }
    Some(ReadGeneration { path, began, key, records, unread_bytes: rest.len() })
}

/// Seals a generation's key.
fn seal(key: &[u8; 32], nonce: [u8; NONCE_BYTES], savepoint_key: &[u8; 32]) -> io::Result<Vec<u8>> {
    let mut sealed = Zeroizing::new(*key);
    let tag = cipher(savepoint_key)
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), FIRST_LINE, sealed.as_mut_slice())
        .map_err(|_| io::Error::other("a key of 32 bytes could not be sealed"))?;
    Ok([&nonce[..], &sealed[..], &tag].concat())
}

/// Opens whichever of both slots the key opens, and says which one it was.
fn open(
    slots: &[u8; 2 * SLOT_BYTES],
    savepoint_key: &[u8; 32],
) -> Option<(usize, Zeroizing<[u8; 32]>)> {
    slots.chunks_exact(SLOT_BYTES).enumerate().find_map(|(number, slot)| {
        let (nonce, rest) = slot.split_first_chunk::<NONCE_BYTES>()?;
        let (sealed, tag) = rest.split_first_chunk::<32>()?;
        let mut key = Zeroizing::new(*sealed);
        cipher(savepoint_key)
            .decrypt_in_place_detached(
                XNonce::from_slice(nonce),
                FIRST_LINE,
                key.as_mut_slice(),
                tag.into(),
            )
            .ok()?;
        Some((number, key))
    })
}

/// Seals a generation's key under the savepoint key to come, too, in the slot that the one in force
/// does not open.
pub(super) fn reseal(
    directory: &Path,
    began: Timestamp,
    (nonce, savepoint_key): ([u8; NONCE_BYTES], &[u8; 32]),
    fresh_savepoint_key: &[u8; 32],
) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path_of(directory, began))?;
    let mut slots = [0; 2 * SLOT_BYTES];
    let at = FIRST_LINE.len() as u64;
    file.read_exact_at(&mut slots, at)?;
    let (number, key) = open(&slots, savepoint_key)
        .ok_or_else(|| io::Error::other("the key of idempotency records does not open"))?;
    let slot = seal(&key, nonce, fresh_savepoint_key)?;
    let other = if number == 0 { SLOT_BYTES as u64 } else { 0 };
    file.write_all_at(&slot, at + other)?;
    file.sync_data()
}

/// Deletes a generation's file.
pub(super) fn remove(directory: &Path, began: Timestamp) -> io::Result<()> {
    match fs::remove_file(path_of(directory, began)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => sync_directory(directory),
    }
}
