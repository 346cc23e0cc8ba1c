//! `rollbook backup` and `restore`, as `docs/OPERATIONS.md` says they are used.

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

fn rollbook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rollbook")).args(arguments).output().unwrap()
}

/// What a verb that must succeed answers.
fn answered(arguments: &[&str]) -> Value {
    let output = rollbook(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A copy of what a server has open.
fn backup(address: SocketAddr, data: &Path, copy: &Path) -> Value {
    let url = format!("http://{address}");
    let (token, copy) = (data.join("operator.token"), copy.to_str().unwrap());
    answered(&["backup", copy, "--url", &url, "--token-file", token.to_str().unwrap(), "--json"])
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

/// Makes a ledger of a copy, as the page says; how many entries it holds.
fn restored(copy: &Path, data: &Path) -> u64 {
    let into = copy.with_extension("restored");
    let (keyring, log_key) = (data.join("keyring"), data.join("log-key"));
    let [copy, keyring, log_key, into] =
        [copy, &keyring, &log_key, &into].map(|path| path.to_str().unwrap());
    let secrets = ["--keyring", keyring, "--log-key", log_key];
    let places = ["restore", "--from", copy, "--data", into, "--json"];
    let restored = answered(&[&places[..], &secrets].concat());
    let verified = answered(&["verify", "--data", into, "--json"]);
    assert_eq!(verified["whole"], true, "{verified}");
    assert_eq!(verified["journal"]["head"], restored["head"]);
    restored["head"]["size"].as_u64().unwrap()
}

/// Tells the writers when nobody copies any more.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_copy_of_a_running_server_holds_all_that_was_acknowledged_before() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let mut serve = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    serve.args(["serve", "--listen", "127.0.0.1:0"]).args(["--log-level", "warn"]);
    serve.args(["--guard", "guard"]);
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
            let copy = place.path().join(format!("copy-{number}"));
            let said = backup(address, &data, &copy)["head"]["size"].as_u64().unwrap();
            let held = restored(&copy, &data);
            assert_eq!(held, said, "the copy ends elsewhere than it says");
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

/// What somebody meets who puts an old copy back, and how they go on.
#[test]
fn an_old_copy_is_refused_until_that_is_accepted() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name).to_str().unwrap().to_owned();
    let (data, guard) = (path("data"), path("guard"));
    assert!(rollbook(&["init", "--data", &data, "--origin", "ledger.example"]).status.success());
    let create = |data: &str, slug: &str| {
        let wish = ["organization", "create", "--slug", slug, "--name", slug];
        let of = ["--owner-username", slug, "--data", data, "--json"];
        assert!(rollbook(&[&wish[..], &of].concat()).status.success());
    };
    let signed = |data: &str| rollbook(&["checkpoint", "--data", data, "--guard", &guard]);
    create(&data, "acme");
    assert!(signed(&data).status.success());
    answered(&["backup", &path("copy"), "--data", &data, "--json"]);
    create(&data, "birch");
    let last = String::from_utf8(signed(&data).stdout).unwrap();
    assert!(last.starts_with("ledger.example\n4\n"), "{last}");

    let (keyring, log_key) = (format!("{data}/keyring"), format!("{data}/log-key"));
    let restore = |copy: &str, into: &str, more: &[&str]| {
        let places = ["restore", "--from", copy, "--data", into, "--guard", &guard];
        rollbook(&[&places[..], &["--keyring", &keyring, "--log-key", &log_key], more].concat())
    };
    let (copy, into) = (path("copy"), path("again"));
    let refused = restore(&copy, &into, &[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("ROLLBACK: the ledger has 2 entries, and a checkpoint of 4"), "{said}");
    assert!(!Path::new(&into).exists());

    let accepted = restore(&copy, &into, &["--accept-rollback", "The disk was lost"]);
    assert!(accepted.status.success(), "{accepted:?}");
    let checkpoint = String::from_utf8(signed(&into).stdout).unwrap();
    assert!(checkpoint.starts_with("ledger.example/r1\n3\n"), "{checkpoint}");
    let refused = signed(&data);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    let taken = restore(&copy, &into, &[]);
    assert_eq!(taken.status.code(), Some(2), "{taken:?}");
    assert!(!rollbook(&["backup", &copy, "--data", &into]).status.success(), "written over");
}
