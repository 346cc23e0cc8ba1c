//! The process that is killed: this test binary once more, running the one test that imports.

use crate::crash::histories::{self, Files};
use crate::support::{ledger, machine};
use rollbook::ground::embedded::Options;
use rollbook::house::import::import;
use rollbook::house::source::History;
use rollbook::house::{Ledger, Machine};
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const DATA: &str = "ROLLBOOK_KILLED_CHILD_DATA";
const FILES: &str = "ROLLBOOK_KILLED_CHILD_FILES";
const SEED: &str = "ROLLBOOK_KILLED_CHILD_SEED";

/// Batches of a large commit are longer than this, so each gets a segment of its own, for which the
/// parent can watch.
pub(crate) const SEGMENT_BYTES: u64 = 256 * 1024;

pub(crate) const DOMAIN: &str = "users.noreply.example";

/// The machine that an import runs on: the clock of this one, a seed that no run before had.
pub(crate) fn real_machine(seed: u64) -> Machine {
    let mut bytes = [0x5e; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let drawn = Drawn::from_seed(&bytes);
    let clock = || {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        Timestamp::EPOCH.after(since)
    };
    let options = Options { segment_bytes: SEGMENT_BYTES, ..machine(0).options };
    Machine { clock: Box::new(clock), drawn, options, unlock: None }
}

/// Undisturbed, a child acknowledges every commit and says that it is complete. As the child
/// itself, this is what is started and killed.
#[test]
fn the_child_imports() {
    if let Some(data) = env::var_os(DATA) {
        return import_and_say(Path::new(&data));
    }
    let directory = tempfile::tempdir().unwrap();
    let files = histories::generated(1, &directory.path().join("history"));
    let path = directory.path().join("data");
    drop(ledger(&path, 1));
    let said = Child::start(&path, &files, 1).finish();
    assert!(said.opened && said.complete);
    assert_eq!(files.lines_of(said.commits), files.lines.len());
}

/// Imports, and says so for each commit that was acknowledged.
fn import_and_say(data: &Path) {
    let files = env::var(FILES).unwrap();
    let files: Vec<_> = files.split('\n').map(Into::into).collect();
    let seed = env::var(SEED).unwrap().parse().unwrap();
    let ledger = Ledger::open(data, real_machine(seed)).unwrap();
    let mut history = History::open(&files, DOMAIN).unwrap();
    // Standard output is flushed at each end of line; the runner's own words stand on the first.
    println!("\nopened");
    // Counted here: what was answered, not what the ledger says of itself.
    let mut commits = 0;
    let (summary, error) = import(&ledger, &mut history, &mut |_, _| {
        commits += 1;
        println!("acknowledged {commits}");
    });
    assert!(error.is_none(), "{}", error.unwrap());
    ledger.close().unwrap();
    println!("complete {}", summary.imported + summary.already_present);
}

/// What a child has said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) opened: bool,
    pub(crate) complete: bool,
    /// How many commits of the history were acknowledged, those of earlier runs included.
    pub(crate) commits: usize,
}

/// A child that is running.
pub(crate) struct Child {
    process: process::Child,
    said: Arc<Mutex<Said>>,
    listener: JoinHandle<()>,
}

impl Child {
    pub(crate) fn start(data: &Path, files: &Files, seed: u64) -> Self {
        let paths: Vec<_> = files.paths.iter().map(|path| path.to_str().unwrap()).collect();
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "crash::child::the_child_imports", "--nocapture"])
            .env(DATA, data)
            .env(FILES, paths.join("\n"))
            .env(SEED, seed.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Said::default()));
        let (output, heard) = (process.stdout.take().unwrap(), Arc::clone(&said));
        let listener = std::thread::spawn(move || {
            let (mut output, mut line) = (BufReader::new(output), String::new());
            // The kill may cut a line; what was not said wholly was not said.
            while output.read_line(&mut line).is_ok() && line.ends_with('\n') {
                hear(&mut heard.lock().unwrap(), line.trim_end());
                line.clear();
            }
        });
        Self { process, said, listener }
    }

    pub(crate) fn said(&self) -> Said {
        self.said.lock().unwrap().clone()
    }

    /// Waits until `enough`, or until the child has ended by itself.
    pub(crate) fn wait_until(&mut self, mut enough: impl FnMut(&Said) -> bool) {
        let start = Instant::now();
        while !enough(&self.said()) && self.process.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(300), "the child hangs");
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Sends SIGKILL and gives everything that was said before. A child that had ended by itself
    /// must have said that it was complete.
    pub(crate) fn kill(mut self) -> Said {
        self.process.kill().unwrap();
        let status = self.process.wait().unwrap();
        self.listener.join().unwrap();
        let said = self.said.lock().unwrap().clone();
        assert!(status.code().is_none() || said.complete, "the child failed: {status} {said:?}");
        said
    }

    /// Lets the child finish.
    pub(crate) fn finish(mut self) -> Said {
        self.wait_until(|_| false);
        self.kill()
    }
}

fn hear(said: &mut Said, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["opened"] => said.opened = true,
        ["complete", _] => said.complete = true,
        ["acknowledged", commits] => said.commits = commits.parse().unwrap(),
        _ => {}
    }
}
