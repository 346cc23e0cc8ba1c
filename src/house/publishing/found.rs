//! What the log says of what was signed before.

use super::PublishError;
use crate::facts::{Entry, Event};
use crate::ground::log::{Log, Record};
use crate::house::known::Known;
use crate::proof::Checkpoint;
use crate::proof::checkpoint::ledger_origin;
use crate::words::{OrganizationId, Timestamp};
use std::ops::Range;

/// How many entries are looked at at a time.
const LOOKED_AT: u64 = 256;

/// How far back the last commitment to the heads of organizations is looked for. Where it is not
/// found, one is made that might have been spared.
const HEADS_LOOKED_AT: u64 = 256;

fn read(log: &dyn Log, places: Range<u64>) -> Result<Vec<Record>, PublishError> {
    let mut records = Vec::new();
    let mut next = places.start;
    while next < places.end {
        let missing = usize::try_from(places.end - next).unwrap_or(usize::MAX);
        let more = log.read(next, missing)?;
        if more.is_empty() {
            return Err(PublishError::Root { size: places.end });
        }
        next += more.len() as u64;
        records.extend(more);
    }
    Ok(records)
}

/// The last entry of some for which something is found.
fn last<T>(
    log: &dyn Log,
    mut places: Range<u64>,
    found: impl Fn(&Record) -> Option<T>,
) -> Result<Option<T>, PublishError> {
    while !places.is_empty() {
        let from = places.end.saturating_sub(LOOKED_AT).max(places.start);
        if let Some(it) = read(log, from..places.end)?.iter().rev().find_map(&found) {
            return Ok(Some(it));
        }
        places.end = from;
    }
    Ok(None)
}

/// An entry of the deployment's own chain.
fn entry(record: &Record) -> Option<Entry> {
    if record.org != OrganizationId::DEPLOYMENT {
        return None;
    }
    Entry::parse(&record.bytes).ok()
}

/// Whether the ledger says of itself that it was taken back from just what was signed last.
pub(super) fn is_restored_from(
    log: &dyn Log,
    known: &Known,
    signed: &Checkpoint,
) -> Result<bool, PublishError> {
    let said = last(log, 0..known.size, |record| {
        let Event::LedgerRestored(event) = entry(record)?.fact.event else { return None };
        Some(event)
    })?;
    Ok(said.is_some_and(|said| {
        let before = ledger_origin(log.origin(), said.restored.saturating_sub(1));
        signed.origin == before
            && signed.size == said.guarded_size
            && signed.root == said.guarded_root
    }))
}

/// How often the key was rotated behind what was signed last.
pub(super) fn rotations(log: &dyn Log, known: &Known, signed: u64) -> Result<u32, PublishError> {
    // Without a rotation there is nothing to look for, nor where nothing was signed.
    if known.state.publication.rotation == 0 || signed == 0 {
        return Ok(0);
    }
    let mut rotated = 0;
    let mut next = signed;
    while next < known.size {
        let end = known.size.min(next + LOOKED_AT);
        let events = read(log, next..end)?;
        let events = events.iter().filter_map(entry).map(|entry| entry.fact.event);
        rotated += events.filter(|event| matches!(event, Event::CheckpointKeyRotated(_))).count();
        next = end;
    }
    Ok(u32::try_from(rotated).unwrap_or(u32::MAX))
}

/// When the heads of organizations were committed to, if none has changed since.
pub(super) fn unchanged_heads(log: &dyn Log, size: u64) -> Result<Option<Timestamp>, PublishError> {
    let places = size.saturating_sub(HEADS_LOOKED_AT)..size;
    let found = last(log, places, |record| {
        let Some(entry) = entry(record) else { return Some(None) };
        let is_heads = matches!(entry.fact.event, Event::OrganizationHeadsCommitted(_));
        is_heads.then_some(Some(entry.time))
    })?;
    Ok(found.flatten())
}
