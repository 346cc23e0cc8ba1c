//! Losses that look like a ledger that is merely shorter: they are named, and nothing is cut.

use crate::ground_support::{SMALL, change, copy, ledger, open, scratch, segments};
use rollbook::ground::Log;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, OpenError};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const BATCHES: u64 = 12;

fn original() -> (TempDir, PathBuf) {
    let directory = scratch();
    let path = directory.path().join("ledger");
    ledger(&path, BATCHES);
    (directory, path)
}

fn last_segment(path: &Path) -> PathBuf {
    segments(path).pop().unwrap()
}

fn used(path: &Path) -> usize {
    let bytes = fs::read(path).unwrap();
    bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

fn lose_sled(path: &Path) {
    fs::remove_dir_all(path.join("sled")).unwrap();
}

/// Opens after some damage, twice, and demands each time that the loss of these batches is named.
fn refuses(what: &str, lost: &str, damage: impl FnOnce(&Path)) {
    let (_directory, path) = original();
    damage(&path);
    for _ in 0..2 {
        match open(&path) {
            Err(OpenError::Lost(lost_batches)) => {
                assert!(lost_batches.to_string().contains(lost), "{what}: {lost_batches}");
            }
            Err(error) => panic!("{what}: {error}"),
            Ok((log, repairs)) => panic!("{what}: opened at {:?} {repairs:?}", log.head()),
        }
    }
}

/// A write that is torn lacks a sector. One that is whole up to a bit was not torn, so it may have
/// been acknowledged.
#[test]
fn a_last_batch_with_a_flipped_bit_is_no_torn_write() {
    let (_directory, path) = original();
    let bits = used(&last_segment(&path)) * 8;
    let begin = 512 * 8;
    for bit in (begin..bits).step_by(997) {
        refuses(&format!("bit {bit}"), "lost, in the journal and in sled", |path| {
            lose_sled(path);
            fs::remove_file(path.join("sled.fed")).unwrap();
            change(&last_segment(path), |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        });
    }
}

#[test]
fn what_sled_once_held_is_missed_when_both_have_lost_it() {
    let cut = |path: &Path| {
        let last = last_segment(path);
        let end = used(&last);
        // As if its last sector had not reached the disk.
        change(&last, |bytes| bytes[end / 512 * 512..end].fill(0));
    };
    refuses("sled gone, the last batch cut", "batch 11 is lost", |path| {
        lose_sled(path);
        cut(path);
    });
    refuses("sled damaged, the last batch cut", "batch 11 is lost", |path| {
        let db = path.join("sled/db");
        let end = used(&db);
        change(&db, |bytes| bytes[end / 3..end].fill(7));
        cut(path);
    });
    refuses("sled gone, the last segment too", "lost, in the journal and in sled", |path| {
        lose_sled(path);
        fs::remove_file(last_segment(path)).unwrap();
    });
}

#[test]
fn a_rebuild_does_not_drop_what_only_sled_holds() {
    let (_directory, path) = original();
    fs::remove_file(last_segment(&path)).unwrap();
    let refused = EmbeddedLog::rebuild(Directory::open(&path).unwrap(), SMALL);
    assert!(matches!(refused, Err(OpenError::JournalNotWhole { .. })));
    let (log, _) = open(&path).unwrap();
    assert_eq!(log.head().slot, BATCHES);
}

/// Opening sled changes it. While the journal needs what it holds, it is left as it is.
#[test]
fn sled_is_not_touched_before_the_journal_has_what_it_holds() {
    let (directory, path) = original();
    let other = directory.path().join("other");
    copy(&path, &other);
    let both = |path: &Path| {
        // The second batch is gone from both, so nothing can be mended.
        change(&segments(path)[0], |bytes| bytes[600] ^= 1);
        let db = path.join("sled/db");
        let end = used(&db);
        change(&db, |bytes| bytes[..end].fill(7));
    };
    both(&path);
    both(&other);
    assert!(matches!(open(&path), Err(OpenError::Lost(_))));
    for item in fs::read_dir(other.join("sled")).unwrap().map(|item| item.unwrap()) {
        if item.path().is_file() {
            let before = fs::read(item.path()).unwrap();
            assert!(before == fs::read(path.join("sled").join(item.file_name())).unwrap());
        }
    }
    assert!(!path.join("sled.inspected").exists());
}
