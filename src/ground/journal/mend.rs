//! Writing damaged or missing segments again, from what is left in them and from sled.
//!
//! Nothing is believed but what chains: a frame is taken only if it follows the head, from the
//! genesis on, and a whole segment behind the damage must begin exactly where the mending ends. The
//! files that were replaced are kept under another name.

use crate::ground::frame::Frame;
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::journal::survey::{self, Ending, Segment, Survey};
use crate::ground::journal::torn;
use crate::ground::log::{Head, LogError};
use crate::words::Origin;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What a kept file's name ends with, before its number.
const KEPT: &str = ".damaged-";

/// What mending did.
#[derive(Debug, Default)]
pub struct Mended {
    /// The damaged files, under the names they are kept by.
    pub set_aside: Vec<PathBuf>,
    /// Batches that came from sled, because the journal had lost them.
    pub restored: Vec<u64>,
    /// The bytes of a torn write that was cut off.
    pub cut_bytes: u64,
}

/// Why a journal cannot be mended. Nothing was changed.
#[derive(Debug, Error)]
pub enum MendError {
    /// Reading or writing failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Batches that neither the journal nor sled holds.
    #[error(
        "{} lost, in the journal and in sled: the log is whole up to entry {size}, exclusive",
        slots(*.from_slot, *.until_slot)
    )]
    Lost {
        /// The first that is missing.
        from_slot: u64,
        /// The first behind them that is whole, if any is.
        until_slot: Option<u64>,
        /// Entries before the first that is missing.
        size: u64,
    },
}

/// Batches from a head on are nowhere, up to and without `until_slot`.
pub fn lost(head: &Head, until_slot: u64) -> MendError {
    MendError::Lost { from_slot: head.slot, until_slot: Some(until_slot), size: head.size }
}

fn slots(from: u64, until: Option<u64>) -> String {
    match until {
        Some(until) if until == from + 1 => format!("batch {from} is"),
        Some(until) => format!("batches {from} to {} are", until - 1),
        None => format!("batches from {from} on are"),
    }
}

/// Slot to file, offset and length.
type Spots = BTreeMap<u64, Vec<(PathBuf, u64, usize)>>;

/// Where the mending takes its frames from.
struct Sources<'a> {
    /// Where whole frames stand in damaged files.
    salvage: Spots,
    /// The same of files that a mending kept. One that was interrupted put some of its segments in
    /// place, and what they were made from may hold what the others need.
    kept: Spots,
    sled: &'a mut dyn FnMut(&Head) -> Option<Frame>,
    restored: Vec<u64>,
}

impl Sources<'_> {
    fn next(&mut self, head: &Head) -> Option<Frame> {
        if let Some(frame) = take(&self.salvage, head) {
            return Some(frame);
        }
        if let Some(frame) = (self.sled)(head).filter(|frame| frame.follows(head)) {
            self.restored.push(head.slot);
            return Some(frame);
        }
        take(&self.kept, head)
    }

    /// The first slot behind the lost one at `head` that is somewhere, `slot` at the latest.
    fn first_behind(&self, head: &Head, slot: u64) -> u64 {
        self.salvage.range(head.slot + 1..).next().map_or(slot, |(found, _)| slot.min(*found))
    }
}

/// The frame that follows the head, if it stands in one of these spots.
fn take(spots: &Spots, head: &Head) -> Option<Frame> {
    spots.get(&head.slot).into_iter().flatten().find_map(|(path, offset, length)| {
        let mut bytes = vec![0; *length];
        fs::File::open(path).and_then(|file| file.read_exact_at(&mut bytes, *offset)).ok()?;
        let (frame, _) = Frame::decode(&bytes).ok()?;
        frame.follows(head).then_some(frame)
    })
}

/// Makes a journal whole again. What was acknowledged as far as batch `closed_slot` is no torn
/// write, however it looks.
pub fn mend(
    directory: &Path,
    origin: &Origin,
    survey: &Survey,
    (segment_bytes, closed_slot): (u64, u64),
    sled: &mut dyn FnMut(&Head) -> Option<Frame>,
) -> Result<Mended, MendError> {
    let (head, whole) = survey.unbroken(origin);
    let segments = &survey.segments[whole..];
    if let [last] = segments {
        let cut = matches!(last.ending, Ending::Torn { .. })
            && last.start.as_ref().is_some_and(|(of, start)| of == origin && *start == head);
        let head = last.end.unwrap_or(head);
        if cut && head.slot >= closed_slot && sled(&head).is_none_or(|frame| !frame.follows(&head))
        {
            return Ok(Mended { cut_bytes: cut_tail(last)?, ..Mended::default() });
        }
    }
    let mut work = Mending::new(directory, origin, segment_bytes, head);
    let mut sources =
        Sources { salvage: Spots::new(), kept: Spots::new(), sled, restored: Vec::new() };
    for path in kept_files(directory)? {
        salvage(&path, &mut sources.kept)?;
    }
    let mut anchors = Vec::new();
    let mut faulty = Vec::new();
    for segment in segments {
        match (&segment.start, segment.end, &segment.ending) {
            (Some((of, start)), Some(end), Ending::Clean) if of == origin => {
                anchors.push((*start, end, segment));
            }
            _ => faulty.push(segment),
        }
    }
    // A whole segment that begins at another head than the one reached is as wrong as a damaged
    // one.
    anchors.retain(|(start, _, segment)| {
        let fits = start.slot > head.slot;
        if !fits {
            faulty.push(segment);
        }
        fits
    });
    let last_anchor = anchors.last().map(|(start, _, _)| start.slot);
    let mut leftover: Option<(u64, usize, &Segment)> = None;
    for segment in &faulty {
        let end = salvage(&segment.path, &mut sources.salvage)?;
        let slot = segment.first_slot;
        if last_anchor.is_none_or(|anchor| anchor <= slot)
            && leftover.is_none_or(|(last, _, _)| last < slot)
        {
            leftover = Some((slot, end, segment));
        }
    }
    for (start, end, _) in &anchors {
        work.fill_until(start, &mut sources)?;
        work.finish_segment()?;
        work.head = *end;
    }
    let cut_bytes = match work.fill_rest(&mut sources, leftover) {
        Ok(_) | Err(MendError::Lost { until_slot: None, .. }) if work.head.slot < closed_slot => {
            return Err(work.lost(closed_slot));
        }
        rest => rest?,
    };
    work.finish_segment()?;
    let set_aside = work.put_in_place(&faulty)?;
    Ok(Mended { set_aside, restored: sources.restored, cut_bytes })
}

/// Writes zeros over what an interrupted write left at the end of the last segment.
fn cut_tail(last: &Segment) -> Result<u64, LogError> {
    let Ending::Torn { bytes } = last.ending else { return Ok(0) };
    let file = OpenOptions::new().write(true).open(&last.path);
    let file = file.map_err(LogError::io(&last.path))?;
    let zeros = vec![0; usize::try_from(bytes).unwrap_or_default()];
    file.write_all_at(&zeros, last.end_offset).map_err(LogError::io(&last.path))?;
    file.sync_all().map_err(LogError::io(&last.path))?;
    Ok(bytes)
}

/// Notes every whole frame of a damaged file; gives the offset behind the last of them.
fn salvage(path: &Path, spots: &mut Spots) -> Result<usize, LogError> {
    let bytes = fs::read(path).map_err(LogError::io(path))?;
    let mut end = (FRAMES_OFFSET as usize).min(bytes.len());
    for (offset, frame) in survey::find(&bytes, |_| true) {
        let length = frame.weight();
        end = offset + length;
        let spot = (path.to_owned(), offset as u64, length);
        spots.entry(frame.slot).or_default().push(spot);
    }
    Ok(end)
}

/// Segments in the making. They get their names only when everything was found.
struct Mending<'a> {
    directory: &'a Path,
    origin: &'a Origin,
    segment_bytes: u64,
    head: Head,
    start: Head,
    bytes: Vec<u8>,
    made: Vec<(PathBuf, PathBuf)>,
}

impl<'a> Mending<'a> {
    fn new(directory: &'a Path, origin: &'a Origin, segment_bytes: u64, head: Head) -> Self {
        let (start, bytes, made) = (head, Vec::new(), Vec::new());
        Self { directory, origin, segment_bytes, head, start, bytes, made }
    }

    fn fill_until(&mut self, target: &Head, sources: &mut Sources<'_>) -> Result<(), MendError> {
        while self.head.slot < target.slot {
            let Some(frame) = sources.next(&self.head) else {
                return Err(self.lost(sources.first_behind(&self.head, target.slot)));
            };
            self.push(&frame)?;
        }
        if self.head == *target { Ok(()) } else { Err(self.lost(target.slot + 1)) }
    }

    /// Goes on as far as there are frames; then nothing may be left that a torn write does not
    /// explain.
    fn fill_rest(
        &mut self,
        sources: &mut Sources<'_>,
        leftover: Option<(u64, usize, &Segment)>,
    ) -> Result<u64, MendError> {
        let mut expected = FRAMES_OFFSET as usize;
        while let Some(frame) = sources.next(&self.head) {
            if leftover.as_ref().is_some_and(|(slot, _, _)| frame.slot >= *slot) {
                expected += frame.weight();
            }
            self.push(&frame)?;
        }
        if let Some((slot, _)) = sources.salvage.range(self.head.slot..).next() {
            return Err(self.lost((*slot).max(self.head.slot + 1)));
        }
        let Some((_, end, segment)) = leftover else { return Ok(0) };
        let bytes = fs::read(&segment.path).map_err(LogError::io(&segment.path))?;
        let end = end.max(expected);
        let rest = bytes.get(end..).unwrap_or_default();
        if survey::is_zero(rest) {
            return Ok(0);
        }
        match torn::ending(rest, end, self.head.slot) {
            Ending::Torn { bytes } => Ok(bytes),
            Ending::Clean | Ending::Damaged(_) => Err(MendError::Lost {
                from_slot: self.head.slot,
                until_slot: None,
                size: self.head.size,
            }),
        }
    }

    fn lost(&self, until_slot: u64) -> MendError {
        lost(&self.head, until_slot)
    }

    fn push(&mut self, frame: &Frame) -> Result<(), LogError> {
        let bytes = frame.encode();
        if FRAMES_OFFSET + (self.bytes.len() + bytes.len()) as u64 > self.segment_bytes {
            self.finish_segment()?;
        }
        if self.bytes.is_empty() {
            self.start = self.head;
        }
        self.bytes.extend_from_slice(&bytes);
        self.head = frame.head();
        Ok(())
    }

    fn finish_segment(&mut self) -> Result<(), LogError> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let path = segment::path_of(self.directory, self.start.slot);
        let unfinished = path.with_extension("unfinished");
        let mut content = segment::encode_head(self.origin, &self.start);
        content.append(&mut self.bytes);
        let length = self.segment_bytes.max(content.len() as u64);
        segment::make(&unfinished, &content, length).map_err(LogError::io(&unfinished))?;
        self.made.push((unfinished, path));
        Ok(())
    }

    /// Keeps the damaged files by other names, then lets the new ones take theirs. A stop between
    /// the two steps leaves a damaged file under its own name, so nothing is lost by it.
    fn put_in_place(&self, faulty: &[&Segment]) -> Result<Vec<PathBuf>, LogError> {
        let mut kept = Vec::new();
        for segment in faulty {
            let aside = free_name(&segment.path);
            let linked = fs::hard_link(&segment.path, &aside);
            let linked = linked.or_else(|_| fs::copy(&segment.path, &aside).map(drop));
            linked.map_err(LogError::io(&aside))?;
            kept.push(aside);
        }
        let sync = || -> io::Result<()> { segment::sync_directory(self.directory) };
        sync().map_err(LogError::io(self.directory))?;
        for (unfinished, path) in &self.made {
            fs::rename(unfinished, path).map_err(LogError::io(path))?;
        }
        for segment in faulty {
            if !self.made.iter().any(|(_, path)| *path == segment.path) {
                fs::remove_file(&segment.path).map_err(LogError::io(&segment.path))?;
            }
        }
        sync().map_err(LogError::io(self.directory))?;
        Ok(kept)
    }
}

/// The files that earlier mendings kept.
fn kept_files(directory: &Path) -> Result<Vec<PathBuf>, LogError> {
    let items = fs::read_dir(directory).map_err(LogError::io(directory))?;
    let paths = items.map(|item| item.map(|item| item.path()));
    let mut paths = paths.collect::<io::Result<Vec<_>>>().map_err(LogError::io(directory))?;
    paths.retain(|path| {
        path.extension().is_some_and(|end| end.to_string_lossy().starts_with(&KEPT[1..]))
    });
    Ok(paths)
}

/// The first name of the form `<path>.damaged-<n>` that nothing has yet.
pub fn free_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = |n: u32| path.with_file_name(format!("{name}{KEPT}{n}"));
    (1..).map(numbered).find(|path| !path.exists()).expect("names do not run out")
}
