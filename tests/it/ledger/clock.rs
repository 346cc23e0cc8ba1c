//! Recorded times strictly increase, whatever the clock does.

use super::{create, organization, records};
use crate::support::{ledger, machine};
use rollbook::house::{Ledger, Machine, SubmitError};
use rollbook::words::{Origin, Timestamp};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const SECOND: i64 = 1_000_000;

/// A clock that a test sets, in microseconds.
fn clocked(clock: &Arc<AtomicI64>, seed: u8) -> Machine {
    let clock = Arc::clone(clock);
    let clock = Box::new(move || Timestamp::from_micros(clock.load(Ordering::SeqCst)));
    Machine { clock, ..machine(seed) }
}

fn times(ledger: &Ledger) -> Vec<Timestamp> {
    records(ledger).iter().map(|record| ledger.unseal(record).unwrap().entry.time).collect()
}

fn assert_increase(times: &[Timestamp]) {
    assert!(times.is_sorted_by(|before, after| before < after), "{times:?}");
}

fn begin(path: &Path, clock: &Arc<AtomicI64>) -> Ledger {
    let origin = Origin::parse("ledger.example").unwrap();
    Ledger::create(path, origin, clocked(clock, 1)).unwrap()
}

#[test]
fn a_clock_set_back_a_little_is_bridged_and_a_lot_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let noon = 1_800_000_000 * SECOND;
    let clock = Arc::new(AtomicI64::new(noon));
    let ledger = begin(&directory.path().join("data"), &clock);
    let org = organization(&ledger, "acme");
    let last = times(&ledger).last().unwrap().micros();
    assert_eq!(last, noon + 1, "the second entry of a command is a microsecond later");

    clock.store(last - 10 * SECOND, Ordering::SeqCst);
    let bridged = ledger.submit(create(org, "ada")).unwrap();
    assert_eq!(bridged.entries[0].time.micros(), last + 1);

    clock.store(last + 1 - 10 * SECOND - 1, Ordering::SeqCst);
    let head = ledger.head();
    let refused = ledger.submit(create(org, "bob")).unwrap_err();
    assert!(matches!(refused, SubmitError::ClockBehind { .. }), "{refused}");
    assert_eq!(refused.code(), "clock_behind");
    let (now, last) = ("2027-01-15T07:59:50.000001Z", "2027-01-15T08:00:00.000002Z");
    assert!(refused.to_string().contains(now) && refused.to_string().contains(last), "{refused}");
    assert_eq!(ledger.head(), head, "nothing was recorded");

    clock.store(noon + SECOND, Ordering::SeqCst);
    let right = ledger.submit(create(org, "bob")).unwrap();
    assert_eq!(right.entries[0].time.micros(), noon + SECOND, "the clock is right again");
    assert_increase(&times(&ledger));
}

#[test]
fn times_increase_across_closing_and_opening() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let clock = Arc::new(AtomicI64::new(1_800_000_000 * SECOND));
    let org = organization(&begin(&path, &clock), "acme");
    for round in 0..4 {
        clock.fetch_sub(2 * SECOND, Ordering::SeqCst);
        let ledger = Ledger::open(&path, clocked(&clock, 2 + round)).unwrap();
        ledger.submit(create(org, &format!("m{round}"))).unwrap();
    }
    clock.fetch_sub(3 * SECOND, Ordering::SeqCst);
    let ledger = Ledger::open(&path, clocked(&clock, 9)).unwrap();
    let refused = ledger.submit(create(org, "late")).unwrap_err();
    assert_eq!(refused.code(), "clock_behind", "{refused}");
    assert_eq!(ledger.head().size, 6);
    assert_increase(&times(&ledger));
}

#[test]
fn the_entries_of_a_group_increase_too() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = ledger(&directory.path().join("data"), 1);
    let org = organization(&ledger, "acme");
    let pending: Vec<_> = (0..100).map(|n| ledger.enqueue(create(org, &format!("m{n}")))).collect();
    pending.into_iter().for_each(|pending| drop(pending.wait().unwrap()));
    assert_increase(&times(&ledger));
}
