//! The keyring as its users meet it: created once, opened, punctured, killed in the middle.

use rollbook::ground::keyring::{Keyring, KeyringError};
use rollbook::words::hash::Drawn;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Random leaves below a bound, without repetition.
fn some_leaves(count: usize, bound: u64, seed: u8) -> Vec<u64> {
    let mut drawn = Drawn::from_seed(&[seed; 32]);
    let mut leaves = BTreeSet::new();
    while leaves.len() < count {
        leaves.insert(u64::from_be_bytes(drawn.bytes()) % bound);
    }
    leaves.into_iter().collect()
}

#[test]
fn a_keyring_is_never_overwritten_by_a_first_one() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    Keyring::create(&path, [1; 32], [2; 32]).unwrap();
    let bytes = fs::read(&path).unwrap();
    let error = Keyring::create(&path, [3; 32], [4; 32]).unwrap_err();
    assert!(matches!(error, KeyringError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), bytes);

    // Whatever else stands there is nobody's to overwrite either, nor is a keyring's last copy.
    for name in ["other", "lost.old"] {
        fs::write(directory.path().join(name), "mine").unwrap();
        let path = directory.path().join(name.trim_end_matches(".old"));
        let error = Keyring::create(path, [3; 32], [4; 32]).unwrap_err();
        assert!(matches!(error, KeyringError::Exists { .. }), "{error}");
        assert_eq!(fs::read(directory.path().join(name)).unwrap(), b"mine");
    }
}

#[test]
fn what_cannot_be_a_keyring_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let whole = directory.path().join("whole");
    Keyring::create(&whole, [1; 32], [2; 32]).unwrap();
    let bytes = fs::read(&whole).unwrap();
    let mut flipped = bytes.clone();
    flipped[40] ^= 1;
    for (name, content, reason) in [
        ("empty", &b""[..], "it is empty"),
        ("foreign", b"PK\x03\x04", "it does not begin as a keyring does"),
        ("newer", b"rollbook keyring 7\n", "it has the format \"7\""),
        ("cut", &bytes[..60], "it has 60 bytes, but 129 belong to its 1 nodes"),
        ("flipped", &flipped, "its checksum does not match its bytes"),
    ] {
        let path = directory.path().join(name);
        let beside = directory.path().join(format!("{name}.old"));
        fs::write(&path, content).unwrap();
        fs::write(&beside, &bytes).unwrap();
        let error = Keyring::open(&path).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains(name), "{name}: {error}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
        // What lies beside a keyring that cannot be read may be the only good copy.
        assert_eq!(fs::read(&beside).unwrap(), bytes, "{name}");
    }
    let missing = Keyring::open(directory.path().join("nowhere")).unwrap_err();
    assert!(matches!(missing, KeyringError::Missing { .. }), "{missing}");
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&whole, &link).unwrap();
    for path in [link.as_path(), directory.path()] {
        let error = Keyring::open(path).unwrap_err();
        assert!(matches!(error, KeyringError::NotAFile { .. }), "{error}");
    }
}

/// The bound that the file's description derives: k·(log2(N/k) - 0.87) nodes and 40 at most beyond.
#[test]
fn a_hundredth_of_the_leaves_erased_costs_219_bytes_each() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let mut keyring = Keyring::create(&path, [1; 32], [2; 32]).unwrap();
    let empty_bytes = fs::metadata(&path).unwrap().len();
    let leaves = some_leaves(1_000, 100_000, 1);
    assert_eq!(keyring.erase(&leaves, [3; 32]).unwrap().erased, 1_000);
    let grown_bytes = fs::metadata(&path).unwrap().len() - empty_bytes;
    println!("{} bytes an erasure", grown_bytes as f64 / 1_000.0);
    assert!((209_000..=229_000).contains(&grown_bytes), "{grown_bytes} bytes for 1,000 erasures");

    let erased: BTreeSet<u64> = leaves.into_iter().collect();
    let mut walk = keyring.walk();
    for leaf in 0..100_000 {
        assert_eq!(walk.key(leaf).is_none(), erased.contains(&leaf), "leaf {leaf}");
    }
}

const CHILD_ERASES_IN: &str = "ROLLBOOK_TEST_CHILD_ERASES_IN";

/// The leaf of the n-th erasure of the child: everywhere, each once.
fn nth(number: u64) -> u64 {
    number * 7_919 % (1 << 20)
}

/// Not a test by itself: what the next one starts as a process of its own and kills.
#[test]
fn child_erases_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD_ERASES_IN).map(PathBuf::from) else {
        return;
    };
    let mut keyring = Keyring::open(path).unwrap();
    let first = (0..).find(|&number| keyring.key(nth(number)).is_some()).unwrap();
    for number in first.. {
        keyring.erase(&[nth(number)], [number as u8; 32]).unwrap();
        println!("erased {number}");
    }
}

/// Starts the child, lets it erase for a while, kills it; the last erasure it reported.
fn last_before_the_kill(path: &Path, pause: Duration) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().expect("the tests' own program"))
        .args(["keyring::child_erases_until_it_is_killed", "--exact", "--nocapture"])
        .env(CHILD_ERASES_IN, path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut reported = lines.map_while(Result::ok).filter_map(|line| {
        // The test runner writes its own words before the child's first.
        line.rsplit_once("erased ").and_then(|(_, number)| number.parse().ok())
    });
    let first = reported.next();
    std::thread::sleep(pause);
    child.kill().and_then(|()| child.wait()).expect("the child is killed");
    reported.last().or(first)
}

#[test]
fn killed_at_any_moment_no_acknowledged_erasure_and_no_other_key_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keyring");
    let whole = Keyring::create(&path, [1; 32], [2; 32]).unwrap();
    let mut pauses = Drawn::from_seed(&[9; 32]);
    let mut done = 0;
    for round in 0..12 {
        let pause = Duration::from_micros(u64::from(u16::from_be_bytes(pauses.bytes())) / 2);
        let last = last_before_the_kill(&path, pause).expect("the child erased something");
        let keyring = Keyring::open(&path).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "round {round}");
        for number in 0..=last {
            assert!(keyring.key(nth(number)).is_none(), "round {round}: {number} of {last}");
        }
        // One erasure may have been in force already when the kill cut off its report.
        for number in last + 2..last + 40 {
            assert_eq!(keyring.key(nth(number)), whole.key(nth(number)), "round {round}: {number}");
        }
        assert!(last > done || round == 0, "the child went on");
        done = last;
    }
}
