//! Invitations that wait for an answer. The law's state finds them by their addresses, which may be
//! withheld here; what seats and follow-ups need is kept beside it.

use crate::facts::Actor;
use crate::words::{InvitationId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// See the module. Time only goes forward: what expired is no longer open.
#[derive(Debug, Default)]
pub(super) struct Pending {
    all: BTreeMap<InvitationId, (Timestamp, Actor)>,
    open: BTreeSet<(Timestamp, InvitationId)>,
    by_inviter: BTreeMap<UserId, usize>,
}

impl Pending {
    pub(super) fn pass(&mut self, now: Timestamp) {
        while self.open.first().is_some_and(|(expires_at, _)| *expires_at <= now) {
            self.open.pop_first();
        }
    }

    pub(super) fn begin(&mut self, id: InvitationId, expires_at: Timestamp, inviter: Actor) {
        self.end(id);
        self.all.insert(id, (expires_at, inviter));
        self.open.insert((expires_at, id));
        if let Actor::User(user) = inviter {
            *self.by_inviter.entry(user).or_default() += 1;
        }
    }

    pub(super) fn end(&mut self, id: InvitationId) {
        let Some((expires_at, inviter)) = self.all.remove(&id) else { return };
        self.open.remove(&(expires_at, id));
        if let Actor::User(user) = inviter
            && let Some(count) = self.by_inviter.get_mut(&user)
        {
            *count -= 1;
            if *count == 0 {
                self.by_inviter.remove(&user);
            }
        }
    }

    /// How many can still be accepted.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether one waits that this user sent last.
    pub(super) fn any_of(&self, inviter: UserId) -> bool {
        self.by_inviter.contains_key(&inviter)
    }
}
