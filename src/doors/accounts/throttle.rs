//! Guesses are slowed down, and nobody can lock another person out.
//!
//! Three things are counted. What one network tries at one account: that slows this network at this
//! account. What one network tries at any account: that slows this network. What strangers try at
//! one account, from anywhere: that slows strangers, which are the networks from which nobody has
//! signed in to that account. So whoever guesses from elsewhere never slows the account's owner at
//! the place where they have signed in before. In a new place the owner may have to wait, as long
//! as [`ACCOUNT`] says at most; a link that is sent to them goes round that.
//!
//! An account is what somebody types, hashed: that there is none makes no difference. Everything is
//! in memory and bounded, and a restart forgets it.

mod network;
mod quota;
mod recent;
mod tally;

pub use network::Network;
pub use quota::{Quota, invitations, journeys, reset_mails, sign_ups};
pub use tally::{ACCOUNT, NETWORK, PAIR, Pace};

use crate::words::Timestamp;
use crate::words::hash::counted_digest;
use recent::Recent;
use std::fmt;
use tally::Tally;

/// How many of each are counted at once; with one more the one that was tried longest ago is
/// forgotten. Together they take about 60 MB. To push one out, as many others have to be tried
/// first, each at a network that is not slowed itself.
const COUNTED_LIMIT: usize = 100_000;

/// From how many networks an account is remembered to have signed in: home, work, and what a phone
/// gets in some weeks. The one that was used longest ago is forgotten first.
const PLACES_LIMIT: usize = 20;

/// What stands for an account while it is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account([u8; 32]);

impl Account {
    /// The account that somebody names, whether there is one or not. The text is in the form in
    /// which it is compared, so that another spelling is no other account; the key is drawn when
    /// the process starts.
    pub fn named(key: &[u8; 32], text: &str) -> Self {
        Self(counted_digest(key, text))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(not shown)")
    }
}

/// Whether something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Answer {
    /// Now.
    Allowed,
    /// Not before that moment.
    WaitUntil(Timestamp),
}

/// The attempts to sign in.
#[derive(Debug)]
pub struct SignIns {
    pairs: Recent<(Account, Network), Tally>,
    networks: Recent<Network, Tally>,
    accounts: Recent<Account, Tally>,
    /// From where there were successes, the latest last.
    places: Recent<Account, Vec<Network>>,
}

impl Default for SignIns {
    fn default() -> Self {
        Self::bounded(COUNTED_LIMIT)
    }
}

impl SignIns {
    fn bounded(limit: usize) -> Self {
        Self {
            pairs: Recent::bounded(limit),
            networks: Recent::bounded(limit),
            accounts: Recent::bounded(limit),
            places: Recent::bounded(limit),
        }
    }

    /// Asks to try. What is allowed counts as failed at once, so that many who ask together are not
    /// all allowed; [`SignIns::succeeded`] and [`SignIns::abandoned`] take that back. What is not
    /// allowed must not be tried, and counts for nothing: waiting is not made longer by asking.
    pub fn begin(&mut self, account: Account, network: Network, now: Timestamp) -> Answer {
        let stranger = !self.knows(account, network);
        let pair = self.pairs.get(&(account, network)).copied().unwrap_or(Tally::NONE);
        let from = self.networks.get(&network).copied().unwrap_or(Tally::NONE);
        let on = self.accounts.get(&account).copied().unwrap_or(Tally::NONE);
        let mut until = PAIR.allowed_at(pair).max(NETWORK.allowed_at(from));
        if stranger {
            until = until.max(ACCOUNT.allowed_at(on));
        }
        if now < until {
            return Answer::WaitUntil(until);
        }
        self.pairs.set((account, network), PAIR.failed(pair, now), now);
        self.networks.set(network, NETWORK.failed(from, now), now);
        if stranger {
            self.accounts.set(account, ACCOUNT.failed(on, now), now);
        }
        Answer::Allowed
    }

    /// What was begun succeeded, with all factors: the place is known from now on, and what failed
    /// there before at this account is forgiven. What the network tried at others stays.
    pub fn succeeded(&mut self, account: Account, network: Network, now: Timestamp) {
        let failures = self.pairs.get(&(account, network)).map_or(0, |tally| tally.failures());
        self.take_back(account, network, failures, now);
        self.pairs.remove(&(account, network));
        let mut places = self.places.get(&account).cloned().unwrap_or_default();
        places.retain(|place| *place != network);
        if places.len() == PLACES_LIMIT {
            places.remove(0);
        }
        places.push(network);
        self.places.set(account, places, now);
    }

    /// What was begun came to no answer: no password was compared, or the second factor is still to
    /// come.
    pub fn abandoned(&mut self, account: Account, network: Network, now: Timestamp) {
        if let Some(tally) = self.pairs.get(&(account, network)).copied() {
            self.pairs.set((account, network), tally.less(1), now);
        }
        self.take_back(account, network, 1, now);
    }

    /// So many failures at the account, and one of the network, were none.
    fn take_back(&mut self, account: Account, network: Network, failures: u32, now: Timestamp) {
        if let Some(tally) = self.networks.get(&network).copied() {
            self.networks.set(network, tally.less(1), now);
        }
        if let Some(tally) = self.accounts.get(&account).copied()
            && !self.knows(account, network)
        {
            self.accounts.set(account, tally.less(failures), now);
        }
    }

    fn knows(&self, account: Account, network: Network) -> bool {
        self.places.get(&account).is_some_and(|places| places.contains(&network))
    }
}

#[cfg(test)]
mod tests;
