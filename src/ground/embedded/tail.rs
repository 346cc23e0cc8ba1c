//! The tail: frames that are committed and that sled does not have yet.

use crate::ground::frame::Frame;
use crate::ground::log::{READ_LIMIT_BYTES, Record};
use crate::words::OrganizationId;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// When this much waits, the feeder does not wait for more.
pub(crate) const FEED_BYTES: usize = 256 * 1024;

/// One feed takes at most about this much, which bounds the memory of one batch in sled.
const FEED_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// Committed frames in order, with an index like the one in sled.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    frames: VecDeque<Arc<Frame>>,
    organizations: HashMap<OrganizationId, VecDeque<u64>>,
    bytes: usize,
}

impl Tail {
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The first seq that is here and not in sled.
    pub(crate) fn first_seq(&self) -> Option<u64> {
        self.frames.front().map(|frame| frame.first_seq)
    }

    /// The slot of the first frame that is here.
    pub(crate) fn first_slot(&self) -> Option<u64> {
        self.frames.front().map(|frame| frame.slot)
    }

    /// How many frames here stand before a slot.
    pub(crate) fn count_before(&self, slot: u64) -> usize {
        self.frames.partition_point(|frame| frame.slot < slot)
    }

    /// Adds a frame; tells whether the feeder wants to know.
    pub(crate) fn push(&mut self, frame: Arc<Frame>) -> bool {
        let (empty, before) = (self.is_empty(), self.bytes);
        for (seq, entry) in (frame.first_seq..).zip(&frame.entries) {
            self.organizations.entry(entry.org).or_default().push_back(seq);
        }
        self.bytes += frame.weight();
        self.frames.push_back(frame);
        empty || (before < FEED_BYTES && self.bytes >= FEED_BYTES)
    }

    /// The first frames, as many as one feed takes.
    pub(crate) fn next_feed(&self) -> Vec<Arc<Frame>> {
        let mut bytes = 0;
        let within = |frame: &&Arc<Frame>| {
            let reached = bytes;
            bytes += frame.weight();
            reached < FEED_LIMIT_BYTES
        };
        self.frames.iter().take_while(within).cloned().collect()
    }

    /// Drops the first frames, which sled has by then.
    pub(crate) fn drop_first(&mut self, count: usize) {
        for frame in self.frames.drain(..count) {
            self.bytes -= frame.weight();
            for entry in &frame.entries {
                let seqs = self.organizations.get_mut(&entry.org);
                let seqs = seqs.expect("every entry of the tail is in its index");
                seqs.pop_front();
                if seqs.is_empty() {
                    self.organizations.remove(&entry.org);
                }
            }
        }
    }

    /// Enough frames to read `limit` entries, or [`READ_LIMIT_BYTES`], from `from` on.
    pub(crate) fn frames_from(&self, from: u64, limit: usize) -> Vec<Arc<Frame>> {
        let begin = self.frames.partition_point(|frame| frame.size() <= from);
        let (mut entries, mut bytes) = (0, 0);
        let within = |frame: &&Arc<Frame>| {
            // The first frame may be entered in its middle, so it does not count.
            let enough = entries >= limit || bytes >= READ_LIMIT_BYTES;
            if frame.first_seq >= from {
                entries += frame.entries.len();
                bytes += frame.weight();
            }
            !enough
        };
        self.frames.range(begin..).take_while(within).cloned().collect()
    }

    /// How many entries of an organization are here.
    pub(crate) fn count(&self, org: OrganizationId) -> u64 {
        self.organizations.get(&org).map_or(0, |seqs| seqs.len() as u64)
    }

    /// The seqs of an organization's entries here, without the first `skipped`.
    pub(crate) fn seqs(&self, org: OrganizationId, skipped: u64, limit: usize) -> Vec<u64> {
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let seqs = self.organizations.get(&org).into_iter().flatten();
        seqs.skip(skipped).take(limit).copied().collect()
    }
}

/// The records of frames, from a seq on.
pub(crate) fn records(frames: &[Arc<Frame>], from: u64, limit: usize) -> Vec<Record> {
    let mut bytes = 0;
    let within = |record: &Record| {
        let reached = bytes;
        bytes += record.weight();
        reached < READ_LIMIT_BYTES
    };
    frames.iter().flat_map(|frame| frame.records(from)).take(limit).take_while(within).collect()
}
