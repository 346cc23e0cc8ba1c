//! Savepoints: opening with one gives what replaying everything gives, and a bad one does no harm.

mod bad;
mod layout;
mod quick;
mod real;
mod twin;

use crate::support::machine;
use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::EmbeddedLog;
use rollbook::ground::keyring::Keyring;
use rollbook::ground::savepoints::Savepoints;
use rollbook::house::Ledger;
use rollbook::house::ledger::{Start, keyring_path, replay};
use rollbook::house::savepoint::{self, Folded};
use std::path::{Path, PathBuf};

/// A data directory that is open below the ledger, so that it can be folded more than once.
struct Opened {
    path: PathBuf,
    log: EmbeddedLog,
    keyring: Keyring,
    savepoints: Savepoints,
}

impl Opened {
    fn new(path: &Path) -> Self {
        let directory = Directory::open(path).unwrap();
        let keyring = Keyring::open(keyring_path(path)).unwrap();
        let (log, repairs) = EmbeddedLog::open(directory, machine(0).options).unwrap();
        assert_eq!(repairs, []);
        Self { path: path.to_owned(), log, keyring, savepoints: Savepoints::of(path) }
    }

    /// What opening begins with. It must be what replaying everything gives, to the last byte.
    fn start(&self) -> Start {
        let start = Start::from_newest(&self.savepoints, &self.log, &self.keyring).unwrap();
        let whole = replay(&self.log, &self.keyring).unwrap();
        assert!(start.folded == whole, "folded to something else");
        assert!(content(&start.folded) == content(&whole), "equal, and written otherwise");
        let views = |folded: &Folded| serde_json::to_vec(&folded.1).unwrap();
        assert!(views(&start.folded) == views(&whole), "equal, and shown otherwise");
        start
    }

    /// The message for the one savepoint that was ignored.
    fn complaint(&self) -> String {
        let Start { ignored, .. } = self.start();
        assert_eq!(ignored.len(), 1, "{ignored:?}");
        ignored[0].to_string()
    }
}

fn parts(folded: &Folded) -> [Vec<u8>; 2] {
    savepoint::write(&folded.0, &folded.1).unwrap().map(|part| part.to_vec())
}

fn content(folded: &Folded) -> Vec<u8> {
    parts(folded).concat()
}

/// The sizes of the savepoints that lie there, the largest first.
fn sizes(path: &Path) -> Vec<u64> {
    Savepoints::of(path).sizes()
}

fn close(ledger: Ledger) {
    ledger.close().unwrap();
    assert!(ledger.unsaved().is_none(), "{:?}", ledger.unsaved());
}
