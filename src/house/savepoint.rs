//! Savepoints: the fold of the log up to a size, kept so that opening folds only what follows.
//!
//! A savepoint is believed when it was sealed under the keyring's savepoint key by this version of
//! Rollbook, and the log's entry at its end is the one it names. Everything else is ignored: the
//! log says the same, only slower.

use super::standing::Standing;
use crate::ground::keyring::{Keyring, SavepointKey};
use crate::ground::log::{Log, LogError};
use crate::ground::savepoints::{FileFault, Mark, Savepoints, WriteError};
use crate::projections::Views;
use crate::words::{ChainHash, Origin};
use std::fmt;
use std::path::PathBuf;
use thiserror::Error;
use zeroize::Zeroizing;

/// Raise it whenever the content of a savepoint changes: a field, its order, its type, or what a
/// fold makes of an entry. A test notices.
pub const LAYOUT: u32 = 1;

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
const RUNNING_DUE_ENTRIES: u64 = 16 * 1024;

/// Writing costs about a twentieth of replaying, an entry: at a quarter, every entry is written
/// down four times at most while the ledger grows.
const RUNNING_DUE_PART: u64 = 4;

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
    let content = match sealed.open(keyring.savepoint_key()) {
        Ok(content) => content,
        Err(fault) => return Ok(Err(fault.into())),
    };
    Ok(read(&mark, &content))
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

fn read(mark: &Mark, content: &[u8]) -> Result<Folded, Fault> {
    let (folded, rest): (Folded, &[u8]) =
        postcard::take_from_bytes(content).map_err(|error| Fault::Content(error.to_string()))?;
    let (standing, views) = &folded;
    let whole = standing.chains.whole();
    let (sizes, origin) = ((whole.size(), views.size()), standing.chains.origin());
    if !rest.is_empty() || sizes != (mark.size, mark.size) {
        Err(Fault::Content("it does not end where it should".to_owned()))
    } else if whole.hash != mark.entry || *origin != mark.log {
        Err(Fault::Content("it is of another place than it says".to_owned()))
    } else {
        Ok(folded)
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
    let content = write(standing, views)?;
    let whole = standing.chains.whole();
    let mark = Mark {
        version: VERSION.to_owned(),
        layout: LAYOUT,
        log: standing.chains.origin().clone(),
        size: whole.size(),
        entry: whole.hash,
    };
    Ok(savepoints.write(&mark, key, nonce, &content)?)
}

/// The content of a savepoint: equal content means that everything known is equal. Measured first
/// and then written into its place: a buffer that grows leaves copies of values behind.
pub fn write(standing: &Standing, views: &Views) -> Result<Zeroizing<Vec<u8>>, SaveError> {
    let folded = (standing, views);
    let length = postcard::experimental::serialized_size(&folded)?;
    let mut content = Zeroizing::new(vec![0; length]);
    postcard::to_slice(&folded, &mut content)?;
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
