//! What is stored, held against what was signed of it.

use super::PublishError;
use super::found;
use crate::ground::guard::Guard;
use crate::ground::log::Log;
use crate::ground::log_key::log_key_path;
use crate::ground::tiles::Tiles;
use crate::house::known::Known;
use crate::law::Publication;
use crate::proof::checkpoint::ledger_origin;
use crate::proof::path;
use crate::words::TreeHash;
use std::path::Path;
use std::sync::Arc;

/// How many entries are hashed again at a time.
const READ_ENTRIES: usize = 4096;

/// A log, the tiles over it, and the guard that knows what was signed of it.
pub(in crate::house) struct Guarded {
    pub(super) log: Arc<dyn Log>,
    pub(super) tiles: Arc<Tiles>,
    pub(super) guard: Guard,
}

impl Guarded {
    /// The log of a data directory with its tiles and its guard, held against each other; with what
    /// the last checkpoint was signed with, where one was signed under this name.
    pub(in crate::house) fn open(
        log: Arc<dyn Log>,
        (directory, guard): (&Path, &Path),
        known: &Known,
    ) -> Result<(Self, Option<Publication>), PublishError> {
        let origin = ledger_origin(log.origin(), known.state.publication.restored);
        // The key is made just before the first signature.
        let was_signed = log_key_path(directory).exists();
        let guard = Guard::open(guard, directory, &origin, was_signed)?;
        let tiles = Arc::new(Tiles::open(directory)?);
        let mut guarded = Self { log, tiles, guard };
        let signed = guarded.hold(known, &origin)?;
        Ok((guarded, signed))
    }

    /// Whether anything may have been signed.
    pub(in crate::house) fn was_signed(&self) -> bool {
        self.guard.last().size > 0
    }

    /// What was signed is a prefix of what is here.
    fn hold(&mut self, known: &Known, origin: &str) -> Result<Option<Publication>, PublishError> {
        let (signed, found) = (self.guard.last().clone(), known.size);
        let publication = known.state.publication;
        if signed.origin != origin {
            // The process may have ended between the entry that says so and the guard.
            if found::is_restored_from(&*self.log, known, &signed)? {
                return self.catch_up(known).map(|()| None);
            }
            let expected = origin.to_owned();
            return Err(PublishError::Foreign { found: signed.origin, expected });
        }
        if signed.size > found {
            return Err(PublishError::Rollback { signed: signed.size, found });
        }
        self.catch_up(known)?;
        if path::root(&*self.tiles, signed.size)? != signed.root {
            return Err(PublishError::Fork { signed: signed.size, found });
        }
        let rotated = found::rotations(&*self.log, known, signed.size)?;
        let rotation = publication.rotation.saturating_sub(rotated);
        Ok(Some(Publication { rotation, ..publication }))
    }

    /// Hashes what is stored, and gives the tiles as many leaves as are known.
    pub(super) fn catch_up(&mut self, known: &Known) -> Result<(), PublishError> {
        // What cannot be read of the tiles is as good as wrong.
        if self.tiles.size() > known.size || !self.has_root(known).unwrap_or(false) {
            self.tiles.clear()?;
        }
        if self.has_root(known)? { Ok(()) } else { Err(PublishError::Root { size: known.size }) }
    }

    /// Whether the tiles, as far as they go and extended by what follows, have the root that the
    /// writer has.
    fn has_root(&mut self, known: &Known) -> Result<bool, PublishError> {
        self.extend(known.size)?;
        let root = path::root(&*self.tiles, known.size)?;
        Ok(root == known.chains.whole().frontier.root())
    }

    fn extend(&mut self, size: u64) -> Result<(), PublishError> {
        while self.tiles.size() < size {
            let missing = usize::try_from(size - self.tiles.size()).unwrap_or(usize::MAX);
            let records = self.log.read(self.tiles.size(), missing.min(READ_ENTRIES))?;
            let leaves: Vec<_> =
                records.iter().map(|record| TreeHash::leaf(&record.bytes)).collect();
            if leaves.is_empty() {
                return Err(PublishError::Root { size });
            }
            self.tiles.append(&leaves)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Actor, System};
    use crate::ground::embedded::Options;
    use crate::ground::log::{AppendError, Batch, Head, LogError, Record, Rejection};
    use crate::house::{Ledger, Machine};
    use crate::law::command::PublicationWish;
    use crate::law::{Action, Command};
    use crate::words::hash::Drawn;
    use crate::words::{OrganizationId, Origin, Timestamp};
    use std::time::Duration;

    /// A ledger's log from which one bit of one entry comes back as another.
    struct Rotten {
        ledger: Arc<Ledger>,
        seq: u64,
    }

    impl Log for Rotten {
        fn origin(&self) -> &Origin {
            self.ledger.origin()
        }

        fn head(&self) -> Head {
            self.ledger.head()
        }

        fn append(&self, _: Batch, _: &Head) -> Result<Head, AppendError> {
            Err(AppendError::Rejected(Rejection::Closed))
        }

        fn read(&self, from: u64, limit: usize) -> Result<Vec<Record>, LogError> {
            let mut records = self.ledger.read(from, limit)?;
            for record in records.iter_mut().filter(|record| record.seq == self.seq) {
                let mut bytes = record.bytes.to_vec();
                bytes[7] ^= 0x10;
                record.bytes = bytes.into();
            }
            Ok(records)
        }

        fn organization(
            &self,
            org: OrganizationId,
            from_org_seq: u64,
            limit: usize,
        ) -> Result<Vec<u64>, LogError> {
            self.ledger.organization(org, from_org_seq, limit)
        }

        fn tail(&self, _: u64, _: Duration) -> Head {
            self.ledger.head()
        }
    }

    /// A log that is believed without looking signs what nobody can ever show again: one bit of a
    /// stored leaf ended a log of Certificate Transparency (Yeti 2022).
    #[test]
    fn an_entry_that_comes_back_as_another_is_never_signed_over() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let now = Timestamp::parse_any("2026-11-22").unwrap();
        let machine = Machine {
            clock: Box::new(move || now),
            drawn: Drawn::from_seed(&[1; 32]),
            options: Options::STANDARD,
            unlock: None,
        };
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Arc::new(Ledger::create(&data, origin, machine).unwrap());
        for _ in 0..5 {
            let action = Action::Publication(PublicationWish::CommitHeads);
            ledger.submit(Command::new(Actor::System(System::Publisher), None, action)).unwrap();
        }
        let known = ledger.known();
        for seq in 0..6 {
            let log = Arc::new(Rotten { ledger: Arc::clone(&ledger), seq });
            let guard = directory.path().join(format!("guard-{seq}"));
            let signed = Guarded::open(log, (&data, &guard), &known).map(drop);
            match signed {
                Err(PublishError::Root { size: 5 }) => assert!(seq < 5),
                other => assert!(other.is_ok() && seq == 5, "{seq}: {other:?}"),
            }
            let guard = std::fs::read_to_string(&guard).unwrap();
            assert!(guard.contains("\n0\n"), "nothing may have been signed: {guard}");
        }
    }
}
