//! Savepoint files: what a ledger knew at one size of its log, sealed, in the directory
//! `savepoints`.
//!
//! Nothing rests on them: the log says everything that they say, and each may be deleted at any
//! time. What they hold is opaque here. They hold personal values in the clear under their seal, so
//! the key is the keyring's savepoint key, which every erasure replaces.
//!
//! # The bytes
//!
//! ```text
//! "rollbook savepoint 2" and a line feed
//! LP(version) ‖ layout (4) ‖ LP(log) ‖ size (8) ‖ E of the last entry (32)
//! nonce (24) ‖ for each of the two parts its length (8)
//! checksum of everything before (32)
//! for each part: ciphertext ‖ tag (16) ‖ checksum of both (32)
//! ```
//!
//! A part is sealed with XChaCha20-Poly1305 under the nonce with the part's number added to its
//! last byte, bound to everything before the first checksum. Two parts, so that two cores can read,
//! check, open and decode a large one side by side. The checksums tell a damaged file from one that
//! was sealed under another key.

use super::keyring::SavepointKey;
use crate::words::hash::checksum;
use crate::words::{ChainHash, Origin};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest file that is read: ten times what a ledger of 10 million entries needs.
pub const LIMIT_BYTES: u64 = 8 * 1024 * 1024 * 1024;

/// How many are kept: the newest, and the one before it for the case that the newest is damaged.
pub const KEPT: usize = 2;

const FIRST_LINE: &[u8] = b"rollbook savepoint 2\n";
const EXTENSION: &str = "savepoint";
const UNFINISHED: &str = "savepoint.unfinished";
/// How many parts a content has.
pub const PARTS: usize = 2;

/// More than everything before the parts takes: the longest version and origin have 255 bytes.
const HEAD_LIMIT_BYTES: u64 = 4096;

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 32;

/// What stands before the seal, and is bound into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The version of Rollbook whose folds made the content.
    pub version: String,
    /// The number of the content's layout.
    pub layout: u32,
    /// The ledger.
    pub log: Origin,
    /// How many entries it holds.
    pub size: u64,
    /// The hash of the last of them.
    pub entry: ChainHash,
}

/// Why a file holds nothing that can be used.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum FileFault {
    /// The system did not let it be read.
    #[error("it cannot be read: {0}")]
    Io(String),
    /// Longer than any that is written.
    #[error("it has {0} bytes, more than the {LIMIT_BYTES} that one may have")]
    TooLong(u64),
    /// It does not begin as one does.
    #[error("it is not a savepoint of format 2")]
    Format,
    /// It was cut, or bytes in it were changed.
    #[error("it is damaged: its checksum is another")]
    Damaged,
    /// Its bytes are whole, and what they say is not in the form that is written.
    #[error("it is whole, but not in the form that is written")]
    Form,
    /// Its bytes are whole, and the keyring's savepoint key does not open them.
    #[error("it was sealed under another key, as every savepoint is from before an erasure")]
    Key,
}

/// A savepoint could not be written. Whatever was there before still is.
#[derive(Debug, Error)]
#[error("cannot {action} {path}: {source}; opening replays more of the log instead")]
pub struct WriteError {
    /// What was tried.
    action: &'static str,
    /// The file or directory.
    path: PathBuf,
    /// What the system said.
    source: io::Error,
}

/// A file whose head was read; its parts are still sealed.
#[derive(Debug)]
pub struct Sealed {
    mark: Mark,
    file: File,
    nonce: [u8; NONCE_BYTES],
    /// What the parts are bound to.
    bound: Vec<u8>,
    /// Where each part begins in the file, and how long it is without its seal.
    parts: [(u64, usize); PARTS],
}

/// The savepoints of one data directory.
#[derive(Debug, Clone)]
pub struct Savepoints {
    directory: PathBuf,
}

impl Savepoints {
    /// Those of a data directory. The caller holds its lock.
    pub fn of(data: &Path) -> Self {
        Self { directory: data.join("savepoints") }
    }

    /// The file of a size.
    pub fn path(&self, size: u64) -> PathBuf {
        self.directory.join(format!("{size:020}.{EXTENSION}"))
    }

    /// The sizes that there are files of, the largest first. A directory that is missing or cannot
    /// be read has none.
    pub fn sizes(&self) -> Vec<u64> {
        let Ok(found) = fs::read_dir(&self.directory) else { return Vec::new() };
        let names = found.filter_map(|file| file.ok()?.file_name().into_string().ok());
        let mut sizes: Vec<u64> = names.filter_map(|name| size_of(&name)).collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        sizes
    }

    /// Reads the file of a size, up to its seals.
    pub fn read(&self, size: u64) -> Result<Sealed, FileFault> {
        let file = File::open(self.path(size)).map_err(io_fault)?;
        let length_bytes = file.metadata().map_err(io_fault)?.len();
        if length_bytes > LIMIT_BYTES {
            return Err(FileFault::TooLong(length_bytes));
        }
        let sealed = Sealed::read(file, length_bytes)?;
        if sealed.mark.size == size { Ok(sealed) } else { Err(FileFault::Form) }
    }

    /// Seals a content's parts and puts them in force, then removes every file but this and the
    /// newest of a smaller size. The nonce must be fresh random bytes.
    pub fn write(
        &self,
        mark: &Mark,
        key: &SavepointKey,
        nonce: [u8; NONCE_BYTES],
        parts: [&[u8]; PARTS],
    ) -> Result<(), WriteError> {
        let bytes = seal(mark, key, nonce, parts);
        let at = |action, path: &Path| {
            let path = path.to_owned();
            move |source| WriteError { action, path, source }
        };
        if !self.directory.is_dir() {
            fs::create_dir_all(&self.directory).map_err(at("make", &self.directory))?;
            let data = self.directory.parent().unwrap_or(&self.directory);
            synchronize(data).map_err(at("synchronize", data))?;
        }
        let unfinished = self.directory.join(UNFINISHED);
        let mut file = File::create(&unfinished).map_err(at("make", &unfinished))?;
        file.write_all(&bytes).map_err(at("write", &unfinished))?;
        file.sync_all().map_err(at("synchronize", &unfinished))?;
        let path = self.path(mark.size);
        fs::rename(&unfinished, &path).map_err(at("put in force", &path))?;
        synchronize(&self.directory).map_err(at("synchronize", &self.directory))?;
        self.clear(mark.size).map_err(at("remove older files from", &self.directory))
    }

    /// Removes every file, for good: they hold what was erased since, under a key that is gone.
    pub fn remove_all(&self) -> io::Result<()> {
        if !self.directory.is_dir() {
            return Ok(());
        }
        for file in fs::read_dir(&self.directory)? {
            let file = file?;
            let name = file.file_name();
            if name.to_str().is_some_and(|name| size_of(name).is_some() || name == UNFINISHED) {
                fs::remove_file(file.path())?;
            }
        }
        synchronize(&self.directory)
    }

    /// Larger sizes go too: they are of a log that went further than the one at hand.
    fn clear(&self, newest: u64) -> io::Result<()> {
        let sizes = self.sizes();
        let kept: Vec<u64> = sizes.into_iter().filter(|size| *size <= newest).take(KEPT).collect();
        for file in fs::read_dir(&self.directory)? {
            let file = file?;
            let size = file.file_name().to_str().and_then(size_of);
            if size.is_some_and(|size| !kept.contains(&size)) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

fn size_of(name: &str) -> Option<u64> {
    let size = name.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    (size.len() == 20 && size.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| size.parse().ok())?
}

fn synchronize(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

fn cipher(key: &SavepointKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.as_bytes().into())
}

/// The buffer is as long as it will be from the start, and what is sealed is sealed in its place: a
/// buffer that grows leaves copies of values behind in freed memory.
fn seal(
    mark: &Mark,
    key: &SavepointKey,
    nonce: [u8; NONCE_BYTES],
    parts: [&[u8]; PARTS],
) -> Vec<u8> {
    let mut bound = mark.write();
    bound.extend_from_slice(&nonce);
    for part in parts {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
    }
    let sealed: usize = parts.iter().map(|part| part.len() + TAG_BYTES + CHECKSUM_BYTES).sum();
    let mut bytes = Vec::with_capacity(bound.len() + CHECKSUM_BYTES + sealed);
    bytes.extend_from_slice(&bound);
    bytes.extend_from_slice(&checksum(&bound));
    for (number, part) in (0..).zip(parts) {
        let begin = bytes.len();
        bytes.extend_from_slice(part);
        let nonce = nonce_of(nonce, number);
        let tag = cipher(key)
            .encrypt_in_place_detached(XNonce::from_slice(&nonce), &bound, &mut bytes[begin..])
            .expect("a ledger's memory is far smaller than the cipher's 256 GiB");
        bytes.extend_from_slice(&tag);
        let sum = checksum(&bytes[begin..]);
        bytes.extend_from_slice(&sum);
    }
    bytes
}

/// Parts of one file never share a nonce.
fn nonce_of(mut nonce: [u8; NONCE_BYTES], part: u8) -> [u8; NONCE_BYTES] {
    nonce[NONCE_BYTES - 1] = nonce[NONCE_BYTES - 1].wrapping_add(part);
    nonce
}

fn io_fault(error: io::Error) -> FileFault {
    FileFault::Io(error.to_string())
}

impl Sealed {
    fn read(file: File, length_bytes: u64) -> Result<Self, FileFault> {
        let wanted = usize::try_from(length_bytes.min(HEAD_LIMIT_BYTES)).unwrap_or(0);
        let mut head = vec![0; wanted];
        file.read_exact_at(&mut head, 0).map_err(io_fault)?;
        if !head.starts_with(FIRST_LINE) {
            return Err(FileFault::Format);
        }
        let (mark, behind) = Mark::read(&head[FIRST_LINE.len()..]).ok_or(FileFault::Damaged)?;
        let mut rest = behind;
        let nonce = take(&mut rest).ok_or(FileFault::Damaged)?;
        let mut lengths = [0; PARTS];
        for length in &mut lengths {
            *length = u64::from_be_bytes(take(&mut rest).ok_or(FileFault::Damaged)?);
        }
        let bound = head[..head.len() - rest.len()].to_vec();
        if take(&mut rest) != Some(checksum(&bound)) {
            return Err(FileFault::Damaged);
        }
        let mut offset = (bound.len() + CHECKSUM_BYTES) as u64;
        let mut parts = [(0, 0); PARTS];
        for (part, length) in parts.iter_mut().zip(lengths) {
            *part = (offset, usize::try_from(length).map_err(|_| FileFault::Damaged)?);
            let end = offset
                .checked_add(length)
                .and_then(|end| end.checked_add((TAG_BYTES + CHECKSUM_BYTES) as u64));
            offset = end.ok_or(FileFault::Damaged)?;
        }
        if offset != length_bytes {
            return Err(FileFault::Damaged);
        }
        Ok(Self { mark, file, nonce, bound, parts })
    }

    /// What stands before the seals. Whether it is true, only opening tells.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Opens a part; it is wiped from memory when dropped.
    pub fn open(&self, part: usize, key: &SavepointKey) -> Result<Zeroizing<Vec<u8>>, FileFault> {
        let (offset, length) = self.parts[part];
        let mut bytes = Zeroizing::new(vec![0; length + TAG_BYTES + CHECKSUM_BYTES]);
        self.file.read_exact_at(&mut bytes, offset).map_err(io_fault)?;
        let (sealed, sum) = bytes.split_at_mut(length + TAG_BYTES);
        if checksum(sealed) != *sum {
            return Err(FileFault::Damaged);
        }
        let (content, tag) = sealed.split_at_mut(length);
        let nonce = nonce_of(self.nonce, u8::try_from(part).unwrap_or(u8::MAX));
        let (nonce, tag) = (XNonce::from_slice(&nonce), (&*tag).into());
        cipher(key)
            .decrypt_in_place_detached(nonce, &self.bound, content, tag)
            .map_err(|_| FileFault::Key)?;
        bytes.truncate(length);
        Ok(bytes)
    }
}

impl Mark {
    fn write(&self) -> Vec<u8> {
        let mut bytes = FIRST_LINE.to_vec();
        put(&mut bytes, self.version.as_bytes());
        bytes.extend_from_slice(&self.layout.to_be_bytes());
        put(&mut bytes, self.log.as_str().as_bytes());
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(self.entry.as_bytes());
        bytes
    }

    /// Reads a mark, and answers what stands behind it.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut rest = bytes;
        let version = std::str::from_utf8(take_part(&mut rest)?).ok()?.to_owned();
        let layout = u32::from_be_bytes(take(&mut rest)?);
        let log = Origin::parse(std::str::from_utf8(take_part(&mut rest)?).ok()?).ok()?;
        let size = u64::from_be_bytes(take(&mut rest)?);
        let entry = ChainHash::from_bytes(take(&mut rest)?);
        Some((Self { version, layout, log, size, entry }, rest))
    }
}

/// Puts LP(part).
fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    let length = u32::try_from(part.len()).expect("versions and origins are short");
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(part);
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (part, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*part)
}

/// Takes LP(part) from the front.
fn take_part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_be_bytes(take(rest)?) as usize;
    let (part, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}
