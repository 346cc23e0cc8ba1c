//! The passes: what lets somebody in for a while and is not history. Sessions, one-time links, and
//! which one-time codes were used.
//!
//! The log never names a session. Whether a pass is still good is for the house to say, which knows
//! what happened to the user since; here it is kept until it ends or expires. A lost file costs
//! everybody one sign-in and nothing else, so damage is not mended: the file is put aside and begun
//! anew.
//!
//! The file `passes` (`passes/record.rs`) is appended to and synced before a pass is handed out,
//! and before an ended one is called ended. It is written anew, holding only what is valid, at
//! each opening and when it has grown past twice what its passes take. It holds no token, no
//! address and nothing personal in clear; users stand in it by their identifiers until what they
//! had has ended and it was written anew ([`Passes::compact`] does so at once).

mod file;
mod pass;
mod record;
mod seal;
mod table;

pub use pass::{DETAIL_LIMIT_BYTES, Digest, Kind, Pass};
pub use seal::{SEAL_BYTES, seal, unseal};

use crate::words::{Timestamp, UserId};
use file::PassFile;
use record::Record;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use table::Table;
use thiserror::Error;

/// How many uses are written with one ending or issuing: their hours are worth no write of their
/// own.
const USES_A_WRITE: usize = 256;

const HOUR_MICROS: i64 = 3600 * 1_000_000;

/// All passes of a deployment. Finding one waits for no disk; whatever changes them is done one
/// after the other, each waiting for its fdatasync.
pub struct Passes {
    /// Locked first, and held over a whole change.
    file: Mutex<PassFile>,
    table: RwLock<Table>,
}

/// What was not as it should be at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A write was interrupted before it was acknowledged.
    Cut {
        /// The file.
        path: PathBuf,
        /// What was left of it.
        bytes: usize,
    },
    /// The file was damaged.
    SetAside {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// The name it is kept by.
        kept: PathBuf,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { path, bytes } => write!(
                f,
                "an interrupted write was cut off {}: {bytes} bytes, which were never acknowledged",
                path.display()
            ),
            Self::SetAside { path, why, kept } => write!(
                f,
                "{} was damaged ({why}) and is begun anew: everybody signs in again, and links \
                 that were sent have to be asked for again; kept {}, which holds identifiers of \
                 users: delete it when nobody needs it",
                path.display(),
                kept.display()
            ),
        }
    }
}

/// Why a pass was not issued or ended.
#[derive(Debug, Error)]
pub enum PassesError {
    /// The file system refused.
    #[error("cannot {action} {path}: {source}; free room or mend the disk, then try again")]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A symbolic link, a directory or a device.
    #[error("{path} is not a regular file: remove it, and a new one is begun")]
    NotAFile {
        /// What was found instead.
        path: PathBuf,
    },
    /// A write before failed.
    #[error("it is unknown what {path} holds since a write failed: it has to be written anew")]
    Unsettled {
        /// The file.
        path: PathBuf,
    },
    /// There are as many passes as there may be.
    #[error(
        "there are {} passes, as many as there may be: wait until some have expired",
        table::LIMIT
    )]
    Full,
    /// Longer than the bound.
    #[error("the detail of a pass has {found} bytes, at most {DETAIL_LIMIT_BYTES} are allowed")]
    DetailTooLong {
        /// How long it is.
        found: usize,
    },
}

impl PassesError {
    fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }
}

impl Passes {
    /// Reads the passes of a data directory and writes them anew: what a killed process left may
    /// not have reached the disk, and nothing is shown before it has. The caller holds the
    /// directory's lock.
    pub fn open(data: &Path, now: Timestamp) -> Result<(Self, Vec<Note>), PassesError> {
        let (file, table, notes) = PassFile::open(data)?;
        let passes = Self { file: Mutex::new(file), table: RwLock::new(table) };
        passes.compact(now)?;
        Ok((passes, notes))
    }

    /// Issues a pass, in place of another under the same digest. Whoever has as many of the kind as
    /// they may have loses the oldest.
    pub fn issue(&self, pass: Pass, now: Timestamp) -> Result<(), PassesError> {
        let mut file = self.changing();
        self.issue_into(&mut file, pass, now)
    }

    fn issue_into(
        &self,
        file: &mut PassFile,
        pass: Pass,
        now: Timestamp,
    ) -> Result<(), PassesError> {
        let found = pass.detail.len();
        if found > DETAIL_LIMIT_BYTES {
            return Err(PassesError::DetailTooLong { found });
        }
        if self.table().len() >= table::LIMIT {
            self.table_mut().remove_expired(now);
        }
        let oldest = self.table().in_the_way_of(&pass);
        if oldest.is_none() && self.table().len() >= table::LIMIT {
            return Err(PassesError::Full);
        }
        let mut records: Vec<Record> =
            oldest.into_iter().map(|digest| Record::Ended(pass.kind, digest)).collect();
        records.push(Record::Issued(pass));
        self.write(file, &records, now)?;
        self.apply(records);
        Ok(())
    }

    /// The pass with that digest, if it has not expired.
    pub fn find(&self, kind: Kind, digest: &Digest, now: Timestamp) -> Option<Pass> {
        self.table().get(kind, digest).filter(|pass| pass.is_valid(now)).cloned()
    }

    /// Finds a pass and ends it: of all who try at once, one gets it. Behind an error it is ended
    /// as well, at least until the next opening.
    pub fn take(
        &self,
        kind: Kind,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<Option<Pass>, PassesError> {
        let mut file = self.changing();
        let Some(pass) = self.find(kind, digest, now) else { return Ok(None) };
        self.end_in(&mut file, &[(kind, *digest)], now)?;
        Ok(Some(pass))
    }

    /// Ends a pass; false when there was none. Behind an error it is ended as well, at least until
    /// the next opening.
    pub fn end(&self, kind: Kind, digest: &Digest, now: Timestamp) -> Result<bool, PassesError> {
        let mut file = self.changing();
        let ended: Vec<_> = self.table().get(kind, digest).map(Pass::key).into_iter().collect();
        self.end_in(&mut file, &ended, now)?;
        Ok(!ended.is_empty())
    }

    /// Ends everything of one kind that a user has, but for one that is kept; says how many.
    pub fn end_kind_of(
        &self,
        user: UserId,
        kind: Kind,
        kept: Option<&Digest>,
        now: Timestamp,
    ) -> Result<usize, PassesError> {
        self.end_of(user, &[kind], kept, now)
    }

    /// Ends everything that a user has; says how many. Nothing of the user is left in the file when
    /// it has been written anew.
    pub fn end_all_of(&self, user: UserId, now: Timestamp) -> Result<usize, PassesError> {
        self.end_of(user, &Kind::ALL, None, now)
    }

    fn end_of(
        &self,
        user: UserId,
        kinds: &[Kind],
        kept: Option<&Digest>,
        now: Timestamp,
    ) -> Result<usize, PassesError> {
        let mut file = self.changing();
        let table = self.table();
        let of_user = kinds.iter().flat_map(|kind| table.of(Some(user), *kind));
        let ended: Vec<_> =
            of_user.filter(|pass| Some(&pass.digest) != kept).map(Pass::key).collect();
        drop(table);
        self.end_in(&mut file, &ended, now)?;
        Ok(ended.len())
    }

    /// The sessions of a user that have not expired, the newest first.
    pub fn sessions_of(&self, user: UserId, now: Timestamp) -> Vec<Pass> {
        let table = self.table();
        let of_user = table.of(Some(user), Kind::Session).filter(|pass| pass.is_valid(now));
        let mut sessions: Vec<Pass> = of_user.cloned().collect();
        sessions.reverse();
        sessions
    }

    /// Notes that a session is used. That is coarse, and written with the next change: the hours of
    /// a process that is killed may be lost.
    pub fn touch(&self, digest: &Digest, now: Timestamp) {
        let hour = Timestamp::from_micros(now.micros() / HOUR_MICROS * HOUR_MICROS);
        let session = self.table().get(Kind::Session, digest).map(|pass| pass.last_used);
        if session.is_some_and(|last_used| last_used < hour) {
            self.table_mut().use_in(Kind::Session, digest, hour);
        }
    }

    /// The last step whose code a user has used, while that is remembered.
    pub fn used_step(&self, user: UserId) -> Option<u64> {
        self.table().of(Some(user), Kind::TotpUsedStep).next()?.step()
    }

    /// Notes that a user's code of a step is used; false when that or a later one had been. Of all
    /// who try at once with one code, one is told true. It is remembered until `expires`, which has
    /// to lie behind the last moment at which the code would be taken.
    pub fn use_step(
        &self,
        user: UserId,
        step: u64,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<bool, PassesError> {
        let mut file = self.changing();
        if self.used_step(user).is_some_and(|used| step <= used) {
            return Ok(false);
        }
        self.issue_into(&mut file, Pass::of_step(user, step, now, expires), now)?;
        Ok(true)
    }

    /// Writes the file anew: nothing that has ended or expired is left in it.
    pub fn compact(&self, now: Timestamp) -> Result<(), PassesError> {
        self.rewrite(&mut self.changing(), now)
    }

    /// How many passes there are, expired ones with them.
    pub fn count(&self) -> usize {
        self.table().len()
    }

    fn end_in(
        &self,
        file: &mut PassFile,
        ended: &[(Kind, Digest)],
        now: Timestamp,
    ) -> Result<(), PassesError> {
        if ended.is_empty() {
            return Ok(());
        }
        let records: Vec<Record> =
            ended.iter().map(|(kind, digest)| Record::Ended(*kind, *digest)).collect();
        let written = self.write(file, &records, now);
        // What somebody wants to be over is over here, whatever the disk says.
        self.apply(records);
        written
    }

    /// Makes records durable, and what was used meanwhile with them.
    fn write(
        &self,
        file: &mut PassFile,
        records: &[Record],
        now: Timestamp,
    ) -> Result<(), PassesError> {
        if file.is_overdue(&self.table()) {
            self.rewrite(file, now)?;
        }
        let mut all = self.table().unwritten(USES_A_WRITE);
        all.extend_from_slice(records);
        file.append(&all)?;
        self.table_mut().written(&all);
        Ok(())
    }

    fn rewrite(&self, file: &mut PassFile, now: Timestamp) -> Result<(), PassesError> {
        self.table_mut().remove_expired(now);
        let table = self.table();
        let (bytes, used) = (file::written(&table), table.unwritten(usize::MAX));
        // Who asks for a pass does not wait for the disk.
        drop(table);
        file.rewrite(&bytes)?;
        self.table_mut().written(&used);
        Ok(())
    }

    fn apply(&self, records: Vec<Record>) {
        let mut table = self.table_mut();
        records.into_iter().for_each(|record| table.apply(record));
    }

    /// The right to change something.
    fn changing(&self) -> MutexGuard<'_, PassFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn table(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn table_mut(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Passes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passes({})", self.count())
    }
}

#[cfg(test)]
mod tests;
