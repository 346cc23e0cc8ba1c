//! The sign guard: the last size and root that may have been signed, in a file outside the data
//! directory and in none of its copies.
//!
//! It is durable before any signature leaves. So a data directory that was taken back to an older
//! state meets a guard that is ahead of it, and nothing is signed that contradicts what others
//! hold.

use crate::proof::Checkpoint;
use crate::words::TreeHash;
use crate::words::hash::{checksum, write_base64};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

const BEGINS: &str = "rollbook guard 1\n";

/// Only the owner reads and writes.
const MODE: u32 = 0o600;

/// No guard is longer: an origin, a number and two hashes.
const LIMIT_BYTES: u64 = 4096;

/// A guard's file, and what stands in it.
#[derive(Debug)]
pub struct Guard {
    path: PathBuf,
    last: Checkpoint,
    /// Two copies of one ledger that sign behind one guard would be two histories.
    _lock: File,
}

/// Why a guard cannot be used.
#[derive(Debug, Error)]
pub enum GuardError {
    /// An error of the operating system.
    #[error("the guard {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Another process signs behind it.
    #[error("the guard {path} is in use: another process signs behind it. Stop that one first")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It would be taken back together with what it guards.
    #[error(
        "the guard {path} lies in the data directory: an old copy of that would bring an old guard \
         with it. Name a file outside, on another disk if there is one"
    )]
    Inside {
        /// The file.
        path: PathBuf,
    },
    /// It is gone, although something was signed. Nobody knows then what was.
    #[error(
        "the guard {path} is missing, although checkpoints were signed: name the right file. Where it \
         is lost, and no checkpoint held elsewhere is ahead of this ledger, make an empty file there"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Its bytes are not what was written. Nobody knows then what was signed.
    #[error(
        "the guard {path} is damaged: nobody knows what was signed last. If no checkpoint is held \
         elsewhere that is ahead of this ledger, remove the file; else `rollbook restore \
         --accept-rollback`"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Guard {
    /// Reads the guard of a data directory and keeps other processes from it. An empty file says
    /// that nothing was signed; where there is none, one is made in a folder that exists, unless
    /// something `was_signed`.
    pub fn open(
        path: &Path,
        data: &Path,
        origin: &str,
        was_signed: bool,
    ) -> Result<Self, GuardError> {
        let at = |source| GuardError::Io { path: path.to_owned(), source };
        let folder = folder(path).canonicalize().map_err(at)?;
        if folder.starts_with(data.canonicalize().map_err(at)?) {
            return Err(GuardError::Inside { path: path.to_owned() });
        }
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(MODE);
        let lock = lock.open(beside(path, ".lock")).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(GuardError::InUse { path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(at(source)),
        }
        let nothing = Checkpoint { origin: origin.to_owned(), size: 0, root: TreeHash::empty() };
        let last = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if was_signed {
                    return Err(GuardError::Missing { path: path.to_owned() });
                }
                write(path, &nothing).map_err(at)?;
                nothing
            }
            Ok(metadata) if metadata.len() == 0 => nothing,
            Ok(metadata) if metadata.len() > LIMIT_BYTES => {
                return Err(GuardError::Damaged { path: path.to_owned() });
            }
            found => {
                found.map_err(at)?;
                let bytes = fs::read(path).map_err(at)?;
                read(&bytes).ok_or_else(|| GuardError::Damaged { path: path.to_owned() })?
            }
        };
        Ok(Self { path: path.to_owned(), last, _lock: lock })
    }

    /// What may have been signed last.
    pub fn last(&self) -> &Checkpoint {
        &self.last
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down what is about to be signed; durable when it returns.
    pub fn advance(&mut self, next: &Checkpoint) -> Result<(), GuardError> {
        if *next != self.last {
            write(&self.path, next)
                .map_err(|source| GuardError::Io { path: self.path.clone(), source })?;
            self.last = next.clone();
        }
        Ok(())
    }
}

/// Whole or not at all, and durable.
fn write(path: &Path, next: &Checkpoint) -> io::Result<()> {
    let text = format!("{BEGINS}{next}");
    let text = format!("{text}{}\n", write_base64(&checksum(text.as_bytes())));
    let beside = beside(path, ".next");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(MODE).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder(path))?.sync_all()
}

fn beside(path: &Path, ending: &str) -> OsString {
    let mut beside = path.as_os_str().to_owned();
    beside.push(ending);
    beside
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn read(bytes: &[u8]) -> Option<Checkpoint> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (said, sum) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let said = format!("{said}\n");
    if write_base64(&checksum(said.as_bytes())) != sum {
        return None;
    }
    Checkpoint::of(said.strip_prefix(BEGINS)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let (directory, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = directory.path().join("guard");
        let open = || Guard::open(&path, data.path(), "ledger.example", false);
        let mut guard = open().unwrap();
        assert_eq!(guard.last().size, 0);
        assert!(matches!(open(), Err(GuardError::InUse { .. })));
        let next =
            Checkpoint { origin: "ledger.example".to_owned(), size: 7, root: TreeHash::leaf(b"7") };
        guard.advance(&next).unwrap();
        drop(guard);
        assert_eq!(*open().unwrap().last(), next);
        let bytes = fs::read(&path).unwrap();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            fs::write(&path, &altered).unwrap();
            assert!(matches!(open(), Err(GuardError::Damaged { .. })), "byte {place}");
            fs::write(&path, &bytes[..place]).unwrap();
            let cut = matches!(open(), Err(GuardError::Damaged { .. }));
            assert!(cut || place == 0, "cut at {place}");
        }
        fs::write(&path, "").unwrap();
        assert_eq!(open().unwrap().last().size, 0, "an empty one says that nothing was signed");
        fs::remove_file(&path).unwrap();
        let missing = Guard::open(&path, data.path(), "ledger.example", true).unwrap_err();
        assert!(matches!(missing, GuardError::Missing { .. }), "{missing}");
    }

    #[test]
    fn a_guard_lies_outside_whatever_it_guards() {
        let data = tempfile::tempdir().unwrap();
        let beside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(data.path(), beside.path().join("link")).unwrap();
        for inside in [data.path().join("guard"), beside.path().join("link/guard")] {
            let error = Guard::open(&inside, data.path(), "ledger.example", false).unwrap_err();
            assert!(matches!(error, GuardError::Inside { .. }), "{error}");
        }
        let nowhere = beside.path().join("missing/guard");
        assert!(Guard::open(&nowhere, data.path(), "ledger.example", false).is_err());
    }
}
