//! Reading the whole journal on opening: which segments are whole, and where the others are not.

use crate::ground::frame::{Frame, MAGIC};
use crate::ground::journal::segment::{self, FRAMES_OFFSET};
use crate::ground::journal::torn;
use crate::ground::log::{Fault, Head, LogError};
use crate::words::Origin;
use std::fs;
use std::path::{Path, PathBuf};

/// What a look at every byte of the journal found.
#[derive(Debug)]
pub struct Survey {
    /// The segments by the slot in their names.
    pub segments: Vec<Segment>,
}

/// One segment file as it was found.
#[derive(Debug)]
pub struct Segment {
    /// The file.
    pub path: PathBuf,
    /// The slot in its name.
    pub first_slot: u64,
    /// Its length in bytes.
    pub length: u64,
    /// What its head says, if the head is whole and belongs to this name.
    pub start: Option<(Origin, Head)>,
    /// Where its unbroken frames lead to.
    pub end: Option<Head>,
    /// Where the last of its unbroken frames begins in the file; where the first would, if there is
    /// none.
    pub last_offset: u64,
    /// Where its unbroken frames end in the file.
    pub end_offset: u64,
    /// How it ends.
    pub ending: Ending,
}

/// What follows the unbroken frames of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Zeros: nothing was written there.
    Clean,
    /// What one interrupted write can leave, `bytes` long.
    Torn {
        /// From the last unbroken frame to the last byte that is not zero.
        bytes: u64,
    },
    /// What no interrupted write leaves.
    Damaged(Fault),
}

impl Survey {
    /// Reads every segment of a journal directory.
    pub fn of(directory: &Path) -> Result<Self, LogError> {
        let segments = segment::list(directory)?;
        let segments = segments.into_iter().map(|(slot, path)| Segment::read(slot, path));
        Ok(Self { segments: segments.collect::<Result<_, _>>()? })
    }

    /// The ledger's name, as most of the readable segments tell it: one may be another ledger's.
    pub fn origin(&self) -> Option<&Origin> {
        let told = || self.segments.iter().filter_map(|segment| Some(&segment.start.as_ref()?.0));
        // Of equals the last is taken, so the earlier ones come last.
        told().rev().max_by_key(|origin| told().filter(|other| other == origin).count())
    }

    /// How many batches there are up to the last frame that can be read.
    pub fn slots(&self) -> u64 {
        let ends = self.segments.iter().filter_map(|segment| segment.end);
        ends.map(|head| head.slot).max().unwrap_or(0)
    }

    /// The ledger's name, as the last segment tells it, without reading more than its head.
    pub fn origin_of(directory: &Path) -> Result<Option<Origin>, LogError> {
        let Some((_, path)) = segment::list(directory)?.pop() else { return Ok(None) };
        Ok(segment::read_head(&path)?.map(|(origin, _)| origin))
    }

    /// The head that the segments lead to one after the other from the genesis, and how many of
    /// them do. What comes then is damaged, torn or missing.
    pub fn unbroken(&self, origin: &Origin) -> (Head, usize) {
        let mut head = Head::genesis(origin);
        for (index, segment) in self.segments.iter().enumerate() {
            if !segment.is_whole_from(origin, &head) {
                return (head, index);
            }
            head = segment.end.unwrap_or(head);
        }
        (head, self.segments.len())
    }
}

impl Segment {
    /// Whether the segment begins exactly at `head` and is whole.
    pub fn is_whole_from(&self, origin: &Origin, head: &Head) -> bool {
        self.ending == Ending::Clean
            && self.start.as_ref().is_some_and(|(of, start)| of == origin && start == head)
    }

    /// Reads a file and follows its frames.
    pub fn read(first_slot: u64, path: PathBuf) -> Result<Self, LogError> {
        let bytes = fs::read(&path).map_err(LogError::io(&path))?;
        let start = segment::decode_head(&bytes).filter(|(_, start)| start.slot == first_slot);
        let mut segment = Self {
            path,
            first_slot,
            length: bytes.len() as u64,
            start,
            end: None,
            last_offset: FRAMES_OFFSET,
            end_offset: FRAMES_OFFSET,
            ending: Ending::Damaged(Fault::Hash),
        };
        if let Some((_, start)) = &segment.start {
            let Walk { head, last, end, ending } = walk(&bytes, *start);
            segment.end = Some(head);
            segment.last_offset = last as u64;
            segment.end_offset = end as u64;
            segment.ending = ending;
        }
        Ok(segment)
    }
}

/// Where the frames of a segment lead to, and the offsets of the last one's beginning and end.
struct Walk {
    head: Head,
    last: usize,
    end: usize,
    ending: Ending,
}

/// Follows the frames from a segment's head to the first byte that is not part of one.
fn walk(bytes: &[u8], start: Head) -> Walk {
    let (mut head, mut last, mut end) = (start, FRAMES_OFFSET as usize, FRAMES_OFFSET as usize);
    let ending = loop {
        let rest = &bytes[end.min(bytes.len())..];
        if rest.first().is_none_or(|first| *first != MAGIC[0]) && is_zero(rest) {
            break Ending::Clean;
        }
        match Frame::decode(rest) {
            Ok((frame, length)) if frame.follows(&head) => {
                head = frame.head();
                (last, end) = (end, end + length);
            }
            Ok(_) => break Ending::Damaged(Fault::Chain),
            Err(_) => break torn::ending(rest, end, head.slot),
        }
    };
    Walk { head, last, end, ending }
}

/// The whole frames that stand anywhere in `bytes`, with their offsets.
pub(crate) fn find<'a>(
    bytes: &'a [u8],
    wanted: impl Fn(&Frame) -> bool + 'a,
) -> impl Iterator<Item = (usize, Frame)> + 'a {
    let mut offset = 0;
    std::iter::from_fn(move || {
        while let Some(next) = bytes[offset..].windows(4).position(|four| four == MAGIC) {
            let place = offset + next;
            match Frame::decode(&bytes[place..]) {
                Ok((frame, length)) => {
                    offset = place + length;
                    if wanted(&frame) {
                        return Some((place, frame));
                    }
                }
                Err(_) => offset = place + 1,
            }
        }
        None
    })
}

/// Whether bytes are all zero. Compares blocks, because most of a segment may be.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    const ZEROS: [u8; 4096] = [0; 4096];
    bytes.chunks(ZEROS.len()).all(|chunk| chunk == &ZEROS[..chunk.len()])
}
