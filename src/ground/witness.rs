//! What a witness keeps: its key in a file, and for each log the checkpoint that it signed last, in
//! a folder.
//!
//! No signature leaves before what it is under is durable here. Neither file belongs into a backup
//! that is put back: a witness that forgot what it signed would sign a second history.

use super::whole;
use crate::proof::note::NOTE_LIMIT_BYTES;
use crate::proof::{Checkpoint, KeyKind, Note, SigningKey};
use crate::words::hash::{Drawn, checksum, hexadecimal, read_base64, sha256, write_base64};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

const BEGINS: &str = "rollbook witness key 1\n";

/// The longest file of a key: a name of 512 bytes and three short lines.
const KEY_LIMIT_BYTES: u64 = 1024;

/// Why a witness cannot work with its files.
#[derive(Debug, Error)]
pub enum WitnessFileError {
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Another process signs by it.
    #[error("{path} is in use: another witness keeps what it signed there. Stop that one first")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The key's bytes are not what was written.
    #[error("the key {path} is damaged: put back a copy of it, or begin anew under another name")]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// The key is gone, and something was signed by it.
    #[error(
        "the key {path} is missing, although there are checkpoints in the folder of the state: name \
         the right file, or begin with another folder and under another name"
    )]
    KeyMissing {
        /// The file.
        path: PathBuf,
    },
    /// A key is made under a name.
    #[error("there is no key at {path} yet: name the witness with --name, such as w.example/one")]
    Unnamed {
        /// The file.
        path: PathBuf,
    },
    /// The key has another name.
    #[error("the key {path} is that of {found}; a witness keeps its name")]
    OtherName {
        /// The file.
        path: PathBuf,
        /// Its name.
        found: String,
    },
    /// What was signed last is not what was written. Nobody knows then what it was.
    #[error(
        "{path} is damaged, or another key's: nobody knows what was signed last of that log, so nothing \
         is. Begin with another key under another name"
    )]
    State {
        /// The file.
        path: PathBuf,
    },
}

/// A witness's folder, kept from other processes.
#[derive(Debug)]
pub struct WitnessState {
    folder: PathBuf,
    _lock: File,
}

impl WitnessState {
    /// Opens the folder, or makes it.
    pub fn open(folder: &Path) -> Result<Self, WitnessFileError> {
        let at = |source| WitnessFileError::Io { path: folder.to_owned(), source };
        if !folder.is_dir() {
            DirBuilder::new().mode(0o700).create(folder).map_err(at)?;
            let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
            let above = File::open(above.unwrap_or(Path::new(".")));
            above.and_then(|above| above.sync_all()).map_err(at)?;
        }
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600);
        let lock = lock.open(folder.join("lock")).map_err(at)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                Err(WitnessFileError::InUse { path: folder.to_owned() })
            }
            Err(TryLockError::Error(source)) => Err(at(source)),
        }
    }

    /// The witness's key; a fresh one where there is none, nothing was signed, and it has a name.
    pub fn key(
        &self,
        path: &Path,
        name: Option<&str>,
        drawn: &mut Drawn,
    ) -> Result<SigningKey, WitnessFileError> {
        let at = |source| WitnessFileError::Io { path: path.to_owned(), source };
        let damaged = || WitnessFileError::Key { path: path.to_owned() };
        let Some(bytes) = whole::read(path, KEY_LIMIT_BYTES).map_err(at)?.map(Zeroizing::new)
        else {
            if self.has_signed().map_err(at)? {
                return Err(WitnessFileError::KeyMissing { path: path.to_owned() });
            }
            let unnamed = || WitnessFileError::Unnamed { path: path.to_owned() };
            let name = name.ok_or_else(unnamed)?;
            let seed = Zeroizing::new(drawn.bytes());
            let key =
                SigningKey::from_seed(name, KeyKind::Witness, &seed).map_err(|_| unnamed())?;
            let said = Zeroizing::new(format!("{BEGINS}{name}\n{}\n", write_base64(&*seed)));
            let sum = write_base64(&checksum(said.as_bytes()));
            let text = Zeroizing::new(format!("{}{sum}\n", *said));
            whole::replace(path, text.as_bytes()).map_err(at)?;
            return Ok(key);
        };
        let (found, seed) = read_key(&bytes).ok_or_else(damaged)?;
        if name.is_some_and(|name| name != found) {
            return Err(WitnessFileError::OtherName { path: path.to_owned(), found });
        }
        SigningKey::from_seed(&found, KeyKind::Witness, &seed).map_err(|_| damaged())
    }

    fn has_signed(&self) -> io::Result<bool> {
        let mut files = fs::read_dir(&self.folder)?;
        files.try_fold(false, |has, file| Ok(has || file?.file_name() != "lock"))
    }

    /// What was signed last of a log, as its key verifies it; none where nothing was.
    pub fn held(
        &self,
        origin: &str,
        key: &SigningKey,
    ) -> Result<Option<(Checkpoint, Note)>, WitnessFileError> {
        let path = self.path(origin);
        let bytes = whole::read(&path, NOTE_LIMIT_BYTES as u64);
        let bytes = bytes.map_err(|source| WitnessFileError::Io { path: path.clone(), source })?;
        let Some(bytes) = bytes else { return Ok(None) };
        let (checkpoint, note) = Checkpoint::parse(&bytes)
            .ok()
            .filter(|(checkpoint, _)| checkpoint.origin == origin)
            .filter(|(_, note)| {
                note.verify(std::iter::once(key.public())).is_ok_and(|signed| !signed.is_empty())
            })
            .ok_or(WitnessFileError::State { path })?;
        Ok(Some((checkpoint, note)))
    }

    /// Writes down what is about to be signed of a log; durable when it returns.
    pub fn keep(&self, origin: &str, note: &Note) -> Result<(), WitnessFileError> {
        let path = self.path(origin);
        let kept = whole::replace(&path, note.to_string().as_bytes());
        kept.map_err(|source| WitnessFileError::Io { path, source })
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.folder.join(origin_digest(origin))
    }
}

/// By which a log is called in paths: the SHA-256 of its origin.
pub fn origin_digest(origin: &str) -> String {
    hexadecimal(&sha256(origin.as_bytes()))
}

fn read_key(bytes: &[u8]) -> Option<(String, Zeroizing<[u8; 32]>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (said, sum) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let said = Zeroizing::new(format!("{said}\n"));
    if write_base64(&checksum(said.as_bytes())) != sum {
        return None;
    }
    let (name, seed) = said.strip_prefix(BEGINS)?.strip_suffix('\n')?.split_once('\n')?;
    Some((name.to_owned(), Zeroizing::new(read_base64(seed)?)))
}
