//! Reading, appending and closing before sled is there.

use super::{BATCHES, Closed, histories_fit};
use crate::ground_support::{SMALL, batch, create, create_with, entry, everything, grow, scratch};
use rollbook::ground::Log;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{ClosedLog, Options, Scrub};
use std::fs;
use std::thread;

#[test]
fn reading_and_appending_do_not_wait_for_sled() {
    let closed = Closed::new();
    let reference = closed.directory.path().join("reference");
    let reference = create(&reference);
    grow(&reference, BATCHES);
    let copied = closed.copy(|_| ());
    let held = copied.sled();
    let log = copied.surely();
    assert_eq!(log.scrub(), Scrub::Pending);
    // Four times what the tail holds: it lets go of what only the journal has then.
    let text = "x".repeat(4096);
    for number in 0..16 {
        let entries = (number * 4..number * 4 + 4).map(|org_seq| entry(9, org_seq, &text));
        let batch = batch(entries.collect(), vec![]);
        let head = reference.append(batch.clone(), &reference.head()).unwrap();
        assert_eq!(log.append(batch, &log.head()).unwrap(), head);
    }
    assert!(16 * 4 * text.len() >= 4 * SMALL.tail_limit_bytes);
    assert_eq!(log.scrub(), Scrub::Pending, "sled is not here yet");
    assert_eq!(everything(&log), everything(&reference));
    histories_fit(&log);
    drop(held);
    assert_eq!(log.await_scrub(), Scrub::Whole { slots: BATCHES });
    assert_eq!(everything(&log), everything(&reference));
    histories_fit(&log);
    let head = grow(&log, 5);
    assert_eq!(head, grow(&reference, 5));
    log.close().unwrap();
    assert_eq!(log.repairs(), []);
    drop(log);
    assert_eq!(copied.wholly(head), []);
}

/// Frames longer and shorter than what is read of the journal at a time, in one segment.
#[test]
fn the_journal_is_read_from_any_entry() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    let options = Options { segment_bytes: 4 << 20, tail_limit_bytes: 16 << 20, ..SMALL };
    let log = create_with(&path, options);
    for number in 0..60 {
        let head = log.head();
        let text = "x".repeat(if number % 7 == 3 { 8000 } else { 100 });
        let count = if number % 7 == 3 { 60 } else { 1 + number % 3 };
        let entries = (0..count).map(|index| entry(1, head.size + index, &text)).collect();
        log.append(batch(entries, vec![]), &head).unwrap();
    }
    let (head, records) = (log.head(), everything(&log));
    drop(log);
    for from in [0, head.size / 2, head.size - 1] {
        let find = ClosedLog::find(Directory::open(&path).unwrap(), options, from).unwrap();
        let closed = find.expect("it was closed cleanly");
        for (seq, record) in (0..).zip(&records) {
            let read = closed.log().read(seq, 1).unwrap();
            assert_eq!(read, std::slice::from_ref(record), "{seq} from {from}");
        }
        assert_eq!(everything(closed.log()), records);
    }
}

#[test]
fn closing_before_sled_is_there_loses_nothing() {
    let closed = Closed::new();
    for missing in [false, true] {
        let copied = closed.copy(|path| {
            if missing {
                fs::remove_dir_all(path.join("sled")).unwrap();
            }
        });
        let held = (!missing).then(|| copied.sled());
        let log = copied.surely();
        let head = grow(&log, 4);
        thread::scope(|scope| {
            let closing = scope.spawn(|| log.close().unwrap());
            // It waits for sled, which cannot be told to stop opening.
            log.await_scrub();
            drop(held);
            closing.join().unwrap();
        });
        drop(log);
        let repairs = copied.wholly(head);
        assert!(missing || repairs.is_empty(), "{repairs:?}");
        assert_eq!(copied.wholly(head), []);
    }
}
