//! The data directory: one process at a time, one format.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use thiserror::Error;

/// The format that this version writes, and the only one it reads.
pub const FORMAT: u32 = 1;

const FORMAT_FILE: &str = "FORMAT";
/// Becomes the FORMAT file. While it stands there instead, nothing was ever promised of the rest.
const UNFINISHED_FILE: &str = "FORMAT.unfinished";
const LOCK_FILE: &str = "LOCK";
const FORMAT_WORDS: &str = "rollbook data directory, format ";

/// What the process's mask leaves of it.
pub(crate) const ANYBODY: u32 = 0o777;

/// A process that is just ending, or that is starting another one, holds the lock a moment longer
/// than it means to.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
const LOCK_PAUSES: u32 = 150;

/// A data directory that this process alone may use, for as long as the value lives.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    _lock: File,
}

/// Why a data directory cannot be used.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// Another process has it open.
    #[error("{path} is in use by another process: stop that one first, or ask it instead")]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// Nothing was initialized there.
    #[error("{path} is not a Rollbook data directory (it has no FORMAT file): run `rollbook init`")]
    NotInitialized {
        /// The directory.
        path: PathBuf,
    },
    /// A ledger is there already, or something else.
    #[error("{path} is not empty: a ledger is made in a directory of its own")]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
    /// A later version of Rollbook wrote it.
    #[error("{path} has format {found}, this version reads format {FORMAT}: use a newer Rollbook")]
    NewerFormat {
        /// The directory.
        path: PathBuf,
        /// The number in its FORMAT file.
        found: u32,
    },
    /// The FORMAT file is not one.
    #[error("{path} does not hold a format number: expected \"{FORMAT_WORDS}{FORMAT}\"")]
    UnreadableFormat {
        /// The file.
        path: PathBuf,
    },
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> DirectoryError + '_ {
    |source| DirectoryError::Io { path: path.to_owned(), source }
}

/// Makes a folder and whatever is missing above it, with names that outlast a power cut. An
/// existing one is left with the permissions it has.
pub fn make(path: &Path, mode: u32) -> io::Result<()> {
    let above = path.parent().unwrap_or(path);
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    if !above.is_dir() {
        make(above, ANYBODY)?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    match File::open(above) {
        // Whoever may not look into it did not make anything there, just now or before.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        opened => opened?.sync_all(),
    }
}

/// What has to be removed from a directory so that a ledger can be made in it; that it holds
/// anything else is an error.
fn free_for_a_ledger(path: &Path) -> Result<Vec<PathBuf>, DirectoryError> {
    let items = fs::read_dir(path).map_err(io_at(path))?;
    let items = items.map(|item| item.map(|item| item.path()));
    let mut items = items.collect::<Result<Vec<_>, _>>().map_err(io_at(path))?;
    items.retain(|item| !item.ends_with(LOCK_FILE));
    let holds = |name: &str| items.iter().any(|item| item.ends_with(name));
    if items.is_empty() || (holds(UNFINISHED_FILE) && !holds(FORMAT_FILE)) {
        items.retain(|item| !item.ends_with(UNFINISHED_FILE));
        return Ok(items);
    }
    Err(DirectoryError::NotEmpty { path: path.to_owned() })
}

impl Directory {
    /// Takes an empty or new directory for a ledger that is about to be made, or one in which the
    /// making of one was interrupted; what that left is removed. It counts as a data directory only
    /// after [`Directory::finish`].
    pub fn create(path: &Path) -> Result<Self, DirectoryError> {
        make(path, ANYBODY).map_err(io_at(path))?;
        free_for_a_ledger(path)?;
        let directory = Self::lock(path)?;
        // Somebody else may have made one until the lock was free.
        for leftover in free_for_a_ledger(path)? {
            let is_folder = leftover.is_dir();
            let removed = if is_folder { fs::remove_dir_all } else { fs::remove_file }(&leftover);
            removed.map_err(io_at(&leftover))?;
        }
        directory.begin()?;
        Ok(directory)
    }

    /// Notes durably that a ledger is being made, before anything else of it stands there.
    fn begin(&self) -> Result<(), DirectoryError> {
        let path = self.path.join(UNFINISHED_FILE);
        let write = || {
            let mut file = File::create(&path)?;
            writeln!(file, "{FORMAT_WORDS}{FORMAT}")?;
            file.sync_all()?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(io_at(&path))
    }

    /// Opens a data directory.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        let file = path.join(FORMAT_FILE);
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DirectoryError::NotInitialized { path: path.to_owned() });
            }
            Err(error) => return Err(io_at(&file)(error)),
        };
        let text = String::from_utf8_lossy(&text);
        match text.trim_end().strip_prefix(FORMAT_WORDS).and_then(|n| n.parse::<u32>().ok()) {
            Some(FORMAT) => Self::lock(path),
            Some(found) if found > FORMAT => {
                Err(DirectoryError::NewerFormat { path: path.to_owned(), found })
            }
            Some(_) | None => Err(DirectoryError::UnreadableFormat { path: file }),
        }
    }

    /// Marks the directory as a finished data directory. Everything in it is made by then.
    pub fn finish(&self) -> Result<(), DirectoryError> {
        let path = self.path.join(FORMAT_FILE);
        let write = || {
            fs::rename(self.path.join(UNFINISHED_FILE), &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(io_at(&path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn lock(path: &Path) -> Result<Self, DirectoryError> {
        let file = path.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        let lock = options.read(true).write(true).create(true).truncate(false).open(&file);
        let lock = lock.map_err(io_at(&file))?;
        for _ in 0..LOCK_PAUSES {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { path: path.to_owned(), _lock: lock }),
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(io_at(&file)(error)),
            }
        }
        Err(DirectoryError::Locked { path: path.to_owned() })
    }
}
