//! Telling a torn write from damage.
//!
//! Batches are committed one at a time, so a crash leaves at most one frame in part: nothing can
//! stand behind it, and it is no longer than a frame can be. A disk writes a sector wholly or not
//! at all, and where a frame is written there were zeros: in a frame that was torn a sector is
//! missing, and where one is missing there are zeros. A frame that has all its sectors and not its
//! hash was written, perhaps acknowledged, and damaged since.

use crate::ground::frame;
use crate::ground::journal::survey::{Ending, find, is_zero};
use crate::ground::log::{BATCH_LIMIT_BYTES, Fault};
use std::ops::Range;

/// What every disk writes at once; many write eight times as much.
const SECTOR_BYTES: usize = 512;

/// What a frame's length is read from.
const STATED: Range<usize> = 0..8;

/// What stands behind the unbroken frames, from `offset` in the file on, where the frame of `slot`
/// would begin.
pub(crate) fn ending(rest: &[u8], offset: usize, slot: u64) -> Ending {
    let bytes = rest.len() - rest.iter().rev().take_while(|byte| **byte == 0).count();
    let length = if lacks_a_sector(rest, offset, STATED) {
        Some(BATCH_LIMIT_BYTES)
    } else {
        frame::stated_length(rest).filter(|length| lacks_a_sector(rest, offset, 0..*length))
    };
    let explained = length.is_some_and(|length| bytes <= length);
    if explained && find(&rest[..bytes], |frame| frame.slot >= slot).next().is_none() {
        Ending::Torn { bytes: bytes as u64 }
    } else {
        Ending::Damaged(Fault::Hash)
    }
}

/// Whether one of the sectors over which a part of `rest` is spread holds nothing of it.
pub(crate) fn lacks_a_sector(rest: &[u8], offset: usize, part: Range<usize>) -> bool {
    let mut begin = 0;
    while begin < part.end {
        let end = begin + SECTOR_BYTES - (offset + begin) % SECTOR_BYTES;
        let sector = rest.get(begin..end.min(rest.len())).unwrap_or_default();
        if is_zero(sector) {
            return true;
        }
        begin = end;
    }
    false
}
