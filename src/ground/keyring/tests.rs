//! What stands on disk before, after and in the middle of an erasure. Real files, real steps.

use super::*;
use crate::words::hash::{Side, key_child};
use std::os::unix::fs::PermissionsExt;

const SEED: [u8; 32] = [3; 32];

fn created(directory: &Path) -> Keyring {
    Keyring::create(directory.join("keyring"), SEED, [0; 32]).unwrap()
}

/// The names in a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Every node from the seed to a leaf: whoever has one of them has the leaf's key.
fn way_down(leaf: u64) -> Vec<[u8; 32]> {
    let mut way = vec![SEED];
    for bit in (0..node::LEVELS).rev() {
        let side = if leaf >> bit & 1 == 0 { Side::Left } else { Side::Right };
        way.push(key_child(&way[way.len() - 1], side));
    }
    way
}

/// A second reader of the file that stands there now, which stays with it when it loses its name.
fn witness(path: &Path) -> impl FnOnce() -> Vec<u8> {
    let mut file = File::open(path).unwrap();
    move || {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }
}

#[test]
fn nothing_leads_to_an_erased_key_any_more() {
    for leaf in [0, 1, 41, 1 << 20, LEAVES - 1] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keyring");
        let mut keyring = created(directory.path());
        let way = way_down(leaf);
        assert_eq!(keyring.key(leaf).unwrap().as_bytes(), way.last().unwrap());
        assert!(contains(&fs::read(&path).unwrap(), &SEED));
        let old = witness(&path);

        let erased = keyring.erase(&[leaf], [1; 32]).unwrap();

        assert_eq!(erased, Erased { erased: 1, already_erased: 0 });
        assert_eq!(names(directory.path()), ["keyring"]);
        let bytes = fs::read(&path).unwrap();
        for node in way {
            assert!(!contains(&bytes, &node), "leaf {leaf}");
        }
        let old = old();
        assert!(!old.is_empty() && old.iter().all(|&byte| byte == 0), "the old file is zeros");
        for keyring in [keyring, Keyring::open(&path).unwrap()] {
            assert_eq!(keyring.key(leaf), None);
            assert!(keyring.nodes.iter().all(|node| !node.covers(leaf)));
            assert_eq!(keyring.savepoint_key().as_bytes(), &[1; 32]);
        }
    }
}

#[test]
fn erasing_again_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let mut keyring = created(directory.path());
    let first = keyring.erase(&[6, 5, 5], [1; 32]).unwrap();
    assert_eq!(first, Erased { erased: 2, already_erased: 0 });
    let bytes = fs::read(&path).unwrap();
    let again = keyring.erase(&[5, 6], [2; 32]).unwrap();
    assert_eq!(again, Erased { erased: 0, already_erased: 2 });
    assert_eq!(fs::read(&path).unwrap(), bytes);
    assert_eq!(keyring.savepoint_key().as_bytes(), &[1; 32]);
    let more = keyring.erase(&[5, 7], [3; 32]).unwrap();
    assert_eq!(more, Erased { erased: 1, already_erased: 1 });
    assert_eq!(keyring.erase(&[], [4; 32]).unwrap(), Erased { erased: 0, already_erased: 0 });
    assert_eq!(keyring.savepoint_key().as_bytes(), &[3; 32]);
}

/// The keyring does not say which of two orders erased a leaf, only how many erasures there were.
#[test]
fn the_order_of_erasures_leaves_no_trace() {
    let bytes_after = |batches: &[&[u64]]| {
        let directory = tempfile::tempdir().unwrap();
        let mut keyring = created(directory.path());
        for batch in batches {
            keyring.erase(batch, [1; 32]).unwrap();
        }
        let bytes = fs::read(directory.path().join("keyring")).unwrap();
        // Without the epoch before, and the checksum behind.
        bytes[27..bytes.len() - 32].to_vec()
    };
    let at_once = bytes_after(&[&[1, 2, 3, 900]]);
    assert_eq!(bytes_after(&[&[900], &[3], &[2], &[1]]), at_once);
    assert_eq!(bytes_after(&[&[2, 900], &[1, 3]]), at_once);
}

/// Stops an erasure of leaf 5 behind every step; `None` stands for a crash inside one.
#[test]
fn a_crash_anywhere_leaves_one_whole_keyring() {
    type Stop = fn(&Path, &[u8]);
    let states: [(&str, Stop, bool); 8] = [
        ("before", |_, _| {}, false),
        ("an empty successor", |path, _| fs::write(replace::next(path), b"").unwrap(), false),
        (
            "half a successor",
            |path, new| fs::write(replace::next(path), &new[..new.len() / 2]).unwrap(),
            false,
        ),
        ("a whole successor", |path, new| fs::write(replace::next(path), new).unwrap(), false),
        ("prepared", |path, new| replace::prepare(path, new).unwrap(), false),
        (
            "in force",
            |path, new| {
                replace::prepare(path, new).unwrap();
                replace::put_in_force(path).unwrap();
            },
            true,
        ),
        (
            "half of the old overwritten",
            |path, new| {
                replace::prepare(path, new).unwrap();
                replace::put_in_force(path).unwrap();
                let mut old = fs::read(replace::old(path)).unwrap();
                let half = old.len() / 2;
                old[..half].fill(0);
                fs::write(replace::old(path), old).unwrap();
            },
            true,
        ),
        (
            "destroyed",
            |path, new| {
                replace::prepare(path, new).unwrap();
                replace::put_in_force(path).unwrap();
                replace::clear(path).unwrap();
            },
            true,
        ),
    ];
    for (name, stop, in_force) in states {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keyring");
        let before = created(directory.path());
        let after = node::without(&before.nodes, &[5]);
        let (old, old_bytes) = (witness(&path), fs::read(&path).unwrap());
        stop(&path, &file::write(&after, &[1; 32], 1));

        let mut keyring = Keyring::open(&path).expect(name);

        assert_eq!(names(directory.path()), ["keyring"], "{name}");
        assert_eq!(keyring.key(5).is_none(), in_force, "{name}");
        assert_eq!(keyring.key(4), before.key(4), "{name}");
        let savepoint_key = if in_force { [1; 32] } else { [0; 32] };
        assert_eq!(keyring.savepoint_key().as_bytes(), &savepoint_key, "{name}");
        let expected = if in_force { vec![0; old_bytes.len()] } else { old_bytes };
        assert_eq!(old(), expected, "{name}");
        // And the erasure can be repeated, and then goes through.
        keyring.erase(&[5], [2; 32]).expect(name);
        assert_eq!(keyring.key(5), None, "{name}");
        assert_eq!(names(directory.path()), ["keyring"], "{name}");
    }
}

#[test]
fn a_crash_while_creating_leaves_nothing_or_a_whole_keyring() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    fs::write(replace::next(&path), b"rollbook keyr").unwrap();
    let keyring = created(directory.path());
    assert_eq!(names(directory.path()), ["keyring"]);

    // Behind the link and before the first name was removed: both names are one file.
    fs::hard_link(&path, replace::next(&path)).unwrap();
    assert_eq!(Keyring::open(&path).unwrap().key(9), keyring.key(9));
    assert_eq!(names(directory.path()), ["keyring"]);
    assert_eq!(Keyring::open(&path).unwrap().key(9), keyring.key(9));
}

#[test]
fn only_the_owner_reads_and_writes_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    let mut keyring = created(directory.path());
    assert_eq!(mode(), 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    keyring.erase(&[1], [1; 32]).unwrap();
    assert_eq!(mode(), 0o600);
}

#[test]
fn an_error_leaves_everything_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let mut keyring = created(directory.path());
    let bytes = fs::read(&path).unwrap();

    let error = keyring.erase(&[1, LEAVES], [1; 32]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "leaf 1099511627776 is outside the keyring, which has 1099511627776 leaves"
    );

    // A directory under the successor's name can be neither overwritten nor removed.
    fs::create_dir(replace::next(&path)).unwrap();
    let error = keyring.erase(&[1], [1; 32]).unwrap_err();
    assert!(matches!(error, KeyringError::Io { .. }), "{error}");
    fs::remove_dir(replace::next(&path)).unwrap();

    assert!(keyring.key(1).is_some());
    assert_eq!(keyring.savepoint_key().as_bytes(), &[0; 32]);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    keyring.erase(&[1], [1; 32]).unwrap();
    assert!(keyring.key(1).is_none());
}

#[test]
fn repeating_an_erasure_destroys_an_older_copy_that_was_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let mut keyring = created(directory.path());
    let bytes = fs::read(&path).unwrap();
    keyring.erase(&[1], [1; 32]).unwrap();
    fs::write(replace::old(&path), bytes).unwrap();
    let old = replace::old(&path);
    let left = witness(&old);
    let again = keyring.erase(&[1], [2; 32]).unwrap();
    assert_eq!(again, Erased { erased: 0, already_erased: 1 });
    assert_eq!(names(directory.path()), ["keyring"]);
    assert!(left().iter().all(|&byte| byte == 0));
}

#[test]
fn an_unsettled_keyring_erases_nothing_more() {
    let directory = tempfile::tempdir().unwrap();
    let mut keyring = created(directory.path());
    keyring.unsettled = true;
    let error = keyring.erase(&[1], [1; 32]).unwrap_err();
    assert!(matches!(error, KeyringError::Unsettled { .. }), "{error}");
    assert!(keyring.key(1).is_some());
}

#[test]
fn secrets_are_not_printed() {
    let directory = tempfile::tempdir().unwrap();
    let keyring = created(directory.path());
    let key = keyring.key(1).unwrap();
    assert_eq!(format!("{key:?}"), "SubjectKey(secret)");
    assert_eq!(format!("{:?}", keyring.savepoint_key()), "SavepointKey(secret)");
    assert!(format!("{keyring:?}").starts_with("Keyring(1 nodes, secret, in "));
}

/// Keys must never drift: what was sealed under them stays. The values were computed by another
/// implementation (the Python package `blake3`), from the definition.
#[test]
fn keys_of_a_known_seed() {
    let directory = tempfile::tempdir().unwrap();
    let keyring = created(directory.path());
    for (leaf, expected) in [
        (0, "53317620bc5d186a6f0cd09fbe2590bed6ee7af81f5f5adf1db97b4897620a06"),
        (12_345, "0ee5a84c36285c883512e404882b703e9a36d0fe07da9df1163ab97aab8ca304"),
        (LEAVES - 1, "7b645eba43f52dd961f779ff881d473b33f9307fe1bbcfae94684510587609ac"),
    ] {
        let key = keyring.key(leaf).unwrap();
        let key: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(key, expected, "leaf {leaf}");
    }
}
