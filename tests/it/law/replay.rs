//! The law asked afterwards: what was allowed replays without a fault, and lies are found.

mod lies;
mod reference;

use rollbook::facts::{Content, Entry};
use rollbook::law::replay::{Counts, Found, Replay};
use rollbook::words::hash::Place;
use rollbook::words::{Commitment, OrganizationId};
use std::collections::BTreeMap;

/// An entry as it stands in an export that discloses nothing.
pub(crate) fn withheld(mut entry: Entry) -> Entry {
    let (log, seq) = (entry.log.clone(), entry.seq);
    for (field, sealed) in entry.fact.event.sealed_mut() {
        let Content::Open(text) = &sealed.content else { continue };
        let commit = Commitment::to(Place { log: &log, seq, field }, &[7; 32], text);
        sealed.content = Content::Withheld(commit);
    }
    entry
}

/// What is found in one organization's entries, and what could not be decided.
pub(crate) fn replayed<'a>(entries: impl Iterator<Item = &'a Entry>) -> (Vec<Found>, Counts) {
    let mut replay = Replay::begin();
    let mut found: Vec<Found> = entries.flat_map(|entry| replay.take(entry)).collect();
    let outcome = replay.end();
    found.extend(outcome.found);
    (found, outcome.unchecked)
}

/// The history of each organization replays without a fault, with everything disclosed and with
/// everything withheld.
pub(crate) fn was_lawful(entries: &[Entry]) {
    let mut organizations: BTreeMap<OrganizationId, Vec<Entry>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.fact.org != OrganizationId::DEPLOYMENT) {
        organizations.entry(entry.fact.org).or_default().push(entry.clone());
    }
    for history in organizations.values() {
        let told = |found: &Found| {
            let entry = history.iter().find(|entry| entry.seq == found.seq).unwrap();
            format!("{}: {:?} by {}", found.fault.code(), entry.fact.event, entry.actor)
        };
        let (found, disclosed) = replayed(history.iter());
        assert!(found.is_empty(), "{}", found.iter().map(told).collect::<Vec<_>>().join("\n"));
        let sealed: Vec<Entry> = history.iter().cloned().map(withheld).collect();
        let (found, unchecked) = replayed(sealed.iter());
        assert!(found.is_empty(), "{}", found.iter().map(told).collect::<Vec<_>>().join("\n"));
        let decided = disclosed.total() <= unchecked.total();
        assert!(decided, "what is disclosed decides more: {disclosed:?}, {unchecked:?}");
    }
}
