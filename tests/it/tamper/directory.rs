//! Altered data directories: what stands in the journal, in sled, in the keyring.

mod forgery;
mod journal;
mod sled;

use crate::ground_support::copy;
use crate::support::ledger;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::Options;
use rollbook::ground::frame::Frame;
use rollbook::ground::journal::frames::JournalFrames;
use rollbook::ground::keyring::Keyring;
use rollbook::house::import::import;
use rollbook::house::source::History;
use rollbook::house::verify::{Copy, Report, VerifyError, verify};
use rollbook::words::Origin;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Five commits, so five batches: they begin with entries 0, 3, 5, 7 and 8, and 10 comes next.
const HISTORY: &str = r#"{"seq":1,"time":"2021-03-01T09:00:00Z","org":"reef","action":"org_created","source":{"repo":"reef/org","commit":"c1"}}
{"seq":2,"time":"2021-03-01T09:00:00Z","org":"reef","action":"member_added","member":"ada","role":"admin","source":{"repo":"reef/org","commit":"c1"}}
{"seq":3,"time":"2021-03-01T09:00:00Z","org":"reef","action":"member_added","member":"bo","role":"member","source":{"repo":"reef/org","commit":"c1"}}
{"seq":4,"time":"2021-04-01T09:00:00Z","org":"reef","action":"member_added","member":"cy","role":"member","source":{"repo":"reef/org","commit":"c2"}}
{"seq":5,"time":"2021-04-01T09:00:00Z","org":"reef","action":"team_created","team":"divers","source":{"repo":"reef/org","commit":"c2"}}
{"seq":6,"time":"2021-05-01T09:00:00Z","org":"shoal","action":"org_created","source":{"repo":"reef/org","commit":"c3"}}
{"seq":7,"time":"2021-05-01T09:00:00Z","org":"shoal","action":"member_added","member":"dee","role":"admin","source":{"repo":"reef/org","commit":"c3"}}
{"seq":8,"time":"2021-06-01T09:00:00Z","org":"reef","action":"role_changed","member":"bo","role":"admin","previous_role":"member","source":{"repo":"reef/org","commit":"c4"}}
{"seq":9,"time":"2021-07-01T09:00:00Z","org":"reef","action":"team_member_added","team":"divers","member":"bo","role":"member","source":{"repo":"reef/org","commit":"c5"}}
{"seq":10,"time":"2021-07-01T09:00:00Z","org":"reef","action":"member_removed","member":"cy","previous_role":"member","source":{"repo":"reef/org","commit":"c5"}}
"#;

/// A closed ledger.
struct Stored {
    folder: TempDir,
}

impl Stored {
    fn new() -> Self {
        Self::of_lines(10)
    }

    /// With as many lines of the history, the same as far as they go.
    fn of_lines(lines: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.ndjson");
        let history: String = HISTORY.split_inclusive('\n').take(lines).collect();
        std::fs::write(&file, history).unwrap();
        let ledger = ledger(&folder.path().join("data"), 9);
        let mut history = History::open(&[file], "people.example").unwrap();
        let (summary, error) = import(&ledger, &mut history, &mut |_, _| {});
        assert!(error.is_none(), "{}", error.unwrap());
        assert_eq!(summary.imported, lines as u64);
        ledger.close().unwrap();
        drop(ledger);
        Self { folder }.copy()
    }

    /// A directory that nobody has had open. One that was may count as locked for a moment longer:
    /// a process that another test starts inherits the lock until it runs its own program.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        Self { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn segment(&self) -> PathBuf {
        self.data().join("journal/00000000000000000000.segment")
    }

    fn frames(&self) -> Vec<Frame> {
        let frames = JournalFrames::open(&self.data().join("journal"), &origin(), u64::MAX);
        frames.unwrap().map(Result::unwrap).collect()
    }

    fn verify(&self) -> Report {
        verify_at(&self.copy().data()).unwrap()
    }
}

fn verify_at(data: &Path) -> Result<Report, VerifyError> {
    verify(data, Options::STANDARD.sled_cache_bytes)
}

fn origin() -> Origin {
    Origin::parse("ledger.example").unwrap()
}

/// What a copy shows first: the seq and what is wrong with it.
type Seen = Option<(u64, &'static str)>;

fn sees(copy: &Copy, expected: Seen) -> Result<(), String> {
    match (copy.findings.first(), expected) {
        (None, None) => Ok(()),
        (Some(first), Some((seq, what)))
            if first.seq == seq && first.to_string().contains(what) =>
        {
            Ok(())
        }
        (first, _) => Err(first.map_or("nothing".into(), ToString::to_string)),
    }
}

/// Demands that one alteration of a whole ledger shows in each copy as expected, and that the
/// report says where the copies part.
fn expect(
    what: &str,
    altered: &Stored,
    [journal, sled]: [Seen; 2],
    parted_at: Option<u64>,
) -> Result<(), String> {
    let report = altered.verify();
    let said = |copy, error| format!("{what}: {copy} shows {error}");
    sees(&report.journal, journal).map_err(|error| said("the journal", error))?;
    sees(&report.sled, sled).map_err(|error| said("sled", error))?;
    if report.parted_at != parted_at {
        return Err(format!("{what}: the copies part at {:?}", report.parted_at));
    }
    assert!(!report.is_whole(), "{what}: the whole is accepted");
    Ok(())
}

fn report(missed: &[String]) {
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn contents(path: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for item in std::fs::read_dir(path).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            contents(&path, found);
        } else {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
}

#[test]
fn a_whole_ledger_verifies_and_verifying_changes_nothing() {
    let stored = Stored::new();
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    contents(stored.folder.path(), &mut before);
    let report = verify_at(&stored.data()).unwrap();
    contents(stored.folder.path(), &mut after);
    assert!(report.is_whole(), "{:?} {:?}", report.journal.findings, report.sled.findings);
    assert_eq!((report.journal.head.slot, report.journal.head.size), (5, 10));
    assert_eq!((report.journal.opened, report.journal.erased), (12, 0));
    assert_eq!(report.journal.root, report.sled.root);
    let changed: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .collect();
    assert!(changed.is_empty(), "changed: {changed:?}");
    let first_seqs: Vec<u64> = stored.frames().iter().map(|frame| frame.first_seq).collect();
    assert_eq!(first_seqs, [0, 3, 5, 7, 8]);
}

#[test]
fn a_ledger_that_is_shorter_than_it_was_is_found_though_both_copies_agree() {
    let (stored, shorter) = (Stored::new(), Stored::of_lines(8));
    for part in ["journal", "sled"] {
        std::fs::remove_dir_all(stored.data().join(part)).unwrap();
        copy(&shorter.data().join(part), &stored.data().join(part));
    }
    let short = Some((8, "it ends before batch 4; 5 batches were here once"));
    expect("both copies of before", &stored, [short, short], None).unwrap();
    // As far as anything still says how long it was.
    for word in ["closed", "sled.fed"] {
        std::fs::remove_file(stored.data().join(word)).unwrap();
        assert_eq!(stored.verify().is_whole(), word == "sled.fed", "without {word}");
    }
}

#[test]
fn values_do_not_open_with_another_keyring() {
    let stored = Stored::new();
    let keyring = stored.data().join("keyring");
    std::fs::remove_file(&keyring).unwrap();
    Keyring::create(&keyring, [1; 32], [2; 32]).unwrap();
    let wrong = Some((1, "entry 1"));
    expect("another keyring", &stored, [wrong, wrong], None).unwrap();
    let report = stored.verify();
    assert_eq!((report.journal.opened, report.sled.opened), (0, 0));
}

#[test]
fn what_cannot_be_used_at_all_is_refused_by_name() {
    type Refused = (&'static str, fn(&Stored), fn(&VerifyError) -> bool);
    let table: [Refused; 6] = [
        (
            "no keyring",
            |it| std::fs::remove_file(it.data().join("keyring")).unwrap(),
            |error| matches!(error, VerifyError::Keyring(_)),
        ),
        (
            "a bit of the keyring",
            |it| crate::ground_support::change(&it.data().join("keyring"), |bytes| bytes[40] ^= 1),
            |error| matches!(error, VerifyError::Keyring(_)),
        ),
        (
            "a later format",
            |it| {
                let words = "rollbook data directory, format 2\n";
                std::fs::write(it.data().join("FORMAT"), words).unwrap();
            },
            |error| matches!(error, VerifyError::Directory(_)),
        ),
        (
            "no format",
            |it| std::fs::remove_file(it.data().join("FORMAT")).unwrap(),
            |error| matches!(error, VerifyError::Directory(_)),
        ),
        (
            "nothing in either copy",
            |it| {
                std::fs::remove_file(it.segment()).unwrap();
                std::fs::remove_dir_all(it.data().join("sled")).unwrap();
            },
            |error| matches!(error, VerifyError::Inspection(_)),
        ),
        (
            "somebody else has it open",
            |it| std::mem::forget(Directory::open(&it.data()).unwrap()),
            |error| matches!(error, VerifyError::Directory(_)),
        ),
    ];
    let stored = Stored::new();
    for (what, alter, refused) in table {
        let altered = stored.copy();
        alter(&altered);
        let error = verify_at(&altered.data()).unwrap_err();
        assert!(refused(&error), "{what}: {error}");
    }
}
