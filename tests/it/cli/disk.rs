//! Disks that are full or read-only: said clearly, and nothing is lost or half recorded.

use super::Workplace;
use std::path::Path;
use std::process::Command;

/// A small file system at `disk` in the workplace; none where this process may not mount. In CI
/// that is a failure.
struct Disk<'a>(&'a Workplace);

impl<'a> Disk<'a> {
    fn mount(place: &'a Workplace, size: &str) -> Option<Self> {
        let path = place.path("disk");
        std::fs::create_dir(&path).unwrap();
        if mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "rollbook-test"], &path) {
            return Some(Self(place));
        }
        assert!(std::env::var_os("CI").is_none(), "CI must be able to mount a small tmpfs");
        eprintln!("skipped: a small file system cannot be mounted here");
        None
    }

    fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        assert!(mount(&["-o", &options], &self.0.path("disk")), "{option}");
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path("disk")).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(path).output();
    output.is_ok_and(|output| output.status.success())
}

const IMPORT: &str = "rollbook import history --json --data disk/ledger samples/lantern-works.ndjson \
                      samples/lantern-works-teams.ndjson";

#[test]
fn a_disk_without_room_for_a_ledger() {
    let place = Workplace::new();
    let Some(_disk) = Disk::mount(&place, "8m") else { return };
    let answer = place.run("rollbook init --json --data disk/ledger");
    let (_, message) = answer.error();
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(message.contains("disk/ledger") && message.contains("No space left"), "{message}");
}

#[test]
fn a_disk_that_is_read_only() {
    let place = Workplace::new();
    let Some(disk) = Disk::mount(&place, "100m") else { return };
    assert_eq!(place.run("rollbook init --data disk/ledger").code, 0);
    let before = place.run("rollbook verify --json --data disk/ledger").json();
    disk.remount("ro");
    for command in [IMPORT, "rollbook organizations --json --data disk/ledger"] {
        let answer = place.run(command);
        let (_, message) = answer.error();
        assert_eq!(answer.code, 3, "{answer:?}");
        assert!(message.contains("disk/ledger") && message.contains("Read-only"), "{message}");
    }
    disk.remount("rw");
    assert_eq!(place.run("rollbook verify --json --data disk/ledger").json(), before);
    assert_eq!(place.run(IMPORT).json()["imported"], 49);
}
