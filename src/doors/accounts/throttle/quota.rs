//! So many in an hour: invitations of an organization, sign-ups of a network, mails to an address.

use super::recent::Recent;
use super::{Account, Answer, Network};
use crate::words::{OrganizationId, Timestamp};
use std::hash::Hash;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// How many keys are counted at once; with one more the one whose hour began first is forgotten.
const COUNTED_LIMIT: usize = 100_000;

/// Enough for a company that joins in a morning, and little for somebody who sends unwanted mail.
const INVITATIONS_PER_ORGANIZATION: u32 = 500;

/// A class that signs up together behind one address; a program that signs up by the thousand is
/// slowed to this.
const SIGN_UPS_PER_NETWORK: u32 = 30;

/// A company's morning behind one address; each writes to the passes, and there are only so many of
/// those.
const JOURNEYS_PER_NETWORK: u32 = 1000;

/// Nobody needs more links to set another password, and nobody's mailbox is filled.
const RESET_MAILS_PER_ADDRESS: u32 = 3;

/// How often each of many may do something: `most` times in the hour that begins with the first,
/// and so at most twice as often in any hour.
#[derive(Debug)]
pub struct Quota<K> {
    most: u32,
    per: Duration,
    hours: Recent<K, (Timestamp, u32)>,
}

impl<K: Copy + Ord + Hash> Quota<K> {
    /// So many in an hour.
    pub fn an_hour(most: u32) -> Self {
        Self { most, per: HOUR, hours: Recent::bounded(COUNTED_LIMIT) }
    }

    /// Asks for one more, and counts it when it is allowed.
    pub fn take(&mut self, key: K, now: Timestamp) -> Answer {
        self.take_some(key, 1, now)
    }

    /// Asks for several at once: all of them or none. More than an hour allows are never allowed
    /// together; whoever asks divides them first.
    pub fn take_some(&mut self, key: K, count: u32, now: Timestamp) -> Answer {
        let kept = self.hours.get(&key).copied();
        let current = kept.filter(|(begun, _)| now < begun.after(self.per));
        let (begun, taken) = current.unwrap_or((now, 0));
        let taken = taken.saturating_add(count);
        if taken > self.most {
            return Answer::WaitUntil(begun.after(self.per));
        }
        self.hours.set(key, (begun, taken), begun);
        Answer::Allowed
    }
}

/// The invitations that each organization may send, resent ones with them.
pub fn invitations() -> Quota<OrganizationId> {
    Quota::an_hour(INVITATIONS_PER_ORGANIZATION)
}

/// The sign-ups from each network.
pub fn sign_ups() -> Quota<Network> {
    Quota::an_hour(SIGN_UPS_PER_NETWORK)
}

/// The sign-ins at a provider that begin from each network.
pub fn journeys() -> Quota<Network> {
    Quota::an_hour(JOURNEYS_PER_NETWORK)
}

/// The mails to each address that lead to another password.
pub fn reset_mails() -> Quota<Account> {
    Quota::an_hour(RESET_MAILS_PER_ADDRESS)
}
