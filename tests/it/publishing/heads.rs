//! When the ledger commits to where every organization stands.

use super::{PATIENCE, Place, member};
use crate::ledger::organization;
use rollbook::facts::{Entry, Event};
use rollbook::house::Ledger;
use rollbook::proof::Heads;
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often that was recorded.
pub(super) fn count(ledger: &Ledger) -> usize {
    entries(ledger).iter().filter(|entry| is_heads(entry)).count()
}

fn is_heads(entry: &Entry) -> bool {
    matches!(entry.fact.event, Event::OrganizationHeadsCommitted(_))
}

fn entries(ledger: &Ledger) -> Vec<Entry> {
    let records = ledger.read(0, 4096).unwrap();
    records.iter().map(|record| Entry::parse(&record.bytes).unwrap()).collect()
}

fn wait_for(ledger: &Ledger, expected: usize) {
    let start = Instant::now();
    while count(ledger) < expected {
        assert!(start.elapsed() < PATIENCE, "{} of {expected}", count(ledger));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Longer than the publisher's period: what it wants to do it has done.
fn let_it_work() {
    std::thread::sleep(Duration::from_millis(350));
}

#[test]
fn they_are_committed_to_on_change_and_once_a_minute_at_most() {
    let place = Place::new();
    let ledger = place.create();
    let seconds = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&seconds);
    let began = Timestamp::parse_any("2026-11-22").unwrap();
    let now = move || began.after(Duration::from_secs(clock.load(Ordering::SeqCst)));
    ledger.publish(&place.guard(), Box::new(now), &mut Drawn::from_seed(&[5; 32])).unwrap();
    let_it_work();
    assert_eq!(count(&ledger), 0, "there is no organization yet");
    let org = organization(&ledger, "acme");
    wait_for(&ledger, 1);
    member(&ledger, org, "bob");
    seconds.store(59, Ordering::SeqCst);
    let_it_work();
    assert_eq!(count(&ledger), 1, "a minute has not passed");
    seconds.store(61, Ordering::SeqCst);
    wait_for(&ledger, 2);
    seconds.store(600, Ordering::SeqCst);
    let_it_work();
    assert_eq!(count(&ledger), 2, "nothing has changed");
    let size = ledger.head().size;
    ledger.close().unwrap();
    drop(ledger);
    let ledger = place.open();
    place.publish(&ledger).unwrap();
    let_it_work();
    assert_eq!(ledger.head().size, size, "a restart changes no organization");
}

#[test]
fn what_is_committed_to_is_where_they_stood_just_before() {
    let place = Place::new();
    let ledger = place.create();
    let orgs = ["acme", "birch", "cedar"].map(|slug| organization(&ledger, slug));
    place.publish(&ledger).unwrap();
    wait_for(&ledger, 1);
    let heads = Heads::of(&ledger.known().chains);
    let entries = entries(&ledger);
    let last = entries.iter().rev().find(|entry| is_heads(entry)).unwrap();
    let Event::OrganizationHeadsCommitted(said) = &last.fact.event else { unreachable!() };
    assert_eq!((said.organizations, said.root), (3, heads.root()));
    for (place, org) in orgs.into_iter().enumerate() {
        let (head, index, _) = heads.find(org).unwrap();
        assert_eq!((head.org, index), (org, place as u64));
    }
}
