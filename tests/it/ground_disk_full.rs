//! A disk that is full: a clear refusal, nothing half appended, reading goes on, and appending
//! works again when there is room.

use crate::ground_support::{
    SMALL, batch, copy, create_with, entry, everything, grow, open, origin, scratch, segments,
};
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, Options, Repair};
use rollbook::ground::frame::Frame;
use rollbook::ground::journal::writer::{JournalWriter, LastSegment};
use rollbook::ground::log::Rejection;
use rollbook::ground::{AppendError, Head, Log};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A file system of a few megabytes, unmounted at the end.
pub(crate) struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where this process may not mount; in CI that is a failure.
    pub(crate) fn mount(size: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "rollbook-test"])
            .arg(directory.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if mounted {
            return Some(Self(directory));
        }
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a small tmpfs");
        eprintln!("skipped: a small file system cannot be mounted here");
        None
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("ledger")
    }

    /// Takes all the room that is left.
    pub(crate) fn fill(&self) -> PathBuf {
        let filler = self.0.path().join("filler");
        let mut bytes = 1 << 20;
        let mut kept = Vec::new();
        while bytes > 0 {
            kept.resize(kept.len() + bytes, 1);
            if fs::write(&filler, &kept).is_err() {
                kept.truncate(kept.len() - bytes);
                bytes /= 4;
            }
        }
        fs::write(&filler, &kept).ok();
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Appends until it is refused; gives how.
fn append_until_refused(log: &EmbeddedLog) -> AppendError {
    let text = "x".repeat(1000);
    for _ in 0..100_000 {
        let head = log.head();
        if let Err(error) = log.append(batch(vec![entry(5, head.size, &text)], vec![]), &head) {
            return error;
        }
    }
    panic!("the disk never filled up");
}

fn is_full(error: &AppendError) -> bool {
    matches!(error, AppendError::Rejected(Rejection::Full { .. }))
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let options = Options { segment_bytes: 64 * 1024, tail_limit_bytes: 16 << 20, ..SMALL };
    let log = create_with(&disk.path(), options);
    let filler = disk.fill();
    let error = append_until_refused(&log);
    assert!(is_full(&error), "{error}");
    assert!(error.to_string().contains("is full: make room, then try again"), "{error}");
    let (head, records) = (log.head(), everything(&log));
    assert!(head.size > 10 && records.len() as u64 == head.size);
    assert!(is_full(&append_until_refused(&log)), "it stays refused");
    assert_eq!((log.head(), everything(&log).len()), (head, records.len()));
    fs::remove_file(filler).unwrap();
    let text = entry(5, head.size, "there is room again");
    let grown = log.append(batch(vec![text], vec![]), &head).unwrap();
    let records = everything(&log);
    drop(log);
    let (log, repairs) =
        EmbeddedLog::open(Directory::open(&disk.path()).unwrap(), options).unwrap();
    assert_eq!((log.head(), everything(&log)), (grown, records), "{repairs:?}");
}

#[test]
fn a_write_that_fails_in_its_middle_is_taken_back() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let options = Options { segment_bytes: 1 << 20, ..SMALL };
    let log = create_with(&disk.path(), options);
    let head = grow(&log, 3);
    // The segment loses the room it had reserved, so that writing itself meets the full disk.
    let segment = segments(&disk.path()).pop().unwrap();
    let bytes = fs::read(&segment).unwrap();
    let used = bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let file = fs::OpenOptions::new().write(true).open(&segment).unwrap();
    file.set_len(used as u64).unwrap();
    let filler = disk.fill();
    let large = || {
        let text = "x".repeat(8000);
        let entries = (0..100).map(|org_seq| entry(9, org_seq, &text)).collect();
        batch(entries, vec![])
    };
    let error = log.append(large(), &head).unwrap_err();
    assert!(is_full(&error), "{error}");
    assert!(fs::metadata(&segment).unwrap().len() > used as u64, "a part was written");
    let image = scratch();
    copy(&disk.path(), &image.path().join("ledger"));
    let (opened, repairs) = open(&image.path().join("ledger")).unwrap();
    assert_eq!(opened.head(), head);
    let cut = |repair: &Repair| matches!(repair, Repair::TailCut { .. });
    assert!(!repairs.iter().any(cut), "nothing of it is left: {repairs:?}");
    fs::remove_file(filler).unwrap();
    let grown = log.append(large(), &head).unwrap();
    drop(log);
    let (log, _) = EmbeddedLog::open(Directory::open(&disk.path()).unwrap(), options).unwrap();
    assert_eq!(log.head(), grown);
}

/// A device that takes every write and cannot sync stands for a disk whose sync fails.
#[test]
fn after_a_failed_sync_the_outcome_is_unknown_until_a_restart() {
    let directory = scratch();
    let head = Head::genesis(&origin());
    let frame = |text: &str| {
        Frame::follow(batch(vec![entry(1, 0, text)], vec![]), &Head::genesis(&origin())).unwrap()
    };
    let devices = [("/dev/null", "syncing"), ("/dev/full", "taking back a write to")];
    for (device, what_failed) in devices.into_iter().filter(|(path, _)| Path::new(path).exists()) {
        let file = fs::OpenOptions::new().write(true).open(device).unwrap();
        let last =
            LastSegment { file, path: device.into(), end: 512, length: 1 << 20, written: 512 };
        let mut writer = JournalWriter::new(directory.path(), origin(), 1 << 20, head, Some(last));
        for text in ["first", "the same again", "another"] {
            let (frame, bytes) = frame(text);
            match writer.append(&frame, &bytes) {
                Err(AppendError::OutcomeUnknown { path, what, .. }) => {
                    assert_eq!((path.as_path(), what), (Path::new(device), what_failed));
                }
                other => panic!("{device}: {other:?}"),
            }
            assert_eq!(writer.head(), &head, "the head stays where it was");
        }
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing else was written to");
}

#[test]
fn a_ledger_is_not_made_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount("1m") else { return };
    let directory = Directory::create(&disk.path()).unwrap();
    let options = Options { segment_bytes: 16 << 20, ..SMALL };
    let error = EmbeddedLog::create(directory, origin(), options).unwrap_err().to_string();
    assert!(error.contains("No space left on device"), "{error}");
    assert!(Directory::open(&disk.path()).is_err(), "it counts as not made");
}

#[test]
fn a_read_only_disk_is_named() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let log = create_with(&disk.path(), SMALL);
    grow(&log, 3);
    drop(log);
    let remount = |how: &str, path: &Path| {
        let done = Command::new("mount").args(["-o", how]).arg(path).status().unwrap();
        assert!(done.success());
    };
    remount("remount,ro", disk.0.path());
    let error = open(&disk.path()).unwrap_err().to_string();
    assert!(error.contains("Read-only file system"), "{error}");
    remount("remount,rw", disk.0.path());
    open(&disk.path()).unwrap();
}
