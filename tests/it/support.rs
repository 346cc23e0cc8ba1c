//! What several tests begin with.

pub(crate) mod chance;
pub(crate) mod files;
pub(crate) mod transcript;

use rollbook::ground::embedded::Options;
use rollbook::house::{Ledger, Machine};
use rollbook::words::hash::Drawn;
use rollbook::words::{Origin, Timestamp};
use std::path::{Path, PathBuf};

/// A machine whose clock begins on 2026-11-22 and moves a millisecond with every look, and whose
/// chance comes from `seed`: the same commands give the same bytes.
pub(crate) fn machine(seed: u8) -> Machine {
    let mut now = Timestamp::parse_any("2026-11-22").unwrap();
    Machine {
        clock: Box::new(move || {
            now = Timestamp::from_micros(now.micros() + 1000);
            now
        }),
        drawn: Drawn::from_seed(&[seed; 32]),
        options: Options { segment_bytes: 1024 * 1024, ..Options::STANDARD },
        unlock: None,
    }
}

/// An empty ledger.
pub(crate) fn ledger(path: &Path, seed: u8) -> Ledger {
    Ledger::create(path, Origin::parse("ledger.example").unwrap(), machine(seed)).unwrap()
}

/// The real history, where it stands beside the checkout. Without it a test says that it skips, and
/// under CI it fails.
pub(crate) fn real_history() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/kubernetes-org");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "the real history is missing beside the checkout");
    eprintln!("skipped: the real history does not stand beside this checkout");
    None
}
