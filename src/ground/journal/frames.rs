//! The journal's frames one after the other, each checked against the one before.

use crate::ground::frame::Frame;
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::journal::survey::is_zero;
use crate::ground::log::{Damage, Fault, Head, LogError};
use crate::words::Origin;
use std::fs;
use std::path::{Path, PathBuf};

/// Streams the frames of a journal from the genesis; ends with the first error. Holds one segment
/// in memory at a time.
#[derive(Debug)]
pub struct JournalFrames {
    origin: Origin,
    head: Head,
    /// Frames from this slot on are not asked for; a writer may be busy with them.
    until_slot: u64,
    segments: std::vec::IntoIter<(u64, PathBuf)>,
    /// The file that `bytes` are of.
    path: PathBuf,
    bytes: Vec<u8>,
    offset: usize,
    done: bool,
}

impl JournalFrames {
    /// Frames of the journal in `directory`, up to and without `until_slot`.
    pub fn open(directory: &Path, origin: &Origin, until_slot: u64) -> Result<Self, LogError> {
        Ok(Self {
            origin: origin.clone(),
            head: Head::genesis(origin),
            until_slot,
            segments: segment::list(directory)?.into_iter(),
            path: PathBuf::new(),
            bytes: Vec::new(),
            offset: 0,
            done: false,
        })
    }

    /// The same from the beginning of the segment that holds entry `seq`, which is taken at its
    /// word about what stands before it.
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
        Ok(frames)
    }

    /// The head that the frames given so far lead to.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The segment that the last frame stands in, and where the next one would. None before the
    /// first.
    pub fn end(&self) -> Option<(&Path, u64)> {
        (!self.bytes.is_empty()).then_some((&self.path, self.offset as u64))
    }

    fn advance(&mut self) -> Result<Option<Frame>, LogError> {
        if self.head.slot >= self.until_slot {
            return Ok(None);
        }
        let damage = |fault| LogError::from(Damage::at_slot(self.head.slot, fault));
        while is_zero(&self.bytes[self.offset..]) {
            let Some((_, path)) = self.segments.next() else { return Ok(None) };
            self.bytes = fs::read(&path).map_err(LogError::io(&path))?;
            self.path = path;
            self.offset = FRAMES_OFFSET as usize;
            let start = segment::decode_head(&self.bytes).ok_or_else(|| damage(Fault::Hash))?;
            if start != (self.origin.clone(), self.head) {
                return Err(damage(Fault::Chain));
            }
        }
        let (frame, length) = Frame::decode(&self.bytes[self.offset..]).map_err(damage)?;
        if !frame.follows(&self.head) {
            return Err(damage(Fault::Chain));
        }
        self.offset += length;
        self.head = frame.head();
        Ok(Some(frame))
    }
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
