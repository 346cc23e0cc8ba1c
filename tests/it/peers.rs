//! What a ledger publishes, checked by other people's programs: they accept it, and refuse it
//! altered. `.ci/run` installs them.

mod asked;
mod chain;
mod proofs;
mod timestamp;
mod witness;

use crate::ledger::{create, organization};
use crate::support::files::copy;
use crate::support::ledger;
use rollbook::house::Ledger;
use rollbook::house::publishing::Published;
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How many members are added between the two checkpoints, and before the first.
const MEMBERS: usize = 7;

/// A ledger that signs, and what it published, in files.
struct Shown {
    directory: TempDir,
    ledger: Ledger,
    published: Arc<Published>,
}

impl Shown {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let opened = ledger(&data, 3);
        let org = organization(&opened, "acme");
        let begin = Timestamp::parse_any("2026-11-22").unwrap();
        let guard = directory.path().join("guard");
        opened.publish(&guard, Box::new(move || begin), &mut Drawn::from_seed(&[5; 32])).unwrap();
        let grow = |from: usize| {
            for number in from..from + MEMBERS {
                opened.submit(create(org, &format!("m{number}"))).unwrap();
            }
            // Heads are committed to meanwhile, or not: whatever is there is signed.
            std::thread::sleep(Duration::from_millis(300));
            opened.await_published(opened.head().size, Duration::from_secs(20)).unwrap()
        };
        let old = grow(0);
        copy(&data, &directory.path().join("fork"));
        let published = grow(MEMBERS);
        let shown = Self { directory, ledger: opened, published };
        shown.write(&old);
        shown
    }

    fn write(&self, old: &Published) {
        let Self { ledger, published, .. } = self;
        let log = ledger.published_log(published, None).unwrap();
        let key = ledger.log_key(published, None).unwrap().unwrap();
        let size = published.checkpoint.size;
        let proof = ledger.shown_proof(&log, size / 3).unwrap().unwrap();
        let consistency = ledger.shown_consistency(&log, old.checkpoint.size).unwrap().unwrap();
        fs::create_dir(self.path("entries")).unwrap();
        for record in ledger.read(0, 4096).unwrap() {
            if record.seq < size {
                fs::write(self.path(&format!("entries/{}", record.seq)), &record.bytes).unwrap();
            }
        }
        for (name, text) in [
            ("vkey", format!("{key}\n")),
            ("checkpoint", published.note.to_string()),
            ("old-checkpoint", old.note.to_string()),
            ("proof", proof),
            ("consistency", consistency),
        ] {
            fs::write(self.path(name), text).unwrap();
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// A program with what `.ci/run` installed for these tests in reach.
fn program(words: &[&str]) -> Command {
    let root = env!("CARGO_MANIFEST_DIR");
    let peers = format!("{root}/target/peers");
    let mut command = Command::new(words[0]);
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(&words[1..]).current_dir(root);
    command.env("PATH", format!("{peers}/bin:{path}"));
    command.env("PYTHONPATH", format!("{peers}/python"));
    // Debian's package of golang.org/x/mod lies in a GOPATH.
    command.env("GO111MODULE", "off").env("GOPATH", "/usr/share/gocode").env("GOFLAGS", "");
    command.env("GOCACHE", format!("{peers}/go"));
    command
}

/// Whether something runs here. Without it a test says that it skips, and under CI it fails.
fn runs(probe: &[&str]) -> bool {
    if program(probe).output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{probe:?} does not run: .ci/run installs it");
    eprintln!("skipped: {probe:?} does not run here");
    false
}

/// What a program that must succeed prints.
#[track_caller]
fn printed(output: &Output) -> String {
    let (told, errors) = (&output.stdout, &output.stderr);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(told), text(errors));
    text(told)
}

/// The same file with one byte changed to another of the same kind, so that only what it says is
/// wrong and not how it is spelled.
fn altered(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut altered = bytes.to_vec();
    altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
    altered
}
