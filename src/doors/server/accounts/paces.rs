//! How often somebody may try: what is counted, and what is answered to whoever tries too often.

use crate::doors::accounts::throttle::{
    Account, Answer, Network, Quota, SignIns, invitations, journeys, reset_mails, sign_ups,
};
use crate::doors::server::problem::slowed;
use crate::doors::wire::Problem;
use crate::words::{Email, OrganizationId, Timestamp, UserId};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) struct Paces {
    key: [u8; 32],
    sign_ins: Mutex<SignIns>,
    sign_ups: Mutex<Quota<Network>>,
    journeys: Mutex<Quota<Network>>,
    mails: Mutex<Quota<Account>>,
    invitations: Mutex<Quota<OrganizationId>>,
}

fn held<T>(counted: &Mutex<T>) -> MutexGuard<'_, T> {
    counted.lock().unwrap_or_else(PoisonError::into_inner)
}

fn allowed(answer: Answer, now: Timestamp) -> Result<(), Problem> {
    match answer {
        Answer::Allowed => Ok(()),
        // Whoever comes at the second that is named is not too early.
        Answer::WaitUntil(moment) => Err(slowed(now.until(moment).as_secs() + 1)),
    }
}

impl Paces {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            sign_ins: Mutex::default(),
            sign_ups: sign_ups().into(),
            journeys: journeys().into(),
            mails: reset_mails().into(),
            invitations: invitations().into(),
        }
    }

    /// Asks to try something at an account that somebody names.
    pub(super) fn begin<'a>(
        &'a self,
        named: &str,
        network: Network,
        now: Timestamp,
    ) -> Result<Attempt<'a>, Problem> {
        let account = Account::named(&self.key, named);
        allowed(held(&self.sign_ins).begin(account, network, now), now)?;
        Ok(Attempt { paces: self, account, network, now })
    }

    /// The same at an account of somebody who is known already.
    pub(super) fn begin_at(
        &self,
        user: UserId,
        network: Network,
        now: Timestamp,
    ) -> Result<Attempt<'_>, Problem> {
        self.begin(&user.to_string(), network, now)
    }

    /// Notes that somebody came in with everything that was asked for.
    pub(super) fn came_in(&self, named: &str, network: Network, now: Timestamp) {
        held(&self.sign_ins).succeeded(Account::named(&self.key, named), network, now);
    }

    pub(super) fn sign_up(&self, network: Network, now: Timestamp) -> Result<(), Problem> {
        allowed(held(&self.sign_ups).take(network, now), now)
    }

    /// Somebody sets out to sign in at a provider.
    pub(super) fn set_out(&self, network: Network, now: Timestamp) -> Result<(), Problem> {
        allowed(held(&self.journeys).take(network, now), now)
    }

    pub(super) fn invite(&self, org: OrganizationId, now: Timestamp) -> Result<(), Problem> {
        allowed(held(&self.invitations).take(org, now), now)
    }

    /// Whether another letter may go to an address. Nobody but its owner learns that.
    pub(super) fn may_write_to(&self, email: &Email, now: Timestamp) -> bool {
        let account = Account::named(&self.key, &email.folded());
        held(&self.mails).take(account, now) == Answer::Allowed
    }
}

/// A try that counts as failed until something else is said.
pub(super) struct Attempt<'a> {
    paces: &'a Paces,
    account: Account,
    network: Network,
    now: Timestamp,
}

impl Attempt<'_> {
    /// It was right, and nothing more is asked for.
    pub(super) fn succeeded(self) {
        held(&self.paces.sign_ins).succeeded(self.account, self.network, self.now);
    }

    /// It was right, or came to no answer; nobody has come in by it.
    pub(super) fn passed(self) {
        held(&self.paces.sign_ins).abandoned(self.account, self.network, self.now);
    }
}
