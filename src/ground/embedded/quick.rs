//! Opening a log that was closed cleanly, without reading all of it.

use crate::ground::directory::Directory;
use crate::ground::embedded::open::{OpenError, appendable, journal_path, sled_path};
use crate::ground::embedded::{EmbeddedLog, Options, Scrub, Shared, Sled, State, closed};
use crate::ground::journal::frames::JournalFrames;
use crate::ground::journal::segment;
use crate::ground::journal::survey::Survey;
use crate::ground::journal::writer::JournalWriter;
use crate::ground::log::{Head, Log, LogError};
use crate::ground::sled_store::claimed;
use crate::words::{OrganizationId, Origin};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A log that ended in a clean stop, for reading; sled is not open.
///
/// Its journal was verified from a place on, and ends at the very head at which it was closed. That
/// head binds everything before it, so this is the log that was closed, unless bytes before that
/// place were damaged since: the scrub behind [`ClosedLog::begin`] reads them.
#[derive(Debug)]
pub struct ClosedLog(EmbeddedLog);

/// The end of a journal.
struct End {
    origin: Origin,
    head: Head,
    path: PathBuf,
    offset: u64,
}

impl ClosedLog {
    /// Looks whether the log can be opened so, with a journal verified from entry `from` on. If
    /// not, nothing was changed, and [`EmbeddedLog::open`] says and does what is to be said and
    /// done.
    pub fn find(
        directory: Directory,
        options: Options,
        from: u64,
    ) -> Result<Option<Self>, OpenError> {
        let data = directory.path();
        // Whatever is wrong here is told by opening wholly.
        let Ok(Some(end)) = end_of(data, from) else { return Ok(None) };
        let End { origin, head, path, offset } = end;
        let journal = journal_path(data);
        let last = appendable(path, offset, options.segment_bytes)?;
        let segment_bytes = options.segment_bytes;
        let writer = JournalWriter::new(&journal, origin.clone(), segment_bytes, head, Some(last));
        let state = State::new(head, HashMap::new(), Sled::Away, Scrub::Pending);
        let shared = Arc::new(Shared::new(origin, options, data, state));
        Ok(Some(Self(EmbeddedLog::with(writer, shared, directory))))
    }

    /// What can be read.
    pub fn log(&self) -> &dyn Log {
        &self.0
    }

    /// Opens it for appending, with the number of entries of every organization. Brings sled and
    /// compares it with the journal in a thread of its own.
    pub fn begin(
        self,
        organizations: impl IntoIterator<Item = (OrganizationId, u64)>,
    ) -> Result<EmbeddedLog, OpenError> {
        let Self(log) = self;
        let end = {
            let mut state = log.shared.state();
            state.organizations.extend(organizations);
            state.head
        };
        closed::remove(log.directory.path())?;
        log.start(Some(end))?;
        Ok(log)
    }
}

/// Where a log ends that was closed cleanly, if it still ends there. A sled that claims anything
/// else may hold what the journal has lost.
fn end_of(data: &Path, from: u64) -> Result<Option<End>, LogError> {
    let journal = journal_path(data);
    let Some(origin) = Survey::origin_of(&journal)? else { return Ok(None) };
    let Some(head) = closed::read(data, &origin) else { return Ok(None) };
    if claimed(&sled_path(data), &origin) != head.slot {
        return Ok(None);
    }
    segment::remove_unfinished(&journal)?;
    let mut frames = JournalFrames::open_at(&journal, &origin, from, u64::MAX)?;
    frames.by_ref().try_for_each(|frame| frame.map(drop))?;
    if *frames.head() != head {
        return Ok(None);
    }
    let Some((path, offset)) = frames.end() else { return Ok(None) };
    Ok(Some(End { path: path.to_owned(), offset, origin, head }))
}
