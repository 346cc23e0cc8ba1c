//! sled behind an opening that did not wait for it: opened, held against the journal's head, and
//! fed or built again where it is not what the journal says.
//!
//! All of this runs on the feeder's thread, so nothing is fed meanwhile. Until sled is here, reads
//! go to the journal.

use crate::ground::embedded::compare::{Comparison, Step, Unfit, Until};
use crate::ground::embedded::repair::Repair;
use crate::ground::embedded::scrub::{self, Scrub, Scrubbing, damaged};
use crate::ground::embedded::{Shared, Sled};
use crate::ground::journal::mend::free_name;
use crate::ground::journal::segment::sync_directory;
use crate::ground::log::{Damage, Fault, Head, LogError, Place};
use crate::ground::sled_store::walk::SledFrames;
use crate::ground::sled_store::{SledStore, forget_claim};
use crate::words::Origin;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Between two looks at whether the log was closed.
const STEP_BYTES: usize = 4 * 1024 * 1024;

/// sled as it was found, or why it cannot be used.
pub(super) type Found = Result<Arc<SledStore>, Unfit>;

/// What reading the whole journal came to.
pub(super) enum Journal {
    /// It leads to the head.
    Whole,
    /// It does not; that is shown.
    Damaged,
    /// The log was closed meanwhile.
    Closed,
}

/// Opens sled as it lies there.
pub(super) fn open_sled(path: &Path, cache_bytes: u64) -> Found {
    if !path.exists() {
        return Err(Unfit::Damaged("it was missing".to_owned()));
    }
    Ok(Arc::new(SledStore::open(path, cache_bytes)?))
}

/// sled, if it belongs to the ledger.
pub(super) fn of_ledger(store: Arc<SledStore>, origin: &Origin) -> Found {
    match store.origin().ok().flatten() {
        Some(found) if found == *origin => Ok(store),
        Some(found) => Err(Unfit::Damaged(format!("it belongs to the ledger {found}"))),
        None => Err(Unfit::Damaged("it does not say which ledger it belongs to".to_owned())),
    }
}

/// Puts what lies there under another name, and makes an empty sled in its place.
pub(super) fn begin_again(
    path: &Path,
    cache_bytes: u64,
    origin: &Origin,
) -> Result<(Arc<SledStore>, Option<PathBuf>), LogError> {
    forget_claim(path)?;
    let set_aside = path.exists().then(|| free_name(path));
    if let Some(aside) = &set_aside {
        fs::rename(path, aside).map_err(LogError::io(path))?;
        let parent = path.parent().unwrap_or(path);
        sync_directory(parent).map_err(LogError::io(parent))?;
    }
    Ok((Arc::new(SledStore::create(path, cache_bytes, origin)?), set_aside))
}

/// Brings sled to a log that was closed at `end` and is open again. Gives the scrub that is left to
/// do, if any.
pub(super) fn settle(shared: &Shared, end: Head) -> Result<Option<Scrubbing>, LogError> {
    let found = open_sled(&shared.sled(), shared.options.sled_cache_bytes);
    let why = match found.and_then(|store| of_ledger(store, &shared.origin)) {
        Err(unfit) => unfit.why(),
        Ok(store) => match store.ends_at(&end) {
            Err(error) => error.to_string(),
            Ok(true) => {
                let here = catch_up(shared, &store, end)?;
                return if here { Scrubbing::begin(shared, store, end) } else { Ok(None) };
            }
            Ok(false) if goes_on(&store, &end) => {
                let fault = Fault::Missing;
                damaged(shared, &Damage::at_slot(end.slot, fault).into(), end.slot);
                return Ok(None);
            }
            // The log was closed with a sled that reached its head.
            Ok(false) => "it does not end where the log was closed".to_owned(),
        },
    };
    rebuild(shared, why).map(|()| None)
}

/// Whether sled holds a batch that follows the head: it was acknowledged, and is lost in the
/// journal.
fn goes_on(store: &Arc<SledStore>, end: &Head) -> bool {
    let frames = SledFrames::from(Arc::clone(store), end.slot, end.size, end.frame);
    let next = frames.ok().and_then(|mut frames| frames.next());
    matches!(next, Some(Ok(frame)) if frame.follows(end))
}

/// Sets sled aside and builds it again; before that the journal is read wholly, because what is set
/// aside mends nothing any more.
pub(super) fn rebuild(shared: &Shared, why: String) -> Result<(), LogError> {
    shared.state().sled = Sled::Away;
    match scrub::read_journal(shared) {
        Journal::Damaged | Journal::Closed => return Ok(()),
        Journal::Whole => {}
    }
    let (path, cache_bytes) = (shared.sled(), shared.options.sled_cache_bytes);
    let (store, set_aside) = begin_again(&path, cache_bytes, &shared.origin)?;
    shared.state().repairs.push(Repair::SledRebuilt { why, set_aside });
    fill(shared, &store)
}

/// Feeds an empty sled everything, as fast as it goes.
fn fill(shared: &Shared, store: &Arc<SledStore>) -> Result<(), LogError> {
    let different = |why| LogError::from(Damage { place: Place::Sled, fault: Fault::Sled(why) });
    let head = shared.state().head;
    let begun = Comparison::begin(&shared.journal(), &shared.origin, store, Until::Fed(head))?;
    let mut comparison = begun.map_err(|unfit| different(unfit.why()))?;
    loop {
        let step = comparison.advance(STEP_BYTES)?;
        let reached = comparison.walked.head;
        match step {
            Step::Further => shared.show(Scrub::Running { slot: reached.slot, slots: head.slot }),
            Step::Equal if reached == head => break,
            Step::Equal => {
                damaged(shared, &scrub::missing(reached.slot), reached.slot);
                return Ok(());
            }
            Step::Broken(error) => {
                damaged(shared, &error, reached.slot);
                return Ok(());
            }
            Step::Differs(unfit) => return Err(different(unfit.why())),
        }
        if shared.state().closed {
            return Ok(());
        }
    }
    store.sync()?;
    if catch_up(shared, store, head)? {
        shared.show(Scrub::Whole { slots: head.slot });
    }
    Ok(())
}

/// Feeds sled, which holds everything up to `from`, what stands between it and the tail; then it is
/// read from. Tells whether it came to that.
fn catch_up(shared: &Shared, store: &Arc<SledStore>, from: Head) -> Result<bool, LogError> {
    let until = {
        let mut state = shared.state();
        state.sled = Sled::Near;
        state.tail.first_slot().unwrap_or(state.head.slot)
    };
    if from.slot < until {
        let (mut waiting, mut bytes) = (Vec::new(), 0);
        let mut frames = match shared.frames(from.size, until) {
            Ok(frames) => frames,
            Err(error) => return stop(shared, &error, from.slot),
        };
        while let Some(frame) = frames.next() {
            match frame {
                Ok(frame) => {
                    bytes += frame.weight();
                    waiting.push(Arc::new(frame));
                }
                Err(error) => return stop(shared, &error, frames.head().slot),
            }
            if bytes >= STEP_BYTES {
                store.feed(&std::mem::take(&mut waiting))?;
                bytes = 0;
            }
        }
        store.feed(&waiting)?;
    }
    let mut state = shared.state();
    let fed = state.tail.count_before(from.slot);
    state.tail.drop_first(fed);
    state.sled = Sled::Here(Arc::clone(store));
    drop(state);
    shared.room.notify_all();
    Ok(true)
}

fn stop(shared: &Shared, error: &LogError, slot: u64) -> Result<bool, LogError> {
    damaged(shared, error, slot);
    Ok(false)
}
