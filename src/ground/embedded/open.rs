//! Opening: the journal is read whole, sled is compared with it, and what differs is put right or
//! named.

use crate::ground::directory::{Directory, DirectoryError};
use crate::ground::embedded::compare::{Comparison, Step, Unfit, Until, Walked};
use crate::ground::embedded::repair::Repair;
use crate::ground::embedded::settle::{Found, begin_again, of_ledger, open_sled};
use crate::ground::embedded::spare::Spare;
use crate::ground::embedded::{EmbeddedLog, Options, Scrub, Shared, Sled, State, closed};
use crate::ground::frame::Frame;
use crate::ground::journal::mend::{self, MendError};
use crate::ground::journal::segment;
use crate::ground::journal::survey::{Ending, Segment, Survey};
use crate::ground::journal::writer::{JournalWriter, LastSegment};
use crate::ground::log::{AppendError, Damage, Fault, Head, LogError, Place};
use crate::ground::sled_store::walk::SledFrames;
use crate::ground::sled_store::{SledStore, claimed, forget_claim};
use crate::words::Origin;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;

/// Why a log cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Reading or writing failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Batches are lost in both places.
    #[error("{0}; restore the data directory from a backup, or a copy of the files named above")]
    Lost(MendError),
    /// No file is left that says which ledger this is.
    #[error(
        "{path} holds neither a readable journal nor a readable sled: restore it from a backup"
    )]
    NothingLeft {
        /// The data directory.
        path: PathBuf,
    },
    /// sled is to be dropped while the journal needs it.
    #[error("the journal of {path} is damaged: open the ledger first, so that sled can mend it")]
    JournalNotWhole {
        /// The data directory.
        path: PathBuf,
    },
    /// What is missing in the journal could not be written to it again.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl From<MendError> for OpenError {
    fn from(error: MendError) -> Self {
        match error {
            MendError::Log(error) => Self::Log(error),
            MendError::Lost { .. } => Self::Lost(error),
        }
    }
}

/// Where the journal stands in a data directory.
pub(super) fn journal_path(data: &Path) -> PathBuf {
    data.join("journal")
}

/// Where sled stands in a data directory.
pub(super) fn sled_path(data: &Path) -> PathBuf {
    data.join("sled")
}

impl EmbeddedLog {
    /// Makes an empty log in a directory that was just created, and marks the directory as
    /// finished.
    pub fn create(
        directory: Directory,
        origin: Origin,
        options: Options,
    ) -> Result<Self, OpenError> {
        let journal = journal_path(directory.path());
        fs::create_dir(&journal).map_err(LogError::io(&journal))?;
        let start = Head::genesis(&origin);
        segment::create(&journal, &origin, &start, options.segment_bytes)
            .map_err(|(path, source)| LogError::Io { path, source })?;
        let sled = sled_path(directory.path());
        drop(SledStore::create(&sled, options.sled_cache_bytes, &origin)?);
        directory.finish()?;
        Ok(Self::open(directory, options)?.0)
    }

    /// Opens a log. Everything stored is read and compared; what was put right is returned, and is
    /// for the operator to see.
    pub fn open(directory: Directory, options: Options) -> Result<(Self, Vec<Repair>), OpenError> {
        let mut opening = Opening { directory, options, repairs: Vec::new() };
        let (origin, store) = opening.settle_journal()?;
        let journal = journal_path(opening.directory.path());
        // What is fed to sled or shown must be durable in the journal.
        let last = last_segment(&journal, options.segment_bytes)?;
        let (store, Walked { head, organizations }) = opening.settle_sled(&origin, store)?;
        let segment_bytes = options.segment_bytes;
        let writer = JournalWriter::new(&journal, origin.clone(), segment_bytes, head, last);
        // Everything was compared, and from here on there may be more.
        closed::remove(opening.directory.path())?;
        let (sled, scrub) = (Sled::Here(store), Scrub::Whole { slots: head.slot });
        let state = State::new(head, organizations, sled, scrub);
        let shared = Arc::new(Shared::new(origin, options, opening.directory.path(), state));
        let log = Self::with(writer, shared, opening.directory);
        log.start(None)?;
        Ok((log, opening.repairs))
    }

    /// Drops sled, builds it again from the journal, and opens.
    pub fn rebuild(
        directory: Directory,
        options: Options,
    ) -> Result<(Self, Vec<Repair>), OpenError> {
        let survey = Survey::of(&journal_path(directory.path()))?;
        if !survey.origin().is_some_and(|origin| holds_all(&survey, directory.path(), origin)) {
            return Err(OpenError::JournalNotWhole { path: directory.path().to_owned() });
        }
        let sled = sled_path(directory.path());
        if sled.exists() {
            forget_claim(&sled)?;
            fs::remove_dir_all(&sled).map_err(LogError::io(&sled))?;
        }
        Self::open(directory, options)
    }
}

/// Whether the journal needs nothing, or nothing but its last, torn write cut off.
fn is_whole_or_torn(survey: &Survey, origin: &Origin) -> bool {
    let (head, whole) = survey.unbroken(origin);
    match &survey.segments[whole..] {
        [] => !survey.segments.is_empty(),
        [last] => {
            let begins =
                last.start.as_ref().is_some_and(|(of, start)| of == origin && *start == head);
            begins && matches!(last.ending, Ending::Torn { .. })
        }
        _ => false,
    }
}

/// Whether nothing is known that the journal once held, and that it would need sled for.
fn holds_all(survey: &Survey, data: &Path, origin: &Origin) -> bool {
    let closed_slot = closed::read(data, origin).map_or(0, |head| head.slot);
    let held = claimed(&sled_path(data), origin).max(closed_slot);
    is_whole_or_torn(survey, origin) && survey.slots() >= held
}

/// An opening under way.
struct Opening {
    directory: Directory,
    options: Options,
    repairs: Vec<Repair>,
}

impl Opening {
    /// Makes the journal whole, with the help of sled where it must.
    fn settle_journal(&mut self) -> Result<(Origin, Found), OpenError> {
        let journal = journal_path(self.directory.path());
        fs::create_dir_all(&journal).map_err(LogError::io(&journal))?;
        segment::remove_unfinished(&journal)?;
        // A process that was killed may have left names that only memory has. Everything rests on
        // them, and opening sled can lose what only sled holds.
        for names in [&journal, self.directory.path()] {
            segment::sync_directory(names).map_err(LogError::io(names))?;
        }
        let survey = Survey::of(&journal)?;
        let origin = survey.origin().cloned();
        let path = sled_path(self.directory.path());
        let is_all = |origin| holds_all(&survey, self.directory.path(), origin);
        let needs_sled = !origin.as_ref().is_some_and(is_all);
        // What only sled holds is written to the journal before sled itself is opened.
        let spare =
            (needs_sled && path.exists()).then(|| Spare::of(&self.directory)).transpose()?;
        let cache_bytes = self.options.sled_cache_bytes;
        let store = open_sled(spare.as_ref().map_or(&path, Spare::path), cache_bytes);
        let of_sled = store.as_ref().ok().and_then(|store| store.origin().ok().flatten());
        let nothing = || OpenError::NothingLeft { path: self.directory.path().to_owned() };
        let origin = origin.or(of_sled).ok_or_else(nothing)?;
        let store = store.and_then(|store| of_ledger(store, &origin));
        let mut sled = from_sled(&store);
        let closed_slot = closed::read(self.directory.path(), &origin).map_or(0, |head| head.slot);
        let (head, whole) = survey.unbroken(&origin);
        if whole < survey.segments.len() || survey.segments.is_empty() {
            let bounds = (self.options.segment_bytes, closed_slot);
            let mended = mend::mend(&journal, &origin, &survey, bounds, &mut sled)?;
            self.report_mended(&journal, &origin, mended)?;
        } else {
            let head = self.continue_journal(&journal, &origin, head, &mut sled)?;
            if head.slot < closed_slot {
                return Err(mend::lost(&head, closed_slot).into());
            }
        }
        drop(sled);
        if spare.is_none() {
            return Ok((origin, store));
        }
        drop((store, spare));
        let store = open_sled(&path, cache_bytes).and_then(|store| of_ledger(store, &origin));
        Ok((origin, store))
    }

    fn report_mended(
        &mut self,
        journal: &Path,
        origin: &Origin,
        mended: mend::Mended,
    ) -> Result<(), OpenError> {
        if mended.cut_bytes > 0 {
            let (head, _) = Survey::of(journal)?.unbroken(origin);
            self.repairs.push(Repair::TailCut { slot: head.slot, bytes: mended.cut_bytes });
        }
        if !mended.restored.is_empty() || !mended.set_aside.is_empty() {
            let mend::Mended { restored, set_aside, .. } = mended;
            self.repairs.push(Repair::JournalMended { restored, set_aside });
        }
        Ok(())
    }

    /// Writes to the journal again what sled holds beyond it. sled is fed committed frames only, so
    /// a frame there that follows the journal's head was acknowledged and has been lost here.
    fn continue_journal(
        &mut self,
        journal: &Path,
        origin: &Origin,
        head: Head,
        sled: &mut dyn FnMut(&Head) -> Option<Frame>,
    ) -> Result<Head, OpenError> {
        let Some(mut frame) = sled(&head).filter(|frame| frame.follows(&head)) else {
            return Ok(head);
        };
        let segment_bytes = self.options.segment_bytes;
        let last = last_segment(journal, segment_bytes)?;
        let mut writer = JournalWriter::new(journal, origin.clone(), segment_bytes, head, last);
        loop {
            writer.append(&frame, &frame.encode())?;
            match sled(writer.head()).filter(|frame| frame.follows(writer.head())) {
                Some(next) => frame = next,
                None => break,
            }
        }
        let batches = writer.head().slot - head.slot;
        self.repairs.push(Repair::JournalContinued { slot: head.slot, batches });
        Ok(*writer.head())
    }

    /// That everything sled once held is in the journal; behind it sled may go.
    fn nothing_lost(&self, origin: &Origin, held: u64) -> Result<(), OpenError> {
        let (head, _) = Survey::of(&journal_path(self.directory.path()))?.unbroken(origin);
        if held <= head.slot { Ok(()) } else { Err(mend::lost(&head, held).into()) }
    }

    /// Compares sled with the journal frame by frame, feeds it, or builds it again.
    fn settle_sled(
        &mut self,
        origin: &Origin,
        store: Found,
    ) -> Result<(Arc<SledStore>, Walked), OpenError> {
        let path = sled_path(self.directory.path());
        let mut held = claimed(&path, origin);
        let unfit = match store {
            Ok(store) => match self.compare(origin, &store)? {
                Ok((walked, batches)) => {
                    if batches > 0 {
                        self.repairs.push(Repair::SledFed { batches });
                        store.sync()?;
                    }
                    return Ok((store, walked));
                }
                Err(unfit) => {
                    held = held.max(store.fed().map_or(0, |(batches, _)| batches));
                    unfit
                }
            },
            Err(unfit) => unfit,
        };
        if matches!(unfit, Unfit::Damaged(_)) {
            self.nothing_lost(origin, held)?;
        }
        let (store, set_aside) = begin_again(&path, self.options.sled_cache_bytes, origin)?;
        self.repairs.push(Repair::SledRebuilt { why: unfit.why(), set_aside });
        match self.compare(origin, &store)? {
            Ok((walked, _)) => {
                store.sync()?;
                Ok((store, walked))
            }
            Err(unfit) => {
                let damage = Damage { place: Place::Sled, fault: Fault::Sled(unfit.why()) };
                Err(LogError::from(damage).into())
            }
        }
    }

    /// Walks journal and sled side by side. Gives where the journal leads and how many batches sled
    /// lacked, which it is fed; or in which way sled is not what the journal says.
    fn compare(
        &self,
        origin: &Origin,
        store: &Arc<SledStore>,
    ) -> Result<Result<(Walked, u64), Unfit>, OpenError> {
        let journal = journal_path(self.directory.path());
        let mut comparison = match Comparison::begin(&journal, origin, store, Until::End)? {
            Ok(comparison) => comparison,
            Err(unfit) => return Ok(Err(unfit)),
        };
        loop {
            match comparison.advance(usize::MAX)? {
                Step::Further => {}
                Step::Equal => return Ok(Ok((comparison.walked, comparison.lacked))),
                Step::Differs(unfit) => return Ok(Err(unfit)),
                Step::Broken(error) => return Err(error.into()),
            }
        }
    }
}

/// Gives frames of sled by the head they follow; quickly when they are asked for in order.
fn from_sled(store: &Found) -> impl FnMut(&Head) -> Option<Frame> {
    let store = store.as_ref().ok().cloned();
    let mut walk: Option<(u64, SledFrames)> = None;
    move |head: &Head| {
        let in_order = walk.take().filter(|(slot, _)| *slot == head.slot);
        let mut frames = match in_order {
            Some((_, frames)) => frames,
            None => SledFrames::from(store.clone()?, head.slot, head.size, head.frame).ok()?,
        };
        let frame = frames.next()?.ok()?;
        walk = Some((head.slot + 1, frames));
        Some(frame)
    }
}

/// The segment that appending goes on in.
fn last_segment(journal: &Path, segment_bytes: u64) -> Result<Option<LastSegment>, LogError> {
    let Some((slot, path)) = segment::list(journal)?.pop() else { return Ok(None) };
    let last = Segment::read(slot, path)?;
    let open = appendable(last.path.clone(), last.end_offset, segment_bytes)?;
    write_again(&open.file, &last).map_err(LogError::io(&last.path))?;
    Ok(Some(open))
}

/// Makes the last frame durable. The process that wrote it may have been killed before its sync, or
/// have met one that failed, behind which the system takes a page for written until somebody writes
/// to it again.
fn write_again(file: &File, last: &Segment) -> io::Result<()> {
    let length = last.end_offset.saturating_sub(last.last_offset);
    let mut frame = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut frame, last.last_offset)?;
    file.write_all_at(&frame, last.last_offset)?;
    file.sync_all()
}

/// A segment whose frames end at `end`, for the next ones.
pub(super) fn appendable(
    path: PathBuf,
    end: u64,
    segment_bytes: u64,
) -> Result<LastSegment, LogError> {
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.map_err(LogError::io(&path))?;
    let found = file.metadata().map_err(LogError::io(&path))?.len();
    // A cut of the unused end is harmless, and is given back; without room the next segment
    // follows.
    let wanted = segment_bytes.max(found);
    let length = segment::preallocate(&file, wanted).map_or(found, |()| wanted);
    Ok(LastSegment { file, path, end, length, written: end })
}
