//! sled altered through sled itself, the journal untouched. Checksums are written to fit, as
//! somebody would who knows the form; the plain damage of files is the ground's own test.

use super::{Seen, Stored, expect, report};
use rollbook::ground::log::VaultRow;
use rollbook::ground::sled_store::row::{self, BLOCKS, FRAMES, INDEX, VAULT};
use rollbook::words::TreeHash;
use sled::Db;

/// The rows of a kind, in order.
fn rows(db: &Db, kind: u8) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = db.scan_prefix([kind]).map(Result::unwrap);
    rows.map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

fn remove(db: &Db, kind: u8, number: usize) {
    db.remove(&rows(db, kind)[number].0).unwrap().unwrap();
}

fn put(db: &Db, (key, value): (impl AsRef<[u8]>, Vec<u8>)) {
    db.insert(key, value).unwrap();
}

/// Changes a byte and leaves the checksum.
fn flip(db: &Db, kind: u8, number: usize) {
    let (key, mut value) = rows(db, kind).swap_remove(number);
    *value.last_mut().unwrap() ^= 1;
    db.insert(key, value).unwrap();
}

/// Writes something else into an entry, with a checksum that fits.
fn change_entry(db: &Db) {
    let (key, value) = rows(db, BLOCKS).swap_remove(0);
    let (first_seq, mut entries) = row::read_block(&key, &value).unwrap();
    let text = String::from_utf8(entries[7].entry.bytes.to_vec()).unwrap();
    let changed = text.replace(r#""after":["admin"]"#, r#""after":["owner"]"#);
    assert_ne!(text, changed);
    entries[7].entry.bytes = changed.into_bytes().into();
    put(db, row::block(first_seq, &entries));
}

fn vault_rows(db: &Db) -> Vec<VaultRow> {
    let rows = rows(db, VAULT);
    rows.iter().map(|(key, value)| row::read_vault(key, value).unwrap()).collect()
}

fn change_value(db: &Db) {
    let mut row = vault_rows(db).swap_remove(2);
    row.sealed[30] ^= 1;
    put(db, row::vault(&row));
}

fn exchange_values(db: &Db) {
    let mut rows = vault_rows(db);
    let (one, other) = (rows[0].sealed.clone(), rows[1].sealed.clone());
    (rows[0].sealed, rows[1].sealed) = (other, one);
    put(db, row::vault(&rows[0]));
    put(db, row::vault(&rows[1]));
}

fn add_value(db: &Db) {
    let row = vault_rows(db).swap_remove(2);
    put(db, row::vault(&VaultRow { seq: 9, ..row }));
}

fn change_index(db: &Db) {
    let (key, value) = rows(db, INDEX).swap_remove(0);
    let (org, org_seq, mut seqs) = row::read_index(&key, &value).unwrap();
    seqs.swap(0, 1);
    put(db, row::index(org, org_seq, &seqs));
}

fn shorten_index(db: &Db) {
    let (key, value) = rows(db, INDEX).swap_remove(0);
    let (org, org_seq, mut seqs) = row::read_index(&key, &value).unwrap();
    seqs.pop();
    put(db, row::index(org, org_seq, &seqs));
}

fn add_index(db: &Db) {
    let somebody = "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60".parse().unwrap();
    put(db, row::index(somebody, 0, &[3]));
}

/// Gives a batch another root, in a row with a checksum that fits.
fn change_frame(db: &Db) {
    let (key, value) = rows(db, FRAMES).swap_remove(2);
    let root = row::read_frame(&key, &value).unwrap().root;
    let mut body = value[32..].to_vec();
    let place = body.windows(32).position(|window| window == root.as_bytes()).unwrap();
    body[place..place + 32].copy_from_slice(TreeHash::empty().as_bytes());
    let sum = rollbook::words::hash::checksum(&[key.as_slice(), &body].concat());
    db.insert(key, [sum.as_slice(), &body].concat()).unwrap();
}

fn add_frame(db: &Db) {
    let (key, value) = rows(db, FRAMES).swap_remove(4);
    let body = &value[32..];
    let key = [&key[..8], &[5]].concat();
    let sum = rollbook::words::hash::checksum(&[key.as_slice(), body].concat());
    db.insert(key, [sum.as_slice(), body].concat()).unwrap();
}

fn add_block(db: &Db) {
    let (key, value) = rows(db, BLOCKS).swap_remove(0);
    let (_, entries) = row::read_block(&key, &value).unwrap();
    put(db, row::block(10, &entries[..1]));
}

type Case = (&'static str, fn(&Db), Seen, Option<u64>);

const CASES: [Case; 20] = [
    ("a byte of a block", |db| flip(db, BLOCKS, 0), Some((0, "do not have their hash")), Some(0)),
    ("an entry, with its checksum", change_entry, Some((7, "do not have their hash")), Some(7)),
    ("a block is missing", |db| remove(db, BLOCKS, 0), Some((0, "it is missing")), Some(0)),
    ("a block more", add_block, Some((10, "belongs to nothing")), None),
    (
        "a byte of a sealed value",
        |db| flip(db, VAULT, 2),
        Some((3, "do not have their hash")),
        Some(3),
    ),
    (
        "a sealed value, with its checksum",
        change_value,
        Some((3, "do not have their hash")),
        Some(3),
    ),
    (
        "two people's values exchanged",
        exchange_values,
        Some((0, "do not have their hash")),
        Some(0),
    ),
    ("a sealed value is missing", |db| remove(db, VAULT, 3), Some((5, "it is missing")), Some(5)),
    ("a sealed value more", add_value, Some((10, "belongs to nothing")), None),
    ("a byte of the index", |db| flip(db, INDEX, 0), Some((10, "the index of organization")), None),
    (
        "two seqs of the index exchanged",
        change_index,
        Some((10, "the index of organization")),
        None,
    ),
    ("a seq of the index is missing", shorten_index, Some((10, "the index of organization")), None),
    (
        "an index is missing",
        |db| remove(db, INDEX, 1),
        Some((10, "the index of organization")),
        None,
    ),
    ("an index of nobody", add_index, Some((10, "the index of organization 0b0e7f0c")), None),
    (
        "a byte of a batch's row",
        |db| flip(db, FRAMES, 2),
        Some((5, "do not have their hash")),
        Some(5),
    ),
    ("another root of a batch", change_frame, Some((5, "do not have their hash")), Some(5)),
    (
        "a batch in the middle is missing",
        |db| remove(db, FRAMES, 2),
        Some((5, "it is missing")),
        Some(5),
    ),
    (
        "the last batch is missing",
        |db| remove(db, FRAMES, 4),
        Some((8, "belongs to nothing")),
        Some(8),
    ),
    ("a batch more", add_frame, Some((10, "does not follow")), None),
    (
        "a row of no kind",
        |db| drop(db.insert([9], b"zeal").unwrap()),
        Some((10, "belongs to nothing")),
        None,
    ),
];

#[test]
fn every_alteration_of_sled_is_found_in_its_place() {
    let stored = Stored::new();
    let mut missed = Vec::new();
    for (what, alter, sled, parted_at) in CASES {
        let altered = stored.copy();
        let db = sled::open(altered.data().join("sled")).unwrap();
        alter(&db);
        db.flush().unwrap();
        drop(db);
        missed.extend(expect(what, &altered, [None, sled], parted_at).err());
    }
    report(&missed);
    eprintln!("{} altered sled directories, each found in its place", CASES.len());
}

/// It is rebuilt from the journal, but nobody is told that all is whole.
#[test]
fn a_sled_that_is_gone_or_empty_is_found() {
    let stored = Stored::new();
    let emptied = stored.copy();
    std::fs::remove_dir_all(stored.data().join("sled")).unwrap();
    let gone = stored.verify();
    assert!(!gone.is_whole());
    assert_eq!(gone.parted_at, Some(0));

    let db = sled::open(emptied.data().join("sled")).unwrap();
    db.clear().unwrap();
    db.flush().unwrap();
    drop(db);
    assert!(!emptied.verify().is_whole());
    assert_eq!(emptied.verify().parted_at, Some(0));
}
