//! Checkpoints: signed at once and as the ledger grows, and never over what contradicts a guard.

mod guards;
mod heads;
mod interrupted;
mod killed;
mod restored;
mod rotating;
mod stored;

use crate::ledger::{create, organization};
use crate::support::{ledger, machine};
use rollbook::house::publishing::{PublishError, Published};
use rollbook::house::{Ledger, Receipt};
use rollbook::proof::checkpoint::organization_origin;
use rollbook::proof::{Checkpoint, Note, VerificationKey, path};
use rollbook::words::hash::Drawn;
use rollbook::words::{OrganizationId, Timestamp};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a test waits for what comes at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A data directory with a guard beside it.
struct Place {
    directory: TempDir,
    /// Every opening draws other identifiers.
    openings: Cell<u8>,
}

impl Place {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), openings: Cell::new(10) }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn guard(&self) -> PathBuf {
        self.directory.path().join("guard")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// An empty ledger.
    fn create(&self) -> Ledger {
        ledger(&self.data(), 3)
    }

    fn open(&self) -> Ledger {
        self.openings.set(self.openings.get() + 1);
        Ledger::open(&self.data(), machine(self.openings.get())).unwrap()
    }

    /// Begins to sign, at a moment that stands still.
    fn publish(&self, ledger: &Ledger) -> Result<Arc<Published>, PublishError> {
        let now = Timestamp::parse_any("2026-11-22").unwrap();
        ledger.publish(&self.guard(), Box::new(move || now), &mut Drawn::from_seed(&[5; 32]))?;
        Ok(ledger.published().unwrap())
    }

    /// A ledger with an organization, signed, closed; what was signed last.
    fn signed(&self) -> Checkpoint {
        let ledger = self.create();
        organization(&ledger, "acme");
        self.publish(&ledger).unwrap();
        let last = settled(&ledger);
        ledger.close().unwrap();
        last.checkpoint.clone()
    }

    /// Opens the ledger, adds members without signing, closes it.
    fn grow(&self, logins: impl IntoIterator<Item = String>) {
        let ledger = self.open();
        let org = ledger.views().organizations().next().unwrap().id();
        for login in logins {
            ledger.submit(create(org, &login)).unwrap();
        }
        ledger.close().unwrap();
    }
}

/// What is published once the heads that are due are committed to.
fn settled(ledger: &Ledger) -> Arc<Published> {
    let start = Instant::now();
    loop {
        let published = ledger.await_published(ledger.head().size, PATIENCE).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        if published.checkpoint.size == ledger.head().size && heads::count(ledger) > 0 {
            return published;
        }
        assert!(start.elapsed() < PATIENCE);
    }
}

fn member(ledger: &Ledger, org: OrganizationId, login: &str) -> Receipt {
    ledger.submit(create(org, login)).unwrap()
}

/// Whether a key that the ledger names signed just this.
fn is_signed(checkpoint: &Checkpoint, note: &Note, key: &VerificationKey) -> bool {
    let (read, parsed) = Checkpoint::parse(note.to_string().as_bytes()).unwrap();
    assert_eq!(&read, checkpoint);
    parsed.verify([key].into_iter()).unwrap().len() == 1
}

/// Everything stored in a directory, copied.
fn copy(from: &Path, to: &Path) {
    crate::support::files::copy(from, to);
}

#[test]
fn it_signs_where_the_ledger_stands_and_as_it_grows() {
    let place = Place::new();
    let ledger = place.create();
    assert!(ledger.published().is_none() && ledger.await_published(0, PATIENCE).is_none());
    let empty = place.publish(&ledger).unwrap();
    assert_eq!(
        empty.checkpoint.to_string(),
        format!("ledger.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    );
    let key = ledger.log_key(&empty, None).unwrap().unwrap();
    assert_eq!(key.name(), "ledger.example");
    assert!(is_signed(&empty.checkpoint, &empty.note, &key));
    let org = organization(&ledger, "acme");
    for number in 0..5 {
        let size = member(&ledger, org, &format!("m{number}")).size;
        let published = ledger.await_published(size, PATIENCE).unwrap();
        let Checkpoint { size, root, .. } = published.checkpoint;
        assert!(is_signed(&published.checkpoint, &published.note, &key));
        assert_eq!(path::root(&*ledger.tiles().unwrap(), size).unwrap(), root);
        let (own, note) = ledger.organization_checkpoint(&published, org).unwrap().unwrap();
        assert_eq!(own.origin, organization_origin("ledger.example", org));
        let own_key = ledger.log_key(&published, Some(org)).unwrap().unwrap();
        assert!(is_signed(&own, &note, &own_key));
        let levels = ledger.organization_tiles(org, own.size).unwrap();
        let Ok(own_root) = path::root(&levels, own.size);
        assert_eq!(own_root, own.root);
        assert!(own_key.bytes() != key.bytes(), "a policy may not name one key twice");
    }
    // Nobody asks, and it goes on.
    let size = member(&ledger, org, "unasked").size;
    let start = Instant::now();
    while ledger.published().unwrap().checkpoint.size < size {
        assert!(start.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ledger.publishing_fault().is_none());
    ledger.close().unwrap();
    assert!(ledger.await_publishing_end().is_none());
}

/// Deterministic keys and one order: whoever opens again signs the same bytes at the same size.
#[test]
fn one_size_has_one_note_also_behind_a_restart() {
    let place = Place::new();
    place.signed();
    let notes: Vec<String> = (0..3)
        .map(|_| {
            let ledger = place.open();
            let note = place.publish(&ledger).unwrap().note.to_string();
            ledger.close().unwrap();
            note
        })
        .collect();
    assert!(notes.windows(2).all(|pair| pair[0] == pair[1]), "{notes:?}");
}

/// Half of those who ask wait less than the period in which nobody would have to ask.
#[test]
fn whoever_asks_waits_less_than_a_tenth_of_a_second() {
    let place = Place::new();
    let ledger = place.create();
    place.publish(&ledger).unwrap();
    let org = organization(&ledger, "acme");
    let mut waited: Vec<Duration> = (0..21)
        .map(|number| {
            let size = member(&ledger, org, &format!("m{number}")).size;
            let start = Instant::now();
            assert!(ledger.await_published(size, PATIENCE).unwrap().checkpoint.size >= size);
            start.elapsed()
        })
        .collect();
    waited.sort_unstable();
    assert!(waited[10] < Duration::from_millis(100), "{waited:?}");
    // What nobody has appended is not waited for any longer than asked.
    let start = Instant::now();
    let patience = Duration::from_millis(50);
    assert!(ledger.await_published(ledger.head().size + 1000, patience).is_none());
    assert!(start.elapsed() >= patience);
}
