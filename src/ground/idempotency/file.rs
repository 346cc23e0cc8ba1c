//! One generation's file: its head, which holds the key of its digests, and what is appended.

use super::record::Record;
use crate::ground::journal::segment::sync_directory;
use crate::ground::keyring::SavepointKey;
use crate::words::Timestamp;
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const PREFIX: &str = "idempotency-";
const FIRST_LINE: &[u8] = b"rollbook idempotency 1\n";
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = FIRST_LINE.len() + NONCE_BYTES + 32 + TAG_BYTES;

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
        let mut sealed = *key;
        let tag = cipher(savepoint_key)
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), FIRST_LINE, &mut sealed)
            .map_err(|_| io::Error::other("a key of 32 bytes could not be sealed"))?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        head.extend_from_slice(FIRST_LINE);
        head.extend_from_slice(&nonce);
        head.extend_from_slice(&sealed);
        head.extend_from_slice(&tag);
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
    let (nonce, rest) = bytes.strip_prefix(FIRST_LINE)?.split_first_chunk::<NONCE_BYTES>()?;
    let (sealed, rest) = rest.split_first_chunk::<32>()?;
    let (tag, mut rest) = rest.split_first_chunk::<TAG_BYTES>()?;
    let mut key = Zeroizing::new(*sealed);
    cipher(savepoint_key.as_bytes())
        .decrypt_in_place_detached(
            XNonce::from_slice(nonce),
            FIRST_LINE,
            key.as_mut_slice(),
            tag.into(),
        )
        .ok()?;
    let mut records = Vec::new();
    while let Some((record, length)) = Record::read(rest) {
        records.push(record);
        rest = &rest[length..];
    }
    Some(ReadGeneration { path, began, key, records, unread_bytes: rest.len() })
}

/// Deletes a generation's file.
pub(super) fn remove(directory: &Path, began: Timestamp) -> io::Result<()> {
    match fs::remove_file(path_of(directory, began)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => sync_directory(directory),
    }
}
