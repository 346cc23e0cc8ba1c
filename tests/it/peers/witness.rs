//! A witness that somebody else wrote (C2SP tlog-witness): it cosigns what continues, and refuses a
//! fork.

use super::{Shown, printed, program, runs};
use crate::ledger::create;
use crate::server::client::{Answer, send};
use crate::support::machine;
use rollbook::house::Ledger;
use rollbook::proof::{AddCheckpoint, Checkpoint, Note, VerificationKey};
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use serde_json::Value;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A witness that runs until the test ends.
pub(super) struct Witness {
    process: Child,
    pub(super) address: SocketAddr,
    pub(super) key: VerificationKey,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Witness {
    pub(super) fn start(shown: &Shown) -> Self {
        let folder = shown.path("witness");
        let folder = folder.to_str().unwrap();
        let name = "witness.example/one";
        let init = ["witness-log", "witness", "init", folder, "--name", name, "--org", "tests"];
        let told = printed(&program(&init).arg("--json").output().unwrap());
        let told: Value = serde_json::from_str(&told).unwrap();
        let key = told["vkey"].as_str().unwrap().parse().unwrap();
        let origin = &shown.published.checkpoint.origin;
        let vkey = shown.text("vkey");
        let add = ["witness-log", "witness", "add-log", folder, origin, vkey.trim()];
        printed(&program(&add).output().unwrap());
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let at = address.to_string();
        let serve = ["witness-log", "witness", "serve", folder, "--listen", &at];
        let process = program(&serve).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let witness = Self { process, address, key };
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "the witness does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        witness
    }

    fn add(&self, body: &str) -> Answer {
        send(self.address, "POST", "/add-checkpoint", &[], body)
    }

    /// Gets a cosignature on what a body holds; the note with it.
    fn cosigned(&self, body: &str) -> Note {
        let answer = self.add(body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let given = AddCheckpoint::parse(body).unwrap();
        let (_, note) = Checkpoint::parse(given.checkpoint.as_bytes()).unwrap();
        let note = note.with_line(answer.body.trim_end()).unwrap();
        let verified = note.verify([&self.key].into_iter()).unwrap();
        assert!(verified.len() == 1 && verified[0].time.is_some(), "{verified:?}");
        note
    }
}

/// The same ledger from before its last entries, which went on in another way: what a rolled-back
/// disk would sign if there were no guard.
fn fork(shown: &Shown, longer_than: u64) -> (Ledger, String) {
    let ledger = Ledger::open(&shown.path("fork"), machine(77)).unwrap();
    let guard = shown.path("fork-guard");
    fs::write(&guard, "").unwrap();
    let org = ledger.views().organizations().next().unwrap().id();
    let now = Timestamp::parse_any("2026-11-22").unwrap();
    ledger.publish(&guard, Box::new(move || now), &mut Drawn::from_seed(&[6; 32])).unwrap();
    for number in 0.. {
        if ledger.head().size > longer_than {
            break;
        }
        ledger.submit(create(org, &format!("f{number}"))).unwrap();
    }
    let published = ledger.await_published(ledger.head().size, Duration::from_secs(20)).unwrap();
    let log = ledger.published_log(&published, None).unwrap();
    let body = ledger.shown_consistency(&log, longer_than).unwrap().unwrap();
    (ledger, body)
}

#[test]
fn a_witness_cosigns_what_continues_and_refuses_a_fork() {
    if !runs(&["witness-log", "--help"]) {
        return;
    }
    let shown = Shown::new();
    let witness = Witness::start(&shown);
    let old = shown.text("old-checkpoint");
    let first = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: &old }.write();
    witness.cosigned(&first);
    let note = witness.cosigned(&shown.text("consistency"));

    // Its own verifier takes our note with its cosignature, and not one that was altered.
    let (vkey, key) = (shown.text("vkey"), witness.key.to_string());
    let verify = |text: String| {
        let path = shown.path("cosigned");
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let words = ["witness-log", "c2sp", "verify", path, "--vkey", vkey.trim(), "--vkey", &key];
        program(&words).output().unwrap()
    };
    printed(&verify(note.to_string()));
    let size = shown.published.checkpoint.size;
    let larger = note.to_string().replacen(&size.to_string(), &(size + 1).to_string(), 1);
    assert_eq!(verify(larger).status.code(), Some(40));

    // From another size than the witness knows: it says which.
    let stale = witness.add(&shown.text("consistency"));
    assert_eq!((stale.status, stale.body.trim()), (409, size.to_string().as_str()), "{stale:?}");
    // A fork under the log's own key.
    let (ledger, body) = fork(&shown, size);
    let refused = witness.add(&body);
    assert_eq!(refused.status, 422, "{refused:?}");
    ledger.close().unwrap();
    // A signature of somebody else.
    let forged =
        shown.text("consistency").replace("\u{2014} ledger.example ", "\u{2014} other.example ");
    assert!((400..500).contains(&witness.add(&forged).status));
}
