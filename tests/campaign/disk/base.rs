//! A ledger that has a story behind it, to be damaged.

use super::child::{machine, origin};
use super::scratch;
use super::story::Story;
use rollbook::house::Ledger;
use rollbook::words::Origin;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A closed ledger in the folder `data`, with everything that the story tells.
pub(crate) fn ledger(story: &Story) -> TempDir {
    ledger_of(story, origin().as_str())
}

/// The same of a ledger of that name.
pub(crate) fn ledger_of(story: &Story, origin: &str) -> TempDir {
    let folder = scratch();
    let (data, origin) = (folder.path().join("data"), Origin::parse(origin).unwrap());
    let ledger = Ledger::create(&data, origin, machine(story.wishes.len() as u64, 0)).unwrap();
    for wish in &story.wishes {
        let command = wish.command(&ledger.views());
        ledger.submit(command).unwrap();
    }
    ledger.close().unwrap();
    folder
}

/// The segments of a ledger's journal, in order.
pub(crate) fn segments(data: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(data.join("journal")).unwrap();
    let mut paths: Vec<_> = items.map(|item| item.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "segment"));
    paths.sort();
    paths
}

/// Up to and with the last byte that is not zero.
pub(crate) fn used(bytes: &[u8]) -> usize {
    bytes.len() - bytes.iter().rev().take_while(|byte| **byte == 0).count()
}

pub(crate) fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Two files take each other's bytes.
pub(crate) fn swap(one: &Path, other: &Path) {
    let bytes = fs::read(one).unwrap();
    fs::copy(other, one).unwrap();
    fs::write(other, bytes).unwrap();
}
