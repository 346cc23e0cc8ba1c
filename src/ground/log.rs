//! The log: ordered entries, and the contract that every engine which keeps them fulfils.

use crate::words::{ChainHash, FrameHash, OrganizationId, Origin, SubjectId, TreeHash};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// The longest entry. Small enough that a stored block of entries stays far below the size at which
/// sled spills a value into a file it never syncs (12 KiB is measured to be safe, 24 KiB to be
/// lost).
pub const ENTRY_LIMIT_BYTES: usize = 8 * 1024;

/// The longest sealed value of a vault row: 8 KiB with everything that is stored beside it.
pub const SEALED_LIMIT_BYTES: usize = 8 * 1024 - 64;

/// The largest batch, encoded as a frame. It fits the smallest message limit among the distributed
/// engines that could take the journal's place (NATS, 1 MiB).
pub const BATCH_LIMIT_BYTES: usize = 900 * 1024;

/// One read stops behind the record that brings it to this many bytes, so that a reader's memory is
/// bounded whatever it asks for.
pub const READ_LIMIT_BYTES: usize = 1024 * 1024;

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Batches so far; the slot that the next batch takes.
    pub slot: u64,
    /// Entries so far; the seq that the next entry takes.
    pub size: u64,
    /// The chain hash of the last entry.
    pub entry: ChainHash,
    /// The hash of the last frame: of everything that was ever appended, vault rows included.
    pub frame: FrameHash,
}

impl Head {
    /// The head of the empty log.
    pub fn genesis(origin: &Origin) -> Self {
        Self {
            slot: 0,
            size: 0,
            entry: ChainHash::genesis(origin),
            frame: FrameHash::genesis(origin),
        }
    }
}

/// An entry on its way into the log. Its seq is its place: the head's size plus its index in the
/// batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The organization whose history it belongs to.
    pub org: OrganizationId,
    /// Its place in that history, gapless from 0.
    pub org_seq: u64,
    /// The exact bytes, 1 to [`ENTRY_LIMIT_BYTES`].
    pub bytes: Arc<[u8]>,
}

/// A sealed value that one entry commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultRow {
    /// The entry.
    pub seq: u64,
    /// Whose key seals it.
    pub owner: SubjectId,
    /// The keyring's leaf from which that key derives.
    pub leaf: u64,
    /// Nonce and ciphertext, at most [`SEALED_LIMIT_BYTES`].
    pub sealed: Vec<u8>,
}

/// What one append commits: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// At least one.
    pub entries: Vec<NewEntry>,
    /// Rows of this batch's own entries, ascending by (seq, owner), each pair once.
    pub vault: Vec<VaultRow>,
    /// The RFC 6962 root over all entries of the log, this batch's included.
    pub root: TreeHash,
}

/// An entry as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log.
    pub seq: u64,
    /// The organization it was appended for.
    pub org: OrganizationId,
    /// Its place in that organization's history.
    pub org_seq: u64,
    /// The bytes that were appended.
    pub bytes: Arc<[u8]>,
    /// The sealed values it commits to, ascending by owner.
    pub vault: Vec<VaultRow>,
}

impl Record {
    /// What counts towards [`READ_LIMIT_BYTES`]: the entry's bytes and those of its sealed values.
    pub fn weight(&self) -> usize {
        self.bytes.len() + self.vault.iter().map(|row| row.sealed.len()).sum::<usize>()
    }
}

/// Ordered entries, appended in batches.
///
/// The contract; the conformance suite has one test for each clause.
///
/// - **Places.** The first entry has seq 0, and seqs have no gaps. A batch takes the next slot, its
///   entries the next seqs in the order given. Per organization the `org_seq`s have no gaps either;
///   a batch that leaves one is unfit.
/// - **Expectation.** A batch is appended only if the head equals `expected` in all four parts.
///   Otherwise the answer is `Conflict` with the head found, whatever else is wrong with the batch.
///   Of several appends at one head exactly one succeeds.
/// - **All or nothing.** A batch is seen wholly or not at all: by readers, after a crash,
///   everywhere. `Conflict`, `Unfit` and `Rejected` change nothing, and it never will be found in
///   the log; the same head can be appended to again.
/// - **Durability.** When `append` returns `Ok`, the batch survives a power cut (a log in memory:
///   as long as the process), and `head`, `read`, `organization` and `tail` show it. Nothing is
///   shown that a crash could still take back.
/// - **Unknown outcome.** After `OutcomeUnknown` the batch may or may not be found when the log is
///   opened again. Until then the head stays where it was and every append at it answers the same;
///   what was committed stays readable.
/// - **The head binds.** `head` is a function of the origin and of everything appended, in its
///   batches: two logs with equal heads hold equal entries, vault rows, roots and batch borders.
///   The same batches give the same head on every engine.
/// - **Reading.** `read` gives records from `from` on, ascending, without gaps, at most `limit`. It
///   may give fewer, and stops at [`READ_LIMIT_BYTES`]; it gives none only if `from` is at or
///   behind the head's size or `limit` is 0. Bytes and vault rows are those appended. They are
///   checked on the way out: bytes that changed in storage are `Damaged`, never a record.
/// - **Histories.** `organization` gives the seqs of one organization's entries from an `org_seq`
///   on, ascending, at most `limit`; none for an organization that has no entries.
/// - **Waiting.** `tail` returns as soon as the head's size is above `beyond`, or when the time is
///   up; either way with the head at that moment.
/// - **Concurrency.** Everything may be called from any number of threads. Appends are done one
///   after the other; reads wait for none of them.
pub trait Log: Send + Sync {
    /// The ledger's name, from which its genesis hashes derive.
    fn origin(&self) -> &Origin;

    /// Where the log stands.
    fn head(&self) -> Head;

    /// Commits a batch behind `expected` and returns the head it leads to.
    fn append(&self, batch: Batch, expected: &Head) -> Result<Head, AppendError>;

    /// Records from seq `from` on, at most `limit` of them.
    fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, LogError>;

    /// The seqs of an organization's entries from its `from_org_seq` on, at most `limit` of them.
    fn organization(
        &self,
        org: OrganizationId,
        from_org_seq: u64,
        limit: usize,
    ) -> Result<Vec<u64>, LogError>;

    /// Waits until the log holds more than `beyond` entries, at most for `timeout`.
    fn tail(&self, beyond: u64, timeout: Duration) -> Head;
}

/// Why a batch was not appended, or why nobody knows.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Somebody else appended: catch up to this head, decide again.
    #[error("the log has moved on: its head is at {} entries", .0.size)]
    Conflict(Head),
    /// The batch can be appended to no log. Nothing was written.
    #[error("the batch was refused: {0}")]
    Unfit(#[from] BatchFault),
    /// The storage did not take it. It is certain that nothing was appended.
    #[error("nothing was appended: {0}")]
    Rejected(#[from] Rejection),
    /// The storage failed in a way that leaves open whether the batch is kept. Open the log again
    /// to find out; until then it takes nothing more.
    #[error(
        "the outcome of an append is unknown, {what} {path} failed ({kind}): restart to settle it"
    )]
    OutcomeUnknown {
        /// The file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// The operating system's error.
        kind: io::ErrorKind,
    },
}

/// What makes a batch unfit for any log.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum BatchFault {
    /// A batch commits something.
    #[error("it has no entries")]
    Empty,
    /// An entry without bytes.
    #[error("entry {index} of the batch is empty")]
    EntryEmpty {
        /// Its place in the batch.
        index: usize,
    },
    /// An entry above [`ENTRY_LIMIT_BYTES`].
    #[error(
        "entry {index} of the batch has {bytes} bytes, at most {ENTRY_LIMIT_BYTES} are allowed"
    )]
    EntryTooLong {
        /// Its place in the batch.
        index: usize,
        /// Its length.
        bytes: usize,
    },
    /// An entry that does not continue its organization's history.
    #[error("entry {index} of the batch has org_seq {found}, organization {org} is at {expected}")]
    OrganizationGap {
        /// Its place in the batch.
        index: usize,
        /// The organization.
        org: OrganizationId,
        /// The `org_seq` that comes next there.
        expected: u64,
        /// The one given.
        found: u64,
    },
    /// A vault row whose entry is not in the batch.
    #[error("a vault row belongs to entry {seq}, which is not in the batch")]
    VaultRowOutside {
        /// The entry it names.
        seq: u64,
    },
    /// Vault rows that are not ascending by (seq, owner), or a pair that comes twice.
    #[error("the vault rows of entry {seq} are out of order or double")]
    VaultRowsOutOfOrder {
        /// The entry.
        seq: u64,
    },
    /// A vault row above [`SEALED_LIMIT_BYTES`].
    #[error(
        "a vault row of entry {seq} has {bytes} bytes, at most {SEALED_LIMIT_BYTES} are allowed"
    )]
    VaultRowTooLong {
        /// The entry.
        seq: u64,
        /// Its length.
        bytes: usize,
    },
    /// A batch above [`BATCH_LIMIT_BYTES`].
    #[error("it has {bytes} bytes, at most {BATCH_LIMIT_BYTES} are allowed: append it in parts")]
    TooLarge {
        /// Its length as a frame.
        bytes: usize,
    },
}

/// Why the storage did not take a batch of which certainly nothing remains.
#[derive(Debug, Error)]
pub enum Rejection {
    /// No room. Reading goes on; appending works again when there is room.
    #[error("the disk that holds {path} is full: make room, then try again")]
    Full {
        /// What was to be written.
        path: PathBuf,
    },
    /// The file system takes no writes.
    #[error("{path} cannot be written: it is read-only or belongs to somebody else")]
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
    },
    /// Any other error of the operating system.
    #[error("{path} could not be written: {source}")]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// What is read from is not fed any more, and the room for what it lacks is used up.
    #[error("sled takes nothing more ({0}), and the tail in memory is full: restart")]
    FeedStopped(String),
    /// The scrub found the journal damaged; what is appended to it might have to be mended too.
    #[error("{0}, in the journal: restart, so that it is mended from sled")]
    JournalDamaged(Damage),
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// Why the log could not be read.
#[derive(Debug, Error)]
pub enum LogError {
    /// An error of the operating system.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// What is stored is not what was appended.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

impl LogError {
    /// Names the file that an error of the operating system is about.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.into(), source }
    }
}

/// A place where stored bytes are not what was appended.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{place} is damaged: {fault}")]
pub struct Damage {
    /// Where.
    pub place: Place,
    /// In which way.
    pub fault: Fault,
}

impl Damage {
    /// Damage at an entry.
    pub fn at_seq(seq: u64, fault: Fault) -> Self {
        Self { place: Place::Seq(seq), fault }
    }

    /// Damage at a batch.
    pub fn at_slot(slot: u64, fault: Fault) -> Self {
        Self { place: Place::Slot(slot), fault }
    }
}

/// Where damage was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At an entry, or in the block that holds it.
    Seq(u64),
    /// At a batch: its frame, or what is stored in order to rebuild it.
    Slot(u64),
    /// In the index of an organization's entries.
    Organization(OrganizationId),
    /// In sled as a whole.
    Sled,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => write!(f, "entry {seq}"),
            Self::Slot(slot) => write!(f, "batch {slot}"),
            Self::Organization(org) => write!(f, "the index of organization {org}"),
            Self::Sled => f.write_str("sled"),
        }
    }
}

/// In which way stored bytes are not what was appended.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    #[error("it is missing")]
    Missing,
    /// It does not have the hash that is stored with it.
    #[error("its bytes do not have their hash")]
    Hash,
    /// It has its hash, and is not of the form that this version writes.
    #[error("it is not of the form that is written")]
    Form,
    /// It is whole, and does not follow what stands before it.
    #[error("it does not follow what stands before it")]
    Chain,
    /// The system does not let it be read, in its own words.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is there without belonging to anything.
    #[error("it belongs to nothing that was appended")]
    Stray,
    /// sled failed, in its own words.
    #[error("sled failed: {0}")]
    Sled(String),
}
