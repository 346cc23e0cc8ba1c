//! Opening a log that was closed cleanly without reading all of it: what is served at once, what
//! the scrub behind it finds, and what the next whole opening makes of that.

mod found;
mod meanwhile;

use crate::ground_support::{
    SMALL, change, copy, create, everything, grow, held_sled, ledger, open, organization, origin,
    scratch, segments,
};
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{ClosedLog, EmbeddedLog, OpenError, Repair, Scrub};
use rollbook::ground::{Head, Log, Record};
use rollbook::words::OrganizationId;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
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
    let table: [(&str, Damage<'_>); 6] = [
        ("it is gone", &|path| fs::remove_file(path.join("closed")).unwrap()),
        ("it was cut", &|path| change(&path.join("closed"), |bytes| bytes.truncate(40))),
        ("the journal goes on behind it", &|path| journal_of(path, &longer)),
        ("sled claims less", &|path| {
            drop(fs::copy(shorter.join("sled.fed"), path.join("sled.fed")))
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
    // Whoever wrote that claim had read the batch in sled.
    let longer = closed.of_length(BATCHES + 1);
    let copied = closed.copy(|path| drop(fs::copy(longer.join("sled.fed"), path.join("sled.fed"))));
    assert!(copied.quickly().is_none());
    let error = open(&copied.path).unwrap_err();
    assert!(error.to_string().starts_with("batch 12 is lost"), "{error}");
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
fn an_empty_log_opens_quickly_too_and_a_lost_journal_does_not() {
    let directory = scratch();
    let path = directory.path().join("empty");
    drop(create(&path));
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
