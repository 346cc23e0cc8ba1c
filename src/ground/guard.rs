//! The sign guard: the last size and root that may have been signed, in a file outside the data
//! directory and in none of its copies.
//!
//! It is durable before any signature leaves. So a data directory that was taken back to an older
//! state meets a guard that is ahead of it, and nothing is signed that contradicts what others
//! hold.

use crate::proof::Checkpoint;
use crate::words::TreeHash;
use crate::words::hash::{checksum, write_base64};
use std::fs::{self, File, OpenOptions};
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
    /// Reads a guard; where there is none, nothing was signed. A file that is made here stands in a
    /// folder that exists.
    pub fn open(path: &Path, origin: &str) -> Result<Self, GuardError> {
        let at = |source| GuardError::Io { path: path.to_owned(), source };
        let last = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Checkpoint { origin: origin.to_owned(), size: 0, root: TreeHash::empty() }
            }
            Ok(metadata) if metadata.len() > LIMIT_BYTES => {
                return Err(GuardError::Damaged { path: path.to_owned() });
            }
            found => {
                found.map_err(at)?;
                let bytes = fs::read(path).map_err(at)?;
                read(&bytes).ok_or_else(|| GuardError::Damaged { path: path.to_owned() })?
            }
        };
        Ok(Self { path: path.to_owned(), last })
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
            self.write(next)
                .map_err(|source| GuardError::Io { path: self.path.clone(), source })?;
            self.last = next.clone();
        }
        Ok(())
    }

    fn write(&self, next: &Checkpoint) -> io::Result<()> {
        let text = format!("{BEGINS}{next}");
        let text = format!("{text}{}\n", write_base64(&checksum(text.as_bytes())));
        let mut beside = self.path.clone().into_os_string();
        beside.push(".next");
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(MODE).open(&beside);
        let mut file = file?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
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
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("guard");
        let mut guard = Guard::open(&path, "ledger.example").unwrap();
        assert_eq!(guard.last().size, 0);
        let next =
            Checkpoint { origin: "ledger.example".to_owned(), size: 7, root: TreeHash::leaf(b"7") };
        guard.advance(&next).unwrap();
        assert_eq!(*Guard::open(&path, "ledger.example").unwrap().last(), next);
        let bytes = fs::read(&path).unwrap();
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            fs::write(&path, &altered).unwrap();
            assert!(Guard::open(&path, "ledger.example").is_err(), "byte {place}");
            fs::write(&path, &bytes[..place]).unwrap();
            assert!(Guard::open(&path, "ledger.example").is_err(), "cut at {place}");
        }
    }
}
