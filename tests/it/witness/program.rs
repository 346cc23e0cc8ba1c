//! The program, and a log that somebody else might have: leaf *i* holds *i*.

use crate::server::client::{Answer, send};
use rollbook::proof::{
    AddCheckpoint, Checkpoint, KeyKind, Note, SigningKey, TileLevels, VerificationKey, path,
};
use rollbook::words::TreeHash;
use rollbook::words::hash::{hexadecimal, sha256};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A witness that runs until the test ends.
pub(crate) struct Program {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
    pub(crate) vkey: VerificationKey,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A log's key.
pub(crate) fn log(origin: &str) -> SigningKey {
    SigningKey::from_seed(origin, KeyKind::Log, &[7; 32]).unwrap()
}

/// The program, over files in a folder.
pub(crate) fn command(folder: &Path, logs: &[String], listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    command.args(["witness", "--json", "--listen", listen]);
    command.args(["--key", "key", "--state", "state", "--name", "witness.example/one"]);
    logs.iter().for_each(|vkey| {
        command.args(["--log", vkey]);
    });
    command.current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

impl Program {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::of(folder, &[log("ledger.example").public().to_string()])
    }

    /// One that knows these logs.
    pub(crate) fn of(folder: &Path, logs: &[String]) -> Self {
        Self::at(folder, logs, "127.0.0.1:0")
    }

    /// The same at an address.
    pub(crate) fn at(folder: &Path, logs: &[String], listen: &str) -> Self {
        let mut process = command(folder, logs, listen).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).expect(&line);
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let (address, vkey) = (text("listening").parse().unwrap(), text("vkey").parse().unwrap());
        Self { process, address, vkey }
    }

    /// Kills it; what it is called and where it was stays known.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        send(self.address, method, path, &[], body)
    }

    pub(crate) fn add(&self, body: &str) -> Answer {
        self.send("POST", "/add-checkpoint", body)
    }

    pub(crate) fn latest(&self, origin: &str) -> Answer {
        let digest = hexadecimal(&sha256(origin.as_bytes()));
        self.send("GET", &format!("/{digest}/checkpoint"), "")
    }

    /// Whether what was answered is its signature on what a request holds.
    pub(crate) fn is_signed(&self, body: &str, answered: &str) -> bool {
        let given = AddCheckpoint::parse(body).unwrap();
        let (_, note): (Checkpoint, Note) = Checkpoint::parse(given.checkpoint.as_bytes()).unwrap();
        let note = note.with_line(answered.strip_suffix('\n').unwrap()).unwrap();
        let verified = note.verify([&self.vkey].into_iter()).unwrap();
        verified.len() == 1 && verified[0].time.is_some_and(|time| time.as_secs() > 1_600_000_000)
    }
}

fn tree(size: u64, from: u64) -> TileLevels {
    let leaf = |index: u64| if index >= from { index + 1_000_000 } else { index };
    (0..size).map(|index| TreeHash::leaf(&leaf(index).to_be_bytes())).collect()
}

fn asked(tree: &TileLevels, old: u64, size: u64, origin: &str) -> String {
    let Ok(proof) = path::consistency(tree, old, size);
    let Ok(root) = path::root(tree, size);
    let checkpoint = Checkpoint { origin: origin.to_owned(), size, root };
    let checkpoint = checkpoint.unsigned().signed(&log(origin)).to_string();
    AddCheckpoint { old, proof, checkpoint: &checkpoint }.write()
}

/// A request with everything right.
pub(crate) fn request(old: u64, size: u64, origin: &str) -> String {
    asked(&tree(size, u64::MAX), old, size, origin)
}

/// The same of another history, whose last entries before `old` are others.
pub(crate) fn forked(old: u64, size: u64) -> String {
    asked(&tree(size, old - 1), old, size, "ledger.example")
}
