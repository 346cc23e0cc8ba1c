//! The end of the journal: where a batch is committed.
//!
//! Before the commit point (the return of fdatasync) a crash leaves a torn tail that opening cuts;
//! behind it the frame is found by every later opening.

use crate::ground::frame::{self, Frame};
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::log::{AppendError, Head, Rejection};
use crate::words::Origin;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Appends frames to the last segment and begins the next one when it is full.
#[derive(Debug)]
pub struct JournalWriter {
    directory: PathBuf,
    origin: Origin,
    segment_bytes: u64,
    head: Head,
    /// None until the first frame behind a kept segment needs a file.
    last: Option<LastSegment>,
    poisoned: Option<(PathBuf, &'static str, io::ErrorKind)>,
}

/// The segment that frames go to.
#[derive(Debug)]
pub struct LastSegment {
    /// The open file.
    pub file: File,
    /// Its path, for messages.
    pub path: PathBuf,
    /// Where the next frame goes.
    pub end: u64,
    /// How far the file is preallocated.
    pub length: u64,
    /// How far its blocks are known to be written, with frames or zeros; nothing is known of a file
    /// that was opened, so it begins at `end`.
    pub written: u64,
}

/// A short frame that reaches unwritten blocks takes zeros up to here with it. The first write to
/// a preallocated block changes the file's map, which syncing then has to write too: it takes
/// twice as long as a block that was written before. Long frames spread that cost themselves.
const WRITTEN_AHEAD_BYTES: u64 = 256 * 1024;
const SHORT_FRAME_BYTES: usize = 16 * 1024;

impl JournalWriter {
    /// Continues a journal at its head.
    pub fn new(
        directory: &Path,
        origin: Origin,
        segment_bytes: u64,
        head: Head,
        last: Option<LastSegment>,
    ) -> Self {
        let directory = directory.to_owned();
        Self { directory, origin, segment_bytes, head, last, poisoned: None }
    }

    /// The head of what is committed.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whether nobody knows what an append left.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.is_some()
    }

    /// Commits a frame that follows the head.
    ///
    /// A failed write is taken back by writing zeros over it: once those are synced, no part of the
    /// frame can reappear, and the batch is certainly rejected. A failed sync says nothing about
    /// what reached the disk, and the kernel reports it only once; so after it, or when taking back
    /// fails, this journal is not written to again.
    pub fn append(&mut self, frame: &Frame, bytes: &[u8]) -> Result<(), AppendError> {
        if let Some((path, what, kind)) = &self.poisoned {
            return Err(AppendError::OutcomeUnknown { path: path.clone(), what, kind: *kind });
        }
        debug_assert!(
            frame.follows(&self.head) && frame::stated_length(bytes) == Some(bytes.len())
        );
        let last = self.room_for(bytes.len() as u64)?;
        if let Err(error) = last.write(bytes) {
            return Err(match last.take_back(bytes.len()) {
                Ok(()) => rejection(last.path.clone(), error).into(),
                Err(worse) => self.poison("taking back a write to", worse),
            });
        }
        if let Err(error) = last.file.sync_data() {
            return Err(self.poison("syncing", error));
        }
        last.end += bytes.len() as u64;
        self.head = frame.head();
        Ok(())
    }

    fn room_for(&mut self, length: u64) -> Result<&mut LastSegment, Rejection> {
        let full = self.last.as_ref().is_none_or(|last| last.end + length > last.length);
        if full {
            // A frame longer than a whole segment gets a segment of its own length.
            let length = self.segment_bytes.max(FRAMES_OFFSET + length);
            let made = segment::create(&self.directory, &self.origin, &self.head, length);
            let (file, path) = made.map_err(|(path, error)| rejection(path, error))?;
            let (end, written) = (FRAMES_OFFSET, FRAMES_OFFSET);
            self.last = Some(LastSegment { file, path, end, length, written });
        }
        Ok(self.last.as_mut().expect("a segment was made if there was none"))
    }

    fn poison(&mut self, what: &'static str, error: io::Error) -> AppendError {
        let path = self.last.as_ref().map_or(&self.directory, |last| &last.path).clone();
        self.poisoned = Some((path.clone(), what, error.kind()));
        AppendError::OutcomeUnknown { path, what, kind: error.kind() }
    }
}

impl LastSegment {
    fn write(&mut self, frame: &[u8]) -> io::Result<()> {
        let end = self.end + frame.len() as u64;
        let ahead = end.next_multiple_of(WRITTEN_AHEAD_BYTES).min(self.length);
        if end <= self.written || frame.len() > SHORT_FRAME_BYTES {
            self.file.write_all_at(frame, self.end)?;
            self.written = self.written.max(end);
        } else {
            let mut bytes = frame.to_vec();
            bytes.resize(usize::try_from(ahead - self.end).unwrap_or(frame.len()), 0);
            self.file.write_all_at(&bytes, self.end)?;
            self.written = ahead;
        }
        Ok(())
    }

    fn take_back(&self, length: usize) -> io::Result<()> {
        let room = self.file.metadata()?.len().saturating_sub(self.end);
        let length = length.min(usize::try_from(room).unwrap_or(usize::MAX));
        self.file.write_all_at(&vec![0; length], self.end)?;
        self.file.sync_data()
    }
}

fn rejection(path: PathBuf, source: io::Error) -> Rejection {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Rejection::Full { path }
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
            Rejection::ReadOnly { path }
        }
        _ => Rejection::Io { path, source },
    }
}
