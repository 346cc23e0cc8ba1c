//! The secret from which the keys that sign checkpoints derive.

use crate::words::hash::{Drawn, checksum, log_key_seed, read_base64, write_base64};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use zeroize::Zeroizing;

const BEGINS: &str = "rollbook log key 1\n";

/// Only the owner reads and writes.
const MODE: u32 = 0o600;

/// The master secret of a ledger's log keys.
pub struct LogKey(Zeroizing<[u8; 32]>);

/// Why the secret cannot be used.
#[derive(Debug, Error)]
pub enum LogKeyError {
    /// An error of the operating system.
    #[error("the log key {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Its bytes are not what was written.
    #[error("the log key {path} is damaged: put back a copy of it")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// It is gone, and with it the keys that others trust.
    #[error(
        "the log key {path} is missing, although checkpoints were signed: put back a copy of it. A \
         fresh key would be another log to whoever trusts the lost one"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
}

/// Where the secret stands in a data directory.
pub fn log_key_path(directory: &Path) -> PathBuf {
    directory.join("log-key")
}

impl LogKey {
    /// Reads the secret of a data directory; makes a fresh one where there is none and nothing was
    /// signed yet.
    pub fn open(
        directory: &Path,
        drawn: &mut Drawn,
        was_signed: bool,
    ) -> Result<Self, LogKeyError> {
        let path = log_key_path(directory);
        let at = |source| LogKeyError::Io { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                read(&text).map(Self).ok_or_else(|| LogKeyError::Damaged { path: path.clone() })
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(error)),
            Err(_) if was_signed => Err(LogKeyError::Missing { path }),
            Err(_) => {
                let secret = Zeroizing::new(drawn.bytes());
                create(&path, &secret).map_err(at)?;
                Ok(Self(secret))
            }
        }
    }

    /// The seed of the key that signs the checkpoints of an origin behind so many rotations.
    pub fn seed(&self, origin: &str, rotation: u32) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(log_key_seed(&self.0, origin, rotation))
    }
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogKey(secret)")
    }
}

fn read(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let (secret, sum) = text.strip_prefix(BEGINS)?.strip_suffix('\n')?.split_once('\n')?;
    let secret = Zeroizing::new(read_base64(secret)?);
    (write_base64(&checksum(&*secret)) == sum).then_some(secret)
}

/// Whole or not at all, and durable.
fn create(path: &Path, secret: &[u8; 32]) -> io::Result<()> {
    let sum = write_base64(&checksum(secret));
    let text = Zeroizing::new(format!("{BEGINS}{}\n{sum}\n", write_base64(secret)));
    let beside = path.with_extension("next");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(MODE).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
