//! A ledger from a copy of one: verified before it is put in its place.

use super::ledger::{keyring_path, shown_guard};
use super::machine::Machine;
use super::verify::{self, Report, VerifyError};
use super::{Answer, Ledger, OpenError, SubmitError};
use crate::facts::Actor;
use crate::ground::backup::{self, BackupError, Stated, copy_secret};
use crate::ground::directory::{Directory, DirectoryError};
use crate::ground::embedded::Options;
use crate::ground::guard::GuardError;
use crate::ground::journal::frames::JournalFrames;
use crate::ground::journal::survey::Survey;
use crate::ground::keyring::Unlock;
use crate::ground::log::LogError;
use crate::ground::log_key::log_key_path;
use crate::house::publishing::PublishError;
use crate::law::command::PublicationWish;
use crate::law::{Action, Command};
use crate::proof::checkpoint::ledger_origin;
use crate::words::{Origin, Reason};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a copy was not put in place. Nothing stands there then.
#[derive(Debug, Error)]
pub enum RestoreError {
    /// The copy cannot be used.
    #[error(transparent)]
    Copy(#[from] BackupError),
    /// It holds no journal of any ledger.
    #[error("{path} holds no copy of a ledger: its journal has no readable segment")]
    Nothing {
        /// The copy.
        path: PathBuf,
    },
    /// What was copied does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What was copied cannot be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// What was copied is not whole.
    #[error("the copy is not whole: {0} findings; `rollbook verify` on a copy of it names them")]
    NotWhole(u64),
    /// The guard cannot be used.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// That it continues from an old copy could not be recorded.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The place is taken.
    #[error("{path} is there already: a ledger is never put in another one's place")]
    Taken {
        /// The place.
        path: PathBuf,
    },
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
}

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> RestoreError + '_ {
    |source| RestoreError::Io { path: path.to_owned(), source }
}

/// Where everything comes from, and where the ledger is to stand.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The copy: a directory with a journal.
    pub from: &'a Path,
    /// A copy of the keyring.
    pub keyring: &'a Path,
    /// A copy of the log key; without it a ledger whose checkpoints others trust cannot sign.
    pub log_key: Option<&'a Path>,
    /// The data directory to be.
    pub into: &'a Path,
}

/// A ledger that was copied and opens, and is not in its place yet.
pub struct Staged {
    ledger: Ledger,
    path: PathBuf,
    into: PathBuf,
    unlock: Unlock,
    /// Where the copy ends; and whether it said so itself.
    pub stated: (Stated, bool),
}

impl Staged {
    /// Copies everything beside its place, and opens it: every entry is read and replayed.
    pub fn new(sources: &Sources<'_>, machine: Machine) -> Result<Self, RestoreError> {
        let into = sources.into.to_owned();
        let is_free = fs::read_dir(&into).map_or(true, |mut items| items.next().is_none());
        if !is_free || into.is_file() {
            return Err(RestoreError::Taken { path: into });
        }
        let path = beside(&into);
        // What an earlier try left that was interrupted.
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_at(&path)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let stated = copied(sources.from, &path)?;
        copy_secret(sources.keyring, &keyring_path(&path))?;
        if let Some(log_key) = sources.log_key {
            copy_secret(log_key, &log_key_path(&path))?;
        }
        let unlock = machine.unlock.clone();
        let ledger = Ledger::open(&path, machine)?;
        Ok(Self { ledger, path, into, unlock, stated })
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Where it stands until it is put in its place.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records that the ledger continues from an old copy, although a guard knows that more was
    /// signed: from there on it signs under another name. None where the guard is not ahead.
    ///
    /// The guard itself moves when the ledger first signs: until then nothing is different from
    /// before, whatever happens in between.
    pub fn accept_rollback(
        &self,
        guard: &Path,
        actor: Actor,
        reason: Reason,
    ) -> Result<Option<Answer>, RestoreError> {
        let held = self.ledger.hold_against(guard);
        match held {
            Ok(()) => return Ok(None),
            Err(PublishError::Rollback { .. } | PublishError::Fork { .. }) => {}
            Err(PublishError::Foreign { .. }) => {}
            Err(other) => return Err(other.into()),
        }
        let signed = shown_guard(&self.ledger, guard)?;
        let restored = restored_of(&signed.origin, self.ledger.origin()).ok_or_else(|| {
            let expected = self.ledger.origin().to_string();
            PublishError::Foreign { found: signed.origin.clone(), expected }
        })?;
        let (guarded_size, guarded_root) = (signed.size, signed.root);
        let wish = PublicationWish::Restore { guarded_size, guarded_root, restored };
        let command = Command::new(actor, Some(reason), Action::Publication(wish));
        Ok(Some(self.ledger.submit(command)))
    }

    /// Verifies everything once more from the stored bytes, and puts it in its place.
    pub fn put(self) -> Result<Report, RestoreError> {
        let Self { ledger, path, into, unlock, .. } = self;
        ledger.close().map_err(OpenError::Read)?;
        drop(ledger);
        let report = verify::verify_by(&path, Options::STANDARD.sled_cache_bytes, &unlock)?;
        if !report.is_whole() {
            let findings = report.journal.findings_total + report.sled.findings_total;
            return Err(RestoreError::NotWhole(findings));
        }
        // An empty directory gives way.
        fs::rename(&path, &into).map_err(io_at(&into))?;
        let above = into.parent().filter(|above| !above.as_os_str().is_empty());
        let above = above.unwrap_or(Path::new("."));
        fs::File::open(above).and_then(|above| above.sync_all()).map_err(io_at(above))?;
        Ok(report)
    }
}

fn beside(into: &Path) -> PathBuf {
    let mut beside = into.as_os_str().to_owned();
    beside.push(".restoring");
    PathBuf::from(beside)
}

/// Copies a journal frame by frame; where it ends, and whether the copy said so itself.
fn copied(from: &Path, to: &Path) -> Result<(Stated, bool), RestoreError> {
    // A copy that a process has open is not one that stands still.
    let _held = Directory::open(from).map_err(BackupError::Directory)?;
    let journal = from.join("journal");
    let stated = Stated::of(from)?;
    let nothing = || RestoreError::Nothing { path: from.to_owned() };
    let (origin, until) = match &stated {
        Some(stated) => (stated.origin.clone(), stated.head.slot),
        None => {
            // A batch that was being written when the copy was made stands in part at its end.
            let survey = Survey::of(&journal).map_err(BackupError::Log)?;
            let origin = survey.origin().cloned().ok_or_else(nothing)?;
            (origin, survey.slots())
        }
    };
    let said = stated.is_some();
    let frames = JournalFrames::open(&journal, &origin, until).map_err(BackupError::Log)?;
    let (directory, stated) = backup::copy(frames, (&origin, stated), to)?;
    drop(directory);
    Ok((stated, said))
}

/// How often a ledger had been taken back when something was signed under an origin.
fn restored_of(origin: &str, log: &Origin) -> Option<u32> {
    let rest = origin.strip_prefix(log.as_str())?;
    let restored = if rest.is_empty() { 0 } else { rest.strip_prefix("/r")?.parse().ok()? };
    (ledger_origin(log, restored) == origin).then_some(restored)
}

/// What cannot be used of a guard that is only looked at.
impl From<GuardError> for RestoreError {
    fn from(error: GuardError) -> Self {
        Self::Publish(error.into())
    }
}

/// What cannot be used of a directory.
impl From<DirectoryError> for RestoreError {
    fn from(error: DirectoryError) -> Self {
        Self::Copy(error.into())
    }
}

/// What cannot be read of a log.
impl From<LogError> for RestoreError {
    fn from(error: LogError) -> Self {
        Self::Copy(error.into())
    }
}
