//! Savepoints: the fold of the log up to a size, kept so that opening folds only what follows.
//!
//! A savepoint is believed when it was sealed under the keyring's savepoint key by this version of
//! Rollbook, and the log's entry at its end is the one it names. Everything else is ignored: the
//! log says the same, only slower.

use super::standing::Standing;
use crate::ground::keyring::{Keyring, SavepointKey};
use crate::ground::log::{Log, LogError};
use crate::ground::savepoints::{FileFault, Mark, Savepoints, Sealed, WriteError};
use crate::projections::Views;
use crate::words::{ChainHash, Origin};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::path::PathBuf;
use thiserror::Error;
use zeroize::Zeroizing;

/// Raise it whenever the content of a savepoint changes: a field, its order, its type, or what a
/// fold makes of an entry. A test notices.
pub const LAYOUT: u32 = 5;

/// The version whose folds made a savepoint. Another one's may make something else of an entry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Fewer entries than this are folded within a millisecond or two, sooner than a file is written.
const DUE_ENTRIES: u64 = 64;

/// A savepoint is written when what would be folded without it is at least this part of the log:
/// writing costs by the size of the ledger, what it saves by the entries behind. At 10 million
/// entries 39,062 may remain, about half a second of folding.
const DUE_PART: u64 = 256;

/// While the ledger runs, the same with other numbers: a savepoint then serves a start behind a
/// crash, and replaying this many entries takes less than a second.
pub(super) const RUNNING_DUE_ENTRIES: u64 = 16 * 1024;

/// Behind a crash half the log is folded at most. At a half, every entry is written down twice
/// while the ledger grows; at a quarter it was four times, and writing took a third of a core from
/// a writer that recorded 50,000 entries a second.
const RUNNING_DUE_PART: u64 = 2;

/// How many savepoints are tried. No more than two are kept, others were put there.
pub const TRIED: usize = 8;

/// The two halves of what is known at a size of the log.
pub type Folded = (Standing, Views);

/// A savepoint that was not used, and why. Printed, it is a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, fault } = self;
        write!(
            f,
            "the savepoint {} was ignored: {fault}; the log was folded instead",
            path.display()
        )
    }
}

/// What keeps a savepoint from being used.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum Fault {
    /// The file itself cannot be used.
    #[error(transparent)]
    File(#[from] FileFault),
    /// Another version of Rollbook wrote it.
    #[error(
        "version {version} of Rollbook wrote it in layout {layout}, this is version {VERSION} with layout {LAYOUT}"
    )]
    Version {
        /// The version that wrote it.
        version: String,
        /// Its layout.
        layout: u32,
    },
    /// It was made from another ledger.
    #[error("it belongs to the ledger {log}")]
    Ledger {
        /// The ledger it names.
        log: Origin,
    },
    /// It holds entries that the log does not.
    #[error(
        "it holds {size} entries and the log has only {log_size}: if nobody put back an older journal, entries were lost"
    )]
    Ahead {
        /// Its size.
        size: u64,
        /// That of the log.
        log_size: u64,
    },
    /// The log took another way than the one it was made from.
    #[error("entry {seq} of the log is not the one that it ends with")]
    History {
        /// The last entry it holds.
        seq: u64,
    },
    /// It opened, and what it holds is not what was written.
    #[error("it opened, but its content cannot be read: {0}")]
    Content(String),
    /// What follows in the log does not follow from it.
    #[error("the log does not continue it: {0}")]
    Continuation(String),
}

/// Reads the savepoint of one size and holds it against the log. The outer error is the log's.
pub fn load(
    savepoints: &Savepoints,
    size: u64,
    log: &dyn Log,
    keyring: &Keyring,
) -> Result<Result<Folded, Fault>, LogError> {
    let sealed = match savepoints.read(size) {
        Ok(sealed) => sealed,
        Err(fault) => return Ok(Err(fault.into())),
    };
    let mark = sealed.mark().clone();
    if let Some(fault) = unfit(&mark, log)? {
        return Ok(Err(fault));
    }
    Ok(open(&sealed, keyring.savepoint_key()))
}

/// Everything that can be told before the seal is opened.
fn unfit(mark: &Mark, log: &dyn Log) -> Result<Option<Fault>, LogError> {
    let Mark { version, layout, log: origin, size, entry } = mark;
    if version != VERSION || *layout != LAYOUT {
        return Ok(Some(Fault::Version { version: version.clone(), layout: *layout }));
    }
    if origin != log.origin() {
        return Ok(Some(Fault::Ledger { log: origin.clone() }));
    }
    let log_size = log.head().size;
    if *size > log_size {
        return Ok(Some(Fault::Ahead { size: *size, log_size }));
    }
    let last = match size.checked_sub(1) {
        Some(seq) => log.read(seq, 1)?.first().map(|record| ChainHash::of_entry(&record.bytes)),
        None => Some(ChainHash::genesis(origin)),
    };
    let same = last == Some(*entry);
    Ok((!same).then_some(Fault::History { seq: size.saturating_sub(1) }))
}

/// Opens and decodes both parts, each in a thread of its own: for a large ledger that is most of
/// what a quick opening does.
fn open(sealed: &Sealed, key: &SavepointKey) -> Result<Folded, Fault> {
    let (standing, views) = std::thread::scope(|scope| {
        let views = scope.spawn(|| part::<Views>(sealed, 1, key));
        let standing = part::<Standing>(sealed, 0, key);
        let failed = || Err(Fault::Content("decoding it failed".to_owned()));
        (standing, views.join().unwrap_or_else(|_| failed()))
    });
    let (standing, views, mark) = (standing?, views?, sealed.mark());
    let whole = standing.chains.whole();
    let (sizes, origin) = ((whole.size(), views.size()), standing.chains.origin());
    if sizes != (mark.size, mark.size) {
        Err(Fault::Content("it does not end where it should".to_owned()))
    } else if whole.hash != mark.entry || *origin != mark.log {
        Err(Fault::Content("it is of another place than it says".to_owned()))
    } else {
        Ok((standing, views))
    }
}

fn part<T: DeserializeOwned>(
    sealed: &Sealed,
    number: usize,
    key: &SavepointKey,
) -> Result<T, Fault> {
    let content = sealed.open(number, key)?;
    let decoded = postcard::take_from_bytes(&content);
    let (value, rest) = decoded.map_err(|error| Fault::Content(error.to_string()))?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(Fault::Content("it does not end where it should".to_owned()))
    }
}

/// Whether closing at `size` writes a savepoint, when opening would otherwise begin at `from`.
pub fn is_due_at_close(size: u64, from: u64) -> bool {
    let behind = size.saturating_sub(from);
    behind >= DUE_ENTRIES && behind.saturating_mul(DUE_PART) >= size
}

/// Whether a ledger that runs has gone far enough from `from`.
pub fn is_due(size: u64, from: u64) -> bool {
    let behind = size.saturating_sub(from);
    behind >= RUNNING_DUE_ENTRIES && behind.saturating_mul(RUNNING_DUE_PART) >= size
}

/// Writes a savepoint of what was folded. The key is the one that was in force when it was taken,
/// and the nonce is drawn for it.
pub fn save(
    savepoints: &Savepoints,
    (standing, views): (&Standing, &Views),
    key: &SavepointKey,
    nonce: [u8; 24],
) -> Result<(), SaveError> {
    let [first, second] = write(standing, views)?;
    let whole = standing.chains.whole();
    let mark = Mark {
        version: VERSION.to_owned(),
        layout: LAYOUT,
        log: standing.chains.origin().clone(),
        size: whole.size(),
        entry: whole.hash,
    };
    Ok(savepoints.write(&mark, key, nonce, [&first, &second])?)
}

/// The parts of a savepoint's content: equal content means that everything known is equal.
pub fn write(standing: &Standing, views: &Views) -> Result<[Zeroizing<Vec<u8>>; 2], SaveError> {
    Ok([written(standing)?, written(views)?])
}

/// Measured first and then written into its place: a buffer that grows leaves copies of values
/// behind.
fn written(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, SaveError> {
    let length = postcard::experimental::serialized_size(value)?;
    let mut content = Zeroizing::new(vec![0; length]);
    postcard::to_slice(value, &mut content)?;
    Ok(content)
}

/// Why there is no savepoint. The ledger is none the worse: opening takes longer.
#[derive(Debug, Error)]
pub enum SaveError {
    /// What is known cannot be written down: a fault of Rollbook.
    #[error("no savepoint was written: {0}; report this")]
    Content(#[from] postcard::Error),
    /// The file could not be written.
    #[error("no savepoint was written: {0}")]
    File(#[from] WriteError),
}
