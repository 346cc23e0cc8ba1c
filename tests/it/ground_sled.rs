//! Rows in sled that were changed by somebody who knows sled: reading and walking notice each of
//! them.

use crate::ground_support::{grow, ledger, open, organization, origin, scratch};
use rollbook::ground::Head;
use rollbook::ground::LogError;
use rollbook::ground::sled_store::SledStore;
use rollbook::ground::sled_store::row;
use rollbook::ground::sled_store::walk::SledFrames;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const CACHE_BYTES: u64 = 1 << 22;

/// Enough for several blocks of entries and of the index of each organization.
const BATCHES: u64 = 120;

/// sled lets go of its files a moment after it is dropped.
fn sled(path: &Path) -> sled::Db {
    let mut attempts = 0;
    loop {
        match sled::open(path) {
            Err(sled::Error::Io(_)) if attempts < 500 => attempts += 1,
            opened => return opened.unwrap(),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn rows(path: &Path) -> Vec<(Vec<u8>, Vec<u8>)> {
    let db = sled(path);
    db.iter().map(|row| row.unwrap()).map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

fn with_sled(path: &Path, work: impl FnOnce(&sled::Db)) {
    let db = sled(path);
    work(&db);
    db.flush().unwrap();
}

/// Walks everything; gives what is found wrong.
fn walk(path: &Path) -> Option<LogError> {
    let store = Arc::new(SledStore::open(path, CACHE_BYTES).unwrap());
    let frames = SledFrames::from(store, 0, 0, Head::genesis(&origin()).frame);
    frames.and_then(|mut frames| frames.try_for_each(|frame| frame.map(drop))).err()
}

/// Reads everything there is to read; gives what is found wrong.
fn read(path: &Path, head: &Head) -> Option<LogError> {
    let store = SledStore::open(path, CACHE_BYTES).unwrap();
    let mut size = 0;
    while size < head.size {
        match store.read(size, head.size, 100) {
            Ok(records) => size += records.len() as u64,
            Err(error) => return Some(error),
        }
    }
    (1..=3).find_map(|org| store.organization(organization(org), 0, usize::MAX).err())
}

#[test]
fn a_changed_byte_in_any_row_is_noticed() {
    let directory = scratch();
    let (head, _) = ledger(&directory.path().join("ledger"), BATCHES);
    let path = directory.path().join("ledger/sled");
    assert!(walk(&path).is_none() && read(&path, &head).is_none());
    let rows = rows(&path);
    for kind in [row::FRAMES, row::BLOCKS, row::INDEX, row::VAULT] {
        let of_kind: Vec<_> = rows.iter().filter(|(key, _)| key[0] == kind).collect();
        assert!(of_kind.len() > 5, "kind {kind}: {}", of_kind.len());
        for (number, (key, value)) in of_kind.iter().enumerate().step_by(of_kind.len() / 5) {
            let mut changed = value.clone();
            let place = (number * 31) % changed.len();
            changed[place] ^= 1;
            with_sled(&path, |db| drop(db.insert(key, changed).unwrap()));
            assert!(walk(&path).is_some(), "walking, kind {kind}, row {number}, byte {place}");
            // Frames are for walking; reading an entry does not touch them.
            if kind != row::FRAMES {
                assert!(read(&path, &head).is_some(), "reading, kind {kind}, row {number}");
            }
            with_sled(&path, |db| drop(db.insert(key, value.as_slice()).unwrap()));
        }
    }
    assert!(walk(&path).is_none() && read(&path, &head).is_none());
}

#[test]
fn a_lost_row_a_moved_row_and_a_stray_row_are_noticed() {
    let directory = scratch();
    let (head, _) = ledger(&directory.path().join("ledger"), BATCHES);
    let path = directory.path().join("ledger/sled");
    let rows = rows(&path);
    for kind in [row::FRAMES, row::BLOCKS, row::INDEX, row::VAULT] {
        let of_kind: Vec<_> = rows.iter().filter(|(key, _)| key[0] == kind).collect();
        let last = of_kind.len() - 1;
        for number in [0, last / 2, last] {
            let (key, value) = of_kind[number];
            with_sled(&path, |db| drop(db.remove(key).unwrap()));
            assert!(walk(&path).is_some(), "kind {kind}, row {number} lost");
            let (_, other) = of_kind[(number + 1) % of_kind.len()];
            with_sled(&path, |db| drop(db.insert(key, other.as_slice()).unwrap()));
            assert!(walk(&path).is_some(), "kind {kind}, row {number} has another's value");
            if kind != row::FRAMES {
                assert!(read(&path, &head).is_some(), "kind {kind}, row {number}, reading");
            }
            with_sled(&path, |db| drop(db.insert(key, value.as_slice()).unwrap()));
        }
        let mut stray = of_kind[last].0.clone();
        stray[1] ^= 0x40;
        with_sled(&path, |db| drop(db.insert(&stray, of_kind[last].1.as_slice()).unwrap()));
        assert!(walk(&path).is_some(), "kind {kind}, stray");
        with_sled(&path, |db| drop(db.remove(&stray).unwrap()));
    }
    for outside in [vec![0], vec![1, 7], vec![6], vec![255, 1]] {
        with_sled(&path, |db| drop(db.insert(&outside, "x").unwrap()));
        assert!(walk(&path).is_some(), "{outside:?}");
        with_sled(&path, |db| drop(db.remove(&outside).unwrap()));
    }
    assert!(walk(&path).is_none());
}

#[test]
fn values_stay_below_the_size_at_which_sled_loses_them() {
    let directory = scratch();
    let path = directory.path().join("ledger");
    ledger(&path, BATCHES);
    let (log, _) = open(&path).unwrap();
    grow(&log, 100);
    drop(log);
    let longest = rows(&path.join("sled")).iter().map(|(_, value)| value.len()).max().unwrap();
    assert!((4000..=8 * 1024).contains(&longest), "{longest}");
    assert_eq!(std::fs::read_dir(path.join("sled/blobs")).unwrap().count(), 0);
}
