//! The thread that signs.

use super::found;
use super::guarded::Guarded;
use super::{Keys, PublishError, Published, Shared, Shown};
use crate::facts::{Actor, System};
use crate::ground::log::Log;
use crate::ground::tiles::Tiles;
use crate::house::known::{Known, Publisher as KnownTo};
use crate::house::machine::Clock;
use crate::house::submission::Submission;
use crate::house::writer::Waiting;
use crate::law::command::PublicationWish;
use crate::law::{Action, Command, Publication};
use crate::proof::checkpoint::ledger_origin;
use crate::proof::{Chains, Checkpoint};
use crate::words::{OrganizationId, Timestamp};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// How often a checkpoint is published while the ledger grows: each costs a sync of the guard.
const PERIOD: Duration = Duration::from_millis(100);

/// How often the heads of organizations are committed to while they change.
const HEADS_PERIOD: Duration = Duration::from_secs(60);

/// What the publisher's thread owns.
pub(in crate::house) struct Worker {
    pub(in crate::house) guarded: Guarded,
    pub(in crate::house) known: KnownTo,
    pub(in crate::house) keys: Arc<Keys>,
    pub(in crate::house) queue: SyncSender<Waiting>,
    /// By which clock heads are committed to, and what was seen of them; none where they are not.
    pub(in crate::house) heads: Option<(Clock, HeadsSeen)>,
    /// With what was signed last.
    pub(in crate::house) signed: Option<Publication>,
}

/// How many entries organizations had when their heads were committed to, and when that was, as far
/// as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::house) struct HeadsSeen {
    entries: u64,
    at: Timestamp,
}

impl Default for HeadsSeen {
    fn default() -> Self {
        Self { entries: 0, at: Timestamp::EPOCH }
    }
}

fn organizations_entries(chains: &Chains) -> u64 {
    chains.whole().size() - chains.organization(OrganizationId::DEPLOYMENT).size()
}

impl Worker {
    pub(super) fn tiles(&self) -> Arc<Tiles> {
        Arc::clone(&self.guarded.tiles)
    }

    pub(super) fn run(mut self, shared: &Shared) {
        loop {
            let shown = shared.lock();
            let idle = |shown: &mut Shown| {
                !shown.ended && shown.distrusted.is_none() && shown.wanted <= shown.size()
            };
            let waited = shared.changed.wait_timeout_while(shown, PERIOD, idle);
            let (mut shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let (size, ended) = (shown.size(), shown.ended);
            let distrusted = shown.distrusted.take();
            drop(shown);
            let known = self.known.latest();
            let done = self
                .mend(&known, distrusted)
                .and_then(|()| (known.size > size).then(|| self.publish(&known)).transpose());
            let mut shown = shared.lock();
            match done {
                Ok(Some(published)) => shown.latest = Some(Arc::new(published)),
                Ok(None) => {}
                Err(error) => {
                    // A panicked round set nothing; a second fault cannot come.
                    let _ = shared.fault.set(Arc::new(error));
                    shared.changed.notify_all();
                    return;
                }
            }
            // What nobody has appended yet is waited for by whoever asks, not here.
            shown.wanted = shown.wanted.min(self.known.latest().size);
            drop(shown);
            shared.changed.notify_all();
            if ended {
                return;
            }
            self.commit_heads_if_due(&known);
        }
    }

    /// Computes the tiles again that somebody found wrong, unless that was done since.
    fn mend(&mut self, known: &Known, distrusted: Option<u64>) -> Result<(), PublishError> {
        if distrusted == Some(self.guarded.tiles.computed()) {
            self.guarded.tiles.clear()?;
            self.guarded.catch_up(known)?;
        }
        Ok(())
    }

    pub(super) fn publish(&mut self, known: &Known) -> Result<Published, PublishError> {
        self.guarded.catch_up(known)?;
        let publication = known.state.publication;
        let checkpoint = Checkpoint {
            origin: ledger_origin(self.guarded.log.origin(), publication.restored),
            size: known.size,
            root: known.chains.whole().frontier.root(),
        };
        let before = self.signed.filter(|signed| {
            signed.restored == publication.restored && signed.rotation != publication.rotation
        });
        self.guarded.guard.advance(&checkpoint)?;
        let note = self.keys.signed(&checkpoint, None, before, publication)?;
        self.signed = Some(publication);
        let (chains, at) = (known.chains.clone(), known.at);
        Ok(Published { checkpoint, note, chains, publication, before, at })
    }

    fn commit_heads_if_due(&mut self, known: &Known) {
        let Some((clock, heads)) = &mut self.heads else { return };
        let (now, entries) = (clock(), organizations_entries(&known.chains));
        if entries == heads.entries || now < heads.at.after(HEADS_PERIOD) {
            return;
        }
        let action = Action::Publication(PublicationWish::CommitHeads);
        let command = Command::new(Actor::System(System::Publisher), None, action);
        let submission: Submission = command.into();
        // A full queue, or a writer that stopped: the next round tries again.
        if self.queue.try_send(Waiting { submission, reply: Box::new(drop) }).is_ok() {
            *heads = HeadsSeen { entries, at: now };
        }
    }
}

impl HeadsSeen {
    /// What the log says of the last commitment, where no organization has changed since.
    pub(in crate::house) fn find(log: &dyn Log, known: &Known) -> Result<Self, PublishError> {
        let at = found::unchanged_heads(log, known.size)?;
        let entries = organizations_entries(&known.chains);
        Ok(at.map_or_else(Self::default, |at| Self { entries, at }))
    }
}
