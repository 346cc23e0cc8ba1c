//! `packaging/backup.sh`, as `docs/OPERATIONS.md` says it is used.

use super::of_repository;
use super::started::Started;
use crate::server::client::send;
use serde_json::{Value, json};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

const WRITERS: usize = 4;

/// Entries that stand before the first copy begins: more than one batch, and less than a segment.
const BEFORE: u64 = 60;

/// A copy that has to be made anew is rare.
const TRIES: u32 = 3;

fn rollbook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rollbook")).args(arguments).output().unwrap()
}

/// What a verb that must succeed answers.
fn answered(arguments: &[&str]) -> Value {
    let output = rollbook(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn backup(data: &Path, copy: &Path, keyring: &Path) -> Output {
    let script = of_repository("packaging/backup.sh");
    Command::new("sh").arg(script).args([data, copy, keyring]).output().unwrap()
}

/// Creates an organization by the operator's token.
fn create(address: SocketAddr, bearer: &str, slug: &str) -> u64 {
    let headers = [("Authorization", bearer), ("Content-Type", "application/json")];
    let body = json!({
        "kind": "standard", "role_set": "basic", "name": slug, "slug": slug,
        "owner": {"username": format!("owner-of-{slug}")},
    });
    let answer = send(address, "POST", "/v1/organizations", &headers, &body.to_string());
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("rollbook-seq").unwrap().parse().unwrap()
}

/// Puts a copy where a server would look, as the page says; how many entries it holds. None where
/// the copy is one of those that the page says are to be made anew.
fn restored(copy: &Path, keyring: &Path) -> Option<u64> {
    fs::copy(keyring, copy.join("keyring")).unwrap();
    let path = copy.to_str().unwrap();
    if rollbook(&["rebuild", "--data", path, "--json"]).status.code() == Some(3) {
        return None;
    }
    let verified = answered(&["verify", "--data", path, "--json"]);
    assert_eq!(verified["whole"], true, "{verified}");
    verified["journal"]["head"]["size"].as_u64()
}

/// Tells the writers when nobody copies any more.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Copies until a copy is proven; how many entries it holds.
fn copied(place: &Path, data: &Path, number: u64) -> u64 {
    let tries = (0..TRIES).find_map(|again| {
        let copy = place.join(format!("copy-{number}-{again}"));
        let keyring = place.join(format!("keyring-{number}-{again}"));
        let copied = backup(data, &copy, &keyring);
        assert!(copied.status.success(), "{copied:?}");
        restored(&copy, &keyring)
    });
    tries.expect("one of a few copies can be restored")
}

#[test]
fn a_copy_of_a_running_server_holds_all_that_was_acknowledged_before() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    serve.args(["serve", "--listen", "127.0.0.1:0"]).args(["--log-level", "warn"]);
    let started = Started::by(serve.current_dir(place.path()));
    let token = fs::read_to_string(data.join("operator.token")).unwrap();
    let bearer = format!("Bearer {}", token.lines().next().unwrap());
    let (address, acknowledged, done) =
        (started.address, AtomicU64::new(0), AtomicBool::new(false));
    let copies: Vec<u64> = thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (bearer, acknowledged, done) = (&bearer, &acknowledged, &done);
            scope.spawn(move || {
                for number in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    let seq = create(address, bearer, &format!("acme-{writer}-{number}"));
                    acknowledged.fetch_max(seq + 1, Ordering::SeqCst);
                }
            });
        }
        // Also when a copy fails: else the writers would go on for ever.
        let _ending = Ending(&done);
        let copies = (0..3).map(|number| {
            while acknowledged.load(Ordering::SeqCst) < BEFORE * (number + 1) {
                thread::yield_now();
            }
            let at_least = acknowledged.load(Ordering::SeqCst);
            let held = copied(place.path(), &data, number);
            assert!(held >= at_least, "{at_least} entries were acknowledged, {held} copied");
            held
        });
        copies.collect()
    });
    let id = started.id();
    started.stop(id);
    let whole = restored_of_stopped(place.path(), &data);
    assert!(copies.last().is_some_and(|last| *last <= whole), "{copies:?}, {whole}");
}

/// A copy of everything, made while nobody has it open, serves as it is.
fn restored_of_stopped(place: &Path, data: &Path) -> u64 {
    let copy = place.join("stopped");
    let copied = Command::new("cp").arg("-a").args([data, &copy]).status().unwrap();
    assert!(copied.success());
    assert!(copy.join("closed").is_file());
    let verified = answered(&["verify", "--data", copy.to_str().unwrap(), "--json"]);
    assert_eq!(verified["whole"], true, "{verified}");
    let head = |path: &Path| {
        answered(&["organizations", "--data", path.to_str().unwrap(), "--json"])["head"].clone()
    };
    assert_eq!(head(data), head(&copy));
    verified["journal"]["head"]["size"].as_u64().unwrap()
}

#[test]
fn a_copy_is_never_written_over_another() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let data = path("data");
    assert!(rollbook(&["init", "--data", data.to_str().unwrap()]).status.success());
    assert!(backup(&data, &path("copy"), &path("key")).status.success());
    for (from, copy, key, said) in [
        (data.clone(), path("copy"), path("other"), "is there already"),
        (data, path("other"), path("key"), "is there already"),
        (path("nothing"), path("other"), path("another"), "is not a data directory"),
    ] {
        let refused = backup(&from, &copy, &key);
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
        assert!(!path("other").exists() && !path("another").exists());
    }
}
