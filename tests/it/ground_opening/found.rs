//! What the scrub behind a quick opening finds, and what the next whole opening makes of it.

use super::{BATCHES, Closed, held_sled, histories_fit, sled_of};
use crate::ground_support::{change, everything, grow, ledger, nth_batch, open, segments};
use rollbook::ground::embedded::{Repair, Scrub};
use rollbook::ground::log::{Place, Rejection};
use rollbook::ground::sled_store::row;
use rollbook::ground::{AppendError, Log};
use rollbook::words::Origin;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn sled_is_brought_or_built_again_behind_the_opening() {
    let closed = Closed::new();
    let other = closed.directory.path().join("other");
    let (_, shorter) = (ledger(&other, 1), closed.of_length(7));
    type Damage<'a> = &'a dyn Fn(&Path);
    let table: [(&str, &str, Damage<'_>); 6] = [
        ("missing", "it was missing", &|path| fs::remove_dir_all(path.join("sled")).unwrap()),
        ("empty", "does not say which", &|path| {
            fs::remove_dir_all(path.join("sled")).unwrap();
            fs::create_dir(path.join("sled")).unwrap();
        }),
        ("unreadable", "", &|path| change(&path.join("sled/conf"), |bytes| bytes[3] ^= 1)),
        ("shorter", "it does not end where", &|path| sled_of(path, &shorter)),
        ("of one batch", "it does not end where", &|path| sled_of(path, &other)),
        ("of another ledger", "it belongs to the ledger elsewhere", &|path| {
            let db = held_sled(path);
            let (key, value) = row::origin(&Origin::parse("elsewhere").unwrap());
            db.insert(key, value).unwrap();
            db.flush().unwrap();
        }),
    ];
    for (what, words, damage) in table {
        let copied = closed.copy(damage);
        let log = copied.quickly().unwrap_or_else(|| panic!("{what}: not quickly"));
        assert_eq!(everything(&log), closed.records, "{what}");
        assert_eq!(log.await_scrub(), Scrub::Whole { slots: BATCHES }, "{what}");
        match &log.repairs()[..] {
            [Repair::SledRebuilt { why, set_aside }] => {
                assert!(why.contains(words), "{what}: {why}");
                assert_eq!(set_aside.is_some(), what != "missing", "{what}");
                assert!(set_aside.iter().all(|kept| kept.exists()), "{what}");
            }
            repairs => panic!("{what}: {repairs:?}"),
        }
        assert_eq!(everything(&log), closed.records, "{what}");
        histories_fit(&log);
        let head = grow(&log, 2);
        drop(log);
        assert_eq!(copied.wholly(head), [], "{what}");
    }
}

/// sled holds what the journal has lost since: nothing is appended in its place.
#[test]
fn a_sled_that_goes_on_behind_the_journal_stops_the_writer() {
    let closed = Closed::new();
    let longer = closed.of_length(BATCHES + 2);
    let copied = closed.copy(|path| sled_of(path, &longer));
    let log = copied.surely();
    let Scrub::Damaged { places } = log.await_scrub() else { panic!("{:?}", log.scrub()) };
    assert_eq!(places[0].place, Place::Slot(BATCHES), "{places:?}");
    assert_eq!(everything(&log), closed.records);
    let error = log.append(nth_batch(&log, BATCHES), &closed.head);
    assert!(
        matches!(&error, Err(AppendError::Rejected(Rejection::JournalDamaged(_)))),
        "{error:?}"
    );
    drop(log);
    let (log, repairs) = open(&copied.path).unwrap();
    assert_eq!(repairs, [Repair::JournalContinued { slot: BATCHES, batches: 2 }]);
    assert_eq!(log.head().slot, BATCHES + 2);
}

#[test]
fn damage_before_the_savepoint_is_served_named_and_mended_by_the_next_opening() {
    let closed = Closed::new();
    let files = segments(&closed.path());
    let slots: Vec<u64> =
        files.iter().map(|it| it.file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect();
    type Damage<'a> = &'a dyn Fn(&Path);
    let table: [(&str, u64, Damage<'_>); 4] = [
        ("a frame", slots[1], &|path| change(path, |bytes| bytes[600] ^= 1)),
        ("a frame's length", slots[1], &|path| change(path, |bytes| bytes[518] ^= 1)),
        ("zeros", slots[1], &|path| change(path, |bytes| bytes[512..1024].fill(0))),
        ("cut", slots[1], &|path| change(path, |bytes| bytes.truncate(700))),
    ];
    for (what, slot, damage) in table {
        let copied =
            closed.copy(|path| damage(&path.join("journal").join(files[1].file_name().unwrap())));
        let log = copied.quickly().unwrap_or_else(|| panic!("{what}: not quickly"));
        assert_eq!(log.head(), closed.head);
        let Scrub::Damaged { places } = log.await_scrub() else { panic!("{what}: not found") };
        assert_eq!(places[0].place, Place::Slot(slot), "{what}: {places:?}");
        // sled is whole: everything can be read, and nothing is appended.
        assert_eq!(everything(&log), closed.records, "{what}");
        let error = log.append(nth_batch(&log, BATCHES), &closed.head);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("batch {slot} is damaged")), "{what}: {error}");
        assert!(error.contains("restart"), "{error}");
        drop(log);
        assert!(!copied.path.join("closed").exists(), "{what}: no word of a clean stop");
        let repairs = copied.wholly(closed.head);
        let mended = |it: &Repair| match it {
            Repair::JournalMended { restored, .. } => restored.contains(&slot),
            _ => false,
        };
        assert!(repairs.iter().any(mended), "{what}: {repairs:?}");
        assert_eq!(copied.wholly(closed.head), [], "{what}");
    }
}

#[test]
fn every_damaged_segment_is_named() {
    let closed = Closed::new();
    let copied = closed.copy(|path| {
        for file in &segments(path)[..3] {
            change(file, |bytes| bytes[600] ^= 1);
        }
    });
    let log = copied.surely();
    let Scrub::Damaged { places } = log.await_scrub() else { panic!("{:?}", log.scrub()) };
    let places: Vec<Place> = places.into_iter().map(|damage| damage.place).collect();
    let slot = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let slots: Vec<u64> = segments(&copied.path)[..3].iter().map(slot).collect();
    assert_eq!(places, slots.into_iter().map(Place::Slot).collect::<Vec<_>>());
}

/// Rows that somebody who knows sled took out or changed, while its end is as it was.
#[test]
fn a_hole_in_sled_is_read_around_and_found() {
    let closed = Closed::new();
    for kind in [row::FRAMES, row::BLOCKS, row::INDEX, row::VAULT] {
        let copied = closed.copy(|path| {
            let db = held_sled(path);
            let key = db.scan_prefix([kind]).next().unwrap().unwrap().0;
            db.remove(key).unwrap();
            db.flush().unwrap();
        });
        let log = copied.surely();
        assert_eq!(everything(&log), closed.records, "kind {kind}");
        histories_fit(&log);
        assert_eq!(log.await_scrub(), Scrub::Whole { slots: BATCHES });
        let repairs = log.repairs();
        assert!(matches!(&repairs[..], [Repair::SledRebuilt { .. }]), "kind {kind}: {repairs:?}");
        assert_eq!(everything(&log), closed.records, "kind {kind}");
        drop(log);
        assert_eq!(copied.wholly(closed.head), [], "kind {kind}");
    }
}

/// What sled still holds mends the journal; so it stays in its place until the journal was read.
#[test]
fn with_damage_in_both_places_each_mends_the_other() {
    let closed = Closed::new();
    let copied = closed.copy(|path| {
        let db = held_sled(path);
        db.remove(row::numbered(row::FRAMES, 0)).unwrap();
        db.flush().unwrap();
        change(&segments(path)[2], |bytes| bytes[600] ^= 1);
    });
    let log = copied.surely();
    assert!(matches!(log.await_scrub(), Scrub::Damaged { .. }), "{:?}", log.scrub());
    assert!(copied.path.join("sled").exists() && !copied.path.join("sled.damaged-1").exists());
    drop(log);
    let repairs = copied.wholly(closed.head);
    assert!(repairs.iter().any(|it| matches!(it, Repair::JournalMended { .. })), "{repairs:?}");
    assert!(repairs.iter().any(|it| matches!(it, Repair::SledRebuilt { .. })), "{repairs:?}");
}
