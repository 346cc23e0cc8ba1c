//! One file as it is in memory and as it may be on the disk.

use crate::support::chance::Chance;
use std::collections::BTreeMap;

/// What a disk writes wholly or not at all.
const SECTOR_BYTES: usize = 512;

/// A file's bytes: those that are durable, and what was done to them since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    /// What a sector still holds that a failed sync was to write. The system does not write it
    /// again until something else is written to it.
    stale: BTreeMap<usize, [u8; SECTOR_BYTES]>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Length(usize),
    Allocate(usize),
}

impl Change {
    /// How long the file is behind it.
    fn length(&self, before: usize) -> usize {
        match self {
            Self::Write { offset, data } => before.max(offset + data.len()),
            Self::Length(length) => *length,
            Self::Allocate(length) => before.max(*length),
        }
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write { offset, data } => {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Allocate(length) => bytes.resize(bytes.len().max(*length), 0),
        }
    }
}

impl Content {
    pub(crate) fn durable(bytes: Vec<u8>) -> Self {
        Self { durable: bytes, ..Self::default() }
    }

    pub(crate) fn write(&mut self, offset: u64, data: Vec<u8>) {
        self.unsynced.push(Change::Write { offset: offset as usize, data });
    }

    pub(crate) fn set_length(&mut self, length: u64) {
        self.unsynced.push(Change::Length(length as usize));
    }

    pub(crate) fn allocate(&mut self, length: u64) {
        self.unsynced.push(Change::Allocate(length as usize));
    }

    pub(crate) fn sync(&mut self) {
        for sector in self.touched().keys() {
            self.stale.remove(sector);
        }
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    pub(crate) fn fail_to_sync(&mut self) {
        for sector in self.touched().into_keys() {
            let place = sector * SECTOR_BYTES;
            let mut content = [0; SECTOR_BYTES];
            overlay(&mut content, place, 0, &self.durable);
            self.stale.entry(sector).or_insert(content);
        }
        for change in self.unsynced.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// What is read while the machine runs.
    pub(crate) fn current(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        self.unsynced.iter().for_each(|change| change.apply(&mut bytes));
        bytes
    }

    /// What is read when no change since the last sync survived.
    pub(crate) fn lost(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        self.stale.iter().for_each(|(sector, content)| put(&mut bytes, *sector, content));
        bytes
    }

    /// What may be read after a power cut: the length is any that the file had since its last sync,
    /// and each touched sector is as it was at any time since, independently of all others.
    pub(crate) fn torn(&self, chance: &mut Chance) -> Vec<u8> {
        let mut lengths = vec![self.durable.len()];
        for change in &self.unsynced {
            lengths.push(change.length(lengths[lengths.len() - 1]));
        }
        let mut bytes = self.durable.clone();
        bytes.resize(chance.pick(&lengths), 0);
        for (sector, content) in &self.stale {
            if chance.percent(50) {
                put(&mut bytes, *sector, content);
            }
        }
        for (sector, changes) in self.touched() {
            let place = sector * SECTOR_BYTES;
            let mut content = [0; SECTOR_BYTES];
            overlay(&mut content, place, 0, &self.durable);
            for index in &changes[..chance.below(changes.len() + 1)] {
                match &self.unsynced[*index] {
                    Change::Write { offset, data } => overlay(&mut content, place, *offset, data),
                    Change::Length(length) => {
                        content[length.saturating_sub(place).min(SECTOR_BYTES)..].fill(0);
                    }
                    Change::Allocate(_) => {}
                }
            }
            put(&mut bytes, sector, &content);
        }
        bytes
    }

    /// The sectors that changed, each with the changes to it.
    fn touched(&self) -> BTreeMap<usize, Vec<usize>> {
        let mut touched: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, change) in self.unsynced.iter().enumerate() {
            match change {
                Change::Write { offset, data } => {
                    let end = (offset + data.len()).div_ceil(SECTOR_BYTES);
                    let sectors = offset / SECTOR_BYTES..end;
                    sectors.for_each(|sector| touched.entry(sector).or_default().push(index));
                }
                Change::Length(length) => {
                    let cut = touched.range_mut(length / SECTOR_BYTES..);
                    cut.for_each(|(_, changes)| changes.push(index));
                }
                Change::Allocate(_) => {}
            }
        }
        touched
    }
}

/// Puts a sector into a file, as far as the file is long enough.
fn put(bytes: &mut [u8], sector: usize, content: &[u8; SECTOR_BYTES]) {
    let place = sector * SECTOR_BYTES;
    let end = (place + SECTOR_BYTES).min(bytes.len());
    if let Some(kept) = bytes.get_mut(place..end) {
        kept.copy_from_slice(&content[..end - place]);
    }
}

/// Puts the part of `data` that lies in a sector into it. Both places are offsets in the file.
fn overlay(sector: &mut [u8; SECTOR_BYTES], place: usize, offset: usize, data: &[u8]) {
    let begin = place.max(offset);
    let end = (place + SECTOR_BYTES).min(offset + data.len());
    if begin < end {
        sector[begin - place..end - place].copy_from_slice(&data[begin - offset..end - offset]);
    }
}
