//! Disks that are full or read-only: a clear refusal, reading goes on, and behind more room the
//! import goes on where it stopped.

use crate::crash::child::{DOMAIN, real_machine};
use crate::crash::histories::{self, Files};
use crate::crash::kill::{assert_one_command_per_commit, assert_remembered};
use crate::crash::stored::{assert_lawful, lists, read_and_verify};
use crate::support::{ledger, machine, real_history};
use rollbook::house::import::{ImportError, Summary, import};
use rollbook::house::source::History;
use rollbook::house::{Ledger, SubmitError};
use rollbook::words::Origin;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system at a directory, unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    /// None where this process may not mount; in CI that is a failure.
    fn mount(at: &Path, bytes: u64) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={bytes}");
        if mount(&["-t", "tmpfs", "-o", &options, "rollbook-test"], at) {
            return Some(Self(at.to_owned()));
        }
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a small tmpfs");
        eprintln!("skipped: a small file system cannot be mounted here");
        None
    }

    fn remount(&self, options: &str) {
        assert!(mount(&["-o", &format!("remount,{options}")], &self.0), "{options}");
    }

    /// Leaves room for this much more.
    fn leave(&self, bytes: u64) {
        let known = rustix::fs::statvfs(&self.0).unwrap();
        let used = (known.f_blocks - known.f_bfree) * known.f_frsize;
        self.remount(&format!("size={}", used + bytes));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], at: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(at).output();
    output.is_ok_and(|output| output.status.success())
}

fn run(ledger: &Ledger, files: &Files) -> (Summary, Option<ImportError>) {
    let mut history = History::open(&files.paths, DOMAIN).unwrap();
    import(ledger, &mut history, &mut |_, _| ())
}

fn open(path: &Path, seed: u64) -> Ledger {
    Ledger::open(path, real_machine(seed)).unwrap()
}

fn stopped_by(error: Option<ImportError>) -> SubmitError {
    match error {
        Some(ImportError::Submit { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_commit_of_several_batches_is_cut_lawfully_and_continues() {
    let directory = tempfile::tempdir().unwrap();
    let generated = histories::generated(2, &directory.path().join("generated"));
    // The second organization's first commit.
    cut_and_continue(&directory.path().join("1"), &generated, 1411);
    if let Some(data) = real_history() {
        let real = histories::real(&data).until(4549, &directory.path().join("real"));
        cut_and_continue(&directory.path().join("2"), &real, 1423);
    }
}

/// Imports what stands before the commit that begins at line `begin`, lets the journal's disk
/// become full in the middle of it, and goes on behind more room.
fn cut_and_continue(directory: &Path, files: &Files, begin: usize) {
    let (begin_found, end) = files.commit_around(begin);
    assert_eq!(begin_found, begin);
    let path = directory.join("data");
    let Some(disk) = with_journal_on_a_disk(&path) else { return };
    let before = files.until(begin, &directory.join("before"));
    let ledger = open(&path, 1);
    assert_eq!(run(&ledger, &before).0.imported, begin as u64);
    drop(ledger);
    disk.leave(1024 * 1024);

    let ledger = open(&path, 2);
    let (summary, error) = run(&ledger, files);
    let error = stopped_by(error);
    let size = ledger.head().size;
    assert!((begin as u64) < size && size < end as u64, "{size} is not inside {begin}..{end}");
    assert_eq!(error.code(), "cut_short");
    let (recorded, all) = (size - begin as u64, end - begin);
    let message = format!(
        "only the first {recorded} of {all} entries are recorded: the disk that holds {}",
        path.join("journal").display()
    );
    assert!(error.to_string().starts_with(&message), "{error}");
    let Summary { imported, already_present, refused, .. } = summary;
    assert_eq!((imported, already_present), (recorded, begin as u64));
    assert_eq!(refused, all as u64 - recorded, "lines that are not recorded");
    assert_eq!(ledger.views().size(), size, "what is recorded can be read");
    assert!(matches!(run(&ledger, files).1, Some(ImportError::Submit { .. })), "it is stopped");
    let readable = lists(&ledger.views());
    drop(ledger);

    let mut commands = BTreeMap::new();
    let stored = read_and_verify(&path);
    assert_eq!(stored.head.size, size);
    assert_eq!(lists(&stored.views), readable);
    assert_lawful(&stored.standing.state);
    assert_remembered(&stored, files);
    assert_one_command_per_commit(&stored, &mut commands);

    disk.remount("size=64m");
    let ledger = open(&path, 3);
    let (summary, error) = run(&ledger, files);
    assert!(error.is_none(), "{}", error.unwrap());
    let rest = files.lines.len() as u64 - size;
    assert_eq!((summary.imported, summary.already_present), (rest, size));
    drop(ledger);
    let stored = read_and_verify(&path);
    assert!(stored.lines().into_iter().eq(files.lines.iter().map(|(seq, _)| *seq)));
    assert_one_command_per_commit(&stored, &mut commands);
    assert_lawful(&stored.standing.state);
}

/// A ledger whose journal alone stands on a disk of its own, so that nothing but the journal takes
/// its room.
fn with_journal_on_a_disk(path: &Path) -> Option<Disk> {
    drop(ledger(path, 0));
    let (journal, aside) = (path.join("journal"), path.with_extension("journal"));
    fs::rename(&journal, &aside).unwrap();
    let disk = Disk::mount(&journal, 64 * 1024 * 1024)?;
    for item in fs::read_dir(&aside).unwrap() {
        let item = item.unwrap();
        fs::copy(item.path(), journal.join(item.file_name())).unwrap();
    }
    Some(disk)
}

fn assert_equals_undisturbed(
    path: &Path,
    files: &Files,
    commands: &mut BTreeMap<String, rollbook::words::CommandId>,
    directory: &Path,
) {
    let undisturbed = directory.join("undisturbed");
    let whole = ledger(&undisturbed, 9);
    assert!(run(&whole, files).1.is_none());
    drop(whole);
    let (stored, undisturbed) = (read_and_verify(path), read_and_verify(&undisturbed));
    assert_eq!(stored.told(), undisturbed.told());
    assert_eq!(lists(&stored.views), lists(&undisturbed.views));
    assert_one_command_per_commit(&stored, commands);
}

#[test]
fn a_full_disk_stops_an_import_and_more_room_continues_it() {
    let directory = tempfile::tempdir().unwrap();
    let files = histories::generated(2, &directory.path().join("generated"));
    let Some(disk) = Disk::mount(&directory.path().join("disk"), 64 * 1024 * 1024) else { return };
    let path = disk.0.join("data");
    drop(ledger(&path, 0));
    disk.leave(2 * 1024 * 1024);

    let ledger = open(&path, 1);
    let (summary, error) = run(&ledger, &files);
    let error = stopped_by(error);
    assert!(["not_appended", "cut_short"].contains(&error.code()), "{error}");
    let message = error.to_string();
    assert!(message.contains("is full: make room"), "{message}");
    assert!(message.contains("until the ledger is opened again"), "{message}");
    let size = ledger.head().size;
    assert!(size >= summary.imported && size < files.lines.len() as u64);
    // Readers go on, whether or not sled still answers: every entry, and every organization's
    // index.
    assert_eq!(ledger.views().size(), size);
    let mut read = 0;
    while read < size {
        let records = ledger.read(read, 1000).unwrap();
        assert!(records.iter().all(|record| ledger.unseal(record).is_ok()));
        read += records.len() as u64;
    }
    for view in ledger.views().organizations() {
        let seqs = ledger.organization(view.id(), 0, usize::MAX).unwrap();
        assert_eq!(seqs.len() as u64, view.size());
    }
    let readable = lists(&ledger.views());
    drop(ledger);

    disk.remount("size=64m");
    let mut commands = BTreeMap::new();
    let stored = read_and_verify(&path);
    assert_eq!((stored.head.size, lists(&stored.views)), (size, readable));
    assert_lawful(&stored.standing.state);
    assert_remembered(&stored, &files);
    assert_one_command_per_commit(&stored, &mut commands);
    let ledger = open(&path, 2);
    let (summary, error) = run(&ledger, &files);
    assert!(error.is_none(), "{}", error.unwrap());
    assert_eq!(summary.imported + summary.already_present, files.lines.len() as u64);
    drop(ledger);
    assert_equals_undisturbed(&path, &files, &mut commands, directory.path());
}

#[test]
fn a_read_only_disk_is_refused_and_nothing_changes() {
    let directory = tempfile::tempdir().unwrap();
    let files = histories::generated(1, &directory.path().join("generated"));
    let Some(disk) = Disk::mount(&directory.path().join("disk"), 64 * 1024 * 1024) else { return };
    let path = disk.0.join("data");
    let before = ledger(&path, 0);
    assert!(run(&before, &files).1.is_none());
    drop(before);
    let stored = read_and_verify(&path);

    disk.remount("ro");
    let refused = Ledger::open(&path, machine(1)).err().unwrap().to_string();
    assert!(refused.contains(path.to_str().unwrap()), "{refused}");
    assert!(refused.to_lowercase().contains("read-only"), "{refused}");
    let beside = disk.0.join("another");
    let origin = Origin::parse("ledger.example").unwrap();
    let refused = Ledger::create(&beside, origin, machine(1)).err().unwrap().to_string();
    assert!(refused.contains(beside.to_str().unwrap()), "{refused}");
    assert!(refused.to_lowercase().contains("read-only"), "{refused}");

    disk.remount("rw");
    let again = read_and_verify(&path);
    assert!(again.repairs.is_empty());
    assert_eq!(again.head, stored.head);
    let ledger = open(&path, 2);
    assert_eq!(run(&ledger, &files).0.already_present, files.lines.len() as u64);
}
