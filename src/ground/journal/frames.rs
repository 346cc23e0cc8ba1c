//! The journal's frames one after the other, each checked against the one before.

use crate::ground::frame::{self, Frame, MAGIC};
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::journal::survey::is_zero;
use crate::ground::log::{Damage, Fault, Head, LogError};
use crate::words::Origin;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// How much of a segment is read at a time; a longer frame is read whole.
const WINDOW_BYTES: usize = 256 * 1024;

/// Streams the frames of a journal from the genesis; ends with the first error. Holds a window of
/// one segment in memory.
#[derive(Debug)]
pub struct JournalFrames {
    origin: Origin,
    head: Head,
    /// Frames from this slot on are not asked for; a writer may be busy with them.
    until_slot: u64,
    segments: std::vec::IntoIter<(u64, PathBuf)>,
    /// None before the first segment.
    window: Option<Window>,
    done: bool,
}

/// A part of a segment.
#[derive(Debug)]
struct Window {
    file: File,
    path: PathBuf,
    /// Where in the file `bytes` begin.
    begin: u64,
    bytes: Vec<u8>,
    /// Where in the file the next frame begins.
    offset: u64,
}

impl JournalFrames {
    /// Frames of the journal in `directory`, up to and without `until_slot`.
    pub fn open(directory: &Path, origin: &Origin, until_slot: u64) -> Result<Self, LogError> {
        Ok(Self {
            origin: origin.clone(),
            head: Head::genesis(origin),
            until_slot,
            segments: segment::list(directory)?.into_iter(),
            window: None,
            done: false,
        })
    }

    /// The same from the frame that holds entry `seq`. The frame before it, or the head of its
    /// segment, is taken at its word about what stands before.
    pub fn open_at(
        directory: &Path,
        origin: &Origin,
        seq: u64,
        until_slot: u64,
    ) -> Result<Self, LogError> {
        let mut frames = Self::open(directory, origin, until_slot)?;
        let mut segments: Vec<(u64, PathBuf)> = frames.segments.collect();
        let mut first = 0;
        for (index, (slot, path)) in segments.iter().enumerate() {
            let damage = || LogError::from(Damage::at_slot(*slot, Fault::Hash));
            let (_, start) = segment::read_head(path)?.ok_or_else(damage)?;
            if start.size > seq {
                break;
            }
            (first, frames.head) = (index, start);
        }
        segments.drain(..first);
        frames.segments = segments.into_iter();
        if frames.head.size < seq
            && let Some((_, path)) = frames.segments.next()
        {
            frames.enter(path)?;
            frames.skip_to(seq)?;
        }
        Ok(frames)
    }

    /// The head that the frames given so far lead to.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The segment that the last frame stands in, and where the next one would. None before the
    /// first.
    pub fn end(&self) -> Option<(&Path, u64)> {
        self.window.as_ref().map(|window| (window.path.as_path(), window.offset))
    }

    /// Goes on in a segment, which must begin where the frames so far ended.
    fn enter(&mut self, path: PathBuf) -> Result<(), LogError> {
        let damage = |fault| LogError::from(Damage::at_slot(self.head.slot, fault));
        let start = segment::read_head(&path)?.ok_or_else(|| damage(Fault::Hash))?;
        if start != (self.origin.clone(), self.head) {
            return Err(damage(Fault::Chain));
        }
        let file = File::open(&path).map_err(LogError::io(&path))?;
        let (begin, offset) = (FRAMES_OFFSET, FRAMES_OFFSET);
        self.window = Some(Window { file, path, begin, bytes: Vec::new(), offset });
        Ok(())
    }

    /// Passes by the frames that end before entry `seq`, and reads the last of them.
    fn skip_to(&mut self, seq: u64) -> Result<(), LogError> {
        let Some(window) = &mut self.window else { return Ok(()) };
        let mut last = None;
        while let Some((size, length)) = frame::extent(window.at_least(frame::HEADER_BYTES)?) {
            if size > seq {
                break;
            }
            last = Some(window.offset);
            window.offset += length as u64;
        }
        if let Some(offset) = last {
            window.offset = offset;
            let damage = |fault| LogError::from(Damage::at_slot(self.head.slot, fault));
            let (frame, length) = Frame::decode(window.frame()?).map_err(damage)?;
            window.offset += length as u64;
            self.head = frame.head();
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<Frame>, LogError> {
        if self.head.slot >= self.until_slot {
            return Ok(None);
        }
        loop {
            if let Some(window) = &mut self.window
                && !window.is_at_end()?
            {
                break;
            }
            let Some((_, path)) = self.segments.next() else { return Ok(None) };
            self.enter(path)?;
        }
        let Some(window) = &mut self.window else { return Ok(None) };
        let damage = |fault| LogError::from(Damage::at_slot(self.head.slot, fault));
        let (frame, length) = Frame::decode(window.frame()?).map_err(damage)?;
        if !frame.follows(&self.head) {
            return Err(damage(Fault::Chain));
        }
        window.offset += length as u64;
        self.head = frame.head();
        Ok(Some(frame))
    }
}

impl Window {
    /// What the next frame begins with: that many bytes or more, fewer only at the file's end.
    fn at_least(&mut self, wanted: usize) -> Result<&[u8], LogError> {
        let end = self.begin + self.bytes.len() as u64;
        if self.offset < self.begin || end < self.offset + wanted as u64 {
            self.bytes.resize(wanted.max(WINDOW_BYTES), 0);
            let read = fill(&self.file, &mut self.bytes, self.offset);
            self.bytes.truncate(read.map_err(LogError::io(&self.path))?);
            self.begin = self.offset;
        }
        let place = usize::try_from(self.offset - self.begin).unwrap_or(usize::MAX);
        Ok(self.bytes.get(place..).unwrap_or_default())
    }

    /// The bytes of the next frame, as far as they are there.
    fn frame(&mut self) -> Result<&[u8], LogError> {
        let length = frame::stated_length(self.at_least(frame::HEADER_BYTES)?);
        self.at_least(length.unwrap_or(frame::HEADER_BYTES))
    }

    /// Whether nothing but zeros follows.
    fn is_at_end(&mut self) -> Result<bool, LogError> {
        let next = self.at_least(1)?;
        if next.first().is_some_and(|first| *first == MAGIC[0]) {
            return Ok(false);
        }
        let mut bytes = next.to_vec();
        let mut offset = self.offset;
        while !bytes.is_empty() {
            if !is_zero(&bytes) {
                return Ok(false);
            }
            offset += bytes.len() as u64;
            bytes.resize(WINDOW_BYTES, 0);
            let read = fill(&self.file, &mut bytes, offset);
            bytes.truncate(read.map_err(LogError::io(&self.path))?);
        }
        Ok(true)
    }
}

/// Reads until the buffer is full or the file ends; gives how much that was.
fn fill(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

impl Iterator for JournalFrames {
    type Item = Result<Frame, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}
