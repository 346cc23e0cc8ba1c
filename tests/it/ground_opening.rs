//! Opening a log that was closed cleanly without reading all of it: what is served at once, what
//! the scrub behind it finds, and what the next whole opening makes of that.

use crate::ground_support::{
    SMALL, change, copy, everything, grow, ledger, open, organization, origin, scratch, segments,
};
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{ClosedLog, EmbeddedLog, OpenError, Repair, Scrub};
use rollbook::ground::log::{Place, Rejection};
use rollbook::ground::sled_store::row;
use rollbook::ground::{AppendError, Head, Log, Record};
use rollbook::words::OrganizationId;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Enough for several segments.
const BATCHES: u64 = 12;

/// A ledger that was closed cleanly, of which every test takes a copy.
struct Closed {
    directory: TempDir,
    head: Head,
    records: Vec<Record>,
}

impl Closed {
    fn new() -> Self {
        let directory = scratch();
        let (head, records) = ledger(&directory.path().join("original"), BATCHES);
        let closed = Self { directory, head, records };
        assert!(segments(&closed.path()).len() >= 4);
        closed
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("original")
    }

    /// A copy that something was done to.
    fn copy(&self, damage: impl FnOnce(&Path)) -> Copy<'_> {
        let directory = scratch();
        let path = directory.path().join("ledger");
        copy(&self.path(), &path);
        damage(&path);
        Copy { closed: self, path, _directory: directory }
    }

    /// A ledger of the same history, of another length.
    fn of_length(&self, batches: u64) -> PathBuf {
        let path = self.directory.path().join(batches.to_string());
        ledger(&path, batches);
        path
    }
}

struct Copy<'a> {
    closed: &'a Closed,
    path: PathBuf,
    _directory: TempDir,
}

impl Copy<'_> {
    /// Opens quickly behind a savepoint that ends before the last batch.
    fn quickly(&self) -> Option<EmbeddedLog> {
        let directory = Directory::open(&self.path).unwrap();
        let from = self.closed.head.size - 3;
        let closed = ClosedLog::find(directory, SMALL, from).unwrap()?;
        let mut sizes: HashMap<OrganizationId, u64> = HashMap::new();
        for record in &self.closed.records {
            sizes.insert(record.org, record.org_seq + 1);
        }
        Some(closed.begin(sizes).unwrap())
    }

    #[track_caller]
    fn surely(&self) -> EmbeddedLog {
        self.quickly().expect("it was closed cleanly")
    }

    /// Opens wholly, and demands that everything up to `head` is there.
    #[track_caller]
    fn wholly(&self, head: Head) -> Vec<Repair> {
        let (log, repairs) = open(&self.path).unwrap();
        assert_eq!(log.head(), head, "{repairs:?}");
        let records = everything(&log);
        assert_eq!(records.len() as u64, head.size);
        assert_eq!(records[..self.closed.records.len()], self.closed.records, "{repairs:?}");
        repairs
    }

    fn sled(&self) -> sled::Db {
        held_sled(&self.path)
    }
}

/// sled in the hands of a test; a log that opens it waits for a while.
fn held_sled(path: &Path) -> sled::Db {
    let mut attempts = 0;
    loop {
        match sled::open(path.join("sled")) {
            Err(sled::Error::Io(_)) if attempts < 500 => attempts += 1,
            opened => return opened.unwrap(),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// What organizations say about themselves, as the records tell it.
#[track_caller]
fn histories_fit(log: &dyn Log) {
    let records = everything(log);
    for org in (1..=3).map(organization) {
        let of_org = records.iter().filter(|record| record.org == org);
        let seqs: Vec<u64> = of_org.map(|record| record.seq).collect();
        assert_eq!(log.organization(org, 0, usize::MAX).unwrap(), seqs);
        assert_eq!(log.organization(org, 2, 3).unwrap(), seqs[2..5]);
    }
}

fn journal_of(path: &Path, from: &Path) {
    fs::remove_dir_all(path.join("journal")).unwrap();
    copy(&from.join("journal"), &path.join("journal"));
}

fn sled_of(path: &Path, from: &Path) {
    fs::remove_dir_all(path.join("sled")).unwrap();
    copy(&from.join("sled"), &path.join("sled"));
}

#[test]
fn a_clean_stop_is_served_at_once_and_scrubbed_behind() {
    let closed = Closed::new();
    let copy = closed.copy(|_| ());
    for round in 0..3 {
        let log = copy.surely();
        assert_eq!((log.head(), everything(&log)), (closed.head, closed.records.clone()));
        histories_fit(&log);
        assert_eq!(log.await_scrub(), Scrub::Whole { slots: BATCHES });
        assert_eq!(log.repairs(), [], "round {round}");
        assert_eq!((log.head(), everything(&log)), (closed.head, closed.records.clone()));
        histories_fit(&log);
    }
    assert_eq!(copy.wholly(closed.head), []);
}

#[test]
fn without_the_word_of_a_clean_stop_everything_is_compared() {
    let closed = Closed::new();
    let word = fs::read(closed.path().join("closed")).unwrap();
    for place in 0..word.len() {
        let flipped = |path: &Path| change(&path.join("closed"), |bytes| bytes[place] ^= 1);
        assert!(closed.copy(flipped).quickly().is_none(), "byte {place}");
    }
    let shorter = closed.of_length(BATCHES - 1);
    let longer = closed.of_length(BATCHES + 1);
    type Damage<'a> = &'a dyn Fn(&Path);
    let table: [(&str, Damage<'_>); 7] = [
        ("it is gone", &|path| fs::remove_file(path.join("closed")).unwrap()),
        ("it was cut", &|path| change(&path.join("closed"), |bytes| bytes.truncate(40))),
        ("the journal goes on behind it", &|path| journal_of(path, &longer)),
        ("sled claims less", &|path| {
            drop(fs::copy(shorter.join("sled.fed"), path.join("sled.fed")))
        }),
        ("sled claims more", &|path| {
            drop(fs::copy(longer.join("sled.fed"), path.join("sled.fed")))
        }),
        ("sled claims nothing", &|path| fs::remove_file(path.join("sled.fed")).unwrap()),
        ("the end of the journal is damaged", &|path| {
            let last = segments(path).pop().unwrap();
            change(&last, |bytes| bytes[600] ^= 1);
        }),
    ];
    for (what, damage) in table {
        let copy = closed.copy(damage);
        assert!(copy.quickly().is_none(), "{what}");
        let (log, repairs) = open(&copy.path).unwrap();
        assert!(log.head().size >= closed.head.size, "{what}: {repairs:?}");
        assert_eq!(everything(&log)[..closed.records.len()], closed.records, "{what}");
        drop(log);
        // Whatever it was, it is put right, and said anew.
        let (_, again) = open(&copy.path).unwrap();
        assert_eq!(again, [], "{what}");
        assert!(copy.path.join("closed").exists(), "{what}");
    }
}

/// While a log is open, nothing says that it is closed: a kill at any moment leaves it so.
#[test]
fn a_kill_leaves_no_word() {
    let closed = Closed::new();
    let copied = closed.copy(|_| ());
    let held = copied.sled();
    let log = copied.surely();
    let image = |log: &EmbeddedLog| {
        let image = scratch();
        let path = image.path().join("ledger");
        copy(&copied.path, &path);
        assert!(!path.join("closed").exists());
        let (opened, repairs) = open(&path).unwrap();
        assert!(!repairs.iter().any(Repair::is_damage), "{repairs:?}");
        assert_eq!((opened.head(), everything(&opened)), (log.head(), everything(log)));
    };
    image(&log);
    grow(&log, 3);
    image(&log);
    drop(held);
    log.await_scrub();
    grow(&log, 2);
    image(&log);
    let head = log.head();
    drop(log);
    assert_eq!(copied.wholly(head), []);
}

#[test]
fn what_both_copies_lost_since_a_clean_stop_is_named() {
    let closed = Closed::new();
    let shorter = closed.of_length(7);
    let copied = closed.copy(|path| {
        journal_of(path, &shorter);
        sled_of(path, &shorter);
        fs::copy(shorter.join("sled.fed"), path.join("sled.fed")).unwrap();
    });
    assert!(copied.quickly().is_none());
    for _ in 0..2 {
        let error = open(&copied.path).unwrap_err();
        let words = "batches 7 to 11 are lost, in the journal and in sled";
        assert!(error.to_string().starts_with(words), "{error}");
    }
    // A batch that was acknowledged is no torn write, although it looks like one.
    let copied = closed.copy(|path| {
        fs::remove_dir_all(path.join("sled")).unwrap();
        let last = segments(path).pop().unwrap();
        change(&last, |bytes| {
            let used = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
            bytes[used - 40..].fill(0);
        });
    });
    let journal = |path: &Path| segments(path).iter().map(|it| fs::read(it).unwrap()).collect();
    let before: Vec<Vec<u8>> = journal(&copied.path);
    let error = open(&copied.path).unwrap_err();
    assert!(matches!(error, OpenError::Lost(_)), "{error}");
    assert!(error.to_string().starts_with("batch 11 is lost"), "{error}");
    assert!(journal(&copied.path) == before, "a refusal leaves the journal as it was");
}

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
            let (key, value) = row::origin(&rollbook::words::Origin::parse("elsewhere").unwrap());
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
    let error = log.append(crate::ground_support::nth_batch(&log, BATCHES), &closed.head);
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
        let error = log.append(crate::ground_support::nth_batch(&log, BATCHES), &closed.head);
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("batch {slot} is damaged")), "{what}: {error}");
        assert!(error.contains("restart"), "{error}");
        drop(log);
        assert!(!copied.path.join("closed").exists(), "{what}: no word of a clean stop");
        let repairs = copied.wholly(closed.head);
        let mended = |it: &Repair| matches!(it, Repair::JournalMended { restored, .. } if restored.contains(&slot));
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

#[test]
fn reading_and_appending_do_not_wait_for_sled() {
    let closed = Closed::new();
    let reference = closed.directory.path().join("reference");
    let reference = crate::ground_support::create(&reference);
    grow(&reference, BATCHES);
    let copied = closed.copy(|_| ());
    let held = copied.sled();
    let log = copied.surely();
    assert_eq!(log.scrub(), Scrub::Pending);
    // Four times what the tail holds: it lets go of what only the journal has then.
    let mut bytes = 0;
    while bytes < 4 * SMALL.tail_limit_bytes {
        let before = log.head().size;
        assert_eq!(grow(&log, 1), grow(&reference, 1));
        bytes += log.read(before, 100).unwrap().iter().map(Record::weight).sum::<usize>();
    }
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

#[test]
fn an_empty_log_opens_quickly_too_and_a_lost_journal_does_not() {
    let directory = scratch();
    let path = directory.path().join("empty");
    drop(crate::ground_support::create(&path));
    let find = || ClosedLog::find(Directory::open(&path).unwrap(), SMALL, 0).unwrap();
    let log = find().unwrap().begin([]).unwrap();
    assert_eq!(
        (log.await_scrub(), log.head()),
        (Scrub::Whole { slots: 0 }, Head::genesis(&origin()))
    );
    let head = grow(&log, 3);
    drop(log);
    assert_eq!(find().unwrap().log().head(), head);
    fs::remove_dir_all(path.join("journal")).unwrap();
    assert!(find().is_none());
}
