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
//! "rollbook savepoint 1" and a line feed
//! LP(version) ‖ layout (4) ‖ LP(log) ‖ size (8) ‖ E of the last entry (32)
//! nonce (24) ‖ ciphertext ‖ tag (16)      XChaCha20-Poly1305, bound to everything before it
//! checksum of everything before (32)
//! ```
//!
//! The checksum tells a damaged file from one that was sealed under another key.

use super::keyring::SavepointKey;
use crate::words::hash::checksum;
use crate::words::{ChainHash, Origin};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest file that is read: ten times what a ledger of 10 million entries needs.
pub const LIMIT_BYTES: u64 = 8 * 1024 * 1024 * 1024;

/// How many are kept: the newest, and the one before it for the case that the newest is damaged.
pub const KEPT: usize = 2;

const FIRST_LINE: &[u8] = b"rollbook savepoint 1\n";
const EXTENSION: &str = "savepoint";
const UNFINISHED: &str = "savepoint.unfinished";
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
    #[error("it is not a savepoint of format 1")]
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

/// A file that was read, with its seal still on it.
#[derive(Debug)]
pub struct Sealed {
    mark: Mark,
    bytes: Vec<u8>,
    /// Where the nonce begins.
    bound_bytes: usize,
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

    /// Reads the file of a size, up to its seal.
    pub fn read(&self, size: u64) -> Result<Sealed, FileFault> {
        let io = |error: io::Error| FileFault::Io(error.to_string());
        let mut file = File::open(self.path(size)).map_err(io)?;
        let length_bytes = file.metadata().map_err(io)?.len();
        if length_bytes > LIMIT_BYTES {
            return Err(FileFault::TooLong(length_bytes));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length_bytes).unwrap_or(0));
        Read::by_ref(&mut file).take(LIMIT_BYTES).read_to_end(&mut bytes).map_err(io)?;
        let sealed = Sealed::read(bytes)?;
        if sealed.mark.size == size { Ok(sealed) } else { Err(FileFault::Form) }
    }

    /// Seals `content` and puts it in force, then removes every file but it and the newest of a
    /// smaller size. The nonce must be fresh random bytes.
    pub fn write(
        &self,
        mark: &Mark,
        key: &SavepointKey,
        nonce: [u8; NONCE_BYTES],
        content: &[u8],
    ) -> Result<(), WriteError> {
        let bytes = seal(mark, key, nonce, content);
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
fn seal(mark: &Mark, key: &SavepointKey, nonce: [u8; NONCE_BYTES], content: &[u8]) -> Vec<u8> {
    let bound = mark.write();
    let length = bound.len() + NONCE_BYTES + content.len() + TAG_BYTES + CHECKSUM_BYTES;
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&bound);
    bytes.extend_from_slice(&nonce);
    let begin = bytes.len();
    bytes.extend_from_slice(content);
    let tag = cipher(key)
        .encrypt_in_place_detached(XNonce::from_slice(&nonce), &bound, &mut bytes[begin..])
        .expect("a ledger's memory is far smaller than the cipher's 256 GiB");
    bytes.extend_from_slice(&tag);
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

impl Sealed {
    fn read(mut bytes: Vec<u8>) -> Result<Self, FileFault> {
        if !bytes.starts_with(FIRST_LINE) {
            return Err(FileFault::Format);
        }
        let (rest, sum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(FileFault::Damaged)?;
        if checksum(rest) != *sum {
            return Err(FileFault::Damaged);
        }
        let length = rest.len();
        let (mark, behind) = Mark::read(&rest[FIRST_LINE.len()..]).ok_or(FileFault::Form)?;
        if behind.len() < NONCE_BYTES + TAG_BYTES {
            return Err(FileFault::Form);
        }
        let bound_bytes = length - behind.len();
        bytes.truncate(length);
        Ok(Self { mark, bytes, bound_bytes })
    }

    /// What stands before the seal. Whether it is true, only opening tells.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// Opens it; the content is wiped from memory when dropped.
    pub fn open(self, key: &SavepointKey) -> Result<Zeroizing<Vec<u8>>, FileFault> {
        let Self { mut bytes, bound_bytes, .. } = self;
        let (bound, rest) = bytes.split_at_mut(bound_bytes);
        let (nonce, rest) = rest.split_at_mut(NONCE_BYTES);
        let (content, tag) = rest.split_at_mut(rest.len() - TAG_BYTES);
        cipher(key)
            .decrypt_in_place_detached(XNonce::from_slice(nonce), bound, content, (&*tag).into())
            .map_err(|_| FileFault::Key)?;
        let (begin, end) = (bound_bytes + NONCE_BYTES, bytes.len() - TAG_BYTES);
        let mut bytes = Zeroizing::new(bytes);
        bytes.truncate(end);
        bytes.drain(..begin);
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
